"""The events of a funnel taken together by instant: what happened to one person at one millisecond."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from zuji.analyse.funnel_log import NOT_THERE, Ints, Marks
from zuji.analyse.funnel_ties import Rule, entries, filling, trimmed

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Rows:
    """The events that attempts are made of, by thread, then in order.

    A thread is what may be chained: the events of one person, or those of them with one value of something. Its number
    is in the high bits of `clock` as a person's is in `real`; without threads the two are one. `row` is the place in
    the log.
    """

    clock: Ints
    marks: Marks
    row: Ints
    real: Ints

    def only(self, which: Ints | Bools) -> Rows:
        """Some of them."""
        return Rows(self.clock[which], self.marks[which], self.row[which], self.real[which])

    def in_log(self, places: Ints) -> Ints:
        """Places among these rows as places in the log; NOT_THERE stays."""
        return np.append(self.row, NOT_THERE)[places]


@dataclass(frozen=True)
class Instants:
    """All rows of one thread at one time, as one. Instant i has the rows from `begin[i]` to below `begin[i + 1]`.

    Where one flows, each of its steps has an event of its own (or its one event may fill several): steps in a row are
    passed at once. Where one is `knotted`, see funnel_ties.py.
    """

    rows: Rows
    begin: Ints
    clock: Ints
    real: Ints
    marks: Marks
    flows: Bools | None
    """None: nowhere."""
    knotted: Ints
    rule: Rule
    steps: int

    def __len__(self) -> int:
        return len(self.clock)

    def has(self, step: int) -> Bools:
        """Which instants have an event for a step, counted from 0."""
        found: Bools = (self.marks & self.marks.dtype.type(1 << step)) != 0
        return found

    def highest(self, instants: Ints, step: int) -> Ints:
        """For each of these instants its last row that fills the step."""
        found, bit = self.begin[instants + 1] - 1, np.int64(1 << step)
        open_ = np.flatnonzero((self.rows.marks[found] & bit) == 0)
        while len(open_):
            found[open_] -= 1
            open_ = open_[(self.rows.marks[found[open_]] & bit) == 0]
        return found

    @cached_property
    def is_knotted(self) -> Bools:
        """Which instants are knotted."""
        found = np.zeros(len(self), dtype=np.bool_)
        found[self.knotted] = True
        return found

    @cached_property
    def knot_entries(self) -> Ints:
        """For every knotted instant and depth from 1 on: the least depth to come from (see funnel_ties.py)."""
        found = [entries(self._knot(int(instant))[0], self.rule, self.steps) for instant in self.knotted]
        return np.array(found, dtype=np.int64).reshape(len(found), self.steps)

    def filling(self, instant: int, depth: int, allowed: int) -> tuple[list[int], int]:
        """The rows that fill the steps of a knotted instant, the last step's first, and the depth before it."""
        marks, places = self._knot(instant)
        found = filling(marks, self.rule, depth, allowed)
        if found is None:
            raise RuntimeError(f"depth {depth} was reached from none of {allowed:b} by {marks}")
        return [int(self.begin[instant]) + places[one] for one in found.events], found.enters

    def _knot(self, instant: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        marks = tuple(self.rows.marks[self.begin[instant] : self.begin[instant + 1]].tolist())
        places = trimmed(marks, self.steps)
        return tuple(marks[place] for place in places), places


def instants_of(rows: Rows, *, steps: int, increasing: bool, same_event: bool) -> Instants:
    """Take the rows of every instant together."""
    rule: Rule = "one_step_each" if not same_event else "one_event" if increasing else "runs_of_steps"
    first = np.empty(len(rows.clock), dtype=np.bool_)
    first[:1] = True
    np.not_equal(rows.clock[1:], rows.clock[:-1], out=first[1:])
    starts = np.flatnonzero(first)
    begin = np.append(starts, len(rows.clock))
    if len(starts) == len(rows.clock):
        flows = np.ones(len(starts), dtype=np.bool_) if same_event else None
        return Instants(rows, begin, rows.clock, rows.real, rows.marks, flows, starts[:0], rule, steps)
    several = np.diff(begin) > 1
    marks, tangled = _taken_together(rows.marks, begin, several)
    flows = (several & ~tangled) if not increasing else np.zeros(len(starts), dtype=np.bool_)
    if same_event:
        flows |= ~several
    # One event at a time and one step each: nothing can be tangled.
    knotted = np.flatnonzero(tangled) if same_event or not increasing else starts[:0]
    return Instants(rows, begin, rows.clock[starts], rows.real[starts], marks, flows, knotted, rule, steps)


def _taken_together(marks: Marks, begin: Ints, several: Bools) -> tuple[Marks, Bools]:
    """The marks of each instant, and whether one of several events there fills several steps.

    Few instants have several events: only these are walked.
    """
    together, tangled = marks[begin[:-1]], np.zeros(len(several), dtype=np.bool_)
    places = np.flatnonzero(several)
    sizes = begin[places + 1] - begin[places]
    ends = np.cumsum(sizes)
    some = marks[np.arange(ends[-1]) + np.repeat(begin[places] - ends + sizes, sizes)]
    together[places] = np.bitwise_or.reduceat(some, ends - sizes)
    tangled[places] = np.logical_or.reduceat((some & (some - 1)) != 0, ends - sizes)
    return together, tangled
