"""Rows written to a file as CSV, JSON or Parquet, batch by batch: as large as they may be, few are in memory.

A text in a CSV file that a spreadsheet would take for a formula begins with a quote instead; numbers stay numbers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO, Literal, Protocol

import msgspec
import pyarrow as pa
from pyarrow import parquet

from zuji.terms.error import BadRequest
from zuji.terms.spreadsheet import harmless

Format = Literal["csv", "json", "parquet"]
CellKind = Literal["integer", "unsigned", "number", "boolean", "exact", "text", "json"]
"""`exact`: digits that no float holds, written as a text by programs and as they are in CSV."""

Cells = Sequence[Any]
ROWS_AT_ONCE = 5_000
MOST_BYTES = 2 * 1024**3

_ARROW: dict[CellKind, pa.DataType] = {
    "integer": pa.int64(),
    "unsigned": pa.uint64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "exact": pa.string(),
    "text": pa.string(),
    "json": pa.string(),
}


class Column(msgspec.Struct, frozen=True):
    """A column of a file."""

    name: str
    kind: CellKind


@dataclass(frozen=True, slots=True)
class Written:
    """How many rows a file has, and whether there were more."""

    rows: int
    truncated: bool


class Writer(Protocol):
    """Writes one format."""

    def write(self, rows: Sequence[Cells]) -> None:
        """The next rows."""
        ...

    def close(self, *, truncated: bool) -> None:
        """The end of the file. The sink stays open."""
        ...


def write_file(
    sink: BinaryIO, format_: Format, columns: Sequence[Column], rows: Iterable[Cells], *, limit: int
) -> Written:
    """Write up to `limit` rows. Raises BadRequest when the file becomes too large."""
    names = [column.name for column in columns]
    if len(set(names)) < len(names):
        raise BadRequest(f"two columns have the same name: {', '.join(names)!s:.200}. Name them apart with AS.")
    writer = _WRITERS[format_](sink, columns)
    left: Iterator[Cells] = iter(rows)
    count = 0
    while batch := list(islice(left, min(ROWS_AT_ONCE, limit - count))):
        writer.write(batch)
        count += len(batch)
        if sink.tell() > MOST_BYTES:
            raise BadRequest(f"the file has more than {MOST_BYTES // 1024**3} GB. Ask for fewer rows or columns.")
    truncated = next(left, None) is not None
    writer.close(truncated=truncated)
    return Written(count, truncated)


def table_of(rows: Sequence[Mapping[str, Any]]) -> tuple[list[Column], list[Cells]]:
    """Rows that name their cells, as columns and cells: each column in the kind that all its values have.

    >>> table_of([{"step": 1, "rate": 1}, {"step": 2, "rate": 0.5, "name": "x"}])[0][1]
    Column(name='rate', kind='number')
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = [Column(name, _kind([row.get(name) for row in rows])) for name in names]
    return columns, [[row.get(name) for name in names] for row in rows]


def _kind(values: Sequence[Any]) -> CellKind:
    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return "boolean"
    if kinds == {int}:
        return "integer"
    if kinds and kinds <= {int, float}:
        return "number"
    return "json" if kinds & {list, dict} else "text"


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return msgspec.json.encode(value).decode()


class _CsvWriter:
    def __init__(self, sink: BinaryIO, columns: Sequence[Column]) -> None:
        self._sink = sink
        self._kinds = [column.kind for column in columns]
        self._put([[harmless(column.name) for column in columns]])

    def write(self, rows: Sequence[Cells]) -> None:
        self._put([[_csv_cell(value, kind) for value, kind in zip(row, self._kinds, strict=True)] for row in rows])

    def close(self, *, truncated: bool) -> None:
        """A CSV file has no end of its own."""

    def _put(self, rows: Iterable[Cells]) -> None:
        text = io.StringIO()
        csv.writer(text, lineterminator="\r\n").writerows(rows)
        self._sink.write(text.getvalue().encode())


def _csv_cell(value: Any, kind: CellKind) -> Any:
    if value is None:
        return ""
    if kind in ("integer", "unsigned", "number", "exact"):
        return value
    return harmless(_text(value))


class _JsonWriter:
    """One object: columns, rows as arrays, and last whether there were more."""

    def __init__(self, sink: BinaryIO, columns: Sequence[Column]) -> None:
        self._sink = sink
        self._between = b"\n"
        self._sink.write(b'{"columns":' + msgspec.json.encode(list(columns)) + b',"rows":[')

    def write(self, rows: Sequence[Cells]) -> None:
        for row in rows:
            self._sink.write(self._between + msgspec.json.encode(row))
            self._between = b",\n"

    def close(self, *, truncated: bool) -> None:
        self._sink.write(b'\n],"truncated":' + (b"true" if truncated else b"false") + b"}\n")


class _ParquetWriter:
    def __init__(self, sink: BinaryIO, columns: Sequence[Column]) -> None:
        self._schema = pa.schema([(column.name, _ARROW[column.kind]) for column in columns])
        self._writer = parquet.ParquetWriter(pa.PythonFile(sink, mode="w"), self._schema)

    def write(self, rows: Sequence[Cells]) -> None:
        arrays = [
            pa.array([_arrow_cell(row[place], field.type) for row in rows], type=field.type)
            for place, field in enumerate(self._schema)
        ]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))

    def close(self, *, truncated: bool) -> None:
        self._writer.close()


def _arrow_cell(value: Any, type_: pa.DataType) -> Any:
    return _text(value) if value is not None and pa.types.is_string(type_) else value


_WRITERS: dict[Format, type[_CsvWriter] | type[_JsonWriter] | type[_ParquetWriter]] = {
    "csv": _CsvWriter,
    "json": _JsonWriter,
    "parquet": _ParquetWriter,
}
