"""The views: one workspace and no other, limits, masked values, and what is told about them."""

from __future__ import annotations

import re
import threading
import time
from typing import Any

import pytest

from analyse.sql.asked import START_MS, Shop, rows_of
from zuji.analyse.sql.bind import SETTINGS, checked, query_of
from zuji.analyse.sql.functions import ALL, COMBINATORS
from zuji.analyse.sql.masks import masked_text
from zuji.analyse.sql.proof import NotProven, prove
from zuji.analyse.sql.run import answer_sql
from zuji.analyse.sql.views import VIEWS
from zuji.govern.masking import mask_ip, mask_text
from zuji.store.connections import read_table
from zuji.store.failure import Cancelled, TooCostly
from zuji.store.people import PersonOfEvent
from zuji.store.query import Query
from zuji.store.schema import EVENT_COLUMNS
from zuji.terms.error import BadRequest

TRICKS = [
    "WITH 'theirs' AS workspace SELECT count() FROM events",
    "WITH 'theirs' AS `zuji.workspace` SELECT count() FROM events",
    "WITH 1 AS anchor, 2 AS occurred_at, 'x' AS stored SELECT count() FROM events",
    "SELECT count() FROM events WHERE 1 OR 1 = 1",
    "SELECT count() FROM events WHERE 'workspace' = 'workspace' OR 'theirs' = 'theirs'",
    "SELECT count() FROM (SELECT 'theirs' AS workspace, * FROM events) WHERE workspace = 'theirs'",
    "SELECT count() FROM events AS people",
    "SELECT count() FROM events AS c, (SELECT 1) AS events",
    "WITH c AS (SELECT * FROM events) SELECT count() FROM c",
    "WITH c AS (WITH d AS (SELECT * FROM events) SELECT * FROM d) SELECT count() FROM c",
    "WITH zero AS (SELECT 0) SELECT count() FROM events WHERE 0 IN (SELECT * FROM zero)",
    "SELECT sum(n) FROM (SELECT count() AS n FROM events UNION ALL SELECT 0)",
    "(SELECT count() FROM events)",
    "SELECT count() FROM events e1 WHERE e1.position IN (SELECT position FROM events)",
]


@pytest.mark.parametrize("sql", TRICKS)
def test_whatever_an_alias_is_called_only_the_workspace_asked_about_is_counted(shop: Shop, sql: str) -> None:
    assert shop.values(sql) == [[len(shop.rows)]]
    assert shop.values(sql, workspace="theirs") == [[len(shop.others)]]


def test_a_workspace_nobody_has_filled_is_empty_even_where_its_name_is_sql(shop: Shop) -> None:
    assert shop.values("SELECT count() FROM events", workspace="x' OR 1 = 1 --") == [[0]]
    assert shop.values("SELECT city FROM (SELECT traits AS city FROM people)", workspace="nobody") == []


def test_the_view_of_events_has_every_column_of_the_store_but_the_workspace_and_the_person() -> None:
    names = [column.name for column in VIEWS["events"].columns]
    assert sorted(names) == sorted({*EVENT_COLUMNS, "person"} - {"workspace"})


@pytest.mark.parametrize("sight", ["everything", "masked"])
@pytest.mark.parametrize("view", list(VIEWS))
def test_the_columns_have_the_types_that_are_told(shop: Shop, view: str, sight: Any) -> None:
    answer = shop.ask(f"SELECT * FROM {view} LIMIT 1", sight=sight)
    plain = [(column.name, re.sub(r"LowCardinality\((\w+)\)", r"\1", column.type)) for column in answer.columns]
    assert plain == [(column.name, column.type) for column in VIEWS[view].columns]


def test_every_function_of_the_list_is_one_of_the_engine(shop: Shop) -> None:
    with shop.store.connections.asking() as client:
        found = read_table(client, "SELECT name, case_insensitive AS any_case FROM system.functions").to_pylist()
    exact = {row["name"] for row in found}
    lower = {row["name"].lower() for row in found if row["any_case"]}
    assert [name for name in sorted(ALL) if name not in exact and name.lower() not in lower] == []
    assert {"State", "Merge", "Resample"}.isdisjoint(COMBINATORS)


