"""Young evidence as readers keep it in memory: every batch is read once, and several are searched as one.

A read at page time asks when some ten assertions were made. A row of the database for each of a hundred batches would
give up the interpreter's lock a hundred times, and wait for ingest as often. So one row tells which batches there are
(a batch never changes under its number and size), and what this process has not seen yet is read beside it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

Key = tuple[int, int]
"""(number, rows) of a batch. Small ones that become one give it the number of the last, but all their rows."""
Times = dict[int, list[tuple[int, str]]]
"""Assertion -> (time, event id) of each time it was made."""
Numbers = npt.NDArray[np.int64]
Places = npt.NDArray[np.int32]

MOST_INDEXES: Final = 24  # each costs a search some three µs
LARGE: Final = 16_384  # rows; merging as many takes a millisecond, and a large index is not merged again

_decode_body = msgspec.msgpack.Decoder(list[tuple[int, str]]).decode
_decode_moved = msgspec.json.Decoder(list[tuple[int, str]]).decode
_decode_keys = msgspec.json.Decoder(list[Key]).decode


@dataclass(frozen=True, slots=True)
class Batch:
    """A young batch: its rows in the order of assertions, the event ids in one text."""

    number: int
    ids: Numbers
    times: Numbers
    ends: npt.NDArray[np.uint32]
    events: str

    @property
    def key(self) -> Key:
        """What tells it from every other one."""
        return (self.number, len(self.ids))

    def said(self, place: int) -> tuple[int, str]:
        """(time, event id) of a row."""
        start = int(self.ends[place - 1]) if place else 0
        return int(self.times[place]), self.events[start : int(self.ends[place])]


@dataclass(frozen=True, slots=True)
class Index:
    """The rows of some batches in one order of assertions: of each row its batch, and its place in there."""

    batches: tuple[Batch, ...]
    keys: frozenset[Key]
    ids: Numbers
    which: Places
    places: Places

    def find(self, wanted: Numbers) -> Iterator[tuple[int, Batch, int]]:
        """(assertion, batch, place) of every row of these assertions."""
        spans = zip(
            self.ids.searchsorted(wanted).tolist(), self.ids.searchsorted(wanted, "right").tolist(), strict=True
        )
        for row in chain.from_iterable(range(start, stop) for start, stop in spans if stop > start):
            yield int(self.ids[row]), self.batches[self.which[row]], int(self.places[row])


class YoungEvidence:
    """What readers of one hot state have seen of it. A reader takes what its own view of the file names, no more."""

    def __init__(self) -> None:
        self._indexes: tuple[Index, ...] = ()
        """Replaced as a whole: readers side by side may do the same work twice, and none sees half of it."""

    def times_of(self, connection: sqlite3.Connection, assertions: Iterable[int]) -> Times:
        """All times of these assertions, young and moved, in no order. For connections that write nothing."""
        wanted = np.unique(np.fromiter(assertions, dtype=np.int64))
        found: Times = {}
        if not len(wanted):
            return found
        moved, keys, boundary, upto = connection.execute(_SEEN, (_json(wanted.tolist()),)).fetchone()
        for assertion, body in _decode_moved(moved):
            found.setdefault(assertion, []).extend(_decode_body(bytes.fromhex(body)))
        for index in self._indexes_of(connection, frozenset(_decode_keys(keys))):
            for assertion, batch, place in index.find(wanted):
                if batch.number > boundary or assertion > upto:
                    found.setdefault(assertion, []).append(batch.said(place))
        return found

    def _indexes_of(self, connection: sqlite3.Connection, present: frozenset[Key]) -> tuple[Index, ...]:
        before = self._indexes
        usable = [index for index in before if index.keys <= present]
        missing = present.difference(*(index.keys for index in usable))
        if not missing and len(usable) == len(before):
            return before
        usable += [together([batch]) for batch in _load(connection, missing)]
        self._indexes = now = tuple(merged(usable))
        return now


def together(batches: Sequence[Batch]) -> Index:
    """The index of these batches."""
    ids = np.concatenate([batch.ids for batch in batches])
    order = np.argsort(ids, kind="stable")
    sizes = [len(batch.ids) for batch in batches]
    which = np.repeat(np.arange(len(batches), dtype=np.int32), sizes)
    places = np.concatenate([np.arange(size, dtype=np.int32) for size in sizes])
    return Index(tuple(batches), frozenset(batch.key for batch in batches), ids[order], which[order], places[order])


def merged(indexes: Sequence[Index]) -> list[Index]:
    """As many indexes as a search may take: where there are more, those that are not large become one."""
    if len(indexes) <= MOST_INDEXES:
        return list(indexes)
    large = [index for index in indexes if len(index.ids) >= LARGE]
    small = [batch for index in indexes if len(index.ids) < LARGE for batch in index.batches]
    return [*large, together(small)] if small else large


def _load(connection: sqlite3.Connection, keys: Iterable[Key]) -> list[Batch]:
    if not (numbers := [number for number, _ in keys]):
        return []
    rows = connection.execute(
        "SELECT id, ids, times, ends, events FROM evidence_young WHERE id IN (SELECT value FROM json_each(?))",
        (_json(numbers),),
    ).fetchall()
    return [
        Batch(
            number,
            np.frombuffer(ids, np.int64),
            np.frombuffer(times, np.int64),
            np.frombuffer(ends, np.uint32),
            events,
        )
        for number, ids, times, ends, events in rows
    ]


_SEEN: Final = (
    "SELECT"
    " (SELECT json_group_array(json_array(assertion, hex(body))) FROM evidence"
    " WHERE assertion IN (SELECT value FROM json_each(?))),"
    " (SELECT json_group_array(json_array(id, rows)) FROM evidence_young),"
    " coalesce((SELECT boundary FROM evidence_move), 0),"
    " coalesce((SELECT upto FROM evidence_move), 0)"
)
"""One row, whatever is found: (moved times, batches there are, boundary and upto of the move under way)."""


def _json(values: list[int]) -> str:
    return msgspec.json.encode(values).decode()
