"""Properties in canonical form, amounts, purposes, robots, new names."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from clean_builders import (
    DAY,
    NOON_MS,
    SECOND,
    a_message,
    a_receipt,
    clean,
    clean_one,
    raw,
    reason_of,
    received,
    some_facts,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from zuji.clean.commerce import millionths_of, telling_of
from zuji.clean.speed import Pace, Speedometer
from zuji.terms.event import PURPOSES, Flag
from zuji.terms.rejection import REASONS

MANY = 40


@pytest.mark.parametrize(
    ("properties", "amount"),
    [
        ({"revenue": 19.9, "total": 25, "value": 1}, "19.9"),
        ({"total": "25.10", "value": 1}, "25.1"),
        ({"value": 7, "amount": 8}, "7"),
        ({"amount": 0.1, "price": 9}, "0.1"),
        ({"price": 0.1, "quantity": 3}, "0.3"),
        ({"price": "2.5"}, "2.5"),
        ({"price": 1234.56, "quantity": 3}, "3703.68"),
        ({"price": 0.1234565, "quantity": 2}, "0.246913"),
        ({"price": 5, "quantity": None}, "5"),
        ({"price": 5, "quantity": 0.5}, "2.5"),
        ({"price": 999_999_999, "quantity": 999_999_999_999}, None),
        ({"total": "999999999999.9999999"}, None),
        ({"revenue": "free", "price": 2}, "2"),
        ({"revenue": -5}, "-5"),
        ({"revenue": 0.1234567}, "0.123457"),
        ({"revenue": 999999999999.999999}, "1000000000000"),
        ({"revenue": 1e12}, None),
        ({"price": 1e11, "quantity": 1e11}, None),
        ({"订单金额": "￥1,299.50"}, "1299.50"),
        ({"实付金额": 80, "订单金额": 88}, "80"),
        ({"revenue": True}, None),
        ({"revenue": [1]}, None),
        ({"revenue": "NaN"}, None),
        ({"revenue": "9" * 5000}, None),
        ({"quantity": 3}, None),
        ({}, None),
    ],
)
def test_the_amount_is_the_exact_decimal_of_the_surest_property(properties: dict[str, Any], amount: str | None) -> None:
    expected = None if amount in (None, "1000000000000") else Decimal(amount or "")
    names = telling_of(properties)
    found = None if names is None else millionths_of(properties, names)
    assert (found if found is None else Decimal(found).scaleb(-6)) == expected


def test_amounts_of_a_batch_are_those_of_its_events_one_by_one() -> None:
    told: list[dict[str, Any]] = [
        {"amount": 0.1, "quantity": 3}, {"price": 0.1, "quantity": 3}, {"revenue": "free", "price": 2, "quantity": 5},
        {"total": 0.1234567}, {"total": True, "price": 4}, {"value": 7, "amount": 8}, {"price": 2}, {"colour": "red"},
        {"amount": None, "price": 3}, {"amount": -5, "quantity": 0}, {"price": 5, "quantity": 0}, {"revenue": 1e12},
    ]  # fmt: skip
    names = [telling_of(properties) for properties in told]
    alone = [name and millionths_of(properties, name) for properties, name in zip(told, names, strict=True)]
    together = clean(*(received(a_message(properties=one), position=number) for number, one in enumerate(told)))
    expected = [None if amount is None else Decimal(amount).scaleb(-6) for amount in alone]
    assert together.frame["amount"].to_list() == expected


@settings(deadline=None)
@given(st.decimals(min_value=-(10**11), max_value=10**11, places=4, allow_nan=False))
def test_an_amount_sent_as_text_or_number_is_stored_exactly(amount: Decimal) -> None:
    assert clean_one(a_message(properties={"revenue": str(amount)}))["amount"] == amount
    assert clean_one(a_message(properties={"revenue": float(amount)}))["amount"] == Decimal(str(float(amount)))


def test_product_category_currency_and_element_have_columns() -> None:
    properties = {"product_id": 17, "category": "茶", "currency": " cny ", "$element_selector": "#buy"}
    row = clean_one(a_message(properties=properties))
    assert (row["product_id"], row["category"], row["currency"], row["element"]) == ("17", "茶", "CNY", "#buy")
    clicked = clean_one(a_message(properties={"$elements_chain": 'button.btn:text="Buy";div.card;body'}))
    assert clicked["element"] == 'button.btn:text="Buy"'


def test_properties_are_stored_with_their_keys_sorted_and_lose_nothing() -> None:
    text = '{"b": 1.50, "a": {"z": null, "y": [1, "茶"]}, "big": 123456789012345678901234567890}'
    sent = msgspec.Raw(text.encode())
    stored = clean_one(a_message(properties=sent))["properties"]
    assert stored == '{"a":{"y":[1,"茶"],"z":null},"b":1.5,"big":123456789012345678901234567890}'
    assert json.loads(stored) == json.loads(text)


def test_rows_about_a_profile_show_its_traits_for_properties() -> None:
    context = {"traits": {"city": "杭州", "name": "old"}}
    row = clean_one(a_message(type="identify", traits={"name": "Li"}, context=context))
    assert json.loads(row["properties"]) == {"city": "杭州", "name": "Li"}
    row = clean_one(a_message(type="profile", traits={"a": 1}, traits_add={"n": 2}, traits_unset=("b",)))
    assert json.loads(row["properties"]) == {"a": 1, "$add": {"n": 2}, "$unset": ["b"]}


@pytest.mark.parametrize("broken", [b"[1]", b'"x"', b"{", b'{"a": 1e999}', b'{"a": "\\ud800"}', b"[" * 5000])
def test_properties_that_are_no_object_are_rejected(broken: bytes) -> None:
    message = a_message(properties=msgspec.Raw(broken))
    assert reason_of(message) == "wrong_field_type"
    assert reason_of(a_message(context=msgspec.Raw(b"[1]"))) == "wrong_field_type"


def test_purposes_sent_are_kept_as_sent_and_otherwise_all_are_allowed() -> None:
    consent = {"consent": {"categoryPreferences": {"ads": False, "analytics": True}}}
    assert clean_one(a_message())["purposes"] == list(PURPOSES)
    assert clean_one(a_message(context=consent))["purposes"] == ["analytics"]
    assert clean_one(a_message(context={"purposes": ["service"]}))["purposes"] == ["service"]
    assert clean_one(a_message(properties={"$purposes": []}))["purposes"] == []


@pytest.mark.parametrize("reason", REASONS)
def test_what_a_decoder_could_not_use_is_rejected_with_its_reason(reason: str) -> None:
    (rejection,) = clean(received(a_message(problem=reason, detail="why"))).rejections
    assert (rejection.reason, rejection.detail) == (reason, "why")


def test_an_unknown_type_or_a_nameless_track_is_rejected() -> None:
    assert reason_of(a_message(type="dance")) == "unknown_type"
    assert reason_of(a_message(type="decision")) == "unknown_type"
    assert reason_of(a_message(event="  ")) == "no_event_name"
    assert clean_one(a_message(type="page", event=""))["event"] == "page"


@pytest.mark.parametrize(
    ("agent", "reason"),
    [
        ("Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)", "robot:crawler"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/141.0.0.0 Safari/537.36", "robot:headless"),
        ("python-requests/2.32.3", "robot:crawler"),
        ("Mozilla/5.0 (Linux; Android 14; 23127PN0CC) AppleWebKit/537.36 Chrome/141.0.0.0 Mobile Safari/537.36", ""),
        ("okhttp/4.9.0", ""),
        ("", ""),
    ],
)
def test_robots_that_say_so_are_flagged_and_kept(agent: str, reason: str) -> None:
    row = clean_one(a_message(context={"userAgent": agent}))
    assert (row["flag_reason"], row["flags"]) == (reason, Flag.ROBOT if reason else 0)


def pages(gaps_ms: list[int], start: int = NOON_MS) -> list[int]:
    times, at = [], start
    for gap in gaps_ms:
        at += gap
        times.append(at)
    return times


def machine_pages(times: list[int]) -> list[bool]:
    speeds = Speedometer()
    return [speeds.page(("w", "s", "anonymous_id", "a"), at, number) for number, at in enumerate(times)]


def test_five_pages_a_second_for_a_minute_are_a_machines() -> None:
    verdicts = machine_pages(pages([200] * 300))
    assert not any(verdicts[:45])
    assert all(verdicts[60:])


@pytest.mark.parametrize(
    "gaps",
    [[0] * 25, [600] * 500, [5_000] * 500, ([0] * 20 + [60_000]) * 20],
    ids=["a restored browser", "leafing fast", "reading", "restoring again and again"],
)
def test_people_in_a_hurry_are_no_machines(gaps: list[int]) -> None:
    assert not any(machine_pages(pages(gaps)))


def test_pages_that_arrive_in_reverse_order_make_nobody_a_machine() -> None:
    assert not any(machine_pages(list(reversed(pages([20_000] * 500)))))


def test_a_machine_counts_as_one_for_an_hour_after_its_last_page_and_not_before_it_began() -> None:
    times = pages([100] * 100)
    speeds = Speedometer()
    device = ("w", "s", "anonymous_id", "a")
    for number, at in enumerate(times):
        speeds.page(device, at, number)
    assert speeds.other(device, times[-1] + 3_600_000)
    assert not speeds.other(device, times[-1] + 3_600_001)
    assert not speeds.other(device, times[0] - SECOND)
    assert not speeds.other(("w", "s", "anonymous_id", "b"), times[-1])


@settings(deadline=None)
@given(st.lists(st.integers(0, 700), min_size=1, max_size=300), st.lists(st.integers(1, 300), max_size=10))
def test_verdicts_on_speed_do_not_depend_on_the_batches(gaps: list[int], cuts: list[int]) -> None:
    items = [
        received(a_message(type="page", event="p", user_id="", anonymous_id="a1", timestamp=at), position=number)
        for number, at in enumerate(pages(gaps, NOON_MS - DAY))
    ]
    whole = clean(*items).frame["flags"].to_list()
    facts, parts, start = some_facts(), [], 0
    for end in [*sorted({min(cut, len(items)) for cut in cuts}), len(items)]:
        parts += clean(*items[start:end], facts=facts).frame["flags"].to_list()
        start = end
    assert parts == whole


def test_what_a_machine_does_between_its_pages_is_a_machines_from_the_page_on_that_gave_it_away() -> None:
    whole = [
        received(a_message(type=kind, event="e", user_id="", anonymous_id="a1", timestamp=NOON_MS), position=number)
        for number, kind in enumerate(["page"] * 30 + ["track", "page", "track", "track"])
    ]
    assert clean(*whole).frame["flag_reason"].to_list() == [""] * 31 + ["robot:rate"] * 3


def test_a_batch_tried_again_counts_its_pages_once() -> None:
    items = [
        received(a_message(type="page", event="p", user_id="", anonymous_id="a1", timestamp=NOON_MS), position=number)
        for number in range(20)
    ]
    facts = some_facts()
    for _ in range(5):
        assert clean(*items, facts=facts).frame["flags"].sum() == 0


def test_the_memory_of_speeds_is_bounded() -> None:
    speeds = Speedometer(most_devices=10)
    for number in range(1_000):
        speeds.page(("w", "s", "anonymous_id", str(number)), NOON_MS, number)
    assert len(speeds._paces) == 10


def test_a_bucket_never_holds_more_than_it_has_room_for() -> None:
    pace = Pace(0.0, 0)
    for _ in range(1_000):
        pace = pace.after_page(0)
    assert pace.level == 31.0


def named(*names: str, event: str = "E", position: int = 1, **settings: Any) -> Any:
    message = a_message(event=event, properties=dict.fromkeys(names, 1))
    return received(message, position=position, new_property_names_per_day=3, **settings)


def test_a_flood_of_new_property_names_is_held_back_and_known_ones_pass() -> None:
    facts = some_facts()
    cleaned = clean(named("a", "b"), named("c", "d"), named("c"), named("e"), named("a", "b", "c"), facts=facts)
    assert [rejection.index for rejection in cleaned.rejections] == [1, 3]
    assert {rejection.reason for rejection in cleaned.rejections} == {"too_many_new_properties"}
    assert clean(named("e"), facts=facts).rejections != []
    assert clean(named("e"), facts=facts, now_ms=NOON_MS + DAY).rejections == []


def test_names_of_pages_are_listed_for_all_pages_together() -> None:
    facts = some_facts()
    for number in range(MANY):
        page = a_message(type="page", event=f"Page {number}", properties={"title": "x"})
        assert clean(received(page, new_property_names_per_day=3), facts=facts).rejections == []


def test_a_rejected_event_brings_no_new_names() -> None:
    facts = some_facts()
    late = a_message(timestamp=NOON_MS + 3 * DAY, properties={"a": 1, "b": 1, "c": 1})
    clean(received(late, new_property_names_per_day=3), facts=facts)
    assert clean(named("d", "e", "f"), facts=facts).rejections == []


def test_traits_count_as_property_names() -> None:
    message = a_message(type="identify", traits=dict.fromkeys("abcd", 1))
    assert reason_of(message, new_property_names_per_day=3) == "too_many_new_properties"
    assert reason_of(message, new_property_names_per_day=4) == ""


def test_raw_parts_of_the_builders_are_json() -> None:
    assert bytes(raw({"a": 1})) == b'{"a":1}'
    assert a_receipt(key="secret").key == "secret"
