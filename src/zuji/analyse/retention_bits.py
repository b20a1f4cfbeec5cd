"""Who came back, where that is all that is asked: a person is two numbers, and the answer a product of matrices.

The periods of somebody's targets are the bits of one number, those of their returns the bits of another. Written as
rows of zeros and ones, a row per person, they are two matrices; the first turned on its side, times the second, says
for every two periods how many people had a target in the one and a return in the other. Nobody's periods are joined
with one another, which is what took most of the time.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from zuji.analyse.reading import Reading
from zuji.analyse.retention_question import Cohorts, Retention
from zuji.analyse.retention_steps import add_matched
from zuji.analyse.settled import Settled
from zuji.store.statement import Statement

_BITS = 64
_AT_ONCE = 65_536
"""Rows multiplied at a time: 64 doubles each are 32 MB a matrix."""

Bits = NDArray[np.uint64]


def bits_tell(question: Retention, cohorts: Cohorts) -> bool:
    """Whether the answer follows from the periods alone, and these fit: one bit each, and one for the time before."""
    plain = question.min_occurrences == 1 and not question.cumulative and question.measure is None
    return plain and len(cohorts.periods) < _BITS


def totals_of_bits(settled: Settled[Retention], reading: Reading, cohorts: Cohorts) -> pa.Table:
    """(cohort, grp, in_column, people), as `retention_steps.totals_sql` has it."""
    statement = Statement(settled)
    add_matched(statement, settled, cohorts, {}, None, which="(target OR returning)")
    bit = "bitShiftLeft(toUInt64(1), period)"
    statement.step(
        "by_person",
        f"SELECT who, groupBitOrIf({bit}, target) AS targets, groupBitOrIf({bit}, returning) AS returns\n"
        "FROM matched\nGROUP BY who\nHAVING targets != 0",
    )
    query = "SELECT targets, returns, count() AS people FROM by_person GROUP BY targets, returns"
    table = reading.table(statement.query(query))
    targets, returns, people = (table[name].to_numpy() for name in ("targets", "returns", "people"))
    if settled.question.mode == "first_time":
        targets = targets & (~targets + np.uint64(1))  # the lowest bit alone
    return _by_cell(_together(targets, returns, people), _together(targets, targets, people), cohorts)


def _together(ones: Bits, others: Bits, people: NDArray[np.uint64]) -> NDArray[np.int64]:
    """For every two bits how many people have the first of them in `ones` and the second in `others`."""
    found = np.zeros((_BITS, _BITS), np.int64)
    for start in range(0, len(ones), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        # Doubles, because a row may stand for many people; they are exact up to 2^53.
        weighted = _spread(ones[part]).astype(np.float64) * people[part, np.newaxis].astype(np.float64)
        found += (weighted.T @ _spread(others[part]).astype(np.float64)).astype(np.int64)
    return found


def _spread(bits: Bits) -> NDArray[np.uint8]:
    """A row for every number, its bits from the lowest on."""
    octets = bits.astype("<u8").view(np.uint8).reshape(-1, 8)
    return np.unpackbits(octets, axis=1, bitorder="little")


def _by_cell(came: NDArray[np.int64], aimed: NDArray[np.int64], cohorts: Cohorts) -> pa.Table:
    """A row for every column of every cohort; in the first column are all who are in the cohort."""
    last = len(cohorts.periods)
    rows = [
        (cohort, column, int(came[cohort, cohort + column] if column else aimed[cohort, cohort]))
        for cohort in range(1, cohorts.rows + 1)
        for column in range(min(cohorts.columns, last - cohort + 1))
    ]
    cohort, column, people = (np.array(part, np.int64) for part in zip(*rows, strict=True))
    return pa.table({"cohort": cohort, "grp": np.zeros_like(cohort), "in_column": column, "people": people})
