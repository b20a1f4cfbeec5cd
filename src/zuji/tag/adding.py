"""Adding an event to a state: the published rules as functions, chosen by the event's name."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Sequence
from typing import Any

from zuji.tag.atoms import ANSWERS, Atom
from zuji.tag.compare import Passes, event_condition
from zuji.tag.event_facts import Event
from zuji.tag.event_names import without_names
from zuji.tag.joining import join_of, reader_of
from zuji.tag.property_facts import Read
from zuji.tag.rule import Between, Ever
from zuji.tag.state import OVERFLOW, Slots
from zuji.tag.windows import bucket_of, whole_of
from zuji.terms.document import EventMatch
from zuji.terms.period import HOUR_MS, MINUTE_MS, Calendar

Adder = Callable[[Slots, Event], None]
ByName = dict[str | None, Adder]
"""By the name of the event; None: of every name that is not there."""
Bucket = Callable[[Event], int]


class Adders:
    """What to do for an event, by its name. `most`: how many texts or events an atom may hold; None: any number."""

    def __init__(self, atoms: Sequence[Atom], calendar: Calendar, most: int | None) -> None:
        self._calendar, self._most = calendar, most
        self.answers: Adder | None = None
        """For every event, whatever its flags."""
        entries: list[ByName] = []
        alike: dict[EventMatch, list[Adder]] = {}
        for place, atom in enumerate(atoms):
            if atom == ANSWERS:
                self.answers = self._joining(place, atom)
            elif atom.gathers == "log":
                entries.append(self._logging(place, atom))
            elif (match := atom.matches[0]) is not None:
                alike.setdefault(match, []).append(self._adder(place, atom))
        for match, adders in alike.items():
            names, passes = self._condition(match)
            entries.append(dict.fromkeys(names, _when(passes, adders)))
        self._of_any = [entry[None] for entry in entries if None in entry]
        named = {name for entry in entries for name in entry} - {None}
        self._of_name = {
            name: [entry.get(name) or entry[None] for entry in entries if name in entry or None in entry]
            for name in named
        }

    def touches(self, name: str) -> bool:
        """Whether an event of this name may change what an atom holds."""
        return bool(self._of_any) or name in self._of_name or self.answers is not None

    def of(self, name: str) -> list[Adder]:
        """What to do for an event of this name that rules look at."""
        return self._of_name.get(name, self._of_any)

    def _condition(self, match: EventMatch) -> tuple[tuple[str | None, ...], Passes | None]:
        """The names of a match (None: any), and what else must hold."""
        names, where = without_names(match)
        return names or (None,), event_condition(where.node, self._calendar) if where else None

    def _adder(self, place: int, atom: Atom) -> Adder:
        if atom.gathers in ("texts", "days"):
            return self._counting(place, atom)
        return self._joining(place, atom)

    def _joining(self, place: int, atom: Atom) -> Adder:
        read, join = reader_of(atom, self._calendar), join_of(atom.gathers)
        if isinstance(atom.kept, Ever | Between):
            return _in_span(atom, _to_one(place, read, join), self._calendar)
        return _to_series(place, read, join, _bucket(atom, self._calendar))

    def _counting(self, place: int, atom: Atom) -> Adder:
        """Texts (or days) with their events: {text: events} or {text: {bucket: events}}."""
        read = reader_of(atom, self._calendar)
        most = self._most if atom.gathers == "texts" else None
        if isinstance(atom.kept, Ever | Between):
            return _in_span(atom, _to_texts(place, read, most), self._calendar)
        return _to_texts(place, read, most, _bucket(atom, self._calendar))

    def _logging(self, place: int, atom: Atom) -> ByName:
        """Every event that may be a step (bit n of its mask) or must not happen (the last bit)."""
        found = [(1 << bit, *self._condition(match)) for bit, match in enumerate(atom.matches) if match is not None]
        return {
            name: _to_log(place, [(bit, passes) for bit, names, passes in found if {name, None} & {*names}], self._most)
            for name in {name for _, names, _ in found for name in names}
        }


def _to_log(place: int, bits: Sequence[tuple[int, Passes | None]], most: int | None) -> Adder:
    """[time, position, mask], in order."""

    def log(slots: Slots, event: Event) -> None:
        mask = 0
        for bit, passes in bits:
            if passes is None or passes(event):
                mask |= bit
        events = slots.get(place)
        if not mask or events is OVERFLOW:
            return
        if events is None:
            events = slots[place] = []
        insort(events, [event.at, event.position, mask])
        if most is not None and len(events) > most:
            slots[place] = OVERFLOW

    return log


def _when(passes: Passes | None, adders: list[Adder]) -> Adder:
    if passes is None and len(adders) == 1:
        return adders[0]

    def add(slots: Slots, event: Event) -> None:
        if passes is None or passes(event):
            for one in adders:
                one(slots, event)

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
            return lambda event: bucket_of("day", event.at, calendar)
