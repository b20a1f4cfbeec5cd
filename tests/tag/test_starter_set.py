"""The tags and segments to start with: whole, readable, and saying of small stories what anybody would say."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any, get_args

import pytest

from analyse.reference.world import Event, Profile, World
from tag.reference.rules import Asked, people, value_of
from zuji.analyse.kinds import kind_of
from zuji.analyse.question import read_question
from zuji.tag.definition import Family
from zuji.tag.event_names import event_names
from zuji.tag.graph import in_force
from zuji.tag.rule import measures_of, sequences_of
from zuji.tag.sentence import sentence
from zuji.tag.starter_set import starter_set
from zuji.tag.words_zh import EVENTS

NOW = 1_773_100_000_000
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
TAGS = {one.key: one for one in starter_set() if one.kind == "tag"}
SEGMENTS = {one.key: one for one in starter_set() if one.kind == "segment"}


def test_there_are_about_forty_tags_of_all_families_and_some_segments() -> None:
    assert len(TAGS) >= 40
    assert set(Counter(one.family for one in TAGS.values())) == set(get_args(Family))
    assert len(SEGMENTS) >= 8
    assert len(TAGS) + len(SEGMENTS) == len(starter_set())


def test_they_hold_together() -> None:
    assert len(in_force(starter_set()).definitions) == len(starter_set())


@pytest.mark.parametrize("one", starter_set(), ids=lambda one: one.key)
def test_each_is_named_described_and_said_in_both_languages(one: Any) -> None:
    assert all((one.name.en, one.name.zh, one.description.en, one.description.zh))
    assert not one.name.zh.isascii() or one.name.zh.isupper()
    assert one.label is None or ("{value}" in one.label.en and "{value}" in one.label.zh)
    assert one.rule is None or (sentence(one.rule, "en") and not sentence(one.rule, "zh").isascii())


def test_every_event_they_name_is_a_usual_one_with_chinese_words() -> None:
    rules = [one.rule for one in starter_set() if one.rule is not None]
    matches = [measure.match for rule in rules for measure in measures_of(rule)]
    matches += [step for rule in rules for sequence in sequences_of(rule) for step in sequence.steps]
    named = set().union(*(event_names(match) or () for match in matches))
    assert {"Order Completed", "OrderCompleted", "Product Viewed", "ProductViewed"} <= named <= set(EVENTS)


@pytest.mark.parametrize("one", [one for one in starter_set() if one.statistic], ids=lambda one: one.key)
def test_their_statistics_are_questions_that_make_sense(one: Any) -> None:
    read = read_question(kind_of(one.statistic.kind).question, one.statistic.question)
    assert read.count_by == "user"


def story(*told: tuple[int, str, dict[str, Any]], traits: dict[str, Any] | None = None, **identifiers: str) -> World:
    """One person's events: (how long before now, name, properties)."""
    events = tuple(
        Event(
            number,
            f"e{number}",
            1,
            1,
            NOW - before,
            name,
            properties=properties,
            fields={"amount": Decimal(properties.get("revenue", 0)), "channel": "web"},
        )
        for number, (before, name, properties) in enumerate(told)
    )
    return World(events, {1: Profile(1, traits or {}, True, tuple(identifiers.items()))})


def said_of(world: World, *keys: str) -> dict[str, Any]:
    """The values of these tags of the one person in a world, by the slow reference."""
    documents = {key: one.document["rule"] for key, one in TAGS.items() if one.rule is not None}
    segments = {key: one.document["rule"] for key, one in SEGMENTS.items()}
    asked = Asked(world, NOW, documents, segments)
    [person] = people(asked).values()
    return {key: value_of(asked, person, {**segments, **documents}[key]) for key in keys}


TEA, KIDS = {"category": "tea", "brand": "云岭", "product_id": "p1", "price": 60}, {"category": "kids", "price": 100}


def test_who_looks_and_never_buys_is_a_visitor_with_an_intent() -> None:
    looks = [((9 - number) * MINUTE, "Product Viewed" if number % 2 else "ProductViewed", TEA) for number in range(5)]
    found = said_of(
        story(*looks, (2 * MINUTE, "Product Viewed", KIDS)),
        *("lifecycle_stage", "intent_category", "high_intent_now", "price_level", "churn_risk", "visitor_kind"),
        *("lookers_without_order", "orders", "favourite_category"),
    )
    assert found == {
        "lifecycle_stage": "visitor",
        "intent_category": ["tea"],
        "high_intent_now": True,
        "price_level": pytest.approx(400 / 6, abs=1e-6),
        "churn_risk": None,
        "visitor_kind": "new",
        "lookers_without_order": True,
        "orders": None,
        "favourite_category": ["tea"],
    }


def test_a_cart_left_for_an_hour_is_abandoned_and_an_order_in_time_saves_it() -> None:
    left = story((3 * HOUR, "Product Added", TEA), (HOUR, "Product Viewed", TEA))
    saved = story((3 * HOUR, "ProductAdded", TEA), (2 * HOUR, "Order Completed", {"revenue": 60}))
    still_open = story((30 * MINUTE, "Product Added", TEA))
    assert [said_of(one, "cart_abandoned")["cart_abandoned"] for one in (left, saved, still_open)] == [True, None, None]


def test_a_good_customer_of_long_ago_is_of_a_high_tier_and_about_to_be_lost() -> None:
    orders = [((100 + number) * DAY, "Order Completed", {"revenue": 900, "discount": 5}) for number in range(4)]
    found = said_of(
        story(*orders, traits={"city": "上海", "birthday": "1994-06-15"}, member_card="M1", phone="+8613800000000"),
        *("lifecycle_stage", "spend_tier", "rfm_group", "churn_risk", "price_sensitivity", "loyalty_tier", "orders"),
        *("generation", "city_tier", "reachable_by", "valuable_and_leaving", "sleeping_members", "average_order"),
    )
    assert found == {
        "lifecycle_stage": "silent customer",
        "spend_tier": "high",
        "rfm_group": "cannot lose",
        "churn_risk": "high",
        "price_sensitivity": "high",
        "loyalty_tier": "gold",
        "orders": 4,
        "generation": "1990s",
        "city_tier": "first tier",
        "reachable_by": "phone",
        "valuable_and_leaving": True,
        "sleeping_members": True,
        "average_order": 900,
    }
