"""Sessions: how many, how long, how deep, and where they begin and end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from analyse.reference.admitted import Asked, is_match, key_of, settle
from analyse.reference.groups import Group, Value, group_of_cell, ranked, values_of
from analyse.reference.periods import is_partial, periods_between
from analyse.reference.sessions import Session
from analyse.reference.statistics import mean, median
from analyse.reference.world import NOBODY, World


def answer(world: World, question: Mapping[str, Any]) -> dict[str, Any]:
    asked = settle(world, question)
    visits = visits_of(asked)
    found: dict[str, Any] = {
        "periods": written_periods(asked, visits),
        "total": figures(asked, visits),
        "entry_pages": pages([visit.property_of("entry_page") for visit in visits], question.get("limit", 25)),
        "exit_pages": pages([visit.property_of("exit_page") for visit in visits], question.get("limit", 25)),
    }
    if question.get("breakdown") is not None:
        found["by_breakdown"] = [
            {**group.written, "total": figures(asked, within(asked, visits, group))}
            for group in groups_of(asked, visits)
        ]
    return found


def people(world: World, question: Mapping[str, Any], cell: Mapping[str, Any]) -> set[int]:
    asked = settle(world, question)
    visits = visits_of(asked)
    if "group" in cell:
        visits = within(asked, visits, group_of_cell(groups_of(asked, visits), cell))
    if cell.get("period") is not None:
        period = periods_between(asked.start, asked.end, question.get("interval", "day"), asked.calendar)[
            cell["period"]
        ]
        visits = [visit for visit in visits if period.holds(visit.first.at)]
    return {visit.first.person for visit in visits} - {NOBODY}


def visits_of(asked: Asked) -> list[Session]:
    """The sessions that begin in the range and have an event that passes, in order."""
    wanted = {"event": asked.question.get("event"), "where": asked.question.get("where")}
    found = [
        visit
        for visit in asked.sessions
        if asked.in_range(visit.first) and any(is_match(asked, event, wanted) for event in visit.events)
    ]
    if not isinstance(asked.question.get("count_by", "user"), str):
        found = [visit for visit in found if key_of(asked, visit.first) is not None]
    return sorted(found, key=lambda visit: (visit.first.at, visit.first.position))


def figures(asked: Asked, visits: Sequence[Session]) -> dict[str, Any]:
    """What there is to say about some sessions."""
    seconds = [visit.seconds for visit in visits]
    return {
        "sessions": len(visits),
        "people": len({key_of(asked, visit.first) for visit in visits} - {None}),
        "average_seconds": mean(seconds),
        "median_seconds": median(seconds),
        "average_events": mean([len(visit.events) for visit in visits]),
        "average_pages": mean([visit.pages for visit in visits]),
        "bounce_rate": mean([len(visit.events) == 1 for visit in visits]),
    }


def written_periods(asked: Asked, visits: Sequence[Session]) -> list[dict[str, Any]]:
    """The figures of the sessions that begin in each period."""
    return [
        {
            "start": period.written,
            "partial": is_partial(period, start=asked.start, end=asked.end, now=asked.now),
            **figures(asked, [visit for visit in visits if period.holds(visit.first.at)]),
        }
        for period in periods_between(asked.start, asked.end, asked.question.get("interval", "day"), asked.calendar)
    ]


def pages(found: Sequence[str | None], limit: int) -> list[dict[str, Any]]:
    """How many sessions each page has: the most first, then by name; those beyond the limit are one entry."""
    counts = Counter(page for page in found if page is not None)
    order = sorted(counts, key=lambda page: (-counts[page], page))
    written: list[dict[str, Any]] = [
        {"page": page, "kind": "value", "sessions": counts[page]} for page in order[:limit]
    ]
    if len(order) > limit:
        written.append({"page": None, "kind": "other", "sessions": sum(counts[page] for page in order[limit:])})
    return written


def groups_of(asked: Asked, visits: Sequence[Session]) -> list[Group]:
    values = values_of(asked, [visit.first for visit in visits], asked.question["breakdown"])

    def size(value: Value) -> int:
        return sum(values[visit.first.position] == value for visit in visits)

    return ranked(values.values(), size, asked.question["breakdown"])


def within(asked: Asked, visits: Sequence[Session], group: Group) -> list[Session]:
    """The sessions of one group."""
    values = values_of(asked, [visit.first for visit in visits], asked.question["breakdown"])
    return [visit for visit in visits if values[visit.first.position] in group.holds]
