"""What readers keep of young evidence: whatever was united, moved or seen before, they find what the log finds."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from zuji.store import evidence, young_evidence
from zuji.store.evidence import EvidenceLog, Occurrence
from zuji.store.hot import HotStore
from zuji.store.young_evidence import YoungEvidence

ASSERTIONS = range(1, 40)


@pytest.fixture
def hot(tmp_path: Path) -> Iterator[HotStore]:
    store = HotStore(tmp_path / "hot.sqlite")
    yield store
    store.close()


def some(chance: random.Random, number: int) -> list[Occurrence]:
    return [
        (chance.choice(ASSERTIONS), chance.randrange(1000), f"e-{number}-{place}·{'x' * chance.randrange(4)}")
        for place in range(chance.choice([1, 2, 9]))
    ]


def found_by(kept: YoungEvidence, hot: HotStore, asked: list[int]) -> dict[int, list[tuple[int, str]]]:
    with hot.read() as connection:
        return {number: sorted(times) for number, times in kept.times_of(connection, asked).items()}


def by_the_log(hot: HotStore, asked: list[int]) -> dict[int, list[tuple[int, str]]]:
    with hot.read() as connection:
        return {number: sorted(times) for number, times in evidence.times_of(connection, asked).items()}


@pytest.mark.parametrize("seed", range(4))
def test_a_reader_finds_what_the_log_finds_while_batches_are_united_and_moved(
    hot: HotStore, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(young_evidence, "MOST_INDEXES", 3)
    monkeypatch.setattr(young_evidence, "LARGE", 60)
    monkeypatch.setattr(evidence, "SMALL_BATCHES", 5)
    chance = random.Random(seed)
    log, kept = EvidenceLog(young_rows=200), YoungEvidence()
    for number in range(150):
        with hot.write() as connection:
            log.append(connection, some(chance, number))
        if chance.random() < 0.6:
            asked = chance.sample(ASSERTIONS, chance.randrange(1, 12))
            assert found_by(kept, hot, asked) == by_the_log(hot, asked)
    assert found_by(kept, hot, list(ASSERTIONS)) == by_the_log(hot, list(ASSERTIONS))
    with hot.read() as connection:
        assert connection.execute("SELECT count(*) FROM evidence").fetchone()[0] > 0  # some of it was moved


def test_nothing_is_made_of_what_nobody_said(hot: HotStore) -> None:
    with hot.write() as connection:
        EvidenceLog().append(connection, [(5, 10, "e-1")])
    assert found_by(YoungEvidence(), hot, [4, 6]) == {}
    assert found_by(YoungEvidence(), hot, []) == {}


def test_who_began_to_read_before_a_batch_does_not_see_it_though_another_reader_has(hot: HotStore) -> None:
    log, kept = EvidenceLog(), YoungEvidence()
    with hot.write() as connection:
        log.append(connection, [(5, 10, "e-1")])
    with hot.read() as before:
        assert kept.times_of(before, [5]) == {5: [(10, "e-1")]}
        with hot.write() as connection:
            log.append(connection, [(5, 20, "e-2")])
            assert kept.times_of(before, [5]) == {5: [(10, "e-1")]}
        newer = HotStore(hot.path)
        assert found_by(kept, newer, [5]) == {5: [(10, "e-1"), (20, "e-2")]}
        newer.close()
        assert kept.times_of(before, [5]) == {5: [(10, "e-1")]}
    assert found_by(kept, hot, [5]) == {5: [(10, "e-1"), (20, "e-2")]}


def test_a_batch_is_read_once(hot: HotStore) -> None:
    log, kept = EvidenceLog(), YoungEvidence()
    for number in range(3):
        with hot.write() as connection:
            log.append(connection, [(5, number, f"e-{number}")])
    found_by(kept, hot, [5])
    asked: list[str] = []
    with hot.read() as connection:
        connection.set_trace_callback(asked.append)
        kept.times_of(connection, [5])
        connection.set_trace_callback(None)
    assert len(asked) == 1, asked
