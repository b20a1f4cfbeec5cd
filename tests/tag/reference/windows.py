"""Which moments a window holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from analyse.reference.periods import Calendar, period_of

MINUTE = 60_000
HOUR = 60 * MINUTE
MINUTES = {"minute": 1, "hour": 60, "day": 1440, "week": 10_080}


@dataclass(frozen=True)
class Zoned:
    """The moment asked about, and where."""

    at: int
    zone: ZoneInfo

    def day(self, at: int) -> date:
        """The local day that a moment lies in."""
        return date.fromisoformat(period_of(at, "day", Calendar(self.zone)).written)


def holds(window: Any, at: int, zoned: Zoned) -> bool:
    """Whether an event of this moment lies in the window as of the moment asked about."""
    if at > zoned.at:
        return False
    match window:
        case None:
            return True
        case {"last": {"amount": amount, "unit": unit}}:
            return in_last(amount * MINUTES[unit], at, zoned)
        case {"this": unit}:
            return period_of(at, unit, Calendar(zoned.zone)) == period_of(zoned.at, unit, Calendar(zoned.zone))
        case {"previous": unit}:
            now = period_of(zoned.at, unit, Calendar(zoned.zone))
            return period_of(at, unit, Calendar(zoned.zone)) == period_of(now.start - 1, unit, Calendar(zoned.zone))
        case _:
            day = zoned.day(at).isoformat()
            return (window.get("from") or day) <= day <= (window.get("to") or day)


def in_last(minutes: int, at: int, zoned: Zoned) -> bool:
    """Whether the moment lies in the last so many minutes, by the buckets of a window of this length."""
    if minutes <= 6 * 60:
        return zoned.at // MINUTE - at // MINUTE < minutes
    if minutes <= 7 * 1440:
        return zoned.at // HOUR - at // HOUR < minutes // 60
    return zoned.day(at) > zoned.day(zoned.at) - timedelta(days=minutes // 1440)
