"""What is learnt stands and falls with its batch, survives a restart, and is forgotten with its source."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from engine_world import NOON_MS, World, running

from zuji.clean.learned import LearnedEvent, decode_learned
from zuji.store import learned_plan, outbox
from zuji.terms.message import Message

MINUTE_MS = 60_000


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOON_MS

    def __call__(self) -> int:
        """The time."""
        return self.now


@contextmanager
def stepping(folder: Path, clock: Clock) -> Iterator[World]:
    """An engine whose batches are taken one by one, so that a test knows what the clock said at each."""
    with running(folder, start=False, now_ms=clock) as world:
        world.engine.storing.start()
        yield world
        world.engine.ingest.start()
        world.engine.profiles.start()
        world.engine.status.start()


def batch(world: World, clock: Clock, number: int, **properties: Any) -> None:
    """Three events of the moment, taken at once."""
    world.now_ms = clock.now
    raw = msgspec.Raw(msgspec.json.encode(properties))
    world.send(
        *(
            Message(
                type="track",
                event="Sold",
                message_id=f"{number}-{n}",
                user_id="u1",
                timestamp=clock.now,
                properties=raw,
            )
            for n in range(3)
        )
    )
    assert world.engine.ingest.take_some()


def learned_of(world: World) -> dict[str, LearnedEvent]:
    with world.engine.hot.read() as connection:
        return {key.event: decode_learned(one) for key, one in learned_plan.load(connection, "default")}


def kinds_of(world: World) -> list[tuple[str, str]]:
    with world.engine.hot.read() as connection:
        return [(one.kind, one.property) for one in learned_plan.changes_since(connection, "default", 0, limit=100)]


def test_a_source_that_breaks_is_named_within_a_minute(tmp_path: Path) -> None:
    clock = Clock()
    with stepping(tmp_path, clock) as world:
        for number in range(210):
            clock.now += 20_000
            batch(world, clock, number, price=number + 0.5, size="L")
        well = world.engine.status.now().alarms
        broken_at = clock.now
        number = 210
        while len(kinds_of(world)) < 3 and clock.now - broken_at < MINUTE_MS:
            clock.now += 5_000
            number += 1
            batch(world, clock, number, price="dear", groesse="L")
        took = clock.now - broken_at
        told = world.engine.status.now().alarms
        clock.now += 30 * MINUTE_MS
        silent = world.engine.status.now().alarms
    assert well == ()
    assert took <= MINUTE_MS
    assert len([alarm for alarm in told if "price of Sold: type changed" in alarm and '"dear"' in alarm]) == 1
    assert len([alarm for alarm in told if "size of Sold: property vanished" in alarm and "groesse" in alarm]) == 1
    assert any("event Sold: event silent: nothing for" in alarm for alarm in silent)


def test_a_batch_that_is_rolled_back_teaches_nothing_and_is_learnt_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    with stepping(tmp_path, clock) as world:
        batch(world, clock, 1, price=1)
        put, fails = outbox.put, [True]

        def broken(*arguments: Any, **named: Any) -> Any:
            if fails and fails.pop():
                raise OSError("no")
            return put(*arguments, **named)

        monkeypatch.setattr(outbox, "put", broken)
        with pytest.raises(OSError, match="no"):
            batch(world, clock, 2, price=1)
        assert learned_of(world)["Sold"].events == 3
        assert world.engine.ingest.take_some()
        assert learned_of(world)["Sold"].events == 6


def test_what_was_learnt_survives_a_restart(tmp_path: Path) -> None:
    clock = Clock()
    with stepping(tmp_path, clock) as world:
        batch(world, clock, 1, price=1)
    with stepping(tmp_path, clock) as world:
        batch(world, clock, 2, price=1)
        assert (learned_of(world)["Sold"].events, learned_of(world)["Sold"].properties["price"].events) == (6, 6)


def test_a_source_whose_data_is_deleted_was_never_seen(tmp_path: Path) -> None:
    with running(tmp_path) as world:
        world.send(Message(type="track", event="Sold", message_id="m1", user_id="u1"), source="till")
        world.send(Message(type="track", event="Viewed", message_id="m1", user_id="u1"), source="web")
        world.settle()
        world.decide("delete_source_data", source="till")
        world.settle()
        assert list(learned_of(world)) == ["Viewed"]
