"""Figures that no double holds: somebody may send a price of 1e308 twice, and their sum is no number any more."""

from __future__ import annotations

import math
from typing import Any


def finite(answer: Any) -> Any:
    """The answer with null for every figure that is infinite or no number: JSON knows neither.

    >>> finite({"total": float("inf"), "values": [1.5, float("nan"), 2]})
    {'total': None, 'values': [1.5, None, 2]}
    """
    if isinstance(answer, float):
        return float(answer) if math.isfinite(answer) else None  # numpy's floats are floats, but no JSON
    if isinstance(answer, dict):
        return {name: finite(value) for name, value in answer.items()}
    if isinstance(answer, list | tuple):
        return [finite(value) for value in answer]
    return answer
