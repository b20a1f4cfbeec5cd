"""Trips: a person's items, cut where a pause is too long, and the part of each that a question asks for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zuji.analyse.journeys import Ints, Journeys


@dataclass(frozen=True, slots=True)
class Trips:
    """Trips that count, one place in `person`, `first`, `lengths` and `goes_on` for each.

    The stops of a trip are `lengths` places of `item` and `at` from `first` on. `goes_on`: the step limit cut its end.
    """

    item: Ints
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

    item: Ints
    at: Ints
    person: Ints
    begins: Ints
    ends: Ints


def trips_of(journeys: Journeys, *, gap_ms: int, start: int | None, end: int | None, step_limit: int) -> Trips:
    """Cut journeys into trips, and each to what is asked for: from `start`, to `end`, so many steps."""
    whole = _cut(journeys, gap_ms)
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
    person = whole.person[whole.begins]
    return Trips(whole.item, whole.at, person[counts], first[counts], kept[counts], goes_on[counts], too_long)


def _cut(journeys: Journeys, gap_ms: int) -> _Whole:
    """Trips end with their person and at long pauses; pauses are measured before repeats in a row become one."""
    person, at, item = journeys.person, journeys.at, journeys.mark
    if not len(item):
        return _Whole(item, at, person, item, item)
    begins = np.ones(len(item), np.bool_)
    begins[1:] = (person[1:] != person[:-1]) | (at[1:] - at[:-1] > gap_ms)
    stops = begins.copy()
    stops[1:] |= item[1:] != item[:-1]
    starts = np.flatnonzero(begins[stops])
    return _Whole(item[stops], at[stops], person[stops], starts, np.append(starts[1:], np.count_nonzero(stops)))


def _next(item: Ints, wanted: int, first: Ints, last: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """The first place of an item in each stretch from `first` to before `last`, and whether there is one."""
    places = np.append(np.flatnonzero(item == wanted), len(item))
    found = places[np.searchsorted(places, np.minimum(first, len(item)))]
    return found, found < last
