"""Steps in any order, where the event that happens at one place (the third, say) must be one of some.

This is what `attribution: step` asks of an unordered funnel. An attempt is then its first event, events before the one
at that place, that one, and events after it. For a first event and one at the place, greedy choice still works: which
events can come after, with enough others left to come before, again has the exchange property. All pairs are tried, so
this is for the few; a bound on the work refuses the rest.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from zuji.analyse.funnel_chain import Found, Rules
from zuji.analyse.funnel_instants import Bools, Rows
from zuji.analyse.funnel_log import NOT_THERE, Ints
from zuji.analyse.funnel_matching import Best, Matching, Thread, meets
from zuji.terms.error import BadQuestion

MOST_WORK = 5_000_000
"""Matchings that are tried for one question: about half a minute."""


@dataclass(slots=True)
class _Work:
    """What may still be done."""

    left: int

    def done(self, amount: int) -> None:
        """Some of it is done; raises BadQuestion when it was too much."""
        self.left -= amount
        if self.left < 0:
            raise BadQuestion(
                "attribution: step is too much work for an unordered funnel of so many events. "
                "Ask for a shorter range or window, or for first_touch, last_touch or all_events."
            )


@dataclass(frozen=True, slots=True)
class _Frame:
    """A first event and the event at the place, and what may come between and after them."""

    thread: Thread
    first: int
    at: int
    place: int

    def holds(self, after: list[int]) -> bool:
        """Whether these events after it leave enough before it."""
        matching = Matching(self.thread.marks)
        fixed = {self.first, self.at, *after}
        if not all(matching.takes(event) for event in fixed):
            return False
        return self._before(matching, self.at, len(fixed) + max(0, self.place - 2)) is not None

    def chosen(self, depth: int, end: int) -> list[int] | None:
        """The events of the attempt of this depth up to `end`, from the last back, each as late as possible."""
        after: list[int] = []
        for event in range(end - 1, self.at, -1):
            if len(after) < depth - self.place and self.holds([*after, event]):
                after.append(event)
        if len(after) < depth - self.place or not self.holds(after):
            return None
        matching = Matching(self.thread.marks)
        fixed = [*after, self.at] if self.at == self.first else [*after, self.at, self.first]
        for event in fixed:
            matching.takes(event)
        before = self._before(matching, self.at, depth)
        return None if before is None else [*after, *([self.at] if self.at != self.first else []), *before, self.first]

    def _before(self, matching: Matching, until: int, size: int) -> list[int] | None:
        """Take events between the first and `until`, the latest first, up to this size of the matching."""
        between = range(until - 1, self.first, -1)
        taken = [event for event in between if len(matching) < size and matching.takes(event)]
        return taken if len(matching) == size else None


def placed(rows: Rows, rules: Rules, excluding: Ints, place: int, fits: Bools) -> Found:
    """The attempt that counts for every thread, among those whose event at `place` (from 1) is one that fits."""
    begin = np.flatnonzero(np.diff(rows.clock >> rules.time_bits, prepend=-1)).tolist()
    threads: list[int] = []
    attempts: list[list[int]] = []
    forbidden, work = excluding.tolist(), _Work(MOST_WORK)
    for low, high in pairwise([*begin, len(rows.clock)]):
        thread = Thread.of(rows, low, high)
        fitting = [event for event, one in enumerate(fits[low:high].tolist()) if one]
        attempt = _attempt(thread, rules, forbidden, place, fitting, work)
        if attempt:
            threads.append(thread.clocks[0] >> rules.time_bits)
            attempts.append([low + event for event in attempt])
    found = np.full((len(attempts), rules.steps), NOT_THERE, dtype=np.int64)
    for number, attempt in enumerate(attempts):
        found[number, : len(attempt)] = attempt
    depth = np.array([len(attempt) for attempt in attempts], dtype=np.int64)
    return Found(np.array(threads, dtype=np.int64), depth, rows.in_log(found))


def _attempt(
    thread: Thread, rules: Rules, forbidden: list[int], place: int, fitting: list[int], work: _Work
) -> list[int]:
    """The attempt that counts, its events in order; none where there is no attempt."""
    candidates = [
        (best, frame)
        for frame in _frames(thread, rules, place, fitting)
        if (best := _deepest(frame, rules, forbidden, work)) is not None
    ]
    if not candidates:
        return []
    wanted = min(best.preference for best, _ in candidates)
    best = next(best for best, _ in candidates if best.preference == wanted)
    end = bisect_right(thread.clocks, best.end)
    ways = [frame.chosen(best.depth, end) for one, frame in candidates if one.preference == wanted]
    return sorted(max(way for way in ways if way is not None))


def _frames(thread: Thread, rules: Rules, place: int, fitting: list[int]) -> Iterator[_Frame]:
    for first, clock in enumerate(thread.clocks):
        if clock & int(rules.low) >= rules.range_ms:
            continue
        for at in fitting:
            if thread.clocks[at] - clock <= rules.window_ms and (at == first if place == 1 else at > first):
                yield _Frame(thread, first, at, place)


def _deepest(frame: _Frame, rules: Rules, forbidden: list[int], work: _Work) -> Best | None:
    """The deepest attempt of a frame, complete as early as possible, unless it is void."""
    thread, start = frame.thread, frame.thread.clocks[frame.first]
    work.done(1)
    if not frame.holds([]):
        return None
    after: list[int] = []
    for event in range(frame.at + 1, bisect_right(thread.clocks, start + rules.window_ms)):
        if frame.place + len(after) == rules.steps:
            break
        work.done(1)
        if frame.holds([*after, event]):
            after.append(event)
    depth, end = frame.place + len(after), thread.clocks[after[-1] if after else frame.at]
    until = end - 1 if depth == rules.steps else start + rules.window_ms - 1
    void = meets(forbidden, start - thread.ahead, until - thread.ahead)
    return None if void else Best(depth, end, start)
