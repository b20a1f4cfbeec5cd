"""The shapes of the tracking plan on the wire."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from zuji.api.wire import Out

PlanFormat = Literal["yaml", "json", "json_schema"]


class PlanProperty(Out):
    """A property of an event. `share`: of the events that had it; `planned`: what the plan says of it."""

    name: str
    types: dict[str, int] = Field(description="Types of sampled values.", examples=[{"number": 812}])
    type: str = Field(description="The settled type; empty until it is sure.")
    share: float
    examples: list[str] = Field(description="A few values as JSON, personal ones masked.")
    first_seen: str
    last_seen: str
    gone: bool
    planned: dict[str, Any] | None


class PlanEvent(Out):
    """A kind of event of a source, as it arrives and as it is planned."""

    source: str
    event: str
    events: int
    first_seen: str
    last_seen: str
    silent_since: str | None
    planned: bool
    mode: str
    description: str
    properties: list[PlanProperty]


class PlanOut(Out):
    """The plan: what was decided, what was learnt, and what is planned but never came."""

    version: int = Field(description="Of the policy `plan`; 0 while nothing was decided.")
    mode: str
    unplanned: str
    keep_quarantined_days: int
    events: list[PlanEvent]
    never_seen: list[str]


class PlanImported(Out):
    """What an import made of the plan."""

    version: int
    events: int
    new: int


class PlanChange(Out):
    """What became different in what a source sends."""

    source: str
    event: str
    property: str
    kind: Literal["type_changed", "property_vanished", "property_new", "event_silent", "event_new"]
    detail: str
    example: str
    at: str


class PlanChanges(Out):
    """Silent events first, then what changed, newest first."""

    changes: list[PlanChange]
