"""The events of a few anchors, whole: those in the event store and those that still wait in the outbox.

The outbox is read first, then the store: a row leaves the one only when it is in the other, so each is seen in at least
one of them, and by its position counted once.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from clickhouse_connect.driver.client import Client

from zuji.store import outbox
from zuji.store.connections import read_table
from zuji.store.events import EventStore
from zuji.store.failure import translated
from zuji.store.schema import EVENT_SCHEMA


class AnchorEvents:
    """Reads with a client of its own: neither questions nor inserts hold it up, and it holds up neither."""

    def __init__(self, events: EventStore) -> None:
        self._events = events
        self._client: Client | None = None
        self._lock = threading.Lock()

    def of(
        self, connection: sqlite3.Connection, workspace: str, anchors: Sequence[int], columns: Sequence[str]
    ) -> pa.Table:
        """These columns of every event of these anchors, each once, in no order.

        `connection` sees the outbox: within a batch's transaction that includes the batch itself.
        """
        wanted = [*dict.fromkeys(("anchor", "occurred_at", "position", *columns))]
        waiting = self._waiting(connection, workspace, anchors, wanted)
        sql = (
            f"SELECT {', '.join(wanted)} FROM zuji.events"
            " WHERE workspace = {workspace:String} AND anchor IN {anchors:Array(UInt64)}"
        )
        found = self._read(sql, {"workspace": workspace, "anchors": list(anchors)})
        schema = pa.schema([EVENT_SCHEMA.field(name) for name in wanted])
        stored = found.cast(schema) if found.num_rows else schema.empty_table()
        if waiting.num_rows and stored.num_rows:
            is_new = ~np.isin(waiting["position"].to_numpy(), stored["position"].to_numpy())
            waiting = waiting.filter(pa.array(is_new))
        return pa.concat_tables([stored, waiting.cast(schema)])

    def anchors_of_source(self, workspace: str, source: str) -> list[int]:
        """The anchors that have events of a source, among those stored."""
        found = self._read(
            "SELECT DISTINCT anchor FROM zuji.events WHERE workspace = {workspace:String} AND source = {source:String}",
            {"workspace": workspace, "source": source},
        )
        return [int(anchor) for anchor in found["anchor"].to_pylist()] if found.num_rows else []

    def close(self) -> None:
        """Give the client back, before the store is closed."""
        with self._lock:
            if self._client is not None:
                self._client.close()
            self._client = None

    def _waiting(
        self, connection: sqlite3.Connection, workspace: str, anchors: Sequence[int], wanted: Sequence[str]
    ) -> pa.Table:
        ours = pa.array(anchors, pa.uint64())
        pieces = [pa.schema([EVENT_SCHEMA.field(name) for name in wanted]).empty_table()]
        for batch in outbox.waiting(connection):
            if batch.events.num_rows:
                is_wanted = pc.and_(
                    pc.is_in(batch.events["anchor"], value_set=ours), pc.equal(batch.events["workspace"], workspace)
                )
                pieces.append(batch.events.select(wanted).filter(is_wanted).cast(pieces[0].schema))
        return pa.concat_tables(pieces)

    def _read(self, sql: str, params: dict[str, object]) -> pa.Table:
        with self._lock, translated("reading the events of a few people"):
            try:
                self._client = self._client or self._events.connections.connect({"max_threads": 1})
                return read_table(self._client, sql, params)
            except BaseException:
                if self._client is not None:
                    self._client.close()  # what it answers next may be the rest of this
                self._client = None
                raise
