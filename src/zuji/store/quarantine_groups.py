"""Quarantine seen from above: groups by cause, and what was put away each day and how it left again.

The figures by day stay when the events themselves are repaired, given up or expired.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

DAY_MS = 86_400_000
Fate = Literal["quarantined", "replayed", "discarded", "expired"]
DayKey = tuple[str, str, int, str]
"""Workspace, source, day of receipt since 1970, reason."""


@dataclass(frozen=True)
class Group:
    """Events that wait for one cause. `sample` is the id of the newest."""

    source: str
    reason: str
    protocol: str
    cause: str
    events: int
    first_at: int
    last_at: int
    sample: int


@dataclass(frozen=True)
class DayOfReason:
    """What was put away for one reason of what a source sent on one day, and how it left again."""

    source: str
    day: int
    reason: str
    quarantined: int
    replayed: int
    discarded: int
    expired: int

    @property
    def waiting(self) -> int:
        """What is still here."""
        return self.quarantined - self.replayed - self.discarded - self.expired


def groups(
    connection: sqlite3.Connection, workspace: str, *, source: str | None, reason: str | None, limit: int
) -> list[Group]:
    """The largest groups first."""
    rows = connection.execute(
        "SELECT source, reason, protocol, cause, count(*), min(received_at), max(received_at), max(id)"
        " FROM quarantine INDEXED BY quarantine_by_cause WHERE workspace = :workspace"
        " AND (:source IS NULL OR source = :source) AND (:reason IS NULL OR reason = :reason)"
        " GROUP BY source, reason, protocol, cause ORDER BY 5 DESC, 8 DESC LIMIT :limit",
        {"workspace": workspace, "source": source, "reason": reason, "limit": limit},
    )
    return [Group(*row) for row in rows]


def count(connection: sqlite3.Connection, fate: Fate, keys: Iterable[DayKey]) -> None:
    """Count one event for each key."""
    add(connection, fate, Counter(keys))


def add(connection: sqlite3.Connection, fate: Fate, counted: Mapping[DayKey, int]) -> None:
    """Add to the figures of days; less than nothing takes away."""
    connection.executemany(
        f"INSERT INTO quarantine_day (workspace, source, day, reason, {fate}) VALUES (?, ?, ?, ?, ?)"
        f" ON CONFLICT (workspace, source, day, reason) DO UPDATE SET {fate} = {fate} + excluded.{fate}",
        [(*key, events) for key, events in sorted(counted.items())],
    )


def per_day(
    connection: sqlite3.Connection, workspace: str, *, source: str | None, from_day: int, to_day: int
) -> list[DayOfReason]:
    """What was put away on the days from `from_day` up to `to_day`, both included; newest first."""
    rows = connection.execute(
        "SELECT source, day, reason, quarantined, replayed, discarded, expired FROM quarantine_day"
        " WHERE workspace = :workspace AND (:source IS NULL OR source = :source)"
        " AND day BETWEEN :from_day AND :to_day ORDER BY day DESC, source, reason",
        {"workspace": workspace, "source": source, "from_day": from_day, "to_day": to_day},
    )
    return [DayOfReason(*row) for row in rows]
