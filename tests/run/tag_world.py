"""Rules to publish and people to look at, over a running engine: what the tests of live tags need."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import msgspec
from engine_world import NOON_MS, World

from zuji.store import tag_live, tag_values
from zuji.store.tag_values import TOLD, TagChange, Told
from zuji.tag.definition import decision_body, read_definition
from zuji.terms.message import Message

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
PATIENCE_S = 30.0

ORDERED = {"measure": "count", "event": "Order Completed"}
LAST_HOUR = {"window": {"last": {"amount": 60, "unit": "minute"}}}
BUYER = {"when": {**ORDERED, "op": "gte", "value": 1}}
REGULAR = {"when": {**ORDERED, "op": "gte", "value": 3}}
HOT_NOW = {"when": {"measure": "count", "event": "Product Viewed", **LAST_HOUR, "op": "gte", "value": 2}}
SPENT = {"value": {"measure": "sum", "event": "Order Completed", "property": "total"}}
LOCAL = {"when": {"trait": "city", "op": "equals", "value": "Shanghai"}}


def publish(world: World, key: str, rule: dict[str, Any] | None, *, version: int = 1, **more: Any) -> None:
    """Publish a tag made by this rule, or end the one of this key."""
    document = {"key": key, "name": {"en": key, "zh": key}, "family": "value_tier", "rule": rule}
    if rule is None:
        body: dict[str, Any] = {"decision": "publish", "kind": "tag", "key": key, "version": version}
        body["definition"] = None
    else:
        body = decision_body(read_definition("tag", document, version=version), by="tester")
    world.decide("publish", f"publish-{key}-{version}-{rule is None}", **(body | more))


def event(name: str, number: int | str, *, who: str = "d-1", user: str = "", ago_ms: int = 0,
          **properties: Any) -> Message:  # fmt: skip
    """Somebody did something, so long before noon."""
    return Message(
        type="track", event=name, message_id=f"m-{number}", anonymous_id=who, user_id=user,
        timestamp=NOON_MS - ago_ms, properties=msgspec.Raw(msgspec.json.encode(properties)),
    )  # fmt: skip


def log_in(user: str, *, who: str, number: int | str, ago_ms: int = 0, **traits: Any) -> Message:
    """A device is somebody's from now on."""
    return Message(
        type="identify", message_id=f"m-{number}", user_id=user, anonymous_id=who, timestamp=NOON_MS - ago_ms,
        traits=msgspec.Raw(msgspec.json.encode(traits)),
    )  # fmt: skip


def tags(world: World) -> dict[str, dict[str, Any]]:
    """By an identifier of each person who has any (the first in the alphabet): their tags."""
    from zuji.identify.current import people_now

    with world.engine.hot.read() as connection:
        persons = [person for (person,) in connection.execute("SELECT DISTINCT person FROM tag_value")]
        values = tag_values.values_of(connection, "default", persons)
        people = people_now(connection, "default", persons)
    return {
        min((one.value for one in person.identifiers), default=f"nobody {person.id}"): {
            key: value.value for (_, key), value in sorted(values[person.id].items())
        }
        for person in people
    }


def changes(world: World, told: Told | None = TOLD) -> list[TagChange]:
    """The changes recorded so far."""
    with world.engine.hot.read() as connection:
        return tag_values.changes_after(connection, "default", 0, 10_000, told=told)


def taken(world: World) -> None:
    """Wait until everything sent is committed, tags included; it need not be stored yet."""
    assert world.engine.progress.wait_taken(world.engine.reader.ends(), PATIENCE_S)
    assert world.engine.tagger.failure is None
    assert world.engine.tags.failure is None


def backfilled(world: World) -> None:
    """Wait until everybody was looked at with the newest rules."""

    def is_done() -> bool:
        with world.engine.hot.read() as connection:
            return all(one.finished_ms is not None for one in tag_live.backfills(connection))

    taken(world)
    until(is_done)


def until(holds: Callable[[], bool]) -> None:
    """Wait for what a loop of the engine will do."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, "what was waited for did not come"
        time.sleep(0.01)
