"""Trends by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from analyse.case import Case
from analyse.hand import DAY, HOUR, MINUTE, happened, paid, week, world_of
from analyse.reference.world import Event

WEEK = 7 * DAY
ANONYMOUS = replace(happened("A", 5), anchor=0, person=0)


def case(
    name: str, events: list[Event], series: Any, answer: Any, /, *cells: tuple[Any, set[int]], **question: Any
) -> Case:
    """A case with these series; `answer` is what is expected of them, or the whole answer."""
    named = [{"event": "A", **one} for one in (series if isinstance(series, list) else [series])]
    expected = {"series": answer} if isinstance(answer, list) else answer
    behind = tuple((cell, frozenset(who)) for cell, who in cells)
    return Case(name, world_of(*events), "trend", week(series=named, **question), expected, behind)


def two_days(*numbers: Any, total: Any) -> list[dict[str, Any]]:
    """The one series of a question about Monday and Tuesday."""
    return [{"values": list(numbers), "total": total}]


TUESDAY = {"date_to": "2026-03-03"}
TWICE = [happened("A", 0, 1), happened("A", 0, 1), happened("A", DAY, 1), happened("A", 1, 2), ANONYMOUS]
MATHS = [
    case("total counts the events of nobody too", TWICE, {"math": "total"}, two_days(4, 1, total=5), **TUESDAY),
    case(
        "a person of several days is one in the total and several in the sum",
        TWICE,
        {"math": "unique_users"},
        [{"name": "A", "values": [2, 1], "sum": 3, "total": 2}],
        ({"series": 0, "period": 0}, {1, 2}),
        ({"series": 0, "period": 1}, {1}),
        ({"series": 0, "period": None}, {1, 2}),
        **TUESDAY,
    ),
    case(
        "nobody counts neither in per_user_average nor in max_per_user",
        TWICE,
        [{"math": "per_user_average"}, {"math": "max_per_user"}],
        [{"values": [1.5, 1.0], "total": 2.0}, {"values": [2, 1], "total": 3}],
        **TUESDAY,
    ),
    case(
        "currencies are those of the events that are summed, and what lacks the property that counts is not",
        [replace(paid("5", name="A"), properties={"card": "1"}), paid("7", 1, 1, "USD", "A")],
        {"math": "sum", "property": "amount"},
        two_days(5.0, 0.0, total=5.0),
        count_by={"property": "card"},
        **TUESDAY,
    ),
    case(
        "what only nobody did is a group too; what nobody asked about did is none",
        [
            replace(one, fields={"channel": where})
            for one, where in zip(
                (happened("A", 0, 1), happened("A", 1, 2), happened("A", 2, 1), ANONYMOUS, happened("B", 3, 3)),
                ("web", "web", "app", "store", "kiosk"),
                strict=True,
            )
        ],
        {"math": "unique_users"},
        {
            "by_breakdown": [
                {"value": ["web"], "kind": "value", "series": [{"values": [2], "total": 2}]},
                {"value": ["app"], "kind": "value", "series": [{"values": [1], "total": 1}]},
                {"value": ["store"], "kind": "value", "series": [{"values": [0], "total": 0}]},
            ]
        },
        breakdown={"property": "$channel"},
        date_to="2026-03-02",
    ),
    case(
        "of nothing counts and sums are 0 and the others null",
        [],
        [{"math": name, "property": "v"} for name in ("total", "unique_users", "max_per_user", "unique_values", "sum")]
        + [{"math": name, "property": "v"} for name in ("per_user_average", "avg", "min", "median", "p99")],
        [{"values": [0], "sum": 0, "total": 0}] * 5 + [{"values": [None], "sum": 0, "total": None}] * 5,
        date_to="2026-03-02",
    ),
    case(
        "sums leave out what is no number",
        [happened("A", v=value) for value in (1, "2.5", "x", None, True, "")] + [happened("A")],
        [{"math": name, "property": "v"} for name in ("sum", "avg", "min", "max")],
        [{"total": 3.5}, {"total": 1.75}, {"total": 1}, {"total": 2.5}],
    ),
    case(
        "percentiles are inclusive with linear interpolation",
        [happened("A", v=value) for value in (10, 1, 2, 4)],
        [{"math": name, "property": "v"} for name in ("median", "p75", "p90")],
        [{"total": 3.0}, {"total": 5.5}, {"total": 8.2}],
    ),
    case(
        "unique values are different texts",
        [happened("A", v=value) for value in (5, 5.0, "5", "05", "", None, True)],
        {"math": "unique_values", "property": "v"},
        [{"total": 4}],
    ),
    case(
        "a series without a math counts events and a series of any event has no name",
        [happened("A"), happened("B")],
        [{"event": None}, {"name": "first"}],
        [{"name": None, "total": 2}, {"name": "first", "total": 1}],
    ),
    case(
        "an amount of one currency is summed and no currency is none",
        [paid("0.1", name="A"), paid("0.2", name="A"), paid("5", name="A", currency="")],
        {"math": "sum", "property": "amount"},
        [{"total": 5.3}],
    ),
    case(
        "sums look at the own property before the field",
        [paid("5", name="A"), replace(paid("5", name="A"), properties={"amount": 7})],
        [{"math": "sum", "property": "amount"}, {"math": "sum", "property": "$amount"}],
        [{"total": 12}, {"total": 10}],
    ),
]
PAST = [happened("A", -6 * DAY, 1), happened("A", -7 * DAY, 2), happened("A", 0, 3), happened("A", DAY, 4)]
ACTIVE = [
    case(
        "weekly active looks at seven days that end with the day, before the range too",
        [*PAST, happened("A", -6 * DAY - 0.001, 5)],
        {"math": "weekly_active"},
        [{"values": [2, 2], "sum": 4, "total": 2}],
        ({"series": 0, "period": 0}, {1, 3}),
        ({"series": 0, "period": 1}, {3, 4}),
        ({"series": 0, "period": None}, {3, 4}),
        **TUESDAY,
    ),
    case(
        "monthly active looks at thirty days",
        [happened("A", -29 * DAY, 1), happened("A", -29 * DAY - 0.001, 2)],
        {"math": "monthly_active"},
        two_days(1, 0, total=0),
        **TUESDAY,
    ),
    case(
        "weekly active per hour looks at 168 hours",
        [happened("A", -167 * HOUR, 1), happened("A", -167 * HOUR - 0.001, 2), happened("A", 0, 3)],
        {"math": "weekly_active"},
        [{"values": [2, 1], "total": 1}],
        interval="hour",
        date_to="2026-03-02T01:59:59.999",
    ),
    case(
        "weekly active per week is unique users, also in the total",
        [*PAST, happened("A", WEEK, 5)],
        {"math": "weekly_active"},
        [{"values": [2, 1], "total": 3}],
        interval="week",
        date_to="2026-03-15",
    ),
    case(
        "weekly active never looks beyond the end of the range",
        [happened("A", 10 * HOUR, 1), happened("A", 10 * HOUR + 0.001, 2)],
        {"math": "weekly_active"},
        [{"values": [1], "total": 1}],
        date_to="2026-03-02T10:00",
    ),
    case(
        "weekly active counts local days across a clock change",
        [happened("A", -2 * DAY - 19 * HOUR, 1), happened("A", -2 * DAY - 19 * HOUR - 0.001, 2)],
        {"math": "weekly_active"},
        [{"values": [1]}],
        timezone="America/New_York",
        # Seven days that end with Thursday the 5th begin on Friday, February 27th, at 05:00 UTC.
        date_from="2026-03-05",
        date_to="2026-03-05",
    ),
]
RISING = [happened("A", day * DAY, person) for day, person in ((0, 1), (0, 2), (1, 1), (2, 3), (2, 3), (2, 2))]
SERIES = [
    case(
        "cumulative figures run from the start of the range",
        [happened("A", -1, 9), *RISING],
        [{"math": "unique_users"}, {"math": "total"}],
        [{"values": [2, 2, 3], "sum": 5, "total": 3}, {"values": [2, 3, 6], "sum": 6, "total": 6}],
        ({"series": 0, "period": 2}, {1, 2, 3}),
        cumulative=True,
        date_to="2026-03-04",
    ),
    case(
        "smoothing is the mean of the last values so far, and counts are rounded down",
        RISING,
        {"math": "total"},
        [{"values": [2, 1, 2, 1], "sum": 6, "total": 6}],
        smoothing=2,
        date_to="2026-03-05",
    ),
    case(
        "smoothing leaves out null and does not round averages",
        [happened("A", 0, v=1), happened("A", 2 * DAY, v=2)],
        {"math": "avg", "property": "v"},
        [{"values": [1.0, 1.0, 1.5, 2.0, 2.0, None, None], "sum": 3, "total": 1.5}],
        smoothing=3,
    ),
    case(
        "smoothing comes after cumulative",
        RISING,
        {"math": "total"},
        [{"values": [2, 2, 4], "total": 6}],
        cumulative=True,
        smoothing=2,
        date_to="2026-03-04",
    ),
    case(
        "in formulas null is 0 and a division by 0 is 0",
        [happened("A", 0, v=3), happened("A", DAY), happened("B", DAY)],
        [{"math": "avg", "property": "v"}, {"event": "B"}],
        [
            {"values": [3, None]},
            {"values": [0, 1]},
            {"name": "A / B * 100", "values": [0, 0], "sum": 0, "total": 300},
            {"name": "2 - (A + B) * 2", "values": [-4, 0], "sum": -4, "total": -6},
        ],
        formulas=["A / B * 100", "2 - (A + B) * 2"],
        **TUESDAY,
    ),
    case(
        "formulas work on smoothed values and on totals",
        [happened("A", 0), happened("A", 0), happened("A", DAY)],
        {"math": "total"},
        [{"values": [2, 1], "sum": 3, "total": 3}, {"values": [4, 2], "sum": 6, "total": 6}],
        formulas=["A * 2"],
        smoothing=2,
        **TUESDAY,
    ),
]


def compared(name: str, events: list[Event], starts: list[str], values: list[int], **question: Any) -> Case:
    """What `previous` holds."""
    previous = {"periods": [{"start": start} for start in starts], "series": [{"values": values}]}
    return case(name, events, {"math": "total"}, {"previous": previous}, **question)


EVERY_DAY = [happened("A", day * DAY) for day in range(-70, 40)]
JANUARY = ["2026-01-01", "2026-02-01"]
RANGES = [
    case("without a comparison previous is null", [], {"math": "total"}, {"previous": None}),
    compared(
        "the previous period is as many local days before",
        EVERY_DAY,
        ["2026-02-28", "2026-03-01"],
        [1, 1],
        compare_to="previous_period",
        **TUESDAY,
    ),
    compared(
        "the range moved back may begin inside a week",
        EVERY_DAY,
        ["2026-02-23", "2026-03-02"],
        [4, 6],
        interval="week",
        compare_to="previous_period",
        date_from="2026-03-08",
        date_to="2026-03-17",
    ),
    compared(
        "a range of moments moves by the days it touches",
        [happened("A", -DAY + HOUR), happened("A", -DAY + HOUR - 0.001), happened("A", -DAY + 2 * HOUR + 0.001)],
        ["2026-03-01T01:00:00+00:00", "2026-03-01T02:00:00+00:00"],
        [1, 0],
        interval="hour",
        compare_to="previous_period",
        date_from="2026-03-02T01:00",
        date_to="2026-03-02T02:00",
    ),
    compared(
        "months move by their number",
        EVERY_DAY,
        JANUARY,
        [31, 28],
        interval="month",
        compare_to="previous_period",
        date_from="2026-03-10",
        date_to="2026-04-30",
    ),
    compared(
        "a month cut by the end is compared with as much of the month before",
        EVERY_DAY,
        ["2026-02-01"],
        [15],
        interval="month",
        compare_to="previous_period",
        date_from="2026-03-10",
        date_to="2026-03-15",
    ),
    compared(
        "a whole month is compared with the whole month before, whatever its length",
        EVERY_DAY,
        ["2026-01-01"],
        [31],
        interval="month",
        compare_to="previous_period",
        date_from="2026-02-01",
        date_to="2026-02-28",
    ),
    compared(
        "a comparison with days before may be any number of them",
        [happened("A", -WEEK), happened("A", -WEEK + DAY), happened("A", -WEEK + DAY)],
        ["2026-02-23", "2026-02-24"],
        [1, 2],
        compare_to={"days": 7},
        **TUESDAY,
    ),
    case(
        "the people of a comparison are those of its range",
        [happened("A", -WEEK, 1), happened("A", 0, 2)],
        {"math": "unique_users"},
        [{"total": 1}],
        ({"series": 0, "period": None, "of": "previous"}, {1}),
        ({"series": 0, "period": 0}, {2}),
        compare_to="previous_period",
    ),
    case(
        "months begin at their start unless told otherwise",
        [happened("A", -DAY), happened("A", 0), happened("A", -2 * DAY)],
        {"math": "total"},
        [{"values": [1, 2], "total": 3}],
        interval="month",
        date_from="2026-02-28T12:00",
    ),
    case(
        "without align_start the first month is cut",
        [happened("A", -DAY), happened("A", 0), happened("A", -2 * DAY)],
        {"math": "total"},
        {"periods": [{"start": "2026-02-01", "partial": True}, {"start": "2026-03-01", "partial": True}]}
        | {"series": [{"values": [0, 2], "total": 2}]},
        interval="month",
        align_start=False,
        date_from="2026-02-28T12:00",
    ),
    case(
        "weeks hold only events inside the range unless they are aligned",
        [happened("A", DAY), happened("A", 2 * DAY)],
        {"math": "total"},
        [{"values": [1], "total": 1}],
        interval="week",
        date_from="2026-03-04",
    ),
    case(
        "weeks that are aligned begin at their start",
        [happened("A", DAY), happened("A", 2 * DAY)],
        {"math": "total"},
        [{"values": [2], "total": 2}],
        interval="week",
        date_from="2026-03-04",
        align_start=True,
    ),
]
SHARED = [replace(happened("A", 0, 1), anchor=7), replace(happened("A", MINUTE, 2), anchor=7)]
WHOSE = [
    case(
        "the sessions of an anchor are one whoever owned it",
        SHARED,
        {"math": "unique_users"},
        [{"total": 1}],
        count_by="session",
    ),
    case(
        "a session holds events that the question's where leaves out",
        [happened("A"), happened("B", 30 * MINUTE), happened("A", HOUR)],
        {"math": "unique_users"},
        [{"total": 1}],
        count_by="session",
        where=[{"property": "$event", "op": "equals", "value": "A"}],
    ),
    case(
        "every event by itself counts once, also that of nobody",
        TWICE,
        [{"math": "unique_users"}, {"math": "max_per_user"}],
        [{"total": 5}, {"total": 1}],
        count_by="event",
    ),
    case(
        "counting by a property leaves out what has none, also of the total",
        [happened("A", 0, 0, v="x"), happened("A", v="x"), happened("A", v=""), happened("A", v=None), happened("A")],
        [{"math": "unique_users"}, {"math": "total"}],
        [{"total": 1}, {"total": 2}],
        count_by={"property": "v"},
    ),
]
CASES = [*MATHS, *ACTIVE, *SERIES, *RANGES, *WHOSE]