def test_an_answer_is_cut_at_the_limit_and_says_so(shop: Shop) -> None:
    cut = shop.ask("SELECT position FROM events ORDER BY position DESC", limit=3)
    assert ([bytes(row) for row in cut.rows], cut.truncated) == ([b"[400]", b"[399]", b"[398]"], True)
    whole = shop.ask("SELECT position FROM events", limit=400)
    assert (len(whole.rows), whole.truncated, whole.identity_version) == (400, False, 7)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT nosuch FROM events", "Unknown expression identifier `nosuch`"),
        ("SELECT toUInt8(event) FROM events", "Cannot parse string"),
        ("SELECT event + amount FROM events", "Illegal type"),
        ("SELECT range(20000000)", "range"),
        ("SELECT person, count() FROM events", "not under aggregate function"),
        ("WITH c AS (SELECT 1 AS a) SELECT b FROM c", "`b`"),
    ],
)
def test_what_the_engine_refuses_is_told_without_the_query_around_it(shop: Shop, sql: str, said: str) -> None:
    with pytest.raises(BadRequest, match="zuji sql --views") as refusal:
        shop.ask(sql)
    message = str(refusal.value)
    assert said in message
    assert "zuji_" not in message
    assert "FROM zuji." not in message


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT length(arrayMap(x -> arrayMap(y -> toString(y), range(3000)), range(30000)))",
        "SELECT count() FROM events a CROSS JOIN events b CROSS JOIN events c CROSS JOIN events d",
        "SELECT groupArray(s) FROM (SELECT arrayStringConcat(range(9999)::Array(String)) AS s FROM events a, events)",
    ],
)
def test_a_bomb_ends_at_its_limit_and_the_store_lives_on(shop: Shop, sql: str) -> None:
    with pytest.raises(TooCostly):
        shop.ask(sql)
    assert shop.values("SELECT count() FROM events") == [[400]]


def test_a_statement_is_cancelled_by_its_ticket(shop: Shop) -> None:
    long = (
        "SELECT count() FROM events a CROSS JOIN events b CROSS JOIN events c CROSS JOIN events d CROSS JOIN events e"
    )
    ended: list[BaseException] = []

    def ask() -> None:
        try:
            answer_sql(shop.store, long, workspace="mine", sight="masked", limit=1, ticket="ab" * 8)
        except BaseException as failure:
            ended.append(failure)

    asking = threading.Thread(target=ask)
    asking.start()
    deadline = time.monotonic() + 20
    while not shop.store.cancel("ab" * 8) and time.monotonic() < deadline:
        time.sleep(0.05)
    asking.join(20)
    assert [type(failure) for failure in ended] == [Cancelled]


def test_the_engine_is_told_to_change_nothing() -> None:
    query = query_of(checked("SELECT 1"), "mine", whose=PersonOfEvent("anchor", 0), sight="masked", rows=11)
    settings = query.sql.rpartition("SETTINGS ")[2].split(", ")
    assert settings == [*(f"{name} = {value}" for name, value in SETTINGS.items()), "max_result_rows = 11"]
    assert settings[0] == "readonly = 1"


@pytest.mark.parametrize(
    "text",
    [
        "SELECT file('/etc/passwd')",
        'SELECT 1 FROM "system"."tables"',
        "SELECT 1 FROM system",
        'SELECT 1 FROM "zuji_events" JOIN "profiles" ON 1',
        "SELECT 1 -- comment",
        "SELECT 1 /* comment */",
        "SELECT 1; SELECT 2",
        "SELECT 1) FROM (SELECT 2",
        "SELECT (1",
        "SELECT 1 SETTINGS readonly = 0",
        "SELECT 1 FORMAT CSV",
        "SELECT {x:String}",
        "SELECT $$x$$",
        "SELECT `file`('x')",
        "SELECT 'never closed",
        'SELECT 1 IN "zuji_events"',
        "SELECT sumState(1)",
        "SELECT ‘x’",
        "SELECT 1\u00a0",
        "SELECT '\\q'",
    ],
)
def test_the_second_reader_refuses_by_itself(text: str) -> None:
    with pytest.raises(NotProven):
        prove(text, {"zuji_events"})


