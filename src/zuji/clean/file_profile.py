"""What stands in a file that is to be imported: facts that no single row gives away.

How many rows leave a field empty or say zero, which rows are alike, how many of one person fall on one moment, and
which lie on days that hardly any other row lies on. Nothing here is wrong for sure, so it touches no score; who knows
the file decides.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, NamedTuple

import msgspec

from zuji.clean.sheet import NAMED_BY_TYPE
from zuji.clean.times import NO_TIME, times_of
from zuji.clean.traits import object_of
from zuji.terms.message import Message

FEW = 0.01
"""A day is odd that has less than this share of the rows of the day on which the median row lies."""
MOST_FIELDS = 2_000
_NOTHING = (None, "", "-")
"""A dash is how web servers and people write that there is nothing."""
MOST_REMEMBERED = 5_000_000
"""Rows that are compared with later ones; each takes about a hundred bytes."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST_MS, _LATEST_MS = -2_208_988_800_000, 221_845_392_000_000
"""1900 to 9000: what lies beyond has no calendar day to speak of, and cleaning sets it aside."""


class Field(NamedTuple):
    """A property, trait or part of the context: how many rows of a kind leave it empty, how many say zero."""

    event: str
    field: str
    rows: int
    empty: int
    zero: int


class FileProfile:
    """Takes messages chunk by chunk and tells what stands in all of them. `zone`: whose days they are."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._kinds: Counter[str] = Counter()
        self._filled: Counter[tuple[str, str]] = Counter()
        self._zeros: Counter[tuple[str, str]] = Counter()
        self._rows: set[int] = set()
        self._moments: set[int] = set()
        self._alike = self._same_moment = 0
        self._days: Counter[int] = Counter()
        self._first, self._last = math.inf, -math.inf

    def take(self, messages: Sequence[Message]) -> None:
        """Look at some more of the file."""
        times = times_of([message.timestamp for message in messages], [self._zone], [0] * len(messages)).tolist()
        for message, at in zip(messages, times, strict=True):
            kind = message.type if message.type in NAMED_BY_TYPE else message.event
            self._kinds[kind] += 1
            self._look_at_fields(kind, message)
            self._compare(kind, message, at)
            if _EARLIEST_MS <= at < _LATEST_MS:
                self._days[self._day_of(at)] += 1
                self._first, self._last = min(self._first, at), max(self._last, at)

    def told(self) -> dict[str, Any]:
        """Everything found, as plain values."""
        strays = stray_days(self._days)
        return {
            "events": dict(self._kinds.most_common()),
            "fields": [field._asdict() for field in self.fields()],
            "first": _iso(self._first),
            "last": _iso(self._last),
            "alike": self._alike,
            "same_moment": self._same_moment,
            "stray": sum(self._days[day] for day in strays),
            "stray_days": [_date(day) for day in strays],
        }

    def fields(self) -> list[Field]:
        """Every field that some row of its kind fills, those that are emptiest first."""
        found = (
            Field(kind, name, self._kinds[kind], self._kinds[kind] - filled, self._zeros[kind, name])
            for (kind, name), filled in self._filled.items()
        )
        return sorted(found, key=lambda one: (-one.empty, -one.zero, one.event, one.field))

    def _look_at_fields(self, kind: str, message: Message) -> None:
        for name, value in _fields_of(message).items():
            key = kind, name
            if value in _NOTHING or (key not in self._filled and len(self._filled) >= MOST_FIELDS):
                continue
            self._filled[key] += 1
            if value == 0 and type(value) in (int, float):
                self._zeros[key] += 1

    def _compare(self, kind: str, message: Message, at: int) -> None:
        """By hashes, of which two among millions of rows are the same once in a million files."""
        if at == NO_TIME:
            return
        moment = (message.user_id, message.anonymous_id, message.identifiers, kind, at)
        self._same_moment += _is_known(hash(moment), self._moments)
        row = (moment, bytes(message.properties), bytes(message.traits), bytes(message.context))
        self._alike += _is_known(hash(row), self._rows)

    def _day_of(self, at: int) -> int:
        local = (_EPOCH + timedelta(milliseconds=at)).astimezone(self._zone)
        return local.toordinal()


def stray_days(rows_of_days: Counter[int]) -> list[int]:
    """The days, in order, that hold hardly any of the rows.

    >>> stray_days(Counter({1: 2, 5: 900, 6: 1_000, 7: 9}))
    [1, 7]
    """
    total, before = rows_of_days.total(), 0
    usual = 0
    for rows in sorted(rows_of_days.values(), reverse=True):
        before += rows
        usual = rows
        if before * 2 >= total:
            break
    return sorted(day for day, rows in rows_of_days.items() if rows < FEW * usual)


def _fields_of(message: Message) -> dict[str, Any]:
    """Properties and traits by their names, the context by its paths: `context.page.url`."""
    try:
        context = object_of(message.context)
        found = object_of(message.properties) | object_of(message.traits)
    except msgspec.DecodeError:
        return {}  # cleaning says so, row by row
    for name, value in context.items():
        inner = value.items() if isinstance(value, dict) else ()
        found |= {f"context.{name}.{part}": each for part, each in inner} if inner else {f"context.{name}": value}
    return found


def _is_known(row: int, known: set[int]) -> bool:
    if row in known:
        return True
    if len(known) < MOST_REMEMBERED:
        known.add(row)
    return False


def _iso(at: float) -> str | None:
    return (_EPOCH + timedelta(milliseconds=at)).isoformat() if math.isfinite(at) else None


def _date(day: int) -> str:
    return datetime.fromordinal(day).date().isoformat()
