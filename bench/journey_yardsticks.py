"""The queries by hand for questions that look at everybody's events in order: session, paths, interval, attribution.

Time, position and event go into one number, so that sorting an array of numbers sorts the events: the fastest way we
know in SQL. Where texts are carried along the query is given more memory than a question gets, or it would not end.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from question_yardsticks import RANGE, SEEN, ZONE, Rows, Yardstick, same

AT = "toUnixTimestamp64Milli(occurred_at)"
FIRST = "toUnixTimestamp64Milli(toDateTime64('2025-12-30 00:00:00', 3, 'UTC'))"
IN_RANGE = f"occurred_at >= toDateTime('2026-01-01', {ZONE}) AND occurred_at < toDateTime('2026-03-02', {ZONE})"
NAMES = "['view', 'search', 'add_to_cart', 'favourite', 'checkout', 'purchase', 'share', 'sign_in']"
GAP_MS = 1_800_000
DAY_MS = 86_400_000


def check_paths(answer: Mapping[str, Any], rows: Rows) -> None:
    found = {(row["step"], row["source"], row["target"]): row["trips"] for row in rows}
    for edge in answer["edges"]:
        same(edge["count"], found[edge["step"], edge["from"], edge["to"]])
    same(sum(found.values()) >= sum(edge["count"] for edge in answer["edges"]), True)


def check_session(answer: Mapping[str, Any], rows: Rows) -> None:
    days = {row["day"]: row for row in rows}
    for period in answer["periods"]:
        row = days[period["start"]]
        same((period["sessions"], period["people"]), (row["sessions"], row["people"]))
        same(round(period["average_seconds"], 6), round(row["average_ms"] / 1000, 6))
        same(round(period["average_events"], 6), round(row["average_events"], 6))
    for name in ("entry", "exit"):
        counts: dict[str, int] = {}
        for row in rows:
            for page, sessions in row[name]:
                counts[page] = counts.get(page, 0) + sessions
        top = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:25]
        shown = [(page["page"], page["sessions"]) for page in answer[f"{name}_pages"] if page["kind"] == "value"]
        same(shown, top)


def check_interval(answer: Mapping[str, Any], rows: Rows) -> None:
    [row] = rows
    same((answer["count"], answer["people"]), (row["pairs"], row["people"]))
    same(round(answer["average_seconds"], 6), round(row["average_ms"] / 1000, 6))
    same(answer["median_seconds"], row["median_ms"] / 1000)


def check_attribution(answer: Mapping[str, Any], rows: Rows) -> None:
    found = {row["channel"]: row["goals"] for row in rows}
    for channel in answer["channels"]:
        same(channel["goals"]["last"], found.get("" if channel["kind"] == "none" else channel["channel"], 0))
    same(answer["goals"], sum(found.values()))


JOURNEYS = [
    Yardstick(
        "paths: 5 steps from view",
        "paths",
        {**RANGE, "start": "view", "step_limit": 5},
        f"""
WITH logs AS (
    SELECT {{person}} AS person, arraySort(groupArray(bitOr(bitShiftLeft(toUInt64({AT} - {FIRST}), 30),
        bitOr(bitShiftLeft(position, 4), indexOf({NAMES}, event))))) AS log
    FROM zuji.events WHERE {SEEN} AND anchor != 0 AND {IN_RANGE} GROUP BY person
), trips AS (
    SELECT arrayJoin(arraySplit((word, pause) -> pause > {GAP_MS}, log,
        arrayDifference(arrayMap(word -> toInt64(bitShiftRight(word, 30)), log)))) AS trip
    FROM logs
), items AS (
    SELECT arrayCompact(arrayMap(word -> toUInt8(bitAnd(word, 15)), trip)) AS items FROM trips
), cut AS (
    SELECT arraySlice(items, indexOf(items, 1), 5) AS items FROM items WHERE has(items, 1)
)
SELECT step, {NAMES}[items[step]] AS source, {NAMES}[items[step + 1]] AS target, count() AS trips
FROM cut ARRAY JOIN range(1, length(items)) AS step
GROUP BY step, source, target
SETTINGS max_memory_usage = 8000000000""",
        check_paths,
        "by hand: with 8 GB of memory, no times, nothing of the nodes",
    ),
    Yardstick(
        "session: daily, with pages",
        "session",
        dict(RANGE),
        f"""
