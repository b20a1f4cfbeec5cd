"""Trends: one figure per period."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from analyse.reference.admitted import (
    Asked,
    by_key,
    key_of,
    matching,
    numbers_of,
    refuse_mixed_money,
    settle,
)
from analyse.reference.condition import value_of
from analyse.reference.dates import Refused, back, local
from analyse.reference.formula import value_of_formula
from analyse.reference.groups import Group, group_of_cell, ranked, values_of
from analyse.reference.periods import (
    Period,
    days_before,
    is_partial,
    period_before,
    period_of,
    periods_between,
)
from analyse.reference.statistics import greatest, least, mean, percentile, total
from analyse.reference.values import local_moment, text_of
from analyse.reference.world import NOBODY, Event, World

LONG = {"month": 1, "quarter": 3, "year": 12}
"""Intervals of a month and longer, in months."""
ACTIVE_DAYS = {"weekly_active": 7, "monthly_active": 30}
CUMULATIVE = ("total", "sum", "unique_users", "unique_values")
COUNTS = ("total", "unique_users", "weekly_active", "monthly_active", "unique_values", "max_per_user")
Series = Mapping[str, Any]
Values = list[float | None]


@dataclass(frozen=True)
class Line:
    """The matching events of one series over all of history, as far as they lie in the group."""

    series: Series
    events: tuple[Event, ...]


def answer(world: World, question: Mapping[str, Any]) -> dict[str, Any]:
    asked = aligned(settle(world, question))
    lines = lines_of(asked)
    check(asked, lines)
    found: dict[str, Any] = {"periods": written_periods(asked), "series": figures(asked, lines), "previous": None}
    if question.get("compare_to") is not None:
        before = range_compared(asked)
        check(before, lines)
        found["previous"] = {"periods": written_periods(before), "series": figures(before, lines)}
    if question.get("breakdown") is not None:
        found["by_breakdown"] = [
            {**group.written, "series": figures(asked, within(asked, lines, group))} for group in groups_of(asked)
        ]
    return found


def people(world: World, question: Mapping[str, Any], cell: Mapping[str, Any]) -> set[int]:
    asked = aligned(settle(world, question))
    lines = lines_of(asked)
    if "group" in cell:
        lines = within(asked, lines, group_of_cell(groups_of(asked), cell))
    if cell.get("of") == "previous":
        asked = range_compared(asked)
    line = lines[cell["series"]]
    if cell["period"] is None:
        first, last = span_of_total(asked, line.series)
    else:
        period = periods_of(asked)[cell["period"]]
        first, last = span(asked, line.series, period)
        first = asked.start if question.get("cumulative") else first
    return {event.person for event in counted(asked, line, first, last)} - {NOBODY}


def interval_of(asked: Asked) -> str:
    interval: str = asked.question.get("interval", "day")
    return interval


def math_of(series: Series) -> str:
    name: str = series.get("math", "total")
    return name


def aligned(asked: Asked) -> Asked:
    """With `align_start` the range begins where its first period does."""
    interval = interval_of(asked)
    align = asked.question.get("align_start")
    if interval in LONG if align is None else align:
        return replace(asked, start=period_of(asked.start, interval, asked.calendar).start)
    return asked


def periods_of(asked: Asked) -> list[Period]:
    return periods_between(asked.start, asked.end, interval_of(asked), asked.calendar)


def written_periods(asked: Asked) -> list[dict[str, Any]]:
    return [
        {"start": period.written, "partial": is_partial(period, start=asked.start, end=asked.end, now=asked.now)}
        for period in periods_of(asked)
    ]


def range_compared(asked: Asked) -> Asked:
    """The range that `compare_to` names: both its ends moved back, keeping the local time of the day."""
    unit, count = "d", local_days(asked)
    if asked.question["compare_to"] != "previous_period":
        count = asked.question["compare_to"]["days"]
    elif interval_of(asked) in LONG:
        unit, count = "m", len(periods_of(asked)) * LONG[interval_of(asked)]
    return replace(
        asked, start=moved(asked, asked.start, count, unit), end=moved(asked, asked.end + 1, count, unit) - 1
    )


def local_days(asked: Asked) -> int:
    """How many local days the range touches."""
    first, last = (local(at, asked.calendar.zone).date() for at in (asked.start, asked.end))
    return (last - first) // timedelta(days=1) + 1


def moved(asked: Asked, at: int, count: int, unit: str) -> int:
    """The same local time so many days or months before."""
    shown = local(at, asked.calendar.zone)
    day: date = back(shown.date(), count, unit)
    milliseconds = shown.second * 1000 + shown.microsecond // 1000
    return local_moment(day, shown.hour, shown.minute, milliseconds, asked.calendar.zone)


def lines_of(asked: Asked) -> list[Line]:
    return [Line(series, tuple(matching(asked, series))) for series in asked.question["series"]]


def check(asked: Asked, lines: Sequence[Line]) -> None:
    """Refuse what has no meaning, and sums of several currencies."""
    for line in lines:
        math_name, interval = math_of(line.series), interval_of(asked)
        if math_name in ACTIVE_DAYS and (interval == "minute" or (math_name, interval) == ("monthly_active", "week")):
            raise Refused(f"{math_name} by {interval}")
        if asked.question.get("cumulative") and math_name not in CUMULATIVE:
            raise Refused(f"{math_name} is never cumulative")
        if math_name in ("sum", "avg"):
            in_range = [event for event in line.events if asked.in_range(event)]
            refuse_mixed_money(asked, in_range, line.series["property"])


def span(asked: Asked, series: Series, period: Period) -> tuple[int, int]:
    """The first and the last moment that a period's figure looks at."""
    interval, last = interval_of(asked), min(period.end - 1, asked.end)
    days = ACTIVE_DAYS.get(math_of(series))
    if days is None or interval not in ("day", "hour"):
        return max(period.start, asked.start), last
    if interval == "day":
        return days_before(period.start, days - 1, asked.calendar.zone), last
    for _ in range(days * 24 - 1):
        period = period_before(period, interval, asked.calendar)
    return period.start, last