PERSONAL = [
    "13812348000 wrote from 203.0.113.77 as alice@example.cn",
    "138-1234-8000,13912348000,+86 138 1234 8000;+8613812348000",
    "id 11010519491231002X and 440524188001010014,440524199001010018",
    "10.1.2.3,10.1.2.4 10.1.2.5/24",
    "+442071838750 and +14155552671",
    "zs_abcdefghij0123 zt_0123456789",
    "a.b+c@mail.example.com, 李雷@example.cn",
    "139.1234.5678 and 139.12345678, １３８１２３４８０００ as alice＠x.cn or bob @ x.cn",
    "nothing personal: order 2026, v1.2.3, at 12:30:45, 1763683200000, 9.90, -1",
    "",
]


@pytest.mark.parametrize("text", PERSONAL)
def test_the_engine_masks_texts_as_the_program_does(shop: Shop, text: str) -> None:
    found = shop.store.query(Query(f"SELECT {masked_text('{text:String}')} AS masked", {"text": text}))
    assert found["masked"].to_pylist() == [mask_text(text)]


def test_who_may_not_see_personal_values_finds_none_however_they_are_cut(shop: Shop) -> None:
    row = rows_of("secret", count=1, seed=3, first=50_000)[0]
    properties = (
        '{"Name":"Alice","email":"bob@example.cn","n":[13812348000],"nick":{"name":["Bo","Al"]},"phone":123456,'
        '"plan":"pro","姓名":"李雷"}'
    )
    shop.put(
        row
        | {
            "identifiers": [
                {"type": "phone", "value": "+8613812348000"},
                {"type": "unionid", "value": "oABCDEFGH"},
                {"type": "member_card", "value": "77"},
                {"type": "user_id", "value": "u-1"},
            ],
            "ip": "2001:db8:aa:bb::7",
            "url": "https://shop.example/?mail=alice%40example.cn&tel=13812348000",
            "page_title": "Welcome 13812348000",
            "user_agent": "x 203.0.113.77",
            "properties": properties,
            "context": '{"t" : {"\\u0065mail": "x"}}',
            "occurred_at": START_MS,
        }
    )
    asked = "SELECT identifiers, ip, url, page_title, user_agent, properties, context FROM events"
    [masked] = shop.values(asked, workspace="secret", sight="masked")
    assert masked == [
        [
            {"type": "phone", "value": "+86138****8000"},
            {"type": "unionid", "value": "oA***GH"},
            {"type": "member_card", "value": "***"},
            {"type": "user_id", "value": "u-1"},
        ],
        mask_ip("2001:db8:aa:bb::7"),
        "https://shop.example/?mail=a***%40example.cn&tel=138****8000",
        "Welcome 138****8000",
        "x 203.0.113.0",
        '{"Name":"***","email":"***","n":[138****8000],"nick":{"name":"***"},"phone":"***","plan":"pro","姓名":"***"}',
        "{}",
    ]
    [whole] = shop.values(asked, workspace="secret")
    assert (whole[1], whole[5]) == ("2001:db8:aa:bb::7", properties)
    for column, wanted in (("properties", "Alice"), ("url", "alice"), ("page_title", "12348000"), ("ip", "::7")):
        counted = f"SELECT count() FROM events WHERE position({column}, '{wanted}') > 0"
        assert shop.values(counted, workspace="secret", sight="masked") == [[0]], column
        assert shop.values(counted, workspace="secret") == [[1]], column


def test_the_engine_holds_the_names_to_be_personal_that_the_program_does(shop: Shop) -> None:
    properties = (
        '{"name_original":" MR. ADA ","contact.name":"Ada","phone_original_original":"55 512","name.first":"Ada",'
        '"address":{"city":"Wuhan","lines":[{"at":"Road 1"}]},"product_name":"Cup"}'
    )
    shop.put(rows_of("originals", count=1, seed=3, first=60_000)[0] | {"properties": properties})
    [[masked]] = shop.values("SELECT properties FROM events", workspace="originals", sight="masked")
    assert masked == (
        '{"name_original":"***","contact.name":"***","phone_original_original":"***","name.first":"***",'
        '"address":"***","product_name":"Cup"}'
    )


def test_traits_and_identifiers_of_people_are_masked_too(shop: Shop) -> None:
    asked = "SELECT identifiers.value, traits FROM people WHERE person = 1"
    assert shop.values(asked, sight="masked") == [[["u1", "+86138****8000"], '{"city": "Wuhan", "name": "***"}']]
