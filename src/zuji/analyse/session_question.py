"""The document of a question about sessions. docs/questions.md, `session`."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from zuji.analyse.question import Breakdown, Question
from zuji.terms.document import Text
from zuji.terms.period import Interval


class Session(Question, frozen=True, kw_only=True):
    """Which sessions: those with an event of this name that passes `where`."""

    event: Text | None = None
    interval: Interval = "day"
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 25
    breakdown: Breakdown | None = None
