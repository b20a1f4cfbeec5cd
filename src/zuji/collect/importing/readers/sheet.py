"""Spreadsheets: one sheet of a workbook, whose first row names the columns. Needs the extra `excel`."""

from __future__ import annotations

import importlib
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl

from zuji.collect.importing.chunk import ROWS, Bad, Chunk
from zuji.collect.importing.files import MOST_INFLATED, BadFile
from zuji.collect.importing.mapping import Mapping

MOST_UNPACKED = 1 << 30


class SheetReader:
    """A sheet by its name, or the first one. Workbooks hold at most a million rows, so one is read whole."""

    def __init__(self, path: Path, mapping: Mapping, *, cap: int = MOST_INFLATED) -> None:
        _check_size(path, cap)
        rows = iter(_opened(path, mapping.sheet).to_python(skip_empty_area=False))
        first = [_as_text(value) for value in next(rows, [])] if mapping.header else []
        self._rows = rows
        self._start = 1
        named = tuple((name or "").strip() or f"column_{place}" for place, name in enumerate(first, start=1))
        self._columns = mapping.columns or named
        if not self._columns:
            raise BadFile(f"{path} has no header. Name its `columns` in the mapping.")

    @property
    def columns(self) -> tuple[str, ...]:
        """See Reader."""
        return self._columns

    def chunks(self) -> Iterator[Chunk]:
        """See Reader."""
        width = len(self._columns)
        while some := list(islice(self._rows, ROWS)):
            good: list[list[str | None]] = []
            numbers: list[int] = []
            broken: list[Bad] = []
            for number, row in enumerate(some, start=self._start):
                cells = [_as_text(value) for value in row]
                if any(cells[width:]) or len(cells) < width:
                    placed = dict(zip(self._columns, cells, strict=False))
                    rest = ",".join(cell or "" for cell in cells[width:])
                    broken.append(Bad(number, "wrong_columns", f"{len(cells)} cells, {width} columns", placed, rest))
                elif any(cells):
                    good.append(cells[:width])
                    numbers.append(number)
            self._start += len(some)
            frame = pl.DataFrame(good, schema=dict.fromkeys(self._columns, pl.String), orient="row")
            yield Chunk(frame, numbers, tuple(broken))


def _opened(path: Path, sheet: str) -> Any:
    try:
        calamine = importlib.import_module("python_calamine")
    except ImportError as missing:
        raise BadFile("spreadsheets need one more package: pip install 'zuji[excel]'. Or save as CSV.") from missing
    try:
        book = calamine.load_workbook(str(path))
        names = list(book.sheet_names)
    except Exception as damage:  # the package has an error of its own for every format
        raise BadFile(f"{path} is no workbook that can be read: {damage}.") from damage
    if not names or (sheet and sheet not in names):
        raise BadFile(f"{path} has no sheet {sheet!r}. It has: {', '.join(names)}.")
    return book.get_sheet_by_name(sheet or names[0])


def _check_size(path: Path, cap: int) -> None:
    """A workbook is an archive too."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
        if size > min(cap, MOST_UNPACKED):
            raise BadFile(f"{path} inflates to {size:,} bytes; a workbook may have {MOST_UNPACKED:,}. Save it as CSV.")


def _as_text(value: object) -> str | None:
    """What the cell shows. Workbooks know one kind of number: 5 is stored as 5.0."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date | time | timedelta):
        return str(value)
    return None if value is None else str(value)
