"""The outbox: rows that are planned for good but not yet confirmed in the event store.

A batch's rows are committed here in the same transaction as everything else the batch did. They leave only when the
event store holds them; after a crash whatever is still here is compared with the store by position.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

_COMPRESSED = pa.ipc.IpcWriteOptions(compression="lz4")


class PersonRow(msgspec.Struct, frozen=True, array_like=True):
    """From now on this anchor belongs to this person (0 = nobody) by default."""

    workspace: str
    anchor: int
    person: int
    version: int


class SliceRow(msgspec.Struct, frozen=True, array_like=True):
    """A stretch of time in which an anchor belonged to somebody. All rows of one anchor and version stand together."""

    workspace: str
    anchor: int
    from_ms: int
    to_ms: int
    person: int
    version: int


class PeopleRows(msgspec.Struct, frozen=True, array_like=True):
    """What a batch changed about who owns which anchor."""

    people: tuple[PersonRow, ...] = ()
    slices: tuple[SliceRow, ...] = ()


@dataclass(frozen=True)
class OutboxBatch:
    """One planned batch: its id, the range of positions in it, its event rows and its changes of people."""

    id: int
    first_position: int
    last_position: int
    events: pa.Table
    people: PeopleRows


def put(connection: sqlite3.Connection, *, events: pa.Table, people: PeopleRows, planned_at: int) -> OutboxBatch:
    """Add a batch inside its transaction."""
    first, last = 0, 0
    if events.num_rows:
        bounds = pc.min_max(events.column("position")).as_py()
        first, last = bounds["min"], bounds["max"]
    cursor = connection.execute(
        "INSERT INTO outbox (first_position, last_position, rows, planned_at, events, people)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (first, last, events.num_rows, planned_at, _pack(events), msgspec.msgpack.encode(people)),
    )
    return OutboxBatch(cursor.lastrowid or 0, first, last, events, people)


def waiting(connection: sqlite3.Connection) -> list[OutboxBatch]:
    """Every batch that is still here, oldest first."""
    rows = connection.execute("SELECT id, first_position, last_position, events, people FROM outbox ORDER BY id")
    return [
        OutboxBatch(id_, first, last, _unpack(events), msgspec.msgpack.decode(people, type=PeopleRows))
        for id_, first, last, events, people in rows
    ]


def remove(connection: sqlite3.Connection, ids: list[int]) -> None:
    """Take out batches that the event store holds."""
    connection.executemany("DELETE FROM outbox WHERE id = ?", [(id_,) for id_ in ids])


def _pack(table: pa.Table) -> pa.Buffer:
    """Arrow compresses column by column in its own threads, so the calling one is done in a fifth of the time."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=_COMPRESSED) as writer:
        writer.write_table(table)
    return sink.getvalue()


def _unpack(data: bytes) -> pa.Table:
    return pa.ipc.open_stream(data).read_all()
