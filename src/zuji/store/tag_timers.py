"""Who must be looked at when, because time alone may change their tags; and flapping values still to be told."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from zuji.store.tag_values import Kind


@dataclass(frozen=True, slots=True)
class Held:
    """A flapping value: what subscribers were told last, and when they hear the newest one."""

    workspace: str
    person: int
    kind: Kind
    key: str
    told: Any
    due_ms: int


def set_due(connection: sqlite3.Connection, rows: Iterable[tuple[int, str, int]]) -> None:
    """(person, workspace, when): each of these is looked at by then at the latest."""
    connection.executemany(
        "INSERT INTO tag_due VALUES (?, ?, ?) ON CONFLICT (person) DO UPDATE SET due_ms = min(due_ms, excluded.due_ms)",
        rows,
    )


def wake(connection: sqlite3.Connection, workspace: str, persons: Iterable[int], at_ms: int) -> None:
    """Look at these people by this time: something outside the stream changed that their rules name."""
    set_due(connection, ((person, workspace, at_ms) for person in persons))


def due_of(connection: sqlite3.Connection, persons: Iterable[int]) -> dict[int, int]:
    """When each of these people is to be looked at, as far as that is known."""
    rows = connection.execute(
        "SELECT d.person, d.due_ms FROM json_each(?) AS wanted CROSS JOIN tag_due AS d ON d.person = wanted.value",
        (msgspec.json.encode(list(persons)).decode(),),
    )
    return dict(rows.fetchall())


def is_anything_due(connection: sqlite3.Connection, at_ms: int) -> bool:
    """Whether somebody's time has come, or a flapping value is to be told."""
    found = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM tag_due WHERE due_ms <= ?1)"
        " OR EXISTS (SELECT 1 FROM tag_held WHERE due_ms <= ?1)",
        (at_ms,),
    ).fetchone()[0]
    return bool(found)


def take_due(connection: sqlite3.Connection, at_ms: int, limit: int) -> list[tuple[str, int]]:
    """(workspace, person) of those whose time has come, the longest waiting first; they are due no more."""
    rows = connection.execute(
        "SELECT workspace, person FROM tag_due WHERE due_ms <= ? ORDER BY due_ms LIMIT ?", (at_ms, limit)
    ).fetchall()
    connection.executemany("DELETE FROM tag_due WHERE person = ?", ((person,) for _, person in rows))
    return rows


def hold(connection: sqlite3.Connection, held: Held) -> None:
    """A change was damped. What was told before the first one, and when the newest is due, stay as they were."""
    told = None if held.told is None else msgspec.json.encode(held.told).decode()
    connection.execute(
        "INSERT OR IGNORE INTO tag_held VALUES (?, ?, ?, ?, ?, ?)",
        (held.workspace, held.person, held.kind, held.key, told, held.due_ms),
    )


def all_held(connection: sqlite3.Connection) -> list[Held]:
    """Everything that is held; that is little."""
    return [_held(row) for row in connection.execute("SELECT * FROM tag_held")]


def held_by(connection: sqlite3.Connection, at_ms: int, limit: int) -> list[Held]:
    """What is to be told now."""
    rows = connection.execute("SELECT * FROM tag_held WHERE due_ms <= ? ORDER BY due_ms LIMIT ?", (at_ms, limit))
    return [_held(row) for row in rows]


def release(connection: sqlite3.Connection, held: Iterable[Held]) -> None:
    """The newest value was told, or is again what was told last."""
    connection.executemany(
        "DELETE FROM tag_held WHERE workspace = ? AND person = ? AND kind = ? AND key = ?",
        ((one.workspace, one.person, one.kind, one.key) for one in held),
    )


def _held(row: tuple[Any, ...]) -> Held:
    workspace, person, kind, key, told, due_ms = row
    return Held(workspace, person, kind, key, None if told is None else msgspec.json.decode(told), due_ms)
