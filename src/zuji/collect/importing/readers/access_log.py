"""Access logs in the common and the combined format, as web servers write them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from zuji.collect.importing.chunk import Bad, Chunk
from zuji.collect.importing.files import MOST_INFLATED
from zuji.collect.importing.mapping import Mapping
from zuji.collect.importing.presets import ACCESS_LOG_COLUMNS, ACCESS_LOG_LINE
from zuji.collect.importing.readers.lines import read_lines


class AccessLogReader:
    """A request a row."""

    def __init__(self, path: Path, mapping: Mapping, *, cap: int = MOST_INFLATED) -> None:
        self._path, self._encoding, self._cap = path, mapping.encoding, cap

    @property
    def columns(self) -> tuple[str, ...]:
        """See Reader."""
        return ACCESS_LOG_COLUMNS

    def chunks(self) -> Iterator[Chunk]:
        """See Reader."""
        for lines in read_lines(self._path, encoding=self._encoding, cap=self._cap):
            texts = pl.Series("content", lines.texts, dtype=pl.String)
            groups = texts.str.extract_groups(ACCESS_LOG_LINE.pattern).struct.unnest()
            good = groups["status"].is_not_null()
            numbers = pl.Series(lines.numbers, dtype=pl.Int64)
            broken = tuple(
                Bad(lines.numbers[place], "wrong_columns", "no line of an access log", {}, lines.texts[place])
                for place in (~good).arg_true().to_list()
            )
            frame = groups.filter(good).select(_nothing_where_dashes(column) for column in ACCESS_LOG_COLUMNS)
            yield Chunk(frame, numbers.filter(good).to_list(), broken, texts.filter(good))


def _nothing_where_dashes(column: str) -> pl.Expr:
    """A dash stands for nothing. An agent that says nothing is an agent still: its visitor is told by the address."""
    if column == "agent":
        return pl.col(column).fill_null("-")
    return pl.when(pl.col(column) != "-").then(pl.col(column))
