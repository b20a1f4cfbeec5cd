"""Engagement by hand. The range ends with Sunday 2026-03-08T23:59:59.999Z."""

from __future__ import annotations

from typing import Any

from analyse.case import Case
from analyse.hand import DAY, happened, week, world_of
from analyse.reference.world import Event

END = 7 * DAY - 0.001


def case(name: str, events: list[Event], answer: dict[str, Any], *cells: tuple[Any, set[int]], **more: Any) -> Case:
    """One point for A and two for B, half as much for each day."""
    weights = [{"event": "A", "weight": 1}, {"event": "B", "weight": 2}]
    asked = {"weights": weights, "half_life": {"amount": 1, "unit": "day"}, "buckets": 2, **more}
    people = tuple((one, frozenset(who)) for one, who in cells)
    return Case(name, world_of(*events), "engagement", week(**asked), answer, people)


def buckets(*numbers: int) -> dict[str, Any]:
    return {"buckets": [{"people": number} for number in numbers]}


CASES = [
    case(
        "points halve with every half-life of age, counted from the last moment of the range",
        [
            happened("A", END),
            happened("A", END - DAY, 2),
            happened("B", END - 2 * DAY, 3),
            happened("A", END - 2 * DAY, 3),
        ],
        {
            "people": 3,
            "average_points": 0.75,
            "median_points": 0.75,
            "buckets": [{"from": 0.0, "to": 50.0, "people": 1}, {"from": 50.0, "to": 100.0, "people": 2}],
            "parts": [{"name": "A", "share": 1.75 / 2.25}, {"name": "B", "share": 0.5 / 2.25}],
        },
        ({"bucket": 0}, {2}),
        ({"bucket": 1}, {1, 3}),
    ),
    case(
        "a score counts those with strictly less among the others, so equal points have equal scores",
        [happened("A", END), happened("A", END, 2), happened("A", 0, 3)],
        buckets(1, 0, 2, 0),
        buckets=4,
    ),
    case(
        "who is alone has 100, which lies in the last bucket",
        [happened("A")],
        buckets(0, 0, 1),
        ({"bucket": 2}, {1}),
        buckets=3,
    ),
    case(
        "an event adds up every weight that it matches",
        [happened("A", END)],
        {"average_points": 6.0, "parts": [{"name": "A", "share": 1 / 6}, {"name": None, "share": 5 / 6}]},
        weights=[{"event": "A", "weight": 1}, {"event": None, "weight": 5}],
    ),
    case(
        "points are rounded to a millionth, and somebody with none of them counts",
        [happened("A", 0)],
        {"people": 1, "average_points": 0.0, "parts": [{"share": 0.0}, {"share": 0.0}], **buckets(0, 1)},
        half_life={"amount": 1, "unit": "hour"},
    ),
    case(
        "nobody has no points, and the buckets are empty",
        [happened("C"), happened("A", -1)],
        {"people": 0, "average_points": None, "median_points": None, **buckets(0, 0)},
    ),
]
