"""Events and updates of Mixpanel's clients: who they are about, what is done with traits, and what each is answered."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
import pytest
from recordings import LIMITS, a_request, recorded

from zuji.collect.decode import mixpanel
from zuji.collect.decode.request import BadBody, Overload, Request
from zuji.terms.message import Message
from zuji.terms.source import SourceSettings


def a_post(path: str, value: object, *, form: str = "base64", tail: str = "", **others: Any) -> Request:
    raw = json.dumps(value).encode()
    if form == "json":
        return a_request(path, raw, **others)
    data = base64.b64encode(raw).decode() if form == "base64" else raw.decode()
    return a_request(path, f"data={quote(data)}{tail}".encode(), **others)


def track(event: str = "Viewed", limits: SourceSettings = LIMITS, **properties: Any) -> Message:
    told = {"token": "K", "distinct_id": "d1", "$insert_id": "i1", "time": 1_795_300_000, **properties}
    told = {name: value for name, value in told.items() if value is not None}
    [message] = mixpanel.decode(a_post("/track", {"event": event, "properties": told}), limits).messages
    return message


def update(path: str = "/engage", **fields: Any) -> Message:
    item = {"$token": "K", "$distinct_id": "d1", "$time": 1_795_300_000.25}
    told = {name.replace("S_", "$", 1): value for name, value in fields.items()}
    item = {name: value for name, value in {**item, **told}.items() if value is not None}
    [message] = mixpanel.decode(a_post(path, item), LIMITS).messages
    return message


def read(raw: msgspec.Raw) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(bytes(raw))
    return found


def test_an_event_has_its_id_its_time_and_its_own_properties() -> None:
    message = track(mp_lib="python", price=9.9, **{"$lib_version": "5.4", "$os": "iOS"})
    assert (message.type, message.event, message.message_id, message.timestamp) == (
        "track", "Viewed", "i1", 1_795_300_000,
    )  # fmt: skip
    assert (message.library, message.library_version) == ("mixpanel-python", "5.4")
    assert read(message.properties) == {"price": 9.9, "$os": "iOS"}


@pytest.mark.parametrize(
    ("properties", "who"),
    [
        ({}, ("", "", (("distinct_id", "d1"),))),
        ({"distinct_id": "$device:x"}, ("", "x", ())),
        ({"distinct_id": "$device:x", "$device_id": "x"}, ("", "x", ())),
        ({"distinct_id": "u", "$user_id": "u", "$device_id": "x"}, ("u", "x", (("distinct_id", "u"),))),
        ({"distinct_id": "z", "$user_id": "u"}, ("u", "", (("distinct_id", "z"),))),
        ({"distinct_id": None, "$device_id": "x"}, ("", "x", ())),
        ({"distinct_id": 7}, ("", "", (("distinct_id", "7"),))),
    ],
)
def test_a_distinct_id_is_what_it_says_and_else_of_a_kind_of_its_own(properties: dict[str, Any], who: Any) -> None:
    message = track(**properties)
    assert (message.user_id, message.anonymous_id, message.identifiers) == who


def test_a_source_may_say_that_its_distinct_ids_are_users() -> None:
    says_so = SourceSettings(distinct_id_is_user_id=True)
    assert (track(limits=says_so).user_id, track(limits=says_so).identifiers) == ("d1", ())
    assert track(limits=says_so, distinct_id="$device:x").user_id == ""


def test_log_ins_aliases_and_merges_name_both_sides() -> None:
    login = track("$identify", distinct_id="u", **{"$user_id": "u", "$anon_distinct_id": "$device:x"})
    assert (login.type, login.user_id, login.anonymous_identifiers) == ("identify", "u", (("anonymous_id", "x"),))
    old_login = track("$identify", distinct_id="u", **{"$anon_distinct_id": "x"})
    assert old_login.anonymous_identifiers == (("anonymous_id", "x"), ("distinct_id", "x"))
    alias = track("$create_alias", distinct_id="d1", alias="old")
    assert (alias.type, alias.identifiers, alias.anonymous_identifiers) == (
        "alias", (("distinct_id", "d1"),), (("distinct_id", "old"),),
    )  # fmt: skip
    merge = track("$merge", distinct_id=None, **{"$distinct_ids": ["a", "b"]})
    assert (merge.type, merge.identifiers, merge.anonymous_identifiers) == (
        "alias", (("distinct_id", "a"),), (("distinct_id", "b"),),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"S_set": {"a": 1}}, {"traits": {"a": 1}}),
        ({"S_set_once": {"a": 1}}, {"traits_once": {"a": 1}}),
        ({"S_add": {"n": 2}}, {"traits_add": {"n": 2}}),
        ({"S_append": {"t": "x"}, "S_union": {"l": ["y"]}}, {"traits_append": {"t": "x", "l": ["y"]}}),
        ({"S_unset": ["a", "b", "a"]}, {"traits_unset": ("a", "b")}),
        ({"S_delete": ""}, {"delete_traits": True}),
    ],
)
def test_each_operation_on_a_person_is_done_to_their_traits(fields: dict[str, Any], expected: dict[str, Any]) -> None:
    message = update(**fields)
    empty = msgspec.structs.asdict(Message())
    names = ("traits", "traits_once", "traits_add", "traits_append", "traits_unset", "delete_traits")
    found = {name: getattr(message, name) for name in names if getattr(message, name) != empty[name]}
    plain = {name: read(value) if isinstance(value, msgspec.Raw) else value for name, value in found.items()}
    assert plain == expected
    assert (message.type, message.identifiers) == ("profile", (("distinct_id", "d1"),))


def test_a_group_is_known_by_its_key_and_its_id() -> None:
    message = update("/groups", S_group_key="company", S_group_id=5, S_set={"name": "Acme"}, S_distinct_id=None)
    assert (message.type, message.group_id, read(message.traits)) == ("group", "company:5", {"name": "Acme"})


def test_an_update_counts_once_when_its_time_tells_it_apart_and_each_time_otherwise() -> None:
    assert update(S_add={"n": 1}).message_id == update(S_add={"n": 1}).message_id
    assert update(S_add={"n": 1}).message_id != update(S_add={"n": 2}).message_id
    whole_second = {"S_time": 1_795_300_000, "S_add": {"n": 1}}
    assert update(**whole_second).message_id != update(**whole_second).message_id


@pytest.mark.parametrize(
    ("path", "item", "problem"),
    [
        ("/track", {"properties": {"distinct_id": "d"}}, "no_event_name"),
        ("/track", {"event": "e", "properties": {}}, "no_identifier"),
        ("/track", {"event": "e", "properties": 5}, "wrong_field_type"),
        ("/track", {"event": "$merge", "properties": {"$distinct_ids": ["a"]}}, "no_identifier"),
        ("/track", {"event": "e", "properties": {"distinct_id": "d", "$insert_id": "x" * 101}}, "bad_message_id"),
        ("/engage", {"$distinct_id": "d", "$remove": {"a": 1}}, "unknown_type"),
        ("/engage", {"$distinct_id": "d"}, "unknown_type"),
        ("/engage", {"$set": {"a": 1}}, "no_identifier"),
        ("/engage", {"$distinct_id": "d", "$unset": 5}, "wrong_field_type"),
        ("/groups", {"$group_key": "company", "$set": {}}, "no_identifier"),
    ],
)
def test_what_cannot_be_used_waits_whole_and_its_neighbours_pass(path: str, item: Any, problem: str) -> None:
    good = (
        {"event": "e", "properties": {"distinct_id": "d"}}
        if path == "/track"
        else {"$distinct_id": "d", "$group_key": "k", "$group_id": "v", "$set": {"a": 1}}
    )
    first, second = mixpanel.decode(a_post(path, [item, good]), LIMITS).messages
    assert (first.problem, second.problem, json.loads(bytes(first.raw))) == (problem, "", item)


EVENT = {"event": "e", "properties": {"distinct_id": "d", "token": "K"}}


@pytest.mark.parametrize(
    "request_",
    [
        a_post("/track", EVENT),
        a_post("/track", [EVENT], form="plain"),
        a_post("/import", [EVENT], form="json"),
        a_request("/track?" + urlencode({"data": base64.b64encode(json.dumps(EVENT).encode())}), method="GET"),
        a_request("/import", b"\n".join([json.dumps(EVENT).encode()] * 2)),
    ],
    ids=["form of base64", "form of JSON", "JSON", "address", "lines"],
)
def test_every_wrapping_is_opened(request_: Request) -> None:
    messages = mixpanel.decode(request_, LIMITS).messages
    assert {(message.event, message.problem) for message in messages} == {("e", "")}
    assert mixpanel.write_key(request_) == "K"


def test_a_broken_line_of_an_import_waits_and_the_others_pass() -> None:
    request = a_request("/import", json.dumps(EVENT).encode() + b"\n{broken\n" + json.dumps(EVENT).encode())
    outcome = mixpanel.decode(request, LIMITS)
    assert [message.problem for message in outcome.messages] == ["", "not_an_object", ""]
    told = json.loads(mixpanel.answer(request, outcome).body)
    assert (told["num_records_imported"], told["num_records_quarantined"]) == (2, 1)


def basic(user: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{user}:".encode()).decode()}


@pytest.mark.parametrize(
    ("target", "items", "headers", "key"),
    [
        ("/track", [EVENT, EVENT], {}, "K"),
        ("/engage", [{"$token": "T"}], {}, "T"),
        ("/track", [EVENT, {"$token": "T"}], {}, None),
        ("/import", [EVENT], basic("zs_secret"), "zs_secret"),
        ("/import", [EVENT], basic("service-account"), "K"),
        ("/import", [{"event": "e"}], basic("secret"), "secret"),
        ("/track?token=Q", [EVENT], {}, "Q"),
        ("/track", [5], {}, None),
    ],
)
def test_the_key_is_the_token_or_a_secret_of_ours(
    target: str, items: list[object], headers: dict[str, str], key: str | None
) -> None:
    assert mixpanel.write_key(a_post(target, items, headers=headers)) == key


@pytest.mark.parametrize(
    ("target", "tail", "good", "bad"),
    [
        ("/track", "", b"1", b"0"),
        ("/track?verbose=0", "", b"1", b"0"),
        ("/track?verbose=1", "", b'{"status":1,"error":null}', None),
        ("/track", "&verbose=1&ip=0", b'{"status":1,"error":null}', None),
    ],
)
def test_words_are_for_who_asks_for_them(target: str, tail: str, good: bytes, bad: bytes | None) -> None:
    request = a_post(target, EVENT, tail=tail)
    assert mixpanel.answer(request, mixpanel.decode(request, LIMITS)).body == good
    refused = mixpanel.answer(request, BadBody(401, "unknown_write_key", "no"))
    assert refused.status == 401
    assert refused.body == bad or json.loads(refused.body)["status"] == 0
    for kind in ("too_many", "unavailable"):
        busy = mixpanel.answer(request, Overload(kind, 5, "later"))  # type: ignore[arg-type]
        assert (busy.status, dict(busy.headers)["retry-after"]) == (503, "5")


@pytest.mark.parametrize("request_", recorded("mixpanel"), ids=lambda r: f"{r.method} {r.path}")
def test_a_recorded_request_is_kept_whole(request_: Request) -> None:
    messages = mixpanel.decode(request_, LIMITS).messages
    assert {message.problem for message in messages} == {""}
    assert mixpanel.write_key(request_) == "T"


@pytest.mark.parametrize("body", [b"", b"data=", b"data=%%%", b"data=[]", b"{", b"verbose=1"])
def test_a_request_that_brings_nothing_is_refused(body: bytes) -> None:
    with pytest.raises(BadBody) as refusal:
        mixpanel.decode(a_request("/track", body), LIMITS)
    assert refusal.value.status == 400
