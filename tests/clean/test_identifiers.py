"""Identifiers by the rules of their types, and what happens to events that name nobody usable."""

from __future__ import annotations

import pytest
from clean_builders import a_message, a_receipt, clean, clean_one, ids, reason_of, received
from hypothesis import given, settings
from hypothesis import strategies as st

from zuji.clean.identifiers import in_order, normalised
from zuji.terms.event import Flag
from zuji.terms.identifier import BLOCKED_VALUES, Identifier


@pytest.mark.parametrize(
    ("kind", "sent", "stored"),
    [
        ("user_id", "  U-1 ", "U-1"),
        ("user_id", "5", "5"),
        ("user_id", "e\u0301", "é"),
        ("email", " Li.Lei@Mail.CN ", "li.lei@mail.cn"),
        ("phone", "13912345678", "+8613912345678"),
        ("phone", "+86 139-1234-5678", "+8613912345678"),
        ("phone", "0086 139 1234 5678", "+8613912345678"),
        ("phone", "１３９１２３４５６７８", "+8613912345678"),
        ("phone", "+1 202 456 1111", "+12024561111"),
        ("unionid", " oABC_x ", "oABC_x"),
        ("anonymous_id", "A1B2", "A1B2"),
        ("shop_card", " 77 ", "77"),
    ],
)
def test_a_value_is_brought_into_the_form_of_its_type(kind: str, sent: str, stored: str) -> None:
    assert normalised(kind, sent, "CN") == (Identifier(kind, stored), "")


@pytest.mark.parametrize("value", sorted(BLOCKED_VALUES - {""}))
def test_a_value_that_stands_for_nobody_is_blocked_whatever_its_case(value: str) -> None:
    assert normalised("user_id", f" {value.upper()} ", "CN")[1] == "blocked:user_id"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("device_id", "00000000-0000-0000-0000-000000000000"),
        ("device_id", "000000000000000"),
        ("device_id", "00:00:00:00:00:00"),
        ("user_id", "00000000-0000-0000-0000-000000000000"),
        ("email", "someone@example.com"),
        ("email", "someone@mail.example.org"),
        ("email", "someone@localhost.test"),
        ("phone", "138 0013 8000"),
    ],
)
def test_zeros_and_example_addresses_are_blocked(kind: str, value: str) -> None:
    assert normalised(kind, value, "CN")[1] == f"blocked:{kind}"


def test_a_customer_number_that_begins_with_zeros_is_not_blocked() -> None:
    assert normalised("user_id", "000123", "CN")[1] == ""
    assert normalised("user_id", "0000", "CN")[1] == ""


@pytest.mark.parametrize("address", ["li.lei", "a@b", "a b@mail.cn", "@mail.cn", "li@mail..cn", "a@b@mail.cn"])
def test_what_is_no_address_is_unusable(address: str) -> None:
    assert normalised("email", address, "CN")[1] == "unusable:email"


@pytest.mark.parametrize("number", ["12345", "139123456789999", "phone", "+999 1"])
def test_what_is_no_phone_number_is_unusable(number: str) -> None:
    assert normalised("phone", number, "CN")[1] == "unusable:phone"


def test_a_national_number_is_read_by_the_region_of_its_source() -> None:
    traits = {"phone": "020 7946 0958"}
    row = clean_one(a_message(type="identify", traits=traits), default_phone_region="GB")
    assert {"type": "phone", "value": "+442079460958"} in row["identifiers"]


@settings(deadline=None)
@given(st.sampled_from(["user_id", "email", "phone", "device_id", "x"]), st.text(max_size=600))
def test_no_value_makes_normalising_fail_and_none_is_longer_than_256(kind: str, value: str) -> None:
    identifier, problem = normalised(kind, value, "CN")
    assert identifier.type == kind
    assert problem or 0 < len(identifier.value) <= 256


