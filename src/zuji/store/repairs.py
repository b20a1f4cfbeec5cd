"""Repairs of quarantined events: what was decided, how far it went, what came of it. A table of the hot state."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

State = Literal["running", "done"]
_COLUMNS = "id, workspace, at, by, document, state, through, tried, passed, failures"
_encode = msgspec.json.Encoder().encode


class RepairRun(msgspec.Struct, frozen=True):
    """One repair. `through` is the id of the last event it tried; `failures` counts the others' reasons."""

    id: str
    workspace: str
    at: int
    by: str
    document: Mapping[str, Any]
    state: State
    through: int = 0
    tried: int = 0
    passed: int = 0
    failures: Mapping[str, int] = {}


def get(connection: sqlite3.Connection, workspace: str, id_: str) -> RepairRun | None:
    """One repair, or None."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM repair WHERE workspace = ? AND id = ?", (workspace, id_)
    ).fetchone()
    return _read(row) if row else None


def newest(connection: sqlite3.Connection, workspace: str, *, limit: int) -> list[RepairRun]:
    """The repairs of a workspace, newest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM repair WHERE workspace = ? ORDER BY at DESC, id LIMIT ?", (workspace, limit)
    )
    return [_read(row) for row in rows]


def save(connection: sqlite3.Connection, repair: RepairRun) -> None:
    """Write down how far a repair is, in the transaction that brought it there."""
    connection.execute(
        f"INSERT OR REPLACE INTO repair ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            repair.id,
            repair.workspace,
            repair.at,
            repair.by,
            _encode(repair.document).decode(),
            repair.state,
            repair.through,
            repair.tried,
            repair.passed,
            _encode(repair.failures).decode(),
        ),
    )


def _read(row: tuple[Any, ...]) -> RepairRun:
    id_, workspace, at, by, document, state, through, tried, passed, failures = row
    return RepairRun(
        id_,
        workspace,
        at,
        by,
        msgspec.json.decode(document),
        state,
        through,
        tried,
        passed,
        msgspec.json.decode(failures),
    )
