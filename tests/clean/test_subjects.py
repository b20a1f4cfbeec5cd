"""What events assert about who somebody is: by message, then from the very bodies that clients send."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from clean_builders import NOON_MS, a_message, a_receipt, clean, ids, received

from zuji.collect.decode import posthog, segment, sensors
from zuji.collect.decode.request import Request
from zuji.terms.identifier import Identifier
from zuji.terms.message import Message, Protocol
from zuji.terms.source import SourceSettings
from zuji.terms.subject import Statement, Subject

LIMITS = SourceSettings()


def subject_of(message: Message, protocol: Protocol = "segment") -> Subject:
    cleaned = clean(received(message, receipt=a_receipt(protocol=protocol)))
    assert cleaned.rejections == []
    return cleaned.subjects[0]


def said(subject: Subject) -> tuple[Any, ...]:
    return subject.rule, subject.known, subject.anonymous, subject.identified


U1, A1 = ids(user_id="u1"), ids(anonymous_id="a1")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"anonymous_id": "a1"}, ("sighting", A1, (), False)),
        ({"user_id": "u1"}, ("sighting", U1, (), False)),
        ({"user_id": "u1", "anonymous_id": "a1"}, ("together", U1, A1, False)),
        ({"type": "page", "user_id": "u1", "anonymous_id": "a1"}, ("together", U1, A1, False)),
        ({"type": "screen", "anonymous_id": "a1"}, ("sighting", A1, (), False)),
        ({"type": "group", "user_id": "u1", "anonymous_id": "a1", "group_id": "g"}, ("together", U1, A1, False)),
        ({"type": "profile", "user_id": "u1"}, ("sighting", U1, (), False)),
        ({"type": "identify", "user_id": "u1", "anonymous_id": "a1"}, ("identify", U1, A1, True)),
        ({"type": "identify", "user_id": "u1"}, ("identify", U1, (), True)),
        ({"type": "identify", "anonymous_id": "a1"}, ("identify", (), A1, False)),
        ({"type": "identify", "user_id": "null", "anonymous_id": "a1"}, ("identify", (), A1, False)),
        ({"type": "alias", "user_id": "u1", "previous_id": "a1"}, ("alias", U1, A1, True)),
        ({"type": "alias", "user_id": "u1", "previous_id": "a1", "force_merge": True}, ("force_merge", U1, A1, True)),
        ({"type": "identify", "event": "$SignUp", "user_id": "u1", "anonymous_id": "a1"}, ("sign_up", U1, A1, True)),
        ({"type": "identify", "event": "$BindID", "user_id": "u1", "anonymous_id": "a1"}, ("bind", U1, A1, False)),
        ({"type": "unbind", "user_id": "u1", "anonymous_identifiers": (("phone", "13912345678"),)},
         ("unbind", U1, ids(phone="+8613912345678"), False)),
        ({"type": "unbind", "identifiers": (("phone", "13912345678"),)},
         ("unbind", (), ids(phone="+8613912345678"), False)),
        ({"identifiers": (("distinct_id", "d"),), "anonymous_identifiers": (("distinct_id", "d"),)},
         ("sighting", ids(distinct_id="d"), (), False)),
    ],
)  # fmt: skip
def test_a_message_asserts_what_its_type_says(fields: dict[str, Any], expected: tuple[Any, ...]) -> None:
    assert said(subject_of(a_message(**fields))) == expected


def test_an_identify_states_its_traits_over_those_of_its_context() -> None:
    message = a_message(type="identify", traits={"name": "Li"}, context={"traits": {"name": "old", "age": 30}})
    assert subject_of(message).statements == (Statement("set", "name", "Li"), Statement("set", "age", 30))


def test_traits_that_clients_repeat_in_the_context_of_a_track_state_nothing() -> None:
    assert subject_of(a_message(context={"traits": {"email": "li@mail.cn"}})).statements == ()


def test_every_way_to_change_a_profile_is_a_statement() -> None:
    message = a_message(
        type="profile", traits={"a": 1}, traits_once={"b": 2}, traits_add={"c": 3}, traits_append={"d": [4]},
        traits_unset=("e",), delete_traits=True,
    )  # fmt: skip
    assert subject_of(message).statements == (
        Statement("delete"), Statement("set", "a", 1), Statement("set_once", "b", 2), Statement("add", "c", 3),
        Statement("append", "d", [4]), Statement("unset", "e"),
    )  # fmt: skip


def test_a_subject_carries_the_corrected_time_the_message_id_and_the_key() -> None:
    receipt = a_receipt(key="secret", sent_at=NOON_MS + 5_000, received_at=NOON_MS)
    (subject,) = clean(received(a_message(timestamp=NOON_MS + 1_000), receipt=receipt)).subjects
    assert (subject.at, subject.event_id, subject.key) == (NOON_MS - 4_000, "m1", "secret")
    assert (subject.workspace, subject.source, subject.protocol) == ("shop", "web", "segment")


def request(path: str, body: object) -> Request:
    return Request("POST", path, {}, {}, msgspec.json.encode(body), NOON_MS)


def test_a_segment_identify_from_the_wire() -> None:
    body = {"batch": [{"type": "identify", "userId": 5, "anonymousId": "a1", "traits": {"email": "Li@mail.cn"}}]}
    (message,) = segment.decode(request("/v1/batch", body), LIMITS).messages
    assert said(subject_of(message)) == ("identify", ids(user_id="5"), ids(email="li@mail.cn") + A1, True)


def test_a_posthog_identify_from_the_wire() -> None:
    properties = {
        "$anon_distinct_id": "anon",
        "distinct_id": "li",
        "$set": {"plan": "pro"},
        "$set_once": {"from": "ad"},
    }
    body = {"api_key": "k", "batch": [{"event": "$identify", "uuid": "1", "properties": properties}]}
    (message,) = posthog.decode(request("/batch", body), LIMITS).messages
    subject = subject_of(message, "posthog")
    assert said(subject) == ("identify", ids(distinct_id="li"), ids(distinct_id="anon"), True)
    assert subject.statements == (Statement("set", "plan", "pro"), Statement("set_once", "from", "ad"))


def test_a_posthog_forced_merge_from_the_wire() -> None:
    event = {"event": "$merge_dangerously", "distinct_id": "li", "properties": {"alias": "old"}}
    (message,) = posthog.decode(request("/batch", {"api_key": "k", "batch": [event]}), LIMITS).messages
    assert said(subject_of(message, "posthog")) == ("force_merge", ids(distinct_id="li"), ids(distinct_id="old"), True)


def sensors_message(**item: Any) -> Message:
    import base64

    data = base64.b64encode(msgspec.json.encode({"time": NOON_MS, "properties": {}, **item})).decode()
    got = Request("GET", "/sa.gif", {"data": [data], "project": ["default"]}, {}, b"", NOON_MS)
    (message,) = sensors.decode(got, LIMITS).messages
    return message


def test_a_sensors_sign_up_from_the_wire() -> None:
    message = sensors_message(type="track_signup", event="$SignUp", distinct_id="li", original_id="cookie-1")
    subject = subject_of(message, "sensors")
    assert (subject.rule, subject.identified) == ("sign_up", True)
    assert subject.known[0] == Identifier("user_id", "li")
    assert Identifier("anonymous_id", "cookie-1") in subject.anonymous


def test_a_sensors_unbind_from_the_wire() -> None:
    message = sensors_message(type="track_id_unbind", distinct_id="li", identities={"$identity_mobile": "13912345678"})
    subject = subject_of(message, "sensors")
    assert (subject.rule, subject.anonymous) == ("unbind", ids(phone="+8613912345678"))


def test_a_sensors_profile_set_from_the_wire() -> None:
    message = sensors_message(type="profile_set", distinct_id="d1", properties={"city": "杭州"})
    subject = subject_of(message, "sensors")
    assert (subject.rule, subject.statements) == ("sighting", (Statement("set", "city", "杭州"),))
