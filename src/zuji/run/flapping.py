"""Flapping: a value that goes to and fro is told to subscribers now and then, with the newest value.

The rule: a tag or segment that changed more than 10 times within an hour for a person is told at most once a minute.
What is damped on the way is recorded as such; nothing is lost, since the newest value is told when the minute is over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from zuji.store.tag_values import Kind

MOST_CHANGES: Final = 10
WITHIN_MS: Final = 3_600_000
APART_MS: Final = 60_000
MOST_WATCHED = 100_000  # some 300 bytes each with their names; who is let go starts anew, so at worst ten more are told

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


_TELL = Tell()
_Watched = tuple[int, ...]
"""When it was told last, and the times of its newest changes. Most change once or twice, and there are very many of
them; numbers in a tuple cost a tenth of what an object with a queue does, and the garbage collector leaves them alone.
"""


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
            self._watched[flapper] = (now_ms, now_ms)
            return _TELL
        told_ms, times = watched[0], (*watched[1:][-MOST_CHANGES:], now_ms)
        within = len(times)
        if within > MOST_CHANGES:  # most values never come that far, so most changes need not be counted
            within = sum(at > now_ms - WITHIN_MS for at in times)
        decided = decide_telling(changes_within=within, last_told_ms=told_ms, now_ms=now_ms)
        self._watched[flapper] = (now_ms if isinstance(decided, Tell) else told_ms, *times)
        return decided

    def told(self, flapper: Flapper, now_ms: int) -> None:
        """A held value was told."""
        if flapper in self._watched:
            self._watched[flapper] = (now_ms, *self._watched[flapper][1:])

    def _let_go(self, now_ms: int) -> None:
        recent = {name: one for name, one in self._watched.items() if one[-1] > now_ms - WITHIN_MS}
        half = self._most // 2
        self._watched = dict(list(recent.items())[-half:])
