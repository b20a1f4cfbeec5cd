"""Addresses, names and phone numbers in varied spellings, with the code of the region as truth: from real lists.

What a spelling leaves open is worked out here from the names alone, by comparing with every region of the list, so that
a finding of "ambiguous" is right or wrong like any other.
"""

from __future__ import annotations

import csv
import gzip
import random
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import polars as pl

SHORT_PROVINCES = {"内蒙古自治区": "内蒙古", "广西壮族自治区": "广西", "西藏自治区": "西藏", "宁夏回族自治区": "宁夏",
                   "新疆维吾尔自治区": "新疆"}  # fmt: skip
SHORT_PREFECTURES = (
    "延边", "恩施", "湘西", "阿坝", "甘孜", "凉山", "黔西南", "黔东南", "黔南", "楚雄", "红河", "文山",
    "西双版纳", "大理", "德宏", "怒江", "迪庆", "临夏", "甘南", "海北", "黄南", "海南", "果洛", "玉树", "海西",
    "昌吉", "博尔塔拉", "巴音郭楞", "克孜勒苏", "伊犁",
)  # fmt: skip
"""All autonomous prefectures, as people call them."""
GROUPS = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")
SEPARATORS = ("", "", "", " ", "-", "/", "，", "　")
PREFIXES = ("", "", "", "中国", "地址：", "中国 ")
TAILS = (
    "",
    "",
    "{street}",
    "{street}12号",
    "人民路88号",
    "{street}幸福小区3栋2单元501室",
    "中山东路1号",
    "解放路北京大厦",
)


@dataclass(frozen=True)
class Spelt:
    """One text, where it is, and what else it could mean: more than one code, when nobody could tell."""

    text: str
    code: str
    possible: frozenset[str]
    how: str


@dataclass
class Lists:
    """The lists as they are: (code of six digits -> name) by level, streets by county."""

    names: dict[str, str] = field(default_factory=dict)
    streets: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    by_name: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    counties: list[str] = field(default_factory=list)

    def by_prefix(self, beginning: str) -> list[str]:
        """Prefectures, then counties, whose names begin like this."""
        found = [code for code, name in self.names.items() if name.startswith(beginning) and not code.endswith("0000")]
        return sorted(found, key=lambda code: (not code.endswith("00"), code))


def read_lists(folder: Path) -> Lists:
    lists = Lists()
    for level in ("provinces", "cities", "areas"):
        for row in _rows(folder / f"{level}.csv.gz"):
            if len(row["code"]) <= 6:
                lists.names[row["code"].ljust(6, "0")] = row["name"]
    for row in _rows(folder / "streets.csv.gz"):
        lists.streets[row["areaCode"]].append(row["name"])
    for code, name in lists.names.items():
        if name not in GROUPS:
            for form in (name, short(name)):
                lists.by_name[form].add(code)
    lists.counties = [code for code in lists.names if not code.endswith("00") and lists.names[code] not in GROUPS]
    return lists


def _rows(file: Path) -> list[dict[str, str]]:
    with gzip.open(file, "rt", encoding="utf-8") as text:
        return list(csv.DictReader(text))


def short(name: str) -> str:
    """A name as people shorten it; peoples stay, because where they end is what the finder has to know."""
    if name in SHORT_PROVINCES:
        return SHORT_PROVINCES[name]
    if name.endswith("自治州"):
        [found] = [each for each in SHORT_PREFECTURES if name.startswith(each)]
        return found
    for rank in ("特别行政区", "地区", "林区", "特区", "新区", "省", "市", "盟", "区", "县", "旗"):
        if name.endswith(rank) and len(name) - len(rank) >= 2 and "自治" not in name and "开发区" not in name:
            return name.removesuffix(rank)
    return name


def path_of(code: str, lists: Lists) -> list[str]:
    """The names from the province down, groups left out."""
    codes = dict.fromkeys((code[:2] + "0000", code[:4] + "00", code))
    return [lists.names[each] for each in codes if each in lists.names and lists.names[each] not in GROUPS]


def possible_codes(parts: list[str], lists: Lists) -> frozenset[str]:
    """The regions that these names, from the top down, can mean: each lies in one that the name before it can mean."""
    open_: set[str] = set()
    for part in parts:
        named = lists.by_name[part]
        if not open_:
            open_ = set(named)
        else:
            deeper = {new for new, old in product(named, open_) if new != old and _lies_in(new, old)}
            open_ = deeper or (open_ & named)
    return frozenset(open_)


def _lies_in(code: str, other: str) -> bool:
    return other in (code[:4] + "00", code[:2] + "0000")


def addresses(lists: Lists, count: int, *, seed: int, traditional: dict[str, str]) -> list[Spelt]:
    """Free text with a county somewhere in China."""
    chance = random.Random(seed)
    return [_address(lists, chance, traditional) for _ in range(count)]


