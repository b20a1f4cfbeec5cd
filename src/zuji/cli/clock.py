"""The one clock of the program. Everybody else is handed the time."""

from __future__ import annotations

from datetime import UTC, datetime


def now_ms() -> int:
    """The time of day in milliseconds since 1970."""
    return round(datetime.now(UTC).timestamp() * 1000)
