"""What a batch shows of each kind of event: how many, which properties, of which types. Counted by shape, not by row.

Types and examples come from a few rows of each kind: who changes a type changes it in all rows, and the next batch
brings the next few.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from zuji.clean.sheet import Shape, Sheet
from zuji.store.learned_plan import EventKey

SAMPLES = 8
"""Rows of each kind of event that are looked at in a batch."""
LIVE_MS = 5 * 60_000
"""What happened longer ago is history that is being loaded: it says nothing about the rhythm of its source."""

_TYPES: dict[type, str] = {
    str: "text",
    bool: "boolean",
    int: "integer",
    float: "number",
    dict: "object",
    list: "list",
    type(None): "null",
}


class Shown(msgspec.Struct):
    """A property in a batch: in how many events, and the sampled values with their types."""

    events: int = 0
    types: list[str] = []
    values: list[Any] = []


class Shaped(NamedTuple):
    """Events of a kind whose properties have the same names: how many, and the id of the first."""

    shape: Shape
    events: int
    first: str


class Observed(msgspec.Struct):
    """A kind of event in a batch."""

    key: EventKey
    events: int = 0
    is_live: bool = False
    properties: dict[str, Shown] = {}
    shapes: list[Shaped] = []


def type_name(value: Any) -> str:
    """What the plan calls the type of a JSON value.

    >>> type_name(1), type_name(True), type_name("x"), type_name(None)
    ('integer', 'boolean', 'text', 'null')
    """
    return _TYPES.get(type(value), "number")


def observe(sheet: Sheet) -> list[Observed]:
    """What the rows that stand show."""
    sorts, own = sheet.sorts
    standing = _standing(sheet, own)
    if not len(standing):
        return []
    counts = np.bincount(own[standing], minlength=len(sorts)).tolist()
    found: dict[EventKey, Observed] = {}
    numbers: dict[EventKey, list[int]] = {}
    rows_of = _Rows(own, standing, counts)
    for number, (sort, count) in enumerate(zip(sorts, counts, strict=True)):
        if not count:
            continue
        key = EventKey(sort.source.workspace, sort.source.id, sort.kind)
        kind = found.get(key) or found.setdefault(key, Observed(key))
        kind.events += count
        kind.shapes.append(Shaped(sort.shape, count, sheet.messages[rows_of.first(number)].message_id))
        numbers.setdefault(key, []).append(number)
        for name in sort.shape:
            (kind.properties.get(name) or kind.properties.setdefault(name, Shown())).events += count
    for key, kind in found.items():
        for row in islice(rows_of.samples(numbers[key]), SAMPLES):
            kind.is_live = kind.is_live or abs(sheet.now_ms - int(sheet.occurred_at[row])) < LIVE_MS
            _look_at(kind, sheet.properties[row])
    return list(found.values())


def _look_at(kind: Observed, properties: dict[str, Any]) -> None:
    for name, value in properties.items():
        shown = kind.properties.get(name)
        if shown is not None:  # a step may have given it a name that the shape has not
            shown.types.append(type_name(value))
            shown.values.append(value)


def _standing(sheet: Sheet, own: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    if not sheet.rejections:
        return np.arange(len(own))
    return np.array([number for number, _ in sheet.standing()], dtype=np.intp)


class _Rows:
    """Finds rows of each sort: the rows ordered by sort, and where each sort begins."""

    def __init__(self, own: npt.NDArray[np.intp], standing: npt.NDArray[np.intp], counts: list[int]) -> None:
        # Stable sorting of 16-bit numbers takes one pass per byte.
        few = own[standing].astype(np.uint16 if len(counts) < 2**16 else np.uint32)
        self._ordered = standing[np.argsort(few, kind="stable")]
        self._counts = counts
        self._starts = np.concatenate(([0], np.cumsum(counts)[:-1])).tolist()

    def first(self, sort: int) -> int:
        """The first row of a sort that has any."""
        return int(self._ordered[self._starts[sort]])

    def samples(self, sorts: list[int]) -> Iterator[int]:
        """Rows of these sorts, of each as many as there is room for, spread over the batch."""
        of_each = max(1, SAMPLES // len(sorts))
        for sort in sorts:
            count, start = self._counts[sort], self._starts[sort]
            for part in range(min(of_each, count)):
                yield int(self._ordered[start + part * count // of_each if count > of_each else start + part])
