"""The `where` grammar as functions, compiled once: `store/condition_sql.py` in Python. Meaning: docs/questions.md.

A comparison looks at one aspect of a value: its text, its number, its time. Where a value has none, positive ops fail
and negative ones pass. Few comparisons change while time passes (`within_last`, dates counted back from now); those
say when, and conditions on events have none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Literal

import pyarrow as pa
from pyarrow import compute

from zuji.tag.event_facts import Event
from zuji.tag.property_facts import number, numbers_of, text, texts_of, time, times_of
from zuji.terms.condition import NEGATIVE, All, AnyOf, Leaf, Node, Not, Op
from zuji.terms.dates import EARLIEST_COMPARED, read_date
from zuji.terms.document import Duration
from zuji.terms.error import BadQuestion
from zuji.terms.period import DAY_MS, HOUR_MS, MINUTE_MS, Calendar
from zuji.terms.selector import is_on, read_selector
from zuji.terms.value import text_of

NEVER = 2**62
"""Stands for a moment that does not come."""

Aspect = Literal["text", "number", "time"]
Passes = Callable[[Event], bool]

_AGO = re.compile(r"-(\d+)(min|h)")


@dataclass(frozen=True, slots=True)
class Moving:
    """A comparison of a time that changes while time passes: whether it holds as of t, and until when that stays so."""

    holds: Callable[[int, int], bool]
    until: Callable[[int, int], int]


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison: what it looks at, and whether a value that is there passes."""

    op: Op
    aspect: Aspect
    passes: Callable[[Any], bool] = bool
    negative: bool = False
    moving: Moving | None = None
    """In place of `passes`."""

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
            return Test(op, "text", lambda found: True, negative)
        case "equals" | "not_equals":
            return Test(op, "text", frozenset(map(text_of, _listed(value))).__contains__, negative)
        case "contains" | "not_contains":
            parts = tuple(text_of(one).lower() for one in _listed(value))
            return Test(op, "text", lambda found: _has_one(found.lower(), parts), negative)
        case "regex" | "not_regex":
            return Test(op, "text", partial(_finds, value), negative)
        case "between":
            low, high = float(value[0]), float(value[1])
            return Test(op, "number", lambda found: low <= found <= high)
        case "before" | "after":
            return _dated(op, value, calendar)
        case "on_element":
            return Test(op, "text", partial(is_on, read_selector(value)))
        case "within_last":
            return Test(op, "time", moving=_within_last(value))
    return Test(op, "number", _order(op, float(value)))


def _order(op: Op, bound: float) -> Callable[[float], bool]:
    """The bound's own comparison, turned round: a call into C, not into Python."""
    orders = {"gt": bound.__lt__, "gte": bound.__le__, "lt": bound.__gt__, "lte": bound.__ge__}
    return orders[op]


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
    read, negative = _reader(test.aspect, leaf.property, calendar), test.negative
    if test.moving is not None:
        raise BadQuestion(f"where: {leaf.value!r:.80} is another date every day. Give the measure a window.")
    holds = test.passes

    def passes(event: Event) -> bool:
        found = read(event)
        return (found is not None and holds(found)) != negative

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
        return Test(op, "time", _at_date(op, value, calendar)(0))
    if ago := _AGO.fullmatch(value):
        length = int(ago[1]) * (MINUTE_MS if ago[2] == "min" else HOUR_MS)
        if op == "before":
            return Test(op, "time", moving=Moving(lambda at, t: at < t - length, _edges(lambda at: (at + length + 1,))))
        return Test(op, "time", moving=Moving(lambda at, t: at > t - length, _edges(lambda at: (at + length,))))
    as_of = lru_cache(maxsize=16)(_at_date(op, value, calendar))
    return Test(op, "time", moving=Moving(lambda at, t: as_of(t)(at), lambda at, t: _next_day(t, calendar)))


def _at_date(op: Op, value: str, calendar: Calendar) -> Callable[[int], Callable[[int], bool]]:
    """Given the moment that relative dates count from: whether a time lies before (after) the date."""

    def as_of(t: int) -> Callable[[int], bool]:
        named = read_date(value, name="rule", now_ms=t, calendar=calendar, earliest=EARLIEST_COMPARED)
        # Turned round: the date is after (not after) the time.
        return named.first(calendar).__gt__ if op == "before" else named.end(calendar).__le__

    return as_of


def _next_day(t: int, calendar: Calendar) -> int:
    """A moment until which no local day ends."""
    return min(start for start in calendar.starts("day", t, t + DAY_MS) if start > t)


def _within_last(value: Any) -> Moving:
    duration = value if isinstance(value, Duration) else Duration(**value)
    length = duration.milliseconds
    return Moving(lambda at, t: t - length <= at <= t, _edges(lambda at: (at, at + length + 1)))


def _edges(of: Callable[[int], tuple[int, ...]]) -> Callable[[int, int], int]:
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
