"""The touches before each goal, as ranges of places in one long list of touches."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from zuji.analyse.journeys import Ints, Journeys

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Touches:
    """All touches in order of person and time. `channel` is a number; what it stands for changes with `renamed`."""

    person: Ints
    at: Ints
    channel: Ints

    def renamed(self, names: Ints) -> Touches:
        """The same touches, a channel's number replaced by what it has in `names`."""
        return replace(self, channel=names[self.channel])

    def chosen(self, which: Bools) -> Touches:
        """Some of them."""
        return Touches(self.person[which], self.at[which], self.channel[which])


@dataclass(frozen=True, slots=True)
class Goals:
    """Goals; the touches of one are those from place `first` to before `last`."""

    person: Ints
    worth: Floats
    first: Ints
    last: Ints

    @property
    def touched(self) -> Goals:
        """Those with a touch."""
        which = self.last > self.first
        return Goals(self.person[which], self.worth[which], self.first[which], self.last[which])

    @property
    def lengths(self) -> Ints:
        """How many touches each has."""
        return self.last - self.first


def order_matters(one: Ints, other: Ints) -> Bools:
    """Events at one instant may be exchanged when they are alike, but not what is touch and goal at once.

    The mark of an event is twice the number of its channel (0: no touch), and one more for a goal.
    """
    alike: Bools = (one == other) & ((one & 1 == 0) | (one == 1))
    return ~alike


def touches_and_goals(journeys: Journeys, *, window_ms: int) -> tuple[Touches, Goals]:
    """Read the marks of journeys: a goal has the person's touches before it, not earlier than the window."""
    channel = journeys.mark >> 1
    touching, reaching = np.flatnonzero(channel), np.flatnonzero(journeys.mark & 1)
    touches = Touches(journeys.person[touching], journeys.at[touching], channel[touching])
    person, at = journeys.person[reaching], journeys.at[reaching]
    last = np.searchsorted(touching, reaching)
    own = np.minimum(np.searchsorted(touches.person, person), last)
    worth = journeys.worth[reaching] if len(journeys.worth) else np.zeros(len(reaching))
    return touches, Goals(person, worth, _not_before(touches.at, at - window_ms, own, last), last)


def _not_before(at: Ints, since: Ints, first: Ints, last: Ints) -> Ints:
    """The first place in each stretch whose time is not before `since`, all stretches halved at once."""
    low, high = first.copy(), last.copy()
    open_ones = np.flatnonzero(low < high)
    while len(open_ones):
        middle = (low[open_ones] + high[open_ones]) // 2
        before = at[middle] < since[open_ones]
        low[open_ones[before]] = middle[before] + 1
        high[open_ones[~before]] = middle[~before]
        open_ones = open_ones[low[open_ones] < high[open_ones]]
    return low


def covering(size: int, first: Ints, last: Ints) -> Ints:
    """For every place, how many of the ranges [first, last) hold it."""
    change = np.bincount(first, minlength=size + 1) - np.bincount(last, minlength=size + 1)
    return np.cumsum(change)[:size]
