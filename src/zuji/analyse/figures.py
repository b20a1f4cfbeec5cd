"""Figures of people, each with how many people have it: bins, counts, averages and medians of them, by place.

A place is a row of an answer: a period, or a period of a group.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zuji.analyse.groups import bin_edges

Whole = NDArray[np.int64]
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bins:
    """Ranges of figures. Bounds that were asked for are open above, and below where there is something."""

    bounds: tuple[float, ...]
    is_open: bool
    has_lower: bool = False

    def __len__(self) -> int:
        return len(self.bounds) + self.has_lower if self.is_open else max(0, len(self.bounds) - 1)

    @property
    def document(self) -> list[dict[str, float | None]]:
        """The bins as an answer writes them; null is open."""
        ends = (*([None] if self.has_lower else []), *self.bounds, *([None] if self.is_open else []))
        return [{"from": ends[at], "to": ends[at + 1]} for at in range(len(self))]

    def index(self, figures: Numbers) -> Whole:
        """The bin of each figure. The last one is closed unless it is open above."""
        found = np.searchsorted(np.asarray(self.bounds), figures, side="right") - 1 + self.has_lower
        return np.minimum(found, len(self) - 1).astype(np.int64)


def bins_of(wanted: Any, figures: Numbers) -> Bins:
    """Bins from lower bounds, or so many of equal width between the least and the greatest figure."""
    if isinstance(wanted, tuple):
        return Bins(wanted, is_open=True, has_lower=bool((figures < wanted[0]).any()))
    if not len(figures):
        return Bins((), is_open=False)
    return Bins(bin_edges(float(figures.min()), float(figures.max()), wanted), is_open=False)


@dataclass(frozen=True, slots=True)
class Figures:
    """Different figures in order of place, then of figure; `weights`: how many people have each."""

    places: Whole
    values: Numbers
    weights: Whole

    @classmethod
    def of(cls, places: Whole, values: Numbers, weights: Whole) -> Figures:
        """The figures in any order."""
        order = np.lexsort((values, places))
        return cls(places[order], values[order], weights[order])

    def counts(self, bins: Bins, rows: int) -> Whole:
        """How many people fall into each bin: a row for every place."""
        if not len(bins):
            return np.zeros((rows, 0), dtype=np.int64)
        cells = self.places * len(bins) + bins.index(self.values)
        return _summed(cells, self.weights, rows * len(bins)).reshape(rows, len(bins))

    def people(self, rows: int) -> Whole:
        """How many people have a figure, for every place."""
        return _summed(self.places, self.weights, rows)

    def averages(self, rows: int) -> list[float | None]:
        """The mean figure, for every place; null of nobody."""
        sums = np.bincount(self.places, weights=self.values * self.weights, minlength=rows)
        return [total / count if count else None for total, count in zip(sums.tolist(), self.people(rows), strict=True)]

    def medians(self, rows: int) -> list[float | None]:
        """The median, for every place: the mean of the two in the middle; null of nobody."""
        people = self.people(rows)
        up_to = np.cumsum(self.weights)
        before = np.cumsum(people) - people
        last = max(0, len(self.values) - 1)
        low, high = (
            np.minimum(np.searchsorted(up_to, before + middle, side="right"), last)
            for middle in ((people - 1) // 2, people // 2)
        )
        if not len(self.values):
            return [None] * rows
        middles = self.values[low] + (self.values[high] - self.values[low]) / 2
        return [value if count else None for value, count in zip(middles.tolist(), people, strict=True)]


def _summed(places: Whole, weights: Whole, rows: int) -> Whole:
    """Whole numbers added up by place: as doubles they are exact up to 2^53, more than there are events."""
    return np.bincount(places, weights=weights, minlength=rows).astype(np.int64)
