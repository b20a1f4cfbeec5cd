"""50,000 addresses, names and phone numbers in varied spellings find their regions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from region_spellings import Lists, Spelt, addresses, cities_with_roads, phones, read_lists, region_names

from zuji.clean.identifiers import normalised
from zuji.clean.regions.find import Remembering, national_digits
from zuji.clean.regions.found import Found
from zuji.clean.regions.load import load_regions
from zuji.clean.regions.stored import FILE_NAME, KnownRegions, write_table

pytestmark = pytest.mark.data

SEED = 20261122
OF_THINGS = ("140", "141", "144", "146", "148", "149")
ENOUGH = 0.99


@pytest.fixture(scope="module")
def lists(data_sets: Path) -> Lists:
    return read_lists(data_sets / "china_divisions")


@pytest.fixture(scope="module")
def known(data_sets: Path, tmp_path_factory: pytest.TempPathFactory) -> Remembering:
    """The table as a user makes it: from the lists, written to the data folder and read from there."""
    pytest.importorskip("opencc", reason="without opencc traditional characters are not understood")
    pytest.importorskip("pypinyin", reason="without pypinyin names in Latin letters are not understood")
    folder = data_sets / "china_divisions"
    files = [folder / f"{level}.csv.gz" for level in ("provinces", "cities", "areas")]
    loaded = load_regions([*files, data_sets / "cn_phone_prefix" / "phone_prefix.parquet"])
    file = tmp_path_factory.mktemp("regions") / FILE_NAME
    write_table(loaded.table, file)
    return KnownRegions(file).now()


def wrong_ones(items: Sequence[Spelt], ask: Callable[[str], Found]) -> list[str]:
    return [
        f"{item.text} ({item.how}) is {item.code}: {found}" for item, found in asked(items, ask) if wrong(item, found)
    ]


def asked(items: Sequence[Spelt], ask: Callable[[str], Found]) -> list[tuple[Spelt, Found]]:
    return [(item, ask(item.text)) for item in items]


def wrong(item: Spelt, found: Found) -> bool:
    return found.standing != "found" or found.code != item.code


def in_traditional(lists: Lists) -> dict[str, str]:
    opencc = pytest.importorskip("opencc")
    signs = sorted(set("".join(lists.names.values())))
    turned = opencc.OpenCC("s2t").convert("\n".join(signs)).split("\n")
    return dict(zip(signs, turned, strict=True))


def test_addresses_in_varied_spellings_are_found(known: Remembering, lists: Lists) -> None:
    items = addresses(lists, 30_000, seed=SEED, traditional=in_traditional(lists))
    clear = [item for item in items if len(item.possible) == 1]
    assert len(clear) > 29_000
    wrongs = wrong_ones(clear, known.region)
    assert len(wrongs) <= len(clear) * (1 - ENOUGH), wrongs[:20]


def test_a_road_named_after_a_region_is_not_taken_for_it(known: Remembering, lists: Lists) -> None:
    items = cities_with_roads(lists, 5_000, seed=SEED)
    wrongs = wrong_ones(items, known.region)
    assert len(wrongs) <= len(items) * (1 - ENOUGH), wrongs[:20]


def test_single_names_and_codes_are_found(known: Remembering, lists: Lists) -> None:
    items = region_names(lists, 10_000, seed=SEED)
    clear = [item for item in items if len(item.possible) == 1]
    assert len(clear) > 9_000
    wrongs = wrong_ones(clear, known.region)
    assert len(wrongs) <= len(clear) * (1 - ENOUGH), wrongs[:20]


def test_phone_numbers_in_varied_spellings_are_placed(known: Remembering, lists: Lists, data_sets: Path) -> None:
    items = phones(data_sets / "cn_phone_prefix" / "phone_prefix.parquet", lists, 10_000, seed=SEED)
    assert len(items) > 9_900
    wrongs = wrong_ones(items, known.phone)
    assert len(wrongs) <= len(items) * (1 - ENOUGH), wrongs[:20]


def test_phone_numbers_in_varied_spellings_become_one(lists: Lists, data_sets: Path) -> None:
    """Numbers of things (146, 148, 149) can ring nobody and are no identifiers."""
    items = phones(data_sets / "cn_phone_prefix" / "phone_prefix.parquet", lists, 1_000, seed=SEED)
    numbers = [(item.text, national_digits(item.text)) for item in items]
    of_people = [(text, digits) for text, digits in numbers if not digits.startswith(OF_THINGS)]
    assert len(of_people) > 900
    made = [(normalised("phone", text, "CN")[0].value, f"+86{digits}") for text, digits in of_people]
    wrongs = [pair for pair in made if pair[0] != pair[1]]
    assert len(wrongs) <= len(made) * (1 - ENOUGH), wrongs


def test_what_nobody_could_tell_is_never_resolved_to_one_of_several(known: Remembering, lists: Lists) -> None:
    """Names that several regions bear: ambiguous with the true one among the candidates, or what all of them lie in, or
    the one above a county that everybody means.
    """
    items = [
        *addresses(lists, 15_000, seed=SEED + 1, traditional={}),
        *region_names(lists, 15_000, seed=SEED + 1),
    ]
    unclear = [(item, found) for item, found in asked(items, known.region) if len(item.possible) > 1]
    assert len(unclear) > 150
    for item, found in unclear:
        if found.standing == "ambiguous":
            assert item.possible <= set(found.candidates), item
        else:
            shared = all(code == found.code or known.table.lies_in(code, found.code) for code in item.possible)
            assert shared or (found.code.endswith("00") and found.code in item.possible), (item, found)


def test_a_county_whose_name_others_bear_is_ambiguous_alone(known: Remembering, lists: Lists) -> None:
    bearers = {name: codes for name, codes in lists.by_name.items() if len(codes) > 1 and name.endswith("区")}
    assert {"鼓楼区", "朝阳区"} <= bearers.keys()
    for name, codes in bearers.items():
        found = known.region(name)
        assert (found.standing, set(found.candidates)) == ("ambiguous", codes), name


def test_districts_in_english_are_found_below_their_city(known: Remembering, lists: Lists) -> None:
    table = known.table
    districts = [each for each in table.regions.values() if each.depth == 3 and each.name.endswith("区")][::7]
    wrongs = []
    for each in districts:
        parents = [table.regions[code].english for code in table.parents(each.code)]
        text = ", ".join([f"{each.english} District", *parents, "China"])
        found = known.region(text)
        if each.code not in (found.code, *found.candidates):
            wrongs.append((text, each.code, found))
    assert len(districts) > 100
    assert len(wrongs) <= len(districts) * (1 - ENOUGH), wrongs
