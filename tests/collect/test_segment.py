"""The Segment decoder alone: what becomes of bodies."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from gateway_world import NOON, SMALL, a_track

from zuji.collect.decode import segment
from zuji.collect.decode.request import BadBody, Decoded, Request
from zuji.terms.message import Message, decode_messages
from zuji.terms.source import SourceSettings


def a_request(path: str, body: object, **others: Any) -> Request:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    query, headers = others.get("query", {}), others.get("headers", {})
    return Request(method="POST", path=path, query=query, headers=headers, body=raw, received_at=NOON)


def decode(path: str, body: object, *, limits: SourceSettings | None = None, **others: Any) -> Decoded:
    decoded = segment.decode(a_request(path, body, **others), limits or SourceSettings())
    assert len(decode_messages(decoded.body)) == len(decoded.messages)
    return decoded


def decode_batch(*items: object, **envelope: Any) -> tuple[Message, ...]:
    """As the engine will read them."""
    return decode_messages(decode("/v1/batch", {"batch": list(items), **envelope}).body)


def decode_one(item: object) -> Message:
    (message,) = decode_batch(item)
    return message


def parts(raw: object) -> Any:
    return json.loads(bytes(raw))  # type: ignore[call-overload]


def test_a_track_message_keeps_every_field() -> None:
    message = decode_one(
        a_track(
            anonymousId="a1",
            groupId="g1",
            previousId="p1",
            timestamp="2026-11-21T10:00:00Z",
            sentAt="2026-11-21T10:00:01Z",
            context={"library": {"name": "analytics-python", "version": "2.4.0"}, "ip": "1.2.3.4"},
            properties={"total": 12.50, "名": "值"},
            traits={"plan": "gold"},
        )
    )
    assert (message.type, message.event, message.message_id) == ("track", "Order Completed", "m1")
    assert (message.user_id, message.anonymous_id, message.group_id, message.previous_id) == ("u1", "a1", "g1", "p1")
    assert (message.timestamp, message.sent_at) == ("2026-11-21T10:00:00Z", "2026-11-21T10:00:01Z")
    assert parts(message.properties) == {"total": 12.50, "名": "值"}
    assert parts(message.traits) == {"plan": "gold"}
    assert parts(message.context) == {"library": {"name": "analytics-python", "version": "2.4.0"}, "ip": "1.2.3.4"}
    assert (message.problem, message.detail) == ("", "")


@pytest.mark.parametrize("kind", ["track", "identify", "page", "screen", "group", "alias"])
@pytest.mark.parametrize("form", ["long", "short"])
def test_the_path_names_the_type_whatever_the_message_says(kind: str, form: str) -> None:
    path = kind if form == "long" else kind[0]
    (message,) = decode(f"/v1/{path}", a_track(type={"no": "text"}, previousId="p")).messages
    assert (message.type, message.problem) == (kind, "")


@pytest.mark.parametrize("name", ["Track", "TRACK"])
def test_a_type_with_capitals_is_the_same_type(name: str) -> None:
    assert decode_one(a_track(type=name)) == decode_one(a_track())


@pytest.mark.parametrize(
    ("item", "event"),
    [
        ({"type": "page", "userId": "u"}, "page"),
        ({"type": "page", "userId": "u", "name": "Home"}, "Home"),
        ({"type": "screen", "userId": "u", "name": "Cart"}, "Cart"),
        ({"type": "identify", "userId": "u"}, "identify"),
        ({"type": "group", "userId": "u", "groupId": "g"}, "group"),
        ({"type": "alias", "userId": "u", "previousId": "p"}, "alias"),
    ],
)
def test_a_message_without_a_name_is_named_by_its_type(item: dict[str, Any], event: str) -> None:
    assert decode_one(item).event == event


@pytest.mark.parametrize(
    ("sent", "kept"), [(5.0, "5"), (12, "12"), (1.5, "1.5"), (10**20, str(10**20)), ("  u ", "  u "), (-0.0, "0")]
)
def test_numbers_as_ids_become_texts_in_their_shortest_form(sent: object, kept: str) -> None:
    message = decode_one(a_track(userId=sent, groupId=sent, messageId=sent, anonymousId=sent))
    assert [message.user_id, message.group_id, message.message_id, message.anonymous_id] == [kept] * 4


def test_nulls_mean_absent() -> None:
    names = ("anonymousId", "context", "properties", "traits", "integrations", "timestamp", "groupId", "name")
    assert decode_one(a_track(**dict.fromkeys(names))) == decode_one(a_track())


@pytest.mark.parametrize("absent", [{}, {"messageId": None}, {"messageId": ""}])
def test_a_message_without_an_id_gets_a_uuid(absent: dict[str, Any]) -> None:
    item = {"type": "track", "event": "e", "userId": "u", **absent}
    first, second = decode_batch(item, item)
    assert uuid.UUID(first.message_id).version == 4
    assert first.message_id != second.message_id


@pytest.mark.parametrize(
    ("item", "problem"),
    [
        (17, "not_an_object"),
        ("track", "not_an_object"),
        (None, "not_an_object"),
        ([{"type": "track"}], "not_an_object"),
        (a_track(type=None), "unknown_type"),
        (a_track(type="merge"), "unknown_type"),
        (a_track(type="decision"), "unknown_type"),
        (a_track(type="profile"), "unknown_type"),
        (a_track(type="unbind"), "unknown_type"),
        (a_track(type=5), "wrong_field_type"),
        (a_track(userId={"id": 1}), "wrong_field_type"),
        (a_track(userId=True), "wrong_field_type"),
        (a_track(userId=["u"]), "wrong_field_type"),
        (a_track(event=5), "wrong_field_type"),
        (a_track(timestamp={}), "wrong_field_type"),
        (a_track(context="web"), "wrong_field_type"),
        (a_track(properties=[1]), "wrong_field_type"),
        (a_track(traits=5), "wrong_field_type"),
        (a_track(userId=None), "no_identifier"),
        (a_track(userId=""), "no_identifier"),
        (a_track(userId=" \t"), "no_identifier"),
        ({"type": "alias", "previousId": "p"}, "no_identifier"),
        (a_track(event=None), "no_event_name"),
        (a_track(event=""), "no_event_name"),
        (a_track(messageId="x" * 101), "bad_message_id"),
        (a_track(properties={"text": "x" * 40_000}), "event_too_big"),
    ],
)
def test_a_bad_item_is_kept_whole_with_its_reason_beside_good_neighbours(item: Any, problem: str) -> None:
    before, bad, after = decode_batch(a_track(messageId="m0"), item, a_track(messageId="m2"))
    assert (before.problem, bad.problem, after.problem) == ("", problem, "")
    assert (before.message_id, after.message_id) == ("m0", "m2")
    assert bad.detail
    assert parts(bad.raw) == item


def test_a_bad_item_keeps_its_own_id_so_that_a_repeat_is_known() -> None:
    assert decode_one(a_track(userId={}, messageId="m7")).message_id == "m7"
    long = a_track(messageId="x" * 101)
    assert decode_one(long).message_id == decode_one(long).message_id != ""
    assert len(decode_one(long).message_id) <= 100


def test_a_hundred_characters_are_allowed_in_a_message_id() -> None:
    assert decode_one(a_track(messageId="是" * 100)).problem == ""


def test_an_event_of_exactly_the_limit_passes_and_one_byte_more_does_not() -> None:
    def sized(size: int) -> bytes:
        item = json.dumps(a_track(properties={"p": ""}))
        return json.dumps(a_track(properties={"p": "x" * (size - len(item))})).encode()

    fits = decode("/v1/batch", b'{"batch":[%s]}' % sized(1000), limits=SMALL).messages[0]
    too_big = decode("/v1/batch", b'{"batch":[%s]}' % sized(1001), limits=SMALL).messages[0]
    assert (fits.problem, too_big.problem) == ("", "event_too_big")
    with pytest.raises(BadBody) as refused:
        decode("/v1/track", sized(1001), limits=SMALL)
    assert (refused.value.status, refused.value.code) == (400, "event_too_big")


def test_the_context_of_a_batch_lies_under_the_context_of_each_message() -> None:
    shared = {"library": {"name": "lib", "version": "1"}, "ip": "9.9.9.9"}
    own, none = decode_batch(a_track(context={"ip": "1.1.1.1"}), a_track(), context=shared)
    assert parts(own.context) == {"library": {"name": "lib", "version": "1"}, "ip": "1.1.1.1"}
    assert parts(none.context) == shared


def test_integrations_are_kept_in_the_context_those_of_the_message_over_those_of_the_batch() -> None:
    mine, nobody, named = decode_batch(
        a_track(integrations={"All": False}, context={"ip": "1.1.1.1"}),
        a_track(),
        a_track(context={"integrations": "mine"}),
        integrations={"All": True, "Mixpanel": {"key": 1}},
    )
    assert parts(mine.context) == {"ip": "1.1.1.1", "integrations": {"All": False, "Mixpanel": {"key": 1}}}
    assert parts(nobody.context) == {"integrations": {"All": True, "Mixpanel": {"key": 1}}}
    assert parts(named.context) == {"integrations": "mine"}


@pytest.mark.parametrize("integrations", [None, {}, "text", 5, [], True])
def test_integrations_that_say_nothing_are_let_go(integrations: object) -> None:
    message = decode_one(a_track(integrations=integrations, context={"ip": "1.1.1.1"}))
    assert (message.problem, parts(message.context)) == ("", {"ip": "1.1.1.1"})


@pytest.mark.parametrize("context", [None, {}, "text", 5, []])
def test_a_useless_context_of_a_batch_is_let_go(context: object) -> None:
    assert parts(decode_batch(a_track(context={"a": 1}), context=context)[0].context) == {"a": 1}


@pytest.mark.parametrize(
    ("envelope", "header", "expected"),
    [
        ({"sentAt": "2026-11-21T10:00:00Z"}, {}, "2026-11-21T10:00:00Z"),
        ({"sentAt": "of the batch"}, {"sentat": "of the header"}, "of the batch"),
        ({"sentAt": 1_790_000_000_000}, {}, 1_790_000_000_000),
        ({}, {"sentat": "of the header"}, "of the header"),
        ({"sentAt": None}, {"sentat": "of the header"}, "of the header"),
        ({"sentAt": {"no": "time"}}, {}, None),
        ({}, {}, None),
    ],
)
def test_sent_at_is_the_batchs_or_else_the_headers(envelope: Any, header: Any, expected: object) -> None:
    assert decode("/v1/batch", {"batch": [a_track()], **envelope}, headers=header).sent_at == expected


def test_rudders_original_timestamp_beats_timestamp() -> None:
    assert decode_one(a_track(timestamp="late", originalTimestamp="true")).timestamp == "true"


def test_an_import_forgets_when_it_was_first_sent() -> None:
    decoded = decode("/v1/import", {"batch": [a_track(sentAt="then", timestamp="t")], "sentAt": "then"})
    assert (decoded.sent_at, decoded.messages[0].sent_at, decoded.messages[0].timestamp) == (None, None, "t")


def test_what_a_client_must_not_say_is_not_heard() -> None:
    message = decode_one(a_track(forceMerge=True, problem="x", identifiers=[["phone", "1"]], deleteTraits=True))
    assert (message.force_merge, message.problem, message.identifiers, message.delete_traits) == (False, "", (), False)


def test_a_text_cut_inside_a_character_is_repaired() -> None:
    body = (
        json.dumps({"batch": [a_track(event="名字")]}, ensure_ascii=False).encode().replace("字".encode(), b"\xe5\xad")
    )
    assert decode("/v1/batch", body).messages[0].event == "名�"


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/v1/batch", b"", "empty_body"),
        ("/v1/batch", b"  \n", "empty_body"),
        ("/v1/batch", b"{", "invalid_json"),
        ("/v1/batch", b'{"batch":[{"type":"track"]}', "invalid_json"),
        ("/v1/batch", b"[]", "not_a_batch"),
        ("/v1/batch", b"null", "not_a_batch"),
        ("/v1/batch", b'"text"', "not_a_batch"),
        ("/v1/batch", b'{"batch":{}}', "not_a_batch"),
        ("/v1/batch", b'{"batch":[]}', "empty_batch"),
        ("/v1/batch", b'{"batch":null}', "empty_batch"),
        ("/v1/batch", b"{}", "empty_batch"),
        ("/v1/batch", b'{"batch":[' + b"[" * 20_000 + b"]" * 20_000 + b"]}", "invalid_json"),
        ("/v1/track", b"", "empty_body"),
        ("/v1/track", b"[]", "not_an_object"),
        ("/v1/track", b"null", "not_an_object"),
        ("/v1/track", b"{", "invalid_json"),
        ("/v1/track", b'{"userId":"u"} {}', "invalid_json"),
    ],
)
def test_a_useless_body_is_refused_as_a_whole(path: str, body: bytes, code: str) -> None:
    with pytest.raises(BadBody) as refused:
        decode(path, body)
    assert (refused.value.status, refused.value.code) == (400, code)


def test_a_body_of_more_tiny_items_than_any_real_batch_is_refused() -> None:
    with pytest.raises(BadBody) as refused:
        decode("/v1/batch", b'{"batch":[1' + b",1" * segment.MAX_ITEMS + b"]}")
    assert (refused.value.status, refused.value.code) == (413, "too_many_messages")


def test_a_single_message_with_wrong_types_is_kept_with_its_reason() -> None:
    (message,) = decode("/v1/track", {"userId": {}, "event": "e"}).messages
    assert (message.problem, parts(message.raw)) == ("wrong_field_type", {"userId": {}, "event": "e"})


def test_a_pixel_builds_nested_json_from_dotted_names() -> None:
    query = {
        "writeKey": ["k"],
        "userId": ["u"],
        "event": ["Opened"],
        "properties.a.b": ["1"],
        "context.ip": ["1.1.1.1"],
    }
    (message,) = decode("/pixel/v1/track", b"", query=query).messages
    assert (message.type, message.event, message.user_id) == ("track", "Opened", "u")
    assert parts(message.properties) == {"a": {"b": "1"}}
    assert parts(message.context) == {"ip": "1.1.1.1"}


def test_dots_without_end_nest_no_deeper_than_a_real_context() -> None:
    (message,) = decode("/pixel/v1/page", b"", query={"userId": ["u"], "properties" + ".a" * 5000: ["1"]}).messages
    nested, depth = parts(message.properties), 0
    while isinstance(nested, dict):
        (nested,), depth = nested.values(), depth + 1
    assert (nested, depth) == ("1", 7)


def test_a_name_that_is_a_text_and_a_folder_keeps_the_text() -> None:
    (message,) = decode("/pixel/v1/page", b"", query={"userId": ["u"], "name": ["N"], "name.x": ["1"]}).messages
    assert (message.problem, message.event) == ("", "N")


@pytest.mark.parametrize(
    ("headers", "query", "body", "key"),
    [
        ({"authorization": "Basic aw=="}, {}, b"", "k"),
        ({"authorization": "Basic azo="}, {}, b"", "k"),
        ({"authorization": "basic azpzZWNyZXQ="}, {}, b"", "k"),
        ({"authorization": "Bearer k"}, {}, b"", "k"),
        ({"authorization": "Basic !!!"}, {"writeKey": ["k"]}, b"", "k"),
        ({"authorization": "Basic /w=="}, {}, b'{"writeKey":"k"}', "k"),
        ({"authorization": "Digest x"}, {}, b'{"writeKey":"k"}', "k"),
        ({"x-write-key": "k"}, {}, b'{"writeKey":"***"}', "k"),
        ({}, {"writeKey": ["k"]}, b'{"writeKey":"other"}', "k"),
        ({}, {}, b'{"batch":[],"writeKey":"k"}', "k"),
        ({}, {}, b'{"writeKey":5}', None),
        ({}, {}, b"[]", None),
        ({}, {}, b"", None),
        ({}, {}, b"[" * 20_000, None),
    ],
)
def test_the_write_key_is_found_wherever_clients_put_it(headers: Any, query: Any, body: bytes, key: str | None) -> None:
    assert segment.write_key(a_request("/v1/batch", body, headers=headers, query=query)) == key
