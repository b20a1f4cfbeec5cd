"""Events under policies: standard values beside the originals, names, regions, what is hashed, masked and dropped."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from clean_builders import NOON_MS, a_message, a_receipt, clean, received, some_facts
from hypothesis import given, settings
from hypothesis import strategies as st

from zuji.clean.batch import Cleaned, Facts
from zuji.clean.regions.stored import KnownRegions, write_table
from zuji.clean.regions.table import Region, RegionTable, table_of
from zuji.clean.standards.personal import hashed
from zuji.terms.event import Flag
from zuji.terms.identifier import Identifier
from zuji.terms.message import Message
from zuji.terms.policy import Part, Policy

SECRET = b"the workspace's own"


@dataclass
class Decided:
    """Policies of the workspace `shop`, and of no other."""

    parts: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def newest(self, workspace: str, part: Part) -> Policy | None:
        document = self.parts.get(part)
        return (
            None if document is None or workspace != "shop" else Policy(workspace, part, id(document), document, 0, "x")
        )

    def secret(self, workspace: str) -> bytes:
        return SECRET


@pytest.fixture(scope="module")
def regions(tmp_path_factory: pytest.TempPathFactory) -> KnownRegions:
    known = [
        Region("330100", "杭州市"),
        Region("330106", "西湖区"),
        Region("320106", "鼓楼区"),
        Region("350102", "鼓楼区"),
    ]
    file = tmp_path_factory.mktemp("regions") / "regions.bin"
    write_table(RegionTable(table_of(known)), Path(file))
    return KnownRegions(file)


def facts_with(regions: KnownRegions | None = None, **parts: Mapping[str, Any]) -> Facts:
    facts = replace(some_facts(), policies=Decided(parts))
    return facts if regions is None else replace(facts, regions=regions)


def stored(message: Message, facts: Facts, **receipt: Any) -> tuple[dict[str, Any], Any, Cleaned]:
    """The row, its properties, everything."""
    cleaned = clean(received(message, receipt=a_receipt(**receipt)), facts=facts)
    assert cleaned.rejections == []
    row = cleaned.frame.row(0, named=True)
    return row, json.loads(row["properties"]), cleaned


def fields(*rules: dict[str, Any], **more: Any) -> Facts:
    return facts_with(standards={"fields": list(rules), **more})


def test_a_standard_value_takes_the_name_and_the_original_stays_beside_it() -> None:
    facts = fields({"field": "properties.weight", "as": "quantity", "unit": "kg"})
    row, properties, _ = stored(a_message(properties={"weight": "2斤", "sku": "A"}), facts)
    assert properties == {"weight": 1, "weight_original": "2斤", "weight_unit": "kg", "sku": "A"}
    assert row["flags"] & Flag.REPAIRED
    assert row["flag_reason"] == "standardised:properties.weight"


def test_what_is_standard_already_and_what_no_rule_names_is_left_as_it_is() -> None:
    facts = fields({"field": "properties.phone", "as": "phone"})
    row, properties, _ = stored(a_message(properties={"phone": "+8613912345678", "other": "139 1234 5678"}), facts)
    assert properties == {"phone": "+8613912345678", "other": "139 1234 5678"}
    assert (row["flags"], row["flag_reason"]) == (0, "")


@pytest.mark.parametrize("number", [3, 3.0, 2.5, -0.0])
def test_a_number_needs_no_repair_however_its_client_writes_whole_ones(number: float) -> None:
    facts = fields({"field": "properties.weight", "as": "quantity", "unit": "kg"})
    row, properties, _ = stored(a_message(properties={"weight": number}), facts)
    assert properties == {"weight": number, "weight_unit": "kg"}
    assert (row["flags"], row["flag_reason"]) == (0, "")


@pytest.mark.parametrize("number", [12.5, 1.299, 1299])
def test_a_number_of_json_has_its_point_whatever_decimal_mark_people_write(number: float) -> None:
    amount = {"field": "properties.total", "as": "amount", "decimal_mark": "comma"}
    weight = {"field": "properties.weight", "as": "quantity", "unit": "kg", "decimal_mark": "comma"}
    row, properties, _ = stored(a_message(properties={"total": number, "weight": number}), fields(amount, weight))
    assert properties == {"total": number, "weight": number, "weight_unit": "kg"}
    assert (row["amount"], row["flag_reason"]) == (Decimal(str(number)), "")


def test_a_value_that_cannot_be_read_stays_and_the_event_says_so() -> None:
    facts = fields({"field": "properties.phone", "as": "phone"})
    row, properties, _ = stored(a_message(properties={"phone": "call me"}), facts)
    assert (properties, row["flag_reason"], row["flags"]) == ({"phone": "call me"}, "unreadable:phone", 0)


def test_another_workspace_is_not_touched() -> None:
    facts = fields({"field": "properties.phone", "as": "phone"})
    _, properties, _ = stored(a_message(properties={"phone": "139 1234 5678"}), facts, workspace="other")
    assert properties == {"phone": "139 1234 5678"}


def test_an_amount_as_text_fills_the_exact_column_and_the_currency() -> None:
    facts = fields({"field": "properties.total", "as": "amount", "decimal_mark": "comma", "currency": "EUR"})
    row, properties, _ = stored(a_message(properties={"total": "1.299,10 €"}), facts)
    assert (row["amount"], row["currency"]) == (Decimal("1299.1"), "EUR")
    assert properties == {"total": 1299.1, "total_original": "1.299,10 €", "currency": "EUR"}


def test_an_amount_with_a_sign_is_read_without_any_policy() -> None:
    row, properties, _ = stored(a_message(properties={"total": "¥1,299.10"}), some_facts())
    assert (row["amount"], properties) == (Decimal("1299.1"), {"total": "¥1,299.10"})


def test_an_address_brings_its_region_and_no_word_of_it_is_lost(regions: KnownRegions) -> None:
    facts = facts_with(regions, standards={"fields": [{"field": "properties.address", "as": "region"}]})
    row, properties, _ = stored(a_message(properties={"address": "浙江杭州西湖区文三路1号", "city": "杭州"}), facts)
    assert properties == {
        "address": "浙江杭州西湖区文三路1号",
        "country": "CN",
        "region_code": "330106",
        "province": "浙江省",
        "city": "杭州市",
        "city_original": "杭州",
        "district": "西湖区",
    }
    assert row["region_code"] == "330106"


def test_an_event_that_brings_its_region_itself_is_placed_all_the_same(regions: KnownRegions) -> None:
    facts = facts_with(regions, standards={"fields": [{"field": "properties.address", "as": "region"}]})
    _, once, _ = stored(a_message(properties={"address": "杭州西湖区"}), facts)
    row, twice, _ = stored(a_message(properties=once), facts)
    assert (row["region_code"], twice) == ("330106", once)


def test_a_new_table_of_regions_answers_for_addresses_seen_before(tmp_path: Path) -> None:
    known = KnownRegions(tmp_path / "regions.bin")
    facts = facts_with(known, standards={"fields": [{"field": "properties.address", "as": "region"}]})
    before, _, _ = stored(a_message(properties={"address": "浙江杭州"}), facts)
    write_table(RegionTable(table_of([Region("330100", "杭州市")])), tmp_path / "regions.bin")
    after, _, _ = stored(a_message(properties={"address": "浙江杭州"}), facts)
    assert (before["region_code"], after["region_code"]) == ("330000", "330100")


def test_an_ambiguous_region_is_reported_with_its_candidates_and_never_chosen(regions: KnownRegions) -> None:
    facts = facts_with(regions, standards={"fields": [{"field": "properties.address", "as": "region"}]})
    row, properties, _ = stored(a_message(properties={"address": "鼓楼区"}), facts)
    assert properties == {"address": "鼓楼区"}
    assert (row["region_code"], row["flag_reason"]) == ("", "ambiguous_region:address=320106|350102")


def test_a_name_of_the_catalogue_brings_its_id() -> None:
    rule = {"field": "properties.product", "as": "catalogue", "catalogue": "tea", "id_to": "product_id"}
    facts = fields(rule, catalogues={"tea": [{"name": "龙井茶", "id": "p1", "aliases": ["Longjing"]}]})
    row, properties, _ = stored(a_message(properties={"product": "LONGJING"}), facts)
    assert properties == {"product": "龙井茶", "product_original": "LONGJING", "product_id": "p1"}
    assert row["product_id"] == "p1"
    row, _, _ = stored(a_message(properties={"product": "coffee"}), facts)
    assert row["flag_reason"] == "not_in_catalogue:product"


def test_a_trait_in_standard_form_is_what_the_profile_gets() -> None:
    facts = fields({"field": "traits.name", "as": "person"}, {"field": "traits.phone", "as": "phone"})
    message = a_message(type="identify", event="", traits={"name": "张　三先生", "phone": "139 1234 5678"})
    _, properties, cleaned = stored(message, facts)
    said = {each.name: each.value for each in cleaned.subjects[0].statements}
    assert said == properties
    assert said == {
        "name": "张三",
        "name_original": "张　三先生",
        "phone": "+8613912345678",
        "phone_original": "139 1234 5678",
    }


def test_hashed_and_masked_fields_leave_no_trace_of_the_value_and_people_are_known_all_the_same() -> None:
    facts = fields(
        {"field": "traits.phone", "as": "phone"},
        personal=[
            {"field": "traits.phone", "treatment": "hash"},
            {"field": "traits.name", "treatment": "mask"},
            {"field": "context.device.id", "treatment": "drop"},
        ],
    )
    message = a_message(
        type="identify",
        event="",
        traits={"phone": "139 1234 5678", "name": "张三丰"},
        traits_once={"name": "张三丰"},
        context={"traits": {"phone": "139 1234 5678"}, "device": {"id": "d-17", "model": "X"}},
    )
    row, properties, cleaned = stored(message, facts, key="secret")
    digest = hashed("+8613912345678", SECRET)
    assert properties["phone"] == digest
    assert properties["name"] == properties["$set_once"]["name"] == "张***"
    subject = cleaned.subjects[0]
    assert Identifier("phone", "+8613912345678") in subject.identifiers
    assert Identifier("device_id", "d-17") in subject.identifiers
    text = str((row["properties"], row["context"], subject.statements))
    assert not [leak for leak in ("1391234", "139 1234", "张三", "d-17") if leak in text]
    assert json.loads(row["context"])["device"] == {"model": "X"}


def test_a_dropped_field_is_gone_before_anybody_is_recognised_by_it() -> None:
    facts = fields(personal=[{"field": "traits.phone", "treatment": "drop"}])
    message = a_message(
        type="identify", event="", traits={"phone": "13912345678", "vip": True}, traits_once={"phone": "1"}
    )
    row, properties, cleaned = stored(message, facts, key="secret")
    assert properties == {"vip": True}
    assert [each.type for each in cleaned.subjects[0].identifiers] == ["user_id"]
    assert [each.name for each in cleaned.subjects[0].statements] == ["vip"]
    assert "139" not in row["context"] + row["properties"]


def test_personal_properties_are_treated_with_their_originals() -> None:
    facts = fields(
        {"field": "properties.receiver", "as": "phone"},
        personal=[{"field": "properties.receiver", "treatment": "mask"}],
    )
    _, properties, _ = stored(a_message(properties={"receiver": "13912345678"}), facts)
    assert properties == {"receiver": "+86139****5678", "receiver_original": "139****5678"}


def test_an_address_of_the_internet_that_is_treated_is_gone_from_its_column() -> None:
    facts = fields(personal=[{"field": "context.ip", "treatment": "mask"}])
    row, _, _ = stored(a_message(context={"ip": "203.0.113.77"}), facts)
    assert (row["ip"], json.loads(row["context"])["ip"]) == ("203.0.113.0", "203.0.113.0")


def test_events_get_the_one_name_and_keep_a_note_of_their_own() -> None:
    names = {"events": [{"name": "Product Viewed", "aliases": ["view_item", "商品浏览"]}]}
    facts = facts_with(names=names)
    items = [
        received(a_message(event=event, message_id=event), position=position)
        for position, event in enumerate(("view_item", "Product Viewed", "商品浏览", "other"))
    ]
    frame = clean(*items, facts=facts, now_ms=NOON_MS).frame
    assert frame["event"].to_list() == ["Product Viewed", "Product Viewed", "Product Viewed", "other"]
    assert frame["flag_reason"].to_list() == ["renamed:view_item", "", "renamed:商品浏览", ""]
    assert [bool(flags & Flag.REPAIRED) for flags in frame["flags"].to_list()] == [True, False, True, False]


def test_an_alias_of_one_source_renames_nothing_of_another() -> None:
    facts = facts_with(names={"events": [{"name": "Paid", "aliases": ["done"], "sources": ["till"]}]})
    assert stored(a_message(event="done"), facts, source="till")[0]["event"] == "Paid"
    assert stored(a_message(event="done"), facts, source="web")[0]["event"] == "done"


def test_an_original_that_a_client_sends_itself_is_not_overwritten() -> None:
    facts = fields({"field": "properties.w", "as": "quantity", "unit": "kg"})
    _, properties, _ = stored(a_message(properties={"w": "2斤", "w_original": "mine"}), facts)
    assert properties == {"w": 1, "w_original": "mine", "w_original_original": "2斤", "w_unit": "kg"}


def test_what_a_group_says_of_itself_is_treated_too() -> None:
    facts = fields(
        {"field": "traits.phone", "as": "phone"},
        personal=[{"field": "traits.phone", "treatment": "mask"}, {"field": "traits.boss", "treatment": "drop"}],
    )
    message = a_message(type="group", event="", group_id="g1", traits={"phone": "139 1234 5678", "boss": "李雷"})
    _, properties, cleaned = stored(message, facts)
    assert properties == {"phone": "+86139****5678", "phone_original": "139****5678"}
    assert cleaned.subjects[0].statements == ()


EVERY_RULE: list[dict[str, Any]] = [
    {"field": "properties.value", "as": kind, **more}
    for kind, more in [
        ("phone", {}),
        ("email", {}),
        ("person", {}),
        ("id", {"kind": "oaid"}),
        ("amount", {}),
        ("quantity", {"unit": "kg"}),
        ("catalogue", {"catalogue": "tea"}),
        ("region", {}),
        ("region", {"by": "phone"}),
        ("region", {"by": "postcode"}),
        ("region", {"by": "code"}),
    ]
]
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(deadline=None, max_examples=150)
@given(
    ANY_JSON | st.from_regex(r"[-¥$]?[0-9万,. 省市区\u5357\u4eac]{1,12}", fullmatch=True), st.sampled_from(EVERY_RULE)
)
def test_no_value_of_whatever_kind_breaks_a_rule_and_cleaning_again_changes_nothing(value: Any, rule: Any) -> None:
    facts = fields(rule, catalogues={"tea": [{"name": "龙井茶"}]})
    _, once, _ = stored(a_message(properties={"value": value}), facts)
    _, twice, _ = stored(a_message(properties=once), facts)
    assert twice == once
    assert value in once.values() or value is None or once["value"] == value
