"""What 神策 clients say, and what becomes of it."""

from __future__ import annotations

import base64
import gzip
import json
from urllib.parse import quote, urlencode

import pytest
from recordings import LIMITS, a_request, recorded

from zuji.collect.decode.request import BadBody, Decoded, Overload
from zuji.collect.decode.sensors import answer, decode, write_key
from zuji.terms.message import Message
from zuji.terms.source import SourceSettings

COOKIE = "1a2006add4557e-08d15d7afa739a8"


def an_event(**changes: object) -> dict[str, object]:
    """A track of the web client by somebody who has not logged in; `None` leaves a field out."""
    event: dict[str, object] = {
        "identities": {"$identity_cookie_id": COOKIE, "$identity_anonymous_id": COOKIE},
        "distinct_id": COOKIE,
        "anonymous_id": COOKIE,
        "lib": {"$lib": "js", "$lib_method": "code", "$lib_version": "1.27.11"},
        "properties": {"$lib": "js", "price": 3},
        "type": "track",
        "event": "ViewItem",
        "time": 1_795_303_333_218,
        "_track_id": 127_593_223,
        "_flush_time": 1_795_303_333_223,
    }
    event.update(changes)
    return {name: value for name, value in event.items() if value is not None}


def wrap(value: object) -> str:
    return base64.b64encode(json.dumps(value).encode()).decode()


def decode_list(
    *events: object, target: str = "/sa?project=default&token=T", limits: SourceSettings = LIMITS
) -> Decoded:
    body = urlencode({"data_list": base64.b64encode(gzip.compress(json.dumps(events).encode())), "gzip": 1})
    return decode(a_request(target, body.encode()), limits)


def decode_one(**changes: object) -> Message:
    return decode_list(an_event(**changes)).messages[0]


@pytest.mark.parametrize("request_", recorded("sensors"), ids=lambda r: f"{r.method} {r.path} {len(r.body)}")
def test_every_recorded_request_decodes_without_a_problem(request_):
    if request_.path == "/debug":
        assert decode(request_, LIMITS).messages == ()
        return
    messages = decode(request_, LIMITS).messages
    assert messages
    assert {message.problem for message in messages} == {""}
    assert write_key(request_) in ("T", "K")


ONE = an_event()
WRAPPINGS = {
    "query of an image": a_request(f"/sa.gif?token=T&data={quote(wrap(ONE))}&ext=crc%3D-1", method="GET"),
    "query whose plus became a space": a_request(f"/sa.gif?token=T&data={wrap(ONE)}", method="GET"),
    "form": a_request("/sa?token=T", urlencode({"data": wrap(ONE), "ext": "crc=1"}).encode()),
    "form that calls itself text": a_request(
        "/sa.gif?token=T", urlencode({"data": wrap(ONE)}).encode(), headers={"Content-Type": "text/plain"}
    ),
    "gzip in base64": a_request(
        "/sa?token=T", urlencode({"data": base64.b64encode(gzip.compress(json.dumps(ONE).encode()))}).encode()
    ),
    "base64 alone": a_request("/sa?token=T", wrap(ONE).encode()),
    "plain JSON": a_request("/sa?token=T", json.dumps(ONE).encode()),
    "gzip alone": a_request("/sa?token=T", gzip.compress(json.dumps(ONE).encode())),
    "list of one": a_request("/sa?token=T", urlencode({"data_list": wrap([ONE])}).encode()),
    "escaped twice": a_request("/sa?token=T", urlencode({"data": quote(wrap({**ONE, "x": "ab"}))}).encode()),
}


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_an_event_is_found_in_every_wrapping(wrapping):
    [message] = decode(WRAPPINGS[wrapping], LIMITS).messages
    assert (message.problem, message.event, message.anonymous_id) == ("", "ViewItem", COOKIE)


def test_a_plus_of_base64_may_have_become_a_space_or_a_minus():
    wrapped = wrap(an_event(properties={"note": "~~~>>>???"}))
    assert "+" in wrapped
    assert "/" in wrapped
    for spoilt in (wrapped.replace("+", " "), wrapped.replace("+", "-").replace("/", "_").rstrip("=")):
        [message] = decode(a_request("/sa?token=T", b"data=" + quote(spoilt).encode()), LIMITS).messages
        assert json.loads(bytes(message.properties)) == {"note": "~~~>>>???"}


