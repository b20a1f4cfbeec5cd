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
Found = Any
"""What an atom holds of a window: a list of its figures, or of texts (or days) {text: events}."""
Gather = Callable[[Asked], tuple[Found, int]]
Finish = Callable[[Found], Any]


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
        return finish(found), until

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
    def gather(asked: Asked) -> tuple[Found, int]:
        found: dict[Any, int] = {}
        for slots in asked.parts:
            texts = slots.get(place)
            if texts is OVERFLOW:
                raise Overflow
            for text, number in (texts or {}).items():
                found[text] = found.get(text, 0) + number
        return found, NEVER

    return gather


def _texts(place: int, window: int, windows: Windows) -> Gather:
    """{text: events in the window}."""

    leaves = windows.leaving(window)

    def gather(asked: Asked) -> tuple[Found, int]:
        low, high = asked.places[window].low, asked.places[window].high
        found: dict[Any, int] = {}
        oldest = NEVER
        for slots in asked.parts:
            texts = slots.get(place)
            if texts is None:
                continue
            if texts is OVERFLOW:
                raise Overflow
            for text, series in texts.items():
                for bucket, number in series.items():
                    if bucket >= low:
                        if bucket < oldest:
                            oldest = bucket
                        if bucket < high:
                            found[text] = found.get(text, 0) + number
        return found, NEVER if oldest == NEVER else leaves(oldest)

    return gather


def _finish(measure: Measure, atom: Atom) -> Finish:
    match measure.what:
        case "count":
            return sum
        case "days" | "distinct":
            return len
        case "top":
            return _first(measure.at_least) if measure.limit == 1 else _ranked(measure.at_least, measure.limit)
        case "sum":
            return lambda found: total_of(found)[1] / 1_000_000
        case "average":
            return _average
    join = join_of(atom.gathers)
    if measure.what in ("first", "last"):
        return lambda found: reduce(join, found)[2] if found else None
    return lambda found: reduce(join, found) if found else None


def _average(found: list[Any]) -> float | None:
    numbers, millionths = total_of(found)
    return millionths / numbers / 1_000_000 if numbers else None


def _first(at_least: int) -> Finish:
    """The text on most events, by itself in a list; of equal ones the smallest."""

    def first(found: dict[str, int]) -> list[str]:
        best: str | None = None
        most = at_least
        for text, number in found.items():
            if number > most or (number == most and (best is None or text < best)):
                best, most = text, number
        return [] if best is None else [best]

    return first


def _ranked(at_least: int, limit: int) -> Finish:
    def ranked(found: dict[str, int]) -> list[str]:
        each = sorted([(-number, text) for text, number in found.items() if number >= at_least])
        return [text for _, text in each[:limit]]

    return ranked
