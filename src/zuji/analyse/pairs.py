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
    """The pairs of everybody. Rows are ordered by person, given as a number, and in order for each.

    >>> paired(np.array([0, 0, 0, 1]), np.array([OPENS, OPENS, CLOSES, CLOSES]))
    Pairs(opened=array([1]), closed=array([2]))
    """
    if not len(person):
        return Pairs(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
    rows, opens = _brackets(marks)
    depth = np.cumsum(np.where(opens, 1, -1))
    # A bracket's level is the depth inside it. What closes nothing and what is never closed only move the levels of
    # all that follows, and among the brackets of one level a pair are still neighbours.
    level = depth + ~opens
    order = np.argsort(level, kind="stable")
    one, other = order[:-1], order[1:]
    pair = (level[one] == level[other]) & opens[one] & ~opens[other] & (person[rows[one]] == person[rows[other]])
    return Pairs(rows[one[pair]], rows[other[pair]])


def _brackets(marks: Whole) -> tuple[Whole, Truths]:
    """The row of each bracket, and whether it opens: two of an event that is both."""
    both = marks == OPENS | CLOSES
    rows = np.repeat(np.arange(len(marks)), 1 + both)
    second = np.zeros(len(rows), dtype=bool)
    second[1:] = rows[1:] == rows[:-1]
    return rows, (marks[rows] == OPENS) | second
