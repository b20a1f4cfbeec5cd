"""Sums of numbers as they are written: 0.1 and 0.2 are 0.3, so that people with equal sums are equal.

Nearly every number is a whole number of millionths, and those are added up as integers. The others (0.1 + 0.2 as a
browser writes it) go as decimals with twenty places, and numbers beyond all money as doubles; both are rare, so what
they need is paid only where they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

MILLIONTHS = 6
PLACES = 20
_WIDE = Context(prec=500)
_INT64 = 2**63 - 1


def sum_sql(number: str) -> dict[str, str]:
    """Aggregates (name -> SQL) over a column of type Nullable(Float64), for `read_sums`.

    A double below 1e8 has at most 15 digits when it is whole in millionths, so it is the decimal that was written.
    """
    plain = f"(abs({number}) < 1e8 AND round({number} * 1e6) / 1e6 = {number})"
    fine = f"(NOT {plain} AND abs({number}) < 1e45)"
    huge = f"(isFinite({number}) AND abs({number}) >= 1e45)"
    decimal = f"toDecimal256OrZero(toString(assumeNotNull({number})), {PLACES})"
    return {
        "millionths": f"toInt64(if(abs({_whole(plain, number)} AS whole) < 9e18, whole, 0))",
        "exact": (
            f"if((sumIf(if({fine}, {decimal}, toDecimal256(0, {PLACES})), {fine}) AS fine) = 0 "
            f"AND (sumIf(assumeNotNull({number}), {huge}) AS huge) = 0 AND abs(whole) < 9e18, '', "
            "concat(toString(whole), ' ', toString(fine), ' ', toString(huge)))"
        ),
    }


def _whole(plain: str, number: str) -> str:
    return f"sum(toInt128(if({plain}, toInt64(round({number} * 1e6)), 0)))"


def decimal_sum_sql(number: str) -> dict[str, str]:
    """The same over a column of type Nullable(Decimal(18, 6)): what the engine adds up is exact already."""
    whole = f"toInt128(toDecimal256(ifNull(sum({number}), 0), {MILLIONTHS}) * 1000000)"
    return {
        "millionths": f"toInt64(if(abs({whole} AS whole) < 9e18, whole, 0))",
        "exact": "if(abs(whole) < 9e18, '', concat(toString(whole), ' 0 0'))",
    }


@dataclass(frozen=True, slots=True)
class Sums:
    """Everybody's sum as a whole number of units; 10**`places` units are 1. `units` are int64, or else Python's."""

    units: NDArray[Any]
    places: int

    def total(self) -> float:
        """All of them together."""
        if self.units.dtype == object:
            return float(Fraction(int(self.units.sum()), 10**self.places))
        high, low = self.units >> 32, self.units & 0xFFFFFFFF  # so that neither sum leaves 64 bits
        return float(Fraction((int(high.sum()) << 32) + int(low.sum()), 10**self.places))

    def where(self, chosen: NDArray[np.bool_]) -> Sums:
        """Those of some people."""
        return Sums(self.units[chosen], self.places)

    def values(self) -> list[float]:
        """The sums as numbers."""
        unit = 10**self.places
        return [float(Fraction(units, unit)) for units in self.units.tolist()]

    def bounds_reached(self, bounds: Sequence[float]) -> NDArray[np.int64]:
        """How many of these ascending bounds, as written, are not above each sum."""
        least = [-((-Fraction(repr(bound)) * 10**self.places) // 1) for bound in bounds]
        if self.units.dtype != object:
            least = [max(-_INT64, min(_INT64, bound)) for bound in least]
        found = np.searchsorted(np.array(least, dtype=self.units.dtype), self.units, side="right")
        return found.astype(np.int64)


def read_sums(table: pa.Table) -> Sums:
    """The sums in the columns `millionths` and `exact` of a table."""
    whole = table["millionths"].to_numpy()
    if not table.num_rows or not pc.max(pc.binary_length(table["exact"])).as_py():
        return Sums(whole, MILLIONTHS)
    rows = zip(whole.tolist(), table["exact"].to_pylist(), strict=True)
    units = np.empty(table.num_rows, dtype=object)
    units[:] = [_units(exact) if exact else millionths * 10 ** (PLACES - MILLIONTHS) for millionths, exact in rows]
    return Sums(units, PLACES)


def _units(exact: str) -> int:
    whole, fine, huge = exact.split(" ")
    return (
        int(whole) * 10 ** (PLACES - MILLIONTHS)
        + int(_WIDE.scaleb(Decimal(fine), PLACES))
        + int(_WIDE.scaleb(Decimal(huge), PLACES))
    )
