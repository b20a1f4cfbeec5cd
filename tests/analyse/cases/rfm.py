"""RFM by hand. The range ends with Sunday 2026-03-08T23:59:59.999Z."""

from __future__ import annotations

from typing import Any

from analyse.case import Case
from analyse.hand import DAY, HOUR, paid, week, world_of
from analyse.reference.world import Event

EVENING = 6 * DAY + 23 * HOUR
"""Sunday at 23:00, less than a day before the end."""
DIRECTLY = {"recency": [1, 2, 3, 4], "frequency": [2, 3, 4, 5]}
"""Bounds by which 1, 2 .. 5 days or events are scores 5, 4 .. 1 or 1 to 5."""


def case(name: str, events: list[Event], answer: dict[str, Any], *cells: tuple[Any, set[int]], **more: Any) -> Case:
    return Case(
        name, world_of(*events), "rfm", week(**more), answer, tuple((one, frozenset(who)) for one, who in cells)
    )


def bought(person: int, days_ago: int, times: int, amount: str = "1") -> list[Event]:
    """So many purchases, the last so many whole days ago."""
    return [paid(amount, EVENING - days_ago * DAY - number, person) for number in range(times)]


def people_of(**counts: int) -> dict[str, Any]:
    """Groups by name and people."""
    return {"groups": [{"name": name, "people": count} for name, count in counts.items()]}


CASES = [
    case(
        "the ten groups by recency and frequency",
        [event for days in range(1, 6) for times in range(1, 6) for event in bought(10 * days + times, days, times)],
        {
            "people": 25,
            **people_of(
                champions=2,
                loyal=4,
                potential_loyalist=4,
                new=1,
                promising=1,
                need_attention=1,
                about_to_sleep=2,
                cannot_lose=2,
                at_risk=4,
                hibernating=4,
            ),
        },
        ({"group": "champions"}, {14, 15}),
        ({"group": "loyal"}, {24, 25, 34, 35}),
        ({"group": "potential_loyalist"}, {12, 13, 22, 23}),
        ({"group": "new"}, {11}),
        ({"group": "promising"}, {21}),
        ({"group": "need_attention"}, {33}),
        ({"group": "about_to_sleep"}, {31, 32}),
        ({"group": "cannot_lose"}, {45, 55}),
        ({"group": "at_risk"}, {43, 44, 53, 54}),
        ({"group": "hibernating"}, {41, 42, 51, 52}),
        thresholds=DIRECTLY,
    ),
    case(
        "recency is whole 24 hours to the last moment of the range",
        [paid("1", 6 * DAY), paid("1", 6 * DAY - 0.001, 2)],
        {"cells": [{"recency": 1, "people": 1}, {"recency": 2, "people": 1}]},
        ({"recency": 2, "frequency": 1, "value": 1}, {1}),
        ({"recency": 1, "frequency": 1, "value": 1}, {2}),
        bins=2,
        thresholds={"recency": [0], "frequency": [2], "value": [9]},
    ),
    case(
        "a quantile score counts the people who are strictly worse, so equal figures have equal scores",
        [*bought(1, 0, 1), *bought(2, 0, 1), *bought(3, 0, 2), *bought(4, 0, 3)],
        {
            "cells": [
                {"recency": 1, "frequency": 1, "value": 1, "people": 2},
                {"recency": 1, "frequency": 2, "value": 2, "people": 2},
            ]
        },
        ({"recency": 1, "frequency": 2, "value": 2}, {3, 4}),
        bins=2,
    ),
    case(
        "a longer time ago is worse",
        [*bought(1, 3, 1), *bought(2, 1, 1)],
        {"cells": [{"recency": 1, "people": 1}, {"recency": 2, "people": 1}]},
        ({"recency": 2, "frequency": 1, "value": 1}, {2}),
        bins=2,
    ),
    case(
        "a bound that is met counts for frequency and value, and not against recency",
        [*bought(1, 1, 2, "5")],
        {"cells": [{"recency": 2, "frequency": 2, "value": 2, "people": 1}]},
        bins=2,
        thresholds={"recency": [1], "frequency": [2], "value": [10]},
    ),
    case(
        "sums are exact, so that equal ones are equal",
        [paid("0.1", 0), paid("0.2", 0), paid("0.3", 0, 2), paid("0", 0, 2)],
        {"cells": [{"recency": 1, "frequency": 1, "value": 1, "people": 2}]},
        bins=2,
    ),
    case(
        "what has no number is worth 0",
        [paid("7", EVENING)],
        {"groups": [{}] * 5 + [{"name": "need_attention", "sum_value": 0.0, "average_value": 0.0}] + [{}] * 4},
        value="missing",
        bins=5,
        thresholds={"recency": [-3, -2, 2, 3], "frequency": [0, 1, 2, 3]},
    ),
    case(
        "groups of nobody have averages of null, and rates of nobody are 0",
        [],
        {
            "people": 0,
            "groups": [
                {"people": 0, "share": 0.0, "sum_value": 0.0, "average_value": None, "average_frequency": None}
                | {"average_recency_days": None}
            ]
            * 10,
            "cells": [],
            "movement": None,
        },
    ),
    case(
        "high is above the mean of all scores, not on it",
        [*bought(1, 2, 1), *bought(2, 2, 3)],
        people_of(
            high_high_high=0,
            high_high_low=0,
            high_low_high=0,
            high_low_low=0,
            low_high_high=1,
            low_high_low=0,
            low_low_high=0,
            low_low_low=1,
        ),
        ({"group": "low_high_high"}, {2}),
        groups="eight",
    ),
    case(
        "movement compares with a range of the same length that ends on a day",
        [
            *bought(1, 0, 1),
            *bought(1, 5, 5),
            *bought(2, 5, 1),
            *bought(3, 0, 1),
            paid("1", -5 * DAY, 4),
            paid("1", -5 * DAY - 1, 5),
        ],
        {
            "movement": [
                {"from": "champions", "to": "champions", "people": 1},
                {"from": "new", "to": "hibernating", "people": 1},
                {"from": "hibernating", "to": None, "people": 1},
                {"from": None, "to": "new", "people": 1},
            ]
        },
        ({"from": "hibernating", "to": None}, {4}),
        ({"from": None, "to": "new"}, {3}),
        compare_to="2026-03-03",
        thresholds=DIRECTLY,
    ),
]
