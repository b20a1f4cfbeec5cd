"""Lifetime value by hand."""

from __future__ import annotations

from typing import Any

from analyse.case import Case
from analyse.hand import DAY, happened, paid, week, world_of
from analyse.reference.world import Event


def case(name: str, events: list[Event], rows: list[dict[str, Any]], *cells: tuple[Any, set[int]], **more: Any) -> Case:
    """The value of who joined."""
    asked = {"acquired": {"event": "join"}, "revenue": {"event": "pay"}, "days": [1, 7], **more}
    people = tuple((one, frozenset(who)) for one, who in cells)
    return Case(name, world_of(*events), "ltv", week(**asked), {"rows": rows}, people)


JOINED = [happened("join"), paid("10", 3600)]
CASES = [
    case(
        "value up to a day is revenue from the acquisition on and before so many times 24 hours",
        [
            happened("join"),
            paid("3", -1),
            paid("10", 0),
            paid("5", DAY - 0.001),
            paid("7", DAY),
            paid("100", 7 * DAY),
            happened("join", 5, 2),
        ],
        [{"start": "2026-03-01", "people": 2, "values": [7.5, 11.0]}],
        ({"row": 0, "column": None}, {1, 2}),
        ({"row": 0, "column": 0}, {1}),
    ),
    case(
        "a cohort is a whole period, also outside the range",
        [happened("join", -DAY + 1), happened("join", 29 * DAY, 2)],
        [{"start": "2026-03-01", "people": 2, "values": [0.0, 0.0]}],
    ),
    case(
        "people are acquired at the first match ever",
        [happened("join", -2 * DAY), *JOINED],
        [{"start": "2026-03-01", "people": 0, "values": [None, None]}],
    ),
    case(
        "revenue after the range counts",
        [happened("join", 6 * DAY), paid("10", 12 * DAY)],
        [{"values": [0.0, 10.0]}],
    ),
    case(
        "a value is null while its days are not over for the whole cohort",
        JOINED,
        [{"people": 1, "values": [None, None]}],
        now="2026-04-01T23:59:59.999Z",
    ),
    case(
        "a value is there from the very end of its days",
        JOINED,
        [{"people": 1, "values": [10.0, None]}],
        now="2026-04-02T00:00:00Z",
    ),
    case(
        "anybody who did anything is acquired unless the question says by what",
        [happened("x"), paid("4", 5)],
        [{"people": 1, "values": [4.0, 4.0]}],
        acquired={"event": None},
    ),
    case(
        "revenue may be any property",
        [happened("join"), happened("pay", 1, 1, credit="2.5"), happened("pay", 2, 1, credit="none")],
        [{"values": [2.5, 2.5]}],
        revenue={"event": "pay", "property": "credit"},
    ),
]
