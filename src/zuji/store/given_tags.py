"""What others say of identifiers: values of imported, manual and score tags, each with who gave it and when.

A row is one identifier's newest word under one key. Whose value that makes is worked out from who owns the identifier
(`tag.given`), so a merge or a split changes no row. Values are JSON; NULL says that the value was taken away.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any

import msgspec

from zuji.terms.period import DAY_MS

GIVEN_ORIGINS = ("imported", "manual", "score")


class GivenRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What was said last of an identifier under a key. `number` grows with every word; None as value takes away."""

    number: int = 0
    workspace: str
    key: str
    anchor: int
    value: Any
    at_ms: int
    until_ms: int | None
    who: str


def versions(connection: sqlite3.Connection, workspace: str) -> dict[str, int]:
    """The published tags whose values are given, each with its version. The tables of rules are small."""
    rows = connection.execute(
        "SELECT key, version FROM tag_live WHERE workspace = ? AND kind = 'tag'"
        " AND json_extract(definition, '$.origin') IN (SELECT value FROM json_each(?))",
        (workspace, _text(GIVEN_ORIGINS)),
    )
    return dict(rows.fetchall())


def give(connection: sqlite3.Connection, rows: Iterable[GivenRow]) -> None:
    """Each of these is the newest word of its identifier from now on, in the order given."""
    connection.executemany(
        "INSERT OR REPLACE INTO tag_given (workspace, key, anchor, value, at_ms, until_ms, who)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        ((one.workspace, one.key, one.anchor, _or_null(one.value), one.at_ms, one.until_ms, one.who) for one in rows),
    )


def of_anchors(connection: sqlite3.Connection, workspace: str, anchors: Iterable[int]) -> list[GivenRow]:
    """Everything said of these identifiers."""
    rows = connection.execute(
        "SELECT g.number, g.workspace, g.key, g.anchor, g.value, g.at_ms, g.until_ms, g.who"
        " FROM json_each(?) AS wanted CROSS JOIN tag_given AS g ON g.anchor = wanted.value WHERE g.workspace = ?",
        (_text(list(anchors)), workspace),
    )
    return [_row(*row) for row in rows]


def ended(connection: sqlite3.Connection, at_ms: int, limit: int) -> list[GivenRow]:
    """Those whose validity is over by this moment, the longest over first."""
    rows = connection.execute(
        "SELECT number, workspace, key, anchor, value, at_ms, until_ms, who FROM tag_given"
        " WHERE until_ms <= ? ORDER BY until_ms LIMIT ?",
        (at_ms, limit),
    )
    return [_row(*row) for row in rows]


def drop(connection: sqlite3.Connection, numbers: Iterable[int]) -> None:
    """These say nothing any more."""
    connection.executemany("DELETE FROM tag_given WHERE number = ?", ((number,) for number in numbers))


def holds_any(connection: sqlite3.Connection, workspace: str, key: str) -> bool:
    """Whether anything was said under this key."""
    found = connection.execute("SELECT 1 FROM tag_given WHERE workspace = ? AND key = ? LIMIT 1", (workspace, key))
    return found.fetchone() is not None


def forget(connection: sqlite3.Connection, workspace: str, key: str) -> None:
    """Nothing was ever said under this key."""
    connection.execute("DELETE FROM tag_given WHERE workspace = ? AND key = ?", (workspace, key))


def set_validity(connection: sqlite3.Connection, workspace: str, key: str, days: int | None) -> None:
    """What was said under this key holds for so many days after it was said; None: for ever."""
    connection.execute(
        "UPDATE tag_given SET until_ms = at_ms + ?3 WHERE workspace = ?1 AND key = ?2 AND until_ms IS NOT at_ms + ?3",
        (workspace, key, None if days is None else days * DAY_MS),
    )


def _row(*columns: Any) -> GivenRow:
    number, workspace, key, anchor, value, at_ms, until_ms, who = columns
    return GivenRow(
        number=number, workspace=workspace, key=key, anchor=anchor,
        value=None if value is None else msgspec.json.decode(value), at_ms=at_ms, until_ms=until_ms, who=who,
    )  # fmt: skip


def _or_null(value: Any) -> str | None:
    return None if value is None else _text(value)


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()
