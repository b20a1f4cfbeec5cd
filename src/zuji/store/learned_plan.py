"""What was learnt about events, and which changes were noticed: tables of the hot state. `clean.learned` reads them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

DAY_MS = 86_400_000
KEPT_MS = 90 * DAY_MS


class EventKey(NamedTuple):
    """A kind of event of a source."""

    workspace: str
    source: str
    event: str


class Change(NamedTuple):
    """What became different in what a source sends; `property` is empty when it is the event itself."""

    workspace: str
    source: str
    event: str
    property: str
    kind: str
    detail: str
    example: str
    at: int


def load(connection: sqlite3.Connection, workspace: str | None = None) -> list[tuple[EventKey, bytes]]:
    """Everything learnt, of one workspace or of all."""
    rows = connection.execute(
        "SELECT workspace, source, event, learned FROM learned_event"
        " WHERE :workspace IS NULL OR workspace = :workspace",
        {"workspace": workspace},
    )
    return [(EventKey(*key), learned) for *key, learned in rows]


def save(connection: sqlite3.Connection, rows: Iterable[tuple[EventKey, bytes]]) -> None:
    """Write what is learnt by now, in the batch's transaction."""
    connection.executemany(
        "INSERT OR REPLACE INTO learned_event VALUES (?, ?, ?, ?)", [(*key, learned) for key, learned in rows]
    )


def forget_source(connection: sqlite3.Connection, workspace: str, source: str) -> None:
    """Nothing was learnt from this source."""
    for table in ("learned_event", "plan_change"):
        connection.execute(f"DELETE FROM {table} WHERE workspace = ? AND source = ?", (workspace, source))


def note_changes(connection: sqlite3.Connection, changes: list[Change]) -> None:
    """Write down what changed; what is older than a quarter of a year goes."""
    if not changes:
        return
    connection.execute("DELETE FROM plan_change WHERE at < ?", (changes[0].at - KEPT_MS,))
    connection.executemany(
        "INSERT INTO plan_change (workspace, source, event, property, kind, detail, example, at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        changes,
    )


def changes_since(connection: sqlite3.Connection, workspace: str | None, since_ms: int, *, limit: int) -> list[Change]:
    """The newest changes first."""
    rows = connection.execute(
        "SELECT workspace, source, event, property, kind, detail, example, at FROM plan_change"
        " WHERE (:workspace IS NULL OR workspace = :workspace) AND at >= :since ORDER BY id DESC LIMIT :limit",
        {"workspace": workspace, "since": since_ms, "limit": limit},
    )
    return [Change(*row) for row in rows]
