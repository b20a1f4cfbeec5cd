"""The hot state's disk fills up between storing and saying so; spool and event store lie on another disk."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from engine_world import NOON_MS, running

from crash.small_disk import small_disk
from zuji.store import outbox
from zuji.terms.message import Message

pytestmark = pytest.mark.crash


def soon(holds: Callable[[], object]) -> bool:
    """Whether something holds within twenty seconds."""
    deadline = time.monotonic() + 20
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return bool(holds())


def test_rows_that_are_stored_but_cannot_leave_the_outbox_leave_it_once_there_is_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "data", megabytes=24) as disk:
        for elsewhere in ("events", "spool"):
            (tmp_path / elsewhere).mkdir()
            (disk.folder / elsewhere).symlink_to(tmp_path / elsewhere)
        with running(disk.folder, start=False) as world:
            engine = world.engine
            world.send(*[_event(number) for number in range(50)])
            assert engine.ingest.take_some()
            disk.fill()
            engine.storing.start()
            assert soon(lambda: engine.storing.failure)
            assert "hot state could not be written" in str(engine.storing.failure)
            disk.clear()
            engine.ingest.start()
            engine.status.start()
            engine.profiles.start()
            world.send(_event(50))
            world.settle()
            assert engine.storing.failure is None
            assert [row["event_id"] for row in world.rows()] == [f"m-{number}" for number in range(51)]
            with engine.hot.read() as connection:
                assert outbox.waiting(connection) == []


def _event(number: int) -> Message:
    return Message(type="track", event="Viewed", message_id=f"m-{number}", anonymous_id="device-1", timestamp=NOON_MS)
