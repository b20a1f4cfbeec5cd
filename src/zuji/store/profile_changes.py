"""Which people's rows in the event store are out of date: marked with the batch that changed them, worked off later."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

THIS_PERSON: Final = 0
EVERY_OWNER: Final = 1
"""The number is an identifier's; everybody to whom it ever belonged is marked."""


class Mark(NamedTuple):
    """A person or identifier, and the sequence of the batch that marked it last."""

    number: int
    workspace: str
    scope: int
    sequence: int


def mark(connection: sqlite3.Connection, people: Iterable[tuple[str, int]], sequence: int) -> int:
    """Mark these (workspace, person) in their batch's transaction. Gives how many that were."""
    rows = [(person, workspace, THIS_PERSON, sequence) for workspace, person in people if person]
    connection.executemany(
        "INSERT INTO profile_changed VALUES (?, ?, ?, ?)"
        " ON CONFLICT (person) DO UPDATE SET sequence = excluded.sequence, scope = max(scope, excluded.scope)",
        rows,
    )
    return len(rows)


def mark_source(connection: sqlite3.Connection, workspace: str, source: str, sequence: int) -> int:
    """Mark all about whom this source stated something, before its statements go. Gives how many that were."""
    cursor = connection.execute(
        "INSERT INTO profile_changed SELECT DISTINCT s.anchor, ?1, ?4, ?3 FROM trait_statement AS s"
        " JOIN identity_node AS n ON n.anchor = s.anchor JOIN identity_kind AS k ON k.id = n.kind"
        " WHERE s.source = ?2 AND k.workspace = ?1"
        " ON CONFLICT (person) DO UPDATE SET sequence = excluded.sequence, scope = excluded.scope",
        (workspace, source, sequence, EVERY_OWNER),
    )
    return cursor.rowcount


def marks_after(connection: sqlite3.Connection, number: int, limit: int) -> list[Mark]:
    """The next marks in the order of their numbers."""
    rows = connection.execute("SELECT * FROM profile_changed WHERE person > ? ORDER BY person LIMIT ?", (number, limit))
    return [Mark(*row) for row in rows]


def newest(connection: sqlite3.Connection) -> int | None:
    """The newest batch that marked anybody who still waits, None without any."""
    sequence: int | None = connection.execute("SELECT max(sequence) FROM profile_changed").fetchone()[0]
    return sequence


def unmark(connection: sqlite3.Connection, marks: Sequence[Mark]) -> None:
    """Take these marks off, unless somebody was marked anew meanwhile."""
    connection.executemany(
        "DELETE FROM profile_changed WHERE person = ? AND sequence = ?",
        [(one.number, one.sequence) for one in marks],
    )
