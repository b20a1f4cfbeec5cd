"""The attempt that counts, where steps may come in any order.

As long as every event fills one step only, what matters at a moment is when each step happened last: the steps whose
last time lies within the window are filled, and the attempt with the latest start has each of them as late as it goes.
That is a running maximum for every step. Threads with events that fill several steps, one at a time, are matching
problems and looked at one by one in funnel_matching.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zuji.analyse.funnel_chain import NO_START, Found, Rules
from zuji.analyse.funnel_instants import Bools, Instants, Rows, instants_of
from zuji.analyse.funnel_log import NOT_THERE, Ints
from zuji.analyse.funnel_matching import matched


def gathered(rows: Rows, rules: Rules, excluding: Ints) -> Found:
    """The attempt that counts for every thread. `excluding` are the clocks (of persons) of excluding events."""
    if rules.same_event:
        # An event may then fill every step that it matches: as if there were one event for each of them.
        rows = one_step_each(rows, rules)
        return _by_steps(rows, rules, excluding)
    tangled = np.unique(rows.clock[(rows.marks & (rows.marks - 1)) != 0] >> rules.time_bits)
    if not len(tangled):
        return _by_steps(rows, rules, excluding)
    in_tangled = np.isin(rows.clock >> rules.time_bits, tangled)
    plain = _by_steps(rows.only(~in_tangled), rules, excluding)
    return _together(plain, matched(rows.only(in_tangled), rules, excluding))


def _together(one: Found, other: Found) -> Found:
    """What was found for different threads."""
    thread = np.concatenate([one.thread, other.thread])
    order = np.argsort(thread)
    depth, rows = np.concatenate([one.depth, other.depth]), np.concatenate([one.rows, other.rows])
    return Found(thread[order], depth[order], rows[order])


def one_step_each(rows: Rows, rules: Rules) -> Rows:
    """Every row as many times as it fills steps, filling one of them each time."""
    bits = rows.marks[:, None] >> np.arange(rules.steps) & 1
    source, step = np.nonzero(bits)
    return Rows(rows.clock[source], np.int64(1) << step, rows.row[source], rows.real[source])


_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class _Times:
    """By step and instant: when the step was last done, up to the instant. Who did it lies in the high bits."""

    instants: Instants
    last: Ints
    rules: Rules
    may_start: Ints
    """The clocks of the instants at which attempts may start, ascending."""


def _by_steps(rows: Rows, rules: Rules, excluding: Ints) -> Found:
    """Attempts of threads whose events fill one step each."""
    instants = instants_of(rows, steps=rules.steps, increasing=False, same_event=False)
    last = np.empty((rules.steps, len(instants)), dtype=np.int64)
    for step in range(rules.steps):
        np.maximum.accumulate(np.where(instants.has(step), instants.clock, NO_START), out=last[step])
    may_start = (instants.clock & rules.low) < rules.range_ms
    if not len(excluding):
        return _deepest(_Times(instants, last, rules, instants.clock[may_start]))
    complete = _complete(_Times(instants, last, rules, instants.clock[may_start]), excluding)
    # Whoever did not complete: only a start without an excluding event up to the end of its window is one.
    may_start &= ~_met(excluding, instants.real, instants.real + rules.window_ms - 1)
    partly = _deepest(_Times(instants, last, rules, instants.clock[may_start]))
    others = ~np.isin(partly.thread, complete.thread)
    return _together(complete, Found(partly.thread[others], partly.depth[others], partly.rows[others]))


def _met(excluding: Ints, after: Ints, until: Ints) -> Bools:
    """Whether an excluding event comes later than the one moment and not later than the other."""
    return np.searchsorted(excluding, until, side="right") > np.searchsorted(excluding, after, side="right")


def _earliest(may_start: Ints, clock: Ints, window_ms: int) -> Ints:
    """The first start whose window holds these moments, or a moment after all of them."""
    behind = np.append(may_start, _NEVER)
    return behind[np.searchsorted(may_start, clock - window_ms)]


def _deepest(times: _Times) -> Found:
    """The deepest attempts, and among them those completed first."""
    instants, rules = times.instants, times.rules
    since = _earliest(times.may_start, instants.clock, rules.window_ms)
    depth = np.zeros(len(instants), dtype=np.int64)
    for step in range(rules.steps):
        depth += times.last[step] >= since
    begin = np.flatnonzero(np.diff(instants.clock >> rules.time_bits, prepend=-1))
    if not len(begin):
        return _attempts(times, begin, begin)
    most = np.repeat(np.maximum.reduceat(depth, begin), np.diff(np.append(begin, len(depth))))
    there = np.flatnonzero((depth == most) & (most > 0))
    _, first = np.unique(instants.clock[there] >> rules.time_bits, return_index=True)
    ends = there[first]
    return _attempts(times, ends, depth[ends])


def _complete(times: _Times, excluding: Ints) -> Found:
    """The attempts with every step that no excluding event voids, those completed first."""
    instants, rules = times.instants, times.rules
    bounded = times.last.min(axis=0)
    ends = np.flatnonzero(bounded >= _earliest(times.may_start, instants.clock, rules.window_ms))
    start = times.may_start[np.searchsorted(times.may_start, bounded[ends], side="right") - 1]
    real_end = instants.real[ends]
    ends = ends[~_met(excluding, real_end - (instants.clock[ends] - start), real_end - 1)]
    _, first = np.unique(instants.clock[ends] >> rules.time_bits, return_index=True)
    return _attempts(times, ends[first], np.full(len(first), rules.steps))


def _attempts(times: _Times, ends: Ints, depth: Ints) -> Found:
    """The attempts of these depths that end at these instants and start as late as they can."""
    instants, rules = times.instants, times.rules
    last = times.last[:, ends]
    lowest = np.take_along_axis(np.sort(last, axis=0)[::-1], depth[None, :] - 1, axis=0)[0] if len(ends) else depth
    start = times.may_start[np.searchsorted(times.may_start, lowest, side="right") - 1] if len(ends) else lowest
    filled = last >= start
    at = np.where(filled, last, NO_START)
    rows = np.full((len(ends), rules.steps), _NEVER, dtype=np.int64)
    for step in range(rules.steps):
        there = np.flatnonzero(at[step] >= 0)
        instant = np.searchsorted(instants.clock, at[step][there])
        rows[there, step] = instants.highest(instant, step)
    _begin_at_start(times, rows, np.flatnonzero(~np.any(at == start, axis=0)), start)
    rows.sort(axis=1)
    rows[np.arange(rules.steps) >= depth[:, None]] = NOT_THERE
    return Found(instants.clock[ends] >> rules.time_bits, depth, instants.rows.in_log(rows))


def _begin_at_start(times: _Times, rows: Ints, late: Ints, start: Ints) -> None:
    """Of the attempts of which no step was last done at the start, do one there: the one that was last done first.

    That happens where an attempt must not start at the earliest of these times: behind the range, or before an
    excluding event.
    """
    instant = np.searchsorted(times.instants.clock, start[late])
    can = (times.instants.marks[instant][:, None] >> np.arange(times.rules.steps) & 1) != 0
    step_of = np.where(can, rows[late], _NEVER).argmin(axis=1)
    for step in np.unique(step_of):
        rows[late[step_of == step], step] = times.instants.highest(instant[step_of == step], int(step))
