"""Values in standard form, kind by kind: what is read, what is left alone."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zuji.clean.identifiers import normalised
from zuji.clean.standards.catalogue import Entry, catalogue_of
from zuji.clean.standards.contacts import email_of, phone_of
from zuji.clean.standards.document import read_standards
from zuji.clean.standards.event_names import read_names
from zuji.clean.standards.ids import IdKind, id_of
from zuji.clean.standards.money import DecimalMark, money_of
from zuji.clean.standards.personal import hashed, treated
from zuji.clean.standards.persons import person_of
from zuji.clean.standards.quantity import UNITS, quantity_in
from zuji.terms.error import BadRequest


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("¥1,299.00", "1299.00", "CNY"),
        ("￥１，２９９", "1299", "CNY"),
        ("1299元", "1299", "CNY"),
        ("人民币 88.5", "88.5", "CNY"),
        ("RMB1,000,000", "1000000", "CNY"),
        ("3万", "30000", ""),
        ("1.2万元", "12000", "CNY"),
        ("2亿", "200000000", ""),
        ("US$ 12.50", "12.50", "USD"),
        ("12.50 USD", "12.50", "USD"),
        ("-¥5", "-5", "CNY"),
        ("¥-5", "-5", "CNY"),
        ("($12)", "-12", "USD"),
        ("HK$1'000.5", "1000.5", "HKD"),
        ("1.5k", "1500", ""),
        ("0.1", "0.1", ""),
        ("100元整", "100", "CNY"),
        ("¥5元", "5", "CNY"),
    ],
)
def test_an_amount_is_read_exactly(text: str, amount: str, currency: str) -> None:
    assert money_of(text) == (Decimal(amount), currency)


@pytest.mark.parametrize(
    "text", ["1,2", "1,29,900", "12.3.4", "free", "", "¥", "$5元", "5 apples", "(5", "1 2", "9" * 90]
)
def test_what_is_no_amount_or_leaves_one_open_is_not_guessed(text: str) -> None:
    assert money_of(text) is None


@pytest.mark.parametrize(
    ("text", "mark", "amount"),
    [
        ("1.299,00 €", "comma", "1299.00"),
        ("1,5", "comma", "1.5"),
        ("1.299", "comma", "1299"),
        ("1.299", "point", "1.299"),
    ],
)
def test_the_decimal_mark_of_the_policy_decides(text: str, mark: DecimalMark, amount: str) -> None:
    found = money_of(text, mark)
    assert found is not None
    assert found.amount == Decimal(amount)


def test_a_bare_yen_sign_is_yen_where_yen_is_usual() -> None:
    assert [found and found.currency for found in (money_of("¥5"), money_of("¥5", "point", "JPY"))] == ["CNY", "JPY"]


@given(st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False))
def test_whatever_is_written_with_groups_comes_back_the_same(amount: Decimal) -> None:
    found, comma = money_of(f"¥{amount:,}"), money_of(f"{amount:,}".translate(str.maketrans(",.", ".,")), "comma")
    assert found is not None
    assert comma is not None
    assert found.amount == comma.amount == amount


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("500g", "kg", "0.5"),
        ("２ 公斤", "kg", "2"),
        ("2斤", "kg", "1"),
        ("3两", "g", "150"),
        ("1,500 克", "kg", "1.5"),
        ("5 lb", "g", "2267.96185"),
        ("180 cm", "m", "1.8"),
        ("6.1寸", "cm", "15.494"),
        ("500ML", "l", "0.5"),
        ("90 分钟", "h", "1.5"),
        ("7", "kg", "7"),
    ],
)
def test_a_quantity_is_turned_exactly_into_the_unit_asked_for(text: str, unit: str, expected: str) -> None:
    assert quantity_in(text, unit) == Decimal(expected)


@pytest.mark.parametrize("text", ["2 m", "heavy", "", "2 kg or so", "kg", "1,5 kg"])
def test_what_is_no_quantity_of_that_kind_is_left(text: str) -> None:
    assert quantity_in(text, "kg") is None


@given(st.sampled_from(sorted(UNITS)), st.integers(0, 10**6))
def test_a_quantity_in_its_own_unit_is_itself(unit: str, number: int) -> None:
    assert quantity_in(f"{number} {unit}", unit) == number


@pytest.mark.parametrize(
    "text",
    [
        "13912345678", "139 1234 5678", "139-1234-5678", "+86 139 1234 5678", "0086 13912345678", "86 13912345678",
        "１３９１２３４５６７８", "（+86）139-1234-5678", "\t13912345678 ", "tel:+8613912345678", "+86-139-1234-5678",
    ],
)  # fmt: skip
def test_a_chinese_mobile_is_one_number_however_it_is_written(text: str) -> None:
    assert phone_of(text, "CN") == "+8613912345678"


@pytest.mark.parametrize("text", ["0571-88888888", "(0571) 8888 8888", "+86 571 8888 8888", "057188888888"])
def test_a_landline_keeps_its_area_code(text: str) -> None:
    assert phone_of(text, "CN") == "+8657188888888"


@pytest.mark.parametrize("text", ["", "12", "1391234567", "abc", "23912345678"])
def test_what_nobody_can_ring_is_no_phone(text: str) -> None:
    assert phone_of(text, "CN") == ""


@pytest.mark.parametrize(
    "text",
    ["Li.Lei@Mail.cn", " li.lei＠mail.cn ", "li.lei@mail.cn.", "Li Lei <li.lei@mail.cn>", "mailto:li.lei@mail.cn",
     "ｌｉ.lei@mail。cn"],
)  # fmt: skip
def test_an_address_is_one_however_it_is_written(text: str) -> None:
    assert email_of(text) == "li.lei@mail.cn"


def test_an_identifier_is_recognised_by_a_full_width_address_too() -> None:
    assert normalised("email", " Li.Lei＠Mail.cn. ", "CN") == (normalised("email", "li.lei@mail.cn", "CN")[0], "")
    assert normalised("email", "li.lei at mail.cn", "CN")[1] == "unusable:email"


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("idfa", "6d92078a-8246-4ba4-ae5b-76104861e7dc", "6D92078A-8246-4BA4-AE5B-76104861E7DC"),
        ("gaid", "6D92078A82464BA4AE5B76104861E7DC", "6d92078a-8246-4ba4-ae5b-76104861e7dc"),
        ("oaid", " ABCDEF0123456789ABCDEF0123456789 ", "abcdef0123456789abcdef0123456789"),
        ("idfa", "00000000-0000-0000-0000-000000000000", ""),
        ("oaid", "0" * 32, ""),
        ("gaid", "6D92078A", ""),
        ("openid", "o6_bmjrPTlm6_2sgVt7hMZOPfL2M", "o6_bmjrPTlm6_2sgVt7hMZOPfL2M"),
        ("openid", "x6_bmjrPTlm6_2sgVt7hMZOPfL2M", ""),
        ("unionid", "oGFQc1Rs8jHsD6e0bXo5ZqVb0jL8", "oGFQc1Rs8jHsD6e0bXo5ZqVb0jL8"),
        ("unionid", "short", ""),
    ],
)
def test_an_id_has_the_form_of_its_kind_or_is_none(kind: IdKind, text: str, expected: str) -> None:
    assert id_of(text, kind) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("张　三", "张三"),
        ("  李雷先生 ", "李雷"),
        ("ＬＩ ＬＥＩ", "Li Lei"),
        ("Mr. John O'BRIEN", "John O'BRIEN"),
        ("dr. mary o'brien-smith", "Mary O'Brien-Smith"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("欧阳娜娜小姐", "欧阳娜娜"),
        ("12345", ""),
        ("", ""),
    ],
)
def test_a_name_is_the_same_whatever_stands_around_it(text: str, expected: str) -> None:
    assert person_of(text) == expected


def test_a_catalogue_knows_its_entries_by_any_of_their_names() -> None:
    catalogue = catalogue_of([Entry(name="龙井茶 250g", id="p1", aliases=("Longjing",)), Entry(name="铁观音")])
    for text in ("龙井茶250G", "LONG-JING", "p1", " 龙井茶　（250g）"):
        found = catalogue.find(text)
        assert found is not None, text
        assert found.name == "龙井茶 250g"
    assert catalogue.find("龙井") is None


def test_hashes_are_equal_for_equal_values_of_one_workspace_alone() -> None:
    assert hashed("+8613912345678", b"one") == hashed("+8613912345678", b"one") != hashed("+8613912345678", b"two")
    assert treated(["a", None, ""], "hash", b"one") == [hashed("a", b"one"), None, ""]


@given(st.text(max_size=50))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    once = treated(text, "mask", b"")
    assert treated(once, "mask", b"") == once


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({"fields": [{"field": "price", "as": "amount"}]}, "matching regex"),
        ({"fields": [{"field": "properties.price", "as": "money"}]}, "money"),
        ({"fields": [{"field": "properties.w", "as": "quantity", "unit": "stone"}]}, "unit 'stone'"),
        ({"fields": [{"field": "properties.w", "as": "quantity", "unit": "kg", "given_in": "m"}]}, "cannot be turned"),
        ({"fields": [{"field": "properties.p", "as": "catalogue", "catalogue": "tea"}]}, "no catalogue 'tea'"),
        ({"catalogues": {"tea": [{"name": "a"}, {"name": "b", "aliases": ["A"]}]}}, "two entries"),
        ({"personal": [{"field": "traits.phone", "treatment": "burn"}]}, "burn"),
        ({"felds": []}, "felds"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused_with_the_place(document: dict[str, object], says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        read_standards(document)


@pytest.mark.parametrize(
    ("events", "says"),
    [
        ([{"name": "A", "aliases": ["A"]}], "alias of itself"),
        ([{"name": "A", "aliases": ["x"]}, {"name": "B", "aliases": ["x"]}], "means both"),
        ([{"name": "A", "aliases": ["x"]}, {"name": "B", "aliases": ["A"]}], "is an alias and a name"),
        ([{"name": "A", "aliases": []}], "length"),
    ],
)
def test_names_that_contradict_each_other_are_refused(events: list[dict[str, object]], says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        read_names({"events": events})
