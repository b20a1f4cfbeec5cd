"""The document of a retention question, and the periods of its rows and columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from zuji.analyse.question import Breakdown, Question
from zuji.analyse.seen import EVER
from zuji.analyse.settled import Settled, Surroundings, settle
from zuji.terms.dates import Span
from zuji.terms.document import Document, EventMatch, Name
from zuji.terms.period import Interval, Periods


class Measure(Document, frozen=True, kw_only=True):
    """What is added up beside the people."""

    math: Literal["sum", "avg", "per_person"]
    property: Name


class Retention(Question, frozen=True, kw_only=True):
    """Of the people who did one thing in a period, how many did another in each period after."""

    target: EventMatch
    returning: EventMatch
    period: Interval = "day"
    mode: Literal["recurring", "first_time"] = "recurring"
    intervals: Annotated[int, Meta(ge=1, le=100)] = 8
    min_occurrences: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    cumulative: bool = False
    breakdown: Breakdown | None = None
    measure: Measure | None = None


def settle_retention(question: Retention, around: Surroundings) -> Settled[Retention]:
    """Without `date_from` it is `date_to` alone that says where the rows are."""
    return settle(question, around, open_start=question.date_to or "today")


@dataclass(frozen=True, slots=True)
class Cohorts:
    """The rows and columns: row i's cohort is of period i, its column c of period i + c.

    `periods` are all of them. In a triangle each row has one column less than the one before.
    """

    periods: Periods
    rows: int
    columns: int
    is_triangle: bool
    end_ms: int
    """Where targets end, and in a triangle returns too."""

    def width(self, row: int) -> int:
        """How many columns a row has."""
        return self.columns - row if self.is_triangle else self.columns

    @property
    def first_ms(self) -> int:
        """Where the first cohort begins."""
        return self.periods.bounds[0]

    @property
    def last_ms(self) -> int:
        """Where the last event that counts lies before."""
        return self.end_ms if self.is_triangle else self.periods.bounds[-1]

    def seen_span(self, *, first_time: bool) -> Span:
        """The time of all events that count; who is new is known from all of history."""
        return Span(EVER.from_ms if first_time else self.first_ms, self.last_ms)

    def partial(self, now_ms: int) -> list[bool]:
        """Which periods are not over at `now`, or are cut."""
        return [end > now_ms or (self.is_triangle and end > self.end_ms) for end in self.periods.bounds[1:]]


def cohorts_of(settled: Settled[Retention]) -> Cohorts:
    """With `date_from` full rows from its period to that of `date_to`; without, as many rows as columns, a triangle."""
    question, calendar, end_ms = settled.question, settled.calendar, settled.span.to_ms
    is_triangle, columns = question.date_from is None, question.intervals
    if is_triangle:
        bounds = list(calendar.starts(question.period, end_ms - 1, end_ms))
        while len(bounds) <= columns:
            bounds.insert(0, calendar.start(question.period, bounds[0] - 1))
        return Cohorts(Periods(question.period, tuple(bounds)), columns, columns, True, end_ms)
    bounds = list(settled.periods(question.period).bounds)
    rows = len(bounds) - 1
    while len(bounds) < rows + columns:
        bounds.append(calendar.starts(question.period, bounds[-1], bounds[-1] + 1)[1])
    return Cohorts(Periods(question.period, tuple(bounds)), rows, columns, False, end_ms)
