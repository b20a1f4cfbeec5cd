"""Retention by hand."""

from __future__ import annotations

from typing import Any

from analyse.case import Case
from analyse.hand import DAY, HOUR, happened, paid, week, world_of
from analyse.reference.world import Event


def case(
    name: str, events: list[Event], rows: list[list[Any]], /, *cells: tuple[Any, set[int]], **question: Any
) -> Case:
    """Columns of each row; A is the target, B the return, three days from Monday to Wednesday."""
    asked = {"target": {"event": "A"}, "returning": {"event": "B"}, "date_to": "2026-03-04", "intervals": 3} | question
    figure = "measures" if "measure" in question else "values"
    answer = {"rows": [{figure: row} for row in rows]}
    behind = tuple(({"row": row, "column": column}, frozenset(who)) for (row, column), who in cells)
    return Case(name, world_of(*events), "retention", week(**asked), answer, behind)


AGAIN = [happened("A", 0, 1), happened("B", DAY, 1), happened("A", DAY, 1), happened("B", 3 * DAY, 1)]
TWO = [*AGAIN, happened("A", HOUR, 2), happened("B", HOUR, 2)]
TRIANGLE = {"date_from": None}
CLOCKS = [happened("A", 6 * DAY + 5 * HOUR, person) for person in (1, 2)]
CLOCKS += [happened("B", 7 * DAY + 4 * HOUR), happened("B", 7 * DAY + 4 * HOUR - 0.001, 2)]
CHANGING = [happened("A", 1, v="y"), happened("A", 0, v="x"), happened("A", DAY, v="y"), happened("B", DAY)]
COHORTS = [
    case(
        "who did it in two periods is in both cohorts",
        TWO,
        [[2, 1, 0], [1, 0, 1], [0, 0, 0]],
        ((0, 0), {1, 2}),
        ((0, 1), {1}),
        ((1, 2), {1}),
        ((2, 0), set()),
    ),
    case(
        "first_time is in the cohort of the first target alone",
        TWO,
        [[2, 1, 0], [0, 0, 0], [0, 0, 0]],
        mode="first_time",
    ),
    case(
        "the first target ever may lie before the range",
        [happened("A", -DAY), happened("A", 0)],
        [[0, 0, 0], [0, 0, 0], [0, 0, 0]],
        mode="first_time",
    ),
    case(
        "the first target is the first that passes name and where together",
        [happened("A", -DAY, v=1), happened("A", 0, v=2)],
        [[1, 0, 0], [0, 0, 0], [0, 0, 0]],
        target={"event": "A", "where": [{"property": "v", "op": "equals", "value": 2}]},
        mode="first_time",
    ),
    case(
        "a return in the cohort's own period does not count",
        [happened("A"), happened("B", 1)],
        [[1, 0, 0]] + [[0] * 3] * 2,
    ),
    case(
        "with date_from every row is full and returns after date_to count",
        [happened("A", 2 * DAY), happened("B", 4 * DAY)],
        [[0, 0, 0], [0, 0, 0], [1, 0, 1]],
    ),
    case(
        "without date_from rows shorten to a triangle and nothing after date_to counts",
        [
            happened("A", DAY),
            happened("B", 2 * DAY + HOUR),
            happened("B", 2 * DAY + 2 * HOUR, 2),
            happened("A", DAY, 2),
        ],
        [[0, 0, 0], [2, 1], [0]],
        **TRIANGLE,
        date_to="2026-03-04T01:00",
    ),
    case(
        "targets count from the start of the first period to date_to",
        [happened("A", 1), happened("A", 2 * DAY + HOUR, 2), happened("A", 2 * DAY + HOUR + 0.001, 3)],
        [[1, 0, 0], [0, 0, 0], [1, 0, 0]],
        date_from="2026-03-02T12:00",
        date_to="2026-03-04T01:00",
    ),
    case(
        "weeks of retention are calendar weeks",
        [happened("A", 6 * DAY), happened("B", 7 * DAY), happened("B", 14 * DAY - 0.001, 2), happened("A", 0, 2)],
        [[2, 2, 0]],
        period="week",
        date_to="2026-03-08",
    ),
    case(
        "returns are wanted so often in one period",
        [happened("A"), happened("B", DAY), happened("B", 2 * DAY), happened("B", 2 * DAY)],
        [[1, 0, 1], [0, 0, 0], [0, 0, 0]],
        min_occurrences=2,
    ),
    case(
        "cumulative is then or in any one later column",
        [happened("A"), happened("B", 2 * DAY), happened("A", 0, 2), happened("B", DAY, 2)],
        [[2, 2, 1], [0, 0, 0], [0, 0, 0]],
        cumulative=True,
    ),
    case(
        "cumulative does not add up occurrences of several columns",
        [happened("A"), happened("B", DAY), happened("B", 2 * DAY)],
        [[1, 0, 0], [0, 0, 0], [0, 0, 0]],
        cumulative=True,
        min_occurrences=2,
    ),
    case(
        "days of a clock change are days",
        CLOCKS,
        [[2, 1, 0]],
        timezone="America/New_York",
        date_from="2026-03-08",
        date_to="2026-03-08",
    ),
]


