"""The columns of a file with a few of their values, as a person needs them who says what each column means."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import msgspec
import polars as pl

from zuji.collect.importing.files import MOST_INFLATED, BadFile
from zuji.collect.importing.mapping import PRESET_FORMATS, WIRE_FORMATS, Cell, Mapping
from zuji.collect.importing.opening import open_reader
from zuji.collect.importing.readers.json_lines import columns_of

LOOKED_AT = 1_000
SHOWN = 5
LONGEST = 200
"""Characters of a value that are shown."""


class Column(NamedTuple):
    """A column: its first different values, and how many of the rows looked at have one."""

    name: str
    samples: list[str]
    filled: int
    rows: int


def columns_in(path: Path, mapping: Mapping, *, cap: int = MOST_INFLATED) -> list[Column]:
    """The columns of a file, read as the mapping says. None of a format whose fields are known."""
    if mapping.format in WIRE_FORMATS | PRESET_FORMATS:
        return []
    columns = mapping.columns
    if mapping.format == "json_lines":
        columns = columns_of(path, mapping.encoding)
    anybody = msgspec.structs.replace(mapping, identifiers={"user_id": Cell(constant="x")}, columns=columns)
    for chunk in open_reader(path, anybody, cap=cap).chunks():
        if chunk.frame.height:
            return [_column(one, mapping.missing) for one in chunk.frame.head(LOOKED_AT).get_columns()]
    raise BadFile(f"{path} holds no row that can be read.")


def _column(texts: pl.Series, missing: tuple[str, ...]) -> Column:
    there = texts.cast(pl.String).drop_nulls()
    there = there.filter(~there.is_in(list(missing)))
    samples = [text[:LONGEST] for text in there.unique(maintain_order=True).head(SHOWN).to_list()]
    return Column(texts.name, samples, len(there), len(texts))
