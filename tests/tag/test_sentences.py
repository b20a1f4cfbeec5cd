"""Rules as sentences: a table of both languages in which everything a rule may say occurs, and random rules."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any, get_args

import pytest

from analyse.worlds import random_world
from tag.random_rules import random_rule
from zuji.tag import sentence_en, sentence_zh
from zuji.tag.event_names import event_names, without_names
from zuji.tag.read_rule import read_rule
from zuji.tag.rule import WHATS, Comparison, Leaf, Measure, Measured, Window, leaves_of, measures_of, sequences_of
from zuji.tag.sentence import Language, sentence
from zuji.terms.condition import OPS, Where, read_where
from zuji.terms.document import EventMatch
from zuji.terms.period import Interval

TABLE = [json.loads(line) for line in Path(__file__).with_name("sentences.jsonl").read_text("utf-8").splitlines()]
LANGUAGES: tuple[Language, ...] = get_args(Language)


@pytest.mark.parametrize("row", TABLE, ids=[row["en"] for row in TABLE])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_rule_reads_like_this(row: dict[str, Any], language: Language) -> None:
    assert sentence(read_rule(row["rule"]), language) == row[language]


def test_every_kind_of_condition_measure_window_and_comparison_occurs_in_the_table() -> None:
    rules = [read_rule(row["rule"]) for row in TABLE]
    told = [leaf for rule in rules for leaf in leaves_of(rule)]
    assert {type(leaf) for leaf in told} == set(get_args(Leaf))
    assert {measure.what for rule in rules for measure in measures_of(rule)} == set(WHATS)
    compared = {leaf.comparison.op for leaf in told if hasattr(leaf, "comparison")}
    assert compared == set(OPS) - {"in_segment", "on_element"}
    windows = {
        window
        for rule in rules
        for window in (*(one.window for one in measures_of(rule)), *(one.window for one in sequences_of(rule)))
    }
    assert {type(window) for window in windows} == set(get_args(Window))
    calendar = {getattr(window, "interval", None) for window in windows}
    assert calendar >= set(get_args(Interval)) - {"minute", "hour"}


def test_different_rules_of_the_table_have_different_sentences() -> None:
    for language in LANGUAGES:
        said = [row[language] for row in TABLE if row["en"] != "city is Shanghai"]
        assert len(set(said)) == len(said)


@pytest.mark.parametrize("seed", range(20))
def test_any_rule_can_be_said(seed: int) -> None:
    rng = Random(seed)
    world = random_world(rng)
    for _ in range(20):
        rule = read_rule(random_rule(rng, world))
        for language in LANGUAGES:
            said = sentence(rule, language)
            assert said
            assert "None" not in said


def test_names_of_one_thing_at_different_clients_are_one() -> None:
    both = EventMatch(
        where=read_where([{"property": "$event", "op": "equals", "value": ["Cart Viewed", "CartViewed"]}])
    )
    assert (
        sentence_en.leaf(Measured(Measure("count", both), Comparison("gte", 2))) == "did Cart Viewed at least 2 times"
    )
    assert sentence_zh.leaf(Measured(Measure("count", both), Comparison("gte", 2))) == "累计查看购物车至少2次"


@pytest.mark.parametrize(
    ("match", "names"),
    [
        (EventMatch(), None),
        (EventMatch(event="view"), {"view"}),
        (EventMatch(where=read_where([{"property": "$event", "op": "equals", "value": ["a", "b"]}])), {"a", "b"}),
        (EventMatch(where=read_where({"property": "$event", "op": "equals", "value": "a"})), {"a"}),
        (EventMatch(event="b", where=read_where([{"property": "$event", "op": "equals", "value": ["a", "b"]}])), {"b"}),
        (EventMatch(where=read_where([{"property": "$event", "op": "not_equals", "value": "a"}])), None),
        (EventMatch(where=read_where([{"not": {"property": "$event", "op": "equals", "value": "a"}}])), None),
        (EventMatch(where=read_where({"any": [{"property": "$event", "op": "equals", "value": "a"}]})), None),
    ],
)
def test_the_names_that_events_of_a_match_can_have(match: EventMatch, names: set[str] | None) -> None:
    assert event_names(match) == names


def test_the_other_conditions_stay_when_names_are_taken_out() -> None:
    price = {"property": "price", "op": "gt", "value": 5}
    where = read_where([{"property": "$event", "op": "equals", "value": ["a", "b"]}, price])
    assert without_names(EventMatch(where=where)) == (("a", "b"), read_where([price]))
    assert without_names(EventMatch()) == ((), Where())