def test_every_type_becomes_the_message_it_means():
    kinds = {
        ("track", "ViewItem"): "track",
        ("track", "$pageview"): "page",
        ("track", "$MPViewScreen"): "page",
        ("track", "$AppViewScreen"): "screen",
        ("track_signup", "$SignUp"): "identify",
        ("track_id_bind", "$BindID"): "identify",
        ("track_id_unbind", "$UnbindID"): "unbind",
        ("profile_set", None): "profile",
        ("profile_delete", None): "profile",
    }
    assert {key: decode_one(type=key[0], event=key[1]).type for key in kinds} == kinds


@pytest.mark.parametrize(
    ("kind", "field", "expected"),
    [
        ("profile_set", "traits", {"n": 1}),
        ("profile_set_once", "traits_once", {"n": 1}),
        ("profile_increment", "traits_add", {"n": 1}),
        ("profile_append", "traits_append", {"n": 1}),
    ],
)
def test_a_profile_update_carries_its_properties_as_traits(kind, field, expected):
    message = decode_one(type=kind, event=None, properties={"n": 1, "$is_login_id": True})
    assert json.loads(bytes(getattr(message, field))) == expected
    assert bytes(message.properties) == b"{}"


def test_unset_names_traits_and_delete_takes_all():
    assert decode_one(type="profile_unset", event=None, properties={"a": True, "b": True}).traits_unset == ("a", "b")
    assert decode_one(type="profile_delete", event=None, properties={}).delete_traits is True


def test_an_item_is_a_group_of_its_type():
    message = decode_one(
        type="item_set",
        event=None,
        item_type="book",
        item_id=12.0,
        identities=None,
        distinct_id=None,
        anonymous_id=None,
    )
    assert (message.type, message.group_id, message.event) == ("group", "book:12", "item_set")


def test_an_anonymous_visitor_is_never_a_user():
    message = decode_one()
    assert (message.user_id, message.anonymous_id) == ("", COOKIE)
    assert (message.identifiers, message.anonymous_identifiers) == ((), (("cookie_id", COOKIE),))


def test_a_device_is_on_the_anonymous_side_even_when_the_user_is_known():
    identities = {"$identity_login_id": "U1", "$identity_idfv": "D1", "$identity_mobile": "139"}
    message = decode_one(distinct_id="U1", anonymous_id="A1", identities=identities)
    assert (message.user_id, message.anonymous_id) == ("U1", "A1")
    assert (message.identifiers, message.anonymous_identifiers) == ((("phone", "139"),), (("device_id", "D1"),))


def test_a_sign_up_names_the_user_and_the_visitor_of_before():
    identities = {"$identity_cookie_id": COOKIE, "$identity_login_id": "U1", "$identity_anonymous_id": COOKIE}
    message = decode_one(
        type="track_signup", event="$SignUp", distinct_id="U1", login_id="U1", original_id=COOKIE, identities=identities
    )
    assert (message.user_id, message.anonymous_id) == ("U1", COOKIE)
    assert message.identifiers == (("distinct_id", "U1"),)
    assert message.anonymous_identifiers == (("cookie_id", COOKIE), ("distinct_id", COOKIE))


def test_a_sign_up_of_a_server_client_meets_the_web_visitor_it_names():
    message = decode_one(
        type="track_signup", event="$SignUp", distinct_id=5.0, original_id=COOKIE, identities=None, anonymous_id=None
    )
    assert (message.user_id, message.identifiers) == ("5", (("distinct_id", "5"),))
    assert message.anonymous_identifiers == (("anonymous_id", COOKIE), ("distinct_id", COOKIE))


