"""The cells of a mapping as expressions over columns: from the texts of a file to pieces of JSON.

A piece is null where there is nothing to say. Work that needs Python is done once per distinct value.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from typing import NamedTuple

import msgspec
import polars as pl

from zuji.collect.importing.chunk import Reason
from zuji.collect.importing.mapping import COLUMN_IN_TEMPLATE, Cell

_NUMBER = r"^-?(?:0|[1-9]\d{0,17})(?:\.\d{1,30})?(?:[eE][+-]?\d{1,2})?$"
"""What JSON calls a number, as long as any engine keeps it exactly."""
_TRUE, _FALSE = ["true", "t", "yes", "y", "1", "是"], ["false", "f", "no", "n", "0", "否"]
_FAULT: dict[str, Reason] = {"number": "bad_number", "boolean": "bad_boolean", "json": "not_json"}


class Piece(NamedTuple):
    """A cell as JSON, and why it is null where the cell has a text."""

    json: pl.Expr
    fault: Reason | None = None


def text_of(cell: Cell) -> pl.Expr:
    """The text of a cell, null where there is none."""
    if cell.column:
        text = pl.coalesce(cell.columns)
    elif cell.template:
        text = _filled(cell.template)
    else:
        text = pl.lit(_constant_text(cell.constant))
    if not cell.values:
        return text
    if cell.otherwise is None:
        return text.replace(cell.values)
    known = text.replace_strict(cell.values, default=pl.lit(cell.otherwise), return_dtype=pl.String)
    return pl.when(text.is_not_null()).then(known)


def piece_of(cell: Cell, decimal: str) -> Piece:
    """The cell as JSON."""
    if cell.constant is not None and not cell.values:
        return Piece(pl.lit(msgspec.json.encode(cell.constant).decode()))
    text = text_of(cell)
    if cell.kind == "text":
        return Piece(quoted(text))
    if cell.kind == "hash":
        return Piece(_per_distinct(text, _hashed))
    read = {"number": lambda: number_of(text, decimal), "boolean": lambda: _boolean(text), "json": lambda: _json(text)}
    return Piece(read[cell.kind](), _FAULT[cell.kind])


def quoted(text: pl.Expr) -> pl.Expr:
    """A text as JSON writes it."""
    return named("", text).str.slice(3)


def named(name: str, text: pl.Expr) -> pl.Expr:
    """A text with its name, as a member of an object."""
    member = pl.struct(text.alias(name)).struct.json_encode().str.strip_prefix("{").str.strip_suffix("}")
    return pl.when(text.is_not_null()).then(member)


def number_of(text: pl.Expr, decimal: str) -> pl.Expr:
    """A number as JSON, digit for digit as it was written; null for what is none.

    >>> frame = pl.DataFrame({"n": ["1.234,50", "+7", "007", "-,5", "x"]})
    >>> frame.select(number_of(pl.col("n"), ","))["n"].to_list()
    ['1234.50', '7', '7', '-0.5', None]
    """
    thousands = "." if decimal == "," else ","
    grouped = rf"^[+-]?\d{{1,3}}(?:[{thousands}]\d{{3}})+(?:[{decimal}]\d+)?$"
    plain = text.str.strip_chars()
    plain = (
        pl.when(plain.str.contains(grouped)).then(plain.str.replace_all(thousands, "", literal=True)).otherwise(plain)
    )
    if decimal == ",":
        plain = pl.when(~plain.str.contains(".", literal=True)).then(plain.str.replace(",", ".", literal=True))
    usual = plain.str.replace(r"^\+", "").str.replace(r"^(-?)\.", "${1}0.").str.replace(r"^(-?)0+(\d)", "${1}${2}")
    usual = usual.str.replace(r"\.$", "")
    return pl.when(usual.str.contains(_NUMBER)).then(usual)


def _boolean(text: pl.Expr) -> pl.Expr:
    plain = text.str.strip_chars().str.to_lowercase()
    return pl.when(plain.is_in(_TRUE)).then(pl.lit("true")).when(plain.is_in(_FALSE)).then(pl.lit("false"))


def _json(text: pl.Expr) -> pl.Expr:
    return _per_distinct(text, _rewritten)


def _rewritten(text: str) -> str | None:
    """JSON written anew: on one line, and surely whole."""
    try:
        return msgspec.json.encode(msgspec.json.decode(text)).decode()
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return None


def _hashed(text: str) -> str:
    return f'"{blake2b(text.encode(), digest_size=16).hexdigest()}"'


def _per_distinct(text: pl.Expr, work: Callable[[str], str | None]) -> pl.Expr:
    def worked(series: pl.Series) -> pl.Series:
        distinct = series.drop_nulls().unique().to_list()
        return series.replace_strict(
            distinct, [work(value) for value in distinct], default=None, return_dtype=pl.String
        )

    return text.map_batches(worked, return_dtype=pl.String, is_elementwise=True)


def _filled(template: str) -> pl.Expr:
    """The template with the columns' texts in it; null when any of them is."""
    parts = [
        pl.col(part) if place % 2 else pl.lit(part) for place, part in enumerate(COLUMN_IN_TEMPLATE.split(template))
    ]
    return pl.concat_str(parts)


def _constant_text(constant: object) -> str:
    return constant if isinstance(constant, str) else msgspec.json.encode(constant).decode()
