"""What a question is asked about: some events, whose they are, and what is known about these people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

PURPOSES = ("analytics", "personalisation", "marketing", "service", "risk")
INFERRED = 1
ROBOT = 2
LATE = 4
NOBODY = 0


@dataclass(frozen=True)
class Event:
    """One event as it is stored, with the person whose it is now.

    `at` is milliseconds since 1970; `position` is the order of receipt and different for every event. `anchor` 0 is an
    event without identifiers; it belongs to nobody, person 0. `fields` holds the standard fields that are filled, by
    the name of their column (`url_path`, `browser`, `amount` ...); a missing one is empty.
    """

    position: int
    event_id: str
    anchor: int
    person: int
    at: int
    event: str
    type: str = "track"
    properties: Mapping[str, Any] = field(default_factory=dict)
    fields: Mapping[str, str | Decimal | None] = field(default_factory=dict)
    flags: int = 0
    purposes: tuple[str, ...] = PURPOSES


@dataclass(frozen=True)
class Profile:
    """What is known about one person now. `identifiers` are (type, value)."""

    person: int
    traits: Mapping[str, Any] = field(default_factory=dict)
    identified: bool = False
    identifiers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class World:
    """Everything that one workspace knows. `timezone` is the workspace's."""

    events: tuple[Event, ...]
    profiles: Mapping[int, Profile] = field(default_factory=dict)
    timezone: str = "Asia/Shanghai"
