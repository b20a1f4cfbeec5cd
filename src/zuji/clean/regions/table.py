"""The regions that are known: provinces, prefectures, counties by their codes of GB/T 2260, with all their names.

A code tells where its region lies: its first two digits are the province, the first four the prefecture.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

from zuji.clean.regions.provinces import COUNTRIES, OTHER_SPELLINGS, PROVINCES, SUCCESSORS
from zuji.clean.regions.spelling import forms_of, has_chinese, latin_key, short_of

Level = Literal["province", "city", "district"]
LEVELS: tuple[Level, ...] = ("province", "city", "district")
_GENERIC = ("直辖县级", "市辖区", "直辖行政")
"""Rows of tables that stand for no place but for a rank."""


_SHORTEST_ZONE = 2


class Region(msgspec.Struct, frozen=True, array_like=True):
    """A region. `english` is its romanised name, `other` are further names it goes by, in either script."""

    code: str
    name: str
    english: str = ""
    other: tuple[str, ...] = ()

    @property
    def depth(self) -> int:
        """1 for provinces, 2 for prefectures, 3 for counties."""
        return depth_of(self.code)

    @property
    def level(self) -> Level:
        """The same as a word."""
        return LEVELS[self.depth - 1]


class Place(msgspec.Struct, frozen=True):
    """A region and those it lies in, by the names that properties get. Empty where it is no deeper."""

    country: str
    region_code: str
    province: str = ""
    city: str = ""
    district: str = ""


def depth_of(code: str) -> int:
    """How deep a code goes.

    >>> depth_of("330000"), depth_of("330100"), depth_of("330106")
    (1, 2, 3)
    """
    return 3 if not code.endswith("00") else 2 if not code.endswith("0000") else 1


def is_generic(name: str) -> bool:
    """Whether a row of a table only groups others (市辖区, 省直辖县级行政区划)."""
    return name == "县" or any(word in name for word in _GENERIC)


@dataclass(frozen=True)
class Prefixes:
    """Numbers that begin alike lie in one region: the first of each stretch, in order, and the region's code (0: none).

    `width` digits of a number are looked up.
    """

    width: int
    starts: npt.NDArray[np.uint32] = field(default_factory=lambda: np.zeros(0, np.uint32))
    codes: npt.NDArray[np.uint32] = field(default_factory=lambda: np.zeros(0, np.uint32))

    def code_of(self, digits: str) -> str:
        """The region of a number; empty when none is known."""
        if len(digits) < self.width or not digits[: self.width].isdecimal() or not len(self.starts):
            return ""
        at = int(np.searchsorted(self.starts, int(digits[: self.width]), side="right")) - 1
        return str(self.codes[at]) if at >= 0 and self.codes[at] else ""


@dataclass(frozen=True)
class RegionTable:
    """Everything that is known about regions; a value that is made once and asked often."""

    regions: Mapping[str, Region]
    successors: Mapping[str, str] = field(default_factory=lambda: SUCCESSORS)
    simplified: dict[int, str] = field(default_factory=dict)
    """Traditional characters -> simplified ones, as `str.translate` takes them."""
    mobiles: Prefixes = field(default_factory=lambda: Prefixes(7))
    postcodes: Mapping[str, str] = field(default_factory=dict)
    area_codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Area codes of landlines with their zero -> the prefectures that share them."""

    def __contains__(self, code: str) -> bool:
        return code in self.regions

    def parents(self, code: str) -> tuple[str, ...]:
        """The regions that a region lies in, the nearest first."""
        above = (code[:4] + "00", code[:2] + "0000")
        return tuple(dict.fromkeys(one for one in above if one != code and one in self.regions))

    def lies_in(self, code: str, other: str) -> bool:
        """Whether a region is part of another one."""
        return code != other and other in self.parents(code)

    def common(self, codes: Iterable[str]) -> str:
        """The deepest region in which all of these lie, themselves counted; empty when they share none."""
        chains = [(code, *self.parents(code)) for code in codes]
        shared = [code for code in chains[0] if all(code in chain for chain in chains[1:])] if chains else []
        return shared[0] if shared else ""

    def place(self, code: str) -> Place:
        """A region's names from the province down. A municipality is its own city, and so is a county that is no part
        of any prefecture.
        """
        names = {depth_of(one): self.regions[one].name for one in (code, *self.parents(code))}
        province, city, district = names.get(1, ""), names.get(2, ""), names.get(3, "")
        if not city and district:
            city = province if province.endswith("市") else district
        elif not city and province.endswith("市"):
            city = province
        return Place(COUNTRIES.get(code[:2] + "0000", "CN"), code, province, city, district)

    def today(self, code: str) -> str:
        """The code of today for one that was given up; empty when nothing is known of it."""
        seen = set[str]()
        while code not in self.regions:
            if code in seen or code not in self.successors:
                return ""
            seen.add(code)
            code = self.successors[code]
        return code

    @cached_property
    def full_names(self) -> dict[str, tuple[str, ...]]:
        """Names with their rank -> codes."""
        return self._by_name((form, each.code) for each in self._real() for form in self._forms(each))

    @cached_property
    def short_names(self) -> dict[str, tuple[str, ...]]:
        """Names without their rank -> codes."""
        short = ((short_of(each.name, each.depth), each.code) for each in self._real())
        other = ((name, code) for name, codes in OTHER_SPELLINGS.items() if has_chinese(name) for code in codes)
        return self._by_name((name, code) for name, code in (*short, *other) if name and code in self.regions)

    @cached_property
    def abbreviations(self) -> dict[str, str]:
        """Single characters -> provinces."""
        return {sign: each.code for each in PROVINCES for sign in each.abbreviations}

    @cached_property
    def latin_names(self) -> dict[str, tuple[str, ...]]:
        """Romanised names without their rank -> codes."""
        own = ((name, each.code) for each in self._real() for name in (each.english, *each.other))
        other = ((name, code) for name, codes in OTHER_SPELLINGS.items() if not has_chinese(name) for code in codes)
        return _gathered((latin_key(name), code) for name, code in (*own, *other) if code in self.regions)

    @cached_property
    def longest(self) -> int:
        """The length of the longest name."""
        return max(map(len, self.full_names))

    def _by_name(self, pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
        """Names as texts have them when they are compared: 乾安县 has become 干安县 there."""
        return _gathered((name.translate(self.simplified), code) for name, code in pairs)

    def _forms(self, region: Region) -> Iterator[str]:
        """Development zones begin with where they lie (河北唐山芦台经济开发区) and are called without it too."""
        yield from forms_of(region.name, region.depth)
        yield from filter(has_chinese, region.other)
        rest = region.name
        for parent in reversed(self.parents(region.code)):
            above = self.regions[parent]
            short = short_of(above.name, above.depth) or above.name
            rest = rest.removeprefix(above.name).removeprefix(short)
        if rest != region.name and len(rest) > _SHORTEST_ZONE:
            yield rest

    def _real(self) -> Iterator[Region]:
        return (each for each in self.regions.values() if not is_generic(each.name))


def table_of(regions: Iterable[Region]) -> dict[str, Region]:
    """Regions by code over the built-in provinces, in the order of codes; rows that only group others left out."""
    known = {each.code: Region(each.code, each.name, each.english) for each in PROVINCES}
    known |= {each.code: each for each in regions if not is_generic(each.name) and each.code not in known}
    return dict(sorted(known.items()))


def built_in() -> RegionTable:
    """What is known before anybody supplied a table: the provinces."""
    return RegionTable(table_of(()))


def _gathered(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, code in pairs:
        if name and code not in found.get(name, ()):
            found[name] = (*found.get(name, ()), code)
    return found
