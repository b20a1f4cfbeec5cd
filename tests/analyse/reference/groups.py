"""Breakdowns: which group an event is in, and which groups an answer shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from analyse.reference.admitted import Asked
from analyse.reference.condition import value_of
from analyse.reference.values import number_of, number_text, text_of
from analyse.reference.world import Event

Value = tuple[str | None, ...]


@dataclass(frozen=True)
class Group:
    """One group of an answer, and the values that are in it: one, or for `other` all that are not shown."""

    value: Value
    kind: str
    holds: frozenset[Value]

    @property
    def written(self) -> dict[str, Any]:
        return {"value": list(self.value), "kind": self.kind}


def values_of(asked: Asked, events: Iterable[Event], breakdown: Mapping[str, Any]) -> dict[int, Value]:
    """The group's value of each event that decides a group, by the position of the event.

    With `bins` the ranges are made from the numbers of just these events.
    """
    names = breakdown["property"] if isinstance(breakdown["property"], list) else [breakdown["property"]]
    scope = breakdown.get("scope", "event")
    found = {event.position: tuple(value_of(event, name, scope, asked.setting) for name in names) for event in events}
    if breakdown.get("bins") is None:
        return {at: tuple(text_of(value) or None for value in values) for at, values in found.items()}
    numbers = {at: number_of(values[0]) for at, values in found.items()}
    known = [number for number in numbers.values() if number is not None]
    bounds = bin_bounds(known, breakdown["bins"])
    return {at: (None if number is None else bin_text(number, bounds),) for at, number in numbers.items()}


def bin_bounds(numbers: list[float], bins: int) -> list[float]:
    """The bounds of equal ranges from the least to the greatest; two equal ones where all are equal."""
    if not numbers:
        return []
    low, high = min(numbers), max(numbers)
    if low == high:
        return [low, high]
    return [low + index * (high - low) / bins for index in range(bins)] + [high]


def bin_index(number: float, bounds: list[float]) -> int:
    """Which range a number is in: the last one is closed, every other half open."""
    for index in range(len(bounds) - 2):
        if number < bounds[index + 1]:
            return index
    return len(bounds) - 2


def bin_text(number: float, bounds: list[float]) -> str:
    index = bin_index(number, bounds)
    closes = "]" if index == len(bounds) - 2 else ")"
    return f"[{number_text(bounds[index])}, {number_text(bounds[index + 1])}{closes}"


def in_order_of_value(value: Value) -> tuple[tuple[bool, str], ...]:
    """Part by part, null last; texts by code point."""
    return tuple((part is None, part or "") for part in value)


def ranked(values: Iterable[Value], size: Callable[[Value], float | None], breakdown: Mapping[str, Any]) -> list[Group]:
    """The groups that an answer shows: the greatest first, then by value; those beyond the limit are one, `other`."""
    order = sorted(set(values), key=lambda value: (-(size(value) or 0), in_order_of_value(value)))
    limit = breakdown.get("limit", 25)
    shown = [
        Group(value, "null" if all(part is None for part in value) else "value", frozenset([value]))
        for value in order[:limit]
    ]
    return shown + [Group((), "other", frozenset(order[limit:]))] * (len(order) > limit)


def group_of_cell(groups: Iterable[Group], cell: Mapping[str, Any]) -> Group:
    """The group that a cell names."""
    kind = cell.get("group_kind", "value")
    wanted = (tuple(cell["group"]), kind)
    found = [group for group in groups if (group.value, group.kind) == wanted]
    if not found:
        raise KeyError(f"no group {wanted}")
    return found[0]
