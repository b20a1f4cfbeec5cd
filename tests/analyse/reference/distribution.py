"""Distribution: how many people did it once, twice, more often; or how much it summed up to for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from analyse.reference.admitted import Asked, Key, by_key, matching, numbers_of, refuse_mixed_money, settle
from analyse.reference.dates import local
from analyse.reference.groups import Group, Value, bin_bounds, bin_index, group_of_cell, ranked, values_of
from analyse.reference.periods import Period, is_partial, periods_between
from analyse.reference.statistics import greatest, least, mean, median, total
from analyse.reference.world import Event, World

COUNT_BOUNDS = [1, 2, 3, 6, 11, 21, 51, 101]
DEFAULT_BINS = 10
Figures = dict[Key, float]


@dataclass(frozen=True)
class Bins:
    """Ranges of figures: from `bounds[i]` to the next. A list of bounds is open above, and below where it has to be."""

    bounds: list[float]
    is_open: bool
    has_lower: bool = False

    @property
    def written(self) -> list[dict[str, float | None]]:
        if not self.is_open:
            return [{"from": low, "to": high} for low, high in pairwise(self.bounds)]
        lower: list[dict[str, float | None]] = [{"from": None, "to": self.bounds[0]}] * self.has_lower
        ends = [*self.bounds[1:], None]
        return lower + [{"from": low, "to": high} for low, high in zip(self.bounds, ends, strict=True)]

    def index(self, number: float) -> int:
        if not self.is_open:
            return bin_index(number, self.bounds)
        return sum(bound <= number for bound in self.bounds) - 1 + self.has_lower


def answer(world: World, question: Mapping[str, Any]) -> dict[str, Any]:
    asked = settle(world, question)
    events = events_of(asked)
    if math_of(asked) in ("sum", "avg"):
        refuse_mixed_money(asked, events, question["property"])
    groups = groups_of(asked) if question.get("breakdown") is not None else []
    bins = bins_of(asked, groups)
    found: dict[str, Any] = {"bins": bins.written, "periods": written_periods(asked, events, bins)}
    if question.get("breakdown") is not None:
        found["by_breakdown"] = [
            {**group.written, "periods": written_periods(asked, within(asked, group), bins)} for group in groups
        ]
    return found


def people(world: World, question: Mapping[str, Any], cell: Mapping[str, Any]) -> set[int]:
    asked = settle(world, question)
    groups = groups_of(asked) if question.get("breakdown") is not None else []
    bins = bins_of(asked, groups)
    events = within(asked, group_of_cell(groups, cell)) if "group" in cell else events_of(asked)
    period = periods_of(asked)[cell["period"]]
    persons = by_key(asked, events)
    return {
        event.person
        for key, number in figures_of(asked, events, period).items()
        if cell.get("bin") is None or bins.index(number) == cell["bin"]
        for event in persons[key]
    }


def math_of(asked: Asked) -> str:
    name: str = asked.question.get("math", "count")
    return name


def events_of(asked: Asked) -> list[Event]:
    """The matches in the range that belong to somebody and, for other maths than count, have a number."""
    wanted = {"event": asked.question.get("event"), "where": None}
    in_range = [event for event in matching(asked, wanted) if asked.in_range(event)]
    owned = [event for own in by_key(asked, in_range).values() for event in own]
    if math_of(asked) == "count":
        return owned
    return [event for event in owned if numbers_of(asked, [event], asked.question["property"])]


def periods_of(asked: Asked) -> list[Period]:
    """The periods of the range; without an interval the range itself."""
    unit = asked.question.get("interval")
    if unit is None:
        return [Period(asked.start, asked.end + 1, local(asked.start, asked.calendar.zone).date().isoformat())]
    return periods_between(asked.start, asked.end, unit, asked.calendar)


def figures_of(asked: Asked, events: Sequence[Event], period: Period) -> Figures:
    """Every person's figure of one period."""
    persons = by_key(asked, [event for event in events if period.holds(event.at)])
    return {key: figure(asked, own) for key, own in persons.items()}


def figure(asked: Asked, own: Sequence[Event]) -> float:
    """One person's figure of some events, of which there is at least one."""
    name = math_of(asked)
    if name == "count":
        return len(own)
    numbers = numbers_of(asked, own, asked.question["property"])
    found = {"sum": total, "avg": mean, "min": least, "max": greatest}[name](numbers)
    assert found is not None
    return found


def bins_of(asked: Asked, groups: Sequence[Group]) -> Bins:
    """The bins asked for, made from all figures of the answer."""
    wanted = asked.question.get("bins")
    if wanted is None:
        wanted = COUNT_BOUNDS if math_of(asked) == "count" else DEFAULT_BINS
    parts = [events_of(asked), *(within(asked, group) for group in groups)]
    numbers = [
        number for part in parts for period in periods_of(asked) for number in figures_of(asked, part, period).values()
    ]
    if isinstance(wanted, list):
        return Bins(wanted, is_open=True, has_lower=any(number < wanted[0] for number in numbers))
    return Bins(bin_bounds(numbers, wanted), is_open=False)


def written_periods(asked: Asked, events: Sequence[Event], bins: Bins) -> list[dict[str, Any]]:
    return [written(asked, period, figures_of(asked, events, period), bins) for period in periods_of(asked)]


def written(asked: Asked, period: Period, figures: Figures, bins: Bins) -> dict[str, Any]:
    """A period of the answer."""
    numbers = list(figures.values())
    counts = [0] * len(bins.written)
    for number in numbers:
        counts[bins.index(number)] += 1
    return {
        "start": period.written,
        "partial": is_partial(period, start=asked.start, end=asked.end, now=asked.now),
        "counts": counts,
        "people": len(numbers),
        "average": mean(numbers),
        "median": median(numbers),
    }


def groups_of(asked: Asked) -> list[Group]:
    events = events_of(asked)
    values = values_of(asked, events, asked.question["breakdown"])

    def size(value: Value) -> int:
        return len(by_key(asked, [event for event in events if values[event.position] == value]))

    return ranked(values.values(), size, asked.question["breakdown"])


def within(asked: Asked, group: Group) -> list[Event]:
    """The events of one group."""
    events = events_of(asked)
    values = values_of(asked, events, asked.question["breakdown"])
    return [event for event in events if values[event.position] in group.holds]
