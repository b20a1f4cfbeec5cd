"""A mapping: how the rows of a file become messages. A document that people read and edit, as TOML or JSON.

Every place of a message is filled by a cell: the text of a column, a constant, or a template over several columns,
then turned into a text, a number, a time and so on. A cell written as a plain text names its column.

>>> mapping = read_mapping('event.constant = "Order Completed"\\ntime = "date"\\nidentifiers.user_id = "customer"')
>>> mapping.identifiers["user_id"].column
'customer'
"""

from __future__ import annotations

import codecs
import json
import re
import tomllib
from collections.abc import Iterator
from collections.abc import Mapping as AnyMapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from zuji.terms.document import Document, Name, Text, read_document
from zuji.terms.error import BadRequest

Format = Literal["csv", "json_lines", "parquet", "excel", "access_log", "snowplow", "segment", "posthog", "sensors"]
FORMATS: tuple[Format, ...] = get_args(Format)
PRESET_FORMATS: frozenset[Format] = frozenset({"access_log", "snowplow"})
"""Formats whose fields are known: without cells, `presets` has some for them."""
WIRE_FORMATS: frozenset[Format] = frozenset({"segment", "posthog", "sensors"})
"""Exports whose lines are messages already: they need no cells."""

As = Literal["text", "number", "boolean", "json", "hash"]
WHITESPACE = "whitespace"
"""As a delimiter: any run of blanks and tabs, and those at the ends of a line do not count."""

COLUMN_IN_TEMPLATE = re.compile(r"\{([^{}]+)\}")
EPOCHS = ("seconds", "milliseconds")
"""In the place of a time's format: a number since 1970 in UTC, with or without a fraction."""


class BadMapping(BadRequest):
    """A mapping that cannot be used; the message says where and why."""

    code = "bad_mapping"


