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

from zuji.store.statement import Statement

MILLIONTHS = 6
PLACES = 20
_WIDE = Context(prec=500)
_INT64 = 2**63 - 1


def sum_numbers(statement: Statement, source: str, *, figures: str, somebody: str) -> str:
    """Add steps that sum up the column `number` (Nullable(Float64)) for each `who`; gives the name of the last one.

    It has the columns who, millionths, exact (see `read_sums`) and these other figures. `somebody` is the condition of
    the rows to look at. A double below 1e8 has at most 15 digits when it is whole in millionths, so it is the decimal
    that was written.
    """
    decimal = f"toDecimal256OrZero(toString(assumeNotNull(number)), {PLACES})"
    statement.step(
        "told",
        f"""
SELECT *,
    abs(number) < 1e8 AND round(number * 1e6) / 1e6 = number AS is_plain,
    NOT is_plain AND abs(number) < 1e45 AS is_fine,
    isFinite(number) AND abs(number) >= 1e45 AS is_huge
FROM {source}
WHERE {somebody}""",
    )
    return statement.step(
        "summed",
        f"""
SELECT who, {figures},
    sum(toInt128(if(is_plain, toInt64(round(number * 1e6)), 0))) AS whole,
    sumIf(if(is_fine, {decimal}, toDecimal256(0, {PLACES})), is_fine) AS fine,
    sumIf(assumeNotNull(number), is_huge) AS huge,
    fine = 0 AND huge = 0 AND abs(whole) < 9e18 AS fits,
    toInt64(if(fits, whole, 0)) AS millionths,
    if(fits, '', concat(toString(whole), ' ', toString(fine), ' ', toString(huge))) AS exact
FROM told
GROUP BY who""",
    )


def sum_amounts(statement: Statement, source: str, *, figures: str, somebody: str) -> str:
    """The same of a column `number` of type Nullable(Decimal(18, 6)): what the engine adds up is exact already.

    It adds up decimals of 38 digits, whose bits are those of the whole number of millionths.
    """
    return statement.step(
        "summed",
        f"""
SELECT who, {figures},
    reinterpret(ifNull(sum(number), toDecimal128(0, {MILLIONTHS})), 'Int128') AS whole,
    abs(whole) < 9e18 AS fits,
    toInt64(if(fits, whole, 0)) AS millionths,
    if(fits, '', concat(toString(whole), ' 0 0')) AS exact
FROM {source}
WHERE {somebody}
GROUP BY who""",
    )


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
    whole, fine, huge = (Decimal(part) for part in exact.split(" "))
    return sum(
        int(_WIDE.scaleb(part, places))
        for part, places in ((whole, PLACES - MILLIONTHS), (fine, PLACES), (huge, PLACES))
    )
