"""Of late: the figures of a source as they stood at moments before, and the shortest window between that tells enough.

A source is watched in a window of two minutes, ten, an hour or six; where even six hours bring too little, since the
day began (UTC). Once a fall is told, or is over, nothing before the window that told so counts any more: otherwise a
longer window, looked at when a little less comes in, would tell the opposite of what was just told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from zuji.clean.quality_fall import Figures, is_enough
from zuji.store.quality import DAY_MS

MINUTE_MS = 60_000
WINDOWS_MS = (2 * MINUTE_MS, 10 * MINUTE_MS, 60 * MINUTE_MS, 360 * MINUTE_MS)
KEEP_EVERY_MS = 30_000
STEPS_MS = ((11 * MINUTE_MS, KEEP_EVERY_MS), (66 * MINUTE_MS, 5 * MINUTE_MS), (420 * MINUTE_MS, 30 * MINUTE_MS))
"""Up to which age one snapshot of how long a time is kept: the long windows need no finer ones."""

Sums = Mapping[tuple[int, str], tuple[int, int]]
"""Checked and wrong by day and dimension."""
Kind = tuple[str, str, str, str]
"""A cause: dimension, cause, event and property."""


class Snapshot(NamedTuple):
    """The figures of yesterday and today as they stood at a moment, and how often each cause had been found today."""

    at: int
    sums: Sums
    causes: Mapping[Kind, int] = {}


class Late(NamedTuple):
    """What came in since a snapshot, by dimension."""

    figures: Figures
    since: Snapshot


BEGINNING = Snapshot(0, {})


def late_of(now: Snapshot, kept: Sequence[Snapshot], since: Snapshot, *, today: int) -> Late:
    """What came in during the shortest window that tells enough; if none does, since the day began or since `since`."""
    starts = [one for one in (stood(kept, now.at - window) for window in WINDOWS_MS) if one is not None]
    found = (Late(grown(now.sums, start.sums), start) for start in starts)
    of_today = {key: figures for key, figures in now.sums.items() if key[0] == today}
    start = since if since.at // DAY_MS == today else BEGINNING
    return next((late for late in found if is_enough(late.figures)), Late(grown(of_today, start.sums), start))


def stood(snapshots: Sequence[Snapshot], at_ms: int) -> Snapshot | None:
    """How the figures stood at a moment: the newest snapshot of before, else the first there is."""
    before = [one for one in snapshots if one.at <= at_ms] or snapshots[:1]
    return before[-1] if before else None


def grown(now: Sums, before: Sums) -> Figures:
    """What was added since, by dimension.

    >>> grown({(7, "validity"): (9, 2), (6, "validity"): (5, 0)}, {(6, "validity"): (4, 0)})
    {'validity': (10, 2)}
    """
    found: dict[str, tuple[int, int]] = {}
    for key, (checked, wrong) in now.items():
        was_checked, was_wrong = before.get(key, (0, 0))
        known = found.get(key[1], (0, 0))
        found[key[1]] = known[0] + max(0, checked - was_checked), known[1] + max(0, wrong - was_wrong)
    return found


def is_shrunk(now: Sums, before: Sums, *, today: int) -> bool:
    """Whether data was deleted meanwhile: nothing remembered of it holds any more. Days that went by do not count.

    >>> is_shrunk({(7, "validity"): (3, 0)}, {(7, "validity"): (4, 0), (5, "validity"): (9, 0)}, today=7)
    True
    """
    return any(now.get(key, (0, 0))[0] < checked for key, (checked, _) in before.items() if key[0] >= today - 1)


def thinned(snapshots: Iterable[Snapshot], at_ms: int) -> tuple[Snapshot, ...]:
    """Those that a window may still begin with: fine ones of late, of long ago the first of every half hour."""
    kept: dict[tuple[int, int], Snapshot] = {}
    for one in snapshots:
        step = next((step for age, step in STEPS_MS if at_ms - one.at <= age), 0)
        if step:
            kept.setdefault((step, one.at // step), one)
    return tuple(kept.values())
