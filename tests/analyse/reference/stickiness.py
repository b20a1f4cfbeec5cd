"""Stickiness: in how many of the intervals people were active."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analyse.reference.admitted import Asked, Key, by_key, matching, settle
from analyse.reference.periods import Period, is_partial, period_of, periods_between
from analyse.reference.world import Event, World


def answer(world: World, question: Mapping[str, Any]) -> dict[str, Any]:
    asked = settle(world, question)
    intervals = intervals_of(asked)
    return {
        "counts": [len(keys_of(asked, number)) for number in range(1, len(intervals) + 1)],
        "intervals": [
            {"start": one.written, "partial": is_partial(one, start=asked.start, end=asked.end, now=asked.now)}
            for one in intervals
        ],
    }


def people(world: World, question: Mapping[str, Any], cell: Mapping[str, Any]) -> set[int]:
    asked = settle(world, question)
    persons = persons_of(asked)
    return {event.person for key in keys_of(asked, cell["intervals"]) for event in persons[key]}


def intervals_of(asked: Asked) -> list[Period]:
    """As many whole periods in a row as an interval has, counted from the first of the range."""
    unit, count = asked.question.get("interval", "day"), asked.question.get("interval_count", 1)
    periods = periods_between(asked.start, asked.end, unit, asked.calendar)
    while len(periods) % count:
        periods.append(period_of(periods[-1].end, unit, asked.calendar))
    return [
        Period(periods[index].start, periods[index + count - 1].end, periods[index].written)
        for index in range(0, len(periods), count)
    ]


def persons_of(asked: Asked) -> dict[Key, list[Event]]:
    """The matches of every person inside the range."""
    wanted = {"event": asked.question.get("event"), "where": None}
    return by_key(asked, [event for event in matching(asked, wanted) if asked.in_range(event)])


def keys_of(asked: Asked, number: int) -> set[Key]:
    """Who was active in exactly so many intervals, or with `cumulative` in so many or more."""
    found = set()
    for key, own in persons_of(asked).items():
        active = sum(is_active(asked, own, interval) for interval in intervals_of(asked))
        if active == number or (asked.question.get("cumulative") and active > number):
            found.add(key)
    return found


def is_active(asked: Asked, own: list[Event], interval: Period) -> bool:
    """At least one match, and a number of matches that passes."""
    wanted = asked.question.get("per_interval") or {"op": "gte", "value": 1}
    matches = sum(interval.holds(event.at) for event in own)
    passed = {
        "gte": matches >= wanted["value"],
        "lte": matches <= wanted["value"],
        "eq": matches == wanted["value"],
    }
    return matches > 0 and passed[wanted["op"]]
