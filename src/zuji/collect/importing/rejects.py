"""The file of rejects: rows that could not be imported, with the reason, to be mended and imported again.

It is a CSV that spreadsheets open. A cell that begins with = + - or @ would be run there as a formula, so it gets an
apostrophe in front, which the way back takes off again.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl

from zuji.collect.importing.chunk import Bad, Chunk
from zuji.collect.importing.files import MOST_INFLATED, BadFile
from zuji.collect.importing.mapping import Mapping
from zuji.collect.importing.readers.delimited import DelimitedReader

MARKS = ("zuji_import", "zuji_row", "zuji_reason", "zuji_detail", "zuji_rest")
"""The first columns of such a file. The rest is what fitted no column; a row that is mended has none."""

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_ESCAPED = r"^'+[=+\-@\t\r]"


def escaped(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula.

    >>> escaped("=1+1"), escaped("'=1+1"), escaped("plain")
    ("'=1+1", "''=1+1", 'plain')
    """
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unescaped(text: pl.Expr) -> pl.Expr:
    """The inverse of `escaped`, on a column."""
    return pl.when(text.str.contains(_ESCAPED)).then(text.str.slice(1)).otherwise(text)


class RejectsWriter:
    """Adds to a file of rejects. `size` is how long it is: a resumed import cuts it there and goes on."""

    def __init__(self, path: Path, columns: tuple[str, ...], *, import_id: str, size: int) -> None:
        self._columns, self._import_id = columns, import_id
        self._file = path.open("a+", encoding="utf-8", newline="")
        self._file.truncate(size)
        self._csv = csv.writer(self._file)
        if size == 0:
            self._csv.writerow([*MARKS, *map(escaped, columns)])
        self.size = self._flushed()

    def add(self, rows: Iterable[Bad]) -> None:
        """Write rows down."""
        for bad in rows:
            marks = (self._import_id, str(bad.number), bad.reason, escaped(bad.detail), escaped(bad.rest))
            self._csv.writerow([*marks, *(escaped(bad.cells.get(column) or "") for column in self._columns)])
        self.size = self._flushed()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _flushed(self) -> int:
        self._file.flush()
        return self._file.seek(0, 2)


class RejectsReader:
    """Reads a mended file of rejects, whatever the file they came from looked like."""

    def __init__(self, path: Path, mapping: Mapping, *, cap: int = MOST_INFLATED) -> None:
        self._table = DelimitedReader(path, _plain(mapping), cap=cap)
        if self._table.columns[: len(MARKS)] != MARKS:
            raise BadFile(f"{path} is no file of rejects: its first columns are not {', '.join(MARKS)}.")
        written = self._table.columns[len(MARKS) :]
        self._columns = tuple(name[1:] if re.match(_ESCAPED, name) else name for name in written)

    @property
    def columns(self) -> tuple[str, ...]:
        """See Reader."""
        return self._columns

    def chunks(self) -> Iterator[Chunk]:
        """See Reader."""
        for chunk in self._table.chunks():
            marks = chunk.frame.select(MARKS)
            cells = chunk.frame.select(
                unescaped(pl.col(written)).alias(name)
                for written, name in zip(self._table.columns[len(MARKS) :], self._columns, strict=True)
            )
            numbers = list(chunk.numbers)
            left = marks["zuji_rest"] != ""
            broken = [*chunk.broken, *_not_mended(marks, cells, numbers, left)]
            known_as = marks.select(pl.concat_str("zuji_import", pl.lit(":"), "zuji_row").alias("id"))["id"]
            kept = [number for number, out in zip(numbers, left.to_list(), strict=True) if not out]
            yield Chunk(cells.filter(~left), kept, tuple(broken), known_as=known_as.filter(~left))


def is_rejects_file(path: Path) -> bool:
    """Whether a file begins as a file of rejects does."""
    with path.open("rb") as file:
        return file.read(200).removeprefix(b"\xef\xbb\xbf").startswith(",".join(MARKS).encode())


def _not_mended(marks: pl.DataFrame, cells: pl.DataFrame, numbers: list[int], left: pl.Series) -> Iterator[Bad]:
    for row in left.arg_true().to_list():
        rest = marks["zuji_rest"][row]
        yield Bad(numbers[row], "wrong_columns", "zuji_rest is not empty: put it where it belongs",
                  cells.row(row, named=True), rest)  # fmt: skip


def _plain(mapping: Mapping) -> Mapping:
    """How a file of rejects is written, with the cells of the mapping it belongs to."""
    return Mapping(identifiers=mapping.identifiers, event=mapping.event)
