"""A column of which few values differ: the distinct values, and for each row the number of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Coded:
    """Row `r` holds `values[codes[r]]`. What is costly is then done once per distinct value and not once per row."""

    values: Sequence[Any]
    codes: Codes


def codes_of(numbers: Sequence[int]) -> Codes:
    """Numbers of values as an array."""
    return np.array(numbers, dtype=np.uint32)
