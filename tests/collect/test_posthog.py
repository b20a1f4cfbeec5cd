"""What PostHog clients say, and what becomes of it."""

from __future__ import annotations

import base64
import gzip
import json
from urllib.parse import quote, urlencode

import pytest
from recordings import LIMITS, NOON, a_request, recorded

from zuji.collect.decode.posthog import answer, decode, document, write_key
from zuji.collect.decode.request import BadBody, Decoded, Overload, Request
from zuji.terms.message import Message
from zuji.terms.source import SourceSettings

UUID = "01a2006b-907a-7394-a5f4-52433e39f63c"
V1 = "/i/v1/analytics/events"


def an_event(**changes: object) -> dict[str, object]:
    """A capture of the browser client; `None` leaves a field out."""
    event: dict[str, object] = {
        "uuid": UUID,
        "event": "viewed",
        "distinct_id": "anon-1",
        "properties": {"$lib": "web", "$lib_version": "1.449.2", "price": 3},
        "timestamp": "2026-11-21T23:22:59.066Z",
    }
    event.update(changes)
    return {name: value for name, value in event.items() if value is not None}


def a_batch(*events: object, target: str = "/batch/", **fields: object) -> Request:
    return a_request(target, json.dumps({"api_key": "phc_K", "batch": events, **fields}).encode())


def decode_one(*, limits: SourceSettings = LIMITS, **changes: object) -> Message:
    return decode(a_batch(an_event(**changes)), limits).messages[0]


def told(value: object) -> dict[str, object]:
    return json.loads(bytes(value))


@pytest.mark.parametrize("request_", recorded("posthog"), ids=lambda r: f"{r.method} {r.path} {len(r.body)}")
def test_every_recorded_request_is_understood(request_):
    if document(request_) is not None:
        assert document(request_).status == 200
        return
    messages = decode(request_, LIMITS).messages
    assert messages
    assert {message.problem for message in messages} == {""}
    assert write_key(request_) in ("K", "phc_K")


ONE = json.dumps(an_event(api_key="phc_K")).encode()
MANY = json.dumps({"api_key": "phc_K", "batch": [an_event()]}).encode()
WRAPPINGS = {
    "one event": a_request("/capture/", ONE),
    "batch": a_request("/batch/", MANY),
    "gzip that nobody announced": a_request("/e/", gzip.compress(MANY), headers={"Content-Type": "text/plain"}),
    "gzip undone by the gateway": a_request("/batch/", gzip.compress(MANY), headers={"Content-Encoding": "gzip"}),
    "form of base64": a_request("/e/?compression=base64", urlencode({"data": base64.b64encode(MANY)}).encode()),
    "form of base64 of gzip": a_request("/e/", urlencode({"data": base64.b64encode(gzip.compress(MANY))}).encode()),
    "form of plain JSON": a_request("/e/", urlencode({"data": MANY}).encode()),
    "base64 alone": a_request("/e/", base64.b64encode(MANY)),
    "query": a_request(f"/e/?data={quote(base64.b64encode(ONE))}", method="GET"),
    "array": a_request("/e/", json.dumps([an_event(properties={"token": "phc_K"})]).encode()),
    "key in the form": a_request("/e/", urlencode({"data": json.dumps([an_event()]), "api_key": "phc_K"}).encode()),
    "key in the query": a_request("/e/?api_key=phc_K", json.dumps([an_event()]).encode()),
    "bearer": a_request(V1, json.dumps({"batch": [an_event()]}).encode(), headers={"Authorization": "Bearer phc_K"}),
}


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_events_and_key_are_found_in_every_wrapping(wrapping):
    request = WRAPPINGS[wrapping]
    assert [(m.problem, m.event, m.message_id) for m in decode(request, LIMITS).messages] == [("", "viewed", UUID)]
    assert write_key(request) == "phc_K"


def test_mixed_keys_are_no_key():
    events = [an_event(properties={"token": "a"}), an_event(properties={"token": "b"})]
    assert write_key(a_request("/e/", json.dumps(events).encode())) is None
    assert write_key(a_request("/e/", json.dumps(events[:1]).encode())) == "a"
    assert write_key(a_request("/e/", json.dumps({"api_key": "a", "token": "b", "batch": events}).encode())) is None
    assert write_key(a_request("/e/", b"no json at all")) is None


def test_an_events_own_property_never_stands_for_the_key_of_its_batch():
    assert write_key(a_batch(an_event(properties={"token": "theirs", "api_key": "theirs"}))) == "phc_K"


def test_every_event_becomes_the_message_it_means():
    kinds = {
        "viewed": "track", "$autocapture": "track", "$identify": "identify", "$create_alias": "alias",
        "$groupidentify": "group", "$pageview": "page", "$screen": "screen", "$set": "profile",
        "$merge_dangerously": "alias",
    }  # fmt: skip
    messages = {event: decode_one(event=event) for event in kinds}
    assert {event: message.type for event, message in messages.items()} == kinds
    assert {event for event, message in messages.items() if message.force_merge} == {"$merge_dangerously"}


