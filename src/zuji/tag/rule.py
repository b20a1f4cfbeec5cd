"""Rules as values: what a tag or segment says about somebody. Normative: docs/rules.md.

`read_rule.py` reads them from JSON, `sentence.py` says them in words. All of it is frozen and compares by value, so
equal measures of different rules are one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

import msgspec

from zuji.terms.condition import Leaf as Compare
from zuji.terms.condition import Op, Where
from zuji.terms.document import Duration, EventMatch
from zuji.terms.period import Interval

What = Literal[
    "count",
    "days",
    "sum",
    "average",
    "minimum",
    "maximum",
    "distinct",
    "first",
    "last",
    "top",
    "since_first",
    "since_last",
]
WHATS: tuple[What, ...] = get_args(What)
OF_NUMBERS: frozenset[What] = frozenset({"sum", "average", "minimum", "maximum"})
OF_TEXTS: frozenset[What] = frozenset({"distinct", "first", "last", "top"})
Unit = Literal["minute", "hour", "day", "week"]
UNITS: tuple[Unit, ...] = get_args(Unit)
Width = Literal["minute", "hour", "day"]


@dataclass(frozen=True, slots=True)
class Ever:
    """All of history."""


@dataclass(frozen=True, slots=True)
class Last:
    """The newest `buckets` buckets of this width, the present one included. `amount` and `unit` say it as written."""

    amount: int
    unit: Unit
    width: Width
    buckets: int


@dataclass(frozen=True, slots=True)
class This:
    """The calendar period that the moment lies in, or (`back` = 1) the one before."""

    interval: Interval
    back: Literal[0, 1] = 0


@dataclass(frozen=True, slots=True)
class Between:
    """Local days, both included; None is open."""

    first: date | None
    last: date | None


Window = Ever | Last | This | Between
EVER = Ever()


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure, text or list of texts worked out from a person's events."""

    what: What
    match: EventMatch
    window: Window = EVER
    property: str | None = None
    limit: int = 1
    at_least: int = 1
    unit: Unit = "day"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What something is compared with; the ops are those of `where`. A list is a tuple, a duration a `Duration`."""

    op: Op
    value: Any = None

    def of(self, name: str) -> Where:
        """The same comparison of a property of this name, as `where` has it."""
        value = msgspec.structs.asdict(self.value) if isinstance(self.value, Duration) else self.value
        return Where(Compare(name, self.op, value=value))


@dataclass(frozen=True, slots=True)
class Trait:
    """A trait of the profile compared."""

    name: str
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class HasIdentifier:
    """The identifiers of one type compared."""

    type: str
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class HasTag:
    """Another tag compared."""

    key: str
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class InSegment:
    """Membership of another segment."""

    key: str


@dataclass(frozen=True, slots=True)
class Consents:
    """The person's answer for a purpose."""

    purpose: str
    granted: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure compared."""

    measure: Measure
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Sequence:
    """Events in order, none of `without` among them, within a time; or (one step) the absence of what should follow."""

    steps: tuple[EventMatch, ...]
    window: Window = EVER
    without: EventMatch | None = None
    within_ms: int | None = None


@dataclass(frozen=True, slots=True)
class AllOf:
    """Passes when every part does; also when there is none."""

    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Passes when at least one part does."""

    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    """Passes when its part does not."""

    part: Condition


Leaf = Trait | HasIdentifier | HasTag | InSegment | Consents | Measured | Sequence
Condition = AllOf | AnyOf | Not | Leaf


@dataclass(frozen=True, slots=True)
class Case:
    """A value and when it holds."""

    value: str
    when: Condition


@dataclass(frozen=True, slots=True)
class When:
    """True for those who pass; nothing for the others."""

    when: Condition


@dataclass(frozen=True, slots=True)
class Cases:
    """The value of the first case that holds, else `otherwise`."""

    cases: tuple[Case, ...]
    otherwise: str | None = None


@dataclass(frozen=True, slots=True)
class ValueOf:
    """What a measure gives, for those who pass."""

    measure: Measure
    when: Condition = AllOf()


Rule = When | Cases | ValueOf


def conditions(rule: Rule) -> tuple[Condition, ...]:
    """The conditions of a rule, in their order."""
    match rule:
        case When(when) | ValueOf(_, when):
            return (when,)
        case Cases(cases):
            return tuple(case.when for case in cases)


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Every leaf below a condition, in the order of the document."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case _:
            yield condition


def leaves_of(rule: Rule) -> Iterator[Leaf]:
    """Every leaf of a rule."""
    for condition in conditions(rule):
        yield from leaves(condition)


def measures_of(rule: Rule) -> tuple[Measure, ...]:
    """Every measure of a rule, each once, in the order of the document."""
    found = {leaf.measure: None for leaf in leaves_of(rule) if isinstance(leaf, Measured)}
    if isinstance(rule, ValueOf):
        found[rule.measure] = None
    return tuple(found)


def sequences_of(rule: Rule) -> tuple[Sequence, ...]:
    """Every sequence of a rule, each once."""
    return tuple({leaf: None for leaf in leaves_of(rule) if isinstance(leaf, Sequence)})


def tags_of(rule: Rule) -> frozenset[str]:
    """The tags that a rule asks for."""
    return frozenset(leaf.key for leaf in leaves_of(rule) if isinstance(leaf, HasTag))


def segments_of(rule: Rule) -> frozenset[str]:
    """The segments that a rule asks for."""
    return frozenset(leaf.key for leaf in leaves_of(rule) if isinstance(leaf, InSegment))
