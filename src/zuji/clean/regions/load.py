"""Making the table of regions from files that people have: lists of codes and names, lists of phone prefixes.

The columns are known by their names, in English or Chinese; which file brings which does not matter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import ModuleType

import numpy as np
import polars as pl

from zuji.clean.regions.find import find_region
from zuji.clean.regions.provinces import SUCCESSORS
from zuji.clean.regions.spelling import short_of
from zuji.clean.regions.stored import MOBILE_DIGITS
from zuji.clean.regions.table import Prefixes, Region, RegionTable, depth_of, is_generic, table_of
from zuji.terms.error import BadRequest

COLUMNS: dict[str, tuple[str, ...]] = {
    "code": ("code", "adcode", "region_code", "代码", "区划代码", "行政区划代码"),
    "name": ("name", "名称", "区划名称", "地名"),
    "english": ("english", "name_en", "pinyin", "英文", "拼音"),
    "aliases": ("aliases", "alias", "别名", "简称"),
    "former": ("former", "former_codes", "old_code", "原代码"),
    "postcode": ("postcode", "zip", "zipcode", "邮编"),
    "area_code": ("area_code", "区号"),
    "prefix": ("prefix", "prefix7", "phone", "号段"),
    "province": ("province", "省份", "省"),
    "city": ("city", "城市", "市"),
}
"""What a column is -> names it may have."""
_SEPARATOR = "|"
_SHARE = 0.05
"""A prefecture has an area code when at least one in twenty prefixes with that code is its own; fewer are mistakes."""
_CJK = range(0x3400, 0xA000)

Row = Mapping[str, str]


@dataclass(frozen=True)
class Loaded:
    """A table, and what to tell whoever loaded it."""

    table: RegionTable
    notes: tuple[str, ...] = ()


@dataclass
class _Tally:
    """What the prefixes say about prefectures."""

    prefixes: list[tuple[int, str]] = field(default_factory=list)
    postcodes: dict[str, Counter[str]] = field(default_factory=dict)
    area_codes: dict[str, Counter[str]] = field(default_factory=dict)
    unplaced: Counter[str] = field(default_factory=Counter)


def load_regions(files: Sequence[Path]) -> Loaded:
    """Read all files and make one table of them."""
    frames = [_named(file) for file in files]
    regions = [row for frame in frames if {"code", "name"} <= set(frame.columns) for row in frame.to_dicts()]
    if not regions:
        raise BadRequest("none of the files lists regions: columns for a code and a name are needed.")
    simplified, notes = _simplified()
    spell, more = _romaniser()
    rows = [row for row in map(_cleaned, regions) if row["code"]]
    known = table_of(_region(row, spell) for row in rows)
    successors = SUCCESSORS | {old: row["code"] for row in rows for old in _several(row.get("former", ""))}
    table = RegionTable(known, successors, simplified, postcodes=_own_postcodes(rows))
    prefixes = [frame for frame in frames if "prefix" in frame.columns]
    if not prefixes:
        return Loaded(table, (*notes, *more))
    return _with_phones(table, prefixes, (*notes, *more))


def _named(file: Path) -> pl.DataFrame:
    """A file as texts, its columns by what they are."""
    try:
        if file.suffix == ".parquet":
            frame = pl.read_parquet(file).cast(pl.String)
        else:
            frame = pl.read_csv(file, infer_schema=False, separator="\t" if ".tsv" in file.suffixes else ",")
    except (pl.exceptions.PolarsError, OSError) as error:
        raise BadRequest(f"{file} cannot be read as a table (CSV, TSV or Parquet): {error}") from error
    found = {name: known for known, names in COLUMNS.items() for name in frame.columns if name.lower() in names}
    return frame.select(pl.col(name).alias(known) for name, known in found.items()).fill_null("")


def _cleaned(row: Row) -> dict[str, str]:
    """A row whose code has six digits; codes of streets and what is no code are left out."""
    code = row["code"].strip()
    code = code[:6] if len(code) == 12 and code.endswith("000000") else code
    usable = code.isdecimal() and len(code) in (2, 4, 6) and row["name"].strip()
    return {**row, "code": code.ljust(6, "0") if usable else "", "name": "".join(row["name"].split())}


def _region(row: Row, spell: ModuleType | None) -> Region:
    code, name = row["code"], row["name"]
    spelt = [row["english"]] if row.get("english") else []
    if not is_generic(name):
        spelt += _romanised(name, depth_of(code), spell)
    english, *others = dict.fromkeys(spelt) or [""]
    return Region(code, name, english, (*_several(row.get("aliases", "")), *others))


def _several(text: str) -> Iterator[str]:
    return (part.strip() for part in text.split(_SEPARATOR) if part.strip())


def _own_postcodes(rows: Iterable[Row]) -> dict[str, str]:
    return {row["postcode"]: row["code"] for row in rows if row.get("postcode")}


def _with_phones(table: RegionTable, frames: Iterable[pl.DataFrame], notes: tuple[str, ...]) -> Loaded:
    tally = _Tally()
    for frame in frames:
        _count_prefixes(frame, table, tally)
    tally.prefixes.sort()
    starts, codes = _stretches(tally.prefixes)
    whole = RegionTable(
        table.regions,
        table.successors,
        table.simplified,
        Prefixes(MOBILE_DIGITS, starts, codes),
        {zip_: counted.most_common(1)[0][0] for zip_, counted in tally.postcodes.items()} | dict(table.postcodes),
        {area: _shared_by(counted) for area, counted in tally.area_codes.items()},
    )
    if tally.unplaced:
        shown = ", ".join(name for name, _ in tally.unplaced.most_common(5))
        notes += (f"{tally.unplaced.total():,} prefixes lie in places the table does not know, such as {shown}",)
    return Loaded(whole, notes)


def _count_prefixes(frame: pl.DataFrame, table: RegionTable, tally: _Tally) -> None:
    """Each pair of a province and a city is looked for once."""
    wanted = ["prefix", "province", "city", "postcode", "area_code"]
    missing = [pl.lit("").alias(name) for name in wanted if name not in frame.columns]
    places: dict[str, str] = {}
    for prefix, province, city, postcode, area_code in frame.with_columns(missing).select(wanted).iter_rows():
        name = province if city == province else province + city
        if name not in places:
            found = find_region(name, table)
            places[name] = found.code if found.standing == "found" else ""
        code = places[name]
        if not code:
            tally.unplaced[name] += 1
            continue
        tally.prefixes.append((int(prefix), code))
        if postcode:
            tally.postcodes.setdefault(postcode, Counter())[code] += 1
        if area_code:
            tally.area_codes.setdefault("0" + area_code.lstrip("0"), Counter())[code] += 1


def _stretches(prefixes: Sequence[tuple[int, str]]) -> tuple[np.ndarray, np.ndarray]:
    """Where the region changes; a prefix that nobody listed has none."""
    starts: list[int] = []
    codes: list[int] = []
    expected = -1
    for prefix, code in prefixes:
        if prefix != expected and expected > 0:
            starts.append(expected)
            codes.append(0)
        if not codes or codes[-1] != int(code):
            starts.append(prefix)
            codes.append(int(code))
        expected = prefix + 1
    return np.array(starts, np.uint32), np.array(codes, np.uint32)


def _shared_by(counted: Counter[str]) -> tuple[str, ...]:
    least = counted.total() * _SHARE
    return tuple(sorted(code for code, count in counted.items() if count >= least))


def _simplified() -> tuple[dict[int, str], tuple[str, ...]]:
    """Traditional characters that have one simplified form each."""
    module = _optional("opencc")
    if module is None:
        return {}, ("traditional characters are not understood: install opencc and load again",)
    signs = "".join(map(chr, _CJK))
    turned = module.OpenCC("t2s").convert("\n".join(signs)).split("\n")
    return {ord(sign): new for sign, new in zip(signs, turned, strict=True) if sign != new and len(new) == 1}, ()


def _romaniser() -> tuple[ModuleType | None, tuple[str, ...]]:
    module = _optional("pypinyin")
    note = "names in Latin letters are not understood below provinces: install pypinyin and load again"
    return (module, ()) if module else (None, (note,))


def _romanised(name: str, depth: int, spell: ModuleType | None) -> list[str]:
    """`Hangzhou` for 杭州市. Some characters are read one way in a name and another way in words, so it is read with
    its rank and without it; and the vowel of 吕 is written u, v or ü.
    """
    if spell is None:
        return []
    short = short_of(name, depth) or name[:-1]
    read = (spell.lazy_pinyin(name)[: len(short)], spell.lazy_pinyin(short))
    spelt = ["".join(syllables).capitalize() for syllables in read]
    return [*(each.replace("v", "u") for each in spelt), *spelt]


def _optional(name: str) -> ModuleType | None:
    try:
        return import_module(name)
    except ImportError:
        return None
