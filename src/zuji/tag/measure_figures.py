"""Measures read from the states of a person, each with the moment until which nothing but events can change it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any, Protocol

from zuji.tag.atoms import Atom, atom_of, ends_now
from zuji.tag.compare import NEVER
from zuji.tag.joining import join_of, total_of
from zuji.tag.moment import Place, Windows
from zuji.tag.rule import EVER, Between, Ever, Measure
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
    if measure.what == "count" and not _has_no_buckets(atom) and ends_now(measure.window):
        return _events(places[atom], windows.number(measure.window), windows)
    gather, finish = _gather(atom, places[atom], measure, windows), _finish(measure, atom)

    def read(asked: Asked) -> Figure:
        found, until = gather(asked)
        return finish(found, asked.t), until

    return read


def events_in(measure: Measure, places: Mapping[Atom, int], windows: Windows) -> tuple[int, int | None] | None:
    """Of a count of events up to now: its place among the atoms, and its window (None: ever); else None."""
    atom = atom_of(measure)
    if measure.what != "count" or isinstance(atom.kept, Between) or not ends_now(measure.window):
        return None
    return places[atom], None if atom.kept == EVER else windows.number(measure.window)


def _events(place: int, window: int, windows: Windows) -> Callable[[Asked], Figure]:
    """How many events; the most frequent question by far, hence apart."""

    leaves = windows.leaving(window)

    def read(asked: Asked) -> Figure:
        low, events, oldest = asked.places[window].low, 0, NEVER
        for slots in asked.parts:
            series = slots.get(place)
            if series:
                for bucket, number in series.items():
                    if bucket >= low:
                        events += number
                        if bucket < oldest:
                            oldest = bucket
        return (events, leaves(oldest)) if events else _NO_EVENT

    return read


_NO_EVENT: Figure = (0, NEVER)


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

    leaves = windows.leaving(window or 0)

    def gather(asked: Asked) -> tuple[list[Any], int]:
        parts = [series for slots in asked.parts if (series := slots.get(place)) is not None]
        days = parts[0] if len(parts) == 1 else set().union(*parts)
        if window is None or not days:
            return list(days), NEVER
        low, high = asked.places[window].low, asked.places[window].high
        since = [day for day in days if day >= low]
        if not since:
            return since, NEVER
        until = leaves(min(since))
        return since if high == NEVER else [day for day in since if day < high], until

    return gather


def _newest(place: int, window: int, windows: Windows) -> Gather:
    """What is newest of all, where it lies in a window that ends now."""

    leaves = windows.leaving(window)

    def gather(asked: Asked) -> tuple[list[Any], int]:
        found, until = [], NEVER
        for slots in asked.parts:
            held = slots.get(place)
            if held is not None:
                at = held if isinstance(held, int) else held[0]
                if at >= asked.places[window].from_ms:
                    found.append(held)
                    until = min(until, leaves(windows.bucket(window, at)))
        return found, until

    return gather


def _buckets(place: int, window: int, windows: Windows) -> Gather:
    leaves = windows.leaving(window)

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
        return found, NEVER if oldest == NEVER else leaves(oldest)

    return gather


def _ever_texts(place: int) -> Gather:
    def gather(asked: Asked) -> tuple[list[Any], int]:
        held = [texts for slots in asked.parts if (texts := slots.get(place)) is not None]
        if any(texts is OVERFLOW for texts in held):
            raise Overflow
        return held, NEVER

    return gather


def _texts(place: int, window: int, windows: Windows) -> Gather:
    """{text: events in the window} of every state."""

    leaves = windows.leaving(window)

    def gather(asked: Asked) -> tuple[list[Any], int]:
        low, high = asked.places[window].low, asked.places[window].high
        found, oldest = [], NEVER
        for slots in asked.parts:
            texts = slots.get(place)
            if texts is None:
                continue
            if texts is OVERFLOW:
                raise Overflow
            counted = {}
            for text, series in texts.items():
                events = 0
                for bucket, number in series.items():
                    if bucket >= low:
                        if bucket < oldest:
                            oldest = bucket
                        if bucket < high:
                            events += number
                if events:
                    counted[text] = events
            found.append(counted)
        return found, NEVER if oldest == NEVER else leaves(oldest)

    return gather


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
    if not found:
        return []
    events = found[0]
    if len(found) > 1:
        events = {}
        for counted in found:
            for text, number in counted.items():
                events[text] = events.get(text, 0) + number
    ranked = [(-number, text) for text, number in events.items() if number >= measure.at_least]
    if measure.limit == 1:
        return [min(ranked)[1]] if ranked else []
    ranked.sort()
    return [text for _, text in ranked[: measure.limit]]
