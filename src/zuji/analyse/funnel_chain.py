"""The attempt that counts, where steps come in order: one pass over everybody's events, a step at a time, no loop.

Let `latest[d]` at an instant be the latest start of a chain of d steps that ends there. A later start is never worse:
its window reaches further. So the chain of d + 1 steps that ends at an instant begins at the greatest `latest[d]` among
the instants before it, if the window still holds; and the greatest so far is a running maximum over the whole log,
because clocks grow from person to person and a window never reaches from one into the next. The way back, from the
last step to the first, always takes the latest instant with the same start: there is one, and it is what is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from zuji.analyse.funnel_fences import Fence, Fenced, fenced
from zuji.analyse.funnel_instants import Bools, Instants, Rows, instants_of
from zuji.analyse.funnel_log import NOT_THERE, Ints

NO_START: Final = -1


@dataclass(frozen=True, slots=True)
class Rules:
    """What is asked of every attempt; times are milliseconds."""

    steps: int
    range_ms: int
    """The first event lies before this."""
    window_ms: int
    time_bits: int
    increasing: bool = False
    same_event: bool = False

    @property
    def low(self) -> np.int64:
        """The bits of a clock that are time."""
        return np.int64((1 << self.time_bits) - 1)


@dataclass(frozen=True, slots=True)
class Found:
    """The attempt that counts of each thread that has one. `rows` are places in the log, NOT_THERE beyond its depth."""

    thread: Ints
    depth: Ints
    rows: Ints


@dataclass(slots=True)
class _Depth:
    """What the way there left behind at one depth, for the way back."""

    latest: Ints
    """By instant: the latest start of a chain that ends here."""
    leaving: Ints
    """The same for chains that may go on from here (see funnel_fences.py)."""
    entering: Ints
    """By instant: the latest start of a chain that ends before it and may go on to it."""
    leaders: Ints
    """The instants at which the greatest start so far is reached (again): where chains that go on have come from."""
    fence: Fenced | None


def chained(rows: Rows, rules: Rules, fences: Sequence[Fence] = ()) -> Found:
    """The attempt that counts for every thread."""
    instants = instants_of(rows, steps=rules.steps, increasing=rules.increasing, same_event=rules.same_event)
    depths = _forward(instants, rules, fences)
    thread, depth, instant = _deepest(instants, depths, rules)
    return Found(thread, depth, rows.in_log(_Way(instants, depths, rules, depth, instant).back()))


def _forward(instants: Instants, rules: Rules, fences: Sequence[Fence]) -> list[_Depth]:
    """Depth 0 and all that are reached."""
    in_range = (instants.clock & rules.low) < rules.range_ms
    begun = np.where(in_range, instants.clock, NO_START)
    depths = [_Depth(begun[:0], begun[:0], begun, begun[:0], None)]
    for step in range(rules.steps):
        latest = _latest(instants, depths, step)
        if not np.any(latest >= 0):
            break
        depths.append(_left_behind(instants, depths, latest, rules, fences))
    return depths


def _latest(instants: Instants, depths: Sequence[_Depth], step: int) -> Ints:
    """By instant the latest start of a chain that does this step there; `depths` are those before."""
    has = instants.has(step)
    latest = np.where(has, depths[step].entering, NO_START)
    if step and instants.flows is not None:
        through = np.flatnonzero(has & instants.flows)
        latest[through] = np.maximum(latest[through], depths[step].latest[through])
    if step and len(instants.knotted):
        lowest = instants.knot_entries[:, step]
        for low in range(step):
            able = instants.knotted[lowest <= low]
            latest[able] = np.maximum(latest[able], depths[low].entering[able])
    return latest


def _left_behind(
    instants: Instants, depths: Sequence[_Depth], latest: Ints, rules: Rules, fences: Sequence[Fence]
) -> _Depth:
    """What later instants and the way back need to know about a depth."""
    depth = len(depths)
    if depth == rules.steps:
        return _Depth(latest, latest, latest[:0], latest[:0], None)
    fence = fenced(instants, fences, depth, rules.time_bits)
    leaving = latest if fence is None else _may_leave(instants, depths, latest, fence)
    entering = np.full(len(latest), NO_START, dtype=np.int64)
    if fence is None:
        greatest = np.maximum.accumulate(leaving)
        entering[1:] = greatest[:-1]
        known = leaving
    else:
        # Starts are compared within a pen: what is behind a fence is out of reach, however late it began.
        floor = fence.pen << rules.time_bits
        known = np.where(leaving >= 0, floor | (leaving & rules.low), NO_START)
        greatest = np.maximum.accumulate(known)
        thread = instants.clock & ~rules.low
        reached = np.where(greatest >= floor, thread | (greatest & rules.low), NO_START)
        entering[1:] = np.where(fence.open[1:], reached[:-1], NO_START)
    np.copyto(entering, NO_START, where=instants.clock - entering > rules.window_ms)
    leaders = np.flatnonzero((known == greatest) & (known >= 0))
    return _Depth(latest, leaving, entering, leaders, fence)


def _may_leave(instants: Instants, depths: Sequence[_Depth], latest: Ints, fence: Fenced) -> Ints:
    """Where an exclusion lies, only chains that entered the instant early enough go on."""
    leaving, depth = latest.copy(), len(depths)
    leaving[fence.stopped] = NO_START
    for most in range(depth - 1):
        at = fence.stopped[fence.most == most]
        if instants.flows is not None:
            wanted = np.int64((1 << depth) - (1 << most + 1))
            through = at[instants.flows[at] & ((instants.marks[at] & wanted) == wanted)]
            leaving[through] = depths[most + 1].latest[through]
        for place in np.flatnonzero(np.isin(instants.knotted, at)):
            instant = instants.knotted[place]
            ways = range(int(instants.knot_entries[place, depth - 1]), most + 1)
            leaving[instant] = max((depths[low].entering[instant] for low in ways), default=NO_START)
    return leaving


def _deepest(instants: Instants, depths: Sequence[_Depth], rules: Rules) -> tuple[Ints, Ints, Ints]:
    """Each thread's greatest depth, and the first instant at which it is reached."""
    threads: list[Ints] = []
    places: list[Ints] = []
    for depth in range(len(depths) - 1, 0, -1):
        there = np.flatnonzero(depths[depth].latest >= 0)
        thread = instants.clock[there] >> rules.time_bits
        first = np.ones(len(there), dtype=np.bool_)
        np.not_equal(thread[1:], thread[:-1], out=first[1:])
        threads.append(thread[first])
        places.append(there[first])
    depth_of = np.repeat(np.arange(len(depths) - 1, 0, -1), [len(one) for one in threads])
    every = np.concatenate([*threads, np.empty(0, dtype=np.int64)])
    thread, which = np.unique(every, return_index=True)  # the first one met: the deepest
    return thread, depth_of[which], np.concatenate([*places, np.empty(0, dtype=np.int64)])[which]


