"""The time between two events by hand."""

from __future__ import annotations

from typing import Any

from analyse.case import Case
from analyse.hand import DAY, HOUR, happened, week, world_of
from analyse.reference.world import Event


def case(name: str, events: list[Event], answer: Any, /, *cells: tuple[Any, set[int]], **question: Any) -> Case:
    """The time from A to B."""
    asked = week(**{"from": {"event": "A"}, "to": {"event": "B"}, **question})
    return Case(
        name, world_of(*events), "interval", asked, answer, tuple((cell, frozenset(who)) for cell, who in cells)
    )


def taken(*seconds: float) -> dict[str, Any]:
    """How many pairs there are, their least and their greatest time."""
    return {"count": len(seconds), "minimum_seconds": min(seconds, default=None)} | {
        "maximum_seconds": max(seconds, default=None)
    }


BOTH = {"to": {"event": "A"}}
GROUPED = [happened("A", 0, v="x"), happened("B", 1, v="y"), happened("A", 2, v="z"), happened("A", 5, 2, v="x")]
CASES = [
    case(
        "figures of a few pairs",
        [
            happened(name, at, person)
            for person, last in ((1, 10), (2, 20), (3, 60))
            for name, at in (("A", 0), ("B", last))
        ],
        {"count": 3, "average_seconds": 30.0, "minimum_seconds": 10.0, "p25_seconds": 15.0, "median_seconds": 20.0}
        | {"p75_seconds": 40.0, "maximum_seconds": 60.0, "people": 3, "periods": []},
        ({"period": None}, {1, 2, 3}),
    ),
    case(
        "of no pairs the times are null",
        [happened("B"), happened("A", 1)],
        {"count": 0, "average_seconds": None, "median_seconds": None, "people": 0},
    ),
    case("a B takes the latest A before it", [happened("A"), happened("A", 4), happened("B", 10)], taken(6)),
    case(
        "an A that was not taken stays for a later B",
        [happened("A"), happened("A", 4), happened("B", 10), happened("B", 11)],
        taken(6, 11),
    ),
    case("each A is used once", [happened("A"), happened("B", 1), happened("B", 2)], taken(1)),
    case("exactly the limit still counts", [happened("A"), happened("B", DAY)], taken(DAY)),
    case("a millisecond more than the limit does not count", [happened("A"), happened("B", DAY + 0.001)], taken()),
    case("a limit of an hour", [happened("A"), happened("B", HOUR + 1)], taken(), limit={"amount": 1, "unit": "hour"}),
    case("at one instant the order of receipt decides", [happened("A"), happened("B")], taken(0)),
    case("a B that was received before the A of its instant does not take it", [happened("B"), happened("A")], taken()),
    case(
        "an event that is both closes first and then opens",
        [happened("A"), happened("A", 3), happened("A", 10)],
        taken(3, 7),
        **BOTH,
    ),
    case("an event does not end what it begins itself", [happened("A")], taken(), **BOTH),
    case("people have pairs of their own", [happened("A"), happened("B", 1, 2)], taken()),
    case("nobody has no pairs", [happened("A", 0, 0), happened("B", 1, 0)], taken()),
    case("the from must lie in the range", [happened("A", -1), happened("B", 1)], taken()),
    case("the to may lie behind the range", [happened("A", 7 * DAY - 1), happened("B", 7 * DAY + 1)], taken(2)),
    case(
        "an A behind the range takes its B away from one inside",
        [happened("A", 7 * DAY - 1), happened("A", 7 * DAY + 1), happened("B", 7 * DAY + 2)],
        taken(),
    ),
    case(
        "periods are those of the from",
        [happened("A", DAY - 1), happened("B", DAY + 1), happened("A", DAY + 2, 2), happened("B", DAY + 5, 2)],
        {
            "periods": [
                {"start": "2026-03-02", "partial": False, "count": 1, "median_seconds": 2.0, "people": 1},
                {"start": "2026-03-03", "partial": False, "count": 1, "median_seconds": 3.0, "people": 1},
            ]
        },
        ({"period": 0}, {1}),
        ({"period": 1}, {2}),
        interval="day",
        date_to="2026-03-03",
    ),
    case(
        "pairs are grouped by their from",
        [*GROUPED, happened("B", 9), happened("B", 10, 2)],
        {
            "by_breakdown": [
                {"value": ["x"], "kind": "value", "count": 2, "maximum_seconds": 5.0, "people": 2, "periods": []},
                {"value": ["z"], "kind": "value", "count": 1, "maximum_seconds": 7.0, "people": 1, "periods": []},
            ]
        },
        ({"period": None, "group": ["x"]}, {1, 2}),
        breakdown={"property": "v"},
    ),
]
