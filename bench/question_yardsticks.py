"""The best queries we could write by hand for the standard questions, each with a check that it finds the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from analyse_data import DAYS

Rows = list[dict[str, Any]]
Check = Callable[[Mapping[str, Any], Rows], None]
RANGE = {"date_from": "2026-01-01", "date_to": "2026-03-01"}
SEEN = "workspace = {workspace:String} AND bitAnd(flags, 258) = 0"
ZONE = "'Asia/Shanghai'"


@dataclass(frozen=True)
class Yardstick:
    """A question, SQL for the same, and the check. `{person}` in the SQL is the person of an event."""

    name: str
    kind: str
    question: Mapping[str, Any]
    sql: str
    check: Check
    remark: str = ""


def same(found: Any, expected: Any) -> None:
    """Stop the bench when they differ: a fast wrong answer is worth nothing."""
    if found != expected:
        raise SystemExit(f"they differ: {found!r:.500}\nand {expected!r:.500}")


def check_stickiness(answer: Mapping[str, Any], rows: Rows) -> None:
    counts = {row["days"]: row["people"] for row in rows}
    same(answer["counts"], [counts.get(number, 0) for number in range(1, len(answer["counts"]) + 1)])


def check_lifecycle(answer: Mapping[str, Any], rows: Rows) -> None:
    found = {(row["week"], row["status"]): row["people"] for row in rows}
    for number, period in enumerate(answer["periods"]):
        for status in ("new", "returning", "resurrecting", "dormant"):
            same(answer[status][number], found.get((period["start"], status), 0))


def check_trend(answer: Mapping[str, Any], rows: Rows) -> None:
    found = {(row["device_type"], row["day"]): row["people"] for row in rows}
    for group in answer["by_breakdown"]:
        [series] = group["series"]
        for period, value in zip(answer["periods"], series["values"], strict=True):
            same(value, found.get((group["value"][0], period["start"]), 0))


def check_retention(answer: Mapping[str, Any], rows: Rows) -> None:
    found = {(row["cohort"], row["after"]): row["people"] for row in rows}
    for row in answer["rows"]:
        same(row["values"], [found.get((row["start"], after), 0) for after in range(len(row["values"]))])


def check_funnel(answer: Mapping[str, Any], rows: Rows) -> None:
    depths = {(row["device_type"], row["depth"]): row["people"] for row in rows}
    for step in range(1, 5):
        expected = sum(people for (_, depth), people in depths.items() if depth >= step)
        same(answer["steps"][step - 1]["count"], expected)


def check_rfm(answer: Mapping[str, Any], rows: Rows) -> None:
    same(
        {(one["recency"], one["frequency"], one["value"]): one["people"] for one in answer["cells"]},
        {(row["r"], row["f"], row["m"]): row["people"] for row in rows},
    )


FUNNEL_STEPS = [{"event": name} for name in ("view", "add_to_cart", "checkout", "purchase")]

YARDSTICKS = [
    Yardstick(
        "trend: daily people by device",
        "trend",
        {**RANGE, "series": [{"event": "view", "math": "unique_users"}], "breakdown": {"property": "$device_type"}},
        f"""
SELECT device_type, toString(toDate(occurred_at, {ZONE})) AS day, uniqExact({{person}}) AS people
FROM zuji.events
WHERE {SEEN} AND event = 'view' AND anchor != 0
    AND occurred_at >= toDateTime('2026-01-01', {ZONE}) AND occurred_at < toDateTime('2026-03-02', {ZONE})
GROUP BY device_type, day""",
        check_trend,
        "the question also finds the totals of each group and of all",
    ),
    Yardstick(
        "retention: weekly, first view to view",
        "retention",
        {**RANGE, "target": {"event": "view"}, "returning": {"event": "view"}, "period": "week", "intervals": 9},
        f"""
WITH weeks AS (
    SELECT {{person}} AS person, groupUniqArray(toMonday(occurred_at, {ZONE})) AS active
    FROM zuji.events
    WHERE {SEEN} AND event = 'view' AND anchor != 0 AND occurred_at >= toDateTime('2025-12-29', {ZONE})
    GROUP BY person
), pairs AS (
    SELECT began, week FROM weeks ARRAY JOIN active AS began ARRAY JOIN active AS week
)
SELECT toString(began) AS cohort, intDiv(week - began, 7) AS after, count() AS people
FROM pairs WHERE week >= began GROUP BY began, after""",
        check_retention,
    ),
    Yardstick(
        "lifecycle: weekly",
        "lifecycle",
        {**RANGE, "event": "view", "interval": "week"},
        f"""