@pytest.mark.parametrize(
    ("changes", "user_id", "identifiers"),
    [
        ({"distinct_id": "U1", "properties": {"$is_login_id": True}}, "U1", ()),
        ({"distinct_id": "U1"}, "", (("distinct_id", "U1"),)),
        ({"distinct_id": "$identity_mobile+139", "identities": {"$identity_mobile": "139"}}, "", (("phone", "139"),)),
        ({"distinct_id": "$identity_mobile+139"}, "", (("phone", "139"),)),
        ({"distinct_id": "U1", "identities": {"$identity_login_id": "U1", "$identity_mp_openid": "o"}}, "U1",
         (("openid", "o"),)),
        ({"distinct_id": "d", "identities": {"$identity_email": ["a@b.cn", "c@b.cn"]}}, "",
         (("email", "a@b.cn"), ("email", "c@b.cn"), ("distinct_id", "d"))),
        ({"distinct_id": "x", "identities": {"$identity_shop_card": "x"}}, "", (("shop_card", "x"),)),
    ],
)  # fmt: skip
def test_a_server_event_is_whose_its_identities_say(changes, user_id, identifiers):
    message = decode_one(**{"identities": None, "anonymous_id": None, **changes})
    assert (message.user_id, message.identifiers) == (user_id, identifiers)


def test_unbinding_names_what_leaves_and_whom():
    message = decode_one(
        type="track_id_unbind", event="$UnbindID", distinct_id="U1", anonymous_id=None,
        identities={"$identity_email": "a@b.cn"}, properties={"$is_login_id": True},
    )  # fmt: skip
    assert (message.user_id, message.identifiers) == ("U1", ())
    assert message.anonymous_identifiers == (("email", "a@b.cn"),)


def test_a_login_id_that_is_unbound_does_not_stay():
    message = decode_one(
        type="track_id_unbind", event="$UnbindID", distinct_id="U1", anonymous_id=None,
        identities={"$identity_login_id": "U1"}, properties={"$is_login_id": True},
    )  # fmt: skip
    assert (message.user_id, message.anonymous_identifiers) == ("", (("user_id", "U1"),))


def test_an_event_sent_again_has_the_same_id_though_it_is_flushed_later():
    first, again = decode_one(_flush_time=1), decode_one(_flush_time=2, properties={"other": "order"})
    assert first.message_id == again.message_id
    others = [decode_one(_track_id=1), decode_one(event="Other"), decode_one(time=1), decode_one(distinct_id="d")]
    assert len({first.message_id, *(other.message_id for other in others)}) == 5


def test_an_event_without_a_track_id_is_known_by_its_content():
    first, again = decode_one(_track_id=None, _flush_time=1), decode_one(_track_id=None, _flush_time=2)
    assert first.message_id == again.message_id
    assert decode_one(_track_id=None, properties={"price": 4}).message_id != first.message_id


def test_a_rejected_event_keeps_its_id_so_that_sending_it_again_is_a_duplicate():
    first, again = decode_one(type="nonsense", _flush_time=1), decode_one(type="nonsense", _flush_time=2)
    assert (first.problem, first.message_id) == ("unknown_type", again.message_id)


def test_times_are_passed_on_as_sent():
    message = decode_one()
    assert (message.timestamp, message.sent_at) == (1_795_303_333_218, 1_795_303_333_223)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"type": "track_everything"}, "unknown_type"),
        ({"type": None}, "unknown_type"),
        ({"event": None}, "no_event_name"),
        ({"event": "View Item"}, "bad_name"),
        ({"event": "x" * 101}, "bad_name"),
        ({"event": "浏览"}, "bad_name"),
        ({"event": "View\n"}, "bad_name"),
        ({"properties": {"1st": 1}}, "bad_name"),
        ({"properties": [1]}, "wrong_field_type"),
        ({"identities": "me"}, "wrong_field_type"),
        ({"distinct_id": {"a": 1}}, "wrong_field_type"),
        ({"distinct_id": True}, "wrong_field_type"),
        ({"time": [1]}, "wrong_field_type"),
        ({"identities": {f"id{n}": "x" for n in range(51)}}, "wrong_field_type"),
        ({"properties": {"big": "x" * 40_000}}, "event_too_big"),
        ({"type": "item_set", "item_type": "book"}, "no_identifier"),
    ],
)  # fmt: skip
def test_a_bad_event_is_set_aside_whole_and_its_neighbours_pass(changes, problem):
    bad = an_event(**changes)
    messages = decode_list(an_event(), bad, an_event()).messages
    assert [message.problem for message in messages] == ["", problem, ""]
    assert json.loads(bytes(messages[1].raw)) == bad


def test_an_item_that_is_no_object_is_set_aside():
    assert [message.problem for message in decode_list(1, an_event(), None).messages] == [
        "not_an_object",
        "",
        "not_an_object",
    ]


