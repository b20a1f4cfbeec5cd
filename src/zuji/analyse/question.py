"""The documents that questions are: what every kind understands, and how a document becomes a value.

A kind's own document is a frozen struct that extends `Question`; its file names its fields. docs/questions.md says what
each means. Unknown fields are refused by name: a misspelt one must not be ignored.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta

from zuji.terms.condition import Where
from zuji.terms.document import Document, Name, Text, read_document
from zuji.terms.period import WeekStart


class PropertyRef(Document, frozen=True, kw_only=True):
    """A property, and whose."""

    property: Name
    scope: Literal["event", "profile"] = "event"


class Breakdown(Document, frozen=True, kw_only=True):
    """Groups by the values of one to five properties."""

    property: Name | Annotated[tuple[Name, ...], Meta(min_length=1, max_length=5)]
    scope: Literal["event", "profile", "session", "tag", "segment"] = "event"
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 25
    bins: Annotated[int, Meta(ge=1, le=100)] | None = None

    def names(self) -> tuple[str, ...]:
        """The names of the properties, always as a tuple."""
        return (self.property,) if isinstance(self.property, str) else self.property

    def __post_init__(self) -> None:
        if self.bins is not None and len(self.names()) != 1:
            raise ValueError(f"bins are for one property, got {len(self.names())}")


CountBy = Literal["user", "session", "event"] | PropertyRef


class Question(Document, frozen=True, kw_only=True):
    """What every kind understands."""

    date_from: Text | None = None
    date_to: Text | None = None
    now: Text | None = None
    timezone: Text | None = None
    week_start: WeekStart = "monday"
    where: Where = msgspec.field(default_factory=Where)
    count_by: CountBy = "user"
    session_gap_minutes: Annotated[int, Meta(ge=1, le=525_600)] = 30
    robots: Literal["leave_out", "include"] = "leave_out"
    inferred: Literal["leave_out", "include"] = "include"
    purposes: Literal["analytics", "any"] = "analytics"


Q = TypeVar("Q", bound=Question)


def read_question(kind: type[Q], document: Any) -> Q:
    """The value of a question's document; raises BadQuestion naming the field and what is allowed there."""
    return read_document(kind, document)
