"""Definitions of tags and segments as documents, in the order of their dependencies, with groups worked in."""

from __future__ import annotations

from typing import Any

import pytest

from zuji.tag.definition import (
    Definition,
    ListOf,
    SavedPeople,
    decision_body,
    ending_body,
    read_definition,
    read_published,
)
from zuji.tag.graph import in_force, needed_by, needs
from zuji.tag.rule import AllOf, Case, Cases, Comparison, HasTag, Not, When
from zuji.terms.error import BadQuestion, NotFound

NAME = {"en": "A name", "zh": "名字"}
IN_SHANGHAI = {"trait": "city", "op": "equals", "value": "Shanghai"}


def a_tag(key: str = "local", **fields: Any) -> Definition:
    rule = {} if "origin" in fields else {"rule": {"when": IN_SHANGHAI}}
    return read_definition("tag", {"key": key, "name": NAME, "family": "basic_attribute", **rule, **fields})


def a_segment(key: str = "locals", **fields: Any) -> Definition:
    return read_definition("segment", {"key": key, "name": NAME, **(fields or {"rule": {"when": IN_SHANGHAI}})})


def naming(key: str, *tags: str, kind: str = "tag") -> Definition:
    """A definition whose rule names these tags."""
    when = {"all": [{"tag": tag, "op": "is_set"} for tag in tags]}
    return a_segment(key, rule={"when": when}) if kind == "segment" else a_tag(key, rule={"when": when})


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"when": IN_SHANGHAI}, "boolean"),
        ({"cases": [{"value": "here", "when": IN_SHANGHAI}], "otherwise": "there"}, "text"),
        ({"value": {"measure": "sum", "event": "Order Completed", "property": "revenue"}}, "number"),
        ({"value": {"measure": "since_last"}}, "number"),
        ({"value": {"measure": "last", "property": "brand"}}, "text"),
        ({"value": {"measure": "top", "property": "brand", "limit": 3}}, "list"),
        ({"value": {"measure": "top", "property": "brand"}}, "text"),
    ],
)
def test_the_type_of_a_value_is_known_from_the_rule(rule: dict[str, Any], expected: str) -> None:
    assert a_tag(rule=rule, freshness="batch").value_type == expected


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"key": "Local"}, "matching regex"),
        ({"key": "a" * 65}, "matching regex"),
        ({"name": {"en": "only English"}}, "zh"),
        ({"family": "other"}, "family"),
        ({"familly": "value_tier"}, "familly"),
        ({"rule": None}, "rule and origin 'rule' belong together"),
        ({"origin": "manual", "value_type": "text"}, "belong together; the origin is 'manual'"),
        ({"rule": None, "origin": "manual"}, "value_type is needed"),
        ({"rule": None, "origin": "score", "value_type": "text"}, "value_type is number here, not text"),
        ({"rule": None, "origin": "statistic", "value_type": "text"}, "statistic and origin"),
        ({"rule": None, "origin": "imported", "value_type": "text", "group": "g"}, "only tags made by rules"),
        ({"value_type": "text"}, "value_type is boolean here, not text"),
        ({"validity_days": 0}, "validity_days"),
        ({"rule": {"value": {"measure": "since_last"}}}, "changes by itself"),
        ({"rule": {"when": {"trait": "city", "op": "is"}}}, "rule.when.op"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(fields: dict[str, Any], complaint: str) -> None:
    whole = {"key": "local", "name": NAME, "family": "basic_attribute", "rule": {"when": IN_SHANGHAI}}
    with pytest.raises(BadQuestion, match=complaint):
        read_definition("tag", {name: value for name, value in {**whole, **fields}.items() if value is not None})


def test_a_segment_is_a_rule_or_identifiers_or_saved_people_and_nothing_else() -> None:
    listed = a_segment(identifiers=[{"type": "user_id", "value": "u-1"}])
    assert (listed.rule, listed.members) == (None, ListOf((("user_id", "u-1"),)))
    assert a_segment(saved_people="8f3c").members == SavedPeople("8f3c")
    with pytest.raises(BadQuestion, match="got rule and saved_people"):
        a_segment(rule={"when": IN_SHANGHAI}, saved_people="8f3c")
    with pytest.raises(BadQuestion, match="got none"):
        a_segment(owner="Lin")
    with pytest.raises(BadQuestion, match="it has no values"):
        a_segment(rule={"value": {"measure": "count"}})


def test_a_decision_carries_a_definition_whole() -> None:
    written = a_tag(group="place", priority=3, label={"en": "in {value}", "zh": "在{value}"}, validity_days=30)
    again = read_published({**decision_body(written, by="ann"), "version": 7})
    assert again is not None
    assert (again.version, again.document, again.rule) == (7, written.document, written.rule)
    assert (again.label, again.group, again.validity_days) == (written.label, "place", 30)
    assert read_published(ending_body("tag", "local", version=7, by="ann")) is None


def test_definitions_stand_after_those_that_they_name() -> None:
    published = in_force([naming("d", "a", kind="segment"), naming("a", "b", "c"), naming("b", "c"), a_tag("c")])
    assert [one.key for one in published.definitions] == ["c", "b", "a", "d"]


def test_what_is_named_and_what_names_it_are_found() -> None:
    published = in_force([naming("a", "b"), a_tag("b"), naming("b", "a", kind="segment")])
    assert needs(published.by_key("tag", "a")) == (("tag", "b"),)
    assert [one.key for one in needed_by(("tag", "a"), published)] == ["b"]
    with pytest.raises(NotFound, match="no segment 'a' is published"):
        published.by_key("segment", "a")


@pytest.mark.parametrize(
    ("definitions", "complaint"),
    [
        ([naming("a", "a")], "tag a -> tag a"),
        ([naming("a", "b"), naming("b", "c"), naming("c", "b")], "tag b -> tag c -> tag b"),
        ([naming("a", "b")], "tag a names tag b, which is not published"),
    ],
)
def test_circles_and_gaps_are_refused_by_name(definitions: list[Definition], complaint: str) -> None:
    with pytest.raises(BadQuestion, match=complaint):
        in_force(definitions)


def test_a_chain_without_end_is_refused() -> None:
    chain = [a_tag("t0"), *(naming(f"t{number}", f"t{number - 1}") for number in range(1, 300))]
    with pytest.raises(BadQuestion, match="chain of more than 200"):
        in_force(reversed(chain))


def test_of_a_group_the_first_by_priority_then_by_key_has_the_value() -> None:
    low = a_tag("low", group="tier", rule={"cases": [{"value": "x", "when": IN_SHANGHAI}], "otherwise": "y"})
    published = in_force([low, a_tag("high", group="tier", priority=5), a_tag("also_low", group="tier")])
    local = a_tag().rule
    assert isinstance(local, When)
    not_high, not_also_low = (Not(HasTag(key, Comparison("is_set"))) for key in ("high", "also_low"))
    assert published.by_key("tag", "high").rule == local
    assert published.by_key("tag", "also_low").rule == When(AllOf((not_high, local.when)))
    guard = (not_high, not_also_low)
    expected = Cases((Case("x", AllOf((*guard, local.when))), Case("y", AllOf(guard))))
    assert published.by_key("tag", "low").rule == expected


def test_a_tag_cannot_name_one_that_its_group_puts_behind_it() -> None:
    first = a_tag("first", group="tier", priority=1, rule={"when": {"tag": "second", "op": "is_set"}})
    with pytest.raises(BadQuestion, match="tag first -> tag second -> tag first"):
        in_force([first, a_tag("second", group="tier")])
