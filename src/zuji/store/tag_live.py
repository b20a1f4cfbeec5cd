"""The definitions that the stream executes, and how far each workspace has been brought up to them.

They are copied here by the decision that publishes them, in its transaction, so that rules and states always fit: after
a crash the stream goes on with the very rules that the last committed batch had.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from zuji.store.tag_values import Kind, Name


@dataclass(frozen=True, slots=True)
class LiveRow:
    """A published definition as its document."""

    workspace: str
    kind: Kind
    key: str
    version: int
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Backfill:
    """People up to `next_anchor` have been looked at with the newest definitions; `last_anchor` is where it ends.

    `announce`: whether subscribers are told of what it changes.
    """

    workspace: str
    next_anchor: int
    last_anchor: int
    announce: bool
    started_ms: int
    finished_ms: int | None

    def is_behind(self, person: int) -> bool:
        """Whether this person was there before and is still to be looked at."""
        return self.next_anchor < person <= self.last_anchor

    @property
    def share(self) -> float:
        """How much is done, 0 to 1."""
        if self.finished_ms is not None or not self.last_anchor:
            return 1.0
        return min(1.0, self.next_anchor / self.last_anchor)


def published(connection: sqlite3.Connection, workspace: str | None = None) -> list[LiveRow]:
    """Everything published in a workspace, or (None) in every one, one workspace after the other."""
    rows = connection.execute(
        "SELECT workspace, kind, key, version, definition FROM tag_live"
        " WHERE ?1 IS NULL OR workspace = ?1 ORDER BY workspace",
        (workspace,),
    )
    return [
        LiveRow(workspace, kind, key, version, msgspec.json.decode(document))
        for workspace, kind, key, version, document in rows
    ]


def names(connection: sqlite3.Connection, workspace: str, *, public_only: bool = False) -> frozenset[Name]:
    """What is published; with `public_only` what a person's own browser may read: nothing unless it is said."""
    rows = connection.execute(
        "SELECT kind, key FROM tag_live WHERE workspace = ?"
        " AND (NOT ? OR json_extract(definition, '$.visibility') = 'public')",
        (workspace, public_only),
    )
    return frozenset((kind, key) for kind, key in rows)


def holds(connection: sqlite3.Connection, workspace: str, name: Name, version: int) -> bool:
    """Whether this very version is published."""
    wanted = "SELECT 1 FROM tag_live WHERE workspace = ? AND kind = ? AND key = ? AND version = ?"
    return connection.execute(wanted, (workspace, *name, version)).fetchone() is not None


def publish(connection: sqlite3.Connection, row: LiveRow) -> None:
    """From now on this holds under its key."""
    connection.execute(
        "INSERT OR REPLACE INTO tag_live VALUES (?, ?, ?, ?, ?)",
        (row.workspace, row.kind, row.key, row.version, msgspec.json.encode(row.document).decode()),
    )


def end(connection: sqlite3.Connection, workspace: str, kind: Kind, key: str) -> None:
    """Nothing holds under this key any more."""
    connection.execute("DELETE FROM tag_live WHERE workspace = ? AND kind = ? AND key = ?", (workspace, kind, key))


def begin_backfill(connection: sqlite3.Connection, workspace: str, *, announce: bool, now_ms: int) -> None:
    """Look at everybody again, up to the newest anchor there is."""
    connection.execute(
        "INSERT OR REPLACE INTO tag_backfill SELECT ?, 0, coalesce(max(anchor), 0), ?, ?, NULL FROM identity_node",
        (workspace, announce, now_ms),
    )


def end_backfill(connection: sqlite3.Connection, workspace: str) -> None:
    """Nothing is left to look at people with."""
    connection.execute("DELETE FROM tag_backfill WHERE workspace = ?", (workspace,))


def backfills(connection: sqlite3.Connection) -> list[Backfill]:
    """The last backfill of each workspace, finished or not."""
    rows = connection.execute("SELECT * FROM tag_backfill ORDER BY workspace")
    return [Backfill(row[0], row[1], row[2], bool(row[3]), row[4], row[5]) for row in rows]


def advance(connection: sqlite3.Connection, workspace: str, anchor: int, *, finished_ms: int | None) -> None:
    """Everybody up to this anchor has been looked at."""
    connection.execute(
        "UPDATE tag_backfill SET next_anchor = ?, finished_ms = ? WHERE workspace = ?", (anchor, finished_ms, workspace)
    )
