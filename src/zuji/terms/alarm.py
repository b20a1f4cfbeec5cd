"""Something that needs a person: said in a sentence, with the facts of it for who says it in another language."""

from __future__ import annotations

from typing import Literal

import msgspec

AlarmCode = Literal[
    "engine_cannot_start",
    "stage_waits",
    "accounts_open",
    "source_silent",
    "event_silent",
    "event_new",
    "property_new",
    "property_vanished",
    "type_changed",
    "more_changes",
    "point_silent",
    "more_points_silent",
    "events_lost",
    "quality_fell",
]


class Alarm(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The code is stable; the sentence is for people and may be worded anew. Sources are named as people named them.

    `workspace`: what it is about lies there; empty for the engine as a whole.
    """

    code: AlarmCode
    said: str
    workspace: str = ""
    source: str = ""
    event: str = ""
    property: str = ""
    point: str = ""
    count: int = 0
    """Events, minutes, changes, collection points, lost messages or points of the index, as the code tells."""
    dimension: str = ""
    cause: str = ""
    """Of quality: what fell most, and its worst offender."""
