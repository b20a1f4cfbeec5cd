"""What must never stand in a log, or before a role that may not read it."""

from __future__ import annotations

import logging

import pytest

from zuji.govern.masking import MaskingFormatter, mask_identifier, mask_ip, mask_text, mask_value

PERSONAL = {
    "13812348000": "138****8000",
    "138-1234-8000": "138****8000",
    "139.1234.5678": "139****5678",
    "１３８１２３４８０００": "138****8000",
    "alice @ x.cn": "a***@x.cn",
    "alice＠x.cn": "a***@x.cn",
    "+8613812348000": "+86138****8000",
    "+14155552671": "+141****71",
    "alice.wang@example.cn": "a***@example.cn",
    "203.0.113.77": "203.0.113.0",
    "2001:db8:aa:bb::7": "2001:db8:aa::",
    "11010519491231002X": "110*************2X",
    "zp_aAbBcCdDeEfF0123": "zp_***",
    "zs_aAbBcCdDeEfF0123": "zs_***",
    "zt_aAbBcCdDeEfF-_23": "zt_***",
    "zu_aAbBcCdDeEfF-_23": "zu_***",
    "zc_aAbBcCdDeEfF-_23": "zc_***",
}


@pytest.mark.parametrize(("value", "masked"), PERSONAL.items())
def test_a_personal_value_in_a_text_is_masked(value: str, masked: str) -> None:
    assert mask_text(f"before {value}, after") == f"before {masked}, after"


@pytest.mark.parametrize("masked", PERSONAL.values())
def test_masked_text_stays_as_it_is(masked: str) -> None:
    assert mask_text(masked) == masked


@pytest.mark.parametrize(
    "harmless",
    [
        "12:34:56.789 took 17 ms",
        "received_at 1763683200123",
        "listening on 127.0.0.1:8642 and 0.0.0.0",
        "order 2026112100017",
        "lies at 139.12345678, 35.6",
        "门牌１２３４号，２０２６年",
        "8f14e45f-ceea-467f-a0e6-1d8f5e1b2c3d",
    ],
)
def test_times_numbers_and_our_own_addresses_stay_readable(harmless: str) -> None:
    assert mask_text(harmless) == harmless


def test_a_log_line_is_masked_with_its_arguments_and_its_traceback() -> None:
    try:
        raise ValueError("no such phone: 13812348000")
    except ValueError as error:
        failure = (type(error), error, error.__traceback__)
    record = logging.LogRecord("zuji", logging.ERROR, __file__, 1, "mail of %s", ("bob@example.cn",), failure)
    line = MaskingFormatter("%(message)s").format(record)
    assert "mail of b***@example.cn" in line
    assert "138****8000" in line
    assert "13812348000" not in line


def test_an_identifier_of_a_sensitive_type_is_masked_whatever_it_looks_like() -> None:
    assert mask_identifier("openid", "oABCDEFGHIJ") == "oA***IJ"
    assert mask_identifier("member_card", "77001") == "***"
    assert mask_identifier("phone", "+8613812348000") == "+86138****8000"


def test_an_ordinary_identifier_is_shown_unless_it_looks_personal() -> None:
    assert mask_identifier("user_id", "u-1042") == "u-1042"
    assert mask_identifier("user_id", "13812348000") == "138****8000"


def test_values_inside_json_are_masked_by_name_and_by_pattern_and_numbers_stay_numbers() -> None:
    traits = {
        "phone": 13812348000,
        "$name": "张三",
        "nested": [{"note": "write to bob@x.cn"}],
        "price": 12.5,
        "vip": True,
        "gone": None,
    }
    assert mask_value(traits) == {
        "phone": "138****8000",
        "$name": "***",
        "nested": [{"note": "write to b***@x.cn"}],
        "price": 12.5,
        "vip": True,
        "gone": None,
    }


def test_what_came_is_as_personal_as_its_standard_form_and_so_is_all_below_a_personal_name() -> None:
    traits = {
        "name": "Ada",
        "name_original": " MR. ADA ",
        "$phone_original_original": "code 55512",
        "contact.nickname": "Ady",
        "address": {"city": "Wuhan", "lines": [{"at": "Road 1"}]},
        "pin": {"phone": 123456},
        "product_name": "Cup",
    }
    assert mask_value(traits) == {
        "name": "***",
        "name_original": "***",
        "$phone_original_original": "co***12",
        "contact.nickname": "***",
        "address": {"city": "***", "lines": [{"at": "***"}]},
        "pin": {"phone": "***"},
        "product_name": "Cup",
    }


def test_what_is_no_address_is_hidden_whole() -> None:
    assert mask_ip("not an address") == "***"
    assert mask_ip("") == ""
