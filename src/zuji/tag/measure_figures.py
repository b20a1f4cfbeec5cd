"""Measures read from the states of a person, each with the moment until which nothing but events can change it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any, Protocol

from zuji.tag.atoms import Atom, atom_of
from zuji.tag.compare import NEVER
from zuji.tag.joining import join_of, total_of
from zuji.tag.moment import Place, Windows
from zuji.tag.rule import Between, Ever, Measure
from zuji.tag.state import OVERFLOW, Slots


class Asked(Protocol):
    """Whose figures, as of when."""

    @property
    def parts(self) -> list[Slots]:
        """What the person's states hold."""

    @property
    def places(self) -> list[Place]:
        """Where the windows lie."""

    @property
    def t(self) -> int:
        """The moment."""


Figure = tuple[Any, int]
"""A value (None: nothing), and the moment from which on it may be another without any event."""
Gather = Callable[[Asked], tuple[list[Any], int]]
Finish = Callable[[list[Any], int], Any]


class Overflow(Exception):
    """An atom had too much to hold: the figures of this person must be worked out from the store."""


def figure_of(measure: Measure, places: Mapping[Atom, int], windows: Windows) -> Callable[[Asked], Figure]:
    """Reads a measure. Times since an event are moments here: `conditions.py` makes them units."""
    atom = atom_of(measure)
    gather, finish = _gather(atom, places[atom], measure, windows), _finish(measure, atom)

    def read(asked: Asked) -> Figure:
        found, until = gather(asked)
        return finish(found, asked.t), until

    return read


def _gather(atom: Atom, place: int, measure: Measure, windows: Windows) -> Gather:
    if atom.gathers in ("texts", "days"):
        return _ever_texts(place) if _has_no_buckets(atom) else _texts(place, windows.number(measure.window), windows)
    if measure.what == "days":
        return _days(place, None if isinstance(measure.window, Ever) else windows.number(measure.window), windows)
    if not _has_no_buckets(atom):
        return _buckets(place, windows.number(measure.window), windows)
    if atom.kept == measure.window:
        return _ever(place)
    return _newest(place, windows.number(measure.window), windows)


def _has_no_buckets(atom: Atom) -> bool:
    return isinstance(atom.kept, Ever | Between)


def _ever(place: int) -> Gather:
    def gather(asked: Asked) -> tuple[list[Any], int]:
        return [held for slots in asked.parts if (held := slots.get(place)) is not None], NEVER

    return gather


def _days(place: int, window: int | None, windows: Windows) -> Gather:
    """The days with an event, of a window or ever: the buckets themselves."""

    def gather(asked: Asked) -> tuple[list[Any], int]:
        days = set().union(*(slots.get(place, ()) for slots in asked.parts))
        if window is None:
            return list(days), NEVER
        where = asked.places[window]
        since = [day for day in days if day >= where.low]
        until = windows.leaves(window, min(since)) if since else NEVER
        return [day for day in since if day < where.high], until

    return gather


def _newest(place: int, window: int, windows: Windows) -> Gather:
    """What is newest of all, where it lies in a window that ends now."""

    def gather(asked: Asked) -> tuple[list[Any], int]:
        found, until = [], NEVER
        for slots in asked.parts:
            held = slots.get(place)
            if held is not None:
                at = held if isinstance(held, int) else held[0]
                if at >= asked.places[window].from_ms:
                    found.append(held)
                    until = min(until, windows.leaves(window, windows.bucket(window, at)))
        return found, until

    return gather


def _buckets(place: int, window: int, windows: Windows) -> Gather:
    def gather(asked: Asked) -> tuple[list[Any], int]:
        low, high = asked.places[window].low, asked.places[window].high
        found, oldest = [], NEVER
        for slots in asked.parts:
            series = slots.get(place)
            if series is None:
                continue
            for bucket, held in series.items():
                if bucket >= low:
                    if bucket < oldest:
                        oldest = bucket
                    if bucket < high:
                        found.append(held)
        return found, NEVER if oldest == NEVER else windows.leaves(window, oldest)

    return gather


def _ever_texts(place: int) -> Gather:
    def gather(asked: Asked) -> tuple[list[Any], int]:
        return list(_texts_held(asked, place)), NEVER

    return gather


def _texts(place: int, window: int, windows: Windows) -> Gather:
    """{text: events in the window} of every state."""

    def gather(asked: Asked) -> tuple[list[Any], int]:
        low, high = asked.places[window].low, asked.places[window].high
        found, oldest = [], NEVER
        for texts in _texts_held(asked, place):
            counted = {}
            for text, series in texts.items():
                inside = [bucket for bucket in series if bucket >= low]
                oldest = min(oldest, *inside, NEVER)
                events = sum(series[bucket] for bucket in inside if bucket < high)
                if events:
                    counted[text] = events
            found.append(counted)
        return found, NEVER if oldest == NEVER else windows.leaves(window, oldest)

    return gather


def _texts_held(asked: Asked, place: int) -> list[dict[Any, Any]]:
    held = [texts for slots in asked.parts if (texts := slots.get(place)) is not None]
    if any(texts is OVERFLOW for texts in held):
        raise Overflow
    return held


def _finish(measure: Measure, atom: Atom) -> Finish:
    match measure.what:
        case "count":
            return lambda found, t: sum(found)
        case "days" if atom.gathers == "count":
            return lambda found, t: len(found)
        case "days" | "distinct":
            return lambda found, t: len(set().union(*found))
        case "top":
            return lambda found, t: _ranked(found, measure)
        case "sum":
            return lambda found, t: sum(total_of(sums)[1] for sums in found) / 1_000_000
        case "average":
            return lambda found, t: _average(found)
    join = join_of(atom.gathers)
    if measure.what in ("first", "last"):
        return lambda found, t: reduce(join, found)[2] if found else None
    return lambda found, t: reduce(join, found) if found else None


def _average(found: list[Any]) -> float | None:
    totals = [total_of(sums) for sums in found]
    numbers = sum(count for count, _ in totals)
    return sum(millionths for _, millionths in totals) / numbers / 1_000_000 if numbers else None


def _ranked(found: list[dict[str, int]], measure: Measure) -> list[str]:
    events: dict[str, int] = {}
    for counted in found:
        for text, number in counted.items():
            events[text] = events.get(text, 0) + number
    ranked = sorted((-number, text) for text, number in events.items() if number >= measure.at_least)
    return [text for _, text in ranked[: measure.limit]]
