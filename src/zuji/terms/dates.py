"""Dates as questions write them, made moments. The grammar is in docs/questions.md, `Dates`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from zuji.terms.error import BadQuestion
from zuji.terms.period import HOUR_MS, MINUTE_MS, Calendar, Interval, milliseconds, plus_months

_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3})\d*)?)?(Z|[+-]\d\d:?\d\d)?")
_AGO = re.compile(r"-(\d{1,5})(min|h|d|w|m|q|y)")
_START = re.compile(r"(?:-(\d{1,4}))?([dwmqy])Start")
_PERIOD: dict[str, Interval] = {"d": "day", "w": "week", "m": "month", "q": "quarter", "y": "year"}
_MONTHS = {"m": 1, "q": 3, "y": 12}
EARLIEST, LATEST = date(1971, 1, 1), date(2199, 12, 31)
EARLIEST_COMPARED = date(1900, 1, 1)
"""Of the dates that values are compared with: people were born before there were events."""


@dataclass(frozen=True, slots=True)
class Span:
    """A range of time in milliseconds, its end excluded."""

    from_ms: int
    to_ms: int


@dataclass(frozen=True, slots=True)
class Named:
    """What a text names: a whole day, or one moment."""

    day: date | None
    at: int

    def first(self, calendar: Calendar) -> int:
        """Its first instant."""
        return self.at if self.day is None else calendar.day_start(self.day)

    def end(self, calendar: Calendar) -> int:
        """The instant behind its last one."""
        return self.at + 1 if self.day is None else calendar.day_start(self.day + timedelta(days=1))


def span_of(date_from: str, date_to: str, *, now_ms: int, calendar: Calendar) -> Span:
    """The range between two dates, both included."""
    first = read_date(date_from, name="date_from", now_ms=now_ms, calendar=calendar).first(calendar)
    end = read_date(date_to, name="date_to", now_ms=now_ms, calendar=calendar).end(calendar)
    if first >= end:
        raise BadQuestion(f"date_from ({date_from}) is after date_to ({date_to}). Exchange them.")
    return Span(first, end)


def read_date(text: str, *, name: str, now_ms: int, calendar: Calendar, earliest: date = EARLIEST) -> Named:
    """The day or moment that a text names; of a range, unless another `earliest` is said."""
    named = _relative(text, now_ms, calendar) or _absolute(text, calendar)
    if named is None:
        raise BadQuestion(
            f"{name}: {text!r:.80} is no date. Write 2026-03-01, 2026-03-01T10:30, an instant with Z or +08:00, "
            "or -30d, -8w, -3m, -6h, today, mStart."
        )
    day = named.day or calendar.local(named.at).date()
    if not earliest <= day <= LATEST:
        raise BadQuestion(f"{name}: {text!r:.80} is not between {earliest} and {LATEST}.")
    return named


def written(at: int, calendar: Calendar) -> str:
    """A moment as a resolved question writes it."""
    return calendar.local(at).isoformat(timespec="milliseconds")


def read_instant(text: str, *, calendar: Calendar) -> int | None:
    """A moment written in full, or None."""
    named = _absolute(text, calendar)
    return None if named is None or named.day is not None else named.at


def _absolute(text: str, calendar: Calendar) -> Named | None:
    if whole := _DAY.fullmatch(text):
        day = _day(*whole.groups())
        return None if day is None else Named(day, 0)
    found = _MOMENT.fullmatch(text)
    local = None if found is None else _clock(found)
    if found is None or local is None:
        return None
    if found[6] is None:
        return Named(None, milliseconds(local.replace(tzinfo=calendar.zone)))
    offset = _offset_ms(found[6])
    return None if offset is None else Named(None, milliseconds(local) - offset)


def _clock(found: re.Match[str]) -> datetime | None:
    """What a clock of UTC shows at such a time, or None when no clock shows it."""
    parts = (*found[1].split("-"), found[2], found[3], found[4] or "0", (found[5] or "0").ljust(3, "0") + "000")
    try:
        return datetime(*(int(part) for part in parts), tzinfo=UTC)  # type: ignore[arg-type, misc]
    except ValueError:
        return None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _offset_ms(text: str) -> int | None:
    if text == "Z":
        return 0
    hours, minutes = int(text[1:3]), int(text[-2:])
    if hours > 23 or minutes > 59:
        return None
    return (1 if text[0] == "+" else -1) * (hours * HOUR_MS + minutes * MINUTE_MS)


def _relative(text: str, now_ms: int, calendar: Calendar) -> Named | None:
    today = calendar.local(now_ms).date()
    if text in ("today", "yesterday"):
        return Named(today - timedelta(days=text == "yesterday"), 0)
    if found := _START.fullmatch(text):
        interval = _PERIOD[found[2]]
        first = calendar.first_day(interval, today)
        return _safely(lambda: calendar.next_first_day(interval, first, steps=-int(found[1] or 0)), text)
    ago = _AGO.fullmatch(text)
    if ago is None:
        return None
    amount, unit = int(ago[1]), ago[2]
    if unit in ("min", "h"):
        return Named(None, now_ms - amount * (MINUTE_MS if unit == "min" else HOUR_MS))
    if unit in _MONTHS:
        return _safely(lambda: plus_months(today, -amount * _MONTHS[unit]), text)
    return _safely(lambda: today - timedelta(days=amount * (7 if unit == "w" else 1)), text)


def _safely(day: Callable[[], date], text: str) -> Named:
    try:
        return Named(day(), 0)
    except (OverflowError, ValueError) as error:
        raise BadQuestion(f"{text!r} lies before the year 1.") from error
