"""Selectors over clicks: what they mean by hand, and that the stream and the engine agree on any chain."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from analyse.engine import Engine
from analyse.hand import happened, world_of
from tag.test_compare_equals_engine import Around
from zuji.store.condition_sql import condition_sql
from zuji.store.property_sql import FIELDS
from zuji.store.query import Query
from zuji.store.statement import Statement
from zuji.tag.compare import event_condition
from zuji.tag.event_facts import kept_event
from zuji.tag.visual_event import read_visual_event, where_of
from zuji.terms.condition import Node, read_where
from zuji.terms.error import BadRequest
from zuji.terms.period import Calendar
from zuji.terms.selector import is_on, read_selector

CHAIN = [
    {"tag_name": "span", "nth_child": 1, "nth_of_type": 1},
    {
        "tag_name": "button",
        "classes": ["btn", "primary"],
        "attr__id": "buy:now",
        "attr__data-track": "buy",
        "nth_child": 2,
    },
    {"tag_name": "div", "classes": ["card"], "attr__data-sku": "A1", "nth_of_type": 3},
    {"tag_name": "a", "href": "/product/1", "attr__role": "link"},
    {"tag_name": "body"},
]


@pytest.mark.parametrize(
    "selector",
    [
        "button",
        "BUTTON",
        "*",
        "span",
        "#buy\\:now",
        "#buy\\3a now",
        ".btn.primary",
        "[data-track]",
        "[data-track=buy]",
        '[data-track="buy"]',
        "[data-track='buy']",
        "[data-track^=b][data-track$=uy][data-track*=u]",
        "button:nth-child(2)",
        "div > button",
        "div button",
        "body button",
        "a > div.card:nth-of-type(3) > button > span",
        "[href^='/product'] span",
        "nav, form, .card > .btn",
        "  .card>button  ",
    ],
)
def test_a_click_in_a_button_is_on_what_these_selectors_name(selector: str) -> None:
    assert is_on(read_selector(selector), json.dumps(CHAIN))


@pytest.mark.parametrize(
    "selector",
    [
        "div",
        ".card",
        "body",
        "[href]",
        "a > button",
        "button > div",
        "span span",
        "button:nth-child(1)",
        "button:nth-of-type(2)",
        ".prim",
        "[data-track=bu]",
        "#buy",
        "form button",
    ],
)
def test_it_is_not_on_what_these_name_because_the_button_is_clickable_by_itself_or_they_name_something_else(
    selector: str,
) -> None:
    assert not is_on(read_selector(selector), json.dumps(CHAIN))


def test_where_nothing_is_clickable_by_itself_a_click_is_on_everything_around_it() -> None:
    chain = json.dumps([{"tag_name": "span"}, {"tag_name": "div", "classes": ["card"]}, {"tag_name": "body"}])
    assert [is_on(read_selector(one), chain) for one in ("span", ".card", "body", "a")] == [True, True, True, False]


@pytest.mark.parametrize("chain", ["", "{}", "null", "[]", "[1, null]", '"x"', "[[[", '[{"tag_name": 7}]'])
def test_what_is_no_chain_is_on_nothing_that_has_a_tag(chain: str) -> None:
    assert not is_on(read_selector("button"), chain)


@pytest.mark.parametrize(
    ("selector", "said"),
    [
        ("", "an end too early"),
        ("div >", "an end too early"),
        ("div >> a", "'> a' at character 6"),
        ("a:hover", "':hover' at character 2"),
        ("a:nth-child(0)", "at character 2"),
        ("[x~=a]", "at character 1"),
        ("[x^='']", "write a value"),
        ("#", "'#' at character 1"),
        ("a " * 21, "more than 20 elements"),
        ("x" * 3_000, "3000 characters"),
    ],
)
def test_a_selector_that_is_none_is_refused_where_it_stops_making_sense(selector: str, said: str) -> None:
    with pytest.raises(BadRequest, match="selector: ") as refused:
        read_selector(selector)
    assert said.lower() in str(refused.value).lower()


@pytest.mark.parametrize(
    "leaf",
    [
        {"property": "$elements", "op": "on_element", "value": 5},
        {"property": "$elements", "op": "on_element", "value": "a:hover"},
        {"property": "$elements", "op": "on_element"},
        {"property": "x", "op": "on_element", "value": "a", "scope": "profile"},
    ],
)
def test_a_condition_with_a_selector_is_checked_as_it_is_read(leaf: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        read_where([leaf])


TAGS = ["a", "button", "div", "span", "按钮", "li"]
VALUES = ["", "a", "buy", "bu", "a b", "é\"'\\", "1", "[x]", "购买"]


def random_element(rng: Random) -> Any:
    if rng.random() < 0.03:
        return rng.choice([None, 1, "a", [], True])
    element: dict[str, Any] = {"tag_name": rng.choice([*TAGS, 7, None])}
    for key in ("attr__id", "attr__data-x", "attr__role", "href", "attr__href"):
        if rng.random() < 0.4:
            element[key] = rng.choice([*VALUES, "button", "link", 1, 1.5, None, True, ["a"]])
    if rng.random() < 0.6:
        element["classes"] = rng.choice([["a"], ["a", "buy"], [], "a", None, [1, "购买"], ["é\"'\\", None], {"a": 1}])
    for key in ("nth_child", "nth_of_type"):
        if rng.random() < 0.6:
            element[key] = rng.choice([1, 2, 3, 1.0, 2.5, "1", True, -1, 2**63, None])
    return element


def random_chain(rng: Random) -> Any:
    if rng.random() < 0.1:
        return rng.choice([None, "", "x", 5, {"a": 1}, "[]", json.dumps([{"tag_name": "a"}]), [[{"tag_name": "a"}]]])
    return [random_element(rng) for _ in range(rng.randrange(6))]


def random_compound(rng: Random) -> str:
    if rng.random() < 0.4:
        return rng.choice(["*", *TAGS])
    parts = [rng.choice(["", "", "*", *TAGS])]
    if rng.random() < 0.2:
        parts.append(rng.choice(["#a", "#buy", "#a\\ b", "#\\31 ", "#购买"]))
    if rng.random() < 0.2:
        parts.append(rng.choice([".a", ".buy", ".购买", ".a.buy"]))
    if rng.random() < 0.3:
        quoted = rng.choice(['"buy"', '"é\\"\'\\\\"', "a", "'a b'", '"[x]"'])
        named = rng.choice(["data-x", "href", "id", "role"])
        parts.append(rng.choice([f"[{named}]", *(f"[{named}{sign}{quoted}]" for sign in ("=", "^=", "$=", "*="))]))
    if rng.random() < 0.2:
        parts.append(f":{rng.choice(['nth-child', 'nth-of-type'])}({rng.choice([1, 2, 3])})")
    return "".join(parts) or "div"


def random_selector(rng: Random) -> str:
    selector = random_compound(rng)
    for _ in range(rng.choice([0, 0, 0, 1, 1, 2, 3])):
        selector += rng.choice([" ", " ", " > ", ", "]) + random_compound(rng)
    return selector


def random_definition(rng: Random) -> dict[str, Any]:
    document: dict[str, Any] = {"key": "x", "name": {"en": "X", "zh": "某"}, "element": random_selector(rng)}
    if rng.random() < 0.3:
        value = rng.choice(["a", "Buy now", "购买"])
        document["text"] = {"op": rng.choice(["equals", "contains"]), "value": value}
    if rng.random() < 0.3:
        paths = ["/p", "/p/*", "/*.(x)", "*", "/p\\*", "/购/*"]
        document["page"] = {"path": rng.choice(paths), "host": rng.choice([None, "shop.example"])}
    return document


def random_click(rng: Random) -> tuple[str, dict[str, str], dict[str, Any]]:
    """Its name, its fields, its properties."""
    properties: dict[str, Any] = {"$elements": random_chain(rng)}
    if rng.random() < 0.6:
        properties[rng.choice(["$el_text", "$element_content"])] = rng.choice(["a", "Buy now", "buy now!", "购买", 5])
    if rng.random() < 0.3:
        properties["$event_type"] = rng.choice(["click", "submit", None])
    fields = {
        "url_path": rng.choice(["", "/p", "/p/1", "/q.(x)", "/qx(x)", "/p\\1", "/购/1", "/p/1\n2"]),
        "url_host": rng.choice(["shop.example", "other.example"]),
    }
    return rng.choice(["$click", "$click", "$autocapture", "$WebClick", "$click2"]), fields, properties


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = Engine(tmp_path_factory.mktemp("selectors") / "events")
    yield opened
    opened.close()


def in_history(engine: Engine, workspace: str, nodes: list[Node]) -> list[list[int]]:
    """By definition, the positions of the stored clicks that it matches."""
    statement = Statement.of({"workspace": workspace})
    columns = ", ".join(f"{condition_sql(statement, Around(), node)} AS c{place}" for place, node in enumerate(nodes))
    sql = f"SELECT position, {columns} FROM zuji.events WHERE workspace = {{workspace:String}} ORDER BY position"
    rows = engine.store.query(Query(sql, statement.query("").params)).to_pylist()
    return [[row["position"] for row in rows if row[f"c{place}"]] for place in range(len(nodes))]


@pytest.mark.parametrize("seed", range(int(os.environ.get("VISUAL_ROUNDS", "6"))))
def test_any_definition_matches_the_same_clicks_live_and_in_history(engine: Engine, seed: int) -> None:
    rng = Random(seed)
    clicks = [random_click(rng) for _ in range(150)]
    stored = [happened(name, place, 1, **properties) for place, (name, _, properties) in enumerate(clicks)]
    for event, (_, fields, _) in zip(stored, clicks, strict=True):
        object.__setattr__(event, "fields", fields)
    loaded = engine.load(world_of(*stored))
    documents = [random_definition(rng) for _ in range(40)]
    nodes = [where_of(read_visual_event(document)).node for document in documents]
    calendar = Calendar(ZoneInfo("UTC"))
    empty: dict[str, Any] = {**dict.fromkeys(FIELDS, ""), "received_at": 0, "occurred_at": 0, "anchor": 1, "flags": 0}
    rows = [
        kept_event(
            {
                **empty,
                **fields,
                "event": name,
                "position": place,
                "properties": json.dumps(properties, ensure_ascii=False, sort_keys=True, separators=(",", ":")),
            }
        )
        for place, (name, fields, properties) in enumerate(clicks, start=1)
    ]
    passes = [event_condition(node, calendar) for node in nodes]
    live = [[row.position for row in rows if one(row)] for one in passes]
    stored_matches = in_history(engine, loaded.workspace, nodes)
    different = [
        (document, set(mine) ^ set(theirs))
        for document, mine, theirs in zip(documents, live, stored_matches, strict=True)
        if mine != theirs
    ]
    assert not different
    assert any(live), "no definition matches any click: the seed says nothing"


@pytest.mark.parametrize("broken_off", ["[" + r"\aaaaaa" * 200, "." + r"\aa" * 300 + "(", "[a=" + r"\abcdef " * 200])
def test_a_selector_that_breaks_off_is_refused_at_once_however_its_escapes_can_be_read(broken_off: str) -> None:
    with pytest.raises(BadRequest, match="selector: "):
        read_selector(broken_off)


def test_escapes_are_read_as_css_reads_them() -> None:
    [[compound]] = read_selector(r"#\31 23").paths
    assert [one.value for one in compound.attributes] == ["123"]
    [[compound]] = read_selector(r"#\000031x").paths
    assert [one.value for one in compound.attributes] == ["1x"]
