"""From finished columns to the rows of the event table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from zuji.clean.coded import Coded
from zuji.clean.messages import STORED_AS
from zuji.clean.sheet import Sheet
from zuji.store.schema import EVENT_COLUMNS

_TIME = pl.Datetime("ms", "UTC")
_OTHER_TYPES: dict[str, pl.DataType] = {
    "position": pl.UInt64(),
    "occurred_at": _TIME,
    "received_at": _TIME,
    "flags": pl.UInt32(),
}
"""Columns that are not text."""
_LATER = ("region_code", "text_ref")
"""Regions are known where a policy says what tells them; texts kept apart are a step to come."""

Column = Sequence[Any] | npt.NDArray[Any]


def as_frame(sheet: Sheet) -> pl.DataFrame:
    """The rows that stand, with every column of the event table but the anchor."""
    columns = {**_of_messages(sheet), **sheet.columns, **_of_sheet(sheet)}
    coded = _gathered({**_of_requests(sheet), **sheet.coded, **_of_later_steps(sheet)})
    names = [name for name in EVENT_COLUMNS if name != "anchor"]
    frame = pl.DataFrame([coded[name] if name in coded else _series(name, columns[name]) for name in names])
    if not sheet.rejections:
        return frame
    return frame[[number for number, _ in sheet.standing()]]


def no_rows() -> pl.DataFrame:
    """The frame of a batch in which nothing is new."""
    return pl.DataFrame([_series(name, ()) for name in EVENT_COLUMNS if name != "anchor"])


def _of_requests(sheet: Sheet) -> dict[str, Coded]:
    """The columns that all rows of a request share."""
    columns: dict[str, Sequence[Any]] = {
        "workspace": [row.receipt.workspace for row in sheet.receipts],
        "received_at": [row.receipt.received_at for row in sheet.receipts],
        "source": [row.receipt.source for row in sheet.receipts],
        "channel": [row.source.channel for row in sheet.receipts],
        "key": [row.receipt.key for row in sheet.receipts],
    }
    return {name: Coded(values, sheet.receipt_codes) for name, values in columns.items()}


def _of_messages(sheet: Sheet) -> dict[str, Column]:
    rows = sheet.rows
    return {
        "position": [row.position for row in rows],
        "event_id": [row.message.message_id for row in rows],
        "type": [STORED_AS.get(row.message.type, "") for row in rows],
        "event": [row.message.event or row.message.type for row in rows],
    }


def _of_sheet(sheet: Sheet) -> dict[str, Column]:
    return {
        "occurred_at": sheet.occurred_at,
        "flags": sheet.flags,
        "flag_reason": sheet.flag_reasons,
        "group_id": _groups(sheet),
    }


def _groups(sheet: Sheet) -> Sequence[str]:
    if any(context.group_id for context in sheet.distinct_contexts):
        pairs = zip(sheet.rows, sheet.contexts, strict=True)
        return [row.message.group_id or context.group_id or "" for row, context in pairs]
    return [row.message.group_id for row in sheet.rows]


def _of_later_steps(sheet: Sheet) -> dict[str, Coded]:
    empty = Coded([""], np.zeros(len(sheet.rows), dtype=np.uint32))
    return {name: empty for name in _LATER if name not in sheet.columns}


def _series(name: str, values: Column) -> pl.Series:
    if name == "identifiers":
        return _pairs(values)
    if name == "purposes":
        return _lists(values)
    if name == "amount":
        return _decimals(name, values)
    if name in ("context", "properties"):
        return _texts(name, values)
    if name in ("occurred_at", "received_at"):
        return pl.Series(name, values, dtype=pl.Int64).cast(_TIME)
    if name in _OTHER_TYPES:
        return pl.Series(name, values, dtype=_OTHER_TYPES[name])
    return _strings(name, values)


def _gathered(columns: Mapping[str, Coded]) -> dict[str, pl.Series]:
    """Most columns of a batch hold one value throughout and need no look-ups.

    Looked up by index and not by `gather`, which plans a query for each column and asks other threads to carry it out:
    a tenth of the time, and no waiting for them.
    """
    found: dict[str, pl.Series] = {}
    indexes: dict[int, pl.Series] = {}
    for name, column in columns.items():
        first = column.values[0]
        if column.values.count(first) == len(column.values):
            one = _nothing(name) if first == "" else _series(name, column.values[:1])
            found[name] = one.new_from_index(0, len(column.codes))
            continue
        index = indexes.get(id(column.codes))
        if index is None:
            index = indexes[id(column.codes)] = pl.Series(column.codes)
        found[name] = _series(name, column.values)[index]
    return found


@lru_cache(maxsize=64)
def _nothing(name: str) -> pl.Series:
    """The empty text that fills a third of the columns of most batches."""
    return _series(name, ("",))


def _strings(name: str, values: Column) -> pl.Series:
    return pl.Series(name, values, dtype=pl.String)


def _texts(name: str, values: Column) -> pl.Series:
    """JSON as text. A part that nobody had to read may hold bytes that are no UTF-8."""
    try:
        return pl.Series(name, values, dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.ComputeError:
        return pl.Series(name, [value.decode(errors="replace") for value in values], dtype=pl.String)


def _decimals(name: str, millionths: Column) -> pl.Series:
    """From millionths, which are what a decimal with six digits behind the point consists of: 128 bits each.

    No value is converted, so this is thirty times as fast as from Python's decimals.
    """
    numbers = pl.Series(name, millionths, dtype=pl.Int64)
    low = (numbers.fill_null(0) if numbers.null_count() else numbers).to_numpy()
    words = np.stack((low, low >> 63), axis=1)
    decimals = pa.Array.from_buffers(pa.decimal128(18, 6), len(low), [None, pa.py_buffer(words.tobytes())])
    found = pl.Series(name, decimals)
    return found if not numbers.null_count() else found.set(numbers.is_null(), None)


def _pairs(rows: Column) -> pl.Series:
    """Lists of (type, value). Built from flat columns: pair by pair would take ten times as long."""
    flat = list(chain.from_iterable(rows))
    types = _arrow(pl.Series([each.type for each in flat], dtype=pl.String))
    values = _arrow(pl.Series([each.value for each in flat], dtype=pl.String))
    ends = pl.Series(np.cumsum([0, *map(len, rows)], dtype=np.int64))
    structs = pa.StructArray.from_arrays([types, values], names=["type", "value"])
    return pl.Series("identifiers", pa.LargeListArray.from_arrays(_arrow(ends), structs))


def _arrow(series: pl.Series) -> pa.Array:
    """Through Polars, because `pa.array` of a Python list imports pandas where it is installed: 0.3 s, 40 MB."""
    return series.to_arrow(compat_level=pl.CompatLevel.oldest())


def _lists(rows: Column) -> pl.Series:
    return pl.Series("purposes", [list(row) for row in rows], dtype=pl.List(pl.String))
