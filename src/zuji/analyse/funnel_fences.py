"""What must not lie between two steps: foreign events of a strict funnel, and excluding events.

A fence stands at an instant. On the way from step j to the next none may lie strictly between. An excluding event
between steps a and b is more: it must not lie strictly between *their* events, so whoever comes to its instant with
step a already done cannot leave that instant; only who does step a right there can.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zuji.analyse.funnel_instants import Bools, Instants
from zuji.analyse.funnel_log import Ints


@dataclass(frozen=True, slots=True)
class Fence:
    """Forbidden instants (clocks of persons, ascending) for those who have done `from_depth` to below `to_depth`.

    `stops_before`: a depth below which step a is not done yet, where the fence is an exclusion; else None.
    """

    clocks: Ints
    from_depth: int
    to_depth: int
    stops_before: int | None = None

    def stands_at(self, depth: int) -> bool:
        """Whether it matters on the way from this depth to the next."""
        return self.from_depth <= depth < self.to_depth


@dataclass(frozen=True, slots=True)
class Fenced:
    """The fences on the way from one depth to the next. `pen` numbers the stretches between them, thread by thread."""

    pen: Ints
    open: Bools
    """Whether the way from the instant before (of the same thread) is open."""
    stopped: Ints
    """Instants at which an exclusion lies."""
    most: Ints
    """For each of them: only who entered the instant with at most this depth may leave it."""


def fenced(instants: Instants, fences: Sequence[Fence], depth: int, time_bits: int) -> Fenced | None:
    """The fences on the way from a depth to the next, None where there are none."""
    standing = [fence for fence in fences if fence.stands_at(depth)]
    if not standing:
        return None
    before = np.zeros(len(instants), dtype=np.int64)
    through = np.zeros(len(instants), dtype=np.int64)
    most = np.full(len(instants), depth, dtype=np.int64)
    for fence in standing:
        left = np.searchsorted(fence.clocks, instants.real, side="left")
        right = np.searchsorted(fence.clocks, instants.real, side="right")
        before += left
        through += right
        if fence.stops_before is not None:
            np.minimum(most, fence.stops_before - 1, out=most, where=right > left)
    same = np.zeros(len(instants), dtype=np.bool_)
    thread = instants.clock >> time_bits
    np.equal(thread[1:], thread[:-1], out=same[1:])
    moved = ~same
    moved[1:] |= through[1:] != through[:-1]
    open_ = same.copy()
    open_[1:] &= before[1:] == through[:-1]
    # The last step done at the instant was always entered with one step less: only deeper ways are cut off.
    stopped = np.flatnonzero(most < depth - 1)
    return Fenced(np.cumsum(moved), open_, stopped, most[stopped])
