"""Calendar periods in a zone: where they begin and end, and how they are written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from analyse.reference.dates import MINUTE, Refused, WeekStart, back, beginning, first_instant, local

QUARTER_HOUR = 15 * MINUTE
"""Clocks change at full quarters of an hour and by full quarters, so no hour begins anywhere else."""
MOST = 10_000
LETTER = {"day": "d", "week": "w", "month": "m", "quarter": "q", "year": "y"}


@dataclass(frozen=True)
class Calendar:
    """What periods depend on beside their unit."""

    zone: ZoneInfo
    week_start: WeekStart = "monday"


@dataclass(frozen=True)
class Period:
    """From `start` up to, not including, `end`, both in milliseconds since 1970."""

    start: int
    end: int
    written: str

    def holds(self, at: int) -> bool:
        return self.start <= at < self.end


@lru_cache(maxsize=100_000)
def period_of(at: int, unit: str, calendar: Calendar) -> Period:
    """The period that this instant lies in."""
    if unit in LETTER:
        day = beginning(local(at, calendar.zone).date(), LETTER[unit], calendar.week_start)
        found = calendar_period(day, unit, calendar.zone)
        # Where clocks go back over midnight an instant may show the day before one that has begun already.
        return calendar_period(next_day(day, unit), unit, calendar.zone) if at >= found.end else found
    start = at - at % MINUTE
    step = MINUTE
    if unit == "hour":
        start, step = at - at % QUARTER_HOUR, QUARTER_HOUR
    while not begins(start, unit, step, calendar.zone):
        start -= step
    end = start + step
    while not begins(end, unit, step, calendar.zone):
        end += step
    return Period(start, end, local(start, calendar.zone).isoformat(timespec="seconds"))


def begins(at: int, unit: str, step: int, zone: ZoneInfo) -> bool:
    """Whether an hour or minute begins here: the clock shows a full one, or it has just been changed."""
    shown, before = local(at, zone), local(at - step, zone)
    return unit == "minute" or shown.minute == 0 or shown.utcoffset() != before.utcoffset()


def next_day(day: date, unit: str) -> date:
    """The first day of the next period, from the first day of this one."""
    return back(day, -1, LETTER[unit])


def calendar_period(day: date, unit: str, zone: ZoneInfo) -> Period:
    """The period whose first day this is."""
    return Period(first_instant(day, zone), first_instant(next_day(day, unit), zone), day.isoformat())


def periods_between(first: int, last: int, unit: str, calendar: Calendar) -> list[Period]:
    """The periods in which the moments from `first` to `last` lie, both included."""
    found = [period_of(first, unit, calendar)]
    while found[-1].end <= last:
        found.append(period_of(found[-1].end, unit, calendar))
        if len(found) > MOST:
            raise Refused(f"more than {MOST} periods")
    return found


def period_before(period: Period, unit: str, calendar: Calendar) -> Period:
    return period_of(period.start - 1, unit, calendar)


def days_before(at: int, days: int, zone: ZoneInfo) -> int:
    """The first instant of the local day that lies so many days before the day of `at`."""
    return first_instant(local(at, zone).date() - timedelta(days=days), zone)


def is_partial(period: Period, *, start: int, end: int, now: int) -> bool:
    """Whether a range from `start` to `end` (both included) cuts the period, or it is not over."""
    return period.start < start or period.end - 1 > end or period.end > now
