"""Bodies of the Measurement Protocol: names and people, what counts once, and that nothing is lost behind a 204."""

from __future__ import annotations

import json
from typing import Any

import pytest
from recordings import LIMITS, a_request, recorded

from zuji.collect.decode import ga4
from zuji.collect.decode.ga4_commerce import EVENTS
from zuji.collect.decode.request import BadBody, Overload, Request
from zuji.terms.message import Message

TARGET = "/mp/collect?measurement_id=G-1&api_secret=K"
DEBUG = "/debug/mp/collect?measurement_id=G-1&api_secret=K"
STANDARD = {
    "Products Searched", "Product List Viewed", "Promotion Viewed", "Promotion Clicked", "Product Clicked",
    "Product Viewed", "Product Added", "Product Removed", "Cart Viewed", "Checkout Started", "Checkout Step Completed",
    "Payment Info Entered", "Order Completed", "Order Refunded", "Product Added to Wishlist", "Signed Up", "Signed In",
}  # fmt: skip
"""Of the names that the trackers of shops agree on, those that GA4 has a word for."""


def a_body(*events: object, **others: Any) -> dict[str, Any]:
    return {"client_id": "c1", "events": list(events), **others}


def post(body: object, target: str = TARGET) -> Request:
    return a_request(target, body if isinstance(body, bytes) else json.dumps(body).encode())


def decode(body: object) -> list[Message]:
    return list(ga4.decode(post(body), LIMITS).messages)


def properties(message: Message) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(bytes(message.properties))
    return found


def test_a_purchase_is_an_order_with_products_under_our_names() -> None:
    [message] = ga4.decode(recorded("ga4")[0], LIMITS).messages
    assert (message.type, message.event) == ("track", "Order Completed")
    assert (message.user_id, message.anonymous_id, message.timestamp) == ("u1", "1817.1636", 1_795_345_750_624)
    assert json.loads(bytes(message.traits)) == {"tier": "gold", "城市": "杭州"}
    assert json.loads(bytes(message.context)) == {"ga4": {"measurement_id": "G-SHOP1", "event": "purchase"}}
    product = {
        "product_id": "SKU_1", "name": "茶壶", "brand": "Zuji", "category": "tea", "variant": "green", "position": 0,
        "price": 10.01, "quantity": 3,
    }  # fmt: skip
    assert properties(message) == {
        "order_id": "T_12345", "total": 30.03, "tax": 4.9, "shipping": 5.99, "currency": "CNY", "coupon": "SUMMER",
        "session_id": "123", "engagement_time_msec": "100", "products": [product],
    }  # fmt: skip


def test_a_page_view_is_a_page_and_an_own_event_keeps_its_name() -> None:
    page, viewed, own = ga4.decode(recorded("ga4")[1], LIMITS).messages
    assert (page.type, page.event, properties(page)["language"]) == ("page", "page_view", "zh-cn")
    context = json.loads(bytes(page.context))
    told = {"url": "https://shop.cn/tea?utm_source=mail", "title": "Tea", "referrer": "https://a.cn/"}
    assert (context["page"], context["locale"]) == (told, "zh-cn")
    assert viewed.event == "Product Viewed"
    assert (properties(viewed)["product_id"], properties(viewed)["price"]) == ("SKU_1", 9.9)
    assert (own.event, properties(own)) == ("level_up", {"level": 5})


def test_every_name_of_the_shop_is_one_that_other_trackers_use_too() -> None:
    assert set(EVENTS.values()) == STANDARD


def test_user_properties_are_stated_once() -> None:
    body = a_body(
        {"name": ""}, {"name": "a"}, {"name": "b"}, user_properties={"tier": {"value": 1}, "x": {"value": None}}
    )
    assert [bytes(message.traits) for message in decode(body)] == [b"{}", b'{"tier":1}', b"{}"]


def test_user_properties_alone_are_a_profile() -> None:
    [message] = decode(a_body(user_properties={"tier": {"value": "gold"}}))
    assert (message.type, message.anonymous_id, bytes(message.traits)) == ("profile", "c1", b'{"tier":"gold"}')


def ids_of(*events: object, **others: Any) -> list[str]:
    return [message.message_id for message in decode(a_body(*events, **others))]


def test_an_event_with_a_time_counts_once_and_one_without_counts_each_time() -> None:
    view = {"name": "view_item", "params": {"items": []}}
    dated = {"timestamp_micros": 1_795_345_750_624_000}
    assert ids_of(view, **dated) == ids_of(view, **dated)
    assert len(set(ids_of(view, view, **dated))) == 2
    assert ids_of(view, **dated) != ids_of(view, timestamp_micros=1_795_345_750_625_000)
    assert ids_of(view) != ids_of(view)