def with_partial(name: str, partial: list[list[bool]], **question: Any) -> Case:
    asked = {"target": {"event": "A"}, "returning": {"event": "B"}, "date_to": "2026-03-03", "intervals": 2} | question
    return Case(name, world_of(), "retention", week(**asked), {"rows": [{"partial": row} for row in partial]})


def in_groups(name: str, events: list[Event], groups: list[Any], limit: int = 25) -> Case:
    """Groups by `v` as (value, kind, rows)."""
    asked = {"target": {"event": "A"}, "returning": {"event": "B"}, "date_to": "2026-03-03", "intervals": 2}
    expected = [
        {"value": value, "kind": kind, "rows": [{"values": row} for row in rows]} for value, kind, *rows in groups
    ]
    question = week(**asked, breakdown={"property": "v", "limit": limit})
    cell = {"row": 0, "column": 0, "group": groups[0][0]}
    who = frozenset(event.person for event in events if event.event == "A" and event.properties["v"] == groups[0][0][0])
    return Case(name, world_of(*events), "retention", question, {"by_breakdown": expected}, ((cell, who),))


SPENT = [
    happened("A"),
    happened("A", 0, 2),
    paid("5", DAY, 1, name="B"),
    paid("2", DAY, 1, name="B"),
    happened("B", DAY, 2),
]
SPENT += [paid("3", 0, 1, name="A"), paid("100", DAY, 3, name="B")]
MEASURES = [
    case(f"{math} of the returns of the cohort's people", SPENT, rows, measure={"math": math, "property": "amount"})
    for math, rows in [
        ("sum", [[3, 7, 0], [0, 0, 0], [0, 0, 0]]),
        ("avg", [[3, 3.5, None], [None] * 3, [None] * 3]),
        ("per_person", [[1.5, 3.5, 0], [None] * 3, [None] * 3]),
    ]
]
MEASURES += [
    case(
        "measures heed neither min_occurrences nor cumulative",
        SPENT,
        [[3, 7, 0], [0, 0, 0], [0, 0, 0]],
        measure={"math": "sum", "property": "amount"},
        min_occurrences=3,
        cumulative=True,
    )
]
OTHERS = [
    with_partial("no column of a full row is cut by date_to", [[False, False]] * 2, date_to="2026-03-03T10:00"),
    with_partial(
        "a column is partial while its period is not over",
        [[False, True], [True, True]],
        now="2026-03-03T23:59:59.999Z",
    ),
    with_partial("a period is over at its end", [[False, False], [False, True]], now="2026-03-04T00:00:00Z"),
    with_partial(
        "in a triangle a column is partial where date_to cuts it",
        [[False, True], [True]],
        date_from=None,
        date_to="2026-03-03T10:00",
    ),
    in_groups(
        "a person is grouped by the first target in the cohort's period",
        [*CHANGING, happened("A", 0, 2, v="x"), happened("A", 0, 2, v="y")],
        [(["x"], "value", [2, 1], [0, 0]), (["y"], "value", [0, 0], [1, 0])],
    ),
    in_groups(
        "groups of retention are ranked by the size of all their cohorts",
        [happened("A", 0, v="x"), happened("A", 0, 2, v="y"), happened("A", DAY, 2, v="y"), happened("A", 0, 3, v="z")],
        [(["y"], "value", [1, 0], [1, 0]), ([], "other", [2, 0], [0, 0])],
        limit=1,
    ),
]
CASES = [*COHORTS, *MEASURES, *OTHERS]
