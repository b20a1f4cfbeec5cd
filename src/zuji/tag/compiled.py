"""Live rules, compiled: events in, states kept, values out. No clock, no store, no input or output.

    compiled = compile_rules(published, calendar)
    state = compiled.add(state, event, t)                    # of one stretch of an anchor; None: no event yet
    figures = compiled.figures(states_of_the_person, t)
    found = compiled.evaluate(figures, person)               # values of all live tags and segments, and `next_at`

Events may be added in any order, and a person's events may be divided among any number of states: the figures are the
same. An event whose effect reaches no atom need not be added, unless its anchor has no state yet: whoever has a seen
event is somebody rules are asked of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any, Final

import msgspec

from zuji.tag.atoms import ANSWERS, Atom, atoms_of
from zuji.tag.compare import NEVER
from zuji.tag.conditions import Conditions, Holds
from zuji.tag.definition import ListOf, Published
from zuji.tag.effects import Effect, Effects
from zuji.tag.event_facts import Event, kept_event
from zuji.tag.figures import Figures
from zuji.tag.graph import needs
from zuji.tag.measure_figures import Figure, Overflow
from zuji.tag.moment import Windows
from zuji.tag.person_facts import PersonFacts
from zuji.tag.property_facts import columns_of
from zuji.tag.pruning import prune
from zuji.tag.rule import EVER, AllOf, Cases, Measure, Measured, Rule, ValueOf, When, leaves_of
from zuji.tag.rule import Sequence as InOrder
from zuji.tag.state import State, decode, encode
from zuji.tag.touched import LiveRule, Name, TouchedBy, Value, confirmed_by_events
from zuji.terms.period import HOUR_MS, Calendar

MOST_HELD = 200
"""How many texts, or events of a sequence, an atom holds for one stretch of an anchor."""
FORMAT = 1
"""Of what a state is written as. Another number has all states made anew."""

NOTHING_SAID: Final[Mapping[Name, Any]] = {}
Change = tuple[Name, Any, Any]
"""What a rule said before, and what it says now; None: nothing."""


class Evaluated(msgspec.Struct, frozen=True, gc=False):
    """What the live rules say about a person as of a moment.

    `next_at`: before this moment nothing but an event or what is known of the person can change that; None: never.
    `overflows`: an atom held too much, so nothing is said: add the person's events to states of `unlimited()`.
    `changes`: what differs from what was said before.
    """

    values: Mapping[Name, Any]
    next_at: int | None
    overflows: bool = False
    changes: Sequence[Change] = ()


class Compiled:
    """The live rules of a workspace as functions."""

    def __init__(self, published: Published, calendar: Calendar, most: int | None = MOST_HELD) -> None:
        needed = atoms_of(published)
        self._published, self._calendar = published, calendar
        self._atoms = tuple(needed)
        self._windows = Windows([EVER, *(window for windows in needed.values() for window in windows)], calendar)
        self._read_through = [[self._windows.number(window) for window in windows] for windows in needed.values()]
        self._effects = Effects(self._atoms, calendar, most)
        places = {atom: place for place, atom in enumerate(self._atoms)}
        conditions = Conditions(places, self._windows, calendar, _often(published))
        self._lists = _lists(published)
        self._rules = _live_rules(published, conditions)
        self._touched_by = TouchedBy(published, places, self._rules)
        self.signature = _signature(self._atoms, calendar)
        """Names the atoms: states written under another are made anew from the store."""
        self.names = {rule.name: rule.name for rule in self._rules}
        """Of the live tags and segments. Values under these very tuples are found sooner than under equal ones."""
        self.columns = frozenset(_columns(self._atoms))
        """The columns of events that rules read, beside those every event has."""

    @property
    def is_empty(self) -> bool:
        """Whether there is no live rule at all."""
        return not self._rules

    def touches(self, event_name: str) -> bool:
        """Whether an event of this name can change a state that there is already."""
        return self._effects.touches(event_name)

    def add(self, state: State | None, event: Event, t: int) -> State:
        """The state with one more event, changed in place. An event of after t waits until its time."""
        return self.add_effect(state, event, self._effects.of(event), t)

    def effect_of(self, event: Event) -> Effect:
        """What an event does to the state of its anchor; it says which atoms that can reach."""
        return self._effects.of(event)

    def add_effect(self, state: State | None, event: Event, effect: Effect, t: int) -> State:
        """The same as `add`, for those who asked for the event's effect before."""
        if state is None:
            state = State(self.signature, event.anchor, pruned=t // HOUR_MS)
        if event.at > t:
            state.waiting.append(event.kept(self.columns))
            return state
        _take_in(state, event, effect)
        if state.pruned < t // HOUR_MS:
            state.pruned = t // HOUR_MS
            prune(state.slots, self._atoms, self._read_through, self._windows.places(t))
        return state

    def encode(self, state: State) -> bytes:
        """The state as bytes."""
        return encode(state)

    def decode(self, data: bytes) -> State | None:
        """The state of these bytes; None when its atoms are others, so that it must be made anew from the store."""
        return decode(data, self.signature)

    def figures(self, states: Iterable[State], t: int) -> Figures:
        """The figures of whom all these states belong to. Events that waited and are due by t are added to them."""
        found, waits_until = list(states), NEVER
        for state in found:
            if state.waiting:
                waits_until = min(waits_until, self._settle(state, t))
        return Figures(found, [state.slots for state in found], t, self._windows.places(t), waits_until)

    def evaluate(self, figures: Figures, person: PersonFacts, said: Mapping[Name, Any] = NOTHING_SAID) -> Evaluated:
        """The values of all live tags and segments. `said`: what they were before."""
        if not figures.is_seen:
            gone = [(name, old, None) for name, old in said.items()]
            return Evaluated(NOTHING_SAID, _moment(figures.waits_until), changes=gone)
        return self._asked(figures, person, said, figures.waits_until, self._rules)

    def revise(self, before: Evaluated, figures: Figures, person: PersonFacts, reach: int) -> Evaluated:
        """The values after events whose effects reach these atoms, where nothing else has changed since `before`.

        Nothing else: the same rules, states of the same anchors and stretches, the same facts of the person. Only the
        rules that such events can change are asked again, so the next moment may be earlier than it need be.
        """
        said = before.values
        if not said or before.overflows or (before.next_at is not None and before.next_at <= figures.t):
            return self.evaluate(figures, person, said)
        soonest = figures.waits_until if before.next_at is None else min(before.next_at, figures.waits_until)
        asked = [rule for rule in self._touched_by(reach) if (rule.name in said) is not rule.confirmed]
        return self._asked(figures, person, said, soonest, asked)

    def _asked(
        self, figures: Figures, person: PersonFacts, said: Mapping[Name, Any], soonest: int, rules: Iterable[LiveRule]
    ) -> Evaluated:
        """What is said once these rules are asked, in their order: those that are named come first."""
        figures.person, figures.before = self._with_lists(person), said
        changes: list[Change] = []
        try:
            for name, value_of, _, is_named in rules:
                found = value_of(figures)
                if is_named:
                    figures.given[name] = found
                value, until = found
                if until < soonest:
                    soonest = until
                if value is False:  # what does not hold is no value
                    value = None
                old = said.get(name)
                if value != old or (value is True) is not (old is True):
                    changes.append((name, old, value))
        except Overflow:
            return Evaluated(NOTHING_SAID, None, overflows=True)
        if len(changes) > 1:
            changes.sort(key=_is_told_later)
        return Evaluated(_changed(said, changes), _moment(soonest), changes=changes)

    def unlimited(self) -> Compiled:
        """The same rules, with states that hold everything: for those who have more than states are meant to hold."""
        return Compiled(self._published, self._calendar, None)

    def _settle(self, state: State, t: int) -> int:
        """Take in what is due; gives when the next event is."""
        waiting, state.waiting = state.waiting, []
        for cells in waiting:
            if cells["occurred_at"] > t:
                state.waiting.append(cells)
            else:
                event = kept_event(cells)
                _take_in(state, event, self._effects.of(event))
        return min((cells["occurred_at"] for cells in state.waiting), default=NEVER)

    def _with_lists(self, person: PersonFacts) -> PersonFacts:
        """Segments that are lists of identifiers are worked out here, for the rules that name them."""
        if not self._lists:
            return person
        mine = {key for key, listed in self._lists.items() if not listed.isdisjoint(person.identifiers)}
        return PersonFacts(person.traits, person.identifiers, person.tags, person.segments | mine)


def compile_rules(published: Published, calendar: Calendar) -> Compiled:
    """Compile the live rules of a workspace, for its calendar."""
    return Compiled(published, calendar)


def _take_in(state: State, event: Event, effect: Effect) -> None:
    if event.is_seen:
        state.is_seen = True
    effect.add(state.slots, event)


def _is_told_later(change: Change) -> bool:
    """What is over is told before what begins: nobody is told two values of a group in which there is one at most."""
    return change[2] is not None


def _moment(at: int) -> int | None:
    return None if at == NEVER else at


def _changed(said: Mapping[Name, Any], changes: Sequence[Change]) -> Mapping[Name, Any]:
    if not changes:
        return said
    values = dict(said)
    for name, _, new in changes:
        if new is None:
            del values[name]
        else:
            values[name] = new
    return values


def _live_rules(published: Published, conditions: Conditions) -> tuple[LiveRule, ...]:
    named = {name for one in published.live() for name in needs(one)}
    return tuple(
        LiveRule(name, _value_of(one.rule, conditions), confirmed_by_events(one), name in named)
        for one in published.live()
        if one.rule is not None
        for name in ((one.kind, one.key),)
    )


def _value_of(rule: Rule, conditions: Conditions) -> Value:
    match rule:
        case When(when):
            return conditions.holds(when)
        case Cases(cases, otherwise):
            return _first_case([(case.value, conditions.holds(case.when)) for case in cases], otherwise)
        case ValueOf(measure, AllOf(())):
            return conditions.value(measure)
        case ValueOf(measure, when):
            return _guarded(conditions.value(measure), conditions.holds(when))


def _first_case(cases: list[tuple[str, Holds]], otherwise: str | None) -> Value:
    def value(figures: Figures) -> Figure:
        soonest = NEVER
        for given, holds in cases:
            passes, until = holds(figures)
            if until < soonest:
                soonest = until
            if passes:
                return given, soonest
        return otherwise, soonest

    return value


def _guarded(read: Value, holds: Holds) -> Value:
    def value(figures: Figures) -> Figure:
        passes, until = holds(figures)
        if not passes:
            return None, until
        found, changes = read(figures)
        return found, min(until, changes)

    return value


def _often(published: Published) -> frozenset[Measure | InOrder]:
    """The measures and sequences that occur in more than one place of the live rules."""
    found: Counter[Measure | InOrder] = Counter()
    for one in published.live():
        if one.rule is not None:
            found.update(leaf.measure if isinstance(leaf, Measured) else leaf for leaf in _looking(one.rule))
            if isinstance(one.rule, ValueOf):
                found[one.rule.measure] += 1
    return frozenset(key for key, times in found.items() if times > 1)


def _looking(rule: Rule) -> Iterator[Measured | InOrder]:
    return (leaf for leaf in leaves_of(rule) if isinstance(leaf, Measured | InOrder))


def _lists(published: Published) -> dict[str, frozenset[tuple[str, str]]]:
    return {
        one.key: frozenset(one.members.identifiers) for one in published.definitions if isinstance(one.members, ListOf)
    }


def _signature(atoms: tuple[Atom, ...], calendar: Calendar) -> int:
    said = repr((FORMAT, atoms, calendar.zone.key)).encode()
    return int.from_bytes(blake2b(said, digest_size=6).digest())


def _columns(atoms: tuple[Atom, ...]) -> Iterable[str]:
    """The columns that atoms read of an event."""
    for atom in atoms:
        if atom == ANSWERS:
            yield "purposes"
        names = [leaf.property for match in atom.matches if match is not None for leaf in match.where.leaves()]
        for name in [*names, *([atom.property] if atom.property else [])]:
            yield from columns_of(name)
