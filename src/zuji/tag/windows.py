"""Where the windows of rules lie in time. Meaning: docs/rules.md, `Windows`.

A window is a range of buckets, and buckets are numbered: minutes and hours of UTC and local days, all since 1970. A
local day begins at its first instant and lasts until the next one's, so days follow each other without gap or overlap
even where a clock shows an hour of yesterday again or a zone leaves a day out. Weeks begin on Monday.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import assert_never
from zoneinfo import ZoneInfo

from zuji.tag.rule import Between, Ever, Last, This, Width, Window
from zuji.terms.dates import Span
from zuji.terms.period import DAY_MS, HOUR_MS, MINUTE_MS, Calendar

BEGINNING = -2_208_988_800_000
"""1900 in UTC, before which the event store has no times: where windows without a start begin."""

_END = 10_413_788_400_000
"""In the year 2300, behind everything that the event store holds."""
_EPOCH = date(1970, 1, 1).toordinal()


def range_of(window: Window, t: int, calendar: Calendar) -> Span:
    """What the window holds as of the moment t: half open, in milliseconds, never beyond t itself.

    >>> range_of(Last(1, "hour", "minute", 60), 7_200_000, Calendar(ZoneInfo("UTC")))
    Span(from_ms=3660000, to_ms=7200001)
    """
    zone = calendar.zone
    match window:
        case Ever():
            return Span(BEGINNING, t + 1)
        case Last(_, _, width, buckets):
            return Span(bucket_start(width, bucket_of(width, t, calendar) - buckets + 1, calendar), t + 1)
        case This(_, back):
            first = _first_day(window, t, zone)
            if not back:
                return Span(_day_start(zone, first), t + 1)
            before = _monday(zone).next_first_day(window.interval, _date(first), steps=-1)
            return Span(_day_start(zone, _number(before)), _day_start(zone, first))
        case Between(first_day, last_day):
            end = t + 1 if last_day is None else min(t + 1, _day_start(zone, _number(last_day) + 1))
            start = BEGINNING if first_day is None else _day_start(zone, _number(first_day))
            return Span(min(start, end), end)
        case _:
            assert_never(window)


def whole_of(window: Between, calendar: Calendar) -> Span:
    """All that a fixed window will ever hold."""
    return range_of(window, _END, calendar)


def next_move(window: Window, t: int, calendar: Calendar) -> int | None:
    """The first moment after t at which the range begins elsewhere (or, of past periods, ends elsewhere); None: never.

    >>> next_move(Last(1, "hour", "minute", 60), 7_200_000, Calendar(ZoneInfo("UTC")))
    7260000
    """
    match window:
        case Last(_, _, width, _):
            return bucket_start(width, bucket_of(width, t, calendar) + 1, calendar)
        case This(interval):
            first = _date(_first_day(window, t, calendar.zone))
            return _day_start(calendar.zone, _number(_monday(calendar.zone).next_first_day(interval, first)))
        case Ever() | Between():
            return None
        case _:
            assert_never(window)


def bucket_of(width: Width, at: int, calendar: Calendar) -> int:
    """The number of the bucket that a moment lies in."""
    if width == "day":
        return day_of(calendar.zone, at)
    return at // (MINUTE_MS if width == "minute" else HOUR_MS)


def bucket_start(width: Width, number: int, calendar: Calendar) -> int:
    """The first instant of a bucket."""
    if width == "day":
        return _day_start(calendar.zone, number)
    return number * (MINUTE_MS if width == "minute" else HOUR_MS)


def day_of(zone: ZoneInfo, at: int) -> int:
    """The number of the local day that a moment lies in. Asked of every event, hence the remembered bounds."""
    day, *starts = _days_within(zone, at // DAY_MS)
    for start in starts:
        if at < start:
            break
        day += 1
    return day


@lru_cache(maxsize=50_000)
def _days_within(zone: ZoneInfo, utc_day: int) -> tuple[int, ...]:
    """The local day in which a day of UTC begins, and the first instants of the local days that begin later in it."""
    begin, end = utc_day * DAY_MS, (utc_day + 1) * DAY_MS
    day = _number(Calendar(zone).local(begin).date()) + 1
    while _day_start(zone, day) > begin:  # where the clock went back over midnight, the later day has begun already
        day -= 1
    starts: list[int] = []
    while (start := _day_start(zone, day + len(starts) + 1)) < end:
        starts.append(start)
    return (day, *starts)


@lru_cache(maxsize=50_000)
def _day_start(zone: ZoneInfo, day: int) -> int:
    return Calendar(zone).day_start(_date(day))


def _first_day(window: This, t: int, zone: ZoneInfo) -> int:
    """The number of the day with which the present period begins."""
    return _number(_monday(zone).first_day(window.interval, _date(day_of(zone, t))))


def _monday(zone: ZoneInfo) -> Calendar:
    """Weeks of rules begin on Monday, however a workspace likes its charts."""
    return Calendar(zone, "monday")


def _number(day: date) -> int:
    return day.toordinal() - _EPOCH


def _date(number: int) -> date:
    return date(1970, 1, 1) + timedelta(days=number)
