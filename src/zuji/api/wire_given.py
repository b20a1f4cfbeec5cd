"""The shapes of values that others give to tags."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from zuji.api.wire import IdentifierShape, In, Out
from zuji.tag.given import MOST_AT_ONCE


class TagValueIn(In):
    """A value of a tag for whoever has this identifier; null takes away what they have."""

    who: IdentifierShape
    value: Any = Field(examples=["gold"], description="Of the tag's type, or null.")


class TagValuesIn(In):
    """Values of one tag. Of one person's several the last counts. `announce`: whether subscribers are told."""

    values: list[TagValueIn] = Field(min_length=1, max_length=MOST_AT_ONCE)
    announce: bool = True


class TagValuesOut(Out):
    """How many identifiers got what was said of them. `unknown`: those that nobody has, as they were written."""

    given: int
    unknown: list[IdentifierShape]


class GivenOut(Out):
    """Who said a value, of which identifier, when, and until when it holds if nobody says it again."""

    by: str
    at: str
    who: IdentifierShape
    until: str | None
