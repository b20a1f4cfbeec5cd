"""Lifetime value: what do the people acquired in one period bring in, up to so many days after?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analyse.reference.admitted import Asked, by_key, is_match, numbers_of, refuse_mixed_money, settle
from analyse.reference.periods import Period, periods_between
from analyse.reference.world import Event, World

DAY = 86_400_000
DAYS = (1, 7, 14, 30, 60, 90, 180, 365)


@dataclass(frozen=True)
class Acquired:
    """One person, since when, and all revenue from that moment on."""

    person: Any
    since: int
    revenue: tuple[Event, ...]

    def up_to(self, days: int) -> list[Event]:
        """The revenue before so many times 24 hours are over."""
        return [event for event in self.revenue if event.at < self.since + days * DAY]


def answer(world: World, question: Mapping[str, Any]) -> dict[str, Any]:
    """The `answer` object of docs/questions.md."""
    asked = settle(world, question, date_from="-11mStart")
    days = question.get("days") or DAYS
    cohorts = cohorts_of(asked)
    in_time = [event for _, members in cohorts for member in members for event in member.up_to(max(days))]
    refuse_mixed_money(asked, in_time, property_asked(asked))
    return {
        "rows": [
            {
                "start": period.written,
                "people": len(members),
                "values": [value_of_cohort(asked, period, members, day) for day in days],
            }
            for period, members in cohorts
        ]
    }


def people(world: World, question: Mapping[str, Any], cell: Mapping[str, Any]) -> set[Any]:
    """The persons of a cohort, or those of them with revenue by a day."""
    asked = settle(world, question, date_from="-11mStart")
    _, members = cohorts_of(asked)[cell["row"]]
    if cell.get("column") is None:
        return {member.person for member in members}
    days = (question.get("days") or DAYS)[cell["column"]]
    return {member.person for member in members if numbers_of(asked, member.up_to(days), property_asked(asked))}


def property_asked(asked: Asked) -> str:
    """Where revenue is found."""
    return str(asked.question["revenue"].get("property", "$amount"))


def cohorts_of(asked: Asked) -> list[tuple[Period, list[Acquired]]]:
    """Every period with the people acquired in it."""
    acquired = []
    for person, events in by_key(asked, asked.events).items():
        matches = [event for event in events if is_match(asked, event, asked.question.get("acquired") or {})]
        if not matches:
            continue
        since = matches[0].at
        revenue = [event for event in events if event.at >= since and is_match(asked, event, asked.question["revenue"])]
        acquired.append(Acquired(person, since, tuple(revenue)))
    periods = periods_between(asked.start, asked.end, asked.question.get("cohort", "month"), asked.calendar)
    return [(period, [one for one in acquired if period.holds(one.since)]) for period in periods]


def value_of_cohort(asked: Asked, period: Period, members: list[Acquired], days: int) -> float | None:
    """Revenue per acquired person up to a day, once that day is over for all of them."""
    if not members or period.end + days * DAY > asked.now:
        return None
    return sum(
        numbers_of(asked, [event for member in members for event in member.up_to(days)], property_asked(asked))
    ) / len(members)
