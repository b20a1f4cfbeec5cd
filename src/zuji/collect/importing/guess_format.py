"""What kind of file it is: its format, encoding, delimiter and header, from the first bytes."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import NamedTuple

import msgspec

from zuji.collect.importing.files import BadFile, open_file
from zuji.collect.importing.mapping import WHITESPACE, Cell, Format, Mapping
from zuji.collect.importing.presets import ACCESS_LOG_LINE, SNOWPLOW_COLUMNS

LOOKED_AT_BYTES = 1 << 18
LONGEST_NAME, LONGEST_LINE = 100, 10_000
"""So much of a name or a line is matched: these patterns take the square of the length at their worst."""
_SHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_DELIMITERS = (",", "\t", ";", "|")
_LIKE_A_VALUE = re.compile(r"[-+]?[\d.,:/ -]*\d[\d.,:/ TZ-]*")
_SENSORS_TYPES = frozenset(
    {"track", "track_signup", "profile_set", "profile_set_once", "profile_increment", "item_set"}
)
_ARRAY = re.compile(r"\s*\[\s*[\[{\]]")
"""How a whole file begins that is one array of JSON, and no table: the names of columns may well stand in brackets."""
_ANYBODY = {"user_id": Cell(constant="x")}


class Shape(NamedTuple):
    """The format, and a mapping that can read the file but says nothing of its columns."""

    format: Format
    mapping: Mapping


def shape_of(path: Path) -> Shape:
    """Look at the first bytes of a file."""
    if path.suffix.lower() in _SHEETS:
        return _shape("excel")
    with open_file(path) as file:
        first = file.read(LOOKED_AT_BYTES)
    if first.startswith(b"PAR1"):
        return _shape("parquet")
    encoding = _encoding_of(first)
    lines = first.decode(encoding, errors="replace").splitlines()
    lines = lines[:-1] if len(first) == LOOKED_AT_BYTES else lines
    if not lines:
        raise BadFile(f"{path} is empty.")
    if _ARRAY.match("\n".join(lines)):
        raise BadFile(
            f"{path} is one array of JSON. Write one object a line (`jq -c '.[]'`), which is read piece by piece."
        )
    if lines[0].lstrip().startswith("{"):
        return _shape(_json_format(lines[0]), encoding=encoding)
    if ACCESS_LOG_LINE.match(lines[0][:LONGEST_LINE]):
        return _shape("access_log", encoding=encoding)
    if lines[0].count("\t") == len(SNOWPLOW_COLUMNS) - 1:
        return _shape("snowplow", encoding=encoding)
    delimiter = _delimiter_of(lines)
    header = _cells(lines[0], delimiter)
    return _shape("csv", encoding=encoding, delimiter=delimiter, header=_is_header(header))


def _shape(format_: Format, **options: object) -> Shape:
    options = {name: value for name, value in options.items() if (name, value) != ("encoding", "utf-8-sig")}
    return Shape(format_, msgspec.convert({"format": format_, "identifiers": _ANYBODY, **options}, Mapping))


def _encoding_of(first: bytes) -> str:
    """UTF-8, UTF-16 with its mark, or else GB18030, which Chinese tables come in and which holds ASCII too."""
    if first.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        first[: first.rfind(b"\n") + 1 or None].decode()
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


def _json_format(line: str) -> Format:
    """Whose export a line of JSON is, by the fields it has; else plain lines of JSON."""
    try:
        item = msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError):
        return "json_lines"
    fields = set(item) if isinstance(item, dict) else set()
    if "distinct_id" in fields and item.get("type") in _SENSORS_TYPES:
        return "sensors"
    if {"distinct_id", "event"} <= fields:
        return "posthog"
    if "type" in fields and fields & {"messageId", "anonymousId", "userId"}:
        return "segment"
    return "json_lines"


def _delimiter_of(lines: list[str]) -> str:
    """The sign that cuts all the first lines into the same number of cells, and into the most of them."""
    looked_at = [line for line in lines[:50] if line.strip()]
    best, most = ",", 1
    for delimiter in (*_DELIMITERS, WHITESPACE):
        counts = {len(_cells(line, delimiter)) for line in looked_at}
        if len(counts) == 1 and (count := counts.pop()) > most:
            best, most = delimiter, count
    if most > 1:
        return best
    return max(_DELIMITERS, key=lambda sign: looked_at[0].count(sign)) if looked_at else ","


def _cells(line: str, delimiter: str) -> list[str]:
    if delimiter == WHITESPACE:
        return line.split()
    return next(csv.reader(io.StringIO(line), delimiter=delimiter), [])


def _is_header(cells: list[str]) -> bool:
    """A header names each column once, and no name looks like a number or a date."""
    names = [cell.strip() for cell in cells]
    return len(set(names)) == len(names) and not any(
        _LIKE_A_VALUE.fullmatch(name[:LONGEST_NAME]) for name in names if name
    )
