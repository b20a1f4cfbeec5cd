"""Tables as text: CSV, TSV and their kin, read in blocks by Arrow's parser; columns stay text."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import polars as pl
import pyarrow as pa
import pyarrow.csv as arrow_csv

from zuji.collect.importing.chunk import Bad, Chunk
from zuji.collect.importing.files import MOST_INFLATED, BadFile, as_utf8, open_file, squeezed
from zuji.collect.importing.mapping import WHITESPACE, Mapping

BLOCK_BYTES = 1 << 20
"""About 10,000 rows of a usual table; a single row may be nearly as long."""
LONGEST_BYTES = 64 << 20
LONGEST_HEADER = 1 << 20


class DelimitedReader:
    """A table in a text file.

    A row with too many or too few cells is handed on as broken and the rest is read, so that one bad line costs
    itself only. `fixed` are the columns of formats that have no header and always the same columns.
    """

    def __init__(self, path: Path, mapping: Mapping, *, cap: int = MOST_INFLATED, fixed: tuple[str, ...] = ()) -> None:
        self._path, self._mapping, self._cap = path, mapping, cap
        self._delimiter = "\t" if mapping.delimiter == WHITESPACE else mapping.delimiter
        with self._open() as stream:
            first = self._cells(stream.readline(LONGEST_HEADER).decode(errors="replace"))
        if not first:
            raise BadFile(f"{path} is empty.")
        self._header_lines = 1 if mapping.header and not fixed else 0
        self._columns = fixed or mapping.columns or _names_of(first, header=mapping.header)
        if len(set(self._columns)) != len(self._columns):
            raise BadFile(
                f"the header of {path} names a column twice. Set `columns` in the mapping to tell them apart."
            )

    @property
    def columns(self) -> tuple[str, ...]:
        """See Reader."""
        return self._columns

    def chunks(self) -> Iterator[Chunk]:
        """See Reader."""
        broken: deque[arrow_csv.InvalidRow] = deque()
        numbering = _Numbering()
        with self._open() as stream:
            for batch in self._batches(stream, broken):
                frame = pl.DataFrame(batch)
                numbers = numbering.rows(frame.height, {row.number - self._header_lines for row in tuple(broken)})
                yield Chunk(frame, numbers, tuple(self._passed(broken, numbering.next)))
        if broken:
            empty = pl.DataFrame(schema=dict.fromkeys(self._columns, pl.String))
            yield Chunk(empty, (), tuple(map(self._as_bad, broken)))

    def _passed(self, broken: deque[arrow_csv.InvalidRow], end: int) -> Iterator[Bad]:
        """The broken rows before this one. Arrow reads ahead, how far is chance: later ones wait for their chunk."""
        while broken and broken[0].number - self._header_lines < end:
            yield self._as_bad(broken.popleft())

    def _batches(self, stream: IO[bytes], broken: deque[arrow_csv.InvalidRow]) -> Iterator[pa.RecordBatch]:
        def set_aside(row: arrow_csv.InvalidRow) -> str:
            broken.append(row)
            return "skip"

        try:
            yield from arrow_csv.open_csv(
                pa.PythonFile(stream, mode="r"),
                # One thread: with more, Arrow does not count rows.
                read_options=arrow_csv.ReadOptions(
                    use_threads=False,
                    block_size=BLOCK_BYTES,
                    column_names=list(self._columns),
                    skip_rows=self._header_lines,
                ),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=self._delimiter,
                    quote_char=self._mapping.quote or False,
                    newlines_in_values=bool(self._mapping.quote),
                    invalid_row_handler=set_aside,
                ),
                convert_options=arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(self._columns, pa.string()), strings_can_be_null=False
                ),
            )
        except pa.ArrowInvalid as failure:
            if "Empty CSV" in str(failure):
                return
            raise BadFile(
                f"{self._path} could not be read further: {failure}. "
                'A quotation mark that is never closed does this; set `quote = ""` if quotes mean nothing there.'
            ) from failure

    def _open(self) -> IO[bytes]:
        stream = as_utf8(open_file(self._path, cap=self._cap), self._mapping.encoding)
        return squeezed(stream) if self._mapping.delimiter == WHITESPACE else stream

    def _as_bad(self, row: arrow_csv.InvalidRow) -> Bad:
        cells = self._cells(row.text)
        detail = f"{row.actual_columns} cells, the file has {row.expected_columns} columns"
        placed: dict[str, str | None] = dict(zip(self._columns, cells, strict=False))
        rest = self._delimiter.join(cells[len(self._columns) :])
        return Bad(row.number - self._header_lines, "wrong_columns", detail, placed, rest)

    def _cells(self, line: str) -> list[str]:
        text = line.rstrip("\r\n")
        if not self._mapping.quote:
            return text.split(self._delimiter) if text else []
        rows = csv.reader(io.StringIO(text), delimiter=self._delimiter, quotechar=self._mapping.quote)
        try:
            return next(rows, [])
        except csv.Error:
            return text.split(self._delimiter)


class _Numbering:
    """The numbers of good rows: Arrow numbers the broken ones and leaves the good ones to be counted."""

    def __init__(self) -> None:
        self.next = 1

    def rows(self, count: int, broken: set[int]) -> range | list[int]:
        """The numbers of the next so many good rows, if these are not."""
        start = self.next
        if not any(number >= start for number in broken):
            self.next += count
            return range(start, self.next)
        numbers: list[int] = []
        while len(numbers) < count:
            if self.next not in broken:
                numbers.append(self.next)
            self.next += 1
        return numbers


def _names_of(first: list[str], *, header: bool) -> tuple[str, ...]:
    """The names in the header; a column without one, or any column without a header, is named by its place."""
    return tuple(
        name.strip() if header and name.strip() else f"column_{place}" for place, name in enumerate(first, start=1)
    )