def _address(lists: Lists, chance: random.Random, traditional: dict[str, str]) -> Spelt:
    code = chance.choice(lists.counties)
    path = path_of(code, lists)
    kept = path if chance.random() < 0.6 else path[-2:] if chance.random() < 0.7 else [path[0], path[-1]]
    kept = list(dict.fromkeys(kept))
    shortened = chance.choice(("none", "upper", "all"))
    parts = [
        short(name) if shortened == "all" or (shortened == "upper" and name is not kept[-1]) else name for name in kept
    ]
    said = list(parts)
    if len(parts) > 1 and chance.random() < 0.15:
        said.insert(1, parts[0])
    if len(parts) > 2 and chance.random() < 0.15:
        said.insert(-1, parts[-2])
    tail = "" if shortened == "all" else chance.choice(TAILS)
    tail = tail.format(street=chance.choice(lists.streets.get(code) or ["城关镇"]))
    separator = chance.choice(SEPARATORS)
    text = chance.choice(PREFIXES) + separator.join([*said, tail] if tail else said)
    how = shortened
    if chance.random() < 0.15:
        text, how = "".join(traditional.get(sign, sign) for sign in text), f"{how} traditional"
    return Spelt(text, code, possible_codes(parts, lists) | possible_codes(list(dict.fromkeys(parts)), lists), how)


def cities_with_roads(lists: Lists, count: int, *, seed: int) -> list[Spelt]:
    """A prefecture, then a road, a hospital or a school that is named after a region anywhere."""
    chance = random.Random(seed)
    names = [short(name) for name in lists.names.values() if name not in GROUPS]
    prefectures = [code for code, name in lists.names.items() if code[4:] == "00" and code[2:4] != "00"]
    real = [code for code in prefectures if lists.names[code] not in GROUPS]
    found = []
    for _ in range(count):
        code = chance.choice(real)
        thing = chance.choice(("路12号", "大道1号", "东路88号", "街道办事处", "大厦3楼", "医院", "中学"))
        text = "".join(path_of(code, lists)) + chance.choice(names) + thing
        found.append(Spelt(text, code, frozenset({code}), "road"))
    return found


def region_names(lists: Lists, count: int, *, seed: int) -> list[Spelt]:
    """Single names and codes: `杭州`, `330100`, `330106000000`, `浙江-杭州`."""
    chance = random.Random(seed)
    real = [code for code, name in lists.names.items() if name not in GROUPS]
    found = []
    for _ in range(count):
        code = chance.choice(real)
        path = path_of(code, lists)
        how = chance.choice(("code", "long code", "name", "short name", "pair"))
        if how == "code":
            found.append(Spelt(code, code, frozenset({code}), how))
        elif how == "long code":
            found.append(Spelt(code + "000000", code, frozenset({code}), how))
        else:
            parts = [path[-1]] if how == "name" else [short(path[-1])] if how == "short name" else path[-2:]
            found.append(Spelt("-".join(parts), code, possible_codes(parts, lists), how))
    return found


def phones(file: Path, lists: Lists, count: int, *, seed: int) -> list[Spelt]:
    """Mobile numbers as people write them, of prefixes drawn evenly."""
    chance = random.Random(seed)
    table = pl.read_parquet(file).select(pl.col("prefix7", "province", "city").cast(pl.String))
    found = []
    pairs = table.select("province", "city").unique().iter_rows()
    codes = {(province, city): _city_code(province, city, lists) for province, city in pairs}
    for row in table.sample(count, seed=seed).iter_rows(named=True):
        if code := codes[row["province"], row["city"]]:
            number = f"{row['prefix7']}{chance.randrange(10_000):04}"
            found.append(Spelt(_written(number, chance), code, frozenset({code}), "phone"))
    return found


def _city_code(province: str, city: str, lists: Lists) -> str:
    """By comparing beginnings: `恩施` is 恩施土家族苗族自治州 of 湖北."""
    [top] = [code for code, name in lists.names.items() if code.endswith("0000") and name.startswith(province)]
    if city == province:
        return top
    below = [code for code in lists.by_prefix(city) if code[:2] == top[:2]]
    return below[0] if below else ""


def _written(number: str, chance: random.Random) -> str:
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    ways = (
        number,
        f"+86{number}",
        f"+86 {number}",
        f"0086{number}",
        f"86-{number}",
        f"(+86){number}",
        f"{number[:3]} {number[3:7]} {number[7:]}",
        f"{number[:3]}-{number[3:7]}-{number[7:]}",
        number.translate(wide),
        f" {number}\t",
        f"{number[:3]}－{number[3:7]}－{number[7:]}",
    )
    return chance.choice(ways)
