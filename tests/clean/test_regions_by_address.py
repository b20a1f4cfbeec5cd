"""Events are placed by their address, as far as a database that the operator supplies is sure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from clean_builders import a_message, a_receipt, received, some_facts
from mmdb_file import write_mmdb

from zuji.clean.batch import Facts, clean_batch
from zuji.clean.regions.by_address import AddressRegions, code_of_record, open_address_regions
from zuji.clean.regions.find import Remembering
from zuji.clean.regions.load import load_regions
from zuji.terms.error import BadRequest

REGIONS = """code,name
330000,浙江省
330100,杭州市
320000,江苏省
320100,南京市
320106,鼓楼区
320300,徐州市
320302,鼓楼区
320500,苏州市
340000,安徽省
341300,宿州市
310000,上海市
"""
NOW = 1_795_262_400_000


def in_china(province: Mapping[str, str], city: Mapping[str, str] | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {"country": {"iso_code": "CN"}, "subdivisions": [{"names": dict(province)}]}
    return found if city is None else {**found, "city": {"names": dict(city)}}


HANGZHOU = in_china({"zh-CN": "浙江省", "en": "Zhejiang"}, {"zh-CN": "杭州", "en": "Hangzhou"})
RECORDS: dict[str, dict[str, Any]] = {
    "203.0.113.0/25": HANGZHOU,
    "203.0.113.128/25": {"country": {"iso_code": "US"}, "subdivisions": [{"iso_code": "CA"}]},
    "198.51.100.0/24": {"country": {"iso_code": "CN"}},
}


@pytest.fixture(scope="module")
def regions(tmp_path_factory: pytest.TempPathFactory) -> Remembering:
    file = tmp_path_factory.mktemp("regions") / "regions.csv"
    file.write_text(REGIONS, encoding="utf-8")
    return Remembering(load_regions([file]).table)


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (HANGZHOU, "330100"),
        (in_china({"en": "Zhejiang"}, {"en": "Hangzhou"}), "330100"),
        (in_china({"zh-CN": "浙江"}), "330000"),
        (in_china({"zh-CN": "上海市"}, {"zh-CN": "上海"}), "310000"),
        (in_china({"en": "Jiangsu"}, {"en": "Suzhou"}), "320500"),
        (in_china({"en": "Anhui"}, {"en": "Suzhou"}), "341300"),
        (in_china({"zh-CN": "江苏省"}, {"zh-CN": "鼓楼区"}), "320000"),
        (in_china({"zh-CN": "浙江省"}, {"zh-CN": "苏州市"}), "330000"),
        ({"country": {"iso_code": "CN"}, "city": {"names": {"en": "Suzhou"}}}, "CN"),
        ({"country": {"iso_code": "HK"}}, "810000"),
        ({"country": {"iso_code": "US"}, "subdivisions": [{"iso_code": "CA"}]}, "US-CA"),
        ({"country": {"iso_code": "SG"}, "city": {"names": {"en": "Singapore"}}}, "SG"),
        ({"country": "nowhere", "subdivisions": [7]}, ""),
        ({}, ""),
    ],
)
def test_a_record_gives_the_deepest_region_that_is_sure(
    record: dict[str, Any], code: str, regions: Remembering
) -> None:
    assert code_of_record(record, regions) == code


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> AddressRegions:
    pytest.importorskip("maxminddb")
    return open_address_regions(write_mmdb(tmp_path_factory.mktemp("addresses") / "own.mmdb", RECORDS))


def test_a_file_is_asked_for_addresses_and_for_nothing_else(addresses: AddressRegions, regions: Remembering) -> None:
    asked = ("203.0.113.9", " 203.0.113.200", "198.51.100.1", "192.0.2.1", "home", "2001:db8::1")
    assert [addresses.code_of(each, regions) for each in asked] == ["330100", "US-CA", "CN", "", "", ""]


def placed(facts: Facts, **message: Any) -> str:
    came = received(a_message(**message), receipt=a_receipt(ip="203.0.113.200", from_browser=True))
    [code] = clean_batch([came], facts=facts, now_ms=NOW).frame["region_code"].to_list()
    assert isinstance(code, str)
    return code


def test_an_event_that_names_no_region_lies_where_its_address_does(addresses: AddressRegions) -> None:
    facts = replace(some_facts(), addresses=addresses)
    assert placed(facts) == "US-CA"
    assert placed(facts, context={"ip": "198.51.100.7"}) == "CN"
    assert placed(facts, context={"ip": "192.0.2.7"}) == ""


def test_without_a_file_nobody_is_placed_by_an_address() -> None:
    assert placed(some_facts()) == ""
    assert not open_address_regions(None).known


@pytest.mark.parametrize("content", [b"no database", None])
def test_a_file_that_is_none_is_named_at_the_start(content: bytes | None, tmp_path: Path) -> None:
    pytest.importorskip("maxminddb")
    file = tmp_path / "own.mmdb"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BadRequest, match=r"`address_regions` names .*own\.mmdb, which is no MMDB file"):
        open_address_regions(file)
