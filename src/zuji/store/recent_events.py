"""The newest events of every anchor, kept where a read at page time finds them within milliseconds.

An event may belong to anybody, so a row of its own for each would dirty a page of the database for each. Instead every
batch adds one sorted run, and runs of one size are merged: some three µs and two hundred bytes of sequential writing an
event. A run is cut into pages, and a page names its anchors beside its body, so a read opens only what holds something.
What is kept is bounded twice: so many events an anchor, and so many in all, of which the earliest taken in go first.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from itertools import accumulate
from operator import itemgetter
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

KEPT: Final = 20
"""Events of one anchor."""
MOST_EVENTS: Final = 1_000_000
"""Of all anchors together: some 100 MB, in less than a hundred runs."""
FULL_RUN: Final = 16_384  # merging as many takes some 20 ms, and the batch under way waits for it
ALIKE: Final = 16
"""So many runs of one size become one: of the next size, which is as many times as large."""
PAGE: Final = 256

COLUMNS: Final = (
    "anchor", "occurred_at", "position", "workspace", "source", "type", "event", "event_id", "product_id", "amount",
    "currency", "url_path",
)  # fmt: skip

Stretch = tuple[int, int | None, int | None]
"""(anchor, from this millisecond on, until before that one); None: without end."""
_COMPRESSED = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
_HERE = pa.ipc.IpcReadOptions(use_threads=False)
"""A page is done before another thread has woken up: with threads, packing costs three times as much."""


def put(connection: sqlite3.Connection, events: pa.Table) -> None:
    """Add a batch's rows, in its transaction."""
    if not events.num_rows:
        return
    _write(connection, _newest_of_each(_with_plain_times(events.select(COLUMNS))))
    while merging := to_merge([(run, rows) for run, rows, _ in _runs(connection)]):
        tables = [page for run in merging for page in _pages(connection, run)]
        _remove(connection, merging)
        _write(connection, _newest_of_each(pa.concat_tables(tables)))
    _forget_oldest(connection)


def newest(connection: sqlite3.Connection, stretches: Iterable[Stretch], limit: int = KEPT) -> list[dict[str, Any]]:
    """The newest events within these stretches of their anchors, newest first; times in milliseconds."""
    held: dict[int, list[tuple[int | None, int | None]]] = {}
    for anchor, since, until in stretches:
        held.setdefault(anchor, []).append((since, until))
    found: list[dict[str, Any]] = []
    for run, _, its_newest in sorted(_runs(connection), key=itemgetter(2), reverse=True):
        if len(found) == limit and its_newest < found[-1]["occurred_at"]:
            break
        for anchor, spans in held.items():
            found += [event for event in _of_anchor(connection, run, anchor) if _is_within(event["occurred_at"], spans)]
        found = sorted(found, key=itemgetter("occurred_at", "position"), reverse=True)[:limit]
    return found


def forget_source(connection: sqlite3.Connection, workspace: str, source: str) -> None:
    """The data of a source is deleted: what it brought goes, what others brought stays."""
    for run, _, _ in _runs(connection):
        whole = pa.concat_tables(_pages(connection, run))
        its = pc.and_(pc.equal(whole["workspace"], workspace), pc.equal(whole["source"], source))
        left = whole.filter(pc.invert(its))
        if left.num_rows < whole.num_rows:
            _remove(connection, [run])
            _write(connection, left, run=run)


