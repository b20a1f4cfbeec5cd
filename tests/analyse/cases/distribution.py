"""Distributions by hand."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from analyse.case import Case
from analyse.hand import DAY, HOUR, happened, week, world_of
from analyse.reference.world import Event


def bins(*ends: Any) -> list[dict[str, Any]]:
    """Bins that touch each other."""
    return [{"from": low, "to": high} for low, high in pairwise(ends)]


def case(
    name: str, events: list[Event], answer: Any, /, *cells: tuple[int, int | None, set[int]], **question: Any
) -> Case:
    """How often A was done; cells are (period, bin, people)."""
    behind = tuple(({"period": period, "bin": chosen}, frozenset(who)) for period, chosen, who in cells)
    return Case(name, world_of(*events), "distribution", week(**{"event": "A", **question}), answer, behind)


def times(*numbers: int) -> list[Event]:
    """The n-th person does it so many times."""
    return [happened("A", 0, person) for person, number in enumerate(numbers, start=1) for _ in range(number)]


def with_values(*values: Any) -> list[Event]:
    return [happened("A", 0, person, v=value) for person, value in enumerate(values, start=1)]


SUM = {"math": "sum", "property": "v"}
COUNTS = [
    case(
        "counts have bins of their own and the last is open",
        times(1, 2, 3, 5, 6, 101, 0),
        {
            "bins": bins(1, 2, 3, 6, 11, 21, 51, 101, None),
            "periods": [
                {"start": "2026-03-02", "partial": False, "counts": [1, 1, 2, 1, 0, 0, 0, 1]}
                | {"people": 6, "average": 118 / 6, "median": 4.0}
            ],
        },
        (0, 2, {3, 4}),
        (0, 3, {5}),
        (0, 7, {6}),
        (0, None, {1, 2, 3, 4, 5, 6}),
    ),
    case(
        "the figure is of one person and one period",
        [happened("A", 0), happened("A", DAY), happened("A", DAY), happened("A", DAY, 2)],
        {
            "periods": [
                {"start": "2026-03-02", "counts": [1, 0], "people": 1},
                {"start": "2026-03-03", "counts": [1, 1], "people": 2},
            ]
        },
        (0, 0, {1}),
        (1, 0, {2}),
        (1, 1, {1}),
        interval="day",
        bins=[1, 2],
        date_to="2026-03-03",
    ),
    case(
        "without an interval the range is one period that is not cut",
        [happened("A", -1), happened("A", HOUR)],
        {"periods": [{"start": "2026-03-02", "partial": False, "people": 0}]},
        date_from="2026-03-02T01:00:00.001",
    ),
    case(
        "the range as one period is partial while it is not over",
        [],
        {"periods": [{"start": "2026-03-02", "partial": True}]},
        now="2026-03-08T23:59:59.999Z",
    ),
    case(
        "nobody has no figure",
        [happened("A", 0, 0)],
        {"periods": [{"people": 0, "average": None, "median": None, "counts": [0]}]},
        bins=[1],
    ),
    case(
        "figures below the first bound have a bin before it where there are any",
        times(1, 2, 4),
        {"bins": bins(None, 2, 4, None), "periods": [{"counts": [1, 1, 1]}]},
        (0, 0, {1}),
        bins=[2, 4],
    ),
    case(
        "where no figure is below the first bound there is no such bin",
        times(2, 4),
        {"bins": bins(2, 4, None), "periods": [{"counts": [1, 1]}]},
        bins=[2, 4],
    ),
]
NUMBERS = [
    case(
        "people without numbers have no figure",
        with_values(1, "x", None, True, "2"),
        {"bins": bins(1.0, 1.5, 2.0), "periods": [{"counts": [1, 1], "people": 2, "average": 1.5}]},
        (0, 0, {1}),
        (0, 1, {5}),
        **SUM,
        bins=2,
    ),
    case(
        "a number of bins makes equal widths over the figures of all periods, the last closed",
        [*with_values(0, 5, 9), happened("A", DAY, 1, v=10)],
        {"bins": bins(0, 5, 10), "periods": [{"counts": [1, 2]}, {"counts": [0, 1]}]},
        **SUM,
        bins=2,
        interval="day",
        date_to="2026-03-03",
    ),
    case(
        "ten bins are made when nothing is said",
        with_values(0, 10),
        {"bins": bins(*range(11)), "periods": [{"counts": [1, *[0] * 8, 1]}]},
        **SUM,
    ),
    case(
        "equal figures have one bin of no width",
        with_values(5, 5),
        {"bins": bins(5, 5), "periods": [{"counts": [2]}]},
        **SUM,
    ),
    case(
        "without figures a number of bins makes none",
        [happened("A")],
        {"bins": [], "periods": [{"counts": [], "people": 0}]},
        **SUM,
    ),
    case(
        "the average of a person is of the events with a number",
        [happened("A", 0, v=1), happened("A", 0, v=4), happened("A")],
        {"periods": [{"average": 2.5}]},
        math="avg",
        property="v",
    ),
]
SPLIT = [happened("A", 0, 1, w="x", v=-3), happened("A", 0, 1, w="y", v=8), happened("A", 0, 2, w="y", v=5)]
GROUPS = [
    case(
        "events are grouped before they are counted",
        SPLIT,
        {
            "periods": [{"counts": [1, 1], "people": 2}],
            "by_breakdown": [
                {"value": ["y"], "kind": "value", "periods": [{"counts": [2, 0], "people": 2}]},
                {"value": ["x"], "kind": "value", "periods": [{"counts": [1, 0], "people": 1}]},
            ],
        },
        bins=[1, 2],
        breakdown={"property": "w"},
    ),
    case(
        "bins hold the figures of groups too",
        SPLIT,
        {
            "bins": bins(None, 0, 6, None),
            "periods": [{"counts": [0, 2, 0]}],
            "by_breakdown": [{"periods": [{"counts": [0, 1, 1]}]}, {"periods": [{"counts": [1, 0, 0]}]}],
        },
        **SUM,
        bins=[0, 6],
        breakdown={"property": "w"},
    ),
    case(
        "groups without anybody are not shown",
        [happened("A", 0, 0, w="x"), happened("A", 0, 1, w="y", v=1), happened("A", 0, 1, w="z")],
        {"by_breakdown": [{"value": ["y"]}]},
        **SUM,
        breakdown={"property": "w"},
    ),
]
CASES = [*COUNTS, *NUMBERS, *GROUPS]
