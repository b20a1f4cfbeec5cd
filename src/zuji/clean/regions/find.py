"""Finding a region by whatever names it: a text, a code, a phone number, a postcode."""

from __future__ import annotations

import re
from functools import lru_cache

from zuji.clean.regions.chinese import ambiguous, find_in_chinese, found
from zuji.clean.regions.found import ONE_NAME_ALONE, SPELT_OUT, UNKNOWN, USUALLY_MEANT, Found
from zuji.clean.regions.romanised import find_in_latin
from zuji.clean.regions.spelling import has_chinese, plain
from zuji.clean.regions.table import RegionTable

CODE_LENGTHS = (2, 4, 6)
"""Longer ones, of streets and villages, begin with six digits that are enough."""
LONG_CODES = (9, 12)
_NO_DIGIT = re.compile(r"[^\d+]")
_NATIONAL = re.compile(r"(?:\+86|0086|86(?=1[3-9]\d{9}$))?0?(1[3-9]\d{9}|(?!1[3-9])[1-9]\d{8,10})")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_AREA_LENGTHS = (4, 3)
MOST_CHARACTERS = 2_000


def find_region(text: str, table: RegionTable) -> Found:
    """The region that a text names: a code, or names in Chinese or in Latin letters.

    >>> from zuji.clean.regions.table import built_in
    >>> find_region("广东省", built_in()).code, find_region("Inner Mongolia", built_in()).code
    ('440000', '150000')
    """
    written = plain(text[:MOST_CHARACTERS], table.simplified)
    if written.isdecimal():
        return region_of_code(written, table)
    return find_in_chinese(written, table) if has_chinese(written) else find_in_latin(text[:MOST_CHARACTERS], table)


def region_of_code(code: str, table: RegionTable) -> Found:
    """The region of a code of two to twelve digits, of today or given up. Of an unknown one, what it lay in."""
    if len(code) not in CODE_LENGTHS and len(code) not in LONG_CODES:
        return UNKNOWN
    code = code[:6].ljust(6, "0")
    if now := table.today(code):
        return found(now, SPELT_OUT)
    above = table.parents(code)
    return found(above[0], USUALLY_MEANT) if above else UNKNOWN


def region_of_postcode(postcode: str, table: RegionTable) -> Found:
    """The prefecture that a postcode belongs to. Its last two digits are a post office."""
    digits = plain(postcode, {})
    for length in (6, 4, 3):
        if code := table.postcodes.get(digits[:length].ljust(6, "0") if length < len(digits) else digits):
            return found(code, ONE_NAME_ALONE)
    return UNKNOWN


def region_of_phone(phone: str, table: RegionTable) -> Found:
    """The prefecture where a Chinese number was given out, however it is written. People move and numbers stay, so it
    is never sure.
    """
    national = national_digits(phone)
    if _MOBILE.fullmatch(national):
        code = table.mobiles.code_of(national)
        return found(code, USUALLY_MEANT) if code else UNKNOWN
    for length in _AREA_LENGTHS:
        codes = table.area_codes.get("0" + national[: length - 1], ()) if national else ()
        if len(codes) == 1:
            return found(codes[0], ONE_NAME_ALONE)
        if codes:
            return ambiguous(codes, table.common(codes))
    return UNKNOWN


def national_digits(phone: str) -> str:
    """The digits of a Chinese number without what stands for the country or for leaving a town; empty for others.

    >>> [national_digits(each) for each in ("＋86 139-1234-5678", "0571 8888 8888", "+44 20 7946 0958")]
    ['13912345678', '57188888888', '']
    """
    written = _NO_DIGIT.sub("", plain(phone, {}))
    known = _NATIONAL.fullmatch(written)
    return known[1] if known else ""


class Remembering:
    """The same questions asked of one table, their answers kept: addresses and phone numbers repeat."""

    def __init__(self, table: RegionTable, *, answers: int = 65_536) -> None:
        self.table = table
        self.region = lru_cache(answers)(lambda text: find_region(text, table))
        self.phone = lru_cache(answers)(lambda text: region_of_phone(text, table))
        self.postcode = lru_cache(answers)(lambda text: region_of_postcode(text, table))
        self.code = lru_cache(answers)(lambda text: region_of_code(text, table))
