"""When each assertion was made: a log that is cheap to add to and quick to ask by assertion.

Nearly every event repeats a link that is already known; only its time and event id are new. Keeping them in a table
keyed by assertion would touch a page of the file per event. So each batch is one row of sorted columns
(`evidence_young`), and when enough of them have gathered, their times are grouped by assertion and moved to
`evidence`, a slice with every further batch, in the batch's own transaction. A quiet hour makes many small batches, and
readers look into each of them: of those, every 32 become one.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import msgspec
import numpy as np
import numpy.typing as npt

Occurrence = tuple[int, int, str]
"""(assertion, time in milliseconds, event id)."""

YOUNG_ROWS = 131_072  # a reader searches all young batches: about a millisecond at this size
YOUNG_BATCHES = 256
SMALL_ROWS = 2_048
SMALL_BATCHES = 32
SLICE_FACTOR = 4  # the move takes four rows for each one that arrives, so it ends long before the next one is due

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[tuple[int, str]]).decode


@dataclass
class _Move:
    """Young batches on their way: everything up to `boundary`, in the order of assertions, taken up to `next`.

    `starts` are the places where an assertion begins, and the end; `newest` is the last time of each.
    """

    boundary: int
    assertions: list[int]
    newest: list[int]
    starts: list[int]
    times: list[int]
    events: list[str]
    next: int = 0
    """The first assertion that has not been taken."""

    def take(self, rows: int) -> list[tuple[int, int, int, bytes]]:
        """The table's rows of the next assertions, which have about so many times. An assertion moves whole."""
        first, starts, times, events = self.next, self.starts, self.times, self.events
        self.next = bisect_left(starts, starts[first] + rows, first, len(self.assertions))
        taken = slice(first, self.next)
        spans = pairwise(starts[first : self.next + 1])
        return [
            (assertion, self.boundary, last_at, _encode(list(zip(times[start:stop], events[start:stop], strict=True))))
            for assertion, last_at, (start, stop) in zip(self.assertions[taken], self.newest[taken], spans, strict=True)
        ]


class EvidenceLog:
    """The writing side. `append` inside a batch's transaction; `forget` after its rollback."""

    def __init__(self, *, young_rows: int = YOUNG_ROWS) -> None:
        self._young_rows = young_rows
        self._counted: tuple[int, int] | None = None
        self._move: _Move | None = None
        self._small: list[int] = []
        """The rows of the newest small batches, since a larger one, a move or a start."""

    def append(self, connection: sqlite3.Connection, rows: Sequence[Occurrence]) -> None:
        """Add what a batch brought and move a slice of what waits."""
        batches, waiting = self._count(connection)
        if rows:
            batches, waiting = batches + 1 - self._add(connection, rows), waiting + len(rows)
        if self._move is None and (waiting >= self._young_rows or batches >= YOUNG_BATCHES):
            self._move = _begin_move(connection)
            self._small.clear()
            batches = waiting = 0
        self._counted = (batches, waiting)
        if self._move is not None:
            self._advance(connection, self._move, max(len(rows) * SLICE_FACTOR, 1024))

    def forget(self) -> None:
        """The transaction was rolled back: what is in memory may be ahead of the file."""
        self._counted = None
        self._move = None
        self._small.clear()

    def _add(self, connection: sqlite3.Connection, rows: Sequence[Occurrence]) -> int:
        """One more young batch. Gives by how many there are fewer, because small ones became one."""
        made = connection.execute(
            "INSERT INTO evidence_young (rows, ids, times, ends, events) VALUES (?, ?, ?, ?, ?)", _columns(rows)
        )
        if len(rows) >= SMALL_ROWS:
            self._small.clear()
            return 0
        self._small.append(int(made.lastrowid or 0))
        if len(self._small) < SMALL_BATCHES:
            return 0
        _unite(connection, self._small)
        self._small.clear()
        return SMALL_BATCHES - 1

    def _count(self, connection: sqlite3.Connection) -> tuple[int, int]:
        """How many young batches and rows wait behind the move under way. Resumes a move after a start."""
        if self._counted is not None:
            return self._counted
        under_way = connection.execute("SELECT boundary, upto FROM evidence_move").fetchone()
        if under_way is not None:
            self._move = _load_move(connection, *under_way)
        boundary = under_way[0] if under_way else 0
        batches, rows = connection.execute(
            "SELECT count(*), coalesce(sum(rows), 0) FROM evidence_young WHERE id > ?", (boundary,)
        ).fetchone()
        return batches, rows

    def _advance(self, connection: sqlite3.Connection, move: _Move, rows: int) -> None:
        connection.executemany("INSERT INTO evidence VALUES (?, ?, ?, ?)", move.take(rows))
        if move.next == len(move.assertions):
            connection.execute("DELETE FROM evidence_young WHERE id <= ?", (move.boundary,))
            connection.execute("DELETE FROM evidence_move")
            self._move = None
        else:
            connection.execute("UPDATE evidence_move SET upto = ?", (move.assertions[move.next - 1],))


def times_of(connection: sqlite3.Connection, assertions: Iterable[int]) -> dict[int, list[tuple[int, str]]]:
    """All (time, event id) of these assertions, in no order."""
    wanted = np.unique(np.fromiter(assertions, dtype=np.int64))
    found: dict[int, list[tuple[int, str]]] = {}
    if not len(wanted):
        return found
    for assertion, body in connection.execute(
        "SELECT assertion, body FROM evidence WHERE assertion IN (SELECT value FROM json_each(?))",
        (msgspec.json.encode(wanted.tolist()).decode(),),
    ):
        found.setdefault(assertion, []).extend(_decode(body))
    for assertion, at, event in _young_times(connection, wanted):
        found.setdefault(assertion, []).append((at, event))
    return found


