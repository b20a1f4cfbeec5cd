"""What a measure gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from analyse.reference.condition import Setting, passes
from analyse.reference.dates import local
from analyse.reference.values import number_of, property_of, text_of
from analyse.reference.world import Event
from tag.reference import windows
from tag.reference.windows import Zoned

UNIT_MS = {name: minutes * windows.MINUTE for name, minutes in windows.MINUTES.items()}


def matches(event: Event, match: Any, setting: Setting) -> bool:
    """Whether an event has the name and passes the conditions."""
    return match.get("event") in (None, event.event) and passes(event, match.get("where"), setting)


def text_at(event: Event, name: str, zoned: Zoned) -> str | None:
    """The text of a property of an event; an empty one is none."""
    shown = local(event.at, zoned.zone)
    if name == "$hour":
        return str(shown.hour)
    if name == "$weekday":
        return str(shown.isoweekday())
    return text_of(property_of(event, name)) or None


def measured(measure: Any, events: Sequence[Event], zoned: Zoned, setting: Setting) -> Any:
    """The figure, the text, the list of texts; None is nothing. `events` are in order."""
    mine = [
        event
        for event in events
        if matches(event, measure, setting) and windows.holds(measure.get("window"), event.at, zoned)
    ]
    what, name = measure["measure"], measure.get("property", "")
    if what == "count":
        return len(mine)
    if what == "days":
        return len({zoned.day(event.at) for event in mine})
    if what in ("since_first", "since_last"):
        since = [zoned.at - event.at for event in mine]
        length = UNIT_MS[measure.get("unit", "day")]
        return (max(since) if what == "since_first" else min(since)) // length if since else None
    if what in ("distinct", "first", "last", "top"):
        return of_texts(measure, [text for event in mine if (text := text_at(event, name, zoned)) is not None])
    return of_numbers(what, [number for event in mine if (number := number_at(event, name, zoned)) is not None])


def number_at(event: Event, name: str, zoned: Zoned) -> float | None:
    """The number of a property of an event."""
    return number_of(text_at(event, name, zoned) if name in ("$hour", "$weekday") else property_of(event, name))


def of_texts(measure: Any, texts: list[str]) -> Any:
    """`distinct`, `first`, `last` and `top` of texts in order."""
    match measure["measure"]:
        case "distinct":
            return len(set(texts))
        case "first":
            return texts[0] if texts else None
        case "last":
            return texts[-1] if texts else None
    counted = Counter(texts).items()
    ranked = sorted(((-count, text) for text, count in counted if count >= measure.get("at_least", 1)))
    return [text for _, text in ranked[: measure.get("limit", 1)]]


def of_numbers(what: str, numbers: list[float]) -> float | None:
    """`sum`, `average`, `minimum` and `maximum`."""
    if what in ("minimum", "maximum"):
        return (min(numbers) if what == "minimum" else max(numbers)) if numbers else None
    millionths = [round(number * 1e6) for number in numbers if abs(number) < 1e18]
    if what == "sum":
        return sum(millionths) / 1_000_000
    return sum(millionths) / len(millionths) / 1_000_000 if millionths else None
