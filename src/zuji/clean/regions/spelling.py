"""How names of regions are written: one plain form for comparing, and what a name is called for short."""

from __future__ import annotations

import re
import unicodedata

_PEOPLES = (
    "维吾尔", "哈萨克", "柯尔克孜", "蒙古", "朝鲜", "土家", "布依", "景颇", "傈僳", "哈尼", "仡佬", "拉祜",
    "纳西", "独龙", "布朗", "普米", "撒拉", "保安", "东乡", "裕固", "锡伯", "达斡尔", "鄂温克", "鄂伦春",
    "毛南", "仫佬", "塔吉克", "门巴", "珞巴", "壮", "回", "藏", "苗", "侗", "彝", "傣", "白", "羌", "瑶", "满",
    "畲", "黎", "水", "佤", "怒", "土", "京", "各",
)  # fmt: skip
_AUTONOMOUS = re.compile(rf"(?:(?:{'|'.join(_PEOPLES)})族?)+(?=自治)")
_RANKS: dict[int, tuple[str, ...]] = {
    1: ("特别行政区", "自治区", "省", "市"),
    2: ("自治州", "地区", "林区", "盟", "市"),
    3: ("自治县", "自治旗", "林区", "特区", "新区", "区", "县", "市", "旗"),
}
"""Ranks by depth, longer ones first: 神农架林区 is 神农架, but 北林区 is 北林."""
_NOT_CHINESE = re.compile(r"[^\u3400-\u9fff]+")
_LATIN = re.compile(r"[^a-z]+")
_ENGLISH_SUFFIXES = re.compile(
    r"\b(?:autonomous|province|municipality|prefecture|special administrative|county|district|region|city|league|banner"
    r"|new area|sheng|shi|qu|xian|zizhiqu|zizhizhou|zizhixian)\b"
)
SHORTEST = 2


def plain(text: str, simplified: dict[int, str]) -> str:
    """A text in the one form in which names are compared: full-width letters made usual, traditional characters
    simplified, no blanks.

    >>> plain("浙江 省　杭州市", {})
    '浙江省杭州市'
    """
    return "".join(unicodedata.normalize("NFKC", text).translate(simplified).split())


def short_of(name: str, level: int) -> str:
    """What a region is called without its rank and its peoples; empty when nothing of two characters is left.

    >>> short_of("恩施土家族苗族自治州", 2), short_of("长阳土家族自治县", 3), short_of("赵县", 3), short_of("杭州市", 2)
    ('恩施', '长阳', '', '杭州')
    """
    found = _AUTONOMOUS.search(name)
    if found is not None and found.start() >= SHORTEST:
        return name[: found.start()]
    for people in _PEOPLES if found is not None else ():
        if name.startswith(people) and len(people) >= SHORTEST:
            return people
    shortened = (name.removesuffix(rank) for rank in _RANKS[level] if name.endswith(rank))
    return next((short for short in shortened if len(short) >= SHORTEST), "")


def forms_of(name: str, level: int) -> tuple[str, ...]:
    """Ways to write a name with its rank, the full one first.

    >>> forms_of("延边朝鲜族自治州", 2), forms_of("长阳土家族自治县", 3)
    (('延边朝鲜族自治州', '延边州', '延边自治州'), ('长阳土家族自治县', '长阳县', '长阳自治县'))
    """
    short = short_of(name, level)
    if not short or "自治" not in name:
        return (name,)
    rank = name[name.index("自治") :]
    forms = dict.fromkeys((name, short + rank[2:], short + rank))
    return tuple(form for form in forms if level > 1 or form != short + "区")


def has_chinese(text: str) -> bool:
    """Whether a text has any Chinese character."""
    return _NOT_CHINESE.sub("", text) != ""


def latin_words(text: str) -> list[str]:
    """The words of a romanised text in small letters, accents and apostrophes gone, commas kept as words.

    >>> latin_words("Xi'an, Lüliang Shì")
    ['xian', ',', 'luliang', 'shi']
    """
    bare = "".join(each for each in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(each))
    bare = re.sub(r"['’`´-]", "", bare)
    return re.findall(r"[a-z]+|,", re.sub(r"[;/|\n]", ",", bare))


def latin_key(text: str) -> str:
    """A romanised name as it is looked up: its rank and everything but letters left out.

    >>> latin_key("Chaoyang District"), latin_key("Inner Mongolia Autonomous Region")
    ('chaoyang', 'innermongolia')
    """
    words = " ".join(word for word in latin_words(text) if word != ",")
    return _LATIN.sub("", _ENGLISH_SUFFIXES.sub("", words)) or _LATIN.sub("", words)
