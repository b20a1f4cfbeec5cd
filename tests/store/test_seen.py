"""Seen ids against a plain set: over batches, files, merges, roll-backs and restarts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zuji.store.bloom import Words
from zuji.store.hot import HotStore
from zuji.store.seen import SeenIds, joinable
from zuji.store.seen_run import BLOCK_IDS, SeenFileDamaged


def some_ids(seed: int, count: int) -> Words:
    return np.random.default_rng(seed).integers(0, 2**64, size=(count, 2), dtype=np.uint64)


def few_upper_words(seed: int, count: int) -> Words:
    """Ids that differ only in the lower word, as no hash ever gives: the hardest case for the exact search."""
    ids = some_ids(seed, count)
    ids[:, 0] = np.random.default_rng(seed).integers(0, 5, size=count, dtype=np.uint64)
    return ids


@contextmanager
def opened(folder: Path, young_ids: int = 1000) -> Iterator[tuple[HotStore, SeenIds]]:
    with (
        closing(HotStore(folder / "hot.sqlite")) as hot,
        closing(SeenIds(folder / "seen", hot, young_ids=young_ids)) as seen,
    ):
        yield hot, seen


def store(hot: HotStore, seen: SeenIds, ids: Words) -> None:
    with hot.write() as connection:
        seen.remember(connection, ids)
    seen.settle()


def wait_for_files(seen: SeenIds) -> None:
    if seen._writer is not None:
        seen._writer.join()


def test_a_stored_id_is_known_and_a_stranger_is_not(tmp_path: Path) -> None:
    with opened(tmp_path) as (hot, seen):
        store(hot, seen, some_ids(1, 50))
        assert seen.known(some_ids(1, 50)).all()
        assert not seen.known(some_ids(2, 50)).any()


def test_ids_of_a_rolled_back_batch_stay_unknown(tmp_path: Path) -> None:
    with opened(tmp_path) as (hot, seen):
        with hot.write() as connection:
            connection.execute("SAVEPOINT batch")
            seen.remember(connection, some_ids(1, 50))
            connection.execute("ROLLBACK TO batch")
        seen.forget_pending()
        seen.settle()
        assert not seen.known(some_ids(1, 50)).any()


def test_ids_are_unknown_until_their_batch_has_settled(tmp_path: Path) -> None:
    with opened(tmp_path) as (hot, seen):
        with hot.write() as connection:
            seen.remember(connection, some_ids(1, 50))
            assert not seen.known(some_ids(1, 50)).any()
        seen.settle()
        assert seen.known(some_ids(1, 50)).all()


@pytest.mark.parametrize("make", [some_ids, few_upper_words])
def test_ids_stay_known_through_files_merges_and_restarts(tmp_path: Path, make) -> None:
    stored = []
    for restart in range(3):
        with opened(tmp_path) as (hot, seen):
            for batch in range(20):
                ids = make(100 * restart + batch, 217)
                store(hot, seen, ids)
                stored.append(ids)
                if batch % 5 == 0:
                    wait_for_files(seen)
            assert seen.known(np.concatenate(stored)).all()
            assert not seen.known(make(9999, 5000)).any()
    with opened(tmp_path) as (_, seen):
        assert seen.known(np.concatenate(stored)).all()
        assert not seen.known(make(9999, 5000)).any()
        assert 1 <= len(list((tmp_path / "seen").glob("*.ids"))) <= 4


def test_young_rows_leave_the_hot_state_once_their_file_counts(tmp_path: Path) -> None:
    with opened(tmp_path, young_ids=100) as (hot, seen):
        store(hot, seen, some_ids(1, 120))
        wait_for_files(seen)
        with hot.read() as connection:
            assert connection.execute("SELECT count(*) FROM seen_recent").fetchone() == (0,)
            assert connection.execute("SELECT ids FROM seen_run").fetchall() == [(120,)]


def test_a_file_nobody_names_is_removed_at_start(tmp_path: Path) -> None:
    with opened(tmp_path, young_ids=100) as (hot, seen):
        store(hot, seen, some_ids(1, 120))
    (tmp_path / "seen" / "abc.ids").write_bytes(b"a kill came before the hot state named it")
    (tmp_path / "seen" / "def.part").write_bytes(b"half written")
    with opened(tmp_path) as (_, seen):
        assert seen.known(some_ids(1, 120)).all()
        assert len(list((tmp_path / "seen").iterdir())) == 1


def test_a_missing_file_stops_the_start_and_says_so(tmp_path: Path) -> None:
    with opened(tmp_path, young_ids=100) as (hot, seen):
        store(hot, seen, some_ids(1, 120))
    next((tmp_path / "seen").glob("*.ids")).unlink()
    with closing(HotStore(tmp_path / "hot.sqlite")) as hot, pytest.raises(SeenFileDamaged, match="restore"):
        SeenIds(tmp_path / "seen", hot)


def test_a_disk_that_refuses_the_file_loses_nothing_and_is_tried_again(tmp_path: Path, monkeypatch) -> None:
    import zuji.store.seen as module

    def refuse(*_: object) -> None:
        raise OSError("no space left on device")

    with opened(tmp_path, young_ids=100) as (hot, seen):
        monkeypatch.setattr(module, "write_run", refuse)
        store(hot, seen, some_ids(1, 120))
        wait_for_files(seen)
        assert seen.known(some_ids(1, 120)).all()
        monkeypatch.undo()
        store(hot, seen, some_ids(2, 120))
        wait_for_files(seen)
        assert seen.known(np.concatenate([some_ids(1, 120), some_ids(2, 120)])).all()
        assert list((tmp_path / "seen").glob("*.ids"))


@pytest.mark.parametrize("count", [1, BLOCK_IDS - 1, BLOCK_IDS, BLOCK_IDS + 1, 3 * BLOCK_IDS])
def test_files_of_any_size_hold_exactly_their_ids(tmp_path: Path, count: int) -> None:
    with opened(tmp_path, young_ids=1) as (hot, seen):
        store(hot, seen, some_ids(1, count))
        wait_for_files(seen)
        assert seen.known(some_ids(1, count)).all()
        near = some_ids(1, count)
        near[:, 1] ^= np.uint64(1 << 63)  # same upper word and same filter bits, another id
        assert not seen.known(near).any()


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["store", "roll back", "restart", "wait"]), st.integers(0, 400)), max_size=25)
)
def test_whatever_happens_known_equals_a_plain_set(tmp_path_factory, story: list[tuple[str, int]]) -> None:
    folder = tmp_path_factory.mktemp("story")
    universe = few_upper_words(7, 420)
    stored: set[int] = set()
    hot = HotStore(folder / "hot.sqlite")
    seen = SeenIds(folder / "seen", hot, young_ids=60)
    for action, number in story:
        picked = np.arange(number, min(number + 30, len(universe)))
        if action == "store":
            fresh = picked[~seen.known(universe[picked])]
            store(hot, seen, universe[fresh])
            stored |= set(picked.tolist())
        elif action == "roll back":
            with hot.write() as connection:
                connection.execute("SAVEPOINT batch")
                seen.remember(connection, universe[picked])
                connection.execute("ROLLBACK TO batch")
            seen.forget_pending()
        elif action == "wait":
            wait_for_files(seen)
        else:
            seen.close()
            seen = SeenIds(folder / "seen", hot, young_ids=60)
        assert set(np.flatnonzero(seen.known(universe)).tolist()) == stored
    seen.close()
    hot.close()


def test_joining_keeps_every_file_twice_as_large_as_all_younger_ones() -> None:
    sizes: list[int] = []
    for _ in range(200):
        sizes.append(1)
        while count := joinable(sizes):
            sizes[-count:] = [sum(sizes[-count:])]
        assert all(sizes[i] >= 2 * sum(sizes[i + 1 :]) for i in range(len(sizes) - 1))
    assert sum(sizes) == 200
    assert len(sizes) <= 6
