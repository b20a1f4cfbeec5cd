"""What a rule sees of an event: a row of a batch, read only as far as some rule asks.

Most events touch few rules, so columns become Python lists when the first event of the batch needs them, and the
properties of an event are decoded when the first rule looks at one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Protocol

import msgspec
import pyarrow as pa

from zuji.store.property_sql import FIELDS
from zuji.terms.event import Flag

UNSEEN = int(Flag.ROBOT | Flag.NO_ANALYTICS)
"""Rules do not look at events with one of these flags; only the newest answer for a purpose is read from them."""

_decode = msgspec.json.Decoder(dict[str, Any]).decode
_EXACT_MILLIONTHS = 1_000_000


class Row(Protocol):
    """Where the cells of an event are."""

    def cell(self, name: str, row: int) -> Any:
        """A cell: a text, a number, a list of texts; times are milliseconds, amounts millionths or None."""


class Event:
    """One event, as rules look at it."""

    __slots__ = ("_properties", "_row", "_rows", "anchor", "at", "flags", "name", "position", "texts")

    def __init__(self, rows: Row, row: int, name: str, at: int, position: int, anchor: int, flags: int) -> None:
        self._rows, self._row = rows, row
        self.name, self.at, self.position, self.anchor, self.flags = name, at, position, anchor, flags
        self.texts: dict[str, str | None] = {}
        """Of its properties, as far as some rule has asked: others ask for the same."""
        self._properties: Mapping[str, Any] | None = None

    @property
    def is_seen(self) -> bool:
        """Whether rules look at it: robots do not count, nor what analytics may not use."""
        return not self.flags & UNSEEN

    @property
    def properties(self) -> Mapping[str, Any]:
        """Its properties, decoded at the first look."""
        if self._properties is None:
            self._properties = _decode(self._rows.cell("properties", self._row) or "{}")
        return self._properties

    def field(self, name: str) -> Any:
        """A standard field: text (empty: none), milliseconds, or millionths."""
        return self._rows.cell(name, self._row)

    def kept(self, columns: frozenset[str]) -> dict[str, Any]:
        """The cells of these columns and of those every event needs, to be looked at later (see `KeptEvent`)."""
        return {name: self._rows.cell(name, self._row) for name in columns | ALWAYS}


_ALWAYS = ("event", "occurred_at", "position", "anchor", "flags")
ALWAYS = frozenset(_ALWAYS)
"""The columns that every event has, whatever the rules."""


class EventRows:
    """The events of a batch, or of a part of the event store: any Arrow table with the columns that rules need."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        self._columns: dict[str, list[Any]] = {}

    def __len__(self) -> int:
        return int(self._table.num_rows)

    def __getitem__(self, row: int) -> Event:
        return Event(self, row, *(self.cell(name, row) for name in _ALWAYS))

    def __iter__(self) -> Iterator[Event]:
        columns = (self._column(name) for name in _ALWAYS)
        return (Event(self, row, *cells) for row, cells in enumerate(zip(*columns, strict=True)))

    def cell(self, name: str, row: int) -> Any:
        """A cell; its column is turned into Python values at the first look."""
        column = self._columns.get(name)
        return (self._column(name) if column is None else column)[row]

    def _column(self, name: str) -> list[Any]:
        if name not in self._columns:
            self._columns[name] = _values(name, self._table.column(name))
        return self._columns[name]


class KeptCells:
    """One event that was kept apart from its batch."""

    def __init__(self, cells: Mapping[str, Any]) -> None:
        self._cells = cells

    def cell(self, name: str, row: int) -> Any:
        """A cell; only what was kept is there."""
        return self._cells[name]


def kept_event(cells: Mapping[str, Any]) -> Event:
    """The event of these cells."""
    return Event(KeptCells(cells), 0, *(cells[name] for name in _ALWAYS))


def _values(name: str, column: pa.ChunkedArray) -> list[Any]:
    if FIELDS.get(name) == "time":
        column = column.cast(pa.int64())
    values: list[Any] = column.to_pylist()
    if FIELDS.get(name) == "amount":
        return [None if value is None else _millionths(value) for value in values]
    return values


def _millionths(amount: Decimal) -> int:
    return int(amount * _EXACT_MILLIONTHS)
