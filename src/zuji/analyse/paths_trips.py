"""Trips: a person's items, cut where a pause is too long, and the part of each that a question asks for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zuji.analyse.journeys import Ints
from zuji.analyse.walks import Marks, Walks


@dataclass(frozen=True, slots=True)
class Trips:
    """Trips that count, one place in `person`, `first`, `lengths` and `goes_on` for each.

    The stops of a trip are `lengths` places of `item` and `at` from `first` on. `at` grows within a trip by
    milliseconds. `goes_on`: the step limit cut its end.
    """

    item: Marks
    at: Ints
    person: Ints
    first: Ints
    lengths: Ints
    goes_on: NDArray[np.bool_]
    too_long: int

    @property
    def people(self) -> int:
        """How many people have a trip; trips are in order of person."""
        return int(np.count_nonzero(self.person[1:] != self.person[:-1])) + (len(self.person) > 0)

    def at_step(self, step: int, item: int) -> NDArray[np.bool_]:
        """Which trips have this item at this step (from 1)."""
        there = self.lengths >= step
        there[there] = self.item[self.first[there] + step - 1] == item
        return there


@dataclass(frozen=True, slots=True)
class _Whole:
    """Whole trips: stops in a row, and where each trip begins and ends among them."""

    item: Marks
    at: Ints
    begins: Ints
    ends: Ints


def trips_of(walks: Walks, *, gap_ms: int, start: int | None, end: int | None, step_limit: int) -> Trips:
    """Cut walks into trips, and each to what is asked for: from `start`, to `end`, so many steps."""
    whole = _cut(walks, gap_ms)
    first, last = whole.begins, whole.ends
    counts = np.ones(len(first), np.bool_)
    if start is not None:
        first, counts = _next(whole.item, start, first, last)
    if end is not None:
        places, reached = _next(whole.item, end, first + (start is not None), last)
        last, counts = places + 1, counts & reached
    lengths = last - first
    too_long = 0
    if start is not None and end is not None:
        fits = lengths <= step_limit
        too_long = int(np.count_nonzero(counts & ~fits))
        counts &= fits
    elif end is not None:
        first = np.maximum(first, last - step_limit)
    goes_on = (lengths > step_limit) & (start is not None or end is None)
    kept = np.minimum(lengths, step_limit)
    person = whole.at[whole.begins[counts]] >> walks.time_bits
    return Trips(whole.item, whole.at, person, first[counts], kept[counts], goes_on[counts], too_long)


def _cut(walks: Walks, gap_ms: int) -> _Whole:
    """Trips end with their person and at long pauses; pauses are measured before repeats in a row become one."""
    item, at = walks.mark, walks.instant
    begins = np.ones(len(item), np.bool_)
    np.greater(at[1:] - at[:-1], gap_ms, out=begins[1:])
    stops = begins.copy()
    stops[1:] |= item[1:] != item[:-1]
    kept = np.flatnonzero(stops)
    starts = np.flatnonzero(begins[kept])
    return _Whole(item[kept], at[kept], starts, np.append(starts[1:], [len(kept)] * (len(starts) > 0)))


def _next(item: Marks, wanted: int, first: Ints, last: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """The first place of an item in each stretch from `first` to before `last`, and whether there is one."""
    here = item == wanted
    before = np.zeros(len(item) + 1, np.int64)
    np.cumsum(here, out=before[1:])
    places = np.append(np.flatnonzero(here), len(item))
    found = places[before[np.minimum(first, len(item))]]
    return found, found < last
