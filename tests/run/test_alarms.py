"""What keeps a loop from going on is an alarm until it goes on."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from engine_world import NOON_MS, World, running

from zuji.store.connections import Connections
from zuji.terms.message import Message


def soon(holds: Callable[[], object]) -> bool:
    """Whether something holds within twenty seconds."""
    deadline = time.monotonic() + 20
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return bool(holds())


def rename(connections: Connections, old: str, new: str) -> None:
    with connections.controlling() as client:
        client.command(f"RENAME TABLE zuji.{old} TO zuji.{new}")


def alarms(world: World) -> tuple[str, ...]:
    return world.engine.status.now().alarms


def test_rows_of_people_that_cannot_be_written_are_an_alarm_until_they_are(tmp_path: Path) -> None:
    with running(tmp_path) as world:
        world.settle()
        assert alarms(world) == ()
        rename(world.engine.events.connections, "profiles", "hidden")
        traits = msgspec.Raw(b'{"plan":"gold"}')
        world.send(Message(type="identify", message_id="m", user_id="u", traits=traits, timestamp=NOON_MS))
        assert soon(lambda: alarms(world))
        assert alarms(world)[0].startswith("the rows of people wait: ")
        rename(world.engine.events.connections, "hidden", "profiles")
        assert soon(lambda: not alarms(world))
