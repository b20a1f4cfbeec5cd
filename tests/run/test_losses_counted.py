"""Loss per source and day: against a count that remembers all, under repeats, disorder, undone batches, restarts."""

from __future__ import annotations

import random
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
from engine_world import NOON_MS, World, a_source, running

from zuji.clean.page_numbers import Numbers
from zuji.run.losses import DAY_MS, KEPT_MS, LossWatch
from zuji.store import losses
from zuji.store.hot import HotStore
from zuji.store.losses import OPEN_MS, Loss, NumberedPage, SourceDay
from zuji.terms.message import Message

MINUTE_MS = 60_000
TODAY = NOON_MS // DAY_MS


def watch(hot: HotStore, **options: Any) -> LossWatch:
    return LossWatch(hot=hot, source_of=a_source, **options)


def brought(*numbers: int, at: int = NOON_MS) -> Numbers:
    return Numbers(list(numbers), at // DAY_MS, at)


def sums(hot: HotStore, *, now_ms: int = NOON_MS) -> dict[SourceDay, Loss]:
    with hot.read() as connection:
        return losses.load(connection, from_day=0, open_since_ms=now_ms - OPEN_MS)


def by_hand(came: dict[NumberedPage, list[tuple[int, int]]], now_ms: int) -> dict[SourceDay, Loss]:
    """From all (moment, number) of each page, in the order in which they came."""
    found: dict[SourceDay, Loss] = defaultdict(Loss)
    for page, said in came.items():
        highest, received = max(number for _, number in said), len({number for _, number in said})
        is_open = said[-1][0] // MINUTE_MS >= (now_ms - OPEN_MS) // MINUTE_MS
        one = Loss(1, highest, received, highest - received if is_open else 0)
        key = SourceDay(page.workspace, page.source, said[0][0] // DAY_MS)
        found[key] = found[key].with_(one)
    return dict(found)


@pytest.mark.parametrize("seed", range(12))
def test_the_sums_are_those_of_a_slow_count(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    hot = HotStore(tmp_path / "hot.sqlite")
    taking, now_ms = watch(hot), NOON_MS
    came: dict[NumberedPage, list[tuple[int, int]]] = defaultdict(list)
    pages = [NumberedPage(chance.choice("ab"), chance.choice("cd"), f"page-{one}") for one in range(25)]
    for _ in range(60):
        now_ms += chance.choice([1_000, MINUTE_MS, 3 * 3_600_000])
        batch = {page: [chance.randint(1, 30) for _ in range(chance.randint(1, 6))] for page in chance.sample(pages, 4)}
        numbers = {page: brought(*said, at=now_ms) for page, said in batch.items()}
        if chance.random() < 0.2:
            with suppress(OSError), hot.write() as connection:
                taking.take(connection, numbers, now_ms)
                raise OSError("the disk, before the batch was whole")
        with hot.write() as connection:
            taking.take(connection, numbers, now_ms)
        for page, said in batch.items():
            came[page] += [(now_ms, number) for number in said]
        if chance.random() < 0.1:
            hot.close()
            hot = HotStore(tmp_path / "hot.sqlite")
            taking = watch(hot)
        assert sums(hot, now_ms=now_ms) == by_hand(came, now_ms)
    hot.close()


def test_pages_that_are_forgotten_leave_their_sums_and_a_late_number_makes_nothing_lost(
    tmp_path: Path,
) -> None:
    hot = HotStore(tmp_path / "hot.sqlite")
    old, new, later = (NumberedPage("w", "forgotten", name) for name in ("old", "new", "later"))
    for taking, at, numbers in (
        (watch(hot), NOON_MS, {old: brought(1, 2, 5)}),
        (watch(hot), NOON_MS + KEPT_MS + 2 * MINUTE_MS, {new: brought(1, 2, at=NOON_MS + KEPT_MS)}),
        (watch(hot), NOON_MS + KEPT_MS + 3 * MINUTE_MS, {old: brought(7)}),
        (watch(hot, most_pages=0), NOON_MS + KEPT_MS + 9 * MINUTE_MS, {later: brought(2, at=NOON_MS + 2 * KEPT_MS)}),
    ):
        with hot.write() as connection:
            taking.take(connection, numbers, at)
    with hot.read() as connection:
        assert losses.find(connection, old) is None
        assert losses.find(connection, new) is None, "more than are kept"
        assert losses.find(connection, later) is not None
    told = sums(hot, now_ms=NOON_MS + 3 * KEPT_MS)
    assert [(one.sent, one.received, one.lost) for one in told.values()] == [(5, 3, 2), (2, 2, 0), (1, 1, 0)]
    hot.close()


def numbered(page: str, n: Any, **more: Any) -> Message:
    context = msgspec.Raw(msgspec.json.encode({"sequence": {"page": page, "n": n}}))
    said: dict[str, Any] = {"type": "track", "event": "Seen", "user_id": "u", "timestamp": NOON_MS, **more}
    return Message(message_id=f"loss-{page}-{n}", context=context, **said)


def lost(world: World, *, now_ms: int = NOON_MS) -> dict[str, tuple[int, int, int]]:
    """Of each source: sent, open, lost."""
    told = sums(world.engine.hot, now_ms=now_ms)
    return {key.source: (one.sent, one.open, one.lost) for key, one in told.items()}


def test_an_engine_counts_what_arrives_whatever_becomes_of_it_and_forgets_with_the_source(
    tmp_path: Path,
) -> None:
    with running(tmp_path / "data") as world:
        world.send(numbered("p", 1), numbered("p", 5), numbered("p", 2, event=""), source="numbered")
        world.send(numbered("p", 5), numbered("p", 0), numbered("p", "x"), numbered("p", 10**9), source="numbered")
        world.send(numbered("p", 3), source="other")
        world.settle()
        assert lost(world) == {"numbered": (5, 2, 0), "other": (3, 2, 0)}
        assert lost(world, now_ms=NOON_MS + OPEN_MS + MINUTE_MS) == {"numbered": (5, 0, 2), "other": (3, 0, 2)}
        world.decide("delete_source_data", "delete-losses", source="other")
        world.settle()
        assert lost(world) == {"numbered": (5, 2, 0)}
    with running(tmp_path / "data") as world:
        world.send(numbered("p", 4), source="numbered")
        world.settle()
        assert lost(world, now_ms=NOON_MS + 2 * OPEN_MS) == {"numbered": (5, 0, 1)}


def test_a_source_that_loses_more_than_a_twentieth_is_an_alarm_and_one_that_loses_less_is_none(tmp_path: Path) -> None:
    clock = [NOON_MS]
    with running(tmp_path / "data", now_ms=lambda: clock[0]) as world:
        world.send(*(numbered("p", n) for n in range(1, 301) if n % 10), numbered("p", 300), source="leaky")
        world.send(*(numbered("p", n) for n in range(1, 301) if n % 30), numbered("p", 300), source="tight")
        world.settle()
        clock[0] += OPEN_MS + MINUTE_MS
        facts = world.engine.status.now().alarm_facts
    told = [(one.source, one.count) for one in facts if one.code == "events_lost"]
    assert told == [("leaky", 29)]


def test_pages_that_are_open_when_the_data_of_their_source_is_deleted_go_on_and_lost_nothing(tmp_path: Path) -> None:
    with running(tmp_path / "data") as world:
        world.send(*(numbered("p", number) for number in (*range(1, 9), 12)), source="undone")
        world.settle()
        world.decide("delete_source_data", "delete-open-pages", source="undone")
        world.send(numbered("p", 13), numbered("p", 15), source="undone")
        world.settle()
        assert lost(world, now_ms=NOON_MS + 2 * OPEN_MS) == {"undone": (3, 0, 1)}
