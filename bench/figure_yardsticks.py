"""The queries by hand for questions that are sums over people: distribution, ltv, engagement, heat_map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from question_yardsticks import RANGE, SEEN, ZONE, Rows, Yardstick, same

IN_RANGE = f"occurred_at >= toDateTime('2026-01-01', {ZONE}) AND occurred_at < toDateTime('2026-03-02', {ZONE})"
BOUNDS = (1, 2, 3, 6, 11, 21, 51, 101)
WEIGHTS = [{"event": "view", "weight": 1}, {"event": "purchase", "weight": 10}]
LAST = "toUnixTimestamp64Milli(toDateTime64('2026-03-01 23:59:59.999', 3, 'Asia/Shanghai'))"
WEEK_MS = 604_800_000


def check_distribution(answer: Mapping[str, Any], rows: Rows) -> None:
    [period] = answer["periods"]
    ends = [*BOUNDS[1:], 2**62]
    counts = [
        sum(row["people"] for row in rows if first <= row["events"] < end)
        for first, end in zip(BOUNDS, ends, strict=True)
    ]
    same(period["counts"], counts)
    same(round(period["average"], 6), round(sum(row["events"] * row["people"] for row in rows) / sum(counts), 6))


def check_ltv(answer: Mapping[str, Any], rows: Rows) -> None:
    found = {row["month"]: row for row in rows}
    for row in answer["rows"]:
        same(row["people"], found[row["start"]]["people"])
        for value, revenue in zip(row["values"], found[row["start"]]["revenues"], strict=True):
            if value is not None:
                same(round(value, 6), round(revenue / row["people"], 6))


def check_engagement(answer: Mapping[str, Any], rows: Rows) -> None:
    counts = [0] * 10
    for row in rows:
        counts[min(int(row["score"]) // 10, 9)] += row["people"]
    same([bucket["people"] for bucket in answer["buckets"]], counts)


def check_heat_map(answer: Mapping[str, Any], rows: Rows) -> None:
    [of_all, *of_pages] = rows
    same((answer["clicks"], answer["people"]), (of_all["clicks"], of_all["people"]))
    same(
        [(one["page"], one["clicks"], one["people"]) for one in answer["elements"]],
        [(row["url_path"], row["clicks"], row["people"]) for row in of_pages],
    )


FIGURES = [
    Yardstick(
        "distribution: views of a person",
        "distribution",
        {**RANGE, "event": "view"},
        f"""
WITH own AS (
    SELECT {{person}} AS person, count() AS events FROM zuji.events
    WHERE {SEEN} AND event = 'view' AND anchor != 0 AND {IN_RANGE} GROUP BY person
)
SELECT events, count() AS people FROM own GROUP BY events""",
        check_distribution,
    ),
    Yardstick(
        "ltv: revenue by month of the first event",
        "ltv",
        {"date_from": "2026-01-01", "date_to": "2026-03-01", "revenue": {"event": "purchase"}, "days": [1, 7, 30]},
        f"""
WITH people AS (
    SELECT {{person}} AS person, toUnixTimestamp64Milli(min(occurred_at)) AS since,
        groupArrayIf((toUnixTimestamp64Milli(occurred_at), assumeNotNull(amount)),
            event = 'purchase' AND isNotNull(amount)) AS paid
    FROM zuji.events WHERE {SEEN} AND anchor != 0 GROUP BY person
)
SELECT toString(toStartOfMonth(fromUnixTimestamp64Milli(since), {ZONE})) AS month, count() AS people,
    sumForEach(arrayMap(days -> arraySum(one -> if(one.1 < since + days * 86400000, toFloat64(one.2), 0), paid),
        [1, 7, 30])) AS revenues
FROM people GROUP BY month""",
        check_ltv,
    ),
    Yardstick(
        "engagement: views and purchases",
        "engagement",
        {**RANGE, "weights": WEIGHTS},
        f"""
WITH people AS (
    SELECT {{person}} AS person, sum(toInt64(round(if(event = 'view', 1, 10) * 1e6
        * exp2(-({LAST} - toUnixTimestamp64Milli(occurred_at)) / {WEEK_MS})))) AS points
    FROM zuji.events WHERE {SEEN} AND event IN ('view', 'purchase') AND anchor != 0 AND {IN_RANGE} GROUP BY person
), ranked AS (
    SELECT intDiv(100 * (rank() OVER (ORDER BY points) - 1), count() OVER () - 1) AS score FROM people
)
SELECT score, count() AS people FROM ranked GROUP BY score""",
        check_engagement,
    ),
    Yardstick(
        "heat_map: views of pages",
        "heat_map",
        {**RANGE, "event": "view"},
        f"""
SELECT grouping(url_path) AS is_all, url_path, element, count() AS clicks, uniqExact({{person}}) AS people
FROM zuji.events WHERE {SEEN} AND event = 'view' AND {IN_RANGE}
GROUP BY GROUPING SETS ((url_path, element), ()) ORDER BY is_all DESC, clicks DESC, url_path, element LIMIT 51""",
        check_heat_map,
        "by hand: no places on the elements",
    ),
]
