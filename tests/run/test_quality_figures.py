"""How good what arrived is: the figures of batches against counting by hand, a roll-back, a deleted source."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from engine_world import NOON_MS, World, running

from zuji.store import outbox, quality
from zuji.terms.message import Message

DAY_MS = 86_400_000
KINDS = ("Basket Filled", "Coupon Taken")
Figures = tuple[
    Counter[tuple[int, str]],
    Counter[tuple[int, str]],
    Counter[tuple[int, str, str, str, str]],
    dict[tuple[str, str], tuple[int, int]],
]
"""Checked and wrong by (day, dimension), causes by (day, dimension, cause, event, property), and both by (event,
dimension) over all days.
"""


class Sent(NamedTuple):
    """A message with what a person would say is wrong with it: (dimension, cause, property), or why it must wait."""

    message: Message
    defects: tuple[tuple[str, str, str], ...] = ()
    waits: tuple[str, str] | None = None
    is_timed: bool = True


@contextmanager
def stepping(folder: Path, clock: list[int]) -> Iterator[World]:
    """An engine whose batches are taken one by one."""
    with running(folder, start=False, now_ms=lambda: clock[0]) as world:
        world.engine.storing.start()
        yield world
        world.engine.ingest.start()
        world.engine.profiles.start()
        world.engine.status.start()


def a_message(chance: random.Random, number: int, now: int) -> Sent:
    """A message that is good, or bad in one of the ways there are."""
    properties: dict[str, Any] = {"price": 20, "size": "L", "age": 30}
    if chance.random() < 0.06:
        del properties[chance.choice(["price", "size", "age"])]
    fields: dict[str, Any] = {
        "type": "track", "event": chance.choice(KINDS), "message_id": f"q-{number}", "user_id": f"u{number % 9}",
        "timestamp": now, "sent_at": now,
    }  # fmt: skip
    defects: list[tuple[str, str, str]] = []
    waits, is_timed = None, True
    match chance.randrange(12):
        case 0:
            fields["user_id"], waits = "", ("completeness", "no_identifier")
        case 1:
            fields["type"], waits = "trak", ("validity", "unknown_type")
        case 2:
            fields["timestamp"] = fields["sent_at"] = None
            defects, is_timed = [("completeness", "no_time", "")], False
        case 3:
            fields["timestamp"] = now - 3 * DAY_MS
            defects = [("timeliness", "late", "")]
        case 4:
            fields |= {"timestamp": now - 300 * DAY_MS, "sent_at": None}  # history
            is_timed = False
        case 5:
            fields |= {"timestamp": now + 2 * DAY_MS, "sent_at": None}
            waits = ("timeliness", "future_time")
        case 6:
            properties |= {"age": 300, "price": -2}
            defects = [("accuracy", "impossible", "age"), ("accuracy", "negative", "price")]
        case 7:
            fields["sent_at"] = fields["timestamp"] = now - 7_000
            defects = [("consistency", "clock_corrected", "")]
    message = Message(**fields, properties=msgspec.Raw(msgspec.json.encode(properties)))
    return Sent(message, tuple(defects), waits, is_timed)


def by_hand(batches: Sequence[tuple[int, Sequence[Sent]]]) -> Figures:
    """The same figures counted event by event, with everything that came before looked through again and again."""
    checked, wrong, causes = Counter[Any](), Counter[Any](), Counter[Any]()
    seen: set[str] = set()
    stored: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for now, batch in batches:
        day = now // DAY_MS
        usual = {
            kind: {
                name
                for name in {name for one in before for name in one}
                if len(before) >= 50 and sum(name in one for one in before) >= 0.9 * len(before)
            }
            for kind, before in stored.items()
        }
        taken: list[tuple[str, dict[str, Any]]] = []
        for message, defects, waits, is_timed in batch:
            if message.message_id in seen:
                checked[day, "uniqueness", message.event] += 1
                wrong[day, "uniqueness", message.event] += 1
                causes[day, "uniqueness", "duplicate", "", ""] += 1
                continue
            seen.add(message.message_id)
            if waits:
                checked[day, waits[0], message.event] += 3 if waits[0] == "completeness" else 1
                wrong[day, waits[0], message.event] += 1
                causes[day, *waits, message.event, ""] += 1
                continue
            for dimension in ("accuracy", "validity", "consistency", "uniqueness"):
                checked[day, dimension, message.event] += 1
            checked[day, "timeliness", message.event] += is_timed
            checked[day, "completeness", message.event] += 3 + len(usual.get(message.event, ()))
            properties = msgspec.json.decode(message.properties)
            missing = [
                ("completeness", "missing", name) for name in usual.get(message.event, ()) if name not in properties
            ]
            for dimension in {one[0] for one in defects}:
                wrong[day, dimension, message.event] += 1
            wrong[day, "completeness", message.event] += len(missing)
            for dimension, cause, name in [*defects, *missing]:
                causes[day, dimension, cause, message.event, name] += 1
            taken.append((message.event, properties))
        for kind, properties in taken:
            stored[kind].append(properties)
    return by_day(checked), +by_day(wrong), causes, by_event(checked, wrong)


def by_day(counted: Counter[Any]) -> Counter[tuple[int, str]]:
    found = Counter[tuple[int, str]]()
    for (day, dimension, _), times in counted.items():
        found[day, dimension] += times
    return found


def by_event(checked: Counter[Any], wrong: Counter[Any]) -> dict[tuple[str, str], tuple[int, int]]:
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for key in checked | wrong:
        before = found.get((key[2], key[1]), (0, 0))
        found[key[2], key[1]] = before[0] + checked[key], before[1] + wrong[key]
    return {place: figures for place, figures in found.items() if any(figures)}


def as_counted(world: World, source: str) -> Figures:
    checked, wrong, causes = Counter[Any](), Counter[Any](), Counter[Any]()
    with world.engine.hot.read() as connection:
        for of, looked_at, bad in quality.per_day(connection, "default", source=source, from_day=0, to_day=99_999):
            checked[of.day, of.dimension] = looked_at
            wrong[of.day, of.dimension] = bad
        for day in {day for day, _ in checked}:
            found = quality.causes(connection, "default", source=source, from_day=day, to_day=day, limit=1_000)
            for one in found:
                assert one.example.startswith("q-")
                causes[day, one.dimension, one.cause, one.event, one.property] = one.found
        told = quality.per_event(connection, "default", source=source, from_day=0, to_day=99_999, limit=1_000)
    events = {(event, dimension): (looked_at, bad) for _, event, dimension, looked_at, bad in told}
    return checked, +wrong, causes, {place: figures for place, figures in events.items() if any(figures)}


def take(world: World, clock: list[int], now: int, batch: Sequence[Sent]) -> None:
    clock[0] = world.now_ms = now
    world.send(*(one.message for one in batch), source="quality")
    assert world.engine.ingest.take_some()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_figures_are_what_one_counts_by_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    chance = random.Random(seed)
    clock = [NOON_MS]
    batches: list[tuple[int, list[Sent]]] = []
    sent: list[Sent] = []
    with stepping(tmp_path, clock) as world:
        for number in range(9):
            now = NOON_MS + number * DAY_MS // 3
            new = [a_message(chance, len(sent) + n, now) for n in range(chance.randint(1, 70))]
            sent += new
            batch = new + chance.choices(sent, k=chance.randint(0, 9))
            chance.shuffle(batch)
            batches.append((now, batch))
            if number == 5:
                roll_back_once(monkeypatch)
                with pytest.raises(OSError, match="disk"):
                    take(world, clock, now, batch)
                assert world.engine.ingest.take_some()
            else:
                take(world, clock, now, batch)
        counted = as_counted(world, "quality")
    expected = by_hand(batches)
    assert {cause for _, _, cause, *_ in expected[2]} >= {"duplicate", "missing", "late", "negative", "clock_corrected"}
    assert counted == expected


def roll_back_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next batch is undone before it commits."""
    put, fails = outbox.put, [True]

    def broken(*arguments: Any, **named: Any) -> Any:
        if fails and fails.pop():
            raise OSError("disk")
        return put(*arguments, **named)

    monkeypatch.setattr(outbox, "put", broken)


def test_a_replay_counts_nothing_and_the_figures_of_a_source_go_with_its_data(tmp_path: Path) -> None:
    with running(tmp_path) as world:
        properties = msgspec.Raw(b'{"price": -1}')  # which would count if a replay were judged
        bad = Message(
            type="trak", event="Paid", message_id="q-1", user_id="u1", timestamp=NOON_MS, properties=properties
        )
        world.send(bad, source="quality")
        world.send(bad, source="neighbour")
        world.settle()
        before = as_counted(world, "quality")
        with world.engine.hot.read() as connection:
            [waiting] = connection.execute("SELECT id FROM quarantine WHERE source = 'quality'").fetchone()
        world.decide("replay", "replay-1", id=waiting, message=msgspec.structs.replace(bad, type="track"))
        world.settle()
        assert [row["event_id"] for row in world.rows()] == ["q-1"]
        assert as_counted(world, "quality") == before
        world.decide("delete_source_data", "delete-1", source="quality")
        world.settle()
        assert as_counted(world, "quality") == (Counter(), Counter(), Counter(), {})
        assert as_counted(world, "neighbour")[1].total() == 1
