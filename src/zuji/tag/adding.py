"""Adding an event to a state: what each atom does with it, as functions."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from zuji.tag.atoms import Atom
from zuji.tag.event_facts import Event
from zuji.tag.joining import join_of, reader_of
from zuji.tag.property_facts import Read
from zuji.tag.rule import Between, Ever, Width
from zuji.tag.state import OVERFLOW, Slots
from zuji.tag.windows import day_of, whole_of
from zuji.terms.period import HOUR_MS, MINUTE_MS, Calendar

Adder = Callable[[Slots, Event], None]
Bucket = Callable[[Event], int]

_WIDTHS: dict[Width, int] = {"minute": 0, "hour": 1, "day": 2}
_MORE_THAN_ANY = 2**62


@dataclass(frozen=True, slots=True)
class Placed:
    """An atom and its place among the atoms."""

    place: int
    atom: Atom


def all_of(those: Sequence[Placed], others: Sequence[Adder], calendar: Calendar, most: int | None) -> Adder:
    """Adds an event to all of these atoms. Counts and texts are most of them: theirs are loops, without a call each."""
    ever = [one.place for one in those if one.atom.gathers == "count" and isinstance(one.atom.kept, Ever)]
    counts = [(one.place, width) for one, width in _in_buckets(those, "count")]
    texts = [(one.place, reader_of(one.atom, calendar), width) for one, width in _in_buckets(those, "texts")]
    looped = {*ever, *(place for place, _ in counts), *(place for place, *_ in texts)}
    rest = [_adder(one, calendar, most) for one in those if one.place not in looped]
    return _to_all(ever, counts, texts, [*rest, *others], _MORE_THAN_ANY if most is None else most, calendar)


def logging(place: int, mask: int, most: int | None) -> Adder:
    """Adds an event to the log of a sequence. Of the mask, bit n says it may be step n, the last that it spoils."""

    def log(slots: Slots, event: Event) -> None:
        held = slots.get(place)
        if held is OVERFLOW:
            return
        if held is None:
            held = slots[place] = [0, []]
        held[0] |= mask
        insort(held[1], [event.at, event.position, mask])
        if most is not None and len(held[1]) > most:
            slots[place] = OVERFLOW

    return log


def _in_buckets(those: Sequence[Placed], gathers: str) -> list[tuple[Placed, int]]:
    """The atoms of this kind that are kept in buckets, with the place of the width."""
    return [
        (one, _WIDTHS[one.atom.kept]) for one in those if one.atom.gathers == gathers and isinstance(one.atom.kept, str)
    ]


def _to_all(
    ever: Sequence[int],
    counts: Sequence[tuple[int, int]],
    texts: Sequence[tuple[int, Read[str], int]],
    others: Sequence[Adder],
    most: int,
    calendar: Calendar,
) -> Adder:
    zone = calendar.zone

    def add(slots: Slots, event: Event) -> None:
        at = event.at
        buckets = (at // MINUTE_MS, at // HOUR_MS, day_of(zone, at))
        for place in ever:
            slots[place] = slots.get(place, 0) + 1
        for place, width in counts:
            bucket, series = buckets[width], slots.get(place)
            if series is None:
                slots[place] = {bucket: 1}
            else:
                series[bucket] = series.get(bucket, 0) + 1
        for place, read, width in texts:
            _count_text(slots, place, read(event), buckets[width], most)
        for one in others:
            one(slots, event)

    return add


def _count_text(slots: Slots, place: int, text: str | None, bucket: int, most: int) -> None:
    held = slots.get(place)
    if text is None or held is OVERFLOW:
        return
    if held is None:
        slots[place] = {text: {bucket: 1}}
    elif (series := held.get(text)) is not None:
        series[bucket] = series.get(bucket, 0) + 1
    elif len(held) < most:
        held[text] = {bucket: 1}
    else:
        slots[place] = OVERFLOW


def _adder(one: Placed, calendar: Calendar, most: int | None) -> Adder:
    if one.atom.gathers in ("texts", "days"):
        return _counting(one, calendar, most)
    return _joining(one, calendar)


def _joining(one: Placed, calendar: Calendar) -> Adder:
    read, join = reader_of(one.atom, calendar), join_of(one.atom.gathers)
    if isinstance(one.atom.kept, Ever | Between):
        return _in_span(one.atom, _to_one(one.place, read, join), calendar)
    return _to_series(one.place, read, join, _bucket(one.atom, calendar))


def _counting(one: Placed, calendar: Calendar, most: int | None) -> Adder:
    """Texts (or days) with their events: {text: events} or {text: {bucket: events}}."""
    read = reader_of(one.atom, calendar)
    most = most if one.atom.gathers == "texts" else None
    if isinstance(one.atom.kept, Ever | Between):
        return _in_span(one.atom, _to_texts(one.place, read, most), calendar)
    return _to_texts(one.place, read, most, _bucket(one.atom, calendar))


def _to_one(place: int, read: Read[Any], join: Callable[[Any, Any], Any]) -> Adder:
    def add(slots: Slots, event: Event) -> None:
        figure = read(event)
        if figure is not None:
            held = slots.get(place)
            slots[place] = figure if held is None else join(held, figure)

    return add


def _to_series(place: int, read: Read[Any], join: Callable[[Any, Any], Any], bucket_of_event: Bucket) -> Adder:
    def add(slots: Slots, event: Event) -> None:
        figure = read(event)
        if figure is None:
            return
        series = slots.get(place)
        if series is None:
            series = slots[place] = {}
        bucket = bucket_of_event(event)
        held = series.get(bucket)
        series[bucket] = figure if held is None else join(held, figure)

    return add


def _to_texts(place: int, read: Read[Any], most: int | None, bucket_of_event: Bucket | None = None) -> Adder:
    def add(slots: Slots, event: Event) -> None:
        text = read(event)
        texts = slots.get(place)
        if text is None or texts is OVERFLOW:
            return
        if texts is None:
            texts = slots[place] = {}
        if bucket_of_event is None:
            texts[text] = texts.get(text, 0) + 1
        else:
            series = texts.setdefault(text, {})
            bucket = bucket_of_event(event)
            series[bucket] = series.get(bucket, 0) + 1
        if most is not None and len(texts) > most:
            slots[place] = OVERFLOW

    return add


def _in_span(atom: Atom, add: Adder, calendar: Calendar) -> Adder:
    """The same for events of the days of a fixed window only."""
    if not isinstance(atom.kept, Between):
        return add
    span = whole_of(atom.kept, calendar)
    from_ms, to_ms = span.from_ms, span.to_ms

    def add_inside(slots: Slots, event: Event) -> None:
        if from_ms <= event.at < to_ms:
            add(slots, event)

    return add_inside


def _bucket(atom: Atom, calendar: Calendar) -> Bucket:
    match atom.kept:
        case "minute":
            return lambda event: event.at // MINUTE_MS
        case "hour":
            return lambda event: event.at // HOUR_MS
        case _:
            return lambda event: day_of(calendar.zone, event.at)