WITH weeks AS (
    SELECT {{person}} AS person, arraySort(groupUniqArray(toMonday(occurred_at, {ZONE}))) AS active
    FROM zuji.events
    WHERE {SEEN} AND event = 'view' AND anchor != 0 AND occurred_at < toDateTime('2026-03-02', {ZONE})
    GROUP BY person
), stated AS (
    SELECT arrayJoin(arrayConcat(
        arrayMap((week, number) -> (week, multiIf(number = 1, 'new', active[number - 1] = week - 7, 'returning',
            'resurrecting')), active, arrayEnumerate(active)),
        arrayMap(week -> (week + 7, 'dormant'), arrayFilter(week -> NOT has(active, week + 7), active))
    )) AS stated
    FROM weeks
)
SELECT toString(stated.1) AS week, stated.2 AS status, count() AS people FROM stated GROUP BY week, status""",
        check_lifecycle,
    ),
    Yardstick(
        "stickiness: days of 60",
        "stickiness",
        {**RANGE, "event": "view"},
        f"""
WITH active AS (
    SELECT {{person}} AS person, uniqExact(toDate(occurred_at, {ZONE})) AS days
    FROM zuji.events
    WHERE {SEEN} AND event = 'view' AND anchor != 0
        AND occurred_at >= toDateTime('2026-01-01', {ZONE}) AND occurred_at < toDateTime('2026-03-02', {ZONE})
    GROUP BY person
)
SELECT days, count() AS people FROM active GROUP BY days""",
        check_stickiness,
    ),
    Yardstick(
        "funnel: 4 steps, 7 days, by device",
        "funnel",
        {
            **RANGE,
            "steps": FUNNEL_STEPS,
            "window": {"amount": 7, "unit": "day"},
            "breakdown": {"property": "$device_type"},
        },
        f"""
WITH reached AS (
    SELECT {{person}} AS person, windowFunnel(604800000)(toUInt64(toUnixTimestamp64Milli(occurred_at)),
        event = 'view' AND occurred_at < toDateTime('2026-03-02', {ZONE}), event = 'add_to_cart', event = 'checkout',
        event = 'purchase') AS depth, anyIf(device_type, event = 'view') AS device_type
    FROM zuji.events
    WHERE {SEEN} AND event IN ('view', 'add_to_cart', 'checkout', 'purchase') AND anchor != 0
        AND occurred_at >= toDateTime('2026-01-01', {ZONE})
    GROUP BY person
)
SELECT device_type, depth, count() AS people FROM reached WHERE depth > 0 GROUP BY device_type, depth""",
        check_funnel,
        "by hand: no times between steps, and any group",
    ),
    Yardstick(
        "rfm",
        "rfm",
        {**RANGE, "event": "purchase"},
        f"""
WITH people AS (
    SELECT {{person}} AS person, intDiv(toUnixTimestamp64Milli(toDateTime64('2026-03-01 23:59:59.999', 3, {ZONE}))
        - max(toUnixTimestamp64Milli(occurred_at)), 86400000) AS recency, count() AS frequency, sum(amount) AS money
    FROM zuji.events
    WHERE {SEEN} AND event = 'purchase' AND anchor != 0
        AND occurred_at >= toDateTime('2026-01-01', {ZONE}) AND occurred_at < toDateTime('2026-03-02', {ZONE})
    GROUP BY person
), ranked AS (
    SELECT count() OVER () AS everybody,
        rank() OVER (ORDER BY recency DESC) - 1 AS worse_recency,
        rank() OVER (ORDER BY frequency) - 1 AS worse_frequency,
        rank() OVER (ORDER BY money) - 1 AS worse_money
    FROM people
)
SELECT 1 + intDiv(5 * worse_recency, everybody) AS r, 1 + intDiv(5 * worse_frequency, everybody) AS f,
    1 + intDiv(5 * worse_money, everybody) AS m, count() AS people
FROM ranked GROUP BY r, f, m""",
        check_rfm,
    ),
]
assert DAYS == 60
