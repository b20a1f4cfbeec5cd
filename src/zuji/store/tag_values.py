"""The tags and segments people have now, and every change of them in order: the tables of the hot state.

The engine writes them in the transaction of the batch that caused them, so whoever reads sees a batch's events, people
and tags together. Values are JSON; a segment's members hold `true`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal

import msgspec

Kind = Literal["tag", "segment"]
Name = tuple[Kind, str]
"""(kind, key)."""
Cause = Literal["event", "time", "identity", "trait", "publish", "batch", "set", "damped"]
"""Why a value changed. `batch`: computed for everybody; `set`: by hand or import; `damped`: a flapping one's newest."""
Told = Literal[0, 1, 2]

SILENT: Final[Told] = 0
TOLD: Final[Told] = 1
DAMPED: Final[Told] = 2

_encode = msgspec.json.Encoder(order="sorted").encode
_decode = msgspec.json.decode
_held = msgspec.json.Decoder(list[tuple[Kind, str, str, int, int]]).decode


class TagValue(msgspec.Struct, frozen=True, gc=False):
    """A value, since when it holds, and by which version of its definition."""

    value: Any
    since_ms: int
    version: int


class NewValue(msgspec.Struct, frozen=True, gc=False):
    """A value to be written; None takes away what there was."""

    workspace: str
    person: int
    kind: Kind
    key: str
    value: Any
    since_ms: int
    version: int


class NewChange(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A change to be recorded. `at_ms` is the moment as of which it holds, `received_at_ms` when its cause came in."""

    workspace: str
    person: int
    kind: Kind
    key: str
    old: Any
    new: Any
    cause: Cause
    cause_event_id: str | None = None
    at_ms: int
    received_at_ms: int | None = None
    told: Told = TOLD


class TagChange(NewChange, frozen=True, kw_only=True, gc=False):
    """A recorded change. `number` grows; `readable_at_ms` is the moment its batch was handed to the disk."""

    number: int
    readable_at_ms: int


def values_of(
    connection: sqlite3.Connection, workspace: str, persons: Iterable[int]
) -> dict[int, dict[Name, TagValue]]:
    """What each of these people has now; who has nothing is left out."""
    found: dict[int, dict[Name, TagValue]] = {}
    rows = connection.execute(
        "SELECT v.person, v.kind, v.key, v.value, v.since_ms, v.version FROM json_each(?2) AS wanted"
        " CROSS JOIN tag_value AS v ON v.workspace = ?1 AND v.person = wanted.value",
        (workspace, text_of(list(persons))),
    )
    for person, kind, key, value, since_ms, version in rows:
        found.setdefault(person, {})[kind, key] = TagValue(_decode(value), since_ms, version)
    return found


def newest_of(
    connection: sqlite3.Connection, workspace: str, persons: Iterable[int], names: Mapping[Name, Name]
) -> dict[int, dict[Name, Any]]:
    """The same without since when and by which version: what the stream asks of everybody whom events touch.

    `names`: the tuples to be used for those names that are among them; most of what is found is kept for long.
    """
    found: dict[int, dict[Name, Any]] = {}
    rows = connection.execute(
        "SELECT v.person, v.kind, v.key, v.value FROM json_each(?2) AS wanted"
        " CROSS JOIN tag_value AS v ON v.workspace = ?1 AND v.person = wanted.value",
        (workspace, text_of(list(persons))),
    )
    for person, kind, key, value in rows:
        name = (kind, key)
        if person not in found:
            found[person] = {}
        found[person][names.get(name, name)] = True if value == "true" else _decode(value)
    return found


def values_of_one(connection: sqlite3.Connection, workspace: str, person: int) -> dict[Name, TagValue]:
    """What one person has now: one row, whatever it is, since each row may wait for the interpreter's lock."""
    [held] = connection.execute(
        "SELECT json_group_array(json_array(kind, key, value, since_ms, version)) FROM tag_value"
        " WHERE workspace = ? AND person = ?",
        (workspace, person),
    ).fetchone()
    return {(kind, key): TagValue(_decode(value), since, version) for kind, key, value, since, version in _held(held)}


def holders(connection: sqlite3.Connection, workspace: str, kind: Kind, key: str) -> Iterator[tuple[int, Any]]:
    """(person, value) of everybody who has this tag or is in this segment now, in no order."""
    rows = connection.execute(
        "SELECT person, value FROM tag_value WHERE workspace = ? AND kind = ? AND key = ?", (workspace, kind, key)
    )
    known: dict[str, Any] = {}
    for person, value in rows:
        if value not in known:
            known[value] = _decode(value)
        yield person, known[value]


def counts(connection: sqlite3.Connection, workspace: str) -> dict[Name, int]:
    """How many people have each tag and are in each segment; those of nobody are left out."""
    rows = connection.execute(
        "SELECT kind, key, count(*) FROM tag_value WHERE workspace = ? GROUP BY kind, key", (workspace,)
    )
    return {(kind, key): people for kind, key, people in rows}


def changes_after(
    connection: sqlite3.Connection, workspace: str, number: int, limit: int, *, told: Told | None = TOLD
) -> list[TagChange]:
    """The next changes after this number, in order: those for subscribers, or (None) all."""
    rows = connection.execute(
        _CHANGES + " WHERE number > ? AND workspace = ? AND (?4 IS NULL OR told = ?4) ORDER BY number LIMIT ?3",
        (number, workspace, limit, told),
    )
    return [_change(row) for row in rows]


def changes_everywhere(connection: sqlite3.Connection, number: int, limit: int) -> list[TagChange]:
    """The next changes after this number in all workspaces, silent ones included, in order."""
    rows = connection.execute(_CHANGES + " WHERE number > ? ORDER BY number LIMIT ?", (number, limit))
    return [_change(row) for row in rows]


def changes_of(connection: sqlite3.Connection, workspace: str, person: int, limit: int) -> list[TagChange]:
    """The newest changes of one person, newest first, silent ones included."""
    rows = connection.execute(
        _CHANGES + " WHERE person = ? AND workspace = ? ORDER BY number DESC LIMIT ?", (person, workspace, limit)
    )
    return [_change(row) for row in rows]


def newest_change(connection: sqlite3.Connection) -> int:
    """The number of the newest change, 0 before the first."""
    return connection.execute("SELECT coalesce(max(number), 0) FROM tag_change").fetchone()[0] or 0


def write_values(connection: sqlite3.Connection, values: Iterable[NewValue]) -> None:
    """Give people these values, in the caller's transaction."""
    given, taken = [], []
    for one in values:
        if one.value is None:
            taken.append((one.workspace, one.person, one.kind, one.key))
        else:
            value = text_of(one.value)
            given.append((one.workspace, one.person, one.kind, one.key, value, one.since_ms, one.version))
    connection.executemany("DELETE FROM tag_value WHERE workspace = ? AND person = ? AND kind = ? AND key = ?", taken)
    connection.executemany("INSERT OR REPLACE INTO tag_value VALUES (?, ?, ?, ?, ?, ?, ?)", given)


def record(connection: sqlite3.Connection, changes: Iterable[NewChange], *, readable_at_ms: int) -> None:
    """Add changes to the log, in the caller's transaction."""
    connection.executemany(
        "INSERT INTO tag_change (workspace, person, kind, key, old, new, cause, cause_event_id, at_ms, received_at_ms,"
        " readable_at_ms, told) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                one.workspace, one.person, one.kind, one.key, _or_null(one.old), _or_null(one.new), one.cause,
                one.cause_event_id, one.at_ms, one.received_at_ms, readable_at_ms, one.told,
            )
            for one in changes
        ],
    )  # fmt: skip


