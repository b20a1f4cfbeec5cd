"""Interval: how long people take from one event to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analyse.reference.admitted import Asked, Key, by_key, is_match, settle
from analyse.reference.condition import UNIT_MS
from analyse.reference.groups import Group, Value, group_of_cell, ranked, values_of
from analyse.reference.periods import is_partial, periods_between
from analyse.reference.statistics import greatest, least, mean, percentile
from analyse.reference.world import Event, World


@dataclass(frozen=True)
class Pair:
    """One person went from here to there."""

    key: Key
    start: Event
    seconds: float


def answer(world: World, question: Mapping[str, Any]) -> dict[str, Any]:
    asked = settle(world, question)
    pairs = pairs_of(asked)
    found = {**figures(pairs), "periods": written_periods(asked, pairs)}
    if question.get("breakdown") is not None:
        found["by_breakdown"] = [
            {**group.written, **figures(own), "periods": written_periods(asked, own)}
            for group in groups_of(asked, pairs)
            for own in [within(asked, pairs, group)]
        ]
    return found


def people(world: World, question: Mapping[str, Any], cell: Mapping[str, Any]) -> set[int]:
    asked = settle(world, question)
    pairs = pairs_of(asked)
    if "group" in cell:
        pairs = within(asked, pairs, group_of_cell(groups_of(asked, pairs), cell))
    if cell.get("period") is not None:
        period = periods_between(asked.start, asked.end, question["interval"], asked.calendar)[cell["period"]]
        pairs = [pair for pair in pairs if period.holds(pair.start.at)]
    return {pair.start.person for pair in pairs}


def pairs_of(asked: Asked) -> list[Pair]:
    """The pairs of everybody whose first event lies in the range."""
    limit = asked.question.get("limit") or {"amount": 1, "unit": "day"}
    limit_ms = limit["amount"] * UNIT_MS[limit["unit"]]
    return [
        Pair(key, start, (end.at - start.at) / 1000)
        for key, own in by_key(asked, asked.events).items()
        for start, end in paired(asked, own, limit_ms)
        if asked.in_range(start)
    ]


def paired(asked: Asked, own: Sequence[Event], limit_ms: int) -> list[tuple[Event, Event]]:
    """One person's pairs: each `to` takes the latest `from` that is still open, if it is not too long ago."""
    waiting: list[Event] = []
    found = []
    for event in own:
        if is_match(asked, event, asked.question["to"]) and waiting and event.at - waiting[-1].at <= limit_ms:
            found.append((waiting.pop(), event))
        if is_match(asked, event, asked.question["from"]):
            waiting.append(event)
    return found


def figures(pairs: Sequence[Pair]) -> dict[str, Any]:
    """How many pairs, and how long they took."""
    seconds = [pair.seconds for pair in pairs]
    return {
        "count": len(pairs),
        "average_seconds": mean(seconds),
        "minimum_seconds": least(seconds),
        "p25_seconds": percentile(seconds, 25),
        "median_seconds": percentile(seconds, 50),
        "p75_seconds": percentile(seconds, 75),
        "maximum_seconds": greatest(seconds),
        "people": len({pair.key for pair in pairs}),
    }


def written_periods(asked: Asked, pairs: Sequence[Pair]) -> list[dict[str, Any]]:
    """The same figures for each period of the first event."""
    if asked.question.get("interval") is None:
        return []
    return [
        {
            "start": period.written,
            "partial": is_partial(period, start=asked.start, end=asked.end, now=asked.now),
            **figures([pair for pair in pairs if period.holds(pair.start.at)]),
        }
        for period in periods_between(asked.start, asked.end, asked.question["interval"], asked.calendar)
    ]


def groups_of(asked: Asked, pairs: Sequence[Pair]) -> list[Group]:
    values = values_of(asked, [pair.start for pair in pairs], asked.question["breakdown"])

    def size(value: Value) -> int:
        return sum(values[pair.start.position] == value for pair in pairs)

    return ranked(values.values(), size, asked.question["breakdown"])


def within(asked: Asked, pairs: Sequence[Pair], group: Group) -> list[Pair]:
    """The pairs of one group."""
    values = values_of(asked, [pair.start for pair in pairs], asked.question["breakdown"])
    return [pair for pair in pairs if values[pair.start.position] in group.holds]
