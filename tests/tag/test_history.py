"""Rules asked of history: cases worked out by hand, on the real engine, and the SQL that rules become."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from analyse.engine import Engine, Loaded
from analyse.hand import happened, world_of
from analyse.reference.world import Profile, World
from store.event_rows import event_row, event_table
from tag.history_cases import CASES, HistoryCase, measured, value
from zuji.store.outbox import SliceRow
from zuji.store.profiles import ProfileRow
from zuji.store.query import Query
from zuji.store.tag_values import TagChange
from zuji.tag.definition import Definition, ListOf, Names, Published, SavedPeople, type_of
from zuji.tag.graph import in_force
from zuji.tag.history import Among, Asked, Part, definitions_query, rule_query
from zuji.tag.read_rule import read_rule
from zuji.terms.error import BadQuestion
from zuji.terms.period import Calendar

GOLDEN = Path(__file__).parent / "golden"
NAMES = Names(en="x", zh="x")
LATER = 1_900_000_000_000


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = Engine(tmp_path_factory.mktemp("history") / "events")
    yield opened
    opened.close()


def tag(key: str, rule: dict[str, Any]) -> Definition:
    read = read_rule(rule)
    return Definition(key, "tag", 1, read, NAMES, value_type=type_of(read))


def published(tags: Mapping[str, dict[str, Any]] | None) -> Published:
    return in_force(tag(key, rule) for key, rule in (tags or {}).items())


def asked(engine: Engine, loaded: Loaded, at: int, **rest: Any) -> Asked:
    return Asked(loaded.workspace, engine.store.person_of_event(), Calendar(ZoneInfo("UTC")), at, **rest)


def values(engine: Engine, loaded: Loaded, query: Query) -> dict[int, Any]:
    offset = loaded.moved(1) - 1
    return {row["person"] - offset: row["value"] for row in engine.store.query(query).to_pylist()}


def load(engine: Engine, world: World) -> Loaded:
    """The world with the identifiers of its people, which questions do not need."""
    loaded = engine.load(world)
    engine.store.insert_profiles(
        [
            ProfileRow(loaded.workspace, loaded.moved(one.person), False, 0, one.identifiers, traits_of(one), 2)
            for one in world.profiles.values()
        ]
    )
    return loaded


def traits_of(profile: Profile) -> str:
    return json.dumps(dict(profile.traits), ensure_ascii=False)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_everybody_has_the_value_worked_out_by_hand(case: HistoryCase, engine: Engine) -> None:
    loaded = load(engine, case.world)
    rules = asked(engine, loaded, case.moment, published=published(case.tags))
    assert values(engine, loaded, rule_query(read_rule(case.rule), rules)) == case.values


def test_who_has_no_profile_row_has_the_identifier_of_the_events_while_it_is_theirs(engine: Engine) -> None:
    workspace = "plain"
    engine.store.insert(
        event_table(
            [
                event_row(1, workspace=workspace, anchor=7_001, identifiers=[{"type": "device_id", "value": "d1"}]),
                event_row(2, workspace=workspace, anchor=7_002, identifiers=[{"type": "device_id", "value": "d2"}]),
            ]
        )
    )
    # From the next second on, the second device is the first one's owner's; what it did before stays with nobody else.
    later = 1_762_000_001_000
    engine.store.insert_slices(
        [
            SliceRow(workspace, 7_002, -(2**53), later, 7_002, 900),
            SliceRow(workspace, 7_002, later, 2**53, 7_001, 900),
        ]
    )
    rule = read_rule({"when": {"identifier": "device_id", "op": "contains", "value": "d"}})
    rules = Asked(workspace, engine.store.person_of_event(), Calendar(ZoneInfo("UTC")), LATER)
    assert engine.store.query(rule_query(rule, rules)).to_pylist() == [{"person": 7_001, "value": True}]


def test_segments_of_identifiers_and_of_saved_people_can_be_named(engine: Engine) -> None:
    world = world_of(*(happened("see", 0, person) for person in (1, 2, 3)))
    loaded = load(engine, world)
    engine.store.insert_profiles(
        [ProfileRow(loaded.workspace, loaded.moved(2), True, 0, (("phone", "+861"), ("user_id", "u")), "{}", 3)]
    )
    listed = Definition("listed", "segment", 1, None, NAMES, members=ListOf((("phone", "+861"), ("email", "x"))))
    saved = Definition("saved", "segment", 1, None, NAMES, members=SavedPeople("l1"))
    rule = read_rule({"cases": [{"value": one, "when": {"segment": one}} for one in ("listed", "saved")]})
    known = Published((listed, saved))
    rules = asked(engine, loaded, LATER, published=known, members={"saved": (loaded.moved(2), loaded.moved(3))})
    assert values(engine, loaded, rule_query(rule, rules)) == {2: "listed", 3: "saved"}
    with pytest.raises(BadQuestion, match="nobody brought it"):
        rule_query(rule, asked(engine, loaded, LATER, published=known))


def test_a_tag_without_a_rule_has_what_it_was_given(engine: Engine) -> None:
    loaded = load(engine, world_of(*(happened("see", 0, person) for person in (1, 2, 3))))
    given = enumerate([(1, 0.7), (2, 0.2), (3, 0.9), (3, None)], start=1)
    by_hand: dict[str, Any] = {"kind": "tag", "key": "score", "old": None, "cause": "set"}
    by_hand |= {"at_ms": 0, "readable_at_ms": 0}
    engine.store.insert_tags(
        [
            TagChange(workspace=loaded.workspace, person=loaded.moved(person), new=new, number=number, **by_hand)
            for number, (person, new) in given
        ]
    )
    score = Definition("score", "tag", 1, None, NAMES, origin="score", value_type="number")
    around = asked(engine, loaded, LATER, published=Published((score,)))
    cases = [{"value": "high", "when": {"tag": "score", "op": "gt", "value": 0.5}}]
    cases += [{"value": "none", "when": {"tag": "score", "op": "is_not_set"}}]
    rule = read_rule({"cases": cases, "otherwise": "low"})
    assert values(engine, loaded, rule_query(rule, around)) == {1: "high", 2: "low", 3: "none"}


def test_many_definitions_are_worked_out_in_one_pass_and_in_parts(engine: Engine) -> None:
    world = world_of(*(happened("buy", 0, person, kind="a") for person in range(1, 21)), happened("buy", 1, 1))
    loaded = load(engine, world)
    rules = {
        "often": value("count", "buy"),
        "kinds": value("top", "buy", property="kind", limit=3),
        "most": {"when": {"tag": "often", "op": "gte", "value": 2}},
    }
    known = published(rules)
    found: dict[int, tuple[Any, ...]] = {}
    for number in range(3):
        query = definitions_query(
            known.definitions, asked(engine, loaded, LATER, published=known, part=Part(number, 3))
        )
        rows = engine.store.query(query).to_pylist()
        assert 0 < len(rows) < 20
        found |= {row["person"] - loaded.moved(1) + 1: (row["v0"], row["v1"], row["v2"]) for row in rows}
    assert [one.key for one in known.definitions] == ["kinds", "often", "most"]
    assert found == {1: (["a"], 2, True)} | {person: (["a"], 1, None) for person in range(2, 21)}


def test_a_rule_may_be_asked_of_a_few_people_only(engine: Engine) -> None:
    world = world_of(*(happened("buy", 0, person) for person in (1, 2, 3)))
    loaded = load(engine, world)
    among = Among((loaded.moved(2),), (loaded.moved(2), loaded.moved(3)))
    rule = read_rule({"when": {"not": {"consent": "x", "is": "granted"}}})
    assert values(engine, loaded, rule_query(rule, asked(engine, loaded, LATER, among=among))) == {2: True}


MONTH = {"last": {"amount": 30, "unit": "day"}}
THREE = {
    "recent_buyers": {"when": measured("count", "Order Completed", "gte", 2, window=MONTH)},
    "favourite_categories": {
        "value": {"measure": "top", "event": "Product Viewed", "property": "category", "limit": 3},
        "when": {"consent": "marketing", "is": "granted"},
    },
    "abandoned": {
        "cases": [
            {
                "value": "abandoned",
                "when": {
                    "sequence": [{"event": "Product Added"}, {"event": "Checkout Started"}],
                    "without": {"event": "Order Completed"},
                    "within": {"amount": 1, "unit": "hour"},
                },
            }
        ],
        "otherwise": "none",
    },
}


@pytest.mark.parametrize("name", THREE)
def test_a_rule_becomes_the_sql_that_was_agreed_to(name: str, engine: Engine) -> None:
    loaded = engine.load(World((), {}, "UTC"))
    query = rule_query(read_rule(THREE[name]), asked(engine, loaded, 1_780_000_000_000))
    whose = engine.store.person_of_event().sql
    found = re.sub(r"zuji\.(person\w*)_\d", r"zuji.\1_0", query.sql.replace(whose, "<whose>")) + "\n"
    path = GOLDEN / f"{name}.sql"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(found, "utf-8")
    assert path.read_text("utf-8") == found
