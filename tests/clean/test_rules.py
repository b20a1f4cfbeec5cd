"""Rules one by one: what each says, its switch, its parameters, and what a batch that is planned twice remembers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from clean_builders import DAY, NOON_MS, SECOND, a_message, a_receipt, clean, received, some_facts

from zuji.clean.batch import Cleaned, Facts, Received
from zuji.clean.policies import NoPolicies
from zuji.clean.rule_book import MEANINGS, Rules, actions_of, read_rules
from zuji.store.hot import HotStore
from zuji.store.rule_memory import Key, RuleMemory, Touch, touched_since
from zuji.terms.error import BadQuestion
from zuji.terms.event import Flag
from zuji.terms.message import Message
from zuji.terms.policy import Part, Policy


class Decided(NoPolicies):
    """A workspace that decided these rules."""

    def __init__(self, rules: Mapping[str, Any]) -> None:
        self._rules = rules

    def newest(self, workspace: str, part: Part) -> Policy | None:
        return Policy(workspace, part, 1, self._rules, 0, "somebody") if part == "rules" else None


def facts_with(rules: Mapping[str, Any], hot: HotStore | None = None) -> Facts:
    return Facts(names=some_facts().names, policies=Decided(rules), memory=RuleMemory(hot))


def cleaned(*messages: Message, rules: Mapping[str, Any] | None = None, facts: Facts | None = None) -> Cleaned:
    rows = [received(message, position=number) for number, message in enumerate(messages, 1)]
    return clean(*rows, facts=facts or facts_with(rules or {}))


def reasons(*messages: Message, rules: Mapping[str, Any] | None = None, facts: Facts | None = None) -> list[str]:
    return cleaned(*messages, rules=rules, facts=facts).frame["flag_reason"].to_list()


def a_track(event: str = "Product Viewed", at: int = NOON_MS, **properties: Any) -> Message:
    return a_message(event=event, timestamp=at, properties=properties)


def properties_of(outcome: Cleaned) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(outcome.frame["properties"][0])
    return found


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (a_track(dwell=0.4), "view:short"),
        (a_track(duration_ms=999), "view:short"),
        (a_track("Song Played", duration=0.4), ""),
        (a_track(duration_ms=1_000), ""),
        (a_track(price=-1), "negative:price"),
        (a_track(unitPrice="-0.01"), "negative:unitPrice"),
        (a_track(value=-1, currency="HKD"), "negative:value"),
        (a_track(value=-1), ""),
        (a_track("Order Refunded", total=-8), ""),
        (a_track("Order Completed", products=[{"price": 3}, {"price": -3}]), "negative:products.price"),
        (a_track(age=121), "impossible:age"),
        (a_track(age="120"), ""),
        (a_track(lat=91, lng=181), "impossible:lat,impossible:lng"),
        (a_track(lat=-90, lng=180), ""),
        (a_track(scroll_percent=100.5), "impossible:scroll_percent"),
        (a_track(birthday="2027-01-01"), "impossible:birthday"),
        (a_track(birthday="2000-02-30"), "impossible:birthday"),
        (a_track(birthday="2000年2月29日"), ""),
        (a_track(currency="RMBX", revenue=1), "currency:unknown"),
        (a_track(currency="usd", revenue=1), ""),
        (
            a_message(type="identify", traits={"age": 300, "birthday": "1899-12-31"}),
            "impossible:age,impossible:birthday",
        ),
    ],
)
def test_what_cannot_be_is_flagged_with_its_reason_and_stored_as_it_came(message: Message, reason: str) -> None:
    outcome = cleaned(message)
    assert outcome.frame["flag_reason"].to_list() == [reason]
    assert outcome.frame["flags"][0] & Flag.SUSPECT == (Flag.SUSPECT if reason else 0)
    assert outcome.rejections == []


def test_a_rule_that_is_off_says_nothing_and_one_at_quarantine_sets_aside() -> None:
    assert reasons(a_track(price=-1), rules={"negative_number": {"action": "off"}}) == [""]
    outcome = cleaned(a_track(price=-1), a_track(price=1), rules={"negative_number": {"action": "quarantine"}})
    [rejection] = outcome.rejections
    assert (rejection.index, rejection.reason) == (0, "against_rule")
    assert rejection.detail == "negative_number: price is -1"
    assert outcome.kept == [1]


def test_a_repaired_number_is_taken_away_and_kept_beside() -> None:
    outcome = cleaned(a_track(revenue=-5, colour="red"), rules={"negative_number": {"action": "repair"}})
    assert properties_of(outcome) == {"colour": "red", "$original": {"revenue": -5}}
    assert outcome.frame["amount"].to_list() == [None]
    assert outcome.frame["flags"][0] & (Flag.REPAIRED | Flag.SUSPECT) == Flag.REPAIRED


def test_a_place_with_its_sides_swapped_is_put_right() -> None:
    outcome = cleaned(a_track(latitude=120.2, longitude=30.3))
    assert properties_of(outcome) == {
        "latitude": 30.3, "longitude": 120.2, "$original": {"latitude": 120.2, "longitude": 30.3},
    }  # fmt: skip
    assert outcome.frame["flag_reason"].to_list() == ["swapped:latitude"]


def test_the_workspace_gives_properties_ranges_of_their_own() -> None:
    rules = {"out_of_range": {"ranges": {"temperature": {"at_least": -40, "at_most": 60}}}}
    assert reasons(a_track(temperature=61), a_track(temperature=60), rules=rules) == ["range:temperature", ""]


def test_the_same_click_within_a_minute_is_one_too_many_and_another_device_or_button_is_not() -> None:
    def click(at: int, element: str = "buy", device: str = "d1") -> Message:
        return a_message(event="Clicked", timestamp=at, anonymous_id=device, properties={"element": element})

    facts = facts_with({})
    first = NOON_MS - 200 * SECOND
    said = reasons(
        click(first),
        click(first + 59 * SECOND),
        click(first + 60 * SECOND, device="d2"),
        click(first + 60 * SECOND, element="like"),
        facts=facts,
    )
    assert said == ["", "click:repeated", "", ""]
    facts.memory.settle()
    later = [click(first + 118 * SECOND), click(first + 178 * SECOND)]
    assert reasons(*later, facts=facts) == ["click:repeated", ""]


def test_a_batch_that_is_planned_again_is_judged_as_the_first_time() -> None:
    order = a_track("Order Completed", order_id="o1", revenue=1)
    facts = facts_with({})
    assert reasons(order, facts=facts) == [""]
    assert reasons(order, facts=facts) == [""], "the first attempt was not committed"
    facts.memory.settle()
    assert reasons(order, facts=facts) == ["order:repeated"]


def test_orders_are_told_apart_by_the_kind_of_their_events() -> None:
    placed, completed = (a_track(name, order_id="o1", revenue=1) for name in ("Order Placed", "Order Completed"))
    assert reasons(placed, completed, placed) == ["", "", "order:repeated"]


def test_a_refund_needs_an_order_before_it() -> None:
    def refund(order: str, at: int) -> Message:
        return a_track("Order Refunded", at, order_id=order, revenue=-1)

    orders = [a_track("Order Completed", NOON_MS - days * DAY, order_id=f"o{days}", revenue=1) for days in (40, 2)]
    said = reasons(*orders, refund("o2", NOON_MS), refund("o2", NOON_MS - 3 * DAY), refund("o7", NOON_MS))
    assert said == ["", "", "", "refund:before_order", "refund:no_order"]
    assert reasons(orders[1], refund("o7", NOON_MS)) == ["", ""], "orders came in for two days only"


def test_an_outlier_is_told_by_what_was_learnt_before_it() -> None:
    facts = facts_with({})
    usual = [a_track(price=20 + number % 30) for number in range(300)]
    strange = [a_track(price=9_000), a_track(price=60), a_track(price=0.1)]
    assert reasons(*strange, facts=facts) == ["", "", ""]
    assert set(reasons(*usual, facts=facts)) == {""}
    facts.memory.settle()
    assert reasons(*strange, facts=facts) == ["outlier:price", "", "outlier:price"]
    assert reasons(a_track("Product Added", price=9_000), facts=facts) == [""], "another event has its own usual"


def test_numbers_that_one_in_ten_events_have_are_no_outliers() -> None:
    facts = facts_with({})
    reasons(*(a_track(discount=5 if number % 10 == 0 else 0) for number in range(400)), facts=facts)
    facts.memory.settle()
    assert reasons(a_track(discount=5), facts=facts) == [""]


def test_what_rules_remember_survives_a_restart_and_goes_with_the_data_of_its_source(tmp_path: Path) -> None:
    hot = HotStore(tmp_path / "hot.sqlite")
    order = a_track("Order Completed", order_id="o1", revenue=1)
    facts = facts_with({}, hot)
    reasons(order, facts=facts)
    with hot.write() as connection:
        facts.memory.save(connection, now_ms=NOON_MS)
    assert reasons(order, facts=facts_with({}, hot)) == ["order:repeated"]
    again = facts_with({}, hot)
    with hot.write() as connection:
        again.memory.forget_source(connection, "shop", "web")
    assert reasons(order, facts=again) == [""]
    hot.close()


def test_what_rules_did_is_counted_with_the_batch(tmp_path: Path) -> None:
    hot = HotStore(tmp_path / "hot.sqlite")
    facts = facts_with({"impossible_age": {"action": "quarantine"}}, hot)
    reasons(a_track(price=-1), a_track(price=-2), a_track(age=-1), facts=facts)
    with hot.write() as connection:
        facts.memory.save(connection, now_ms=NOON_MS)
    with hot.read() as connection:
        assert touched_since(connection, "shop", NOON_MS - DAY) == {
            Touch("impossible_age", "quarantine", "web"): 1,
            Touch("negative_number", "flag", "web"): 2,
        }
        assert touched_since(connection, "shop", NOON_MS + DAY) == {}
    hot.close()


def test_old_memories_make_room_and_the_table_still_knows_them(tmp_path: Path) -> None:
    hot = HotStore(tmp_path / "hot.sqlite")
    facts = facts_with({}, hot)
    reasons(*(a_track("Order Completed", order_id=f"o{number}") for number in range(50)), facts=facts)
    with hot.write() as connection:
        facts.memory.save(connection, now_ms=NOON_MS)
    assert RuleMemory(hot).get(Key("order", "shop", "o7")) == [NOON_MS, ["Order Completed"]]
    hot.close()


def robots(rules: Mapping[str, Any], *items: Received) -> list[tuple[bool, str]]:
    frame = clean(*items, facts=facts_with(rules)).frame
    return [(bool(flags & Flag.ROBOT), reason) for flags, reason in frame.select("flags", "flag_reason").iter_rows()]


def test_networks_and_honeypots_of_the_workspace_give_robots_away() -> None:
    rules = {
        "robot_network": {"networks": ["203.0.113.0/24", "2001:db8::/48"]},
        "robot_honeypot": {"paths": ["/trap"], "events": ["Trap Sprung"]},
    }
    browser = {"from_browser": True}
    found = robots(
        rules,
        received(a_message(), receipt=a_receipt(ip="203.0.113.77", **browser)),
        received(a_message(), receipt=a_receipt(ip="2001:db8::5", **browser), position=2),
        received(a_message(), receipt=a_receipt(ip="203.0.114.1", **browser), position=3),
        received(a_message(type="page", context={"page": {"url": "https://a.cn/trap?x"}}), position=4),
        received(a_message(event="Trap Sprung"), position=5),
    )
    assert found == [
        (True, "robot:network"),
        (True, "robot:network"),
        (False, ""),
        (True, "robot:honeypot"),
        (True, "robot:honeypot"),
    ]


def test_robots_may_be_set_aside_or_let_be() -> None:
    crawler = received(a_message(context={"userAgent": "Googlebot/2.1"}))
    assert robots({}, crawler) == [(True, "robot:crawler")]
    assert robots({"robot_agent": {"action": "off"}}, crawler) == [(False, "")]
    assert robots({"robot_agent": {"action": "quarantine"}}, crawler) == []


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"short_vew": {}}, "short_vew"),
        ({"short_view": {"action": "repair"}}, "short_view.action"),
        ({"robot_network": {"networks": ["10.0.0.0/33"]}}, "robot_network.networks"),
        ({"out_of_range": {"ranges": {"x": {"at_least": 2, "at_most": 1}}}}, "at_least 2 is above at_most 1"),
    ],
)
def test_rules_that_make_no_sense_are_refused_with_where_and_what(document: dict[str, Any], said: str) -> None:
    with pytest.raises(BadQuestion, match=said):
        read_rules(document)


def test_every_rule_has_a_meaning_in_both_languages_and_may_be_switched_off() -> None:
    assert list(MEANINGS) == list(Rules.__struct_fields__)
    assert all(meaning.en and meaning.zh for meaning in MEANINGS.values())
    assert all("off" in actions_of(rule) for rule in MEANINGS)