def last_times(connection: sqlite3.Connection, assertions: Sequence[int]) -> dict[int, int]:
    """The newest time of each of these assertions."""
    wanted = np.unique(np.asarray(assertions, dtype=np.int64))
    newest: dict[int, int] = dict(
        connection.execute(
            "SELECT assertion, max(last_at) FROM evidence WHERE assertion IN (SELECT value FROM json_each(?))"
            " GROUP BY assertion",
            (msgspec.json.encode(wanted.tolist()).decode(),),
        )
    )
    for identity, hits, row in _young_hits(connection, wanted):
        times = np.frombuffer(_one(connection, "SELECT times FROM evidence_young WHERE id = ?", row), dtype=np.int64)
        for hit in hits.tolist():
            assertion = int(identity[hit])
            newest[assertion] = max(newest.get(assertion, int(times[hit])), int(times[hit]))
    return newest


def _unite(connection: sqlite3.Connection, batches: Sequence[int]) -> None:
    """Make these neighbouring batches one, in the place of the newest."""
    span = (batches[0], batches[-1])
    found = connection.execute(
        "SELECT ids, times, ends, events FROM evidence_young WHERE id BETWEEN ? AND ? ORDER BY id", span
    ).fetchall()
    rows = [row for batch in found for row in _rows_of(*batch)]
    connection.execute("DELETE FROM evidence_young WHERE id BETWEEN ? AND ?", span)
    connection.execute(
        "INSERT INTO evidence_young (id, rows, ids, times, ends, events) VALUES (?, ?, ?, ?, ?, ?)",
        (batches[-1], *_columns(rows)),
    )


def _rows_of(ids: bytes, times: bytes, ends: bytes, events: str) -> list[Occurrence]:
    numbers, when = (np.frombuffer(column, dtype=np.int64).tolist() for column in (ids, times))
    spans = pairwise((0, *np.frombuffer(ends, dtype=np.uint32).tolist()))
    return list(zip(numbers, when, (events[start:stop] for start, stop in spans), strict=True))


def _columns(rows: Sequence[Occurrence]) -> tuple[int, bytes, bytes, bytes, str]:
    ids, times, events = zip(*rows, strict=True)
    numbers, when = np.array(ids, dtype=np.int64), np.array(times, dtype=np.int64)
    order = np.argsort(numbers, kind="stable")
    texts = list(map(events.__getitem__, order.tolist()))
    ends = np.cumsum(np.fromiter(map(len, texts), dtype=np.uint32, count=len(rows)), dtype=np.uint32)
    return len(rows), numbers[order].tobytes(), when[order].tobytes(), ends.tobytes(), "".join(texts)


def _young_hits(
    connection: sqlite3.Connection, wanted: npt.NDArray[np.int64]
) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.intp], int]]:
    """Per young batch that mentions one of `wanted`: its ids, the places of the hits, its row."""
    boundary, upto = connection.execute("SELECT boundary, upto FROM evidence_move").fetchone() or (0, 0)
    remaining = wanted[wanted > upto]
    for row, blob in connection.execute("SELECT id, ids FROM evidence_young"):
        ids = np.frombuffer(blob, dtype=np.int64)
        sought = remaining if row <= boundary else wanted
        first, last = ids.searchsorted(sought, "left"), ids.searchsorted(sought, "right")
        spans = [
            np.arange(start, stop) for start, stop in zip(first.tolist(), last.tolist(), strict=True) if stop > start
        ]
        if spans:
            yield ids, np.concatenate(spans), row


def _young_times(connection: sqlite3.Connection, wanted: npt.NDArray[np.int64]) -> Iterator[Occurrence]:
    for ids, hits, row in _young_hits(connection, wanted):
        times, ends, events = connection.execute(
            "SELECT times, ends, events FROM evidence_young WHERE id = ?", (row,)
        ).fetchone()
        at, end = np.frombuffer(times, dtype=np.int64), np.frombuffer(ends, dtype=np.uint32)
        for hit in hits.tolist():
            start = int(end[hit - 1]) if hit else 0
            yield int(ids[hit]), int(at[hit]), events[start : int(end[hit])]


def _begin_move(connection: sqlite3.Connection) -> _Move:
    (boundary,) = connection.execute("SELECT max(id) FROM evidence_young").fetchone()
    connection.execute("INSERT INTO evidence_move VALUES (?, 0)", (boundary,))
    return _load_move(connection, boundary, 0)


def _load_move(connection: sqlite3.Connection, boundary: int, upto: int) -> _Move:
    batches = connection.execute(
        "SELECT ids, times, ends, events FROM evidence_young WHERE id <= ?", (boundary,)
    ).fetchall()
    ids, times = (np.frombuffer(b"".join(column), dtype=np.int64) for column in list(zip(*batches, strict=True))[:2])
    events: list[str] = []
    for _, _, ends, text in batches:
        events += [text[start:stop] for start, stop in pairwise((0, *np.frombuffer(ends, dtype=np.uint32).tolist()))]
    order = np.argsort(ids, kind="stable")
    order = order[np.searchsorted(ids[order], upto, "right") :]
    assertions, starts = np.unique(ids[order], return_index=True)
    when = times[order]
    newest = np.maximum.reduceat(when, starts).tolist() if len(starts) else []
    ordered = list(map(events.__getitem__, order.tolist()))
    return _Move(boundary, assertions.tolist(), newest, [*starts.tolist(), len(order)], when.tolist(), ordered)


def _one(connection: sqlite3.Connection, sql: str, row: int) -> bytes:
    found: bytes = connection.execute(sql, (row,)).fetchone()[0]
    return found
