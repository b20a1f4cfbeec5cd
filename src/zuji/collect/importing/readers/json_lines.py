"""Lines of JSON: one object a line. A column is a field, or a field of a field: `customer.id`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import polars as pl

from zuji.collect.importing.chunk import Bad, Chunk
from zuji.collect.importing.files import MOST_INFLATED
from zuji.collect.importing.mapping import Mapping
from zuji.collect.importing.readers.lines import read_lines

LINE = "line"
"""The one column of an export whose lines are messages."""

Fields = dict[str, msgspec.Raw]
_fields = msgspec.json.Decoder(Fields).decode
_text = msgspec.json.Decoder(str).decode
_NULL, _QUOTE, _BRACE = b"null", b'"', b"{"


class JsonLinesReader:
    """Objects as rows. Numbers stay as they are written; what is an object or a list stays JSON."""

    def __init__(self, path: Path, mapping: Mapping, *, cap: int = MOST_INFLATED) -> None:
        self._path, self._mapping, self._cap = path, mapping, cap
        self._columns = mapping.columns or mapping.needed()

    @property
    def columns(self) -> tuple[str, ...]:
        """See Reader."""
        return self._columns

    def chunks(self) -> Iterator[Chunk]:
        """See Reader."""
        inside = f"{self._mapping.inside}." if self._mapping.inside else ""
        paths = [inside + column for column in self._columns]
        for lines in read_lines(self._path, encoding=self._mapping.encoding, cap=self._cap):
            rows: list[list[str | None]] = []
            kept: list[int] = []
            broken: list[Bad] = []
            for place, text in enumerate(lines.texts):
                try:
                    fields = _fields(text)
                    rows.append([_text_at(fields, path) for path in paths])
                    kept.append(place)
                except (msgspec.DecodeError, RecursionError) as mistake:
                    broken.append(Bad(lines.numbers[place], "not_json", str(mistake), {}, text))
            frame = pl.DataFrame(rows, schema=dict.fromkeys(self._columns, pl.String), orient="row")
            content = pl.Series("content", [lines.texts[place] for place in kept], dtype=pl.String)
            yield Chunk(frame, [lines.numbers[place] for place in kept], tuple(broken), content)


class WireReader:
    """Lines that are messages of a protocol: handed on whole."""

    def __init__(self, path: Path, mapping: Mapping, *, cap: int = MOST_INFLATED) -> None:
        self._path, self._encoding, self._cap = path, mapping.encoding, cap

    @property
    def columns(self) -> tuple[str, ...]:
        """See Reader."""
        return (LINE,)

    def chunks(self) -> Iterator[Chunk]:
        """See Reader."""
        for lines in read_lines(self._path, encoding=self._encoding, cap=self._cap):
            yield Chunk(pl.DataFrame({LINE: pl.Series(lines.texts, dtype=pl.String)}), lines.numbers)


def columns_of(path: Path, encoding: str, *, lines: int = 200) -> tuple[str, ...]:
    """The columns that the first lines have; the fields of an object are columns of their own."""
    found: dict[str, None] = {}
    for some in read_lines(path, encoding=encoding, cap=MOST_INFLATED):
        for text in some.texts[:lines]:
            try:
                _collect(_fields(text), "", found)
            except (msgspec.DecodeError, RecursionError):
                continue
        break
    return tuple(found)


def _collect(fields: Fields, before: str, found: dict[str, None]) -> None:
    for name, raw in fields.items():
        if bytes(raw)[:1] == _BRACE and not before:
            _collect(_fields(raw), f"{name}.", found)
        else:
            found.setdefault(before + name)


def _text_at(fields: Fields, path: str) -> str | None:
    """The text of a field: by its whole name if there is one, else step by step."""
    raw = fields.get(path)
    if raw is None:
        first, dot, rest = path.partition(".")
        inner = fields.get(first) if dot else None
        return _text_at(_fields(inner), rest) if inner is not None and bytes(inner)[:1] == _BRACE else None
    written = bytes(raw)
    if written.startswith(_QUOTE):
        return _text(written)
    return None if written == _NULL else written.decode()
