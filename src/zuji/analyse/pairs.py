"""Pairs of events: each `to` takes the latest `from` before it that is still open. One pass over everybody at once.

That is how brackets pair, `from` being the opening one, with two twists. A `to` with nothing open stands for nothing.
And a `to` for which even the latest open `from` is too long ago takes none; but for all that come after it everything
then open is too long ago as well, so it may as well take it: pair like brackets first, and drop the long pairs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]
OPENS, CLOSES = 1, 2
"""What an event is; one that is both closes first, then opens."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Rows of the log: which `from`, and which `to` took it."""

    opened: Whole
    closed: Whole


def paired(person: Whole, marks: Whole) -> Pairs:
    """The pairs of everybody. Rows are ordered by person, a number that grows from 0, and in order for each.

    >>> paired(np.array([0, 0, 0, 1]), np.array([OPENS, OPENS, CLOSES, CLOSES]))
    Pairs(opened=array([1]), closed=array([2]))
    """
    if not len(person):
        return Pairs(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
    rows, opens = _brackets(marks)
    person = person[rows]
    level, taken = _levels(person, opens)
    # Among the brackets of one person and level opening and closing ones take turns: a pair are neighbours there.
    kept = np.flatnonzero(opens | taken)
    key = person[kept] * (int(level.max()) + 1) + level[kept]
    order = np.argsort(key, kind="stable")
    kept, key = kept[order], key[order]
    first = np.flatnonzero((key[1:] == key[:-1]) & opens[kept[:-1]])
    return Pairs(rows[kept[first]], rows[kept[first + 1]])


def _brackets(marks: Whole) -> tuple[Whole, Truths]:
    """The row of each bracket, and whether it opens: two of an event that is both."""
    both = marks == OPENS | CLOSES
    rows = np.repeat(np.arange(len(marks)), 1 + both)
    second = np.zeros(len(rows), dtype=bool)
    second[1:] = rows[1:] == rows[:-1]
    return rows, (marks[rows] == OPENS) | second


def _levels(person: Whole, opens: Truths) -> tuple[Whole, Truths]:
    """How many are open inside each bracket, itself included; and whether it closes one that is open.

    A sum of +1 and -1 says so, measured from the lowest point it had for that person: what lies below that was closed
    without being open.
    """
    change = np.where(opens, 1, -1)
    after = np.cumsum(change)
    before = after - change
    begins = np.ones(len(person), dtype=bool)
    begins[1:] = person[1:] != person[:-1]
    start = before[begins][np.cumsum(begins) - 1]
    # Each person lies lower than the one before by more than any sum: the running minimum begins anew with each.
    deeper = person * (2 * len(person) + 2)
    floor = np.minimum(np.minimum.accumulate(after - deeper) + deeper, start)
    floor_before = np.where(begins, start, np.roll(floor, 1))
    return np.where(opens, after - floor, before - floor_before), ~opens & (before > floor_before)
