"""A change of a tag or segment as it is told: by webhook, by the stream of events, by the list of changes."""

from __future__ import annotations

from typing import Any

from zuji.store.tag_values import TagChange


def told(change: TagChange) -> dict[str, Any]:
    """The change in words of the wire. `latency_ms`: from its cause's receipt until it could be read."""
    return {
        "number": change.number,
        "person": change.person,
        "kind": change.kind,
        "key": change.key,
        "old": change.old,
        "new": change.new,
        "cause": change.cause,
        "event_id": change.cause_event_id,
        "at": change.at_ms,
        "latency_ms": None if change.received_at_ms is None else change.readable_at_ms - change.received_at_ms,
    }
