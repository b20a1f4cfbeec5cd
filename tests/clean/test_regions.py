"""Regions by codes, names, numbers, over a small table: what is found, what stays open, what is kept in the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from zuji.clean.regions.find import Remembering, find_region, region_of_code
from zuji.clean.regions.load import load_regions
from zuji.clean.regions.spelling import forms_of, latin_words, short_of
from zuji.clean.regions.stored import KnownRegions, read_table, write_table
from zuji.clean.regions.table import RegionTable, built_in
from zuji.terms.error import BadRequest

REGIONS = """code,name,english,postcode,former
3201,南京市,Nanjing,210000,
320106,鼓楼区,Gulou,,320199
3203,徐州市,Xuzhou,,
320302,鼓楼区,Gulou,,
3205,苏州市,Suzhou,,
3413,宿州市,Suzhou,,
2202,吉林市,Jilin,,
1101,市辖区,,,
110105,朝阳区,Chaoyang,,
220104,朝阳区,Chaoyang,,
2113,朝阳市,Chaoyang,,
370202,市南区,,,
3702,青岛市,Qingdao,,
4419,东莞市,Dongguan,523000,
4190,省直辖县级行政区划,,,
419001,济源市,Jiyuan,,
"""
PHONES = """prefix,province,city,postcode,area_code
1300000,江苏,南京,210000,25
1300001,江苏,南京,210000,25
1300002,北京,北京,100000,10
1300009,江苏,徐州,221000,516
1300010,江苏,某地,,
"""


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> RegionTable:
    folder = tmp_path_factory.mktemp("lists")
    (folder / "regions.csv").write_text(REGIONS, encoding="utf-8")
    (folder / "phones.csv").write_text(PHONES, encoding="utf-8")
    return load_regions([folder / "regions.csv", folder / "phones.csv"]).table


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("江苏省南京市鼓楼区中央路1号", "320106"),
        ("江苏 南京 鼓楼", "320106"),
        ("江苏/徐州/徐州/鼓楼区", "320302"),
        ("苏南京", "320100"),
        ("中国江苏省徐州市", "320300"),
        ("青岛市南区", "370202"),
        ("吉林吉林", "220200"),
        ("吉林", "220000"),
        ("吉林市", "220200"),
        ("北京市市辖区朝阳区", "110105"),
        ("南京鼓楼医院", "320100"),
        ("南京鼓楼大道1号", "320100"),
        ("鼓楼区 南京 江苏", "320106"),
        ("张三 13912345678 江苏省南京市鼓楼区", "320106"),
        ("内蒙", "150000"),
        ("公司在南京市某处", "320100"),
        ("河南济源", "419001"),
        ("Gulou District, Nanjing, Jiangsu, P.R. China", "320106"),
        ("Jiangsu Xuzhou Gulou", "320302"),
        ("Suzhou, Anhui", "341300"),
        ("Hong Kong", "810000"),
        ("SHAANXI", "610000"),
        ("320106", "320106"),
        ("3201", "320100"),
        ("３２０１０６", "320106"),
        ("320106012345", "320106"),
        ("320199", "320106"),
        ("110103", "110000"),
    ],
)
def test_a_region_is_found_however_it_is_written(table: RegionTable, text: str, code: str) -> None:
    found = find_region(text, table)
    assert (found.standing, found.code) == ("found", code)


@pytest.mark.parametrize(
    ("text", "shared", "candidates"),
    [
        ("鼓楼区", "320000", ("320106", "320302")),
        ("朝阳区", "", ("110105", "220104")),
        ("朝阳", "", ("110105", "211300", "220104")),
        ("江苏省鼓楼区", "320000", ("320106", "320302")),
        ("Suzhou", "", ("320500", "341300")),
        ("Chaoyang", "", ("110105", "211300", "220104")),
    ],
)
def test_a_name_of_several_regions_is_reported_with_all_of_them(
    table: RegionTable, text: str, shared: str, candidates: tuple[str, ...]
) -> None:
    found = find_region(text, table)
    assert (found.standing, found.code, found.candidates) == ("ambiguous", shared, candidates)


@pytest.mark.parametrize("text", ["", " ", "南京路100号", "hello", "99", "990000", "0", "12345", "!!", "省", "市辖区"])
def test_what_names_no_region_is_unknown(table: RegionTable, text: str) -> None:
    assert find_region(text, table).standing == "unknown"


def test_a_contradiction_makes_the_finding_unsure(table: RegionTable) -> None:
    sure, unsure = find_region("北京市朝阳区", table), find_region("南京市朝阳区", table)
    assert (sure.code, unsure.code) == ("110105", "320100")
    assert unsure.confidence <= 0.5 < sure.confidence


def test_a_given_up_code_becomes_the_one_of_today_and_an_unknown_one_what_it_lay_in(table: RegionTable) -> None:
    assert region_of_code("320199", table).confidence == 1.0
    assert (region_of_code("320188", table).code, region_of_code("320188", table).confidence) == ("320100", 0.8)


def test_numbers_are_placed_where_they_were_given_out(table: RegionTable) -> None:
    ask = Remembering(table)
    assert ask.phone("+8613000011234").code == "320100"
    assert ask.phone("+8613000021234").code == "110000"
    assert ask.phone("+8613000051234").standing == "unknown"  # a prefix that no list names
    assert ask.phone("+8613000091234").code == "320300"
    assert ask.phone("+862512345678").code == "320100"
    assert ask.phone("+861012345678").code == "110000"
    assert ask.phone("+442079460958").standing == "unknown"
    assert (ask.postcode("210000").code, ask.postcode("210013").code) == ("320100", "320100")
    assert ask.postcode("523000").code == "441900"


def test_a_place_has_the_names_of_all_it_lies_in(table: RegionTable) -> None:
    place = table.place("110105")
    assert (place.country, place.province, place.city, place.district) == ("CN", "北京市", "北京市", "朝阳区")
    assert table.place("419001").city == "济源市"
    assert table.place("810000").country == "HK"


def test_the_written_table_answers_like_the_loaded_one(table: RegionTable, tmp_path: Path) -> None:
    write_table(table, tmp_path / "regions.bin")
    again = read_table(tmp_path / "regions.bin")
    assert (again.regions, again.postcodes, again.area_codes) == (table.regions, table.postcodes, table.area_codes)
    assert Remembering(again).phone("+8613000091234").code == "320300"


def test_a_new_file_holds_from_the_next_question_on(table: RegionTable, tmp_path: Path) -> None:
    known = KnownRegions(tmp_path / "regions.bin")
    assert known.now().region("南京市鼓楼区").standing == "unknown"
    write_table(table, tmp_path / "regions.bin")
    assert known.now().region("南京市鼓楼区").code == "320106"
    assert known.now() is known.now()


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "regions.bin").write_bytes(b"not a table")
    with pytest.raises(BadRequest, match="zuji region load"):
        KnownRegions(tmp_path / "regions.bin").now()


def test_lists_without_codes_are_refused(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("what,where\n1,2\n")
    with pytest.raises(BadRequest, match="columns for a code and a name"):
        load_regions([tmp_path / "list.csv"])


def test_without_any_table_the_provinces_are_known() -> None:
    table = built_in()
    assert len(table.regions) == 34
    assert [find_region(text, table).code for text in ("浙江省杭州市", "Zhejiang", "浙")] == ["330000"] * 3


def test_names_are_shortened_without_losing_what_tells_them_apart() -> None:
    assert short_of("双江拉祜族佤族布朗族傣族自治县", 3) == "双江"
    assert short_of("鄂温克族自治旗", 3) == "鄂温克"
    assert short_of("东乡族自治县", 3) == "东乡"
    assert short_of("神农架林区", 3) == "神农架"
    assert short_of("北林区", 3) == "北林"
    assert "红河州" in forms_of("红河哈尼族彝族自治州", 2)
    assert latin_words("Ürümqi, Xīnjiāng") == ["urumqi", ",", "xinjiang"]
