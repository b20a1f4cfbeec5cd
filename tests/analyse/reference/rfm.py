"""RFM: how recently, how often, and for how much, as scores and as named groups of people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

from analyse.reference.admitted import Asked, by_key, is_match, numbers_of, refuse_mixed_money, settle
from analyse.reference.dates import date_at, local
from analyse.reference.values import local_moment
from analyse.reference.world import World

DAY = 86_400_000
TEN = (
    "champions",
    "loyal",
    "potential_loyalist",
    "new",
    "promising",
    "need_attention",
    "about_to_sleep",
    "cannot_lose",
    "at_risk",
    "hibernating",
)
EIGHT = tuple(f"{r}_{f}_{v}" for r in ("high", "low") for f in ("high", "low") for v in ("high", "low"))


@dataclass(frozen=True)
class Figures:
    """What one person did in the range. `recency` is whole days; `value` is exact, so that equal sums are equal."""

    recency: int
    frequency: int
    value: Fraction


@dataclass(frozen=True)
class Scores:
    """1 is the worst."""

    recency: int
    frequency: int
    value: int


def answer(world: World, question: Mapping[str, Any]) -> dict[str, Any]:
    """The `answer` object of docs/questions.md."""
    asked = settle(world, question, date_from="-364d")
    figures = figures_of(asked)
    scores = scores_of(asked, figures)
    groups = groups_of(asked, scores)
    cells = sorted({(one.recency, one.frequency, one.value) for one in scores.values()})
    return {
        "people": len(figures),
        "groups": [
            group_row(name, [figures[key] for key in figures if groups[key] == name], len(figures))
            for name in names_of(asked)
        ],
        "cells": [
            {"recency": r, "frequency": f, "value": v, "people": list(scores.values()).count(Scores(r, f, v))}
            for r, f, v in cells
        ],
        "movement": movement(asked, groups) if question.get("compare_to") else None,
    }


def people(world: World, question: Mapping[str, Any], cell: Mapping[str, Any]) -> set[Any]:
    """The persons of a group, of a combination of scores, or of a movement."""
    asked = settle(world, question, date_from="-364d")
    scores = scores_of(asked, figures_of(asked))
    groups = groups_of(asked, scores)
    if "group" in cell:
        return {key for key, name in groups.items() if name == cell["group"]}
    if "recency" in cell:
        wanted = Scores(cell["recency"], cell["frequency"], cell["value"])
        return {key for key, one in scores.items() if one == wanted}
    before = groups_before(asked)
    return {key for key in {**before, **groups} if (before.get(key), groups.get(key)) == (cell["from"], cell["to"])}


def names_of(asked: Asked) -> tuple[str, ...]:
    """The names of all groups, in order."""
    return EIGHT if asked.question.get("groups", "ten") == "eight" else TEN


def figures_of(asked: Asked) -> dict[Any, Figures]:
    """What everybody did who did anything."""
    name = asked.question.get("value", "$amount")
    wanted = {"event": asked.question.get("event")}
    events = [event for event in asked.events if asked.in_range(event) and is_match(asked, event, wanted)]
    persons = by_key(asked, events)
    refuse_mixed_money(asked, [event for own in persons.values() for event in own], name)
    return {
        key: Figures((asked.end - own[-1].at) // DAY, len(own), exact_sum(numbers_of(asked, own, name)))
        for key, own in persons.items()
    }


def exact_sum(numbers: list[float]) -> Fraction:
    """The sum of the numbers as they are written: 0.1 and 0.2 are 0.3."""
    return sum((Fraction(repr(number)) for number in numbers), Fraction(0))


def scores_of(asked: Asked, figures: Mapping[Any, Figures]) -> dict[Any, Scores]:
    """Everybody's three scores."""
    bins: int = asked.question.get("bins", 5)
    bounds: Mapping[str, list[float]] = asked.question.get("thresholds") or {}

    def score(name: str, of: Callable[[Figures], Fraction | int], one: Figures) -> int:
        if bounds.get(name) is not None and name == "recency":
            return bins - sum(Fraction(repr(bound)) < of(one) for bound in bounds[name])
        if bounds.get(name) is not None:
            return 1 + sum(Fraction(repr(bound)) <= of(one) for bound in bounds[name])
        sign = -1 if name == "recency" else 1
        worse = sum(sign * of(other) < sign * of(one) for other in figures.values())
        return 1 + bins * worse // len(figures)

    return {
        key: Scores(
            score("recency", lambda figure: figure.recency, one),
            score("frequency", lambda figure: figure.frequency, one),
            score("value", lambda figure: figure.value, one),
        )
        for key, one in figures.items()
    }


def groups_of(asked: Asked, scores: Mapping[Any, Scores]) -> dict[Any, str]:
    """The name of everybody's group."""
    if asked.question.get("groups", "ten") == "eight":
        return {key: one_of_eight(one, list(scores.values())) for key, one in scores.items()}
    bins = asked.question.get("bins", 5)
    return {key: one_of_ten(-(-5 * one.recency // bins), -(-5 * one.frequency // bins)) for key, one in scores.items()}


def one_of_ten(recency: int, frequency: int) -> str:
    """The group by two scores from 1 to 5."""
    if recency <= 2:
        return {5: "cannot_lose", 4: "at_risk", 3: "at_risk"}.get(frequency, "hibernating")
    if recency == 3:
        return {5: "loyal", 4: "loyal", 3: "need_attention"}.get(frequency, "about_to_sleep")
    if frequency >= 4:
        return "champions" if recency == 5 else "loyal"
    if frequency >= 2:
        return "potential_loyalist"
    return "new" if recency == 5 else "promising"


def one_of_eight(one: Scores, everybody: list[Scores]) -> str:
    """The group by which of the three scores are above their mean."""
    parts = []
    for part in ("recency", "frequency", "value"):
        total = sum(getattr(other, part) for other in everybody)
        parts.append("high" if getattr(one, part) * len(everybody) > total else "low")
    return "_".join(parts)


def group_row(name: str, members: list[Figures], everybody: int) -> dict[str, Any]:
    """One group as the answer has it."""
    total = float(sum(member.value for member in members))
    count = len(members)
    return {
        "name": name,
        "people": count,
        "share": count / everybody if everybody else 0.0,
        "average_recency_days": sum(member.recency for member in members) / count if count else None,
        "average_frequency": sum(member.frequency for member in members) / count if count else None,
        "average_value": total / count if count else None,
        "sum_value": total,
    }


def groups_before(asked: Asked) -> dict[Any, str]:
    """Everybody's group in the range that the question's is compared with."""
    zone = asked.calendar.zone
    end = date_at(
        asked.question["compare_to"], now=asked.now, zone=zone, week_start=asked.calendar.week_start, end="last"
    )
    days = (local(asked.end, zone).date() - local(end, zone).date()).days

    def moved(at: int) -> int:
        shown = local(at, zone)
        rest = shown.second * 1000 + shown.microsecond // 1000
        return local_moment(shown.date() - timedelta(days=days), shown.hour, shown.minute, rest, zone)

    before = replace(asked, start=moved(asked.start), end=moved(asked.end + 1) - 1)
    return groups_of(before, scores_of(before, figures_of(before)))


def movement(asked: Asked, groups: Mapping[Any, str]) -> list[dict[str, Any]]:
    """How many went from which group to which."""
    before = groups_before(asked)
    order = [*names_of(asked), None]
    rows = []
    for source in order:
        for target in order:
            count = sum((before.get(key), groups.get(key)) == (source, target) for key in {**before, **groups})
            if count:
                rows.append({"from": source, "to": target, "people": count})
    return rows
