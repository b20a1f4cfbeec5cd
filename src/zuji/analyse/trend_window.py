"""Which stretch of time each figure of a trend looks at: its periods, the days before them, the range compared with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

import msgspec

from zuji.analyse.formula import read_formula
from zuji.analyse.settled import Settled, Surroundings, settle
from zuji.analyse.trend_series import ACTIVE_DAYS, Series, Trend
from zuji.store.statement import Statement
from zuji.terms.dates import EARLIEST, Span
from zuji.terms.error import BadQuestion
from zuji.terms.period import HOUR_MS, Interval, milliseconds, plus_months

MONTHS: dict[Interval, int] = {"month": 1, "quarter": 3, "year": 12}
"""The intervals of a month and longer, in months."""


@dataclass(frozen=True, slots=True)
class Window:
    """The places that events of one series fall into: first those before the range, then its periods.

    A place's figure is made of the events in it and in the `width - 1` places before it.
    """

    bounds: tuple[int, ...]
    width: int
    span: Span

    @property
    def before(self) -> int:
        """How many places lie before the range's first period."""
        return self.width - 1

    def span_of(self, place: int) -> Span:
        """The time that the figure of the range's period of this number looks at."""
        first, end = self.bounds[place], self.bounds[place + self.width]
        return Span(max(first, self.span.from_ms), min(end, self.span.to_ms))

    @property
    def total(self) -> Span:
        """The time that the figure of the whole range looks at."""
        return self.span if self.width == 1 else self.span_of(len(self.bounds) - 1 - self.width)


def settle_trend(question: Trend, around: Surroundings) -> Settled[Trend]:
    """With `align_start` the range begins at the start of its first period; formulas are read once, to refuse early."""
    for text in question.formulas:
        read_formula(text, len(question.series))
    align = question.interval in MONTHS if question.align_start is None else question.align_start
    settled = settle(msgspec.structs.replace(question, align_start=align), around)
    return settled.begun_with(question.interval) if align else settled


def window_of(settled: Settled[Trend], series: Series) -> Window:
    """The periods of the range, and before them as many days (or hours) as the math of the series looks back on."""
    interval, bounds = settled.question.interval, settled.periods(settled.question.interval).bounds
    days = ACTIVE_DAYS.get(series.math)
    if days is None or interval not in ("day", "hour"):
        return Window(bounds, 1, settled.span)
    width = days if interval == "day" else days * 24
    # An hour of the local clock is never longer than 60 minutes, nor a day than 25 hours: this goes back far enough.
    earliest = bounds[0] - (width + 1) * (HOUR_MS if interval == "hour" else 25 * HOUR_MS)
    before = settled.calendar.starts(interval, earliest, bounds[0])[:-1][-(width - 1) :]
    return Window((*before, *bounds), width, Span(before[0], settled.span.to_ms))


def place_sql(statement: Statement, bounds: tuple[int, ...], at: str) -> str:
    """The number of the place that a moment lies in, from 1, UInt32."""
    steps = {end - start for start, end in pairwise(bounds)}
    if len(steps) == 1:
        step = steps.pop()
        return f"toUInt32(intDiv({at} - {statement.integer(bounds[0] - step)}, {statement.integer(step)}))"
    starts = statement.integers(bounds[:-1])
    numbers = statement.bind(list(range(1, len(bounds))), "Array(UInt32)")
    return f"transform(roundDown({at}, {starts}), {starts}, {numbers}, toUInt32(0))"


def compared_with(settled: Settled[Trend]) -> Settled[Trend] | None:
    """The same question over the range that `compare_to` names, both ends at the same local time so long ago."""
    compare_to, interval = settled.question.compare_to, settled.question.interval
    if compare_to is None:
        return None
    months, days = 0, 0
    if compare_to != "previous_period":
        days = compare_to.days
    elif interval in MONTHS:
        months = len(settled.periods(interval)) * MONTHS[interval]
    else:
        first, last = (settled.calendar.local(at).date() for at in (settled.span.from_ms, settled.span.to_ms - 1))
        days = (last - first).days + 1
    start, end = (_ago(settled, at, months=months, days=days) for at in (settled.span.from_ms, settled.span.to_ms))
    return replace(settled, span=Span(start, end))


def _ago(settled: Settled[Trend], at: int, *, months: int, days: int) -> int:
    """The same local time of the day so long before; where the clock skips it, later by the gap."""
    local = settled.calendar.local(at)
    if local.date().toordinal() - EARLIEST.toordinal() < days + months * 31:
        raise BadQuestion(f"compare_to: the range before this one begins before {EARLIEST}. Ask for a shorter range.")
    day = plus_months(local.date(), -months) - timedelta(days=days)
    return milliseconds(datetime.combine(day, local.time(), tzinfo=settled.calendar.zone))