def span_of_total(asked: Asked, series: Series) -> tuple[int, int]:
    """The first and the last moment that the figure of the whole range looks at."""
    if math_of(series) in ACTIVE_DAYS and interval_of(asked) in ("day", "hour"):
        return span(asked, series, periods_of(asked)[-1])
    return asked.start, asked.end


def counted(asked: Asked, line: Line, first: int, last: int) -> list[Event]:
    """The events behind a figure: those of this time that its math counts."""
    events = [event for event in line.events if first <= event.at <= last]
    math_name, name = math_of(line.series), line.series.get("property")
    if math_name == "total":
        return events
    if math_name == "unique_values":
        return [event for event in events if text_of(value_of(event, name or "", "event", asked.setting)) is not None]
    if name is not None and math_name not in (*ACTIVE_DAYS, "unique_users", "per_user_average", "max_per_user"):
        return [event for event in events if numbers_of(asked, [event], name)]
    return [event for event in events if key_of(asked, event) is not None]


def figure(asked: Asked, line: Line, first: int, last: int) -> float | None:
    """The series' math over the events from `first` to `last`."""
    events, math_name = counted(asked, line, first, last), math_of(line.series)
    name = line.series.get("property") or ""
    persons = by_key(asked, events)
    if math_name == "total":
        return len(events)
    if math_name in (*ACTIVE_DAYS, "unique_users"):
        return len(persons)
    if math_name == "unique_values":
        return len({text_of(value_of(event, name, "event", asked.setting)) for event in events})
    if math_name == "per_user_average":
        return len(events) / len(persons) if persons else None
    if math_name == "max_per_user":
        return max((len(own) for own in persons.values()), default=0)
    numbers = numbers_of(asked, events, name)
    plain = {"sum": total, "avg": mean, "min": least, "max": greatest}
    if math_name in plain:
        return plain[math_name](numbers)
    return percentile(numbers, 50 if math_name == "median" else int(math_name[1:]))


def figures(asked: Asked, lines: Sequence[Line]) -> list[dict[str, Any]]:
    """The entries of `series`: every line, then every formula."""
    entries = [entry(asked, line) for line in lines]
    letters = [chr(ord("A") + index) for index in range(len(entries))]
    formulas = []
    for text in asked.question.get("formulas") or []:
        columns = zip(*(one["values"] for one in entries), strict=True)
        values = [value_of_formula(text, dict(zip(letters, column, strict=True))) for column in columns]
        totals = dict(zip(letters, (one["total"] for one in entries), strict=True))
        formulas.append({"name": text, "values": values, "sum": total(values), "total": value_of_formula(text, totals)})
    return entries + formulas


def entry(asked: Asked, line: Line) -> dict[str, Any]:
    """One series: its values, their sum, and the figure of the whole range."""
    periods = periods_of(asked)
    plain = [figure(asked, line, *span(asked, line.series, period)) for period in periods]
    values = plain
    if asked.question.get("cumulative"):
        values = [figure(asked, line, asked.start, min(period.end - 1, asked.end)) for period in periods]
    return {
        "name": line.series.get("name") or line.series.get("event"),
        "values": smooth(values, asked.question.get("smoothing", 1), math_of(line.series)),
        "sum": total([value or 0 for value in plain]),
        "total": figure(asked, line, *span_of_total(asked, line.series)),
    }


def smooth(values: Values, periods: int, math_name: str) -> Values:
    """The mean of the last values so far, null left out; counts are rounded down."""
    means = []
    for index in range(len(values)):
        known = [value for value in values[max(0, index + 1 - periods) : index + 1] if value is not None]
        means.append(mean(known))
    if periods == 1:
        return values
    return [None if one is None else math.floor(one) if math_name in COUNTS else one for one in means]


def deciding(asked: Asked, lines: Sequence[Line]) -> dict[int, Event]:
    """The events that decide groups, by position: those that any figure may look at."""
    found = {}
    for line in lines:
        first = min(asked.start, span(asked, line.series, periods_of(asked)[0])[0])
        found.update({event.position: event for event in line.events if first <= event.at <= asked.end})
    return found


def groups_of(asked: Asked) -> list[Group]:
    """The groups, greatest total of the first series first."""
    lines, breakdown = lines_of(asked), asked.question["breakdown"]
    values = values_of(asked, deciding(asked, lines).values(), breakdown)

    def size(value: tuple[str | None, ...]) -> float | None:
        alone = within(asked, lines[:1], Group(value, "value", frozenset([value])))
        return figure(asked, alone[0], *span_of_total(asked, lines[0].series))

    return ranked(values.values(), size, breakdown)


def within(asked: Asked, lines: Sequence[Line], group: Group) -> list[Line]:
    """The same lines with the events of one group alone."""
    values = values_of(asked, deciding(asked, lines_of(asked)).values(), asked.question["breakdown"])
    return [
        replace(line, events=tuple(event for event in line.events if values.get(event.position) in group.holds))
        for line in lines
    ]
