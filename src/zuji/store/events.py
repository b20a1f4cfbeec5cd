"""The event store: one wide table of events, and who owns which anchor. chDB in process, or a ClickHouse server.

Every insert is on disk when it returns. An insert is atomic per part, not per statement, so after a crash the writer
asks which positions are present (`insert_missing`) instead of trusting that all or nothing was stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from clickhouse_connect.driver.client import Client

from zuji.store.arrivals import Arrivals
from zuji.store.background import let_merging_wait
from zuji.store.broken_parts import BrokenParts
from zuji.store.connections import Connections, is_server, read_table
from zuji.store.counted import Counted, read_counted
from zuji.store.erasure import erase
from zuji.store.event_migrations import applied, is_prepared, migrate
from zuji.store.failure import StoreBusy, translated
from zuji.store.outbox import PeopleRows, PersonRow, SliceRow
from zuji.store.people import PersonOfEvent
from zuji.store.people_map import PeopleMap
from zuji.store.profiles import ProfileRow, profile_table
from zuji.store.query import Limits, Query
from zuji.store.schema import EVENT_SCHEMA, PEOPLE_SCHEMA, SLICE_SCHEMA
from zuji.store.tag_rows import tag_table
from zuji.store.tag_values import TagChange
from zuji.store.tide import EVER, Tide

MONTHS_PER_INSERT = 12
"""Each month an insert touches is a part of its own to write and sync; the engine refuses more than a hundred."""

_NO_LIMITS = Limits()

Expected = Literal["any", "used"]
"""Whether a store may be new, or must be the one that was filled before."""


@dataclass(frozen=True, slots=True)
class StoreStats:
    """How much is stored. Times are milliseconds since 1970, 0 when there is nothing."""

    rows: int
    bytes_on_disk: int
    parts: int
    newest_occurred_at: int


class EventStore:
    """The door to the event store. Any thread may call it; inserts queue, questions share a bounded pool."""

    def __init__(self, connections: Connections, location: str) -> None:
        self._connections = connections
        self._location = location
        self._people = PeopleMap(connections, location)
        self.tide = Tide()
        self.broken = BrokenParts(connections, self.tide.events_lost)
        self.arrivals = Arrivals()

    @classmethod
    def open(
        cls, location: str | Path, *, expected: Expected = "any", limits: Limits = _NO_LIMITS, up_to: str | None = None
    ) -> EventStore:
        """Open a folder (made when missing) or a server by its URL, and bring its tables up to date.

        Raises StoreBusy when another process holds the folder (naming its pid), when the server does not answer, and
        when a used store is expected and an empty one found: its disk is missing, and beginning anew would hide that.
        """
        where = str(location)
        if not is_server(where):
            _prepare_folder(Path(where), expected)
        connections = Connections(where, limits)
        try:
            with connections.controlling() as client, translated("preparing the tables of the event store"):
                if expected == "used" and not is_prepared(client):
                    raise _missing(connections.name)
                migrate(client, up_to=up_to)
        except BaseException:
            connections.close()
            raise
        let_merging_wait()
        return cls(connections, where)

    @property
    def folder(self) -> Path | None:
        """Where the data lies, or None when a server keeps it."""
        return None if is_server(self._location) else Path(self._location).resolve()

    @property
    def connections(self) -> Connections:
        """The clients, for the rest of this room (backup, erasure)."""
        return self._connections

    def close(self) -> None:
        """Wait for what runs, then close. Doing so twice is harmless."""
        self._people.close()
        self._connections.close()

    def insert(self, table: pa.Table) -> int:
        """Store these events; when it returns they are on disk. Raises StoreBusy (try again) or Refused (never).

        A failure may leave some of them stored: repeat with `insert_missing`.
        """
        events = fitted(table, EVENT_SCHEMA)
        try:
            with self._writing() as client:
                for piece in by_months(events):
                    _insert(client, "zuji.events", piece)
        finally:
            self.tide.events_came(events)
            self.arrivals.came(events)
        return int(events.num_rows)

    def insert_missing(self, table: pa.Table) -> int:
        """Store those of these events whose position is not present yet. Gives how many that were."""
        if not table.num_rows:
            return 0
        positions = table["position"].to_numpy()
        present = self.positions_present(int(positions.min()), int(positions.max()))
        missing = table.filter(pa.array(~np.isin(positions, present)))
        return self.insert(missing) if missing.num_rows else 0

    def positions_present(self, first: int, last: int) -> npt.NDArray[np.uint64]:
        """Which positions from `first` through `last` are stored, ascending."""
        found = self._written(
            "SELECT position FROM zuji.events WHERE position BETWEEN {first:UInt64} AND {last:UInt64} "
            "ORDER BY position",
            {"first": first, "last": last},
        )
        return np.asarray(found["position"].to_numpy(), dtype=np.uint64)

    def insert_people(self, rows: Iterable[PersonRow]) -> None:
        """Say which person these anchors belong to from now on; the newest version wins."""
        self.insert_owners(PeopleRows(people=tuple(rows)))

    def insert_slices(self, rows: Iterable[SliceRow]) -> None:
        """Give all stretches of anchors whose owner changed over time; the newest version of an anchor's wins."""
        self.insert_owners(PeopleRows(slices=tuple(rows)))

    def insert_owners(self, rows: PeopleRows) -> None:
        """Both of the above as one change: no question sees the first without the second."""
        with self._people.changing():
            self._insert_rows("zuji.profile_now", rows.people, PEOPLE_SCHEMA)
            self._insert_rows("zuji.owner_slice", rows.slices, SLICE_SCHEMA)
            self._people.took(rows.people, rows.slices)

    def insert_profiles(self, rows: Sequence[ProfileRow]) -> None:
        """Say what is known about these people; the newest version of a person's wins."""
        try:
            with self._writing() as client:
                _insert(client, "zuji.profiles", profile_table(rows))
        finally:
            self.tide.traits_changed({row.workspace for row in rows})

    def insert_tags(self, changes: Sequence[TagChange]) -> None:
        """Say what tags and segments people have now; the change of the greatest number wins."""
        try:
            with self._writing() as client:
                _insert(client, "zuji.tag_now", tag_table(changes))
        finally:
            self.tide.traits_changed({one.workspace for one in changes})

    def newest_tag_number(self) -> int:
        """The number of the newest change of a tag that is here."""
        return int(self._written("SELECT max(number) AS number FROM zuji.tag_now", {})["number"][0].as_py())

    def with_profiles(self, people: Sequence[int]) -> set[int]:
        """Which of these people have a row that says more than that they are gone."""
        found = self._written(
            "SELECT person FROM zuji.profiles FINAL WHERE person IN {people:Array(UInt64)} AND gone = 0",
            {"people": list(people)},
        )
        return set(found["person"].to_pylist())

    def person_of_event(self) -> PersonOfEvent:
        """The SQL that says whose an event is, for one question: people as they are now."""
        return self._people.person_of_event()

    def query(self, query: Query) -> pa.Table:
        """Answer a question. Raises TooCostly at its limits, StoreBusy when all slots stay taken, Cancelled."""
        with self.broken.reading(), self._connections.asking() as client, translated("answering a question"):
            return read_table(client, query.sql, query.params, ticket=query.ticket)

    def query_counted(self, query: Query) -> Counted:
        """The same, with the number of rows that were read for the answer."""
        with self.broken.reading(), self._connections.asking() as client, translated("answering a question"):
            return read_counted(client, query)

    def cancel(self, ticket: str) -> bool:
        """Stop the running query with this ticket. Whether one was found."""
        if not ticket:
            return False  # every query without a ticket has this one
        query = Query("KILL QUERY WHERE Settings['log_comment'] = {ticket:String} SYNC", {"ticket": ticket}, ticket)
        with self._connections.controlling() as client, translated("cancelling a question"):
            return bool(read_table(client, query.sql, query.params).num_rows)

    def delete_source(self, workspace: str, source: str) -> None:
        """Erase all events of a source. When it returns their bytes are gone from the disk."""
        sql = "ALTER TABLE zuji.events DELETE WHERE workspace = {workspace:String} AND source = {source:String}"
        with self._erasing(workspace):
            erase(self._connections, [Query(sql, {"workspace": workspace, "source": source})])

    def delete_anchors(self, workspace: str, anchors: Sequence[int]) -> None:
        """Erase all events of these anchors. When it returns their bytes are gone from the disk."""
        params: dict[str, Any] = {"workspace": workspace, "anchors": [int(anchor) for anchor in anchors]}
        columns = {
            "events": "anchor",
            "profile_now": "anchor",
            "owner_slice": "anchor",
            "profiles": "person",
            "tag_now": "person",
        }
        with self._erasing(workspace):
            deletions = [
                f"ALTER TABLE zuji.{table} DELETE "
                f"WHERE workspace = {{workspace:String}} AND {column} IN {{anchors:Array(UInt64)}}"
                for table, column in columns.items()
            ]
            erase(self._connections, [Query(sql, params) for sql in deletions])
            self._people.forgot(params["anchors"])

    @contextmanager
    def _erasing(self, workspace: str) -> Iterator[None]:
        """No answer from before or during an erasure is given again."""
        self.tide.rose(workspace, EVER)
        try:
            yield
        finally:
            self.tide.rose(workspace, EVER)
            self.tide.traits_changed([workspace])

    def migrations(self) -> list[str]:
        """The migrations this store has seen, by name."""
        with self._connections.controlling() as client, translated("reading the migrations of the event store"):
            return applied(client)

    def stats(self) -> StoreStats:
        """How much is stored, for health and doctor. Reads the catalogue and the newest month only."""
        with self._connections.controlling() as client, translated("reading the size of the event store"):
            [size] = read_table(
                client,
                "SELECT sum(rows) AS rows, sum(bytes_on_disk) AS bytes, count() AS parts, max(partition_id) AS month "
                "FROM system.parts WHERE active AND database = 'zuji' AND table = 'events'",
            ).to_pylist()
            [newest] = read_table(
                client,
                "SELECT max(toUnixTimestamp64Milli(occurred_at)) AS at FROM zuji.events "
                "WHERE toYYYYMM(occurred_at) = toUInt32OrZero({month:String})",
                {"month": size["month"]},
            ).to_pylist()
        return StoreStats(size["rows"], size["bytes"], size["parts"], newest["at"] if size["rows"] else 0)

    def _insert_rows(self, name: str, rows: Sequence[PersonRow | SliceRow], schema: pa.Schema) -> None:
        if not rows:
            return
        table = _as_table([msgspec.structs.astuple(row) for row in rows], schema)
        with self._writing() as client:
            _insert(client, name, table)

    def _written(self, sql: str, params: dict[str, Any]) -> pa.Table:
        """A read for the writer itself: outside the pool, so that questions cannot hold up ingest."""
        with (
            self.broken.reading(),
            self._connections.writing() as client,
            translated("reading back what is stored"),
        ):
            return read_table(client, sql, params)

    @contextmanager
    def _writing(self) -> Iterator[Client]:
        with self.broken.writing(), self._connections.writing() as client:
            yield client


