"""What an event does to states: which conditions it passes, hence which atoms it reaches and how.

A condition is asked once for an event, however many atoms hang on it, and those that compare one property with texts
are a single look-up together. Events of a name that pass the same conditions do the same, so what they do is put
together at the first of them and remembered: most events of a batch find it ready.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from zuji.tag.adding import Adder, Placed, all_of, logging
from zuji.tag.atoms import ANSWERS, Atom
from zuji.tag.compare import Passes, event_condition
from zuji.tag.event_facts import Event
from zuji.tag.event_names import without_names
from zuji.tag.property_facts import Read, texts_of
from zuji.terms.condition import All, Leaf, Node
from zuji.terms.document import EventMatch
from zuji.terms.period import Calendar
from zuji.terms.value import text_of

MOST_REMEMBERED = 10_000
"""Different sets of conditions that events of a name passed; then remembered afresh."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What an event does. `reach`: the atoms that it may change, a bit for the place of each."""

    reach: int
    add: Adder


MakeEffect = Callable[[Sequence[Placed], Sequence[tuple[Placed, int]]], Effect]
"""Puts together what is done to these figures, and to these logs with such masks."""


class Effects:
    """What events do, by name. `most`: how many texts or events an atom may hold; None: any number."""

    def __init__(self, atoms: Sequence[Atom], calendar: Calendar, most: int | None) -> None:
        self._calendar, self._most = calendar, most
        self._matches: dict[EventMatch, tuple[tuple[str | None, ...], Node | None]] = {}
        self._placed = [Placed(place, atom) for place, atom in enumerate(atoms)]
        matches = [match for atom in atoms for match in atom.matches if match is not None]
        named = {name for match in matches for name in self._read(match)[0] if name is not None}
        self._of_any = self._for_name(None)
        self._of_name = {name: self._for_name(name) for name in named}
        self._of_unseen = self._effect([one for one in self._placed if one.atom == ANSWERS], [])

    def of(self, event: Event) -> Effect:
        """What this one does. Of an event that rules do not look at, only the answers for purposes count."""
        if not event.is_seen:
            return self._of_unseen
        return self._of_name.get(event.name, self._of_any).of(event)

    def touches(self, name: str) -> bool:
        """Whether an event of this name may change what an atom holds."""
        return self._of_name.get(name, self._of_any).touches

    def _read(self, match: EventMatch) -> tuple[tuple[str | None, ...], Node | None]:
        """The names of a match (None: any), and what else must hold."""
        if match not in self._matches:
            names, where = without_names(match)
            self._matches[match] = names or (None,), where.node if where else None
        return self._matches[match]

    def _for_name(self, name: str | None) -> _OfName:
        """Everything for the events of a name; None: of a name that no rule says."""
        conditions = _Conditions(self._calendar)
        figures: list[tuple[Placed, int]] = []
        logs: list[tuple[Placed, list[tuple[int, int]]]] = []
        for one in self._placed:
            needs = []
            for bit, match in enumerate(one.atom.matches):
                if match is not None:
                    names, node = self._read(match)
                    if name in names or None in names:
                        needs.append((1 << bit, conditions.number(node)))
            if one.atom.gathers == "log" and needs:
                logs.append((one, needs))
            elif needs or one.atom == ANSWERS:
                figures.append((one, needs[0][1] if needs else 0))
        return _OfName(self._effect, conditions, figures, logs)

    def _effect(self, figures: Sequence[Placed], logs: Sequence[tuple[Placed, int]]) -> Effect:
        reach = 0
        for one in (*figures, *(one for one, _ in logs)):
            reach |= 1 << one.place
        adders = [logging(one.place, mask, self._most) for one, mask in logs]
        return Effect(reach, all_of(figures, adders, self._calendar, self._most))


class _OfName:
    """The events of one name. Figures and logs each with what must be passed: a bit of the conditions; 0: nothing."""

    def __init__(
        self,
        effect: MakeEffect,
        conditions: _Conditions,
        figures: Sequence[tuple[Placed, int]],
        logs: Sequence[tuple[Placed, list[tuple[int, int]]]],
    ) -> None:
        self._effect, self._conditions, self._figures, self._logs = effect, conditions, figures, logs
        self._known: dict[int, Effect] = {}

    @property
    def touches(self) -> bool:
        """Whether such an event may change anything."""
        return bool(self._figures or self._logs)

    def of(self, event: Event) -> Effect:
        """What this one does."""
        passed = self._conditions.passed(event)
        found = self._known.get(passed)
        if found is None:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            found = self._known[passed] = self._put_together(passed)
        return found

    def _put_together(self, passed: int) -> Effect:
        figures = [one for one, needed in self._figures if not needed or passed & needed]
        masks = [(one, sum(bit for bit, needed in needs if not needed or passed & needed)) for one, needs in self._logs]
        return self._effect(figures, [(one, mask) for one, mask in masks if mask])


class _Conditions:
    """The different conditions on events of a name, each with a bit."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._bits: dict[str, int] = {}
        """By what a condition is written as: true equals 1 in Python, and is another text."""
        self._tests: list[tuple[Passes, int]] = []
        self._listed: dict[str, tuple[Read[str], dict[str, int]]] = {}
        """By property: its text, and the conditions that each text passes."""

    def number(self, node: Node | None) -> int:
        """The bit of a condition; 0 where there is none."""
        if node is None:
            return 0
        written = repr(node)
        if written not in self._bits:
            bit = self._bits[written] = 1 << len(self._bits)
            leaf = _alone(node)
            if leaf is not None and leaf.op == "equals":
                _, bits = self._listed.setdefault(leaf.property, (texts_of(leaf.property), {}))
                for text in _texts(leaf):
                    bits[text] = bits.get(text, 0) | bit
            else:
                self._tests.append((event_condition(node, self._calendar), bit))
        return self._bits[written]

    def passed(self, event: Event) -> int:
        """The bits of those that an event passes."""
        found = 0
        for read, bits in self._listed.values():
            text = read(event)
            if text is not None:
                found |= bits.get(text, 0)
        for passes, bit in self._tests:
            if passes(event):
                found |= bit
        return found


def _alone(node: Node) -> Leaf | None:
    """The only leaf of a condition that has no more."""
    while isinstance(node, All) and len(node.parts) == 1:
        node = node.parts[0]
    return node if isinstance(node, Leaf) else None


def _texts(leaf: Leaf) -> frozenset[str]:
    values = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
    return frozenset(map(text_of, values))
