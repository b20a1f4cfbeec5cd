"""Weights, lengths, volumes and durations, turned into the unit that a policy asks for, exact to 28 digits."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

from zuji.clean.standards.money import DecimalMark, number_of

LONGEST = 60
_DIMENSIONS: tuple[dict[str, str], ...] = (
    {
        "mg 毫克": "0.001", "g 克 gram grams gr": "1", "kg 千克 公斤 kilogram kilograms kgs": "1000",
        "t 吨 ton tons": "1000000", "斤 市斤": "500", "两": "50", "lb lbs pound pounds 磅": "453.59237",
        "oz ounce ounces 盎司": "28.349523125",
    },
    {
        "mm 毫米": "1", "cm 厘米 公分": "10", "dm 分米": "100", "m 米 公尺 meter meters metre metres": "1000",
        "km 公里 千米": "1000000", "里": "500000", "in inch inches 英寸 寸": "25.4", "ft foot feet 英尺": "304.8",
        "mi mile miles 英里": "1609344",
    },
    {"ml 毫升": "1", "cl": "10", "l 升 公升 liter liters litre litres": "1000", "m3 m³ 立方米": "1000000"},
    {
        "ms 毫秒": "1", "s sec secs second seconds 秒": "1000", "min mins minute minutes 分钟 分": "60000",
        "h hr hrs hour hours 小时 时": "3600000", "d day days 天": "86400000",
    },
)  # fmt: skip
UNITS: dict[str, tuple[int, Decimal]] = {
    name: (dimension, Decimal(factor))
    for dimension, units in enumerate(_DIMENSIONS)
    for names, factor in units.items()
    for name in names.split()
}
"""Unit -> what it measures, and how many of the smallest unit it is. 寸 is an inch, as for sizes of screens."""
_QUANTITY = re.compile(r"(-?)(\d[\d.,' ]*)\s*([^\d\s.,].*)?")


@lru_cache(maxsize=8_192)
def quantity_in(text: str, unit: str, decimal_mark: DecimalMark = "point", given_in: str = "") -> Decimal | None:
    """How many of a unit a text states; a bare number is `given_in` another, or in the same.

    >>> quantity_in("2斤", "kg"), quantity_in("3", "kg", given_in="斤"), quantity_in("3 m", "kg")
    (Decimal('1'), Decimal('1.5'), None)
    """
    if len(text) > LONGEST:
        return None
    found = _QUANTITY.fullmatch(unicodedata.normalize("NFKC", text).strip().lower())
    number = None if found is None else number_of(found[2], decimal_mark)
    if found is None or number is None:
        return None
    said = (found[3] or given_in or unit).strip().rstrip(".")
    if said not in UNITS or UNITS[said][0] != UNITS[unit][0]:
        return None
    exact = number * UNITS[said][1] / UNITS[unit][1]
    return -exact if found[1] else exact