@settings(deadline=None)
@given(st.lists(st.sampled_from(["user_id", "phone", "email", "device_id", "anonymous_id", "card"]), max_size=6))
def test_the_strongest_identifier_comes_first_and_each_once(kinds: list[str]) -> None:
    ordered = in_order(tuple(Identifier(kind, value) for kind in kinds for value in "ba"))
    strength = ["user_id", "phone", "email", "card", "device_id", "anonymous_id"]
    assert [each.type for each in ordered] == sorted((each.type for each in ordered), key=strength.index)
    assert len(set(ordered)) == len(ordered)
    assert [each.value for each in ordered] == ["a", "b"] * (len(ordered) // 2)


def test_an_event_that_names_nobody_is_rejected() -> None:
    assert reason_of(a_message(user_id="")) == "no_identifier"


def test_an_event_whose_only_identifier_is_blocked_is_kept_without_a_person() -> None:
    cleaned = clean(received(a_message(user_id="null", anonymous_id="undefined")))
    row = cleaned.frame.row(0, named=True)
    assert cleaned.subjects[0].identifiers == ()
    assert row["flags"] == Flag.BLOCKED_IDENTIFIER
    assert row["flag_reason"] == "blocked:user_id,blocked:anonymous_id"
    assert row["identifiers"] == [
        {"type": "user_id", "value": "null"},
        {"type": "anonymous_id", "value": "undefined"},
    ]


def test_a_blocked_user_id_leaves_the_event_to_its_anonymous_id() -> None:
    cleaned = clean(received(a_message(user_id="guest", anonymous_id="a1")))
    assert cleaned.subjects[0].known == ids(anonymous_id="a1")
    assert cleaned.frame["flag_reason"][0] == "blocked:user_id"


def test_a_broken_phone_number_beside_a_user_id_is_no_reason_for_a_flag() -> None:
    row = clean_one(a_message(type="identify", traits={"phone": "12345"}))
    assert (row["flags"], row["flag_reason"]) == (0, "")


def test_traits_named_like_identifiers_are_identifiers_of_their_type() -> None:
    traits = {"email": "Li@mail.cn", "mobile": 13912345678, "unionid": "o1", "memberCard": "m7", "city": "杭州"}
    cleaned = clean(received(a_message(type="identify", traits=traits)))
    expected = ids(unionid="o1", member_card="m7", phone="+8613912345678", email="li@mail.cn")
    assert (cleaned.subjects[0].known, cleaned.subjects[0].anonymous) == (ids(user_id="u1"), expected)


def test_what_traits_tell_leads_only_where_the_message_names_nobody() -> None:
    told = {"email": "li@mail.cn"}
    on_a_device = a_message(type="identify", user_id="", anonymous_id="a1", traits=told)
    alone = a_message(type="profile", user_id="", traits=told)
    first, second = clean(received(on_a_device), received(alone)).subjects
    assert (first.known, first.anonymous) == (ids(anonymous_id="a1"), ids(email="li@mail.cn"))
    assert (second.known, second.anonymous) == (ids(email="li@mail.cn"), ())


def test_traits_of_a_group_are_not_about_the_person() -> None:
    message = a_message(type="group", group_id="acme", traits={"email": "office@mail.cn"})
    (subject,) = clean(received(message)).subjects
    assert (subject.identifiers, subject.statements) == (ids(user_id="u1"), ())


def test_a_national_id_hash_counts_from_a_secret_key_alone() -> None:
    message = a_message(type="identify", traits={"national_id_hash": "ab12"})
    assert clean(received(message)).subjects[0].identifiers == ids(user_id="u1")
    secret = clean(received(message, receipt=a_receipt(key="secret")))
    assert secret.subjects[0].identifiers == ids(user_id="u1", national_id_hash="ab12")


def test_device_ids_of_the_context_are_identifiers_and_zeros_there_mean_nothing() -> None:
    zeros = "00000000-0000-0000-0000-000000000000"
    context = {"device": {"id": "d-1", "advertisingId": zeros}}
    cleaned = clean(received(a_message(user_id="", anonymous_id="a1", context=context)))
    assert cleaned.subjects[0].anonymous == ids(device_id="d-1", anonymous_id="a1")
    assert cleaned.frame["flags"][0] == 0


def test_a_group_may_be_described_on_its_own() -> None:
    row = clean_one(a_message(type="group", user_id="", group_id="item:7", traits={"colour": "green"}))
    assert (row["group_id"], row["identifiers"]) == ("item:7", [])


def test_an_event_whose_only_identifier_is_broken_is_kept_without_a_person() -> None:
    cleaned = clean(received(a_message(identifiers=(("phone", "12345"),))))
    assert cleaned.subjects[0].identifiers == ()
    assert (cleaned.frame["flags"][0], cleaned.frame["flag_reason"][0]) == (Flag.BLOCKED_IDENTIFIER, "unusable:phone")


def test_a_value_that_stands_for_nobody_is_not_stated_of_the_person() -> None:
    message = a_message(
        type="identify", user_id="u-1", traits={"phone": "13800138000", "mobile": "13912345678", "city": "杭州"}
    )
    [subject] = clean(received(message)).subjects
    assert {one.name: one.value for one in subject.statements} == {"mobile": "13912345678", "city": "杭州"}
