"""The identity tables of the hot state: identifiers, components, statements, decisions and the log of what happened.

What a component's body means is known to `identify` alone; here it is bytes. Everything a batch needs is read with one
statement per table, whatever the size of the batch: the keys travel as one JSON array.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from zuji.terms.message import KeyKind

NodeRow = tuple[int, int, str, int, str, str, int, int]
"""(anchor, kind, value, first_at, first_event, first_source, component, block)."""

WholeRow = tuple[int, str, str, int, str, str, int, int, bytes | None]
"""(anchor, type, value, first_at, first_event, first_source, component, block, the component's body)."""

_WHOLE: Final = (
    "SELECT n.anchor, k.type, n.value, n.first_at, n.first_event, n.first_source, n.component, n.block, c.body"
    " FROM identity_node AS n JOIN identity_kind AS k ON k.id = n.kind"
    " LEFT JOIN identity_component AS c ON c.id = n.component"
)

LogRow = tuple[str, str, int, int, str, str, int]
"""(workspace, kind, person, other, who, why, at)."""

StatementRow = tuple[int, int, int, KeyKind, str, bytes]
"""(id, anchor, digest, key, source, body)."""


@dataclass
class IdentityWrites:
    """Everything one batch or decision changes in these tables."""

    kinds: list[tuple[int, str, str]] = field(default_factory=list)
    new_nodes: list[NodeRow] = field(default_factory=list)
    changed_nodes: list[tuple[int, str, str, int, int, int]] = field(default_factory=list)
    """(first_at, first_event, first_source, component, block, anchor)."""
    components: list[tuple[int, bytes]] = field(default_factory=list)
    gone_components: list[int] = field(default_factory=list)
    statements: list[StatementRow] = field(default_factory=list)
    left_out: list[tuple[int, int]] = field(default_factory=list)
    sources: list[tuple[str, str, int]] = field(default_factory=list)
    new_people: list[tuple[str, str, int, int]] = field(default_factory=list)
    forbidden: list[tuple[str, int, int, str, str, int]] = field(default_factory=list)
    lifted: list[tuple[int, int]] = field(default_factory=list)
    deleted_sources: list[tuple[str, str]] = field(default_factory=list)
    log: list[LogRow] = field(default_factory=list)
    counters: dict[str, int] = field(default_factory=dict)


def write(connection: sqlite3.Connection, writes: IdentityWrites) -> None:
    """Write it all, in the caller's transaction."""
    many = connection.executemany
    many("INSERT INTO identity_kind VALUES (?, ?, ?)", writes.kinds)
    many("INSERT INTO identity_node VALUES (?, ?, ?, ?, ?, ?, ?, ?)", writes.new_nodes)
    many(
        "UPDATE identity_node SET first_at = ?, first_event = ?, first_source = ?, component = ?, block = ?"
        " WHERE anchor = ?",
        writes.changed_nodes,
    )
    many(
        "INSERT OR REPLACE INTO identity_component VALUES (?, ?)",
        writes.components,
    )
    many("DELETE FROM identity_component WHERE id = ?", ((one,) for one in writes.gone_components))
    many("INSERT INTO trait_statement VALUES (?, ?, ?, ?, ?, ?)", writes.statements)
    many("INSERT OR IGNORE INTO identity_left_out VALUES (?, ?)", writes.left_out)
    many("INSERT OR IGNORE INTO identity_source VALUES (?, ?, ?)", writes.sources)
    many(
        "INSERT INTO identity_new_people VALUES (?, ?, ?, ?) ON CONFLICT (workspace, source, hour)"
        " DO UPDATE SET people = excluded.people",
        writes.new_people,
    )
    many("INSERT OR REPLACE INTO identity_forbidden VALUES (?, ?, ?, ?, ?, ?)", writes.forbidden)
    many("DELETE FROM identity_forbidden WHERE a = ? AND b = ?", writes.lifted)
    for workspace, source in writes.deleted_sources:
        _forget_source(connection, workspace, source)
    many(
        "INSERT INTO identity_log (workspace, kind, person, other, who, why, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        writes.log,
    )
    many("INSERT OR REPLACE INTO identity_counter VALUES (?, ?)", list(writes.counters.items()))


def counters(connection: sqlite3.Connection) -> dict[str, int]:
    """The next number of each kind to be given out."""
    return dict(connection.execute("SELECT name, value FROM identity_counter"))


def kinds(connection: sqlite3.Connection) -> dict[tuple[str, str], int]:
    """(workspace, identifier type) -> its small number."""
    rows = connection.execute("SELECT workspace, type, id FROM identity_kind")
    return {(workspace, type_): number for workspace, type_, number in rows}


def nodes_by_value(connection: sqlite3.Connection, keys: Sequence[tuple[int, str]]) -> list[NodeRow]:
    """The nodes among these (kind, value)."""
    return connection.execute(
        "SELECT n.* FROM json_each(?) AS wanted CROSS JOIN identity_node AS n"
        " ON n.kind = wanted.value ->> 0 AND n.value = wanted.value ->> 1",
        (_json(keys),),
    ).fetchall()


def nodes_by_anchor(connection: sqlite3.Connection, anchors: Iterable[int]) -> list[NodeRow]:
    """The nodes with these anchors."""
    return connection.execute(
        "SELECT * FROM identity_node WHERE anchor IN (SELECT value FROM json_each(?))", (_json(list(anchors)),)
    ).fetchall()


def node_by_value(connection: sqlite3.Connection, workspace: str, kind: str, value: str) -> WholeRow | None:
    """One identifier with its component, by type and value."""
    found: WholeRow | None = connection.execute(
        _WHOLE + " WHERE k.workspace = ? AND k.type = ? AND n.value = ?", (workspace, kind, value)
    ).fetchone()
    return found


def node_by_anchor(connection: sqlite3.Connection, workspace: str, anchor: int) -> WholeRow | None:
    """One identifier with its component, by anchor."""
    found: WholeRow | None = connection.execute(
        _WHOLE + " WHERE k.workspace = ? AND n.anchor = ?", (workspace, anchor)
    ).fetchone()
    return found


def nodes_after(connection: sqlite3.Connection, workspace: str, anchor: int, limit: int) -> list[NodeRow]:
    """The next nodes of a workspace in the order of their anchors."""
    return connection.execute(
        "SELECT * FROM identity_node WHERE anchor > ? AND kind IN"
        " (SELECT id FROM identity_kind WHERE workspace = ?) ORDER BY anchor LIMIT ?",
        (anchor, workspace, limit),
    ).fetchall()


def components(connection: sqlite3.Connection, ids: Iterable[int]) -> list[tuple[int, bytes]]:
    """The bodies of these components."""
    return connection.execute(
        "SELECT id, body FROM identity_component WHERE id IN (SELECT value FROM json_each(?))", (_json(list(ids)),)
    ).fetchall()


def statement_ids(connection: sqlite3.Connection, keys: Sequence[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """(anchor, digest, id) of the statements among these (anchor, digest)."""
    return connection.execute(
        "SELECT s.anchor, s.digest, s.id FROM json_each(?) AS wanted CROSS JOIN trait_statement AS s"
        " ON s.anchor = wanted.value ->> 0 AND s.digest = wanted.value ->> 1",
        (_json(keys),),
    ).fetchall()


def statements_of(connection: sqlite3.Connection, anchors: Iterable[int]) -> list[StatementRow]:
    """Everything these identifiers brought about their people."""
    return connection.execute(
        "SELECT * FROM trait_statement WHERE anchor IN (SELECT value FROM json_each(?))", (_json(list(anchors)),)
    ).fetchall()


def beside_blocked(connection: sqlite3.Connection, anchor: int) -> list[int]:
    """The identifiers whose components hold evidence that mentions this one."""
    rows = connection.execute("SELECT beside FROM identity_left_out WHERE anchor = ?", (anchor,))
    return [beside for (beside,) in rows]


def linked_by_source(connection: sqlite3.Connection, workspace: str, source: str) -> list[int]:
    """One identifier of each component that holds evidence of this source, repeats possible."""
    rows = connection.execute(
        "SELECT anchor FROM identity_source WHERE workspace = ? AND source = ?", (workspace, source)
    )
    return [anchor for (anchor,) in rows]


def new_people(connection: sqlite3.Connection, workspace: str, source: str, hour: int) -> int:
    """How many new people this source has brought in this hour."""
    row = connection.execute(
        "SELECT people FROM identity_new_people WHERE workspace = ? AND source = ? AND hour = ?",
        (workspace, source, hour),
    ).fetchone()
    return row[0] if row else 0


def log_of(connection: sqlite3.Connection, workspace: str, people: Iterable[int]) -> Iterator[LogRow]:
    """What happened to these people, oldest first."""
    yield from connection.execute(
        "SELECT workspace, kind, person, other, who, why, at FROM identity_log WHERE workspace = ?1"
        " AND (person IN (SELECT value FROM json_each(?2)) OR other IN (SELECT value FROM json_each(?2))) ORDER BY id",
        (workspace, _json(list(people))),
    )


def blocked(connection: sqlite3.Connection, workspace: str) -> list[tuple[str, str, int]]:
    """(type, value, block) of every identifier that is blocked or was cleared by a person."""
    return connection.execute(
        "SELECT k.type, n.value, n.block FROM identity_node AS n JOIN identity_kind AS k ON k.id = n.kind"
        " WHERE n.block > 0 AND k.workspace = ? ORDER BY k.type, n.value",
        (workspace,),
    ).fetchall()


def _forget_source(connection: sqlite3.Connection, workspace: str, source: str) -> None:
    connection.execute("DELETE FROM identity_source WHERE workspace = ? AND source = ?", (workspace, source))
    connection.execute(
        "DELETE FROM trait_statement WHERE source = ? AND anchor IN (SELECT n.anchor FROM identity_node AS n"
        " JOIN identity_kind AS k ON k.id = n.kind WHERE k.workspace = ?)",
        (source, workspace),
    )


def _json(values: Any) -> str:
    return msgspec.json.encode(values).decode()
