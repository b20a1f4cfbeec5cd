"""What to do with a message that was not taken: try again, and when; put it away; or call nobody there any more.

The same for everything that is told to the outside, so that every receiver is treated as the guide says.
"""

from __future__ import annotations

from dataclasses import dataclass

from zuji.govern.posting import Sent

FIRST_PAUSE_MS, LONGEST_PAUSE_MS = 1_000, 15 * 60_000
GIVE_UP_AFTER_MS = 24 * 3_600_000
REFUSALS_TAKEN = 5
"""So often an answer that says the request itself is wrong is asked again, in case the receiver is being repaired."""


@dataclass(frozen=True, slots=True)
class Again:
    """Try again at `at`. `attempts`, in vain since `since`."""

    at: int
    attempts: int
    since: int


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Put the message away and go on behind it."""


@dataclass(frozen=True, slots=True)
class Gone:
    """Call nobody there until a person says so."""


def after_failure(sent: Sent, *, attempts: int, since: int | None, now: int, spread: float) -> Again | GiveUp | Gone:
    """What follows a message that was not taken. `spread`, from 0 to 1: receivers that fell together do not rise
    together.

    >>> after_failure(Sent("not_now", "answered 500"), attempts=2, since=5, now=9, spread=0.5)
    Again(at=4009, attempts=3, since=5)
    """
    if sent.verdict == "gone":
        return Gone()
    if sent.verdict == "refused" and attempts + 1 >= REFUSALS_TAKEN:
        return GiveUp()
    since = since or now
    if now - since >= GIVE_UP_AFTER_MS:
        return GiveUp()
    pause = min(FIRST_PAUSE_MS * 2 ** min(attempts, 20), LONGEST_PAUSE_MS)
    wait = max(int(pause * (0.8 + 0.4 * spread)), min(sent.wait_ms, LONGEST_PAUSE_MS))
    return Again(now + wait, attempts + 1, since)
