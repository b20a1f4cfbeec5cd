"""Whether the index of a source has fallen: of what came in of late, against what is usual for the source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from statistics import median
from typing import NamedTuple

from zuji.clean.quality import DIMENSIONS, Dimension, index, score

LEAST_CHECKED = 50
"""Of fewer, two more mistakes than usual would be four points of a dimension."""
LEAST_DAYS = 3
"""With fewer days nothing is usual yet."""
NEVER = 100.0
"""A fall of so many points never happens: there is always something that is right."""
MOST_EASE = 5.0

Figures = Mapping[str, tuple[int, int]]
"""Checked and wrong by dimension."""
Scores = Mapping[Dimension, float]


class Fall(NamedTuple):
    """The index of late and as it is usually (None: nothing is usual yet), and the dimension that costs it most."""

    now: float
    usual: float | None
    dimension: Dimension
    score: float
    usual_score: float | None


def is_enough(figures: Figures) -> bool:
    """Whether enough events were looked at for a figure to mean anything. Completeness counts fields, so it is no help.

    >>> is_enough({"completeness": (180, 0), "validity": (49, 0)}), is_enough({"validity": (50, 50)})
    (False, True)
    """
    return any(checked >= LEAST_CHECKED for name, (checked, _) in figures.items() if name != "completeness")


def usual_scores(days: Iterable[Figures]) -> Scores:
    """The median of the days by dimension, of days on which enough was looked at; nothing while these are too few."""
    known: dict[Dimension, list[float]] = {}
    for figures in days:
        for name, one in scores_of(figures).items():
            known.setdefault(name, []).append(one)
    return {name: median(held) for name, held in known.items() if len(held) >= LEAST_DAYS}


def scores_of(figures: Figures) -> Scores:
    """The scores of the dimensions of which enough was looked at."""
    found: dict[Dimension, float] = {}
    for name in DIMENSIONS:
        checked, wrong = figures.get(name, (0, 0))
        one = score(checked=checked, wrong=wrong) if checked >= LEAST_CHECKED else None
        if one is not None:
            found[name] = one
    return found


def is_off(points: float, floor: float) -> bool:
    """Whether nothing is ever a fall."""
    return points >= NEVER and floor <= 0


def eased(points: float, floor: float) -> tuple[float, float]:
    """By what a fall that was told still stands: half of the points, and as much above the floor. An index that hovers
    about its bound would otherwise fall again and again.

    >>> eased(5, 50), eased(100, 50), eased(5, 0), eased(40, 98)
    ((2.5, 52.5), (100, 55.0), (2.5, 0), (20.0, 99.0))
    """
    ease = min(points / 2, MOST_EASE, (100 - floor) / 2)
    return points if points >= NEVER else points / 2, floor if floor <= 0 else floor + ease


def fall_of(
    late: Figures, usual: Scores, *, weights: Mapping[Dimension, float], points: float, floor: float
) -> Fall | None:
    """The fall, if it is one: at least `points` below usual, or below `floor`.

    A dimension of which too little came in stands as it usually does: that others are missing is no fall. Before
    anything is usual only the floor holds.
    """
    now = scores_of(late)
    if usual:
        now = {name: now.get(name, one) for name, one in usual.items()}
    came, before = index(now, weights), index(usual, weights)
    if came is None:
        return None
    if came >= floor and (before is None or before - came < points):
        return None
    worst = max(now, key=lambda name: (weights[name] * (usual.get(name, 100.0) - now[name]), name))
    return Fall(came, before, worst, now[worst], usual.get(worst))
