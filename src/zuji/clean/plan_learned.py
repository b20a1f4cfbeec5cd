"""The plan that what arrived would fit: what was learnt, said as a document that a person can edit and decide."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zuji.clean.learned import LearnedEvent, LearnedProperty, family
from zuji.store.learned_plan import EventKey


def learned_document(learned: Mapping[EventKey, LearnedEvent]) -> dict[str, Any]:
    """Every kind of event with its properties; of several sources those of all. Nothing is enforced by it."""
    by_event: dict[str, list[LearnedEvent]] = {}
    for key, event in sorted(learned.items()):
        by_event.setdefault(key.event, []).append(event)
    return {"events": {name: _event(events) for name, events in by_event.items()}}


def _event(events: list[LearnedEvent]) -> dict[str, Any]:
    total = sum(event.events for event in events)
    names = sorted({name for event in events for name in event.properties})
    return {
        "properties": {
            name: _property([event.properties[name] for event in events if name in event.properties], total)
            for name in names
        }
    }


def _property(seen: list[LearnedProperty], total: int) -> dict[str, Any]:
    types = {family(type_) for one in seen for type_ in one.types if type_ != "null"}
    always = sum(one.events for one in seen) == total and not any("null" in one.types for one in seen)
    return {"type": types.pop() if len(types) == 1 else "any", "required": always}
