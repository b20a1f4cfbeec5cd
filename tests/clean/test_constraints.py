"""Constraints that a workspace states, within an event and across events, against plain counting; and weights."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from clean_builders import DAY, HOUR, NOON_MS, a_message, a_receipt, received, some_facts

from zuji.clean.batch import Facts, clean_batch
from zuji.clean.quality import WEIGHTS, index
from zuji.clean.quality_policy import read_quality
from zuji.store.hot import HotStore
from zuji.store.rule_memory import RuleMemory
from zuji.terms.error import BadQuestion
from zuji.terms.message import Message
from zuji.terms.policy import Part, Policy


class Stated:
    """A workspace that stated constraints, and nothing else."""

    def __init__(self, **constraints: Mapping[str, Any]) -> None:
        self.document = {"constraints": constraints}

    def newest(self, workspace: str, part: Part) -> Policy | None:
        return Policy(workspace, part, 1, self.document, 0, "ana") if part == "quality" else None

    def secret(self, workspace: str) -> bytes:
        return b""


def facts_with(**constraints: Mapping[str, Any]) -> Facts:
    return replace(some_facts(), policies=Stated(**constraints), memory=RuleMemory())


def reasons(facts: Facts, *messages: Message, source: str = "web") -> list[str]:
    """The reasons on each row, of a batch that is committed."""
    rows = [received(one, position=n, receipt=a_receipt(source=source)) for n, one in enumerate(messages, 1)]
    cleaned = clean_batch(rows, facts=facts, now_ms=NOON_MS)
    facts.memory.settle()
    assert not cleaned.rejections
    said: list[str] = cleaned.frame["flag_reason"].to_list()
    return [",".join(one for one in each.split(",") if one.startswith("constraint:")) for each in said]


def an_order(number: int = 1, event: str = "Order Completed", at: int = NOON_MS, **properties: Any) -> Message:
    return a_message(message_id=f"m{number}", event=event, timestamp=at, properties=properties)


@pytest.mark.parametrize(
    ("properties", "broken"),
    [
        ({"total": 30, "products": [{"price": 10, "quantity": 3}]}, False),
        ({"total": 29, "products": [{"price": 10, "quantity": 3}]}, True),
        ({"total": 0.3, "products": [{"price": 0.1, "quantity": 3}]}, False),
        ({"total": "30.00", "products": [{"price": "10"}, {"price": "20"}]}, False),
        ({"total": 33, "products": [{"price": 30}], "shipping": 5, "discount": 2}, False),
        ({"total": 30, "products": [{"price": 30}], "shipping": 5}, True),
        ({"total": 30, "products": [{"price": 30.01}]}, False),
        ({"total": 30, "products": [{"price": 30.02}]}, True),
        ({"total": 1, "products": [{"sku": "x"}]}, False),
        ({"total": 1, "products": []}, False),
        ({"products": [{"price": 30}]}, False),
        ({"total": 1, "products": ["a", "b"]}, False),
    ],
)
def test_the_total_of_an_order_is_the_sum_of_its_lines(properties: dict[str, Any], broken: bool) -> None:
    stated = {"kind": "sum_of_lines", "events": ["Order Completed"], "plus": ["shipping"], "minus": ["discount"]}
    facts = facts_with(sum=stated)
    assert reasons(facts, an_order(**properties)) == ["constraint:sum" if broken else ""]
    assert reasons(facts, an_order(event="Cart Viewed", **properties)) == [""]


@pytest.mark.parametrize(("op", "holds"), [("lt", [1]), ("lte", [1, 2]), ("equals", [2]), ("gte", [2, 3]), ("gt", [3])])
def test_two_numbers_of_an_event_are_compared_where_both_are_there(op: str, holds: list[int]) -> None:
    facts = facts_with(two={"kind": "compare", "events": ["Paid"], "left": "paid", "op": op, "right": "due"})
    values: list[Any] = [1, "2", 3, None, "much"]
    messages = [an_order(number, "Paid", paid=value, due=2) for number, value in enumerate(values)]
    expected = ["" if n in holds else "constraint:two" for n in (1, 2, 3)] + ["", ""]
    assert reasons(facts, *messages) == expected


def test_properties_that_belong_together_are_all_there_or_none() -> None:
    facts = facts_with(pair={"kind": "together", "events": ["Paid"], "properties": ["coupon", "discount"]})
    shapes: list[dict[str, Any]] = [{}, {"coupon": "x"}, {"coupon": "x", "discount": 0}, {"coupon": None}]
    assert reasons(facts, *(an_order(n, "Paid", **one) for n, one in enumerate(shapes))) == [
        "",
        "constraint:pair",
        "",
        "",
    ]


def test_a_constraint_binds_the_sources_it_names_and_no_other_workspace() -> None:
    stated = {"kind": "together", "events": ["Paid"], "properties": ["a", "b"], "sources": ["till"]}
    facts = facts_with(pair=stated)
    assert reasons(facts, an_order(event="Paid", a=1), source="till") == ["constraint:pair"]
    assert reasons(facts, an_order(event="Paid", a=1), source="web") == [""]


REFUNDS = {"kind": "not_above", "events": ["Refunded"], "of": ["Paid"], "amount": "back"}
SHIPPED = {"kind": "follows", "events": ["Shipped"], "after": ["Paid"], "within_hours": 48, "after_days": 1}


def a_trade(chance: random.Random, number: int) -> Message:
    name = chance.choice(["Paid", "Refunded", "Shipped"])
    money = {"total": chance.randint(1, 9)} if name == "Paid" else {"back": chance.choice([-2, 1, "3.5", None])}
    at = NOON_MS - chance.randint(0, 9 * 24) * HOUR
    return an_order(number, name, at, order_id=f"o{chance.randint(1, 9)}", **money)


def by_hand(trades: Sequence[Message]) -> list[str]:
    """Each against all that came in before, looked through from the start."""
    told = [(one.event, int(one.timestamp or 0), msgspec.json.decode(one.properties)) for one in trades]
    found: list[str] = []
    for number, (name, at, own) in enumerate(told):
        before = [one for one in told[: number + 1] if one[2]["order_id"] == own["order_id"]]
        paid = [Decimal(one[2]["total"]) for one in before if one[0] == "Paid"]
        back = [abs(Decimal(one[2]["back"])) for one in before if one[0] == "Refunded" and one[2]["back"] is not None]
        times = [one[1] for one in before if one[0] == "Paid" and one[1] <= at + 5 * 60_000]
        first = min((one[1] for one in told[:number] if one[0] == "Paid"), default=None)
        broken = ""
        if name == "Refunded" and own["back"] is not None and paid and sum(back) > sum(paid) + Decimal("0.01"):
            broken = "constraint:refunds"
        if name == "Shipped":
            unheard = first is not None and at - first >= DAY
            alone = (not times or at - max(times) > 48 * HOUR) if paid else unheard
            broken = "constraint:shipped" if alone else ""
        found.append(broken)
    return found


@pytest.mark.parametrize("seed", range(5))
def test_what_spans_events_is_judged_as_by_hand_in_batches_of_any_size(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    trades = [a_trade(chance, number) for number in range(150)]
    expected = by_hand(trades)
    assert {"constraint:refunds", "constraint:shipped", ""} <= set(expected)
    with closing(HotStore(tmp_path / "hot.sqlite")) as hot:
        facts = replace(facts_with(refunds=REFUNDS, shipped=SHIPPED), memory=RuleMemory(hot))
        found: list[str] = []
        while len(found) < len(trades):
            rows = trades[len(found) : len(found) + chance.randint(1, 40)]
            reasons_before_a_crash(facts, rows)
            found += planned(facts, rows)
            with hot.write() as connection:
                facts.memory.save(connection, now_ms=NOON_MS)
            facts = replace(facts, memory=RuleMemory(hot))  # a restart: what is remembered is what was written
    assert found == expected


def planned(facts: Facts, messages: Sequence[Message]) -> list[str]:
    rows = [received(one, position=n) for n, one in enumerate(messages, 1)]
    said: list[str] = clean_batch(rows, facts=facts, now_ms=NOON_MS).frame["flag_reason"].to_list()
    return [next((one for one in each.split(",") if one.startswith("constraint:")), "") for each in said]


reasons_before_a_crash = planned
"""A batch that was planned and never committed."""


def test_what_a_person_does_is_tied_by_the_person() -> None:
    facts = facts_with(order={"kind": "follows", "by": None, "events": ["Left"], "after": ["Came"], "after_days": 0})
    messages = [
        a_message(message_id=f"m{n}", event=event, user_id=user)
        for n, (event, user) in enumerate([("Came", "u1"), ("Left", "u1"), ("Left", "u2")])
    ]
    assert reasons(facts, *messages) == ["", "", "constraint:order"]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"weights": {"accuracy": -1}}, "accuracy"),
        ({"weights": dict.fromkeys(WEIGHTS, 0)}, "no dimension would weigh anything"),
        ({"events": {"Paid": dict.fromkeys(WEIGHTS, 0)}}, "events.Paid"),
        ({"weights": {"beauty": 1}}, "beauty"),
        ({"constraints": {"a,b": {**SHIPPED}}}, "constraints"),
        ({"constraints": {"x": {"kind": "magic", "events": ["A"]}}}, "magic"),
        ({"constraints": {"x": {**SHIPPED, "after": ["Shipped"]}}}, "after itself"),
        ({"constraints": {"x": {**REFUNDS, "of": ["Refunded"]}}}, "both sides"),
        ({"constraints": {"x": {"kind": "together", "events": ["A"], "properties": ["one"]}}}, "length"),
        ({"constraints": {"x": {"kind": "compare", "events": [], "left": "a", "op": "lt", "right": "b"}}}, "length"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused_with_its_place(document: dict[str, Any], said: str) -> None:
    with pytest.raises(BadQuestion, match=said):
        read_quality(document)


def test_weights_of_an_event_stand_over_those_of_its_source_and_these_over_the_workspace() -> None:
    policy = read_quality(
        {
            "weights": {"accuracy": 1, "timeliness": 0},
            "sources": {"till": {"accuracy": 2, "validity": 3}},
            "events": {"Paid": {"accuracy": 4}},
        }
    )
    assert policy.weights_of() == {**WEIGHTS, "accuracy": 1, "timeliness": 0}
    assert policy.weights_of("till") == {**WEIGHTS, "accuracy": 2, "timeliness": 0, "validity": 3}
    assert policy.weights_of("till", "Paid") == {**WEIGHTS, "accuracy": 4, "timeliness": 0, "validity": 3}
    assert policy.weights_of("web", "Paid")["accuracy"] == 4


def test_a_dimension_that_weighs_nothing_does_not_keep_the_index_from_being_100() -> None:
    scores = {**dict.fromkeys(WEIGHTS, 100.0), "timeliness": 10.0}
    assert index(scores, {**WEIGHTS, "timeliness": 0}) == 100.0
    assert index(scores) == pytest.approx(91.0)


def test_what_comes_back_out_of_quarantine_counts_once() -> None:
    facts = facts_with(refunds=REFUNDS)
    assert reasons(facts, an_order(1, "Paid", order_id="o", total=100)) == [""]
    assert reasons(facts, an_order(1, "Paid", order_id="o", total=100)) == [""], "the same payment, replayed"
    assert reasons(facts, an_order(2, "Refunded", order_id="o", back=60)) == [""]
    assert reasons(facts, an_order(2, "Refunded", order_id="o", back=60)) == [""], "the same refund, replayed"
    assert reasons(facts, an_order(3, "Refunded", order_id="o", back=60)) == ["constraint:refunds"]


def test_deleting_the_data_of_a_source_forgets_its_part_of_an_order_alone(tmp_path: Path) -> None:
    with closing(HotStore(tmp_path / "hot.sqlite")) as hot:
        facts = replace(facts_with(refunds=REFUNDS, shipped=SHIPPED), memory=RuleMemory(hot))

        def taken(message: Message, source: str) -> list[str]:
            rows = [received(message, position=1, receipt=a_receipt(source=source))]
            cleaned = clean_batch(rows, facts=facts, now_ms=NOON_MS)
            with hot.write() as connection:
                facts.memory.save(connection, now_ms=NOON_MS)
            facts.memory.settle()
            said: str = cleaned.frame["flag_reason"].to_list()[0]
            return [one for one in said.split(",") if one.startswith("constraint:")]

        assert taken(an_order(1, "Paid", order_id="o", total=100), "till") == []
        assert taken(an_order(2, "Paid", order_id="o", total=10), "web") == []
        assert taken(an_order(3, "Refunded", order_id="o", back=90), "web") == []
        with hot.write() as connection:
            facts.memory.forget_source(connection, "shop", "till")
        assert taken(an_order(4, "Refunded", order_id="o", back=1), "web") == ["constraint:refunds"]
        assert taken(an_order(5, "Paid", order_id="o", total=100), "till") == []
        assert taken(an_order(6, "Refunded", order_id="o", back=19), "web") == []


def test_what_ties_events_is_remembered_as_a_hash_alone(tmp_path: Path) -> None:
    with closing(HotStore(tmp_path / "hot.sqlite")) as hot:
        facts = replace(facts_with(refunds=REFUNDS | {"by": "email"}), memory=RuleMemory(hot))
        clean_batch([received(an_order(1, "Paid", email="ann@x.cn", total=1))], facts=facts, now_ms=NOON_MS)
        with hot.write() as connection:
            facts.memory.save(connection, now_ms=NOON_MS)
        with hot.read() as connection:
            kept = connection.execute("SELECT key FROM rule_memory WHERE kind = 'constraint'").fetchall()
    assert len(kept) == 1
    assert "ann" not in kept[0][0]