@pytest.mark.parametrize(
    ("event", "property_name"),
    [("$identify", "$anon_distinct_id"), ("$create_alias", "alias"), ("$merge_dangerously", "alias")],
)
def test_the_other_id_of_a_merge_is_the_anonymous_side(event, property_name):
    message = decode_one(event=event, distinct_id="U1", properties={property_name: "anon-1"})
    assert message.identifiers == (("distinct_id", "U1"),)
    assert message.anonymous_identifiers == (("distinct_id", "anon-1"),)
    assert (message.user_id, message.anonymous_id, message.previous_id) == ("", "", "")
    same = decode_one(event=event, distinct_id="U1", properties={property_name: "U1"})
    assert same.anonymous_identifiers == ()


def test_another_event_has_no_anonymous_side():
    assert decode_one(properties={"$anon_distinct_id": "a", "alias": "b"}).anonymous_identifiers == ()


@pytest.mark.parametrize(
    "place",
    [
        {"distinct_id": 5.0},
        {"distinct_id": None, "properties": {"distinct_id": "5"}},
        {"distinct_id": None, "$distinct_id": 5},
    ],
)
def test_the_distinct_id_is_found_where_clients_put_it(place):
    message = decode_one(**place)
    assert message.identifiers == (("distinct_id", "5"),)
    assert b"distinct_id" not in bytes(message.properties)


def test_a_source_may_say_that_identified_ids_are_users():
    says_so = SourceSettings(distinct_id_is_user_id=True)
    users = [
        decode_one(limits=says_so, event="$identify", distinct_id="U1").user_id,
        decode_one(limits=says_so, distinct_id="U1", properties={"$is_identified": True}).user_id,
        decode_one(limits=says_so, distinct_id="anon-1", properties={"$is_identified": False}).user_id,
        decode_one(event="$identify", distinct_id="U1").user_id,
    ]
    assert users == ["U1", "U1", "", ""]


def test_traits_are_taken_from_both_places_and_leave_the_properties():
    message = decode_one(
        properties={
            "$set": {"plan": "free", "a": 1},
            "$set_once": {"first": 1, "utm_source": None},
            "$unset": ["old"],
            "b": 2,
        },
        **{"$set": {"plan": "pro"}, "$unset": ["older"]},
    )
    assert told(message.traits) == {"plan": "pro", "a": 1}
    assert told(message.traits_once) == {"first": 1}
    assert message.traits_unset == ("old", "older")
    assert told(message.properties) == {"b": 2}


def test_a_group_is_named_by_its_type_and_key():
    group = decode_one(
        event="$groupidentify", properties={"$group_type": "company", "$group_key": 7, "$group_set": {"n": 1}}
    )
    assert (group.group_id, told(group.traits)) == ("company:7", {"n": 1})
    assert decode_one(properties={"$groups": {"company": "c1", "team": "t"}}).group_id == "company:c1"


def test_what_the_v1_endpoint_lifts_out_comes_back():
    request = a_request(
        V1,
        json.dumps({
            "created_at": "2026-11-21T23:16:03Z",
            "batch": [an_event(session_id="s", options={"process_person_profile": False}, properties={"a": 1})],
        }).encode(),
        headers={"PostHog-Sdk-Info": "posthog-python/7.91.1", "PostHog-Request-Timestamp": "2026-11-21T23:16:09Z"},
    )  # fmt: skip
    decoded = decode(request, LIMITS)
    [message] = decoded.messages
    assert told(message.properties) == {"a": 1, "$session_id": "s", "$process_person_profile": False}
    assert (message.library, message.library_version) == ("posthog-python", "7.91.1")
    assert decoded.sent_at == "2026-11-21T23:16:09Z"


def test_the_key_is_never_stored():
    request = a_batch(an_event(token="phc_K", properties={"token": "phc_K", "api_key": "phc_K"}))
    assert b"phc_K" not in decode(request, LIMITS).body


@pytest.mark.parametrize(
    ("fields", "event", "expected"),
    [
        ({"sent_at": "2026-11-21T23:00:00Z"}, {"offset": 5000}, 1_795_302_000_000 - 5000),
        ({"sent_at": 1_795_302_000_000}, {"offset": 5000.9}, 1_795_302_000_000 - 5000),
        ({}, {"offset": 5000}, NOON - 5000),
        ({"sent_at": "no time"}, {"offset": 5000}, NOON - 5000),
        ({}, {"offset": -1}, None),
        ({}, {"offset": "5000"}, None),
        ({}, {"offset": 1e300, "properties": {"$time": 1795303379.12}}, 1795303379.12),
        ({}, {"offset": 5000, "timestamp": "2026-11-21T23:22:59Z"}, "2026-11-21T23:22:59Z"),
    ],
)
def test_an_offset_counts_back_from_the_sending(fields, event, expected):
    request = a_batch(an_event(**{"timestamp": None, **event}), **fields)
    assert decode(request, LIMITS).messages[0].timestamp == expected


