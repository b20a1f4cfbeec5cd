"""Rows to messages: a mapping compiled into one expression over columns, whose result is the messages' JSON.

No object is made for a row. The text is what `terms.message.decode_messages` reads, and what a gateway would have
written into the spool.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as AnyMapping
from typing import Any, NamedTuple

import polars as pl

from zuji.collect.importing.cells import Piece, named, piece_of, quoted, text_of
from zuji.collect.importing.chunk import Bad, Chunk, Reason
from zuji.collect.importing.files import UNREADABLE
from zuji.collect.importing.mapping import BadMapping, Cell, Cells, Mapping
from zuji.collect.importing.moments import time_of

ID = "\0id"
"""The column of message ids beside the file's own: no header can name it."""

_OWN_FIELDS = {"user_id": "userId", "anonymous_id": "anonymousId"}
_LONGEST_SHOWN = 120


class _Check(NamedTuple):
    """What makes a row unusable: why, by which place of the mapping, and the rows where it is so."""

    reason: Reason
    place: str
    bad: pl.Expr


class Written(NamedTuple):
    """The messages of a chunk as JSON, with the numbers of their rows; and the rows that are none."""

    lines: list[str]
    numbers: list[int]
    bad: list[Bad]


class Composer:
    """Makes messages of chunks, by one mapping."""

    def __init__(self, mapping: Mapping, columns: tuple[str, ...], *, max_bytes: int) -> None:
        missing = [column for column in mapping.needed() if column not in columns]
        if missing:
            raise BadMapping(
                f"the file has no column {', '.join(map(repr, missing))}. It has: {', '.join(map(repr, columns))}."
            )
        self._mapping = mapping
        self._columns = columns
        self._cells = dict(mapping.cells())
        self._checks: list[_Check] = []
        self._worked: list[pl.Expr] = []
        self._check_encoding()
        self._line = self._compose()
        self._check("too_big", "", pl.col("line").str.len_bytes() > max_bytes)
        self._max_bytes = max_bytes

    def write(self, chunk: Chunk, ids: pl.Series) -> Written:
        """The messages of a chunk whose rows have these ids."""
        frame = self._without_missing(chunk.frame).with_columns(ids.alias(ID))
        first = pl.coalesce([pl.when(check.bad).then(place) for place, check in enumerate(self._checks)])
        worked = frame.with_columns(self._worked)
        made = worked.with_columns(self._line.alias("line")).select("line", first.alias("fault"))
        lines, faults = made["line"].to_list(), made["fault"]
        bad = list(chunk.broken)
        if faults.null_count() == len(faults):
            return Written(lines, list(chunk.numbers), bad)
        bad += (self._bad(chunk, row, self._checks[faults[row]]) for row in faults.is_not_null().arg_true())
        good = faults.is_null().arg_true().to_list()
        return Written([lines[row] for row in good], [chunk.numbers[row] for row in good], bad)

    def _without_missing(self, frame: pl.DataFrame) -> pl.DataFrame:
        nothing = list(self._mapping.missing)
        # The composer's own columns must not meet the file's, whatever those are called.
        return frame.select(pl.when(~pl.col(column).is_in(nothing)).then(pl.col(column)) for column in self._columns)

    def _compose(self) -> pl.Expr:
        mapping = self._mapping
        kind, event = text_of(mapping.type), text_of(mapping.event) if mapping.event else None
        usual = pl.when(kind != "track").then(kind)
        name = usual if event is None else pl.coalesce(event, usual)
        self._check("no_event_name", "event", (kind == "track") & name.is_null())
        fields = [named("type", kind), named("messageId", pl.col(ID)), named("event", name)]
        if mapping.time is not None:
            fields.append(named("timestamp", self._time(mapping.time)))
        fields += self._identifiers()
        for field, cell in (("previousId", mapping.previous_id), ("groupId", mapping.group_id)):
            if cell is not None:
                fields.append(named(field, text_of(cell)))
        for field in ("properties", "traits"):
            if cells := getattr(mapping, field):
                fields.append(_member(field, self._object(cells, field)))
        if mapping.context:
            fields.append(_member("context", self._nested(mapping.context)))
        return _braced(fields)

    def _time(self, cell: Cell) -> pl.Expr:
        text = text_of(cell)
        time = self._once(time_of(text, cell.formats, self._mapping.zone))
        self._check("no_time", "time", text.is_null())
        self._check("bad_time", "time", text.is_not_null() & time.is_null())
        return time

    def _identifiers(self) -> Iterator[pl.Expr]:
        pieces = {name: self._piece(f"identifiers.{name}", cell) for name, cell in self._mapping.identifiers.items()}
        self._check("no_identifier", "identifiers", pl.all_horizontal(piece.is_null() for piece in pieces.values()))
        pairs = []
        for name, piece in pieces.items():
            if name in _OWN_FIELDS:
                yield _member(_OWN_FIELDS[name], piece)
            else:
                pairs.append(pl.concat_str(pl.lit("["), quoted(pl.lit(name)), pl.lit(","), piece, pl.lit("]")))
        if pairs:
            listed = pl.concat_str(pairs, separator=",", ignore_nulls=True)
            yield pl.concat_str(pl.lit('"identifiers":['), listed, pl.lit("]"))

    def _object(self, cells: Cells, part: str) -> pl.Expr:
        return _braced([_member(name, self._piece(f"{part}.{name}", cell)) for name, cell in cells.items()])

    def _nested(self, cells: Cells) -> pl.Expr:
        """The context: `page.url` is a part of a part."""
        tree: dict[str, Any] = {}
        for path, cell in cells.items():
            *parts, last = path.split(".")
            branch = tree
            for part in parts:
                branch = branch.setdefault(part, {})
                if not isinstance(branch, dict):
                    raise BadMapping(f"context.{path} is part of something that is a value itself.")
            branch[last] = self._piece(f"context.{path}", cell)
        return _written_tree(tree)

    def _piece(self, place: str, cell: Cell) -> pl.Expr:
        piece: Piece = piece_of(cell, self._mapping.decimal)
        if piece.fault is None:
            return piece.json
        json = self._once(piece.json)
        self._check(piece.fault, place, text_of(cell).is_not_null() & json.is_null())
        # An identifier is a text whatever it looks like: 007 is not 7.
        return quoted(text_of(cell)) if place.startswith("identifiers.") and cell.kind == "number" else json

    def _once(self, expression: pl.Expr) -> pl.Expr:
        """A column that is worked out before the line and its checks, which both use it."""
        name = f"\0{len(self._worked)}"
        self._worked.append(expression.alias(name))
        return pl.col(name)

    def _check_encoding(self) -> None:
        needed = [pl.col(column) for column in self._mapping.needed()]
        damaged = pl.any_horizontal(column.str.contains(UNREADABLE, literal=True) for column in needed)
        self._check("bad_encoding", "", damaged.fill_null(False))

    def _check(self, reason: Reason, place: str, bad: pl.Expr) -> None:
        self._checks.append(_Check(reason, place, bad))

    def _bad(self, chunk: Chunk, row: int, check: _Check) -> Bad:
        cells = chunk.frame.row(row, named=True)
        return Bad(chunk.numbers[row], check.reason, self._detail(check, cells), cells)

    def _detail(self, check: _Check, cells: AnyMapping[str, str | None]) -> str:
        if check.reason == "bad_encoding":
            return f"bytes that are no text in {self._mapping.encoding}"
        if check.reason == "too_big":
            return f"the message has more than {self._max_bytes} bytes, the most that its source takes"
        if check.reason == "no_identifier":
            return f"{', '.join(self._mapping.identifiers)}: nothing in any of them"
        if check.place not in self._cells:
            return "the mapping names no event"
        shown = " ".join(f"{name}={cells[name]!r:.{_LONGEST_SHOWN}}" for name in self._cells[check.place].columns)
        return f"{check.place}: {shown}"


def _member(name: str, json: pl.Expr) -> pl.Expr:
    """A name with its value; null without a value."""
    return pl.concat_str(quoted(pl.lit(name)), pl.lit(":"), json)


def _braced(members: list[pl.Expr]) -> pl.Expr:
    return pl.concat_str(pl.lit("{"), pl.concat_str(members, separator=",", ignore_nulls=True), pl.lit("}"))


def _written_tree(tree: dict[str, Any]) -> pl.Expr:
    return _braced(
        [_member(name, _written_tree(value) if isinstance(value, dict) else value) for name, value in tree.items()]
    )
