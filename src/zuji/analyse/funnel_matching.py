"""Steps in any order, where an event may fill one of several: thread by thread, by matching events with steps.

Sets of events that can fill different steps have the exchange property (they are the independent sets of a matroid),
so taking events greedily from the last one back gives the attempt that has every step as late as it goes.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from zuji.analyse.funnel_chain import Found, Rules
from zuji.analyse.funnel_instants import Rows
from zuji.analyse.funnel_log import NOT_THERE, Ints


class Matching:
    """Events, and a step of its own for each."""

    def __init__(self, marks: Sequence[int]) -> None:
        self._marks = marks
        self._filler: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._filler)

    def takes(self, event: int) -> bool:
        """Take one more event, if the steps can be shared out so that it has one too."""
        return self._place(event, set())

    def _place(self, event: int, tried: set[int]) -> bool:
        free = self._marks[event]
        step = 0
        while free >> step:
            if free >> step & 1 and step not in tried:
                tried.add(step)
                if step not in self._filler or self._place(self._filler[step], tried):
                    self._filler[step] = event
                    return True
            step += 1
        return False


@dataclass(frozen=True, slots=True)
class Thread:
    """One thread's events. `ahead` is what its clocks are ahead of those of its person."""

    clocks: list[int]
    marks: list[int]
    ahead: int

    @classmethod
    def of(cls, rows: Rows, low: int, high: int) -> Thread:
        """The rows from `low` to below `high`."""
        clocks = rows.clock[low:high].tolist()
        return cls(clocks, rows.marks[low:high].tolist(), clocks[0] - int(rows.real[low]))


@dataclass(frozen=True, slots=True)
class Best:
    """The attempts that come first so far: the depth, when they end, and when they start at the latest."""

    depth: int
    end: int
    start: int

    @property
    def preference(self) -> tuple[int, int, int]:
        """Smaller is better."""
        return -self.depth, self.end, -self.start


def matched(rows: Rows, rules: Rules, excluding: Ints) -> Found:
    """The attempt that counts for every thread."""
    begin = np.flatnonzero(np.diff(rows.clock >> rules.time_bits, prepend=-1)).tolist()
    threads: list[int] = []
    attempts: list[list[int]] = []
    forbidden = excluding.tolist()
    for low, high in pairwise([*begin, len(rows.clock)]):
        thread = Thread.of(rows, low, high)
        attempt = _attempt(thread, rules, forbidden)
        if attempt:
            threads.append(thread.clocks[0] >> rules.time_bits)
            attempts.append([low + event for event in attempt])
    found = np.full((len(attempts), rules.steps), NOT_THERE, dtype=np.int64)
    for place, attempt in enumerate(attempts):
        found[place, : len(attempt)] = attempt
    depth = np.array([len(attempt) for attempt in attempts], dtype=np.int64)
    return Found(np.array(threads, dtype=np.int64), depth, rows.in_log(found))


def _attempt(thread: Thread, rules: Rules, forbidden: list[int]) -> list[int]:
    """The attempt that counts, its events in order; none where there is no attempt."""
    low = int(rules.low)
    starts = sorted({clock for clock in thread.clocks if clock & low < rules.range_ms})
    candidates = [best for start in starts for best in _from(thread, start, rules, forbidden)]
    if not candidates:
        return []
    return _latest(thread, min(candidates, key=lambda best: best.preference))


def _from(thread: Thread, start: int, rules: Rules, forbidden: list[int]) -> Iterator[Best]:
    """The best attempt that starts at this instant, unless it is void."""
    matching = Matching(thread.marks)
    deepest = None
    first = bisect_right(thread.clocks, start - 1)
    for event in range(first, bisect_right(thread.clocks, start + rules.window_ms)):
        if matching.takes(event):
            deepest = Best(len(matching), thread.clocks[event], start)
        if len(matching) == rules.steps:
            break
    if deepest is None:
        return
    until = deepest.end - 1 if deepest.depth == rules.steps else start + rules.window_ms - 1
    if not meets(forbidden, start - thread.ahead, until - thread.ahead):
        yield deepest


def meets(forbidden: list[int], after: int, until: int) -> bool:
    """Whether an excluding event comes later than the one moment and not later than the other."""
    return bisect_right(forbidden, until) > bisect_right(forbidden, after)


def _latest(thread: Thread, best: Best) -> list[int]:
    """Of the attempts of this depth, start and end the one with each step as late as possible, from the last back."""
    end = bisect_right(thread.clocks, best.end)
    found: list[list[int]] = []
    first = bisect_right(thread.clocks, best.start - 1)
    for beginning in range(first, bisect_right(thread.clocks, best.start)):
        matching = Matching(thread.marks)
        if not matching.takes(beginning):
            continue
        taken = [
            event for event in range(end - 1, beginning, -1) if len(matching) < best.depth and matching.takes(event)
        ]
        if len(taken) + 1 == best.depth:
            found.append([*taken, beginning])
    return sorted(max(found))
