"""How far the spool has been taken in, and the one sequence that orders everything received."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

Positions = dict[tuple[str, str], int]
"""(gateway, spool file) -> the last row taken from it."""

_SEQUENCE = "spool"


def load_positions(connection: sqlite3.Connection) -> Positions:
    """The last row taken per spool file."""
    rows = connection.execute("SELECT gateway, file, row FROM spool_position")
    return {(gateway, file): row for gateway, file, row in rows}


def save_positions(connection: sqlite3.Connection, positions: Mapping[tuple[str, str], int]) -> None:
    """Advance the given files."""
    connection.executemany(
        "INSERT INTO spool_position VALUES (?, ?, ?) ON CONFLICT (gateway, file) DO UPDATE SET row = excluded.row",
        [(gateway, file, row) for (gateway, file), row in positions.items()],
    )


def forget_files(connection: sqlite3.Connection, files: list[tuple[str, str]]) -> None:
    """Drop the positions of spool files that no longer exist."""
    connection.executemany("DELETE FROM spool_position WHERE gateway = ? AND file = ?", files)


def load_sequence(connection: sqlite3.Connection) -> int:
    """The sequence given to the last planned spool row; 0 in a new store."""
    row = connection.execute("SELECT value FROM sequence WHERE name = ?", (_SEQUENCE,)).fetchone()
    return row[0] if row else 0


def save_sequence(connection: sqlite3.Connection, value: int) -> None:
    """Remember the sequence given to the last planned spool row."""
    connection.execute(
        "INSERT INTO sequence VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (_SEQUENCE, value),
    )
