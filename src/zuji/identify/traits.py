"""Traits: a fold over everything stated about a profile, from the weakest statement to the strongest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from zuji.identify.evidence import RANKS, Moment
from zuji.terms.identifier import Identifier
from zuji.terms.message import KeyKind
from zuji.terms.subject import Statement

_canonical = msgspec.json.Encoder(order="sorted").encode


@dataclass(frozen=True, slots=True)
class Said:
    """One statement as one event made it. `known`: its profile was identified right after that event."""

    statement: Statement
    key: KeyKind
    known: bool
    moment: Moment
    place: int
    identifier: Identifier

    @property
    def removes(self) -> bool:
        """Whether it takes away what stands below it."""
        return self.statement.operation in ("unset", "delete")

    @property
    def strength(self) -> tuple[int, bool, Moment, bool, int]:
        """Its place in the order: rank, then known above anonymous, then time; what removes comes last in its event."""
        return (-RANKS[self.key], self.known, self.moment, self.removes, self.place)


@dataclass(frozen=True, slots=True)
class Trait:
    """What a profile is known to have, and the statement that decided it."""

    value: Any
    source: str
    key: KeyKind
    at: int
    event_id: str
    identifier: Identifier


def traits_of(said: Iterable[Said]) -> dict[str, Trait]:
    """The traits that follow from these statements, by name."""
    ordered = sorted(said, key=lambda one: one.strength)
    cleared = max((place for place, one in enumerate(ordered) if one.statement.operation == "delete"), default=-1)
    by_name: dict[str, list[Said]] = {}
    for one in ordered[cleared + 1 :]:
        if one.statement.operation == "unset":
            by_name.pop(one.statement.name, None)
        else:
            by_name.setdefault(one.statement.name, []).append(one)
    return {name: _trait(left) for name, left in sorted(by_name.items())}


def _trait(left: Sequence[Said]) -> Trait:
    """`left` is never empty and goes from weak to strong. The earliest `set_once` is where the value starts."""
    firsts = [one for one in left if one.statement.operation == "set_once"]
    start = min(firsts, key=lambda one: (one.moment, one.place), default=None)
    value = start.statement.value if start is not None else None
    decided = start or left[0]
    for one in left:
        if one.statement.operation != "set_once":
            value, decided = _applied(value, one.statement), one
    at, event, source = decided.moment
    return Trait(value, source, decided.key, at, event, decided.identifier)


def _applied(value: Any, statement: Statement) -> Any:
    if statement.operation == "add":
        return _sum(_number(value), _number(statement.value))
    if statement.operation == "append":
        news = statement.value if isinstance(statement.value, list) else [statement.value]
        return _collected(value if isinstance(value, list) else [], news)
    return statement.value


def _number(value: Any) -> int | float:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else 0


def _sum(value: int | float, more: int | float) -> int | float:
    try:
        return value + more
    except OverflowError:  # an integer of more than 308 digits and a fraction: nothing could hold both
        return value


def _collected(had: list[Any], news: list[Any]) -> list[Any]:
    collected = {_canonical(item): item for item in had}
    for item in news:
        collected.setdefault(_canonical(item), item)
    return list(collected.values())