WITH logs AS (
    SELECT anchor, groupArray(bitOr(bitShiftLeft(toUInt64({AT} - {FIRST}), 26), position)) AS words,
        arraySort((path, word) -> word, groupArray(url_path), words) AS paths, arraySort(words) AS log
    FROM zuji.events WHERE {SEEN} AND anchor != 0 AND occurred_at >= toDateTime('2026-01-01', {ZONE}) - 1800
    GROUP BY anchor
), visits AS (
    SELECT anchor, arrayMap(word -> toInt64(bitShiftRight(word, 26)), log) AS times, arrayDifference(times) AS pauses,
        arrayJoin(arrayZip(arraySplit((at, pause) -> pause > {GAP_MS}, times, pauses),
            arraySplit((path, pause) -> pause > {GAP_MS}, paths, pauses))) AS visit
    FROM logs
), sessions AS (
    SELECT anchor, fromUnixTimestamp64Milli(visit.1[1] + {FIRST}) AS occurred_at, visit.1[-1] - visit.1[1] AS ms,
        length(visit.1) AS events, visit.2[1] AS entry, visit.2[-1] AS exit
    FROM visits WHERE {IN_RANGE}
)
SELECT toString(toDate(occurred_at, {ZONE})) AS day, count() AS sessions, uniqExact({{person}}) AS people,
    avg(ms) AS average_ms, avg(events) AS average_events, sumMap(map(entry, 1)) AS entry, sumMap(map(exit, 1)) AS exit
FROM sessions GROUP BY day
SETTINGS max_memory_usage = 8000000000""",
        check_session,
        "by hand: with 8 GB of memory",
    ),
    Yardstick(
        "interval: cart to purchase",
        "interval",
        {**RANGE, "from": {"event": "add_to_cart"}, "to": {"event": "purchase"}},
        f"""
WITH logged AS (
    SELECT {{person}} AS person, {AT} AS at, position, event = 'add_to_cart' AS opens FROM zuji.events
    WHERE {SEEN} AND event IN ('add_to_cart', 'purchase') AND anchor != 0
        AND occurred_at >= toDateTime('2026-01-01', {ZONE})
        AND occurred_at < toDateTime('2026-03-03', {ZONE})
), levels AS (
    SELECT *, sum(if(opens, 1, -1)) OVER (PARTITION BY person ORDER BY at, position ROWS UNBOUNDED PRECEDING)
        + (NOT opens) AS level
    FROM logged
), neighbours AS (
    SELECT person, at, opens, lagInFrame(opens) OVER one AS after_open, lagInFrame(at) OVER one AS began FROM levels
    WINDOW one AS (PARTITION BY person, level ORDER BY at, position ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
)
SELECT count() AS pairs, uniqExact(person) AS people, avg(at - began) AS average_ms,
    quantileExactInclusive(0.5)(at - began) AS median_ms
FROM neighbours WHERE NOT opens AND after_open AND at - began <= {DAY_MS}
    AND began < toUnixTimestamp64Milli(toDateTime64('2026-03-02 00:00:00', 3, {ZONE}))
SETTINGS max_memory_usage = 8000000000""",
        check_interval,
        "by hand: with 8 GB of memory",
    ),
    Yardstick(
        "attribution: last touch of 30 days",
        "attribution",
        {
            **RANGE,
            "touch": {"event": "view", "channel": "$utm_source"},
            "goal": {"event": "purchase"},
            "model": "last",
        },
        f"""
WITH moments AS (
    SELECT {{person}} AS person, {AT} AS at, position, event = 'purchase' AS goal,
        if(event = 'view' AND utm_source != '', ({AT}, toString(utm_source)), NULL) AS touch
    FROM zuji.events
    WHERE {SEEN} AND (event = 'purchase' OR (event = 'view' AND utm_source != '')) AND anchor != 0
        AND occurred_at < toDateTime('2026-03-02', {ZONE})
), placed AS (
    SELECT at, goal, last_value(touch) IGNORE NULLS OVER (PARTITION BY person ORDER BY at, position) AS last
    FROM moments
)
SELECT if(isNull(last) OR at - last.1 > 30 * {DAY_MS}, '', assumeNotNull(last.2)) AS channel, count() AS goals
FROM placed WHERE goal AND at >= toUnixTimestamp64Milli(toDateTime64('2026-01-01 00:00:00', 3, {ZONE}))
GROUP BY channel
SETTINGS max_memory_usage = 8000000000""",
        check_attribution,
        "by hand: with 8 GB of memory, one model of eight",
    ),
]