def test_the_sending_is_told_once_for_the_batch():
    assert decode(a_batch(an_event(), sent_at="2026-11-21T23:00:00Z"), LIMITS).sent_at == "2026-11-21T23:00:00Z"
    assert decode(a_request("/e/?_=1795302000000", ONE), LIMITS).sent_at == "1795302000000"
    assert decode(a_batch(an_event(), sent_at={"a": 1}), LIMITS).sent_at is None


def test_an_event_without_a_uuid_gets_an_id_of_its_own():
    first, second = decode_one(uuid=None), decode_one(uuid=None)
    assert len(first.message_id) == 36
    assert first.message_id != second.message_id
    assert decode_one(uuid=None, properties={"$insert_id": "8yza8jzp"}).message_id == "8yza8jzp"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"event": None}, "no_event_name"),
        ({"event": ""}, "no_event_name"),
        ({"distinct_id": None}, "no_identifier"),
        ({"distinct_id": " "}, "no_identifier"),
        ({"distinct_id": ["a"]}, "wrong_field_type"),
        ({"properties": "none"}, "wrong_field_type"),
        ({"$set": ["a"]}, "wrong_field_type"),
        ({"$unset": "a"}, "wrong_field_type"),
        ({"timestamp": {"at": 1}}, "wrong_field_type"),
        ({"uuid": "x" * 101}, "bad_message_id"),
        ({"properties": {"big": "x" * 40_000}}, "event_too_big"),
    ],
)
def test_a_bad_event_is_set_aside_in_a_batch_and_refused_alone(changes, problem):
    bad = an_event(**changes)
    messages = decode(a_batch(an_event(), bad, an_event()), LIMITS).messages
    assert [message.problem for message in messages] == ["", problem, ""]
    assert told(messages[1].raw) == bad
    with pytest.raises(BadBody) as refusal:
        decode(a_request("/capture/", json.dumps(bad).encode()), LIMITS)
    assert (refusal.value.status, refusal.value.code) == (400, problem)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty_body"),
        (b"data=", "empty_body"),
        (b"{", "invalid_json"),
        (b'"text"', "invalid_json"),
        (b"1", "bad_base64"),
        (base64.b64encode(b'"text"'), "not_an_object"),
        (b"[]", "empty_batch"),
        (b'{"batch": []}', "empty_batch"),
        (b'{"batch": {}}', "not_a_batch"),
        (b'{"batch": [' + b"1," * 60_000 + b"1]}", "too_many_events"),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, "invalid_json"),
        (b"\x1f\x8bdamaged", "bad_compression"),
    ],
)
def test_a_useless_body_is_refused_with_a_reason(body, code):
    request = Request("POST", "/batch", {}, {}, body, NOON)
    with pytest.raises(BadBody) as refusal:
        decode(request, LIMITS)
    assert refusal.value.code == code
    assert write_key(request) is None


def test_success_is_told_as_each_endpoint_tells_it():
    good, bad = an_event(), an_event(uuid="2", event=None)
    request = a_batch(good, bad)
    assert json.loads(answer(request, decode(request, LIMITS)).body) == {"status": 1}
    request = a_batch(good, bad, target=V1)
    results = json.loads(answer(request, decode(request, LIMITS)).body)["results"]
    assert results[UUID] == {"result": "ok"}
    assert results["2"] == {"result": "drop", "details": "no_event_name: an event needs `event`"}


@pytest.mark.parametrize("kind", ["too_many", "unavailable"])
def test_overload_is_never_a_429_because_the_browser_client_would_drop_the_events(kind):
    response = answer(a_batch(), Overload(kind, 7, "later"))
    assert (response.status, dict(response.headers)["retry-after"]) == (503, "7")


def test_errors_carry_the_words_every_client_looks_for():
    response = answer(a_batch(), BadBody(401, "unknown_write_key", "not known"))
    words = json.loads(response.body)
    assert (response.status, words["code"]) == (401, "unknown_write_key")
    assert {words["message"], words["detail"], words["error"]} == {"not known"}


def test_flags_are_none_and_configuration_lets_clicks_through():
    for target in ("/flags/?v=2", "/decide/?v=3"):
        flags = json.loads(document(a_request(target, b"{}")).body)
        assert (flags["flags"], flags["featureFlags"], flags["errorsWhileComputingFlags"]) == ({}, {}, False)
    settings = json.loads(document(a_request("/array/phc_K/config", method="GET")).body)
    assert (settings["token"], settings["autocapture_opt_out"], settings["sessionRecording"]) == ("phc_K", False, False)
    script = document(a_request("/array/phc_K/config.js", method="GET"))
    assert dict(script.headers)["content-type"] == "application/javascript"
    assert b'"phc_K":{"config":{"token":"phc_K"' in script.body


def test_a_key_that_could_break_out_of_the_script_is_no_document():
    assert document(a_request("/array/%3C%2Fscript%3E/config.js", method="GET")) is None
    assert document(Request("GET", '/array/"];alert(1)//config.js', {}, {}, b"", NOON)) is None
    assert document(a_batch(an_event())) is None


def test_nothing_decoded_is_still_a_success():
    assert answer(a_batch(), Decoded.of(())).status == 200
