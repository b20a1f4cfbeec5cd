"""Figures of a list of numbers; None of nothing, unless they are sums."""

from __future__ import annotations

import math
from collections.abc import Sequence


def total(numbers: Sequence[float]) -> float:
    return math.fsum(numbers)


def mean(numbers: Sequence[float]) -> float | None:
    return math.fsum(numbers) / len(numbers) if numbers else None


def least(numbers: Sequence[float]) -> float | None:
    return min(numbers, default=None)


def greatest(numbers: Sequence[float]) -> float | None:
    return max(numbers, default=None)


def percentile(numbers: Sequence[float], percent: int) -> float | None:
    """Inclusive, with linear interpolation between the two neighbours."""
    if not numbers:
        return None
    ordered = sorted(numbers)
    below, rest = divmod((len(ordered) - 1) * percent, 100)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * rest / 100


def median(numbers: Sequence[float]) -> float | None:
    return percentile(numbers, 50)
