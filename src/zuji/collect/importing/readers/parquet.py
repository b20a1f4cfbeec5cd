"""Parquet: read a few thousand rows at a time, every column as the text it would have in a table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from zuji.collect.importing.chunk import ROWS, Chunk
from zuji.collect.importing.files import BadFile


class ParquetReader:
    """A Parquet file. Its times without a zone are wall clocks, as everywhere; those with one are UTC."""

    def __init__(self, path: Path) -> None:
        try:
            self._file = pq.ParquetFile(path)
        except pa.ArrowInvalid as damage:
            raise BadFile(f"{path} is no Parquet file: {damage}.") from damage
        self._path = path

    @property
    def columns(self) -> tuple[str, ...]:
        """See Reader."""
        return tuple(self._file.schema_arrow.names)

    def chunks(self) -> Iterator[Chunk]:
        """See Reader."""
        start = 1
        try:
            for batch in self._file.iter_batches(batch_size=ROWS):
                table = pl.DataFrame(batch)
                frame = table.select(as_text(table[name]) for name in table.columns)
                yield Chunk(frame, range(start, start + frame.height))
                start += frame.height
        except (pa.ArrowInvalid, OSError) as damage:
            raise BadFile(f"{self._path} is damaged behind row {start - 1}: {damage}.") from damage


def as_text(column: pl.Series) -> pl.Series:
    """Values as they would stand in a file of text.

    >>> as_text(pl.Series([1.5, None])).to_list(), as_text(pl.Series([[1, 2]])).to_list()
    (['1.5', None], ['[1,2]'])
    """
    kind = column.dtype
    if kind == pl.String:
        return column
    if isinstance(kind, pl.Datetime):
        if kind.time_zone is None:
            return column.dt.strftime("%Y-%m-%d %H:%M:%S%.f")
        return column.dt.convert_time_zone("UTC").dt.strftime("%Y-%m-%d %H:%M:%S%.fZ")
    if kind.is_nested() or kind == pl.Binary or kind == pl.Object:
        values = [None if value is None else _json(value) for value in column.to_list()]
        return pl.Series(column.name, values, dtype=pl.String)
    return column.cast(pl.String)


def _json(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return msgspec.json.encode(value).decode()
