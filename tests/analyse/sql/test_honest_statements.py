# ruff: noqa: E501 - statements are easier to read on one line each
"""What analysts write every day runs and is right: counted again in plain Python, or known from the engine's manual."""

from __future__ import annotations

import json
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from analyse.sql.asked import HOUR_MS, Row, Shop, person_of

Rows = list[Row]
Expected = Callable[[Rows], list[list[Any]]]


def n(rows: Rows, name: str) -> int:
    return sum(row["event"] == name for row in rows)


def day(row: Row) -> str:
    return datetime.fromtimestamp(row["occurred_at"] / 1000, UTC).strftime("%Y-%m-%d")


def counted(values: Any) -> list[list[Any]]:
    return [[value, count] for value, count in sorted(Counter(values).items())]


def plan(row: Row) -> str:
    text: str = json.loads(row["properties"])["plan"]
    return text


def by_person(rows: Rows) -> dict[int, Rows]:
    found: dict[int, Rows] = defaultdict(list)
    for row in rows:
        found[person_of(row)].append(row)
    return dict(sorted(found.items()))


def money(rows: Rows) -> Decimal:
    return sum((Decimal(row["amount"]) for row in rows if row["amount"] is not None), Decimal(0))


def went_on(rows: Rows) -> bool:
    """Whether a purchase follows a cart within two hours; no two events of the shop share an instant."""
    carts = [row["occurred_at"] // 1000 for row in rows if row["event"] == "cart"]
    bought = [row["occurred_at"] // 1000 for row in rows if row["event"] == "purchase"]
    return any(0 < there - here <= 7200 for here in carts for there in bought)


OVER_EVENTS: list[tuple[str, Expected]] = [
    ("SELECT count() FROM events", lambda rows: [[len(rows)]]),
    ("select COUNT(*) from events", lambda rows: [[len(rows)]]),
    ("SELECT count() FROM events;", lambda rows: [[len(rows)]]),
    ("SELECT event, count() AS n FROM events GROUP BY event ORDER BY event", lambda rows: counted(row["event"] for row in rows)),
    ("FROM events SELECT event, count() GROUP BY event ORDER BY event", lambda rows: counted(row["event"] for row in rows)),
    ("SELECT source, count() FROM events GROUP BY ALL ORDER BY 1", lambda rows: counted(row["source"] for row in rows)),
    ("SELECT uniqExact(person) FROM events", lambda rows: [[len(by_person(rows))]]),
    ("SELECT count(DISTINCT person) FROM events", lambda rows: [[len(by_person(rows))]]),
    ("SELECT person, count() FROM events GROUP BY person ORDER BY person", lambda rows: counted(map(person_of, rows))),
    ("SELECT DISTINCT event FROM events ORDER BY event", lambda rows: [["cart"], ["purchase"], ["view"]]),
    ("SELECT countIf(event = 'view'), countIf(event = 'cart') FROM events", lambda rows: [[n(rows, "view"), n(rows, "cart")]]),
    ("SELECT sum(event IN ('view', 'cart')) FROM events", lambda rows: [[n(rows, "view") + n(rows, "cart")]]),
    ("SELECT count() FROM events WHERE event NOT IN ('view')", lambda rows: [[len(rows) - n(rows, "view")]]),
    ("SELECT count() FROM events WHERE NOT event = 'view' AND 1", lambda rows: [[len(rows) - n(rows, "view")]]),
    ("SELECT count() FROM events WHERE bitAnd(flags, 2) = 0", lambda rows: [[sum(row["flags"] == 0 for row in rows)]]),
    ("SELECT count() FROM events WHERE amount IS NULL", lambda rows: [[sum(row["amount"] is None for row in rows)]]),
    ("SELECT count() FROM events WHERE amount IS NOT NULL", lambda rows: [[sum(row["amount"] is not None for row in rows)]]),
    ("SELECT count(amount) FROM events", lambda rows: [[sum(row["amount"] is not None for row in rows)]]),
    ("SELECT toString(sum(amount)) FROM events", lambda rows: [[str(money(rows).normalize())]]),
    ("SELECT sum(amount) FROM events WHERE event = 'purchase'", lambda rows: [[format(money([row for row in rows if row["event"] == "purchase"]).normalize(), "f")]]),
    ("SELECT round(sumIf(toFloat64(amount), event = 'cart'), 2) FROM events", lambda rows: [[round(float(money([row for row in rows if row["event"] == "cart"])), 2)]]),
    ("SELECT round(sum(assumeNotNull(amount)) * 2) > 0 FROM events", lambda rows: [[1]]),
    ("SELECT toDate(occurred_at) AS d, count() FROM events GROUP BY d ORDER BY d", lambda rows: counted(map(day, rows))),
    ("SELECT toDate(toStartOfDay(occurred_at)) d, count() c FROM events GROUP BY 1 ORDER BY 1", lambda rows: counted(map(day, rows))),
    ("SELECT count() FROM events WHERE occurred_at >= toDateTime64('2026-03-05 00:00:00', 3, 'UTC')", lambda rows: [[sum(day(row) >= "2026-03-05" for row in rows)]]),
    ("SELECT count() FROM events WHERE toDate(occurred_at) BETWEEN '2026-03-02' AND '2026-03-03'", lambda rows: [[sum("2026-03-02" <= day(row) <= "2026-03-03" for row in rows)]]),
    ("SELECT count() FROM events WHERE occurred_at < toDate('2026-03-01') + INTERVAL 2 DAY", lambda rows: [[sum(day(row) < "2026-03-03" for row in rows)]]),
    ("SELECT count() FROM events WHERE dateDiff('day', toDate('2026-03-01'), occurred_at) = 1", lambda rows: [[sum(day(row) == "2026-03-02" for row in rows)]]),
    ("SELECT count() FROM events WHERE date_trunc('day', occurred_at) = '2026-03-02'", lambda rows: [[sum(day(row) == "2026-03-02" for row in rows)]]),
    ("SELECT toHour(occurred_at) AS h, count() FROM events GROUP BY h ORDER BY h", lambda rows: counted(row["occurred_at"] // HOUR_MS % 24 for row in rows)),
    ("SELECT toDayOfWeek(occurred_at), count() FROM events GROUP BY 1 ORDER BY 1", lambda rows: counted(datetime.fromtimestamp(row["occurred_at"] / 1000, UTC).isoweekday() for row in rows)),
    ("SELECT formatDateTime(min(occurred_at), '%Y-%m-%d') FROM events", lambda rows: [[min(map(day, rows))]]),
    ("SELECT min(position), max(position) FROM events", lambda rows: [[1, len(rows)]]),
    ("SELECT position FROM events ORDER BY position DESC LIMIT 3", lambda rows: [[len(rows)], [len(rows) - 1], [len(rows) - 2]]),
    ("SELECT position FROM events ORDER BY position LIMIT 2 OFFSET 5", lambda rows: [[6], [7]]),
    ("SELECT position FROM events ORDER BY position LIMIT 5, 2", lambda rows: [[6], [7]]),
    ("SELECT quantileExact(0.5)(position) FROM events", lambda rows: [[len(rows) // 2 + 1]]),
    ("SELECT quantiles(0.25, 0.75)(position) FROM events", lambda rows: [[[100.75, 300.25]]]),
    ("SELECT median(position) FROM events", lambda rows: [[statistics.median(row["position"] for row in rows)]]),
    ("SELECT avg(position) FROM events", lambda rows: [[statistics.fmean(row["position"] for row in rows)]]),
    ("SELECT any(source) IN ('web', 'app') FROM events", lambda rows: [[1]]),
    ("SELECT argMin(event_id, position), argMax(event_id, position) FROM events", lambda rows: [[rows[0]["event_id"], rows[-1]["event_id"]]]),
    ("SELECT length(groupArray(event)) FROM events", lambda rows: [[len(rows)]]),
    ("SELECT arraySort(groupUniqArray(event)) FROM events", lambda rows: [[["cart", "purchase", "view"]]]),
    ("SELECT sumMap(map(event, 1)) FROM events", lambda rows: [[{name: n(rows, name) for name in ("cart", "purchase", "view")}]]),
    ("SELECT JSONExtractString(properties, 'plan') AS p, count() FROM events GROUP BY p ORDER BY p", lambda rows: counted(map(plan, rows))),
    ("SELECT count() FROM events WHERE JSONExtractString(properties, 'plan') = 'it''s \\\\ \"big\"'", lambda rows: [[sum(plan(row).startswith("it") for row in rows)]]),
    ("SELECT count() FROM events WHERE JSONExtractString(properties, 'plan') LIKE 'it\\'s%'", lambda rows: [[sum(plan(row).startswith("it") for row in rows)]]),
    ("SELECT max(JSONExtract(properties, 'n', 'UInt64')) FROM events", lambda rows: [[len(rows) - 1]]),
    ("SELECT sum(JSONExtractInt(properties, 'n')) FROM events", lambda rows: [[sum(range(len(rows)))]]),
    ("SELECT max(CAST(extractURLParameter(url, 'n') AS UInt32)) FROM events", lambda rows: [[len(rows) - 1]]),
    ("SELECT max(extract(url, 'n=(\\\\d+)')::UInt32) FROM events", lambda rows: [[len(rows) - 1]]),
    ("SELECT max(toUInt32OrZero(extract(url, 'n=(\\d+)'))) FROM events", lambda rows: [[len(rows) - 1]]),
    ("SELECT path(url) AS p, count() FROM events GROUP BY p ORDER BY p", lambda rows: counted(f"/p/{index % 5}" for index in range(len(rows)))),
    ("SELECT count() FROM events WHERE match(url, '/p/[01]\\\\?')", lambda rows: [[sum(index % 5 < 2 for index in range(len(rows)))]]),
    ("SELECT count() FROM events WHERE url ILIKE '%/P/3%' OR url NOT LIKE 'https%'", lambda rows: [[sum(index % 5 == 3 for index in range(len(rows)))]]),
    ("SELECT count() FROM events ARRAY JOIN purposes AS p", lambda rows: [[sum(len(row["purposes"]) for row in rows)]]),
    ("SELECT p, count() FROM events LEFT ARRAY JOIN purposes AS p GROUP BY p ORDER BY p", lambda rows: counted(p for row in rows for p in row["purposes"] or [""])),
    ("SELECT count() FROM events WHERE has(purposes, 'marketing')", lambda rows: [[sum("marketing" in row["purposes"] for row in rows)]]),
    ("SELECT sum(length(arrayFilter(x -> x != 'marketing', purposes))) FROM events", lambda rows: [[sum("analytics" in row["purposes"] for row in rows)]]),
    ("SELECT DISTINCT arrayMap(i -> i.type, identifiers)[1] FROM events", lambda rows: [["user_id"]]),
    ("SELECT uniqExact(identifiers.value) FROM events", lambda rows: [[7]]),
    ("SELECT uniqExact(identifiers[1].2) FROM events", lambda rows: [[7]]),
    ("WITH big AS (SELECT person, count() AS n FROM events GROUP BY person) SELECT max(n), count() FROM big", lambda rows: [[max(map(len, by_person(rows).values())), len(by_person(rows))]]),
    ("WITH a AS (SELECT person FROM events WHERE event = 'cart'), b AS (SELECT DISTINCT person FROM a) SELECT count() FROM b", lambda rows: [[sum(n(of, "cart") > 0 for of in by_person(rows).values())]]),
    ("WITH 'cart' AS wanted SELECT count() FROM events WHERE event = wanted", lambda rows: [[n(rows, "cart")]]),
    ("WITH (SELECT max(position) FROM events) AS last SELECT count() FROM events WHERE position = last", lambda rows: [[1]]),
    ("SELECT count() FROM (SELECT person FROM events GROUP BY person HAVING countIf(event = 'purchase') > 10)", lambda rows: [[sum(n(of, "purchase") > 10 for of in by_person(rows).values())]]),
    ("SELECT count() FROM events WHERE person IN (SELECT person FROM events WHERE position = 1)", lambda rows: [[len(by_person(rows)[person_of(rows[0])])]]),
    ("SELECT event FROM events WHERE position = 1 UNION ALL SELECT event FROM events WHERE position = 1", lambda rows: [[rows[0]["event"]]] * 2),
    ("SELECT count() FROM (SELECT person FROM events EXCEPT SELECT person FROM events WHERE person < 5)", lambda rows: [[sum(person_of(row) >= 5 for row in rows)]]),
    ("SELECT count() FROM (SELECT DISTINCT person FROM events INTERSECT SELECT person FROM people)", lambda rows: [[2]]),
    ("SELECT e.person, JSONExtractString(p.traits, 'city') AS city, count() FROM events AS e INNER JOIN people AS p ON e.person = p.person GROUP BY 1, 2 ORDER BY 1", lambda rows: [[1, "Wuhan", len(by_person(rows)[1])], [4, "Lhasa", len(by_person(rows)[4])]]),
    ("SELECT countIf(p.person = 0) FROM events LEFT JOIN people p USING (person) WHERE events.person != 0", lambda rows: [[sum(person_of(row) not in (0, 1, 4) for row in rows)]]),
    ("SELECT count() FROM events AS a ASOF JOIN events AS b ON a.person = b.person AND a.occurred_at > b.occurred_at", lambda rows: [[len(rows) - len(by_person(rows))]]),
    ("SELECT countIf(level = 2) FROM (SELECT person, windowFunnel(7200)(toDateTime(occurred_at), event = 'cart', event = 'purchase') AS level FROM events GROUP BY person)", lambda rows: [[sum(map(went_on, by_person(rows).values()))]]),
    ("SELECT sum(r[1]), sum(r[2]) FROM (SELECT retention(event = 'cart', event = 'purchase') AS r FROM events GROUP BY person)", lambda rows: [[sum(n(of, "cart") > 0 for of in by_person(rows).values()), sum(n(of, "cart") > 0 and n(of, "purchase") > 0 for of in by_person(rows).values())]]),
    ("SELECT max(rank) FROM (SELECT row_number() OVER (PARTITION BY person ORDER BY position) AS rank FROM events)", lambda rows: [[max(map(len, by_person(rows).values()))]]),
    ("SELECT position, sum(position) OVER (ORDER BY position ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM events ORDER BY position LIMIT 3", lambda rows: [[1, 1], [2, 3], [3, 5]]),
    ("SELECT position, lagInFrame(position, 1, 0) OVER w FROM events WINDOW w AS (ORDER BY position) ORDER BY position LIMIT 2", lambda rows: [[1, 0], [2, 1]]),
    ("SELECT count() FROM (SELECT person, position FROM events QUALIFY row_number() OVER (PARTITION BY person ORDER BY position) = 1)", lambda rows: [[len(by_person(rows))]]),
    ("SELECT count() FROM (SELECT person FROM events LIMIT 1 BY person)", lambda rows: [[len(by_person(rows))]]),
    ("SELECT event, source, count() FROM events GROUP BY ROLLUP(event, source) ORDER BY event, source LIMIT 1", lambda rows: [["", "", len(rows)]]),
    ("SELECT CASE event WHEN 'cart' THEN 1 ELSE 0 END AS c, count() FROM events GROUP BY c ORDER BY c", lambda rows: counted(int(row["event"] == "cart") for row in rows)),
    ("SELECT event = 'cart' ? 'yes' : 'no' AS c, count() FROM events GROUP BY c ORDER BY c", lambda rows: counted("yes" if row["event"] == "cart" else "no" for row in rows)),
    ("SELECT multiIf(position < 11, 'a', position < 31, 'b', 'c') AS part, count() FROM events GROUP BY part ORDER BY part", lambda rows: [["a", 10], ["b", 20], ["c", len(rows) - 30]]),
    ("SELECT * EXCEPT (properties, context) FROM events WHERE position = 0", lambda rows: []),
    ("SELECT person, traits FROM people ORDER BY person", lambda rows: [[1, '{"city": "Wuhan", "name": "Li"}'], [4, '{"city": "Lhasa"}']]),
    ("SELECT identifiers FROM people WHERE person = 4", lambda rows: [[[{"type": "user_id", "value": "u4"}]]]),
    ("SELECT count() FROM events -- with a comment\n/* and another */", lambda rows: [[len(rows)]]),
    ("SELECT count() AS `客户 数` FROM events", lambda rows: [[len(rows)]]),
]  # fmt: skip

OF_VALUES: list[tuple[str, list[Any]]] = [
    ("SELECT 1 + 2 * 3, 7 % 4, 7 / 2, -1, +1, intDiv(7, 2), 1 - -1", [7, 3, 3.5, -1, 1, 3, 2]),
    ("SELECT 'it''s', 'it\\'s', '\\\\', 'a\\nb', '\\x41', 'x' || 'y', '%\\_', '\\d'", ["it's", "it's", "\\", "a\nb", "A", "xy", "%\\_", "\\d"]),
    ("SELECT '-- no comment', '/* nor this */', '; DROP', '{x:String}', '$$', '#'", ["-- no comment", "/* nor this */", "; DROP", "{x:String}", "$$", "#"]),
    ("SELECT '\\' FROM zuji.events -- '", ["' FROM zuji.events -- "]),
    ("SELECT '客户 “引号” ‘单’ 😀', 'SELECT * FROM system.tables'", ["客户 “引号” ‘单’ 😀", "SELECT * FROM system.tables"]),
    ("SELECT 1e3, 1.5, .5, 1_000, 18446744073709551615", [1000, 1.5, 0.5, 1000, 18446744073709551615]),
    ("SELECT true, false, NULL, [1, 2][1], (1, 'a').2, map('k', 5)['k'], tuple(1, 2).1", [True, False, None, 1, "a", 5, 1]),
    ("SELECT arrayMap((x, y) -> x + y, [1, 2], [10, 20]), arraySum(range(5)), arrayJoin([7])", [[11, 22], 10, 7]),
    ("SELECT if(1, 2, 3), multiIf(0, 1, 2), coalesce(NULL, 5), nullIf(1, 1), greatest(1, 9), least(1, 9)", [2, 2, 5, None, 9, 1]),
    ("SELECT toDate('2026-03-01') + INTERVAL 1 MONTH, toMonday(toDate('2026-03-05')), toYYYYMM(toDate('2026-03-05'))", ["2026-04-01", "2026-03-02", 202603]),
    ("SELECT toDateTime('2026-03-01 08:00:00', 'Asia/Shanghai'), DATE '2026-03-01', toStartOfInterval(toDateTime('2026-03-01 08:07:00', 'UTC'), INTERVAL 5 MINUTE)", ["2026-03-01T00:00:00Z", "2026-03-01", "2026-03-01T08:05:00Z"]),
    ("SELECT CAST('5' AS UInt8), CAST('5', 'Nullable(Float64)'), '5'::Int32, toDecimal64('1.25', 2), CAST(1 AS Decimal(10, 2))", [5, 5, 5, "1.25", "1"]),
    ("SELECT splitByChar(',', 'a,b'), upper('a'), substring('hello', 2, 3), position('hello', 'l'), replaceRegexpAll('a1b2', '[0-9]', '')", [["a", "b"], "A", "ell", 3, "ab"]),
    ("SELECT 1 IN (1, 2), (1, 2) IN ((1, 2), (3, 4)), 3 NOT IN (1), 2 BETWEEN 1 AND 3, NOT 0, 1 AND 0 OR 1, 1 == 1, 1 <> 2", [1, 1, 1, 1, 1, 1, 1, 1]),
    ("SELECT domain('https://a.b/c'), cutQueryString('https://a/b?c'), JSONExtractInt('{\"a\": {\"b\": 5}}', 'a', 'b')", ["a.b", "https://a/b", 5]),
    ("SELECT 0 / 0, -1 / 0, toTypeName(1)", [None, None, "UInt8"]),
    ("SELECT unhex('FF')", ["\ufffd"]),
    ("SELECT '%(workspace)s %s', 7 % 4", ["%(workspace)s %s", 3]),
    ("(SELECT 1)", [1]),
    ("((SELECT 1))", [1]),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "expected"), OVER_EVENTS, ids=[sql[:70] for sql, _ in OVER_EVENTS])
def test_an_honest_statement_runs_and_is_right(shop: Shop, sql: str, expected: Expected) -> None:
    assert shop.values(sql) == expected(shop.rows)


@pytest.mark.parametrize(("sql", "expected"), OF_VALUES, ids=[sql[:70] for sql, _ in OF_VALUES])
def test_values_and_operators_mean_what_they_mean_to_the_engine(shop: Shop, sql: str, expected: list[Any]) -> None:
    assert shop.values(sql) == [expected]


def test_the_lists_are_long() -> None:
    assert len(OVER_EVENTS) + len(OF_VALUES) >= 100


@pytest.mark.parametrize(
    "escape",
    ["\\d", "\\%", "a\\_b", "\\x41", "\\0", "\\e", "\\/", "\\a\\b\\f\\v\\t\\r", "\\u0041", "\\\\n", "''", "\\'"],
)
def test_a_text_holds_what_the_engine_alone_would_read(shop: Shop, escape: str) -> None:
    with shop.store.connections.asking() as client:
        alone = client.raw_query(f"SELECT hex('{escape}')", fmt="TSV").decode().strip()
    assert shop.values(f"SELECT hex('{escape}')") == [[alone]]
