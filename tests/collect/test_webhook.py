"""Payloads of other people's services, read by a mapping: what becomes of each field, and what cannot be read."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from recordings import LIMITS, a_request

from zuji.collect.decode import webhook
from zuji.collect.decode.request import BadBody
from zuji.terms.message import Message
from zuji.terms.source import SourceSettings

CHARGE = {
    "id": "evt_1",
    "type": "charge.succeeded",
    "created": 1_795_305_000,
    "data": {"object": {"customer": "cus_9", "receipt_email": "li@shop.cn", "amount": 129.5, "currency": "cny"}},
}
CHARGE_MAPPING = {
    "event": "$.type",
    "event_names": {"charge.succeeded": "Order Completed"},
    "message_id": "$.id",
    "timestamp": "$.created",
    "user_id": "$.data.object.customer",
    "identifiers": {"email": "$.data.object.receipt_email"},
    "properties": {
        "total": "$.data.object.amount",
        "currency": "$.data.object.currency",
        "coupon": "$.data.object.coupon",
        "topic": "header:x-topic",
        "shop": "query:shop",
        "paid_by": "card",
        "sign": "=$",
    },
}
ORDER = {"order": "o1", "buyer": {"id": 7}, "lines": [{"sku": "a", "n": 1}, {"sku": "b", "n": 2}]}
ORDER_MAPPING = {"items": "$.lines", "event": "Product Bought", "message_id": "$.order", "user_id": "$.buyer.id"}


def settings(mapping: dict[str, Any] | None = None, **others: Any) -> SourceSettings:
    return msgspec.convert({"webhook": mapping, **others}, SourceSettings)


def decode(
    body: object, mapping: dict[str, Any] | None = None, *, target: str = "/v1/webhook?writeKey=k", **others: Any
) -> list[Message]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    limits = settings(mapping, **others.pop("limits", {}))
    return list(webhook.decode(a_request(target, raw, **others), limits).messages)


def decode_one(body: object, mapping: dict[str, Any] | None = None, **others: Any) -> Message:
    [message] = decode(body, mapping, **others)
    return message


def test_each_field_is_read_where_the_mapping_says() -> None:
    message = decode_one(
        CHARGE, CHARGE_MAPPING, target="/v1/webhook?writeKey=k&shop=tea", headers={"X-Topic": "charges"}
    )
    assert msgspec.structs.replace(message, properties=msgspec.Raw(b"")) == Message(
        type="track",
        message_id="evt_1",
        event="Order Completed",
        user_id="cus_9",
        identifiers=(("email", "li@shop.cn"),),
        timestamp=1_795_305_000,
        properties=msgspec.Raw(b""),
    )
    assert json.loads(bytes(message.properties)) == {
        "total": 129.5,
        "currency": "cny",
        "topic": "charges",
        "shop": "tea",
        "paid_by": "card",
        "sign": "$",
    }


def test_a_list_in_the_body_becomes_as_many_events_with_ids_of_their_own() -> None:
    messages = decode(ORDER, ORDER_MAPPING)
    assert [(m.message_id, m.user_id, json.loads(bytes(m.properties))) for m in messages] == [
        ("o1-0", "7", {"sku": "a", "n": 1}),
        ("o1-1", "7", {"sku": "b", "n": 2}),
    ]


def test_an_id_in_each_item_stays_as_it_is() -> None:
    assert [m.message_id for m in decode(ORDER, ORDER_MAPPING | {"message_id": "@.sku"})] == ["a", "b"]


def test_a_bare_array_is_a_list_of_events() -> None:
    body = [{"type": "track", "event": "Paid", "userId": "u1"}, {"event": "Shipped", "userId": "u2"}, 5]
    found = [(m.event, m.user_id, m.problem) for m in decode(body)]
    assert found == [("Paid", "u1", ""), ("Shipped", "u2", ""), ("", "", "not_an_object")]


def test_the_same_body_sent_again_is_the_same_message_and_another_one_is_not() -> None:
    mapping = {name: text for name, text in CHARGE_MAPPING.items() if name != "message_id"}
    once, again = decode_one(CHARGE, mapping), decode_one(CHARGE, mapping)
    assert once.message_id == again.message_id
    assert decode_one(CHARGE | {"created": 1}, mapping).message_id != once.message_id
    assert len({m.message_id for m in decode([{"event": "e", "userId": "u"}] * 3)}) == 3


def test_the_key_in_the_address_is_no_part_of_what_is_said() -> None:
    by_query = decode_one(b"", target="/v1/webhook?writeKey=k&event=Opened&userId=u", method="GET")
    by_path = decode_one(b"", target="/v1/webhook/k?event=Opened&userId=u", method="GET")
    assert by_query == by_path
    assert json.loads(bytes(by_path.properties)) == {"event": "Opened", "userId": "u"}


@pytest.mark.parametrize(
    ("body", "mapping", "problem", "detail"),
    [
        ({"event": "e"}, None, "no_identifier", "finds nobody"),
        ({"userId": "u"}, None, "no_event_name", "no name"),
        ({"type": "charge", "event": "e", "userId": "u"}, None, "unknown_type", "'charge'"),
        ({"type": "unbind", "event": "e", "userId": "u"}, None, "unknown_type", "'unbind'"),
        ({"event": {"a": 1}, "userId": "u"}, None, "wrong_field_type", "`event` must be a text"),
        ({"event": "e", "userId": "u", "timestamp": []}, None, "wrong_field_type", "`timestamp` must be a time"),
        ({"lines": 5}, ORDER_MAPPING, "wrong_field_type", "no list at $.lines"),
        (b"<xml>no</xml>", None, "not_an_object", "got a text"),
        (b"{broken", None, "not_an_object", "got a text"),
        (b"x" * 40_000, None, "not_an_object", "got a text"),
        ({"event": "e", "userId": "u", "more": "x" * 40_000}, None, "event_too_big", "32768"),
    ],
)
def test_what_the_mapping_cannot_read_waits_in_quarantine_with_its_whole_original(
    body: object, mapping: dict[str, Any] | None, problem: str, detail: str
) -> None:
    message = decode_one(body, mapping)
    assert (message.problem, detail in message.detail) == (problem, True), message.detail
    assert json.loads(bytes(message.raw)) == (body.decode() if isinstance(body, bytes) else body)
    assert decode_one(body, mapping).message_id == message.message_id  # sent again it is held once


def test_a_bad_item_is_kept_in_its_body_without_its_neighbours() -> None:
    body = {"order": "o1", "buyer": {"id": 7}, "lines": [{"sku": "a"}, 5, {"sku": "c"}]}
    good, bad, also_good = decode(body, ORDER_MAPPING)
    assert (good.problem, bad.problem, also_good.problem) == ("", "not_an_object", "")
    assert json.loads(bytes(bad.raw)) == {"order": "o1", "buyer": {"id": 7}, "lines": [5]}


def test_a_large_body_is_not_repeated_for_each_of_its_bad_items() -> None:
    body = {"terms": "x" * 30_000, "lines": [5] * 900}
    messages = decode(body, ORDER_MAPPING)
    assert {bytes(message.raw) for message in messages} == {b"5"}


def test_a_value_under_many_names_does_not_outgrow_the_limit_of_an_event() -> None:
    mapping = {"event": "e", "user_id": "u", "properties": {f"copy{n}": "$.text" for n in range(200)}}
    assert decode_one({"text": "x" * 1000}, mapping).problem == "event_too_big"


def test_more_events_than_a_body_may_bring_are_refused() -> None:
    with pytest.raises(BadBody) as refusal:
        decode({"lines": [{}] * 1001}, ORDER_MAPPING)
    assert (refusal.value.status, refusal.value.code) == (413, "too_many_events")


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"  "])
def test_a_call_that_says_nothing_is_answered_and_keeps_nothing(body: bytes) -> None:
    request = a_request("/v1/webhook?writeKey=k", body)
    outcome = webhook.decode(request, LIMITS)
    assert (outcome.count, webhook.answer(request, outcome).status) == (0, 200)


def test_forms_are_read_like_objects_and_json_in_a_field_too() -> None:
    body = b"event=Called&userId=%2B86&payload=%7B%22actions%22%3A%5B1%5D%7D"
    message = decode_one(body, headers={"content-type": "text/plain"})
    assert message.user_id == "+86"
    assert json.loads(bytes(message.properties))["payload"] == {"actions": [1]}


def test_a_profile_takes_only_the_traits_that_were_named() -> None:
    mapping = {"type": "profile", "user_id": "$.id", "traits": {"city": "$.address.city"}}
    message = decode_one({"id": "u1", "address": {"city": "杭州", "street": "x"}}, mapping)
    assert (message.type, message.event) == ("profile", "profile")
    assert json.loads(bytes(message.traits)) == {"city": "杭州"}
    assert bytes(message.properties) == b"{}"


@pytest.mark.parametrize(
    ("target", "headers", "key"),
    [
        ("/v1/webhook/zs_a", {}, "zs_a"),
        ("/v1/webhook?writeKey=zs_b", {"authorization": "Bearer theirs"}, "zs_b"),
        ("/v1/webhook", {"x-write-key": "zs_c"}, "zs_c"),
        ("/v1/webhook/", {}, None),
    ],
)
def test_the_key_stands_in_the_address_or_in_a_header(target: str, headers: dict[str, str], key: str | None) -> None:
    assert webhook.write_key(a_request(target, b"{}", headers=headers)) == key


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ({"user_id": "$..id"}, "`user_id`"),
        ({"user_id": "$.a[*].b"}, "`user_id`"),
        ({"user_id": "$.a[?(@.b)]"}, "`user_id`"),
        ({"properties": {"x": "$" + ".a" * 40}}, "`properties.x`"),
        ({"items": "lines"}, "must be a path"),
        ({"properties": {"x": "header:Authorization"}}, "holds secrets"),
        ({"usr_id": "$.id"}, "usr_id"),
        ({"signature": {"header": "x", "signed": "timestamp.body"}}, "timestamp_header"),
        ({"signature": {"header": "x"}, "message_id": "header:x-id"}, "not signed"),
        ({"signature": {"header": "x", "algorithm": "md5"}}, "md5"),
    ],
)
def test_a_mapping_that_cannot_work_is_refused_when_it_is_set(mapping: dict[str, Any], said: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=r"\S") as refusal:
        settings(mapping)
    assert said in str(refusal.value)


def test_the_secret_is_not_in_what_settings_show_of_themselves() -> None:
    written = f"{settings(CHARGE_MAPPING, webhook_secret='s3cr3t')!r}"
    assert "s3cr3t" not in written
    assert "Order Completed" in written
