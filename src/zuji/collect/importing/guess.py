"""A mapping to begin with, from a file's header and first rows. A guess: it is shown, and meant to be edited."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import msgspec
import polars as pl

from zuji.collect.importing.cells import number_of
from zuji.collect.importing.files import BadFile
from zuji.collect.importing.guess_format import Shape, shape_of
from zuji.collect.importing.mapping import WIRE_FORMATS, Cell, Mapping
from zuji.collect.importing.moments import time_of
from zuji.collect.importing.opening import open_reader
from zuji.collect.importing.presets import PRESETS
from zuji.collect.importing.readers.json_lines import columns_of

LOOKED_AT = 1_000
"""Rows that a guess looks at."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NAMES: dict[str, frozenset[str]] = {
    "user_id": _words("""
        user userid uid customer customerid member memberid household householdid client clientid account accountid id
        用户 用户id 用户编号 会员 会员id 会员编号 客户 客户id 客户编号
    """),
    "phone": _words("phone mobile phonenumber mobilephone tel telephone 手机 手机号 手机号码 电话 联系电话"),
    "email": _words("email mail emailaddress 邮箱 电子邮箱 邮件"),
    "member_card": _words("membercard card cardno cardnumber 会员卡 会员卡号 卡号"),
    "unionid": _words("unionid"),
    "openid": _words("openid"),
    "anonymous_id": _words(
        "anonymousid session sessionid visitorid usersession cookie remoteaddr clientip 会话 会话id"
    ),
    "device_id": _words("device deviceid 设备 设备id"),
}
_TIMES = _words("""
    time timestamp ts date datetime at eventtime createdat occurredat transactiontimestamp orderdate
    timeiso8601 timelocal 时间 日期 时间戳 下单时间 订单时间 创建时间 支付时间
""")
_EVENTS = _words("event eventtype eventname behavior behaviour behaviortype action 事件 行为 动作 事件名")
_DAYS = ("%m/%d/%Y", "%m-%d-%Y", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y.%m.%d", "%Y年%m月%d日")
_TIME_FORMATS: tuple[tuple[str, ...], ...] = (
    ("seconds",),
    ("milliseconds",),
    (),
    *((f"{day} %H:%M:%S", f"{day} %H:%M", day) for day in _DAYS),
)
_EPOCH_LENGTH = {"seconds": r"^\d{9,10}(\.\d+)?$", "milliseconds": r"^\d{12,13}$"}
_MOST_EVENTS = 50
"""A column with more different texts than this among the first rows names no events."""
_MOST_UNREADABLE = 0.1
"""Of a column's cells. One "N/A" among three hundred dates makes them no texts: its row is rejected, as is told."""


class Guess(NamedTuple):
    """A mapping, and what should be looked at before it is used: notes by place of the mapping."""

    mapping: Mapping
    notes: dict[str, str]


def guess(path: Path) -> Guess:
    """Look at the beginning of a file. Raises BadFile when nothing can be made of it."""
    shape = shape_of(path)
    if shape.format in PRESETS or shape.format in WIRE_FORMATS:
        preset = PRESETS.get(shape.format) or Mapping(format=shape.format)
        return Guess(preset, {"format": "a known format: its fields are known too"})
    frame = _first_rows(path, shape)
    return _Guesser(shape, frame).guess()


def _first_rows(path: Path, shape: Shape) -> pl.DataFrame:
    anybody = {"user_id": Cell(constant="x")}
    columns = columns_of(path, shape.mapping.encoding) if shape.format == "json_lines" else ()
    mapping = msgspec.structs.replace(shape.mapping, identifiers=anybody, columns=columns)
    for chunk in open_reader(path, mapping).chunks():
        if chunk.frame.height:
            return chunk.frame.head(LOOKED_AT)
    raise BadFile(f"{path} holds no row.")


class _Guesser:
    """Gives every column a place, the surest first."""

    def __init__(self, shape: Shape, frame: pl.DataFrame) -> None:
        self._shape, self._frame = shape, frame.select(pl.when(pl.all() != "").then(pl.all()))
        self._left = list(frame.columns)
        self._notes: dict[str, str] = {}

    def guess(self) -> Guess:
        decimal = "," if self._has_decimal_commas() else "."
        time = self._time()
        event = self._event()
        identifiers = self._identifiers()
        properties = {column: self._property(column, decimal) for column in self._left}
        mapping = msgspec.structs.replace(
            self._shape.mapping,
            zone="Asia/Shanghai" if self._shape.mapping.encoding == "gb18030" else "UTC",
            decimal=decimal,
            event=event,
            time=time,
            identifiers=identifiers,
            properties=properties,
        )
        self._notes["zone"] = "whose clock the times are of"
        return Guess(mapping, self._notes)

    def _take(self, column: str) -> str:
        self._left.remove(column)
        return column

    def _time(self) -> Cell | None:
        named = [column for column in self._left if _plain(column) in _TIMES]
        others = [column for column in self._left if column not in named]
        # A column of the right name before one that only looks like times, a clean one before one with holes.
        for columns in (named, others):
            ways = [(column, *self._formats(column)) for column in columns]
            for bearable in (0.0, _MOST_UNREADABLE):
                for column, formats, unreadable in ways:
                    if unreadable <= bearable:
                        self._say_of_times(column, formats, named=columns is named)
                        return Cell(column=self._take(column), formats=formats)
        self._notes["time"] = "NO COLUMN READS LIKE TIMES: all rows will be dated now, unless you name one here"
        return None

    def _say_of_times(self, column: str, formats: tuple[str, ...], *, named: bool) -> None:
        notes = [] if named else ["the only column that reads like times"]
        if formats and formats[0].startswith("%m"):
            notes.append("month first; if the day comes first, say so: %d")
        readable = self._frame.filter(_reads_as_time(pl.col(column), formats)).height
        if readable < self._frame.height:
            notes.append(_rejected(self._frame.height - readable, self._frame.height))
        if notes:
            self._notes["time"] = "; ".join(notes)

    def _formats(self, column: str) -> tuple[tuple[str, ...], float]:
        """How the times of a column are written, and what part of its cells is written otherwise: 1.0 is all."""
        texts = self._frame.select(pl.col(column).alias("text")).drop_nulls()
        if not texts.height:
            return (), 1.0
        ways = [texts.filter(_reads_as_time(pl.col("text"), formats)) for formats in _TIME_FORMATS]
        read, formats = max(zip(ways, _TIME_FORMATS, strict=True), key=lambda way: way[0].height)
        return tuple(one for one in formats if read.select(_reads_any(one)).item()), 1 - read.height / texts.height

    def _event(self) -> Cell:
        for column in self._left:
            distinct = self._frame[column].drop_nulls().unique(maintain_order=True).to_list()
            if _plain(column) in _EVENTS and 0 < len(distinct) <= _MOST_EVENTS:
                self._notes["event"] = 'values = { old = "new" } gives events the names you want'
                return Cell(column=self._take(column))
        self._notes["event"] = "what a row stands for"
        return Cell(constant="Imported")

    def _identifiers(self) -> dict[str, Cell]:
        found: dict[str, Cell] = {}
        for kind, names in _NAMES.items():
            for column in list(self._left):
                if kind not in found and _plain(column) in names:
                    found[kind] = Cell(column=self._take(column))
        if not found:
            column = self._take(self._left[0])
            self._notes["identifiers.user_id"] = "the first column, for want of a better one: who was it?"
            found["user_id"] = Cell(column=column)
        return found

    def _property(self, column: str, decimal: str) -> Cell:
        texts = self._frame[column].drop_nulls()
        leading_zeros = texts.str.contains(r"^0\d").any()
        if len(texts) and not leading_zeros and not _plain(column).endswith(("id", "code", "编号")):
            unread = texts.to_frame("text").select(number_of(pl.col("text"), decimal).is_null().sum()).item()
            if unread <= len(texts) * _MOST_UNREADABLE:
                if unread:
                    self._notes[f"properties.{column}"] = _rejected(unread, self._frame.height)
                return Cell(column=column, kind="number")
        return Cell(column=column)

    def _has_decimal_commas(self) -> bool:
        """Whether some column has numbers with a comma before the fraction, hardly any of them otherwise."""
        columns = [self._frame[column].drop_nulls() for column in self._frame.columns]
        return any(
            len(texts) and texts.str.contains(r"^[+-]?\d+,\d{1,2}$").sum() >= len(texts) * (1 - _MOST_UNREADABLE)
            for texts in columns
        )


def _reads_as_time(text: pl.Expr, formats: tuple[str, ...]) -> pl.Expr:
    """Whether it is a time in one of these ways. A number is one only if it has the length of the times of our days."""
    at = time_of(text, formats, "UTC").is_not_null()
    if not formats:
        return at & ~text.str.contains(r"^\d{1,7}$")
    return at & text.str.contains(_EPOCH_LENGTH[formats[0]]) if formats[0] in _EPOCH_LENGTH else at


def _rejected(unread: int, rows: int) -> str:
    return f"{unread} of {rows} cannot be read and will be rejected"


def _reads_any(format_: str) -> pl.Expr:
    return time_of(pl.col("text"), (format_,), "UTC").is_not_null().any()


def _plain(name: str) -> str:
    """A name of a column without what differs from file to file."""
    return re.sub(r"[\W_]+", "", name).lower()