def to_merge(runs: Sequence[tuple[int, int]]) -> list[int]:
    """Of runs as (id, rows), oldest first, the next ones to merge: enough of one size, or enough for a full one.

    >>> to_merge([(1, 300), *((number, 1) for number in range(2, 18))])
    [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]
    >>> to_merge([(1, 10_000), (2, 20_000), (3, 9_000)])
    [1, 3]
    """
    by_size: dict[int, list[tuple[int, int]]] = {}
    for run, rows in runs:
        if rows < FULL_RUN:
            by_size.setdefault((rows.bit_length() - 1) // 4, []).append((run, rows))
    for _, alike in sorted(by_size.items()):
        sums = list(accumulate(rows for _, rows in alike))
        enough = next((count for count, rows in enumerate(sums, 1) if rows >= FULL_RUN), ALIKE)
        if len(alike) >= max(enough, 2):
            return [run for run, _ in alike[:enough]]
    return []


def _is_within(at: int, spans: Iterable[tuple[int | None, int | None]]) -> bool:
    return any((since is None or since <= at) and (until is None or at < until) for since, until in spans)


def _of_anchor(connection: sqlite3.Connection, run: int, anchor: int) -> list[dict[str, Any]]:
    page = connection.execute(
        "SELECT first_anchor, anchors FROM recent_page WHERE run = ? AND first_anchor <= ?"
        " ORDER BY first_anchor DESC LIMIT 1",
        (run, anchor),
    ).fetchone()
    if page is None:
        return []
    first, anchors = page
    start, end = np.frombuffer(anchors, np.uint64).searchsorted(np.array([anchor, anchor + 1], np.uint64)).tolist()
    if start == end:
        return []
    where = "SELECT body FROM recent_page WHERE run = ? AND first_anchor = ?"
    [body] = connection.execute(where, (run, first)).fetchone()
    rows: list[dict[str, Any]] = _unpack(body).slice(start, end - start).to_pylist()
    return rows


def _runs(connection: sqlite3.Connection) -> list[tuple[int, int, int]]:
    """(id, rows, when the latest of them happened), in the order in which they were written."""
    return connection.execute("SELECT id, rows, newest FROM recent_run ORDER BY id").fetchall()


def _newest_of_each(table: pa.Table) -> pa.Table:
    """Sorted by anchor, of each anchor the newest first and no more than are kept."""
    anchors = table["anchor"].to_numpy()
    times, positions = table["occurred_at"].to_numpy(), table["position"].to_numpy()
    order = np.lexsort((-positions.astype(np.int64), -times, anchors))
    ordered = anchors[order]
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    rank = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
    return table.take(order[rank < KEPT])


def _write(connection: sqlite3.Connection, table: pa.Table, *, run: int | None = None) -> None:
    """A run of these rows, cut into pages where a new anchor begins."""
    if not table.num_rows:
        return
    cursor = connection.execute(
        "INSERT INTO recent_run (id, rows, newest) VALUES (?, ?, ?)",
        (run, table.num_rows, pc.max(table["occurred_at"]).as_py()),
    )
    anchors = table["anchor"].to_numpy()
    cuts = np.unique(anchors.searchsorted(anchors[::PAGE], side="left")).tolist()
    connection.executemany(
        "INSERT INTO recent_page (run, first_anchor, anchors, body) VALUES (?, ?, ?, ?)",
        [
            (
                cursor.lastrowid,
                int(anchors[start]),
                anchors[start:end].tobytes(),
                _pack(table.slice(start, end - start)),
            )
            for start, end in zip(cuts, [*cuts[1:], len(anchors)], strict=True)
        ],
    )


def _pages(connection: sqlite3.Connection, run: int) -> list[pa.Table]:
    rows = connection.execute("SELECT body FROM recent_page WHERE run = ? ORDER BY first_anchor", (run,))
    return [_unpack(body) for (body,) in rows]


def _remove(connection: sqlite3.Connection, runs: Sequence[int]) -> None:
    connection.executemany("DELETE FROM recent_page WHERE run = ?", [(run,) for run in runs])
    connection.executemany("DELETE FROM recent_run WHERE id = ?", [(run,) for run in runs])


def _forget_oldest(connection: sqlite3.Connection) -> None:
    runs = _runs(connection)
    kept = sum(rows for _, rows, _ in runs)
    for run, rows, _ in runs:
        if kept <= MOST_EVENTS:
            return
        _remove(connection, [run])
        kept -= rows


def _pack(page: pa.Table) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, page.schema, options=_COMPRESSED) as writer:
        writer.write_table(page)
    return sink.getvalue()


def _unpack(body: bytes) -> pa.Table:
    return pa.ipc.open_stream(body, options=_HERE).read_all()


def _with_plain_times(table: pa.Table) -> pa.Table:
    place = table.schema.get_field_index("occurred_at")
    return table.set_column(place, "occurred_at", table["occurred_at"].cast(pa.int64()))
