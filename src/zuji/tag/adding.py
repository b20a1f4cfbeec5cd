"""Adding an event to a state: the published rules as functions, chosen by the event's name."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from zuji.tag.atoms import ANSWERS, Atom
from zuji.tag.compare import Passes, event_condition
from zuji.tag.event_facts import Event
from zuji.tag.event_names import without_names
from zuji.tag.joining import join_of, reader_of
from zuji.tag.property_facts import Read
from zuji.tag.rule import Between, Ever
from zuji.tag.state import OVERFLOW, Slots
from zuji.tag.windows import day_of, whole_of
from zuji.terms.document import EventMatch
from zuji.terms.period import HOUR_MS, MINUTE_MS, Calendar

Adder = Callable[[Slots, Event], None]
Bucket = Callable[[Event], int]


@dataclass(frozen=True, slots=True)
class Placed:
    """An atom and its place among the atoms."""

    place: int
    atom: Atom


class Adders:
    """What to do for an event, by its name. `most`: how many texts or events an atom may hold; None: any number."""

    def __init__(self, atoms: Sequence[Atom], calendar: Calendar, most: int | None) -> None:
        self._calendar, self._most = calendar, most
        self._conditions: dict[EventMatch, tuple[tuple[str | None, ...], Passes | None]] = {}
        placed = [Placed(place, atom) for place, atom in enumerate(atoms)]
        self.answers = next((self._joining(one) for one in placed if one.atom == ANSWERS), None)
        """For every event, whatever its flags."""
        self._figures = [one for one in placed if one.atom.gathers != "log" and one.atom != ANSWERS]
        self._logs = [one for one in placed if one.atom.gathers == "log"]
        matches = [match for atom in atoms for match in atom.matches if match is not None]
        named = {name for match in matches for name in self._condition(match)[0] if name is not None}
        self._of_any = self._for_name(None)
        self._of_name = {name: self._for_name(name) for name in named}

    def touches(self, name: str) -> bool:
        """Whether an event of this name may change what an atom holds."""
        return bool(self._of_any) or name in self._of_name or self.answers is not None

    def of(self, name: str) -> list[Adder]:
        """What to do for an event of this name that rules look at."""
        return self._of_name.get(name, self._of_any)

    def _condition(self, match: EventMatch) -> tuple[tuple[str | None, ...], Passes | None]:
        """The names of a match (None: any), and what else must hold."""
        if match not in self._conditions:
            names, where = without_names(match)
            passes = event_condition(where.node, self._calendar) if where else None
            self._conditions[match] = names or (None,), passes
        return self._conditions[match]

    def _for_name(self, name: str | None) -> list[Adder]:
        """Everything for the events of a name; None: of a name that no rule says."""
        alike: dict[Passes | None, list[Placed]] = {}
        for one in self._figures:
            match = one.atom.matches[0]
            if match is not None:
                names, passes = self._condition(match)
                if name in names or None in names:
                    alike.setdefault(passes, []).append(one)
        adders = [_when(passes, self._together(those)) for passes, those in alike.items()]
        return adders + [adder for one in self._logs for adder in self._logging(one, name)]

    def _together(self, those: Sequence[Placed]) -> Adder:
        """The atoms that one event goes to. Events by day and texts by day are most of them: theirs are two loops."""
        counts = [one.place for one in those if one.atom.gathers == "count" and one.atom.kept == "day"]
        texts = [
            (one.place, reader_of(one.atom, self._calendar))
            for one in those
            if one.atom.gathers == "texts" and one.atom.kept == "day"
        ]
        apart = {*counts, *(place for place, _ in texts)}
        others = [self._adder(one) for one in those if one.place not in apart]
        return _to_days(counts, texts, others, self._most or _MORE_THAN_ANY, self._calendar)

    def _adder(self, one: Placed) -> Adder:
        if one.atom.gathers in ("texts", "days"):
            return self._counting(one)
        return self._joining(one)

    def _joining(self, one: Placed) -> Adder:
        read, join = reader_of(one.atom, self._calendar), join_of(one.atom.gathers)
        if isinstance(one.atom.kept, Ever | Between):
            return _in_span(one.atom, _to_one(one.place, read, join), self._calendar)
        return _to_series(one.place, read, join, _bucket(one.atom, self._calendar))

    def _counting(self, one: Placed) -> Adder:
        """Texts (or days) with their events: {text: events} or {text: {bucket: events}}."""
        read = reader_of(one.atom, self._calendar)
        most = self._most if one.atom.gathers == "texts" else None
        if isinstance(one.atom.kept, Ever | Between):
            return _in_span(one.atom, _to_texts(one.place, read, most), self._calendar)
        return _to_texts(one.place, read, most, _bucket(one.atom, self._calendar))

    def _logging(self, one: Placed, name: str | None) -> list[Adder]:
        """Every event that may be a step (bit n of its mask) or must not happen (the last bit)."""
        bits = []
        for bit, match in enumerate(one.atom.matches):
            if match is not None:
                names, passes = self._condition(match)
                if name in names or None in names:
                    bits.append((1 << bit, passes))
        return [_to_log(one.place, bits, self._most)] if bits else []


_MORE_THAN_ANY = 2**62


def _to_days(
    counts: Sequence[int],
    texts: Sequence[tuple[int, Read[str]]],
    others: Sequence[Adder],
    most: int,
    calendar: Calendar,
) -> Adder:
    zone = calendar.zone

    def add(slots: Slots, event: Event) -> None:
        day = day_of(zone, event.at)
        for place in counts:
            series = slots.get(place)
            if series is None:
                slots[place] = {day: 1}
            else:
                series[day] = series.get(day, 0) + 1
        for place, read in texts:
            text = read(event)
            if text is not None:
                held = slots.get(place)
                if held is None:
                    slots[place] = {text: {day: 1}}
                elif held is not OVERFLOW:
                    series = held.get(text)
                    if series is not None:
                        series[day] = series.get(day, 0) + 1
                    elif len(held) < most:
                        held[text] = {day: 1}
                    else:
                        slots[place] = OVERFLOW
        for one in others:
            one(slots, event)

    return add


def _to_log(place: int, bits: Sequence[tuple[int, Passes | None]], most: int | None) -> Adder:
    """Which bits occur at all, and [time, position, mask] of every event, in order."""

    def log(slots: Slots, event: Event) -> None:
        mask = 0
        for bit, passes in bits:
            if passes is None or passes(event):
                mask |= bit
        held = slots.get(place)
        if not mask or held is OVERFLOW:
            return
        if held is None:
            held = slots[place] = [0, []]
        held[0] |= mask
        insort(held[1], [event.at, event.position, mask])
        if most is not None and len(held[1]) > most:
            slots[place] = OVERFLOW

    return log


def _when(passes: Passes | None, adder: Adder) -> Adder:
    if passes is None:
        return adder

    def add(slots: Slots, event: Event) -> None:
        if passes(event):
            adder(slots, event)

    return add


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
