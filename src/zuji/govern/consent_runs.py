"""What a person consents to now, out of what their events carried.

The rule (docs/rules.md): granted is what the newest event of every identifier of the person carries. So a merge never
widens consent, and an identifier speaks for a person only by the events of its time with them. Most events carry every
purpose; an anchor is kept only once one of its events did not, as runs of events that carried the same.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from zuji.terms.event import PURPOSES

MOST_RUNS: Final = 50
"""Of one anchor and source. Whoever changes their mind more often is not asked about the first times."""

Place = tuple[int, int]
"""(moment in milliseconds, position): the order in which events happened."""
Stretch = tuple[int, int | None, int | None]
"""(anchor, from this millisecond on, until before that one); None: without end."""


class Run(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Events one after the other that carried the same purposes. `event_id` names the first one."""

    first: Place
    last: Place
    purposes: tuple[str, ...]
    event_id: str


@dataclass(frozen=True, slots=True)
class Consent:
    """A person's answer for one purpose. Since when, from which source and event; None where nobody ever refused."""

    granted: bool
    since_ms: int | None = None
    source: str | None = None
    event_id: str | None = None


def with_event(runs: Sequence[Run], at: Place, purposes: tuple[str, ...], event_id: str) -> tuple[Run, ...]:
    """The runs with one more event in its place, wherever that is: late ones are as good as new ones.

    >>> early, late = (1, 7), (5, 8)
    >>> said = with_event(with_event((), late, ("marketing",), "b"), early, (), "a")
    >>> [run.purposes for run in said]
    [(), ('marketing',)]
    """
    place = bisect_right(runs, at, key=lambda run: run.first)
    before = runs[place - 1] if place else None
    after = runs[place] if place < len(runs) else None
    if before is not None and before.purposes == purposes:
        if at <= before.last:
            return tuple(runs)
        now = (msgspec.structs.replace(before, last=at),)
        return (*runs[: place - 1], *now, *runs[place:])
    new = Run(at, at, purposes, event_id)
    if before is not None and at < before.last:  # the next event of that run is not known; it is this one's neighbour
        rest = msgspec.structs.replace(before, first=(at[0], at[1] + 1))
        before = msgspec.structs.replace(before, last=(at[0], at[1] - 1))
        return (*runs[: place - 1], before, new, rest, *runs[place:])[-MOST_RUNS:]
    if after is not None and after.purposes == purposes:
        return (*runs[:place], msgspec.structs.replace(after, first=at, event_id=event_id), *runs[place + 1 :])
    return (*runs[:place], new, *runs[place:])[-MOST_RUNS:]


def consent_of(stretches: Iterable[Stretch], said: Mapping[int, Mapping[str, Sequence[Run]]]) -> dict[str, Consent]:
    """Every purpose with its answer; `said`: the runs of anchors by source, of those that are kept.

    An anchor that is not kept carried `PURPOSES`, if it ever brought an event; about purposes of other names it is not
    asked, since none of its events named any.
    """
    newest: dict[int, tuple[Place, str, Run]] = {}
    for anchor, since, until in stretches:
        for source, runs in said.get(anchor, {}).items():
            found = _last_within(runs, since, until)
            if found is not None and (anchor not in newest or newest[anchor][0] < found[0]):
                newest[anchor] = (found[0], source, found[1])
    spoken = list(newest.values())
    names = dict.fromkeys((*PURPOSES, *sorted({name for _, _, run in spoken for name in run.purposes})))
    return {name: _answer(name, spoken) for name in names}


def _last_within(runs: Sequence[Run], since: int | None, until: int | None) -> tuple[Place, Run] | None:
    """The newest event of a stretch of time, as far as runs tell."""
    for run in reversed(runs):
        if (until is None or run.first[0] < until) and (since is None or since <= run.last[0]):
            return (run.last if until is None else min(run.last, (until, 0))), run
    return None


def _answer(name: str, spoken: Sequence[tuple[Place, str, Run]]) -> Consent:
    refused = [one for one in spoken if name not in one[2].purposes]
    if not spoken:
        return Consent(granted=True)
    _, source, run = max(refused or spoken, key=lambda one: one[2].first)
    return Consent(not refused, run.first[0], source, run.event_id)
