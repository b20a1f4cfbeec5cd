"""Scores of recency, frequency and value, and the groups named after them: pure, over columns of people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from zuji.analyse.exact_sums import Sums

Whole = NDArray[np.int64]
Naming = Literal["ten", "eight"]

TEN = (
    "champions",
    "loyal",
    "potential_loyalist",
    "new",
    "promising",
    "need_attention",
    "about_to_sleep",
    "cannot_lose",
    "at_risk",
    "hibernating",
)
EIGHT = tuple("_".join(parts) for parts in product(("high", "low"), repeat=3))
NAMES: dict[Naming, tuple[str, ...]] = {"ten": TEN, "eight": EIGHT}
_BY_RECENCY = {
    1: ("hibernating", "hibernating", "at_risk", "at_risk", "cannot_lose"),
    2: ("hibernating", "hibernating", "at_risk", "at_risk", "cannot_lose"),
    3: ("about_to_sleep", "about_to_sleep", "need_attention", "loyal", "loyal"),
    4: ("promising", "potential_loyalist", "potential_loyalist", "loyal", "loyal"),
    5: ("new", "potential_loyalist", "potential_loyalist", "champions", "champions"),
}
"""The group by a recency score of 1 to 5 and, from left to right, a frequency score of 1 to 5."""
_PLACES = np.array([[TEN.index(name) for name in row] for row in _BY_RECENCY.values()], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Figures:
    """What everybody did, a place in each column per person; recency in whole days."""

    recency: Whole
    frequency: Whole
    value: Sums

    def __len__(self) -> int:
        return len(self.recency)


@dataclass(frozen=True, slots=True)
class Scores:
    """1 is the worst."""

    recency: Whole
    frequency: Whole
    value: Whole

    @property
    def columns(self) -> tuple[Whole, Whole, Whole]:
        """The three, in the order in which they are named."""
        return self.recency, self.frequency, self.value


@dataclass(frozen=True, slots=True)
class Bounds:
    """Own bounds in place of quantiles, for any of the three."""

    recency: Sequence[float] | None
    frequency: Sequence[float] | None
    value: Sequence[float] | None


def scores_of(figures: Figures, bins: int, bounds: Bounds) -> Scores:
    """Everybody's three scores. Equal figures have equal scores.

    >>> def figures(*days):
    ...     ones = np.ones(len(days), dtype=np.int64)
    ...     return Figures(np.array(days), ones, Sums(ones, 0))
    >>> scores_of(figures(9, 9, 2, 0), 2, Bounds(None, None, None)).recency.tolist()
    [1, 1, 2, 2]
    """
    recency, frequency = figures.recency, figures.frequency
    return Scores(
        by_quantile(-recency, bins)
        if bounds.recency is None
        else bins - np.searchsorted(np.array(bounds.recency), recency, side="left"),
        by_quantile(frequency, bins)
        if bounds.frequency is None
        else 1 + np.searchsorted(np.array(bounds.frequency), frequency, side="right"),
        by_quantile(figures.value.units, bins)
        if bounds.value is None
        else 1 + figures.value.bounds_reached(bounds.value),
    )


def by_quantile(figures: NDArray[Any], bins: int) -> Whole:
    """1 + floor(bins x the share of people with less)."""
    if not len(figures):
        return np.zeros(0, dtype=np.int64)
    order = np.argsort(figures)
    in_order = figures[order]
    firsts = np.flatnonzero(np.concatenate(([True], in_order[1:] != in_order[:-1])))
    worse = np.empty(len(figures), np.int64)
    worse[order] = np.repeat(firsts, np.diff(np.append(firsts, len(figures))))
    return 1 + bins * worse // len(figures)


def groups_of(scores: Scores, bins: int, naming: Naming) -> Whole:
    """The place of everybody's group among `NAMES`."""
    if naming == "ten":
        recency, frequency = (-(-5 * score // bins) for score in (scores.recency, scores.frequency))
        return _PLACES[recency - 1, frequency - 1]
    # Low is 1 and not 0: the names begin with high.
    lows = [score * len(score) <= score.sum() for score in scores.columns]
    places: Whole = (lows[0] * 4 + lows[1] * 2 + lows[2] * 1).astype(np.int64)
    return places
