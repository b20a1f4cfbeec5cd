"""Rows for the event store, as cleaning and identity would fill them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from zuji.store.schema import EVENT_SCHEMA

START_MS = 1_762_000_000_000
DAY_MS = 86_400_000


def event_row(position: int, **given: Any) -> dict[str, Any]:
    """One event; what is not given is plain. `at` is the time in milliseconds since 1970."""
    at = given.pop("at", START_MS)
    plain: dict[str, Any] = dict.fromkeys(EVENT_SCHEMA.names, "")
    return (
        plain
        | {
            "workspace": "default",
            "anchor": 1,
            "position": position,
            "event_id": f"event-{position}",
            "type": "track",
            "event": "purchase",
            "source": "web",
            "occurred_at": at,
            "received_at": at,
            "identifiers": [{"type": "user_id", "value": "u1"}],
            "amount": None,
            "properties": "{}",
            "context": "{}",
            "flags": 0,
            "purposes": ["analytics"],
        }
        | given
    )


def event_table(rows: Sequence[dict[str, Any]]) -> pa.Table:
    """The rows as the ingest loop hands them over."""
    return pa.Table.from_pylist(list(rows), EVENT_SCHEMA)


def plain_events(count: int, *, first: int = 1, **given: Any) -> pa.Table:
    """So many events of consecutive positions."""
    return event_table([event_row(first + index, **given) for index in range(count)])


def random_rows(count: int, *, seed: int, days: int = 90) -> list[dict[str, Any]]:
    """Events of a few anchors, names and sources, many of them in the same millisecond."""
    chance = random.Random(seed)
    return [
        event_row(
            chance.randrange(10**6) * count + index,
            at=START_MS + chance.randrange(days) * DAY_MS + chance.choice([0, 0, 1, 5000]),
            workspace=chance.choice(["default", "default", "other"]),
            anchor=chance.randrange(12),
            event=chance.choice(["page", "purchase", "it's"]),
            type=chance.choice(["track", "page"]),
            source=chance.choice(["web", "app"]),
            event_id=f"event-{chance.randrange(count)}",
            flags=chance.choice([0, 1, 2, 3, 6]),
        )
        for index in range(count)
    ]
