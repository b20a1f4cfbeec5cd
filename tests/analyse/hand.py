"""Small worlds written by hand: what happened, in the order of receipt, at seconds after one Monday midnight in UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from analyse.reference.world import Event, Profile, World

MONDAY = 1_772_409_600_000
"""2026-03-02T00:00:00Z."""
MINUTE, HOUR, DAY = 60, 3600, 86_400


def happened(name: str, seconds: float = 0, person: int = 1, /, **properties: Any) -> Event:
    """One event of one person, whose only anchor has the person's number."""
    return Event(0, "", person, person, MONDAY + round(seconds * 1000), name, properties=properties)


def paid(amount: str, seconds: float = 0, person: int = 1, /, currency: str = "CNY", name: str = "pay") -> Event:
    """An event with an amount."""
    return replace(happened(name, seconds, person), fields={"amount": Decimal(amount), "currency": currency})


def visited(path: str, seconds: float = 0, person: int = 1, /, **fields: str) -> Event:
    """A page view, or with `event` something else that happened on a page."""
    name = fields.pop("event", "page")
    return replace(happened(name, seconds, person), fields={"url_path": path, **fields})


def world_of(*events: Event, traits: Mapping[int, Mapping[str, Any]] | None = None) -> World:
    """The world in which just this happened, received in this order."""
    received = tuple(
        replace(event, position=place, event_id=f"e{place}") for place, event in enumerate(events, start=1)
    )
    known = {event.person for event in received} - {0}
    profiles = {person: Profile(person, (traits or {}).get(person, {})) for person in sorted(known)}
    return World(received, profiles, "UTC")


def week(**question: Any) -> dict[str, Any]:
    """A question about Monday to Sunday, asked much later."""
    return {"date_from": "2026-03-02", "date_to": "2026-03-08", "now": "2027-06-01T00:00:00Z", **question}
