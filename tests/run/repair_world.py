"""A source that broke on purpose, and what the same source sends when it is well."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from engine_world import NOON_MS, World

import zuji.run.decisions
from zuji.identify.profile import page_of_profiles, profile
from zuji.store import accounting, quarantine
from zuji.terms.message import Message

BROKEN = 95
"""Events of the broken source, several parts of a repair when a part is of `SMALL_PART`."""
SMALL_PART = 20
REPAIR: dict[str, Any] = {
    "source": "till",
    "reason": "no_identifier",
    "steps": [
        {"do": "move", "field": "properties.device", "to": "anonymousId"},
        {"do": "move", "field": "properties.member", "to": "userId"},
        {"do": "convert", "field": "properties.n", "to": "number"},
    ],
}


def a_sale(number: int, *, is_broken: bool) -> Message:
    """A sale; a broken till names its device and its customer among the properties, and writes numbers as text."""
    device, member = f"till-{number % 7}", f"u{number % 10}" if number % 3 == 0 else ""
    properties: dict[str, Any] = {"n": str(number), "device": device} if is_broken else {"n": number}
    if is_broken and member:
        properties["member"] = member
    return Message(
        type="track",
        event="Sold",
        message_id=f"sale-{number}",
        anonymous_id="" if is_broken else device,
        user_id="" if is_broken else member,
        timestamp=NOON_MS - number * 60_000,
        properties=msgspec.Raw(msgspec.json.encode(properties)),
    )


def what_is_stored(world: World) -> dict[str, Any]:
    """What must not depend on whether an event came whole or was repaired: rows without their places, people."""
    hot = world.engine.hot
    columns = "source, event_id, event, occurred_at, received_at, properties, flags, flag_reason"
    rows = world.rows(columns)
    people, _ = page_of_profiles(hot, "default", after=0, limit=1000)
    held = [profile(hot, "default", person.id).identifiers for person in people]
    with hot.read() as connection:
        account = accounting.overall(connection)
        waiting = quarantine.counts(connection, "default")
    return {
        "rows": sorted(rows, key=lambda row: str(row["event_id"])),
        "people": sorted(sorted((one.identifier.type, one.identifier.value) for one in person) for person in held),
        "account": account,
        "waiting": waiting,
    }


def live_until_in_small_parts(folder: Path, point: str, times: int) -> None:
    """An engine that repairs in small parts and dies at a named point; for a process of its own."""
    from doomed_engine import live_until

    zuji.run.decisions.PART = SMALL_PART
    live_until(folder, point, times)
