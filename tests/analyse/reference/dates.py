"""From what a question says about its range to the first and the last moment in it."""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from analyse.reference.values import EPOCH, day_of, local_moment, moment_of

WeekStart = Literal["monday", "sunday"]
End = Literal["first", "last"]
_BACK = re.compile(r"-(\d+)(d|w|m|q|y)")
_START = re.compile(r"(?:-(\d+))?(d|w|m|q|y)Start")
_EXACT = re.compile(r"-(\d+)(h|min)")
MINUTE = 60_000
MONTHS = {"m": 1, "q": 3, "y": 12}


class Refused(ValueError):
    """A question that must not be answered."""


def local(at: int, zone: ZoneInfo) -> datetime:
    """What the clock in the zone shows at this instant."""
    return (EPOCH + timedelta(milliseconds=at)).astimezone(zone)


def first_instant(day: date, zone: ZoneInfo) -> int:
    return local_moment(day, 0, 0, 0, zone)


def last_instant(day: date, zone: ZoneInfo) -> int:
    return first_instant(day + timedelta(days=1), zone) - 1


def back(day: date, count: int, unit: str) -> date:
    """The same day so many units ago; a day that the month does not have becomes its last."""
    if unit in ("d", "w"):
        return day - timedelta(days=count * (7 if unit == "w" else 1))
    months = day.year * 12 + day.month - 1 - count * MONTHS[unit]
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def beginning(day: date, unit: str, week_start: WeekStart) -> date:
    """The first day of the week, month ... that this day lies in."""
    if unit == "w":
        past = day.weekday() if week_start == "monday" else (day.weekday() + 1) % 7
        return day - timedelta(days=past)
    if unit == "m":
        return day.replace(day=1)
    if unit == "q":
        return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return date(day.year, 1, 1) if unit == "y" else day


def relative_day(text: str, today: date, week_start: WeekStart) -> date | None:
    """The day that `-7d`, `today`, `-1mStart` ... name; None for anything else."""
    if text in ("today", "yesterday"):
        return today if text == "today" else today - timedelta(days=1)
    if ago := _BACK.fullmatch(text):
        return back(today, int(ago[1]), ago[2])
    if start := _START.fullmatch(text):
        return back(beginning(today, start[2], week_start), int(start[1] or 0), start[2])
    return None


def date_at(text: str, *, now: int, zone: ZoneInfo, week_start: WeekStart, end: End) -> int:
    """The moment that `date_from` (end="first") or `date_to` (end="last") means."""
    if exact := _EXACT.fullmatch(text):
        return now - int(exact[1]) * MINUTE * (60 if exact[2] == "h" else 1)
    day = day_of(text) or relative_day(text, local(now, zone).date(), week_start)
    if day is not None:
        return first_instant(day, zone) if end == "first" else last_instant(day, zone)
    moment = moment_of(text, zone)
    if moment is None:
        raise Refused(f"{text!r} is no date")
    return moment