def test_an_event_nested_too_deeply_is_kept_as_text():
    deep: object = "end"
    for _ in range(80):
        deep = {"a": deep}
    bad = an_event(properties={"deep": deep})
    messages = decode_list(bad, an_event()).messages
    assert [message.problem for message in messages] == ["wrong_field_type", ""]
    assert json.loads(json.loads(bytes(messages[0].raw))) == bad


def test_the_project_of_an_event_is_kept_and_its_token_is_not():
    message = decode_one(project="other", token="secret", properties={"$token": "secret"})
    assert json.loads(bytes(message.context))["project"] == "other"
    assert b"secret" not in decode_list(an_event(project="other", token="secret")).body
    assert bytes(message.properties) == b"{}"


def test_what_json_cannot_say_costs_only_its_own_value():
    body = json.dumps([an_event(properties={"half": "\ud83d", "nan": float("nan"), "huge": 10**400})]).encode()
    [message] = decode(a_request("/sa?token=T", body), LIMITS).messages
    assert json.loads(bytes(message.properties)) == {"half": "\ufffd", "nan": None, "huge": None}


def test_a_time_beyond_all_numbers_is_no_time():
    body = json.dumps([an_event(time="never")]).replace('"never"', "1e999").encode()
    assert decode(a_request("/sa?token=T", body), LIMITS).messages[0].timestamp is None


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "no_data"),
        (b"gzip=1", "no_data"),
        (b"data=%7Bnot json", "invalid_json"),
        (b"data_list=W10=", "empty_batch"),
        (b"data=" + base64.b64encode(b"nothing useful"), "invalid_json"),
        (b"data=A", "bad_base64"),
        (b"data=" + quote(base64.b64encode(b"\x1f\x8bdamaged")).encode(), "bad_compression"),
        (b"[" * 5000 + b"]" * 5000, "invalid_json"),
        (b"[" + b"1," * 60_000 + b"1]", "too_many_events"),
        (b"&".join(b"data=W10=" for _ in range(100)), "bad_form"),
    ],
)
def test_a_useless_request_is_refused_with_a_reason(body, code):
    with pytest.raises(BadBody) as refusal:
        decode(a_request("/sa?token=T", body), LIMITS)
    assert refusal.value.code == code


def test_a_bomb_inside_base64_stops_at_the_cap():
    bomb = base64.b64encode(gzip.compress(b"[" + b" " * 50_000_000 + b"]"))
    with pytest.raises(BadBody) as refusal:
        decode(a_request("/sa?token=T", urlencode({"data_list": bomb}).encode()), LIMITS)
    assert (refusal.value.status, refusal.value.code) == (413, "body_too_big")


def test_debug_says_what_is_wrong_and_keeps_nothing_on_a_dry_run():
    bad = a_request("/debug?token=T", urlencode({"data": wrap(an_event(event="View Item"))}).encode())
    with pytest.raises(BadBody) as refusal:
        decode(bad, LIMITS)
    told = answer(bad, refusal.value)
    assert (told.status, told.body[:8]) == (400, b"bad_name")
    body = urlencode({"data": wrap(an_event())}).encode()
    dry = a_request("/debug?token=T", body, headers={"Dry-Run": "true"})
    assert (decode(dry, LIMITS).messages, decode(dry, LIMITS).body) == ((), b"[]")
    assert len(decode(a_request("/debug?token=T", body), LIMITS).messages) == 1


def test_the_key_is_the_token_or_else_the_project():
    assert write_key(a_request("/sa?project=p&token=T")) == "T"
    assert write_key(a_request("/sa?project=p")) == "p"
    assert write_key(a_request("/sa")) is None


@pytest.mark.parametrize(
    "outcome", [Decoded.of(()), BadBody(401, "no_write_key", "none"), Overload("too_many", 7, "later")]
)
def test_an_image_is_asked_for_and_an_image_is_given(outcome):
    told = answer(a_request("/sa.gif", method="GET"), outcome)
    assert told.body.startswith(b"GIF89a")
    assert dict(told.headers)["content-type"] == "image/gif"


def test_overload_is_a_503_that_says_when_to_come_back():
    told = answer(a_request("/sa"), Overload("too_many", 7, "later"))
    assert (told.status, dict(told.headers)["retry-after"]) == (503, "7")