class Cell(Document, frozen=True, kw_only=True, rename={"kind": "as"}):
    """Where a value comes from and what it is. Exactly one of `column`, `constant` and `template` is given.

    `or_column` is the column that speaks where `column` has nothing.
    `values` translates texts; what is not in it becomes `otherwise`, or stays as it is. `formats` are the ways a time
    may be written (`%Y-%m-%d`, `seconds`, `milliseconds`), tried in order; none means ISO 8601.
    """

    column: Text = ""
    or_column: Text = ""
    constant: str | int | float | bool | None = None
    template: Text = ""
    kind: As = "text"
    values: dict[str, str] = msgspec.field(default_factory=dict)
    otherwise: Text | None = None
    formats: tuple[Name, ...] = ()

    def __post_init__(self) -> None:
        if (self.column != "") + (self.constant is not None) + (self.template != "") != 1:
            raise ValueError("a cell has exactly one of `column`, `constant` and `template`")
        if self.or_column and not self.column:
            raise ValueError("`or_column` stands beside a `column` only")

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it reads."""
        if self.column:
            return (self.column, self.or_column) if self.or_column else (self.column,)
        return tuple(COLUMN_IN_TEMPLATE.findall(self.template))


Cells = dict[Annotated[str, Meta(min_length=1, max_length=200)], Cell]
TRACK = Cell(constant="track")


class Mapping(Document, frozen=True, kw_only=True):
    """The whole: how the file is written, and which cell goes where.

    `zone` is that of times without an offset. `decimal` is the sign before the fraction of numbers. Texts in `missing`
    stand for nothing. `key` names the columns that tell rows apart; without it a row is known by its content. (One
    that speaks of a profile is known by both, since what somebody is like changes: see `ids`.)
    `context` may name parts of parts: `page.url`. `inside` is where in a line of JSON the row or message is.
    """

    format: Format = "csv"
    delimiter: Text = ","
    quote: Text = '"'
    header: bool = True
    columns: tuple[str, ...] = ()
    encoding: Name = "utf-8"
    sheet: Text = ""
    inside: Text = ""
    zone: Name = "UTC"
    decimal: Literal[".", ","] = "."
    missing: tuple[Text, ...] = ("",)
    key: tuple[Name, ...] = ()
    type: Cell = TRACK
    event: Cell | None = None
    time: Cell | None = None
    message_id: Cell | None = None
    previous_id: Cell | None = None
    group_id: Cell | None = None
    identifiers: Cells = msgspec.field(default_factory=dict)
    properties: Cells = msgspec.field(default_factory=dict)
    traits: Cells = msgspec.field(default_factory=dict)
    context: Cells = msgspec.field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.delimiter != WHITESPACE and len(self.delimiter.encode()) != 1:
            raise ValueError(f"`delimiter` is one character or {WHITESPACE!r}, got {self.delimiter!r}")
        if len(self.quote.encode()) > 1:
            raise ValueError(f"`quote` is one character or empty, got {self.quote!r}")
        if len(set(self.columns)) != len(self.columns):
            raise ValueError("`columns` names one column twice")
        try:
            ZoneInfo(self.zone)
            codecs.lookup(self.encoding)
        except (LookupError, ValueError, OSError) as unknown:
            raise ValueError(f"no such zone or encoding: {self.zone!r}, {self.encoding!r}") from unknown
        if self.format not in WIRE_FORMATS | PRESET_FORMATS and not self.identifiers:
            raise ValueError("`identifiers` is empty: name at least one column that says who it was")

    def cells(self) -> Iterator[tuple[str, Cell]]:
        """Every cell with its place, as error messages write it."""
        for place in _SINGLE:
            if (cell := getattr(self, place)) is not None:
                yield place, cell
        for part in _PARTS:
            for name, cell in getattr(self, part).items():
                yield f"{part}.{name}", cell

    def needed(self) -> tuple[str, ...]:
        """The columns that the mapping reads, each once."""
        named = (column for _, cell in self.cells() for column in cell.columns)
        return tuple(dict.fromkeys((*self.key, *named)))


_SINGLE = ("type", "event", "time", "message_id", "previous_id", "group_id")
_PARTS = ("identifiers", "properties", "traits", "context")


def read_mapping(text: str, *, name: str = "the mapping") -> Mapping:
    """A mapping from TOML, or from JSON when it begins with a brace. Raises BadMapping."""
    try:
        document = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (ValueError, RecursionError) as mistake:
        raise BadMapping(f"{name} is neither TOML nor JSON: {mistake}.") from mistake
    return mapping_of(document, name=name)


def load_mapping(file: Path) -> Mapping:
    """The mapping in a file."""
    try:
        return read_mapping(file.read_text(encoding="utf-8-sig"), name=str(file))
    except UnicodeDecodeError as mistake:
        raise BadMapping(f"{file} is no text in UTF-8: {mistake}.") from mistake


def mapping_of(document: AnyMapping[str, Any], *, name: str = "the mapping") -> Mapping:
    """A mapping from its document, with the short form of cells written out."""
    try:
        return read_document(Mapping, {key: _spelt_out(key, value) for key, value in document.items()})
    except BadRequest as mistake:
        raise BadMapping(f"{name} cannot be used: {mistake}") from mistake


def document_of_mapping(mapping: Mapping) -> dict[str, Any]:
    """The document of a mapping: what has its default is left out, a cell that is only a column is its name."""
    return _written(mapping)


def _written(part: Mapping | Cell) -> dict[str, Any]:
    """What differs from the defaults, by value: texts from another process are equal and not the same."""
    document = {}
    for field in msgspec.structs.fields(part):
        value = getattr(part, field.name)
        usual = field.default_factory() if callable(field.default_factory) else field.default
        if value != usual:
            document[field.encode_name] = _shortened(value)
    return document


def _spelt_out(key: str, value: Any) -> Any:
    if key in _SINGLE:
        return {"column": value} if isinstance(value, str) else value
    if key in _PARTS and isinstance(value, dict):
        return dict(_flattened(value)) if key == "context" else {name: _as_cell(cell) for name, cell in value.items()}
    return value


def _as_cell(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


def _flattened(parts: AnyMapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """TOML reads `page.url = ...` as a part of a part; as a cell it has its dotted name."""
    for name, value in parts.items():
        if isinstance(value, dict) and not value.keys() & {"column", "constant", "template"}:
            yield from _flattened(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", _as_cell(value)


def _shortened(value: Any) -> Any:
    if isinstance(value, Cell):
        written = _written(value)
        return value.column if written.keys() == {"column"} else written
    if isinstance(value, dict):
        return {name: _shortened(inner) for name, inner in value.items()}
    return list(value) if isinstance(value, tuple) else value
