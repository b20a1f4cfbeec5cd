"""Closed accounting: what came in is what was stored, quarantined, a duplicate or refused. Per source and minute.

accepted = stored + quarantined + duplicate + refused, over messages as received, by the minute of receipt. Inferred
rows, decisions of people and replays out of quarantine have terms of their own and are not part of that sum.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Literal, get_args

import msgspec

MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS
Term = Literal["accepted", "stored", "quarantined", "duplicate", "refused", "inferred", "decisions", "replayed"]
TERMS: tuple[Term, ...] = get_args(Term)
Key = tuple[str, str, int]
"""(workspace, source, minute of receipt as milliseconds since 1970)."""
_SUMS = ", ".join(f"sum({term})" for term in TERMS)


class Account(msgspec.Struct, frozen=True):
    """The figures of one source in one minute, or of several together."""

    accepted: int = 0
    stored: int = 0
    quarantined: int = 0
    duplicate: int = 0
    refused: int = 0
    inferred: int = 0
    decisions: int = 0
    replayed: int = 0

    @property
    def closed(self) -> bool:
        """Whether everything accepted is accounted for."""
        return self.accepted == self.stored + self.quarantined + self.duplicate + self.refused


class Ledger:
    """Collects the figures of one batch."""

    def __init__(self) -> None:
        self.counts: dict[Term, Counter[Key]] = {term: Counter() for term in TERMS}

    def count(self, term: Term, keys: Iterable[Key]) -> None:
        """Count one for each key."""
        self.counts[term].update(keys)


def key_of(workspace: str, source: str, received_at: int) -> Key:
    """Where an event received at that time (milliseconds) is accounted."""
    return workspace, source, received_at - received_at % MINUTE_MS


def add(connection: sqlite3.Connection, counts: Mapping[Term, Mapping[Key, int]]) -> None:
    """Add a batch's figures inside its transaction: to those of their minutes, and to those since the beginning."""
    keys = sorted({key for counter in counts.values() for key in counter})
    rows = [(*key, *(counts.get(term, {}).get(key, 0) for term in TERMS)) for key in keys]
    columns, places = ", ".join(TERMS), ", ".join("?" * len(TERMS))
    updates = ", ".join(f"{term} = {term} + excluded.{term}" for term in TERMS)
    connection.executemany(
        f"INSERT INTO accounting (workspace, source, minute, {columns}) VALUES (?, ?, ?, {places})"
        f" ON CONFLICT (workspace, source, minute) DO UPDATE SET {updates}",
        rows,
    )
    connection.executemany(
        f"INSERT INTO accounting_total (workspace, source, {columns}) VALUES (?, ?, {places})"
        f" ON CONFLICT (workspace, source) DO UPDATE SET {updates}",
        [(workspace, source, *figures) for workspace, source, _, *figures in rows],
    )


def per_minute(
    connection: sqlite3.Connection,
    workspace: str,
    *,
    source: str | None,
    from_ms: int | None,
    to_ms: int | None,
    limit: int,
) -> list[tuple[str, int, Account]]:
    """(source, minute, figures), newest minute first."""
    rows = connection.execute(
        f"SELECT source, minute, {', '.join(TERMS)} FROM accounting WHERE workspace = :workspace"
        " AND (:source IS NULL OR source = :source) AND (:from_ms IS NULL OR minute >= :from_ms)"
        " AND (:to_ms IS NULL OR minute < :to_ms) ORDER BY minute DESC, source LIMIT :limit",
        {"workspace": workspace, "source": source, "from_ms": from_ms, "to_ms": to_ms, "limit": limit},
    )
    return [(name, minute, Account(*figures)) for name, minute, *figures in rows]


def per_day(
    connection: sqlite3.Connection, workspace: str, *, source: str | None, from_day: int, to_day: int
) -> list[tuple[str, int, Account]]:
    """(source, day of receipt since 1970 in UTC, figures) of the days up to `to_day`, newest first."""
    rows = connection.execute(
        f"SELECT source, minute / {DAY_MS} AS day, {_SUMS} FROM accounting WHERE workspace = :workspace"
        " AND (:source IS NULL OR source = :source) AND minute >= :from_ms AND minute < :to_ms"
        " GROUP BY source, day ORDER BY day DESC, source",
        {"workspace": workspace, "source": source, "from_ms": from_day * DAY_MS, "to_ms": (to_day + 1) * DAY_MS},
    )
    return [(name, day, Account(*figures)) for name, day, *figures in rows]


def per_source(connection: sqlite3.Connection, workspace: str) -> dict[str, Account]:
    """All figures of a workspace since the beginning, by source."""
    rows = connection.execute(
        f"SELECT source, {', '.join(TERMS)} FROM accounting_total WHERE workspace = ? ORDER BY source", (workspace,)
    )
    return {source: Account(*figures) for source, *figures in rows}


def overall(connection: sqlite3.Connection) -> Account:
    """All figures of all workspaces together."""
    sums = connection.execute(f"SELECT {_SUMS} FROM accounting_total").fetchone()
    return Account(*(figure or 0 for figure in sums))


def newest_minutes(connection: sqlite3.Connection) -> list[tuple[str, str, int]]:
    """(workspace, source, the newest minute in which something came in), of every source that ever sent anything."""
    return connection.execute(
        "SELECT workspace, source, (SELECT minute FROM accounting AS own WHERE own.workspace = every.workspace"
        " AND own.source = every.source AND own.accepted > 0 ORDER BY minute DESC LIMIT 1) AS newest"
        " FROM accounting_total AS every WHERE accepted > 0 AND newest IS NOT NULL"
    ).fetchall()


def active_minutes(connection: sqlite3.Connection, workspace: str, source: str, *, since_ms: int) -> list[int]:
    """The minutes since then in which something came in from a source, in order."""
    rows = connection.execute(
        "SELECT minute FROM accounting WHERE workspace = ? AND source = ? AND minute >= ? AND accepted > 0"
        " ORDER BY minute",
        (workspace, source, since_ms),
    )
    return [minute for (minute,) in rows]
