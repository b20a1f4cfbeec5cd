"""Conditions of rules as functions: whether somebody passes, and until when that can change only by an event.

Of parts that must all hold, one that fails settles the whole, and until that one may change nothing can; so later
parts are not looked at, and a person has few moments to be looked at again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from zuji.tag.atoms import ANSWERS, Atom, ends_now
from zuji.tag.compare import NEVER, Moving, Test, read_test
from zuji.tag.figures import Figures
from zuji.tag.measure_figures import Figure, events_in, figure_of
from zuji.tag.moment import Windows
from zuji.tag.property_facts import inside, text
from zuji.tag.read_measure import GIVES_NUMBER
from zuji.tag.rule import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Consents,
    HasIdentifier,
    HasTag,
    InSegment,
    Measure,
    Measured,
    Not,
    Sequence,
    Trait,
)
from zuji.tag.sequence_figures import happened_of
from zuji.terms.condition import Op
from zuji.terms.document import UNIT_MS
from zuji.terms.period import Calendar

Verdict = tuple[bool, int]
Holds = Callable[[Figures], Verdict]
Read = Callable[[Figures], Figure]


class Conditions:
    """Compiles conditions. What occurs `often`, in more than one place, is read once for a person."""

    def __init__(
        self, places: Mapping[Atom, int], windows: Windows, calendar: Calendar, often: frozenset[Measure | Sequence]
    ) -> None:
        self._places, self._windows, self._calendar, self._often = places, windows, calendar, often
        self._reads: dict[Measure | Sequence, Read] = {}

    def holds(self, condition: Condition) -> Holds:
        """Whether somebody passes."""
        match condition:
            case AllOf(parts):
                return _all([self.holds(part) for part in parts])
            case AnyOf(parts):
                return _any([self.holds(part) for part in parts])
            case Not(part):
                return _not(self.holds(part))
            case Measured(measure, comparison):
                return self._measured(measure, comparison)
            case Sequence():
                return self._remembered(condition, happened_of(condition, self._places, self._windows))
            case Consents(purpose, granted):
                return _consents(purpose, granted, self._places[ANSWERS])
            case _:
                return self._of_person(condition)

    def value(self, measure: Measure) -> Read:
        """What a measure gives as the value of a tag."""
        if measure.what == "top":
            return _listed(self._figure(measure), measure.limit)
        return self._units(measure) if measure.what.startswith("since") else self._figure(measure)

    def _of_person(self, condition: Condition) -> Holds:
        match condition:
            case Trait(name, comparison):
                return self._compared(comparison, lambda asked: ([inside(asked.person.traits, name)], NEVER))
            case HasIdentifier(type_, comparison):
                return self._compared(comparison, lambda asked: (_of_type(asked, type_), NEVER))
            case HasTag(key, comparison):
                return self._compared(comparison, lambda asked: _of_tag(asked, key))
            case InSegment(key):
                return lambda asked: _in_segment(asked, key)
        raise TypeError(f"{condition!r} is no condition")

    def _figure(self, measure: Measure) -> Read:
        return self._remembered(measure, figure_of(measure, self._places, self._windows))

    def _remembered(self, key: Measure | Sequence, read: Read) -> Read:
        if key not in self._often:
            return read
        if key in self._reads:
            return self._reads[key]
        number = len(self._reads)

        def remembered(asked: Figures) -> Figure:
            found = asked.known.get(number)
            if found is None:
                found = asked.known[number] = read(asked)
            return found

        self._reads[key] = remembered
        return remembered

    def _units(self, measure: Measure) -> Read:
        """The time since an event in whole units; another one when the next unit is full."""
        read, unit = self._figure(measure), UNIT_MS[measure.unit]

        def units(asked: Figures) -> Figure:
            at, until = read(asked)
            if at is None:
                return None, until
            full = (asked.t - at) // unit
            return full, min(until, at + (full + 1) * unit)

        return units

    def _measured(self, measure: Measure, comparison: Comparison) -> Holds:
        if measure.what.startswith("since"):
            return self._since(measure, comparison)
        if measure.what == "top":
            return self._compared(comparison, self._figure(measure))
        if measure.what in GIVES_NUMBER:
            test = read_test(comparison.op, comparison.value, self._calendar)
            counted = events_in(measure, self._places, self._windows)
            if counted is not None and test.aspect == "number":
                return _count_compared(test, *counted, self._windows)
            return _number_compared(test, measure, self._figure(measure))
        return self._compared(comparison, _single(self._figure(measure)))

    def _since(self, measure: Measure, comparison: Comparison) -> Holds:
        """Only the moments at which the comparison may turn count, not every unit."""
        read, unit = self._figure(measure), UNIT_MS[measure.unit]
        turns = tuple(turn * unit for turn in _turns(comparison))
        test = read_test(comparison.op, comparison.value, self._calendar)
        passes, negative, of_text = test.passes, test.negative, test.aspect == "text"

        def holds(asked: Figures) -> Verdict:
            at, until = read(asked)
            if at is None:
                return negative, until
            full = (asked.t - at) // unit
            for turn in turns:
                if asked.t < at + turn < until:
                    until = at + turn
            return passes(text(full) if of_text else full) != negative, until

        return holds

    def _compared(self, comparison: Comparison, read: Read) -> Holds:
        """Whether one of the values passes; with a negative op: whether none passes the positive one."""
        test, calendar = read_test(comparison.op, comparison.value, self._calendar), self._calendar
        passes, negative, aspect_of = test.passes, test.negative, test.aspect_of
        if test.moving is not None:
            return _moving(test, test.moving, read, calendar)

        def holds(asked: Figures) -> Verdict:
            values, until = read(asked)
            for value in values:
                found = None if value is None else aspect_of(value, calendar)
                if found is not None and passes(found):
                    return not negative, until
            return negative, until

        return holds


def _moving(test: Test, moving: Moving, read: Read, calendar: Calendar) -> Holds:
    def holds(asked: Figures) -> Verdict:
        values, until = read(asked)
        times = [at for value in values if (at := test.aspect_of(value, calendar)) is not None]
        passes = any(moving.holds(at, asked.t) for at in times)
        return passes, min([until, *(moving.until(at, asked.t) for at in times)])

    return holds


def _number_compared(test: Test, measure: Measure, read: Read) -> Holds:
    """A comparison of a number that a measure gives."""
    passes, negative, of_text = test.passes, test.negative, test.aspect == "text"
    settled = _settled_by_time(test, measure)

    def holds(asked: Figures) -> Verdict:
        value, until = read(asked)
        if value is None:
            return negative, until
        passed = passes(text(value) if of_text else value) != negative
        return passed, NEVER if passed is settled else until

    return holds


def _count_compared(test: Test, place: int, window: int | None, windows: Windows) -> Holds:
    """The same of a count of events up to now, without a call between: half of what rules ask is this."""
    passes, settled = test.passes, _LESS_ONLY.get(test.op)
    if window is None:
        return _ever_compared(test, place)
    leaves, number = windows.leaving(window), window

    def holds(asked: Figures) -> Verdict:
        low, events = asked.places[number].low, 0
        for slots in asked.parts:
            for bucket, here in slots.get(place, _NO_BUCKETS).items():
                if bucket >= low:
                    events += here
        passed = passes(events)
        if passed is settled or not events:
            return passed, NEVER
        oldest = min([bucket for slots in asked.parts for bucket in slots.get(place, _NO_BUCKETS) if bucket >= low])
        return passed, leaves(oldest)

    return holds


def _ever_compared(test: Test, place: int) -> Holds:
    passes = test.passes

    def holds(asked: Figures) -> Verdict:
        events = 0
        for slots in asked.parts:
            events += slots.get(place, 0)
        return passes(events), NEVER

    return holds


_NO_BUCKETS: dict[int, int] = {}


_LESS_ONLY: dict[Op, bool] = {"gt": False, "gte": False, "lt": True, "lte": True}
"""The result that time alone does not change: what is counted up to now becomes only less without an event."""


def _settled_by_time(test: Test, measure: Measure) -> bool | None:
    if measure.what not in ("count", "days", "distinct") or not ends_now(measure.window):
        return None
    return _LESS_ONLY.get(test.op)


def _turns(comparison: Comparison) -> Iterable[int]:
    """The whole numbers at which the comparison of a growing whole number may turn."""
    match comparison.op:
        case "is_set" | "is_not_set":
            return ()
        case "gt" | "lte":
            return (_over(comparison.value),)
        case "gte" | "lt":
            return (_from(comparison.value),)
        case "between":
            return (_from(comparison.value[0]), _over(comparison.value[1]))
        case _:
            values = comparison.value if isinstance(comparison.value, tuple) else (comparison.value,)
            whole = [int(one) for one in values if _is_whole(one)]
            return (*whole, *(one + 1 for one in whole))


def _from(bound: Any) -> int:
    return math.ceil(min(max(float(bound), -1.0), 1e15))


def _over(bound: Any) -> int:
    return math.floor(min(max(float(bound), -1.0), 1e15)) + 1


def _is_whole(value: Any) -> bool:
    try:
        return float(value).is_integer() and abs(float(value)) < 1e15
    except ValueError:
        return False


def _all(parts: list[Holds]) -> Holds:
    if len(parts) == 1:
        return parts[0]

    def holds(asked: Figures) -> Verdict:
        soonest = NEVER
        for part in parts:
            passes, until = part(asked)
            if not passes:
                return False, until
            if until < soonest:
                soonest = until
        return True, soonest

    return holds


def _any(parts: list[Holds]) -> Holds:
    def holds(asked: Figures) -> Verdict:
        soonest = NEVER
        for part in parts:
            passes, until = part(asked)
            if passes:
                return True, until
            if until < soonest:
                soonest = until
        return False, soonest

    return holds


def _not(part: Holds) -> Holds:
    def holds(asked: Figures) -> Verdict:
        passes, until = part(asked)
        return not passes, until

    return holds


def _single(read: Read) -> Read:
    def single(asked: Figures) -> Figure:
        value, until = read(asked)
        return (value,), until

    return single


def _listed(read: Read, limit: int) -> Read:
    """The texts of `top` as a tag's value: one by itself, several as a list, none as nothing."""

    def listed(asked: Figures) -> Figure:
        texts, until = read(asked)
        return (None if not texts else texts[0] if limit == 1 else texts), until

    return listed


def _of_type(asked: Figures, type_: str) -> list[str]:
    return [value for kind, value in asked.person.identifiers if kind == type_]


def _said(asked: Figures, name: tuple[str, str]) -> Figure:
    """What another live rule says; of those not asked again, what they said before."""
    return asked.given.get(name) or (asked.before.get(name), NEVER)


def _of_tag(asked: Figures, key: str) -> Figure:
    value, until = _said(asked, ("tag", key))
    if value is None or value is False:
        value = asked.person.tags.get(key)
    return (value if isinstance(value, list) else (value,)), until


def _in_segment(asked: Figures, key: str) -> Verdict:
    value, until = _said(asked, ("segment", key))
    return value is True or key in asked.person.segments, until


def _consents(purpose: str, granted: bool, place: int) -> Holds:
    """Every anchor that ever brought an event counts by its newest one."""

    def holds(asked: Figures) -> Verdict:
        newest: dict[int, Any] = {}
        for state in asked.states:
            answer, anchor = state.slots.get(place), state.anchor
            if answer is not None and (anchor not in newest or answer > newest[anchor]):
                newest[anchor] = answer
        carried = bool(newest) and all(purpose in answer[2] for answer in newest.values())
        return carried is granted, NEVER

    return holds