class _Way:
    """The way back from the last step to the first, for all threads at once.

    `depth`, `instant` and `most` say where each thread is: this deep, at this instant, which it must have entered with
    at most so many steps done.
    """

    def __init__(self, instants: Instants, depths: Sequence[_Depth], rules: Rules, depth: Ints, instant: Ints) -> None:
        self._instants, self._depths = instants, depths
        self._depth, self._instant, self._most = depth.copy(), instant.copy(), depth - 1
        latest = np.zeros(len(depth), dtype=np.int64)
        for one in range(1, len(depths)):
            latest[depth == one] = depths[one].latest[instant[depth == one]]
        self._start = latest
        self._rows = np.full((len(depth), rules.steps), NOT_THERE, dtype=np.int64)

    def back(self) -> Ints:
        """The rows of every thread's attempt, step by step."""
        for depth in range(len(self._depths) - 1, 0, -1):
            here = np.flatnonzero(self._depth == depth)
            if len(self._instants.knotted):
                knotted = self._instants.is_knotted[self._instant[here]]
                for thread in here[knotted]:
                    self._untie(int(thread), depth)
                here = here[~knotted]
            self._step(here, depth)
        return self._rows

    def _step(self, threads: Ints, depth: int) -> None:
        """One step back for threads at instants without knots."""
        at = self._instant[threads]
        self._rows[threads, depth - 1] = self._instants.highest(at, depth - 1)
        self._depth[threads] = depth - 1
        if depth > 1:
            leaves = ~self._stays(threads, at, depth - 1)
            self._leave(threads[leaves], depth - 1)

    def _stays(self, threads: Ints, at: Ints, depth: int) -> Bools:
        """Who did the step before at the same instant: all who can."""
        if self._instants.flows is None:
            return np.zeros(len(threads), dtype=np.bool_)
        must = self._most[threads] < depth
        can = self._depths[depth].latest[at] == self._start[threads]
        stays: Bools = self._instants.flows[at] & (must | can)
        return stays

    def _leave(self, threads: Ints, depth: int) -> None:
        """Go to the latest instant before from which the chain has come, this deep."""
        left = self._depths[depth]
        self._instant[threads] = left.leaders[np.searchsorted(left.leaders, self._instant[threads]) - 1]
        self._most[threads] = depth - 1
        if left.fence is not None and len(left.fence.stopped):
            place = np.searchsorted(left.fence.stopped, self._instant[threads])
            place[place == len(left.fence.stopped)] = 0
            stopped = left.fence.stopped[place] == self._instant[threads]
            self._most[threads[stopped]] = left.fence.most[place[stopped]]

    def _untie(self, thread: int, depth: int) -> None:
        """Several steps back at once, where events fill steps in more than one way."""
        instant, start = int(self._instant[thread]), self._start[thread]
        ways = range(min(depth, int(self._most[thread]) + 1))
        allowed = sum(1 << low for low in ways if self._depths[low].entering[instant] == start)
        rows, enters = self._instants.filling(instant, depth, allowed)
        self._rows[thread, enters:depth] = rows[::-1]
        self._depth[thread] = enters
        if enters:
            self._leave(np.array([thread]), enters)
