"""Finding the region in an address written in English or pinyin, with the smallest region first or last.

Pinyin leaves more open than characters do: Suzhou is 苏州 and 宿州, so more comes out ambiguous.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from zuji.clean.regions.chinese import Reading, ambiguous, found, usually_meant
from zuji.clean.regions.found import BY_SHORT_NAMES, ONE_NAME_ALONE, UNKNOWN, USUALLY_MEANT, Found
from zuji.clean.regions.provinces import AS_OFTEN_A_DISTRICT
from zuji.clean.regions.spelling import latin_key, latin_words
from zuji.clean.regions.table import RegionTable, depth_of

MOST_WORDS = 6
"""The longest name, such as `Xishuangbanna Dai Autonomous Prefecture`, with its rank."""
_RANKS: dict[str, tuple[int, ...]] = {
    "province": (1,),
    "sheng": (1,),
    "municipality": (1,),
    "region": (1,),
    "prefecture": (2,),
    "league": (2,),
    "city": (1, 2, 3),
    "shi": (1, 2, 3),
    "district": (3,),
    "qu": (3,),
    "county": (3,),
    "xian": (3,),
    "banner": (3,),
}
_COUNTIES = 3
_DISTRICT, _COUNTY = "区", ("县", "旗")
_ROAD = re.compile(r"(?:road|rd|street|st|avenue|ave|lane|lu|jie|dadao|dajie|building|tower|plaza)\b")


def find_in_latin(text: str, table: RegionTable) -> Found:
    """The region of a text without Chinese characters. The order in which names fit into each other is taken."""
    named = list(_names(latin_words(text)[: MOST_WORDS * 10], table))
    best = max((_chain(order, table) for order in (named, named[::-1])), key=_fits, default=())
    codes = tuple(sorted(each.code for each in best))
    if not codes:
        return UNKNOWN
    if len(codes) == 1:
        return found(codes[0], ONE_NAME_ALONE if len(named) == 1 else BY_SHORT_NAMES)
    shared = table.common(codes)
    if shared in codes:
        return found(shared, BY_SHORT_NAMES, codes)
    alone = len(named) == 1 and latin_key(text) not in AS_OFTEN_A_DISTRICT
    meant = usually_meant(codes, table) if alone else ""
    return found(meant, USUALLY_MEANT, codes) if meant else ambiguous(codes, shared)


def _names(words: Sequence[str], table: RegionTable) -> Iterator[tuple[str, ...]]:
    """The names in a text, the longest at each place; none across a comma."""
    at = 0
    while at < len(words):
        for length in range(min(MOST_WORDS, len(words) - at), 0, -1):
            chunk = words[at : at + length]
            codes = () if "," in chunk else _codes_of(chunk, table)
            if codes and not _ROAD.match(" ".join(words[at + length : at + length + 1])):
                yield codes
                at += length
                break
        else:
            at += 1


def _codes_of(chunk: Sequence[str], table: RegionTable) -> tuple[str, ...]:
    """What a name may mean; the rank behind it, if any, leaves fewer."""
    depths = _RANKS.get(chunk[-1])
    if depths is not None and len(chunk) == 1:  # a rank and no name; but Xian is a city as well
        return tuple(code for code in table.latin_names.get(chunk[0], ()) if depth_of(code) < _COUNTIES)
    bare = "".join(chunk if depths is None else chunk[:-1])
    codes = table.latin_names.get(bare, ()) or table.latin_names.get(latin_key(" ".join(chunk)), ())
    if depths is None:
        return codes
    of_rank = tuple(code for code in codes if depth_of(code) in depths and _has_rank(table.regions[code].name, chunk))
    return of_rank or tuple(code for code in codes if depth_of(code) in depths) or codes


def _has_rank(name: str, chunk: Sequence[str]) -> bool:
    rank = chunk[-1]
    if rank in ("district", "qu"):
        return name.endswith(_DISTRICT)
    if rank in ("county", "xian", "banner"):
        return name.endswith(_COUNTY)
    return name.endswith("市") if rank in ("city", "shi") else True


def _chain(named: Sequence[tuple[str, ...]], table: RegionTable) -> tuple[Reading, ...]:
    readings: tuple[Reading, ...] = ()
    for codes in named:
        if not readings:
            readings = tuple(Reading(code, 1) for code in codes)
            continue
        deeper = {
            named_code: Reading(named_code, steps + 1)
            for code, steps in readings
            for named_code in codes
            if table.lies_in(named_code, code)
        }
        same = {code: Reading(code, steps) for code, steps in readings if code in codes}
        readings = tuple((deeper or same).values()) or readings
    return readings


def _fits(readings: tuple[Reading, ...]) -> tuple[int, int]:
    return max((each.steps for each in readings), default=0), -len(readings)
