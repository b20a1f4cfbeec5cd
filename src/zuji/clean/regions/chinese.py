"""Finding the region in an address written in Chinese: its names are read from left to right, each within the last.

A name with its rank (鼓楼区) counts wherever it stands; one without (鼓楼) only right behind another name or at the
beginning, where it is no part of the name of a road. Names that several regions bear stay open until a name above or
below decides; what stays open to the end is reported as ambiguous.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from zuji.clean.regions.found import (
    BY_SHORT_NAMES,
    CONTRADICTED,
    IN_PROSE,
    ONE_NAME_ALONE,
    SPELT_OUT,
    UNKNOWN,
    USUALLY_MEANT,
    Found,
)
from zuji.clean.regions.provinces import AS_OFTEN_A_DISTRICT
from zuji.clean.regions.table import LEVELS, RegionTable, depth_of

_CITY = 2
_LONG_ENOUGH = 3
LONGEST_TEXT = 200
"""An address says where it is at its beginning."""
_PREFIX = re.compile(r"^(?:中华人民共和国|中国|(?:[\w]{0,4}地址|地区|城市|省份|所在地)?[:：])+")
_BETWEEN = re.compile(r"[,，、/|\-—_·.。;；()（）\[\]【】>]+")
_PART_OF_A_ROAD = re.compile(
    r"[东西南北中新老]?[一二三四五六七八九十]?"
    r"(?:路|街|道|大道|大街|巷|弄|里弄|胡同|桥|大桥|高速|公路|环路|镇|乡|村|新村|小区|社区|花园|公园|广场|大厦|医院|大学|学院|中学|小学"
    r"|机场|车站|火车站|站|银行|酒店|宾馆)"
)
_USELESS_RANKS = re.compile(r"省|市辖区|辖区")
"""What people write behind short names that have another rank: 新疆省, 北京市市辖区."""


class Mention(NamedTuple):
    """A name that was read: what it may mean, and how it was written."""

    codes: tuple[str, ...]
    start: int
    end: int
    ranked: bool


class Reading(NamedTuple):
    """One way to understand the names read so far: the deepest region, and how often a name led deeper."""

    code: str
    steps: int


def find_in_chinese(text: str, table: RegionTable) -> Found:
    """The region of a plain Chinese text (see `spelling.plain`)."""
    text = _PREFIX.sub("", _BETWEEN.sub("", text[:LONGEST_TEXT]))
    readings: tuple[Reading, ...] = ()
    taken: list[Mention] = []
    contradicted = False
    for mention in mentions(text, table):
        followed = _follow(readings, mention.codes, table)
        if followed:
            readings = followed
            taken.append(mention)
        elif mention.ranked and mention.start == taken[-1].end:
            contradicted = True
    if not taken:
        return UNKNOWN
    return _judged(readings, taken, text, table, contradicted)


def mentions(text: str, table: RegionTable) -> Iterator[Mention]:
    """The names of regions in a text, from left to right; of names that begin at one place the longest."""
    at, expected, any_yet = 0, True, False
    while at < len(text):
        found = _name_at(text, at, table, bare=expected or not any_yet, first=not any_yet)
        if found is None:
            at += 1
            expected = False
            continue
        found = _shortened(found, text, table)
        yield found
        any_yet, expected = True, True
        useless = _USELESS_RANKS.match(text, found.end)
        at = useless.end() if useless else found.end


def _shortened(mention: Mention, text: str, table: RegionTable) -> Mention:
    """青岛市南区 is 青岛 and 市南区: the last character goes to the next name if that name lies here."""
    if not mention.ranked or mention.end - mention.start < _LONG_ENOUGH:
        return mention
    behind = _name_at(text, mention.end - 1, table, bare=True, first=False)
    shorter = table.short_names.get(text[mention.start : mention.end - 1], ())
    if behind is None or not any(table.lies_in(code, above) for code in behind.codes for above in shorter):
        return mention
    return Mention(shorter, mention.start, mention.end - 1, ranked=False)


def _name_at(text: str, at: int, table: RegionTable, *, bare: bool, first: bool) -> Mention | None:
    for length in range(min(table.longest, len(text) - at), 1, -1):
        name = text[at : at + length]
        if codes := table.full_names.get(name):
            return Mention(codes, at, at + length, ranked=True)
        codes = table.short_names.get(name, ()) if bare else ()
        if codes and not _names_a_road(text, at + length, table):
            return Mention(codes, at, at + length, ranked=False)
    if at == 0 and first and text[0] in table.abbreviations:
        return _abbreviation(text, table)
    return None


def _names_a_road(text: str, end: int, table: RegionTable) -> bool:
    """Whether a short name that ends here is part of a road's or a town's: 北京东路; not 石家庄桥西, a district."""
    return _PART_OF_A_ROAD.match(text, end) is not None and _name_at(text, end, table, bare=True, first=False) is None


def _abbreviation(text: str, table: RegionTable) -> Mention | None:
    """粤 for 广东, where nothing follows or a name of something that lies there."""
    province = table.abbreviations[text[0]]
    if len(text) == 1:
        return Mention((province,), 0, 1, ranked=False)
    behind = _name_at(text, 1, table, bare=True, first=False)
    if behind is None or not any(table.lies_in(code, province) for code in behind.codes):
        return None
    return Mention((province,), 0, 1, ranked=False)


def _follow(readings: tuple[Reading, ...], codes: Iterable[str], table: RegionTable) -> tuple[Reading, ...]:
    """The readings after one more name: deeper, or the same again (吉林吉林 may be the province twice, or its city)."""
    if not readings:
        return tuple(Reading(code, 1) for code in codes)
    found: dict[str, int] = {}
    for code, steps in readings:
        for named in codes:
            if table.lies_in(named, code):
                found[named] = max(found.get(named, 0), steps + 1)
            elif named == code or table.lies_in(code, named):
                found[code] = max(found.get(code, 0), steps)
    return tuple(Reading(code, steps) for code, steps in found.items())


def _judged(
    readings: tuple[Reading, ...], taken: list[Mention], text: str, table: RegionTable, contradicted: bool
) -> Found:
    codes = _deepest(readings)
    confidence = _confidence(taken)
    if len(codes) > 1:
        meant = usually_meant(codes, table) if not any(each.ranked for each in taken) else ""
        shared = table.common(codes)
        if shared in codes:
            meant = shared
        elif text in AS_OFTEN_A_DISTRICT or not meant:
            return ambiguous(codes, shared)
        confidence = min(confidence, USUALLY_MEANT if meant != shared else confidence)
        return found(meant, CONTRADICTED if contradicted else confidence, codes)
    return found(codes[0], CONTRADICTED if contradicted else confidence)


def _deepest(readings: tuple[Reading, ...]) -> tuple[str, ...]:
    """What is left at the end: 吉林吉林 is the city, as whoever writes a name twice after a province means; 长沙长沙 is
    not surely the county, so both stay.
    """
    most = max(each.steps for each in readings)
    cities = [each.code for each in readings if each.steps == most > 1 and depth_of(each.code) == _CITY]
    return tuple(cities or sorted(each.code for each in readings))


def usually_meant(codes: tuple[str, ...], table: RegionTable) -> str:
    """Of regions that share a short name the one that is meant when nothing else is said: the highest, if it is alone
    and above a county.
    """
    highest = min(map(depth_of, codes))
    above = [code for code in codes if depth_of(code) == highest]
    return above[0] if len(above) == 1 and highest < len(LEVELS) else ""


def found(code: str, confidence: float, codes: tuple[str, ...] = ()) -> Found:
    """A region was found."""
    rivals = tuple(each for each in codes if each != code)
    return Found("found", code, LEVELS[depth_of(code) - 1], confidence, rivals)


def ambiguous(codes: tuple[str, ...], shared: str) -> Found:
    """Several are possible."""
    level = LEVELS[depth_of(shared) - 1] if shared else None
    return Found("ambiguous", shared, level, 0.0, codes)


def _confidence(taken: list[Mention]) -> float:
    if taken[0].start:
        return IN_PROSE
    if len(taken) == 1 and any(depth_of(code) > 1 for code in taken[0].codes):
        return ONE_NAME_ALONE
    return SPELT_OUT if all(each.ranked for each in taken) else BY_SHORT_NAMES
