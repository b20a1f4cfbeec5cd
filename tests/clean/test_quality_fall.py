"""When a fall of the index is one: against the median of the days before, or below the floor."""

from __future__ import annotations

from typing import Any

import pytest

from zuji.clean.quality import WEIGHTS
from zuji.clean.quality_fall import Fall, Scores, fall_of, usual_scores
from zuji.clean.quality_policy import read_quality
from zuji.terms.error import BadQuestion

USUAL: Scores = {"accuracy": 98.0, "validity": 100.0}


def fall(
    late: dict[str, tuple[int, int]], usual: Scores = USUAL, *, points: float = 5, floor: float = 50
) -> Fall | None:
    return fall_of(late, usual, weights=WEIGHTS, points=points, floor=floor)


def test_usual_is_the_median_of_days_on_which_enough_came_in_and_one_bad_day_is_not_usual() -> None:
    days = [{"accuracy": (1_000, wrong), "validity": (40, 40)} for wrong in (20, 10, 900)]
    assert usual_scores(days) == {"accuracy": 98.0}
    assert usual_scores(days[:2]) == {}


@pytest.mark.parametrize(
    ("late", "expected"),
    [
        ({"accuracy": (100, 2), "validity": (100, 0)}, None),
        ({"accuracy": (100, 11), "validity": (100, 0)}, None),
        ({"accuracy": (100, 13), "validity": (100, 0)}, Fall(93.5, 99.0, "accuracy", 87.0, 98.0)),
        ({"accuracy": (100, 2), "validity": (100, 40)}, Fall(79.0, 99.0, "validity", 60.0, 100.0)),
        ({"accuracy": (49, 49), "validity": (100, 0)}, None),
        ({"validity": (100, 100)}, Fall(49.0, 99.0, "validity", 0.0, 100.0)),
        ({"timeliness": (100, 100), "accuracy": (100, 2), "validity": (100, 0)}, None),
    ],
    ids=["as usual", "a little worse", "worse", "much worse", "too few to tell", "others missing", "new dimension"],
)
def test_a_fall_is_told_with_the_dimension_that_costs_most(late: Any, expected: Fall | None) -> None:
    assert fall(late) == expected


def test_below_the_floor_is_a_fall_although_nothing_is_usual_yet_and_a_hundred_points_never_are() -> None:
    bad = {"accuracy": (100, 90), "validity": (100, 60)}
    assert fall(bad, {}) == Fall(25.0, None, "accuracy", 10.0, None)
    assert fall(bad, {}, floor=25) is None
    assert fall(bad, points=100, floor=0) is None
    assert fall({}, {}) is None


def test_points_and_floor_are_decided_for_all_and_for_a_source() -> None:
    policy = read_quality({"alarm": {"points": 3, "sources": {"till": {"points": 10}, "app": {"floor": 0}}}})
    assert [policy.alarm.of(source) for source in ("web", "till", "app")] == [(3, 50), (10, 50), (3, 0)]
    for wrong in ({"points": 101}, {"floor": -1}, {"days": 2}, {"point": 5}):
        with pytest.raises(BadQuestion):
            read_quality({"alarm": wrong})
