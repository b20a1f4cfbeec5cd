"""Whose values a passing of time can change: those with events in certain spans, or everybody.

Between two moments a window loses the events that it has moved past and gains those that it now reaches; an age of so
many days is reached by the events that became so old. Whoever has no event in any of these spans has the values they
had, unless something else about them changed. What depends on the present moment in other ways (the time since an
event as a value, a date counted back from now) changes for everybody.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from zuji.tag.definition import Definition, Kind, Published, SavedPeople
from zuji.tag.graph import needs
from zuji.tag.rule import Comparison, HasIdentifier, HasTag, Measured, Sequence, Trait, ValueOf, Window, leaves_of
from zuji.tag.windows import range_of
from zuji.terms.dates import EARLIEST_COMPARED, Span, read_date
from zuji.terms.document import UNIT_MS, Duration
from zuji.terms.error import BadQuestion
from zuji.terms.period import Calendar


@dataclass(frozen=True, slots=True)
class Passing:
    """The time from one moment to a later one, and how days are counted in it."""

    from_ms: int
    to_ms: int
    calendar: Calendar


def spans_of(definitions: Iterable[Definition], published: Published, passing: Passing) -> tuple[Span, ...] | None:
    """Where an event must lie for the passing of time to change anything; None: it may change it for everybody.

    In order, none touching the next. Events that were dated ahead and have come to pass are among them.
    """
    found = [Span(passing.from_ms + 1, passing.to_ms + 1)]
    for one in with_named(definitions, published):
        spans = _of_definition(one, passing)
        if spans is None:
            return None
        found += spans
    return _together(found)


def with_named(definitions: Iterable[Definition], published: Published) -> tuple[Definition, ...]:
    """These and all that their rules lead to, each once."""
    by_name = {(one.kind, one.key): one for one in published.definitions}
    found: dict[tuple[Kind, str], Definition] = {}
    waiting = list(definitions)
    while waiting:
        one = waiting.pop()
        if (one.kind, one.key) not in found:
            found[one.kind, one.key] = one
            waiting += [by_name[name] for name in needs(one)]
    return tuple(found.values())


def stored_tags(definitions: Iterable[Definition]) -> tuple[str, ...]:
    """The tags among these that no rule gives: their values are read as they are."""
    return tuple(sorted(one.key for one in definitions if one.kind == "tag" and one.rule is None))


def saved_lists(definitions: Iterable[Definition]) -> tuple[str, ...]:
    """The segments among these whose people were saved behind a figure."""
    return tuple(sorted(one.key for one in definitions if isinstance(one.members, SavedPeople)))


def _of_definition(one: Definition, passing: Passing) -> list[Span] | None:
    if one.rule is None:
        return []  # given by others, or a list: what changes of it is seen where it is kept
    if isinstance(one.rule, ValueOf) and one.rule.measure.what in ("since_first", "since_last"):
        return None
    found = _moved(one.rule.measure.window, passing) if isinstance(one.rule, ValueOf) else []
    for leaf in leaves_of(one.rule):
        match leaf:
            case Measured(measure, comparison):
                found += _moved(measure.window, passing)
                if measure.what in ("since_first", "since_last"):
                    found += _come_of_age(comparison, UNIT_MS[measure.unit], passing)
                elif _follows_the_clock(comparison, passing):
                    return None
            case Sequence():
                found += _of_sequence(leaf, passing)
            case Trait() | HasIdentifier() | HasTag() if _follows_the_clock(leaf.comparison, passing):
                return None
    return found


def _moved(window: Window, passing: Passing) -> list[Span]:
    """What is in the window at one end of the time and not at the other."""
    before = range_of(window, passing.from_ms, passing.calendar)
    after = range_of(window, passing.to_ms, passing.calendar)
    ends = ((before.from_ms, after.from_ms), (before.to_ms, after.to_ms))
    return [Span(min(pair), max(pair)) for pair in ends if pair[0] != pair[1]]


def _come_of_age(comparison: Comparison, unit_ms: int, passing: Passing) -> list[Span]:
    """Events whose age in whole units came to, or went beyond, a number that it is compared with."""
    return [
        Span(passing.from_ms - age * unit_ms + 1, passing.to_ms - age * unit_ms + 1)
        for number in _numbers(comparison.value)
        for age in (math.floor(number), math.floor(number) + 1)
    ]


def _of_sequence(sequence: Sequence, passing: Passing) -> list[Span]:
    """Of the first step's window; and where something must not follow, the events that have now been waited for."""
    found = _moved(sequence.window, passing)
    if len(sequence.steps) == 1 and sequence.within_ms is not None:
        found.append(Span(passing.from_ms - sequence.within_ms, passing.to_ms - sequence.within_ms))
    return found


def _follows_the_clock(comparison: Comparison, passing: Passing) -> bool:
    """Whether it compares with a time that is another one now."""
    if isinstance(comparison.value, Duration):
        return True
    return any(
        isinstance(one, str) and _named(one, passing.from_ms, passing) != _named(one, passing.to_ms, passing)
        for one in _several(comparison.value)
    )


def _named(text: str, now_ms: int, passing: Passing) -> object:
    try:
        return read_date(text, name="value", now_ms=now_ms, calendar=passing.calendar, earliest=EARLIEST_COMPARED)
    except BadQuestion:
        return None


def _several(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)


def _numbers(value: object) -> Iterator[float]:
    """The numbers among these; a text that reads as one is compared as one, too."""
    for one in _several(value):
        with suppress(ValueError):
            if isinstance(one, int | float | str) and math.isfinite(number := float(one)):
                yield number


def _together(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same moments in as few spans as can be, in order."""
    found: list[Span] = []
    for one in sorted(spans, key=lambda span: span.from_ms):
        if found and one.from_ms <= found[-1].to_ms:
            found[-1] = Span(found[-1].from_ms, max(found[-1].to_ms, one.to_ms))
        else:
            found.append(one)
    return tuple(found)
