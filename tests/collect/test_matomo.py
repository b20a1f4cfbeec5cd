"""Tracking requests of Matomo: what each reports, when it was, what a bulk is told, where the key may stand."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from recordings import LIMITS, NOON, a_request, recorded

from zuji.collect.decode import matomo
from zuji.collect.decode.answers import PIXEL
from zuji.collect.decode.request import BadBody, Overload, Request
from zuji.terms.message import Message

USUAL = {"idsite": "K", "rec": "1", "_id": "0123456789abcdef"}


def ask(**fields: str) -> Request:
    query = urlencode({name: value for name, value in {**USUAL, **fields}.items() if value != ""})
    return a_request(f"/matomo.php?{query}", method="GET")


def bulk(*requests: object, **others: Any) -> Request:
    return a_request("/piwik.php", json.dumps({"requests": requests, **others}).encode())


def decode_one(**fields: str) -> Message:
    [message] = matomo.decode(ask(**fields), LIMITS).messages
    return message


def properties(message: Message) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(bytes(message.properties))
    return found


def test_a_page_view_has_its_page_its_person_and_the_time_of_its_receipt() -> None:
    message = decode_one(
        url="https://shop.cn/tea", action_name="Tea", urlref="https://a.cn/", uid="u1", lang="zh", ua="UA",
        cip="1.2.3.4", _rcn="spring", _rck="tea", cookie="1", dimension1="gold", token_auth="secret",
    )  # fmt: skip
    assert (message.type, message.event, message.timestamp) == ("page", "page_view", NOON)
    assert (message.user_id, message.anonymous_id) == ("u1", "0123456789abcdef")
    assert json.loads(bytes(message.context)) == {
        "page": {"url": "https://shop.cn/tea", "title": "Tea", "referrer": "https://a.cn/"},
        "campaign": {"name": "spring", "term": "tea"},
        "userAgent": "UA",
        "locale": "zh",
        "ip": "1.2.3.4",
        "direct": True,
        "matomo": {"cookie": "1"},
    }
    assert properties(message) == {"dimension1": "gold"}


@pytest.mark.parametrize(
    ("fields", "event", "told"),
    [
        (
            {"e_c": "shop", "e_a": "add", "e_n": "tea", "e_v": "2.5"},
            "add",
            {"category": "shop", "action": "add", "label": "tea", "value": 2.5},
        ),
        (
            {"search": "tea", "search_cat": "drinks", "search_count": "3"},
            "Products Searched",
            {"query": "tea", "category": "drinks", "results": 3},
        ),
        ({"link": "https://b.cn/"}, "Link Clicked", {"url": "https://b.cn/"}),
        ({"download": "https://a.cn/f.pdf", "url": "https://a.cn"}, "File Downloaded", {"url": "https://a.cn/f.pdf"}),
        ({"idgoal": "7", "revenue": "12"}, "Goal Converted", {"goal_id": "7", "revenue": 12}),
        ({"c_n": "Ad", "c_p": "a.png"}, "Content Viewed", {"content": "Ad", "piece": "a.png"}),
        ({"c_n": "Ad", "c_i": "click"}, "Content Clicked", {"content": "Ad", "interaction": "click"}),
        (
            {"_pks": "SKU1", "_pkn": "Tea", "_pkc": "drinks", "_pkp": "9.9"},
            "Product Viewed",
            {"product_id": "SKU1", "name": "Tea", "category": "drinks", "price": 9.9},
        ),
        ({"ping": "1"}, "page_ping", {}),
    ],
)
def test_what_a_request_reports_is_told_by_its_parameters(
    fields: dict[str, str], event: str, told: dict[str, Any]
) -> None:
    message = decode_one(**fields)
    assert (message.type, message.event, properties(message)) == ("track", event, told)


def test_an_order_has_its_products_and_a_cart_has_no_order() -> None:
    items = json.dumps([["SKU1", "Tea pot", ["tea", "pots"], 64.75, 2], ["SKU2"]])
    order = decode_one(idgoal="0", ec_id="o1", revenue="129.5", ec_st="120", ec_tx="9.5", ec_items=items)
    products = [
        {
            "product_id": "SKU1", "name": "Tea pot", "category": "tea", "categories": ["tea", "pots"], "price": 64.75,
            "quantity": 2,
        },
        {"product_id": "SKU2"},
    ]  # fmt: skip
    assert order.event == "Order Completed"
    assert properties(order) == {"order_id": "o1", "total": 129.5, "subtotal": 120, "tax": 9.5, "products": products}
    cart = decode_one(idgoal="0", revenue="64.75", ec_items=items)
    assert (cart.event, properties(cart)) == ("Cart Updated", {"total": 64.75, "products": products})


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"cdt": "2026-11-20 10:00:00"}, "2026-11-20T10:00:00Z"),
        ({"cdt": "1795300000"}, "1795300000"),
        ({"cdo": "60"}, NOON - 60_000),
        ({"cdo": "-5"}, NOON),
        ({}, NOON),
    ],
)
def test_the_time_is_told_or_so_long_ago_or_now(fields: dict[str, str], at: object) -> None:
    assert decode_one(**fields).timestamp == at


def test_a_request_with_a_mark_of_its_own_counts_once_and_one_without_each_time() -> None:
    def id_with(**fields: str) -> str:
        return decode_one(**fields).message_id

    assert id_with(rand="1", url="/a") == id_with(rand="1", url="/a")
    assert id_with(rand="1", url="/a") != id_with(rand="2", url="/a")
    assert id_with(rand="1", url="/a") != id_with(rand="1", url="/b")
    assert id_with(cdt="1795300000") == id_with(cdt="1795300000", token_auth="other")
    assert id_with(url="/a") != id_with(url="/a")


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"_id": ""}, "no_identifier"),
        ({"e_c": "shop"}, "no_event_name"),
        ({"idgoal": "0", "ec_items": "{"}, "wrong_field_type"),
        ({"idgoal": "0", "ec_items": "[5]"}, "wrong_field_type"),
    ],
)
def test_a_request_that_cannot_be_used_waits_whole_but_without_its_token(fields: dict[str, str], problem: str) -> None:
    message = decode_one(token_auth="secret", **fields)
    assert message.problem == problem
    kept = {name: value for name, value in {**USUAL, **fields}.items() if value}
    assert json.loads(bytes(message.raw)) == kept


def test_a_bulk_is_told_how_many_were_tracked_and_which_were_not() -> None:
    request = bulk("?_id=1&rec=1&url=%2Fa", {"_id": "2", "url": "/b"}, 5, "rec=1", token_auth="K")
    outcome = matomo.decode(request, LIMITS)
    assert [message.problem for message in outcome.messages] == ["", "", "not_an_object", "no_identifier"]
    answer = matomo.answer(request, outcome)
    assert (answer.status, json.loads(answer.body)) == (
        200,
        {"status": "success", "tracked": 2, "invalid": 2, "invalid_indices": [2, 3]},
    )


def test_a_form_is_read_like_an_address() -> None:
    body = urlencode({**USUAL, "action_name": "茶"}).encode()
    [message] = matomo.decode(a_request("/matomo.php", body), LIMITS).messages
    assert json.loads(bytes(message.context))["page"] == {"title": "茶"}


@pytest.mark.parametrize(
    ("request_", "key"),
    [
        (ask(), "K"),
        (ask(token_auth="T"), "T"),
        (ask(writeKey="W", token_auth="T"), "W"),
        (a_request("/matomo.php", b"idsite=F&rec=1"), "F"),
        (bulk("?idsite=1", token_auth="T"), "T"),
        (bulk("?idsite=1&token_auth=A", "?idsite=2&token_auth=A"), "A"),
        (bulk("?idsite=1", "?idsite=1"), "1"),
        (bulk("?idsite=1", "?idsite=2"), None),
        (bulk(5), None),
        (a_request("/matomo.php", b"{"), None),
    ],
)
def test_the_key_is_the_token_or_the_site(request_: Request, key: str | None) -> None:
    assert matomo.write_key(request_) == key


@pytest.mark.parametrize("request_", recorded("matomo"), ids=lambda r: f"{r.method} {len(r.query)}")
def test_a_recorded_request_is_kept_whole(request_: Request) -> None:
    messages = matomo.decode(request_, LIMITS).messages
    assert {message.problem for message in messages} == {""}
    assert {message.anonymous_id for message in messages} == {"0123456789abcdef"}
    assert matomo.write_key(request_) == "T"


def test_an_image_is_answered_with_one_unless_nobody_wants_it() -> None:
    for fields, answer in (({}, PIXEL.status), ({"send_image": "0"}, 204)):
        assert matomo.answer(ask(**fields), matomo.decode(ask(**fields), LIMITS)).status == answer
    assert matomo.answer(ask(), matomo.decode(ask(), LIMITS)) == PIXEL


@pytest.mark.parametrize("kind", ["too_many", "unavailable"])
def test_overload_is_a_503_for_both_kinds_of_request(kind: Any) -> None:
    for request in (ask(), bulk("?_id=1")):
        answer = matomo.answer(request, Overload(kind, 5, "later"))
        assert (answer.status, dict(answer.headers)["retry-after"]) == (503, "5")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"{}", b'{"requests": 5}', b'{"requests": []}', b"&".join([b"a=1"] * 2000)]
)
def test_a_request_that_brings_nothing_to_track_is_refused(body: bytes) -> None:
    with pytest.raises(BadBody) as refusal:
        matomo.decode(a_request("/matomo.php", body), LIMITS)
    assert refusal.value.status in {400, 413}
    assert json.loads(matomo.answer(a_request("/matomo.php", body), refusal.value).body)["code"] == refusal.value.code
