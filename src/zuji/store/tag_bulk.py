"""Values of one tag or segment for very many people: read, and written where they changed, as JSON texts by the bulk.

What goes in and out is one text of all rows, which SQLite takes apart and puts together itself: a row of Python is
dear, and between two of them another busy thread may take the interpreter's lock.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import msgspec

from zuji.store.tag_values import SILENT, Cause, Name

Moved = tuple[int, str | None, str | None]
"""Person, old value, new value; None for none."""
Held = tuple[list[int], list[str]]
"""People, and in the same order what they have."""

_write = msgspec.json.encode
_numbers = msgspec.json.Decoder(list[int]).decode
_texts = msgspec.json.Decoder(list[str]).decode


def held_by(connection: sqlite3.Connection, workspace: str, name: Name, people: Sequence[int]) -> Held:
    """Who of these people has a value now."""
    found = connection.execute(
        "SELECT json_group_array(v.person), json_group_array(v.value) FROM json_each(?4) AS wanted"
        " CROSS JOIN tag_value AS v ON v.workspace = ?1 AND v.person = wanted.value AND v.kind = ?2 AND v.key = ?3",
        (workspace, *name, _write(people).decode()),
    ).fetchone()
    return _numbers(found[0]), _texts(found[1])


def held_by_everybody(connection: sqlite3.Connection, workspace: str, name: Name) -> Held:
    """The same of everybody."""
    found = connection.execute(
        "SELECT json_group_array(person), json_group_array(value) FROM tag_value"
        " WHERE workspace = ? AND kind = ? AND key = ?",
        (workspace, *name),
    ).fetchone()
    return _numbers(found[0]), _texts(found[1])


def write(
    connection: sqlite3.Connection, workspace: str, name: Name, moved: Sequence[Moved], *, version: int, at_ms: int
) -> None:
    """Give these people their new values, in the caller's transaction."""
    rows = _write(moved).decode()
    connection.execute(
        # By the table's own order: the index by key would be read from end to end for a few people.
        "DELETE FROM tag_value NOT INDEXED WHERE workspace = ?1 AND kind = ?2 AND key = ?3"
        " AND person IN (SELECT value ->> 0 FROM json_each(?4) WHERE value ->> 2 IS NULL)",
        (workspace, *name, rows),
    )
    connection.execute(
        "INSERT OR REPLACE INTO tag_value"
        " SELECT ?1, value ->> 0, ?2, ?3, value ->> 2, ?5, ?6 FROM json_each(?4) WHERE value ->> 2 IS NOT NULL",
        (workspace, *name, rows, at_ms, version),
    )


def record_silently(
    connection: sqlite3.Connection, workspace: str, name: Name, moved: Sequence[Moved], *, cause: Cause, at_ms: int
) -> None:
    """Add what changed to the log, for nobody to be told of. What somebody is told of is decided one by one."""
    connection.execute(
        "INSERT INTO tag_change (workspace, person, kind, key, old, new, cause, at_ms, readable_at_ms, told)"
        " SELECT ?1, value ->> 0, ?2, ?3, value ->> 1, value ->> 2, ?6, ?5, ?5, ?7 FROM json_each(?4) ORDER BY id",
        (workspace, *name, _write(moved).decode(), at_ms, cause, SILENT),
    )
