"""Lifecycle: in every period, who is new, who came again, who came back, who stayed away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from analyse.reference.admitted import Asked, Key, by_key, matching, settle
from analyse.reference.periods import Period, is_partial, period_before, period_of, periods_between
from analyse.reference.world import Event, World

STATUSES = ("new", "returning", "resurrecting", "dormant")


def answer(world: World, question: Mapping[str, Any]) -> dict[str, Any]:
    asked = aligned(settle(world, question))
    periods = periods_of(asked)
    persons = persons_of(asked)
    found: dict[str, Any] = {
        "periods": [
            {"start": period.written, "partial": is_partial(period, start=asked.start, end=asked.end, now=asked.now)}
            for period in periods
        ]
    }
    for status in STATUSES:
        found[status] = [len(keys_of(asked, persons, period, status)) for period in periods]
    return found


def people(world: World, question: Mapping[str, Any], cell: Mapping[str, Any]) -> set[int]:
    asked = aligned(settle(world, question))
    persons = persons_of(asked)
    keys = keys_of(asked, persons, periods_of(asked)[cell["period"]], cell["status"])
    return {event.person for key in keys for event in persons[key]}


def interval_of(asked: Asked) -> str:
    interval: str = asked.question.get("interval", "day")
    return interval


def aligned(asked: Asked) -> Asked:
    """The range begins where its first period does."""
    return replace(asked, start=period_of(asked.start, interval_of(asked), asked.calendar).start)


def periods_of(asked: Asked) -> list[Period]:
    return periods_between(asked.start, asked.end, interval_of(asked), asked.calendar)


def persons_of(asked: Asked) -> dict[Key, list[Event]]:
    """All matches ever of every person, up to the end of the range."""
    wanted = {"event": asked.question.get("event"), "where": None}
    return by_key(asked, [event for event in matching(asked, wanted) if event.at <= asked.end])


def keys_of(asked: Asked, persons: Mapping[Key, list[Event]], period: Period, status: str) -> set[Key]:
    return {key for key, own in persons.items() if status_in(asked, own, period) == status}


def status_in(asked: Asked, own: list[Event], period: Period) -> str | None:
    """What a person with these matches is in this period."""
    before = period_before(period, interval_of(asked), asked.calendar)
    active = any(period.holds(event.at) for event in own)
    just_before = any(before.holds(event.at) for event in own)
    if not active:
        return "dormant" if just_before else None
    if period.holds(own[0].at):
        return "new"
    return "returning" if just_before else "resurrecting"
