"""Events of Snowplow trackers: what of each kind goes where, what decides on time and person, what is refused."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from recordings import LIMITS, a_request, recorded

from zuji.collect.decode import snowplow
from zuji.collect.decode.answers import PIXEL
from zuji.collect.decode.request import BadBody, Overload
from zuji.terms.message import Message

TP2 = "/com.snowplowanalytics.snowplow/tp2"
SENT = "1795345750626"


def packed(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def an_unstruct(name: str = "product_viewed", data: object = None) -> dict[str, Any]:
    inner = {"schema": f"iglu:cn.shop/{name}/jsonschema/1-0-0", "data": {"sku": "a"} if data is None else data}
    return {"schema": "iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0", "data": inner}


def an_event(**fields: Any) -> dict[str, Any]:
    usual = {"e": "pv", "eid": "e1", "aid": "K", "uid": "u1", "duid": "d1", "dtm": "1795345750624", "stm": SENT}
    return {name: value for name, value in {**usual, **fields}.items() if value is not None}


def decode(*events: object, target: str = TP2) -> list[Message]:
    body = json.dumps({"schema": "iglu:...", "data": events}).encode()
    return list(snowplow.decode(a_request(target, body), LIMITS).messages)


def decode_one(target: str = TP2, **fields: Any) -> Message:
    [message] = decode(an_event(**fields), target=target)
    return message


def properties(message: Message) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(bytes(message.properties))
    return found


def test_a_page_view_has_its_page_its_person_and_both_of_its_times() -> None:
    message = decode_one(
        url="https://shop.cn/tea", page="Tea", refr="https://a.cn/", ua="UA", lang="zh-CN", tv="js-4.10.1", nuid="n1",
        p="web", vp="1280x720",
    )  # fmt: skip
    assert (message.type, message.event, message.message_id) == ("page", "page_view", "e1")
    assert (message.user_id, message.anonymous_id, message.anonymous_identifiers) == (
        "u1", "d1", (("cookie_id", "n1"),),
    )  # fmt: skip
    assert (message.timestamp, message.sent_at) == ("1795345750624", SENT)
    assert (message.library, message.library_version) == ("snowplow-js", "4.10.1")
    assert json.loads(bytes(message.context)) == {
        "page": {"url": "https://shop.cn/tea", "title": "Tea", "referrer": "https://a.cn/"},
        "userAgent": "UA",
        "locale": "zh-CN",
        "direct": True,
        "snowplow": {"vp": "1280x720"},
    }
    assert properties(message) == {"platform": "web"}


@pytest.mark.parametrize("form", ["base64", "plain"])
def test_a_self_describing_event_is_called_by_its_schema_and_its_data_are_its_properties(form: str) -> None:
    contexts = {"schema": "iglu:contexts", "data": [{"schema": "iglu:cn.shop/user/jsonschema/1-0-0", "data": {"a": 1}}]}
    fields = (
        {"ue_px": packed(an_unstruct()), "cx": packed(contexts)}
        if form == "base64"
        else {"ue_pr": json.dumps(an_unstruct()), "co": json.dumps(contexts)}
    )
    message = decode_one(e="ue", sid="s1", **fields)
    assert (message.type, message.event) == ("track", "product_viewed")
    assert properties(message) == {"sku": "a", "event_vendor": "cn.shop", "session_id": "s1", "contexts": contexts}


def test_a_structured_event_is_called_by_its_action() -> None:
    message = decode_one(e="se", se_ca="shop", se_ac="add", se_la="tea", se_pr="pcs", se_va="2.50")
    assert (message.type, message.event) == ("track", "add")
    told = {"category": "shop", "action": "add", "label": "tea", "property": "pcs", "value": 2.5}
    assert properties(message) == told


def test_transactions_and_their_items_carry_numbers() -> None:
    order = decode_one(e="tr", tr_id="o1", tr_tt="129.50", tr_tx="9", tr_cu="CNY", tr_ci="杭州")
    line = decode_one(e="ti", ti_id="o1", ti_sk="a", ti_nm="Tea", ti_ca="drinks", ti_pr="64.75", ti_qu="2", ti_cu="CNY")
    assert (order.event, line.event) == ("transaction", "transaction_item")
    assert properties(order) == {"order_id": "o1", "total": 129.5, "tax": 9, "currency": "CNY", "city": "杭州"}
    assert properties(line) == {
        "order_id": "o1", "sku": "a", "name": "Tea", "category": "drinks", "price": 64.75, "quantity": 2,
        "currency": "CNY",
    }  # fmt: skip


def test_a_page_ping_and_a_screen_view_keep_their_names() -> None:
    screen = an_unstruct("screen_view", {"name": "Home"})
    assert decode_one(e="pp", pp_may="400").event == "page_ping"
    message = decode_one(e="ue", ue_px=packed(screen))
    assert (message.type, message.event) == ("screen", "screen_view")


def test_an_app_is_known_by_its_installation() -> None:
    session = {"schema": "iglu:com.snowplowanalytics.snowplow/client_session/jsonschema/1-0-2",
               "data": {"userId": "install-1", "sessionId": "s9"}}  # fmt: skip
    message = decode_one(duid=None, uid=None, cx=packed({"schema": "iglu:contexts", "data": [5, session]}))
    assert (message.anonymous_id, properties(message)["session_id"]) == ("install-1", "s9")


def test_a_true_time_is_not_corrected_and_one_cut_to_seconds_says_nothing_of_the_clock() -> None:
    true = decode_one(ttm="1795300000000")
    assert (true.timestamp, true.sent_at) == ("1795300000000", None)
    cut = decode_one(dtm="1795345727100", stm="1795345727000")
    assert (cut.timestamp, cut.sent_at) == ("1795345727100", None)


def test_an_application_id_is_kept_only_when_it_is_not_the_key() -> None:
    assert "app_id" not in properties(decode_one())
    assert properties(decode_one(target=TP2 + "?writeKey=k", aid="web-shop"))["app_id"] == "web-shop"


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"e": "xx"}, "unknown_type"),
        ({"e": None}, "unknown_type"),
        ({"e": "se"}, "no_event_name"),
        ({"e": "ue"}, "wrong_field_type"),
        ({"e": "ue", "ue_px": "***"}, "wrong_field_type"),
        ({"e": "ue", "ue_px": packed([1])}, "wrong_field_type"),
        ({"e": "ue", "ue_px": packed({"data": {"schema": "product", "data": {}}})}, "no_event_name"),
        ({"e": "ue", "ue_px": packed(an_unstruct(data=[1]))}, "wrong_field_type"),
        ({"uid": None, "duid": None}, "no_identifier"),
        ({"dtm": {"a": 1}}, "wrong_field_type"),
        ({"eid": "x" * 101}, "bad_message_id"),
    ],
)
def test_an_event_that_cannot_be_used_waits_whole_and_its_neighbours_pass(fields: dict[str, Any], problem: str) -> None:
    bad = an_event(**fields)
    first, second = decode(bad, an_event(eid="e2"))
    assert (first.problem, second.problem, second.message_id) == (problem, "", "e2")
    assert json.loads(bytes(first.raw)) == bad


@pytest.mark.parametrize("request_", recorded("snowplow"), ids=lambda r: f"{r.method} {len(r.body)}")
def test_a_recorded_request_gives_the_same_people_whatever_tracker_sent_it(request_: Any) -> None:
    messages = snowplow.decode(request_, LIMITS).messages
    assert {message.problem for message in messages} == {""}
    assert {(message.user_id, message.anonymous_id) for message in messages} <= {("u1", "anon-u1"), ("u2", "anon-u2")}
    assert snowplow.write_key(request_) == "T"
    assert all(message.library in {"snowplow-py", "snowplow-node"} for message in messages)


@pytest.mark.parametrize(
    ("target", "events", "key"),
    [
        (TP2, [{"aid": "a"}, {"aid": "a"}], "a"),
        (TP2, [{"aid": "a"}, {"aid": "b"}], None),
        (TP2, [{"aid": "a"}, {"aid": 5}, 7], "a"),
        (TP2, [{}], None),
        (TP2 + "?writeKey=w", [{"aid": "a"}], "w"),
    ],
)
def test_the_key_is_the_one_application_id_or_stands_in_the_address(
    target: str, events: list[object], key: str | None
) -> None:
    assert snowplow.write_key(a_request(target, json.dumps({"data": events}).encode())) == key


def test_an_image_carries_one_event_and_is_answered_with_one() -> None:
    request = a_request(f"/i?{urlencode(an_event(se_va='1'))}", method="GET")
    outcome = snowplow.decode(request, LIMITS)
    assert (outcome.count, snowplow.write_key(request), snowplow.answer(request, outcome)) == (1, "K", PIXEL)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"data": 5}', b'{"data": []}'])
def test_a_body_that_brings_no_event_is_refused(body: bytes) -> None:
    with pytest.raises(BadBody) as refusal:
        snowplow.decode(a_request(TP2, body), LIMITS)
    assert refusal.value.status == 400


def test_who_is_over_a_cap_is_told_to_come_again() -> None:
    request = a_request(TP2, b"{}")
    busy, away = Overload("too_many", 7, "slow"), Overload("unavailable", 5, "full")
    told = [(found.status, dict(found.headers)["retry-after"]) for found in map_answers(request, busy, away)]
    assert told == [(429, "7"), (503, "5")]


def map_answers(request: Any, *outcomes: Overload) -> list[Any]:
    return [snowplow.answer(request, outcome) for outcome in outcomes]
