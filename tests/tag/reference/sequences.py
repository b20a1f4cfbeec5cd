"""Whether a sequence happened: every way to choose the events is tried."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analyse.reference.condition import Setting
from analyse.reference.world import Event
from tag.reference import windows
from tag.reference.measures import UNIT_MS, matches
from tag.reference.windows import Zoned


def happened(sequence: Any, events: Sequence[Event], zoned: Zoned, setting: Setting) -> bool:
    """Whether there is a choice of events that makes the sequence. `events` are in order and by the moment."""
    steps, without, within = sequence["sequence"], sequence.get("without"), sequence.get("within")
    longest = within["amount"] * UNIT_MS[within["unit"]] if within else None
    fits = [[matches(event, step, setting) for event in events] for step in steps]
    spoils = [without is not None and matches(event, without, setting) for event in events]
    for first, event in enumerate(events):
        if not fits[0][first] or not windows.holds(sequence.get("window"), event.at, zoned):
            continue
        if len(steps) == 1:
            assert longest is not None
            later = [n for n in range(first + 1, len(events)) if events[n].at <= event.at + longest]
            if zoned.at > event.at + longest and not any(spoils[n] for n in later):
                return True
        elif any(
            (longest is None or events[last].at - event.at <= longest) and not any(spoils[first + 1 : last])
            for last in ends(fits, 1, first)
        ):
            return True
    return False


def ends(fits: list[list[bool]], step: int, after: int) -> set[int]:
    """Where the last step may be, when this one and those behind it come after an event."""
    if step == len(fits):
        return {after}
    places = [place for place in range(after + 1, len(fits[step])) if fits[step][place]]
    if step == len(fits) - 1:
        return set(places)
    return {last for place in places for last in ends(fits, step + 1, place)}
