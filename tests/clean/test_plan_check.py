"""The decided plan: what it foresees passes, the rest is flagged or set aside, and nothing is looked at without one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from clean_builders import a_message, clean, received, some_facts

from zuji.clean.batch import Cleaned
from zuji.clean.plan_document import read_plan
from zuji.terms.error import BadQuestion
from zuji.terms.event import Flag
from zuji.terms.policy import Part, Policy

PLANNED: dict[str, Any] = {
    "price": {"type": "number", "required": True},
    "currency": {"type": "text", "enum": ["CNY", "USD"]},
    "sku": {"type": "text", "pattern": "^SKU-[0-9]+$"},
    "gift": {"type": "boolean"},
}
GOOD: dict[str, Any] = {"price": 19.9, "currency": "CNY", "sku": "SKU-7", "gift": True}


class OnePlan:
    """A workspace that decided a plan."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document

    def newest(self, workspace: str, part: Part) -> Policy | None:
        """The plan and nothing else."""
        return Policy(workspace, "plan", 1, self.document, 0, "tests") if part == "plan" else None


def cleaned(plan: dict[str, Any], *properties: dict[str, Any], **fields: Any) -> Cleaned:
    facts = replace(some_facts(), policies=OnePlan(plan))
    messages = [a_message(message_id=f"m{number}", properties=one, **fields) for number, one in enumerate(properties)]
    return clean(*(received(message, position=n + 1) for n, message in enumerate(messages)), facts=facts)


def plan_of(mode: str, **more: Any) -> dict[str, Any]:
    return {"events": {"Tea Poured": {"mode": mode, "properties": PLANNED, **more}}}


@pytest.mark.parametrize("mode", ["accept", "warn", "enforce"])
def test_what_the_plan_foresees_passes_untouched(mode: str) -> None:
    found = cleaned(plan_of(mode), GOOD, {"price": 20}, {"price": 1, "gift": None, "extra": 1})
    assert found.rejections == []
    assert found.frame["flag_reason"].to_list() == ["", "", ""]
    assert found.frame["flags"].to_list() == [0, 0, 0]


@pytest.mark.parametrize(
    ("properties", "flag", "detail"),
    [
        ({"currency": "CNY"}, "plan:missing:price", "price is missing"),
        ({"price": None}, "plan:missing:price", "price is missing"),
        ({"price": "19.9"}, "plan:type:price", "price is of the type text"),
        ({"price": True}, "plan:type:price", "price is of the type boolean"),
        ({"price": 1, "currency": "EUR"}, "plan:enum:currency", "currency is none of the planned values"),
        ({"price": 1, "sku": "sku-7"}, "plan:pattern:sku", "sku does not match its pattern"),
        ({"price": 1, "gift": 1}, "plan:type:gift", "gift is of the type integer"),
        (
            {"sku": 7, "currency": "EUR"},
            "plan:missing:price,plan:enum:currency,plan:type:sku",
            "price is missing; currency is none of the planned values; sku is of the type integer",
        ),
    ],
)
def test_what_is_against_the_plan_is_flagged_or_set_aside_and_its_neighbours_pass(
    properties: dict[str, Any], flag: str, detail: str
) -> None:
    warned = cleaned(plan_of("warn"), GOOD, properties, GOOD)
    assert warned.rejections == []
    assert warned.frame["flag_reason"].to_list() == ["", flag, ""]
    assert warned.frame["flags"].to_list() == [0, int(Flag.AGAINST_PLAN), 0]
    enforced = cleaned(plan_of("enforce"), GOOD, properties, GOOD)
    assert [(one.index, one.reason, one.detail) for one in enforced.rejections] == [(1, "against_plan", detail)]
    assert enforced.frame["event_id"].to_list() == ["m0", "m2"]


def test_properties_that_are_not_named_may_be_against_the_plan() -> None:
    found = cleaned(plan_of("warn", others="against"), GOOD | {"color": "red"}, GOOD)
    assert found.frame["flag_reason"].to_list() == ["plan:other:color", ""]


def test_events_that_are_not_in_the_plan_follow_their_own_mode() -> None:
    plan = plan_of("enforce") | {"unplanned": "warn"}
    assert cleaned(plan, {}, event="Tea Spilt").frame["flag_reason"].to_list() == ["plan:unplanned"]
    assert cleaned(plan | {"unplanned": "enforce"}, {}, event="Tea Spilt").rejections[0].reason == "against_plan"


def test_a_plan_for_other_sources_does_not_concern_this_one() -> None:
    assert cleaned(plan_of("enforce", sources=["app"]), {}).rejections == []
    assert len(cleaned(plan_of("enforce", sources=["web"]), {}).rejections) == 1


def test_the_mode_of_the_plan_holds_for_events_that_name_none() -> None:
    plan = {"mode": "enforce", "events": {"Tea Poured": {"properties": PLANNED}}}
    assert [one.reason for one in cleaned(plan, {}).rejections] == ["against_plan"]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"mode": "shout"}, "Invalid enum value 'shout'"),
        ({"events": {"A": {"properties": {"b": {"type": "date"}}}}}, "Invalid enum value 'date'"),
        ({"events": {"A": {"properties": {"b": {"pattern": "("}}}}}, "cannot be read"),
        ({"events": {"A": {"propertys": {}}}}, "unknown field `propertys`"),
        ({"keep_quarantined_days": 0}, ">= 1"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(document: dict[str, Any], said: str) -> None:
    with pytest.raises(BadQuestion, match=said):
        read_plan(document)


def test_a_pattern_that_would_hang_other_engines_takes_no_time() -> None:
    plan = {"events": {"Tea Poured": {"mode": "warn", "properties": {"note": {"pattern": "^(a+)+$"}}}}}
    found = cleaned(plan, {"note": "a" * 5_000 + "!"})
    assert found.frame["flag_reason"].to_list() == ["plan:pattern:note"]
