"""Flapping: a value that goes to and fro is told to subscribers now and then, with the newest value.

The rule: a tag or segment that changed more than 10 times within an hour for a person is told at most once a minute.
What is damped on the way is recorded as such; nothing is lost, since the newest value is told when the minute is over.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from zuji.store.tag_values import Kind

MOST_CHANGES: Final = 10
WITHIN_MS: Final = 3_600_000
APART_MS: Final = 60_000
MOST_WATCHED = 100_000  # some 300 bytes each; who is let go starts anew, so at worst ten more are told

Flapper = tuple[int, Kind, str]
"""(person, kind, key)."""


@dataclass(frozen=True, slots=True)
class Tell:
    """Subscribers hear of it at once."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Subscribers hear the newest value at this time."""

    until_ms: int


def decide_telling(*, changes_within: int, last_told_ms: int | None, now_ms: int) -> Tell | Hold:
    """What to do about a change, which itself is one of `changes_within` the hour.

    >>> decide_telling(changes_within=10, last_told_ms=99_999, now_ms=100_000)
    Tell()
    >>> decide_telling(changes_within=11, last_told_ms=99_999, now_ms=100_000)
    Hold(until_ms=159999)
    """
    if changes_within <= MOST_CHANGES or last_told_ms is None or now_ms - last_told_ms >= APART_MS:
        return Tell()
    return Hold(last_told_ms + APART_MS)


@dataclass(slots=True)
class _Watched:
    changes: deque[int] = field(default_factory=lambda: deque(maxlen=MOST_CHANGES + 1))
    told_ms: int | None = None


class FlapWatch:
    """How often values changed of late, in memory. A restart forgets it: then ten changes are told anew at most."""

    def __init__(self, *, most: int = MOST_WATCHED) -> None:
        self._most = most
        self._watched: dict[Flapper, _Watched] = {}

    def changed(self, flapper: Flapper, now_ms: int) -> Tell | Hold:
        """A value changed just now: whether to tell."""
        watched = self._watched.get(flapper)
        if watched is None:
            if len(self._watched) >= self._most:
                self._let_go(now_ms)
            watched = self._watched[flapper] = _Watched()
        watched.changes.append(now_ms)
        within = len(watched.changes)
        if within > MOST_CHANGES:  # most values never come that far, so most changes need not be counted
            within = sum(at > now_ms - WITHIN_MS for at in watched.changes)
        decided = decide_telling(changes_within=within, last_told_ms=watched.told_ms, now_ms=now_ms)
        if isinstance(decided, Tell):
            watched.told_ms = now_ms
        return decided

    def told(self, flapper: Flapper, now_ms: int) -> None:
        """A held value was told."""
        if flapper in self._watched:
            self._watched[flapper].told_ms = now_ms

    def _let_go(self, now_ms: int) -> None:
        recent = {name: one for name, one in self._watched.items() if one.changes[-1] > now_ms - WITHIN_MS}
        half = self._most // 2
        self._watched = dict(list(recent.items())[-half:])
