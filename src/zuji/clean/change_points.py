"""Where the level of a series changes: the division into stretches that explains it best with the fewest changes.

Optimal partitioning (Jackson et al. 2005, "An algorithm for optimal partitioning of data on an interval"): the cost of
a stretch is the sum of squared distances from its mean, and every further stretch has to save more than a penalty.
PELT (Killick et al. 2012) finds the same division faster in long series; a year of days needs no pruning.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

SHORTEST = 2
"""Values in a stretch: one value far off is an outlier, two are a level."""
TO_DEVIATION = 1.4826
"""Times the median distance of normal values, this is their standard deviation."""
PARAMETERS = 3
"""A change costs as many as it adds: two levels for one, and where it is (Zhang and Siegmund 2007)."""

Series = npt.NDArray[np.float64]


def change_points(values: Sequence[float], *, penalty: float) -> list[int]:
    """The places at which a new stretch begins, ascending.

    >>> change_points([98, 97, 98, 98, 81, 80, 81], penalty=10)
    [4]
    """
    series = np.asarray(values, dtype=np.float64)
    count = len(series)
    if count < 2 * SHORTEST:
        return []
    series = series - series.mean()  # so that squares of large values lose nothing of small differences
    sums = np.concatenate(([0.0], np.cumsum(series)))
    squares = np.concatenate(([0.0], np.cumsum(series * series)))
    best = np.full(count + 1, np.inf)
    best[0] = -penalty
    begins = np.zeros(count + 1, dtype=np.intp)
    for end in range(SHORTEST, count + 1):
        starts = np.arange(0, end - SHORTEST + 1)
        lengths = end - starts
        costs = squares[end] - squares[starts] - (sums[end] - sums[starts]) ** 2 / lengths
        totals = best[starts] + costs + penalty
        begins[end] = starts[np.argmin(totals)]
        best[end] = totals[begins[end]]
    return _read_back(begins, count)


def usual_penalty(values: Sequence[float], *, least: float) -> float:
    """What a change has to save: by how much neighbours differ, whatever the levels are, and by the number of values.

    `least` is the deviation below which nothing is worth telling, in a series that hardly moves.
    """
    series = np.asarray(values, dtype=np.float64)
    if len(series) < 2:
        return 0.0
    apart = np.abs(np.diff(series)) / np.sqrt(2)  # the difference of two values varies twice as much as one
    deviation = max(TO_DEVIATION * float(np.median(apart)), least)
    return float(PARAMETERS * deviation**2 * np.log(len(series)))


def _read_back(begins: npt.NDArray[np.intp], count: int) -> list[int]:
    found: list[int] = []
    end = count
    while begins[end] > 0:
        end = int(begins[end])
        found.append(end)
    return found[::-1]
