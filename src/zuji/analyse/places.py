"""Which period of an answer a moment lies in, as SQL: the number of the period, from 0."""

from __future__ import annotations

from itertools import pairwise

from zuji.analyse.seen import AT
from zuji.store.statement import Statement
from zuji.terms.period import Periods


def place_sql(statement: Statement, periods: Periods, at: str = AT) -> str:
    """The number (UInt16) of the period that holds a moment (SQL, milliseconds); it must not be before the first.

    Periods of one length need a division only; months, and days among which a clock changes, are looked up.
    """
    if len(periods) == 1:
        return "toUInt16(0)"
    lengths = {end - start for start, end in pairwise(periods.bounds)}
    if len(lengths) == 1:
        first, length = statement.integer(periods.bounds[0]), statement.integer(lengths.pop())
        return f"toUInt16(intDiv({at} - {first}, {length}))"
    starts = statement.integers(periods.starts)
    places = statement.bind(list(range(len(periods))), "Array(UInt16)")
    return f"transform(roundDown({at}, {starts}), {starts}, {places}, toUInt16(0))"