def test_a_purchase_counts_once_for_its_transaction() -> None:
    def bought(transaction: str, **params: Any) -> dict[str, Any]:
        return {"name": "purchase", "params": {"transaction_id": transaction, **params}}

    assert ids_of(bought("t1")) == ids_of(bought("t1", value=5))
    assert ids_of(bought("t1")) != ids_of(bought("t2"))


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"{broken", "not_an_object"),
        (b"", "not_an_object"),
        ([1], "not_an_object"),
        ({"client_id": "c"}, "wrong_field_type"),
        ({"client_id": {}, "events": [{"name": "a"}]}, "wrong_field_type"),
        (a_body(), "no_event_name"),
        ({"events": [], "user_properties": {"a": {"value": 1}}}, "no_event_name"),
        ({"events": [{"name": "a"}]}, "no_identifier"),
        (a_body({"params": {}}), "no_event_name"),
        (a_body({"name": "a", "params": 5}), "wrong_field_type"),
        (a_body({"name": "a", "timestamp_micros": "soon"}), "wrong_field_type"),
        (a_body({"name": "a"}, timestamp_micros=1e300), "wrong_field_type"),
        (a_body("a"), "not_an_object"),
    ],
)
def test_what_cannot_be_used_is_answered_204_and_waits_whole(body: object, problem: str) -> None:
    request = post(body)
    outcome = ga4.decode(request, LIMITS)
    [message] = outcome.messages
    assert message.problem == problem
    assert json.loads(bytes(message.raw)) == (body.decode() if isinstance(body, bytes) else body)
    assert ga4.answer(request, outcome).status == 204


def test_a_bad_event_waits_with_what_stands_beside_it_and_without_its_neighbours() -> None:
    good, bad = decode(a_body({"name": "a"}, {"params": {}}, user_id="u"))
    assert good.problem == ""
    assert json.loads(bytes(bad.raw)) == {"client_id": "c1", "user_id": "u", "events": [{"params": {}}]}


def test_more_events_than_google_takes_are_taken() -> None:
    assert len(decode(a_body(*[{"name": "a"}] * 40))) == 40


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (BadBody(401, "unknown_write_key", "no"), 204),
        (BadBody(404, "source_disabled", "no"), 204),
        (BadBody(413, "body_too_big", "no"), 413),
        (Overload("unavailable", 5, "full"), 503),
        (Overload("too_many", 5, "slow"), 503),
    ],
)
def test_a_refusal_is_a_204_that_says_so_unless_sending_again_would_help(outcome: Any, status: int) -> None:
    answer = ga4.answer(post(a_body()), outcome)
    assert answer.status == status
    told = dict(answer.headers)
    assert told.get("x-refused") == (outcome.code if isinstance(outcome, BadBody) else None)
    assert ("retry-after" in told) == (status == 503)


def complaints(body: object, outcome: Any = None) -> list[tuple[str, str]]:
    request = post(body, DEBUG)
    answer = ga4.answer(request, outcome or ga4.decode(request, LIMITS))
    assert answer.status == 200
    return [(told["fieldPath"], told["validationCode"]) for told in json.loads(answer.body)["validationMessages"]]


def test_the_debug_path_keeps_nothing_and_finds_nothing_wrong_with_a_good_body() -> None:
    assert ga4.decode(post(a_body({"name": "purchase"}), DEBUG), LIMITS).count == 0
    assert complaints(a_body({"name": "purchase", "params": {"value": 1}})) == []


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"{", [("", "VALUE_INVALID")]),
        ({"events": [{"name": "a"}]}, [("client_id", "VALUE_REQUIRED")]),
        (a_body(), [("events", "VALUE_REQUIRED")]),
        (a_body(*[{"name": "a"}] * 26), [("events", "EXCEEDED_MAX_ENTITIES")]),
        (a_body({}), [("events[0].name", "VALUE_REQUIRED")]),
        (a_body({"name": "1st"}), [("events[0].name", "NAME_INVALID")]),
        (a_body({"name": "a", "params": []}), [("events[0].params", "VALUE_INVALID")]),
        (
            a_body({"name": "a", "params": dict.fromkeys(map(str, range(26)), 1)}),
            [("events[0].params", "EXCEEDED_MAX_ENTITIES")],
        ),
        (a_body(5), [("events[0]", "VALUE_INVALID")]),
        (a_body({"name": "a", "params": {"x": "y" * 140_000}}), [("", "VALUE_OUT_OF_BOUNDS")]),
    ],
)  # fmt: skip
def test_the_debug_path_says_what_google_would_not_take(body: object, found: list[tuple[str, str]]) -> None:
    assert complaints(body) == found


def test_the_debug_path_names_a_key_that_is_wrong() -> None:
    refusal = BadBody(401, "unknown_write_key", "this write key is not known")
    assert complaints(a_body({"name": "a"}), refusal) == [("api_secret", "VALUE_INVALID")]
