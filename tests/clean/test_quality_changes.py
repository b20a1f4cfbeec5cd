"""Change points: the best division against trying every one, and what is told of the days around a change."""

from __future__ import annotations

import random
from itertools import combinations, pairwise
from statistics import fmean

import pytest

from zuji.clean.change_points import SHORTEST, change_points, usual_penalty
from zuji.clean.quality_changes import Change, changes
from zuji.store.quality import CauseFound, Of


def cost(values: list[float], places: tuple[int, ...], penalty: float) -> float:
    bounds = [0, *places, len(values)]
    parts = [values[start:end] for start, end in pairwise(bounds)]
    if any(len(part) < SHORTEST for part in parts):
        return float("inf")
    return sum(sum((one - fmean(part)) ** 2 for one in part) for part in parts) + penalty * len(places)


def by_trying_all(values: list[float], penalty: float) -> float:
    places = range(1, len(values))
    return min(cost(values, chosen, penalty) for count in range(len(values)) for chosen in combinations(places, count))


@pytest.mark.parametrize("seed", range(60))
def test_no_division_at_all_is_better_than_the_one_that_is_found(seed: int) -> None:
    chance = random.Random(seed)
    level, values = 90.0, []
    for _ in range(chance.randint(4, 12)):
        level = chance.choice([level, level, level, chance.uniform(60, 100)])
        values.append(level + chance.gauss(0, 1))
    penalty = chance.choice([0.5, 5.0, 50.0, usual_penalty(values, least=0.25)])
    found = tuple(change_points(values, penalty=penalty))
    assert cost(values, found, penalty) == pytest.approx(by_trying_all(values, penalty))


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 9.0], [1.0, 9.0, 9.0]])
def test_a_series_that_is_too_short_has_no_changes(values: list[float]) -> None:
    assert change_points(values, penalty=usual_penalty(values, least=0.25)) == []


@pytest.mark.parametrize("seed", range(20))
def test_noise_has_few_changes_and_a_fall_is_found_on_its_day(seed: int) -> None:
    chance = random.Random(seed)
    steady = [95 + chance.gauss(0, 0.8) for _ in range(60)]
    assert len(change_points(steady, penalty=usual_penalty(steady, least=0.25))) <= 1
    fallen = steady[:40] + [one - 12 for one in steady[40:]]
    assert 40 in change_points(fallen, penalty=usual_penalty(fallen, least=0.25))


def figures(source: str, dimension: str, wrong: list[int], *, checked: int = 1_000) -> list[tuple[Of, int, int]]:
    return [(Of("shop", source, 100 + day, dimension), checked, one) for day, one in enumerate(wrong)]


def a_cause(name: str, found: int, dimension: str = "completeness") -> CauseFound:
    return CauseFound("web", dimension, name, "Paid", "size", found, 107, "m1")


def test_a_fall_is_told_with_its_day_both_levels_and_the_cause_that_came_with_it() -> None:
    asked: list[tuple[str, int, int]] = []

    def causes_of(source: str, first: int, last: int) -> list[CauseFound]:
        asked.append((source, first, last))
        if first == 100:
            return [a_cause("no_time", 100), a_cause("missing", 1)]
        return [a_cause("no_time", 60), a_cause("missing", 500), a_cause("late", 9_000, "timeliness")]

    told = figures("web", "completeness", [20, 21, 20, 19, 20, 190, 188, 191])
    assert changes(told, causes_of) == [Change("web", "completeness", 105, 98.0, 81.03, a_cause("missing", 500))]
    assert asked == [("web", 100, 104), ("web", 105, 107)]


def test_a_rise_is_told_with_the_cause_that_went_away() -> None:
    def causes_of(source: str, first: int, last: int) -> list[CauseFound]:
        return [a_cause("missing", 500), a_cause("no_time", 3)] if first == 100 else [a_cause("no_time", 80)]

    [change] = changes(figures("web", "completeness", [190, 188, 191, 191, 20, 21, 20]), causes_of)
    assert (change.since, change.before, change.after, change.cause) == (104, 81.0, 97.97, a_cause("missing", 500))


def test_small_changes_and_days_with_few_events_tell_nothing() -> None:
    assert changes(figures("web", "validity", [0, 0, 0, 0, 8, 8, 8, 8]), lambda *_: []) == []
    few = figures("web", "validity", [0, 0, 0, 0, 20, 20, 20, 20], checked=29)
    assert changes(few, lambda *_: []) == []
    [change] = changes(figures("web", "validity", [0, 0, 0, 0, 40, 40, 40, 40]), lambda *_: [])
    assert (change.since, change.cause) == (104, None)


def test_the_newest_change_comes_first_and_each_source_is_looked_at_apart() -> None:
    told = figures("till", "validity", [0] * 4 + [500] * 6) + figures("web", "accuracy", [0] * 7 + [90] * 3)
    assert [(one.source, one.since) for one in changes(told, lambda *_: [])] == [("web", 107), ("till", 104)]
