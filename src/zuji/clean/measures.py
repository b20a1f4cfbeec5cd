"""The numbers in properties, gathered by name over all rows: what ranges and outliers look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from zuji.clean.sheet import Sheet, Sort

Numbers = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]


class Measure(NamedTuple):
    """One property: the rows that have it, and its number in each (NaN where it is none)."""

    name: str
    rows: Rows
    numbers: Numbers


def measures_of(sheet: Sheet, is_wanted: Callable[[Sort, str], bool]) -> Iterator[Measure]:
    """The properties that are wanted in at least one sort of rows, over all rows that have them."""
    sorts, own = sheet.sorts
    holders: dict[str, list[int]] = {}
    wanted: set[str] = set()
    for number, sort in enumerate(sorts):
        for name in sort.shape:
            holders.setdefault(name, []).append(number)
            if name not in wanted and is_wanted(sort, name):
                wanted.add(name)
    for name in holders:
        if name in wanted:
            rows = _rows_with(own, holders[name], len(sorts))
            yield Measure(name, rows, numbers_of(_values(sheet.properties, name, rows, len(sheet.rows))))


def numbers_of(values: Sequence[Any]) -> Numbers:
    """A column of whatever clients sent, as numbers: texts that are numbers count, all else is NaN.

    >>> numbers_of([1, "2.5", None, [3]]).tolist()
    [1.0, 2.5, nan, nan]
    """
    try:
        numbers = np.array(values, dtype=np.float64)
        if numbers.ndim == 1:  # lists of equal lengths would make a table
            return numbers
    except (TypeError, ValueError, OverflowError):
        pass
    return np.array([number_of(value) for value in values], dtype=np.float64)


def number_of(value: object) -> float:
    """One value as a number, NaN when it is none."""
    if not isinstance(value, int | float | str):
        return np.nan
    try:
        return float(value)
    except (ValueError, OverflowError):
        return np.nan


def _rows_with(own: Rows, numbers: list[int], sorts: int) -> Rows:
    if len(numbers) == sorts:
        return np.arange(len(own), dtype=np.intp)
    has = np.zeros(sorts, dtype=np.bool_)
    has[numbers] = True
    return np.flatnonzero(has[own])


def _values(properties: Sequence[Mapping[str, Any]], name: str, rows: Rows, count: int) -> list[Any]:
    if len(rows) == count:
        return [row[name] for row in properties]
    return [properties[row][name] for row in rows.tolist()]
