"""Batch definitions whose values are to be worked out for the first time since something was published.

What that pass changes is the publishing's doing, so subscribers are told of it only where that was asked for. It is
kept beside the values, since a restart must not make a first pass look like a later one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Literal

from zuji.store.tag_values import Name

FirstPass = Literal["silent", "announced"]


def begin(connection: sqlite3.Connection, workspace: str, name: Name, *, announce: bool, now_ms: int) -> None:
    """This was published: its next pass is the first."""
    connection.execute(
        "INSERT OR REPLACE INTO tag_first_pass VALUES (?, ?, ?, ?, ?)", (workspace, *name, announce, now_ms)
    )


def begin_with(
    connection: sqlite3.Connection, workspace: str, names: Iterable[Name], *, announce: bool, now_ms: int
) -> None:
    """What these name was published: so is their next pass, and silent where an earlier publishing wanted it so."""
    connection.executemany(
        "INSERT INTO tag_first_pass VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
        " SET announce = min(announce, excluded.announce), published_ms = excluded.published_ms",
        [(workspace, *name, announce, now_ms) for name in names],
    )


def of(connection: sqlite3.Connection, workspace: str, name: Name) -> FirstPass | None:
    """Whether the next pass is the first, and of which kind; None: an ordinary one."""
    found = connection.execute(
        "SELECT announce FROM tag_first_pass WHERE workspace = ? AND kind = ? AND key = ?", (workspace, *name)
    ).fetchone()
    if found is None:
        return None
    return "announced" if found[0] else "silent"


def end(connection: sqlite3.Connection, workspace: str, name: Name, *, known_ms: int) -> None:
    """A pass over what was published by then is done. What was published later still waits for its own."""
    connection.execute(
        "DELETE FROM tag_first_pass WHERE workspace = ? AND kind = ? AND key = ? AND published_ms <= ?",
        (workspace, *name, known_ms),
    )


def forget(connection: sqlite3.Connection, workspace: str, name: Name) -> None:
    """It has ended, or is no batch definition any more."""
    connection.execute("DELETE FROM tag_first_pass WHERE workspace = ? AND kind = ? AND key = ?", (workspace, *name))
