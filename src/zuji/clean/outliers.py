"""Numbers far from what is usual, by robust statistics that are learnt per source, kind of event and property.

What is usual is learnt as a histogram whose buckets are a tenth apart (linear below a hundredth), so that prices of
cents and of millions fit in 701 counters. A number is an outlier when it lies more than `strength` robust standard
deviations from the median (1.4826 times the median deviation, on that logarithmic scale), is at least three times off,
and fewer than one in two hundred of the learnt numbers lie so far out: what is usual at the edge is no outlier.
A batch is judged by what was learnt before it. The newest numbers count more: at 50,000 all counters are halved.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from zuji.clean.measures import Measure, Numbers
from zuji.clean.rule_book import Outlier
from zuji.clean.rulings import Rulings
from zuji.clean.sheet import Sheet, Sort
from zuji.store.rule_memory import Key, Note

Counts = npt.NDArray[np.int32]
Buckets = npt.NDArray[np.int64]

UNIT = 0.01
GROWTH = math.log(1.1)
HALF = 350  # (1.1 ** 350) / 100 is 3e12, more than an amount can be
THREE_TIMES = math.log(3) / GROWTH
RARE = 1 / 200
MOST_LEARNT = 50_000
ANEW = 1.1
"""The bounds are worked out again, and what was learnt is written down, whenever it has grown by a tenth."""


class Usual(NamedTuple):
    """What was learnt of a property: how many numbers, in which buckets; and the bounds drawn when there were `drawn`
    of them, with that strength.
    """

    total: int = 0
    drawn: int = 0
    strength: float = 0.0
    low: float = -math.inf
    high: float = math.inf
    counts: bytes = b""

    def counted(self) -> Counts:
        """The counters as an array."""
        return np.frombuffer(self.counts or bytes(4 * (2 * HALF + 1)), dtype=np.int32)

    def with_bounds(self, strength: float) -> Usual:
        """The same with bounds that are not out of date."""
        if self.total < self.drawn * ANEW and strength == self.strength:
            return self
        low, high = bounds_of(self.counted(), strength)
        return Usual(self.total, self.total, strength, low, high, self.counts)

    def and_of(self, buckets: Buckets) -> Usual:
        """What is usual after these numbers too."""
        counts = self.counted() + np.bincount(buckets, minlength=2 * HALF + 1).astype(np.int32)
        total, drawn = self.total + len(buckets), self.drawn
        if total > MOST_LEARNT:
            counts = counts // 2
            total, drawn = int(counts.sum()), 0
        return Usual(total, drawn, self.strength, self.low, self.high, counts.tobytes())


def judge_outliers(sheet: Sheet, rulings: Rulings, measure: Measure) -> None:
    """Flag the numbers of one property that are far from usual, then learn from all of them."""
    sorts, own = sheet.sorts
    usable = np.isfinite(measure.numbers)
    if not usable.any():
        return
    rows = measure.rows[usable]
    buckets = buckets_of(measure.numbers[usable])
    of_row = own[rows]
    first = int(of_row[0])
    if (of_row == first).all():
        _judge_sort(sheet, rulings, sorts[first], measure.name, rows, buckets)
        return
    order = np.argsort(of_row, kind="stable")
    cuts = np.flatnonzero(np.diff(of_row[order])) + 1
    for part in np.split(order, cuts):
        _judge_sort(sheet, rulings, sorts[int(of_row[part[0]])], measure.name, rows[part], buckets[part])


def buckets_of(numbers: Numbers) -> Buckets:
    """The bucket of each number; the middle one holds nothing and next to nothing.

    >>> (buckets_of(np.array([0.0, 10.0, 11.0, -10.0])) - HALF).tolist()
    [0, 72, 73, -72]
    """
    logarithms = np.minimum(np.log1p(np.abs(numbers) * (1 / UNIT)) * (1 / GROWTH), HALF)
    return np.rint(np.copysign(logarithms, numbers)).astype(np.int64) + HALF


def bounds_of(counts: Counts, strength: float) -> tuple[float, float]:
    """The lowest and the highest bucket that are still usual."""
    total = int(counts.sum())
    if not total:
        return -math.inf, math.inf
    below = np.cumsum(counts)
    median = int(np.searchsorted(below, total / 2))
    distances = np.abs(np.arange(len(counts)) - median)
    folded = np.bincount(distances, weights=counts)
    deviation = float(np.searchsorted(np.cumsum(folded), total / 2))
    # More than half the numbers equal: the median deviation is 0, and the mean one tells how the others spread.
    spread = 1.4826 * deviation or 1.2533 * float((folded * np.arange(len(folded))).sum()) / total
    reach = max(strength * spread, THREE_TIMES)
    rare_above = int(np.argmax(total - below <= total * RARE))
    rare_below = int(np.argmax(below > total * RARE))
    return min(median - reach, rare_below), max(median + reach, rare_above)


def _judge_sort(
    sheet: Sheet, rulings: Rulings, sort: Sort, name: str, rows: npt.NDArray[np.intp], buckets: Buckets
) -> None:
    rule = rulings.book_of(sort.first).rules.outlier
    if rule.action == "off" or name in rule.leave_out:
        return
    source, memory = sort.source, sheet.facts.memory
    key = Key("outlier", source.workspace, f"{source.id}\0{sort.kind}\0{name}")
    held = memory.get(key)
    usual = Usual() if held is None else Usual(*held)
    if usual.total >= rule.learnt:
        usual = usual.with_bounds(rule.strength)
        _strike(sheet, rulings, rule, name, rows[(buckets < usual.low) | (buckets > usual.high)])
    before, usual = usual, usual.and_of(buckets)
    memory.put(key, Note(tuple(usual), source.id, sheet.now_ms), stored=_is_worth_storing(before, usual))


def _is_worth_storing(before: Usual, after: Usual) -> bool:
    """Written down whenever it has grown by a tenth of a power of two or so: a kill loses less than a tenth of it."""
    if after.total < before.total:
        return True
    return not before.total or int(math.log(before.total, ANEW)) != int(math.log(after.total, ANEW))


def _strike(sheet: Sheet, rulings: Rulings, rule: Outlier, name: str, rows: npt.NDArray[np.intp]) -> None:
    for row in rows.tolist():
        value = sheet.properties[row].get(name)
        rulings.strike(row, "outlier", f"outlier:{name}", f"{name} is {value!r:.60}, far from what is usual")
