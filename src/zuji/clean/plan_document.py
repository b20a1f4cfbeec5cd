"""The tracking plan as a workspace decides it (policy part `plan`): which events there are and what they carry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import polars as pl
from msgspec import Meta, field

from zuji.terms.document import Document, Name, Text, read_document
from zuji.terms.error import BadQuestion

Mode = Literal["accept", "warn", "enforce"]
"""Of events that are against the plan: take them as they are, flag them, or set them aside."""
Type = Literal["text", "number", "integer", "boolean", "object", "list", "any"]
Scalar = str | int | float | bool | None

KEEP_QUARANTINED_DAYS = 90
MOST_EVENTS = 2_000
MOST_PROPERTIES = 500


class PlannedProperty(Document, frozen=True, kw_only=True):
    """What a property holds. `pattern` and `enum` are asked of values that are there; null counts as absent."""

    type: Type = "any"
    required: bool = False
    enum: Annotated[tuple[Scalar, ...], Meta(max_length=1_000)] | None = None
    pattern: Annotated[str, Meta(max_length=1_000)] | None = None
    description: Text = ""

    def __post_init__(self) -> None:
        if self.pattern is not None:
            refuse_bad_pattern(self.pattern)


class PlannedEvent(Document, frozen=True, kw_only=True):
    """What an event carries, from all sources or those named (by id). `others`: properties that are not named here."""

    mode: Mode | None = None
    description: Text = ""
    sources: Annotated[tuple[Name, ...], Meta(max_length=100)] | None = None
    properties: Annotated[Mapping[Name, PlannedProperty], Meta(max_length=MOST_PROPERTIES)] = field(
        default_factory=dict
    )
    others: Literal["allowed", "against"] = "allowed"


class TrackingPlan(Document, frozen=True, kw_only=True):
    """The whole plan. `mode` holds for events that name none, `unplanned` for events that are not in it."""

    mode: Mode = "accept"
    unplanned: Mode = "accept"
    events: Annotated[Mapping[Name, PlannedEvent], Meta(max_length=MOST_EVENTS)] = field(default_factory=dict)
    keep_quarantined_days: Annotated[int, Meta(ge=1, le=3_660)] = KEEP_QUARANTINED_DAYS


NO_PLAN = TrackingPlan()


def read_plan(document: Mapping[str, Any]) -> TrackingPlan:
    """The plan of a document. Raises BadQuestion that says what is wrong and where."""
    return read_document(TrackingPlan, document)


def refuse_bad_pattern(pattern: str) -> None:
    """Raise ValueError for what is no regular expression. The engine that reads them takes linear time for any."""
    try:
        pl.Series([""]).str.contains(pattern, strict=True)
    except pl.exceptions.PolarsError as error:
        raise BadQuestion(f"the pattern {pattern!r:.100} cannot be read: {str(error).splitlines()[0]:.200}") from error