def _prepare_folder(folder: Path, expected: Expected) -> None:
    """Make the folder; where a used one is expected, nothing is made that would stand in the way of its return."""
    try:
        if expected == "used" and not any(folder.iterdir()):
            raise _missing(str(folder))
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as failure:
        raise StoreBusy(f"the event store {folder} cannot be opened: {failure}. Check its disk.") from failure


def _missing(name: str) -> StoreBusy:
    return StoreBusy(
        f"the event store {name} is empty, and events were stored before. Bring back what was there (is its disk "
        "mounted?), or restore a backup into another folder."
    )


def fitted(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """The table with exactly these columns, in this order and type. Raises ValueError when one is missing."""
    chosen = table.select(schema.names)
    return chosen if chosen.schema.equals(schema) else chosen.cast(schema)


def _as_table(rows: Sequence[tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
    """Through Polars, because Arrow imports pandas to read Python's values where it is installed: 0.3 s, 40 MB."""
    kinds = {pa.string(): pl.String(), pa.uint64(): pl.UInt64(), pa.int64(): pl.Int64()}
    frame = pl.DataFrame(rows, schema={field.name: kinds[field.type] for field in schema}, orient="row")
    return fitted(frame.to_arrow(compat_level=pl.CompatLevel.oldest()), schema)


def by_months(events: pa.Table) -> Iterator[pa.Table]:
    """The events in pieces that touch at most `MONTHS_PER_INSERT` months each, oldest months first."""
    milliseconds = pc.cast(events["occurred_at"], pa.int64()).to_numpy()
    months = milliseconds.astype("datetime64[ms]").astype("datetime64[M]")
    distinct = np.unique(months)
    if distinct.size <= MONTHS_PER_INSERT:
        yield events
        return
    for start in range(0, distinct.size, MONTHS_PER_INSERT):
        yield events.filter(pa.array(np.isin(months, distinct[start : start + MONTHS_PER_INSERT])))


def _insert(client: Client, name: str, table: pa.Table) -> None:
    """One insert through the driver's file path, the one that raises when rows were not stored."""
    if not table.num_rows:
        return
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    with translated(f"storing {table.num_rows} rows in {name}"):
        client.raw_insert(name, column_names=table.schema.names, insert_block=sink.getvalue(), fmt="ArrowStream")
