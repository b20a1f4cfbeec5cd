"""The `where` grammar as functions, compiled once: `store/condition_sql.py` in Python. Meaning: docs/questions.md.

A comparison looks at one aspect of a value: its text, its number, its time. Where a value has none, positive ops fail
and negative ones pass. Few comparisons change while time passes (`within_last`, dates counted back from now); those
say when.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from operator import ge, gt, le, lt
from typing import Any, Literal

import pyarrow as pa
from pyarrow import compute

from zuji.tag.event_facts import Event
from zuji.tag.property_facts import number, numbers_of, text, texts_of, time, times_of
from zuji.terms.condition import NEGATIVE, All, AnyOf, Leaf, Node, Not, Op
from zuji.terms.dates import EARLIEST_COMPARED, read_date
from zuji.terms.document import Duration, Unit
from zuji.terms.period import DAY_MS, HOUR_MS, MINUTE_MS, Calendar
from zuji.terms.value import text_of

NEVER = 2**62
"""Stands for a moment that does not come."""

Aspect = Literal["text", "number", "time"]
Passes = Callable[[Event], bool]
Holds = Callable[[Any, int], bool]
Until = Callable[[Any, int], int]

_ORDER: dict[Op, Callable[[float, float], bool]] = {"gt": gt, "gte": ge, "lt": lt, "lte": le}
_AGO = re.compile(r"-(\d+)(min|h)")


def _never(_value: Any, _t: int) -> int:
    return NEVER


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison: what it looks at, whether a value that is there passes as of t, and how long that stays so."""

    aspect: Aspect
    holds: Holds
    negative: bool = False
    until: Until = _never

    @property
    def moves(self) -> bool:
        """Whether its answer may change as time passes."""
        return self.until is not _never

    def aspect_of(self, value: Any, calendar: Calendar) -> Any:
        """What this looks at, of a JSON value; None: nothing."""
        if self.aspect == "text":
            return text(value)
        return number(value) if self.aspect == "number" else time(value, calendar)


def read_test(op: Op, value: Any, calendar: Calendar) -> Test:
    """The test of a comparison; a list is a tuple, as `read_where` and `read_rule` leave it."""
    negative = op in NEGATIVE
    match op:
        case "is_set" | "is_not_set":
            return Test("text", lambda found, t: True, negative)
        case "equals" | "not_equals":
            texts = frozenset(map(text_of, _listed(value)))
            return Test("text", lambda found, t: found in texts, negative)
        case "contains" | "not_contains":
            parts = tuple(text_of(one).lower() for one in _listed(value))
            return Test("text", lambda found, t: _has_one(found.lower(), parts), negative)
        case "regex" | "not_regex":
            return Test("text", lambda found, t: _finds(value, found), negative)
        case "between":
            low, high = float(value[0]), float(value[1])
            return Test("number", lambda found, t: low <= found <= high)
        case "before" | "after":
            return _dated(op, value, calendar)
        case "within_last":
            return _within_last(value)
    order, bound = _ORDER[op], float(value)
    return Test("number", lambda found, t: order(found, bound))


def event_condition(node: Node, calendar: Calendar) -> Passes:
    """A condition on the properties of an event. Its dates are fixed ones: `read_match` refuses others."""
    match node:
        case All(parts):
            return _all([event_condition(part, calendar) for part in parts])
        case AnyOf(parts):
            return _any([event_condition(part, calendar) for part in parts])
        case Not(part):
            passes = event_condition(part, calendar)
            return lambda event: not passes(event)
        case Leaf():
            return _leaf(node, calendar)


def _leaf(leaf: Leaf, calendar: Calendar) -> Passes:
    test = read_test(leaf.op, leaf.value, calendar)
    holds, negative = test.holds, test.negative
    read = _reader(test.aspect, leaf.property, calendar)

    def passes(event: Event) -> bool:
        found = read(event)
        return (found is not None and holds(found, 0)) != negative

    return passes


def _reader(aspect: Aspect, name: str, calendar: Calendar) -> Callable[[Event], Any]:
    if aspect == "text":
        return texts_of(name)
    return numbers_of(name) if aspect == "number" else times_of(name, calendar)


def _all(parts: list[Passes]) -> Passes:
    if len(parts) == 1:
        return parts[0]
    return lambda event: all(part(event) for part in parts)


def _any(parts: list[Passes]) -> Passes:
    return lambda event: any(part(event) for part in parts)


def _dated(op: Op, value: str, calendar: Calendar) -> Test:
    if value[:1].isdigit():
        holds = _at_date(op, value, calendar)(0)
        return Test("time", lambda found, t: holds(found))
    if ago := _AGO.fullmatch(value):
        length = int(ago[1]) * (MINUTE_MS if ago[2] == "min" else HOUR_MS)
        if op == "before":
            return Test("time", lambda at, t: at < t - length, until=_edges(lambda at: (at + length + 1,)))
        return Test("time", lambda at, t: at > t - length, until=_edges(lambda at: (at + length,)))
    as_of = lru_cache(maxsize=16)(_at_date(op, value, calendar))
    return Test("time", lambda found, t: as_of(t)(found), until=lambda found, t: _next_day(t, calendar))


def _at_date(op: Op, value: str, calendar: Calendar) -> Callable[[int], Callable[[int], bool]]:
    """Given the moment that relative dates count from: whether a time lies before (after) the date."""

    def as_of(t: int) -> Callable[[int], bool]:
        named = read_date(value, name="rule", now_ms=t, calendar=calendar, earliest=EARLIEST_COMPARED)
        first, end = named.first(calendar), named.end(calendar)
        return (lambda at: at < first) if op == "before" else (lambda at: at >= end)

    return as_of


def _next_day(t: int, calendar: Calendar) -> int:
    """A moment until which no local day ends."""
    return min(start for start in calendar.starts("day", t, t + DAY_MS) if start > t)


def _within_last(value: Any) -> Test:
    duration = value if isinstance(value, Duration) else Duration(amount=value["amount"], unit=_unit(value["unit"]))
    length = duration.milliseconds
    return Test("time", lambda at, t: t - length <= at <= t, until=_edges(lambda at: (at, at + length + 1)))


def _unit(name: Any) -> Unit:
    unit: Unit = name
    return unit


def _edges(of: Callable[[int], tuple[int, ...]]) -> Until:
    """The next of the moments at which the comparison of a time changes."""
    return lambda at, t: min((edge for edge in of(at) if edge > t), default=NEVER)


def _has_one(lowered: str, parts: tuple[str, ...]) -> bool:
    return any(part in lowered for part in parts)


@lru_cache(maxsize=50_000)
def _finds(pattern: str, value: str) -> bool:
    """Whether RE2 finds the pattern. A call costs tens of microseconds, and events repeat their values."""
    return bool(compute.match_substring_regex(pa.scalar(value), pattern=pattern).as_py())


def _listed(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)
