"""The stored event: its flags, its purposes, and the position that makes it unique in the store."""

from __future__ import annotations

from enum import IntFlag
from typing import Literal, get_args

EventType = Literal["track", "identify", "page", "screen", "group", "alias", "profile"]
EVENT_TYPES: tuple[EventType, ...] = get_args(EventType)

PURPOSES: tuple[str, ...] = ("analytics", "personalisation", "marketing", "service", "risk")
"""What data may be used for. Until a workspace has consent rules, an event carries all of them."""

VISUAL_EVENT = "visual:"
"""Before a key, it names a visual event wherever an event is named; `@3` behind it asks for that version."""

INDEX_BITS = 20
"""A position is sequence << INDEX_BITS | index: a body of 5 MB holds fewer than 2**20 messages."""


class Flag(IntFlag):
    """What cleaning noticed about an event. Stored as one number."""

    INFERRED = 1
    ROBOT = 2
    LATE = 4
    REPAIRED = 8
    TIME_CORRECTED = 16
    TIME_CLAMPED = 32
    TIME_GUESSED = 64
    """No usable client time: the time of receipt stands in."""
    BLOCKED_IDENTIFIER = 128
    NO_ANALYTICS = 256
    """Its purposes do not allow analytics. Follows from `purposes`; a bit is read ten times faster than a list."""
    SUSPECT = 512
    """A rule holds it for impossible or unusual; the reason says which. It is stored as it came."""
    AGAINST_PLAN = 1024
    """It is not as the tracking plan foresees; the reasons say where."""


def position_of(sequence: int, index: int) -> int:
    """Where an event stands in the one order of everything received: spool row `sequence`, message `index` in it."""
    return sequence << INDEX_BITS | index