def replace_all(
    connection: sqlite3.Connection,
    workspace: str,
    name: Name,
    values: Mapping[int, Any],
    *,
    version: int,
    at_ms: int,
    cause: Cause = "batch",
    told: Told = SILENT,
) -> int:
    """These people have these values of one tag or segment, and nobody else has any. Gives how many changed.

    For what is computed for everybody at once; who keeps a value keeps since when.
    """
    kind, key = name
    before = dict(holders(connection, workspace, kind, key))
    some = [(person, None) for person in before if person not in values]
    some += [(person, value) for person, value in values.items() if before.get(person) != value]
    write_values(connection, (NewValue(workspace, person, kind, key, value, at_ms, version) for person, value in some))
    changes = (
        NewChange(
            workspace=workspace, person=person, kind=kind, key=key, old=before.get(person), new=value, cause=cause,
            at_ms=at_ms, told=told,
        )
        for person, value in some
    )  # fmt: skip
    record(connection, changes, readable_at_ms=at_ms)
    return len(some)


_CHANGES: Final = (
    "SELECT number, workspace, person, kind, key, old, new, cause, cause_event_id, at_ms, received_at_ms,"
    " readable_at_ms, told FROM tag_change"
)


def _change(row: tuple[Any, ...]) -> TagChange:
    number, workspace, person, kind, key, old, new, cause, event_id, at_ms, received_at_ms, readable_at_ms, told = row
    return TagChange(
        workspace=workspace, person=person, kind=kind, key=key, old=value_of(old), new=value_of(new), cause=cause,
        cause_event_id=event_id, at_ms=at_ms, received_at_ms=received_at_ms, told=told, number=number,
        readable_at_ms=readable_at_ms,
    )  # fmt: skip


def text_of(value: Any) -> str:
    """A value as it is kept: JSON. Of most tags and all segments that is one word."""
    return "true" if value is True else _encode(value).decode()


def value_of(text: str | None) -> Any:
    """What a kept text says; None for none."""
    return None if text is None else _decode(text)


def _or_null(value: Any) -> str | None:
    return None if value is None else text_of(value)
