"""Calendar periods in a time zone: exact across clock changes and at offsets of half and quarter hours.

Moments are milliseconds since 1970; a period is half open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from zuji.terms.error import BadRequest

Interval = Literal["minute", "hour", "day", "week", "month", "quarter", "year"]
INTERVALS: tuple[Interval, ...] = get_args(Interval)
WeekStart = Literal["monday", "sunday"]

MINUTE_MS = 60_000
HOUR_MS = 3_600_000
DAY_MS = 86_400_000
MOST_PERIODS = 10_000
_MONTHS: dict[Interval, int] = {"month": 1, "quarter": 3, "year": 12}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Calendar:
    """How a place counts days and weeks."""

    zone: ZoneInfo
    week_start: WeekStart = "monday"

    def day_start(self, day: date) -> int:
        """The first instant of a local day (where the clock skips midnight, the moment it skips)."""
        return milliseconds(datetime(day.year, day.month, day.day, tzinfo=self.zone))

    def local(self, at: int) -> datetime:
        """What the local clock shows at this moment."""
        return (_EPOCH + timedelta(milliseconds=at)).astimezone(self.zone)

    def first_day(self, interval: Interval, day: date) -> date:
        """The first day of the period of days (day to year) that holds this day."""
        if interval == "day":
            return day
        if interval == "week":
            return day - timedelta(days=(day.weekday() + (self.week_start == "sunday")) % 7)
        month = (day.month - 1) // _MONTHS[interval] * _MONTHS[interval] + 1
        return date(day.year, month, 1)

    def next_first_day(self, interval: Interval, first: date, *, steps: int = 1) -> date:
        """The first day of the period so many steps after (before, when negative) the one that begins with `first`."""
        if interval in ("day", "week"):
            return first + timedelta(days=steps * (7 if interval == "week" else 1))
        return plus_months(first, steps * _MONTHS[interval])

    def starts(self, interval: Interval, from_ms: int, to_ms: int) -> tuple[int, ...]:
        """The starts of all periods that touch [from_ms, to_ms), and the end of the last one behind them."""
        if interval in ("minute", "hour"):
            return self._clock_starts(MINUTE_MS if interval == "minute" else HOUR_MS, from_ms, to_ms)
        first = self.first_day(interval, self.local(from_ms).date())
        found = [self.day_start(first)]
        while found[-1] < to_ms or len(found) < 2:
            _check_number(len(found), interval)
            first = self.next_first_day(interval, first)
            found.append(self.day_start(first))
        return tuple(found)

    def start(self, interval: Interval, at: int) -> int:
        """The start of the period that holds this moment."""
        return self.starts(interval, at, at + 1)[0]

    def label(self, interval: Interval, start: int) -> str:
        """A period written by its start: a date, or a moment with the zone's offset."""
        local = self.local(start)
        return local.isoformat(timespec="seconds") if interval in ("minute", "hour") else local.date().isoformat()

    def _clock_starts(self, step_ms: int, from_ms: int, to_ms: int) -> tuple[int, ...]:
        """Minutes and hours begin where the local clock shows a full one, and where the clock is changed to one."""
        first = self._clock_floor(step_ms, from_ms)
        found = [first]
        while found[-1] < to_ms or len(found) < 2:
            _check_number(len(found), "hour" if step_ms == HOUR_MS else "minute")
            ahead = found[-1] + step_ms
            floor = self._clock_floor(step_ms, ahead)
            found.append(floor if floor > found[-1] else self._next_change(found[-1], ahead, step_ms))
        return tuple(found)

    def _clock_floor(self, step_ms: int, at: int) -> int:
        """The latest full minute or hour of the local clock that is not after this moment."""
        local = self.local(at)
        into = ((local.minute * 60 + local.second) * 1000 + local.microsecond // 1000) % step_ms
        start = at - into
        # A clock moved by half an hour within the hour: the full hour before is another one.
        return start if self.local(start).utcoffset() == local.utcoffset() else self._change(start, at)

    def _next_change(self, before: int, after: int, step_ms: int) -> int:
        """The next full minute or hour when the clock went back in between."""
        while True:
            after += MINUTE_MS
            floor = self._clock_floor(step_ms, after)
            if floor > before:
                return floor

    def _change(self, low: int, high: int) -> int:
        """The first moment after `low` at which the offset is that of `high`."""
        wanted = self.local(high).utcoffset()
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.local(middle).utcoffset() == wanted else (middle, high)
        return high


@dataclass(frozen=True, slots=True)
class Periods:
    """The periods of a question: `bounds` are their starts and, last, the end of the last one."""

    interval: Interval
    bounds: tuple[int, ...]

    @property
    def starts(self) -> tuple[int, ...]:
        """Where each begins."""
        return self.bounds[:-1]

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def partial(self, *, from_ms: int, to_ms: int, now_ms: int) -> list[bool]:
        """Which are cut by the range [from_ms, to_ms) or not over yet."""
        return [start < from_ms or end > to_ms or end > now_ms for start, end in pairwise(self.bounds)]


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970, rounded down."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def plus_months(day: date, months: int) -> date:
    """The same day so many months later; a day that month does not have becomes its last.

    >>> plus_months(date(2026, 3, 31), -1)
    datetime.date(2026, 2, 28)
    """
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first.replace(day=min(day.day, (following - first).days))


def labels(calendar: Calendar, interval: Interval, starts: Sequence[int]) -> list[str]:
    """The periods as an answer writes them."""
    return [calendar.label(interval, start) for start in starts]


def _check_number(number: int, interval: str) -> None:
    if number > MOST_PERIODS:
        raise BadRequest(
            f"more than {MOST_PERIODS} periods of a {interval}. Ask for a shorter range or longer periods."
        )
