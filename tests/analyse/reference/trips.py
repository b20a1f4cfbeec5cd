"""The trips that people made, from item to item, before anything is counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analyse.reference.world import Event


@dataclass(frozen=True)
class Stop:
    """One item of a trip and when it was reached, in ms."""

    item: str
    at: int


@dataclass(frozen=True)
class Trip:
    """`goes_on` says that the step limit took something from its end."""

    person: object
    stops: tuple[Stop, ...]
    goes_on: bool = False


def is_like(pattern: str, item: str) -> bool:
    """Whether the whole item fits the pattern, in which `*` stands for any characters, or none."""
    if not pattern:
        return not item
    if pattern[0] == "*":
        return any(is_like(pattern[1:], item[start:]) for start in range(len(item) + 1))
    return bool(item) and item[0] == pattern[0] and is_like(pattern[1:], item[1:])


def without_slashes(item: str) -> str:
    """The item without the slashes at its end; "/" stays."""
    while len(item) > 1 and item.endswith("/"):
        item = item[:-1]
    return item


def dressed(item: str, question: Mapping[str, Any]) -> str | None:
    """The item as it is shown, None when it is left out."""
    if question.get("ignore_trailing_slash", True):
        item = without_slashes(item)
    for pattern in question.get("group") or []:
        if is_like(pattern, item):
            item = pattern
            break
    return None if item in (question.get("exclude_items") or []) else item


def apart(seen: Sequence[tuple[Event, str]], gap: int) -> list[list[Stop]]:
    """The items of one person, in order, cut where a pause is longer than the gap; repeats in a row are one."""
    trips: list[list[Stop]] = []
    before: Event | None = None
    for event, item in seen:
        if before is None or event.at - before.at > gap:
            trips.append([])
        if not trips[-1] or trips[-1][-1].item != item:
            trips[-1].append(Stop(item, event.at))
        before = event
    return trips


def from_start_to_end(stops: Sequence[Stop], start: str | None, end: str | None) -> list[Stop] | None:
    """The part of a trip that is asked for, None when it does not have it."""
    if start is not None:
        places = [place for place, stop in enumerate(stops) if stop.item == start]
        if not places:
            return None
        stops = stops[places[0] :]
    if end is not None:
        earliest = 0 if start is None else 1
        places = [place for place, stop in enumerate(stops) if stop.item == end and place >= earliest]
        if not places:
            return None
        stops = stops[: places[0] + 1]
    return list(stops)


def cut_to_limit(stops: list[Stop], question: Mapping[str, Any], person: object) -> Trip | None:
    """The steps of a trip that count, None for one that is too long from start to end."""
    limit = question.get("step_limit", 5)
    start, end = question.get("start"), question.get("end")
    if start is not None and end is not None and len(stops) > limit:
        return None
    if start is None and end is not None:
        return Trip(person, tuple(stops[-limit:]))
    return Trip(person, tuple(stops[:limit]), goes_on=len(stops) > limit)
