"""The text, the number, the time of a value, as docs/questions.md says (`Properties`); `store/property_sql.py` in
Python. A property test asks the engine for both."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar

from zuji.store.property_sql import FIELDS, STAND_INS
from zuji.tag.event_facts import Event
from zuji.terms.dates import read_instant
from zuji.terms.period import Calendar
from zuji.terms.value import text_of

T = TypeVar("T")
Read = Callable[[Event], T | None]
"""Reads something of an event; None: there is none."""

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SMALLEST, _GREATEST = -(2**63), 2**64 - 1


def inside(values: Mapping[str, Any], name: str) -> Any:
    """The value of this name; a dot goes into an object where there is none with that very name. Null is none.

    >>> inside({"cart": {"total": 7}}, "cart.total")
    7
    """
    found = values.get(name)
    if found is not None or "." not in name:
        return found
    found = values
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def text(value: Any) -> str | None:
    """The text of a JSON value; null has none."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float):
        return "-0" if value == 0 and math.copysign(1, value) < 0 else text_of(value)
    return text_of(value) if isinstance(value, int) else _compact(value)


def number(value: Any) -> float | None:
    """The number that a JSON value is, or that a text is written as."""
    if isinstance(value, str):
        if not _NUMBER.fullmatch(value):
            return None
    elif isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def time(value: Any, calendar: Calendar) -> int | None:
    """The moment that a text is written as; a day is its first instant."""
    return _moment(value, calendar) if isinstance(value, str) else None


@lru_cache(maxsize=50_000)
def _moment(value: str, calendar: Calendar) -> int | None:
    """Remembered: a birthday is compared with several dates, again and again."""
    if not _TIME.fullmatch(value):
        return None
    if len(value) > len("2026-03-01"):
        return read_instant(value, calendar=calendar)
    try:
        return calendar.day_start(date.fromisoformat(value))
    except ValueError:
        return None


def texts_of(name: str) -> Read[str]:
    """Reads the text of a property of an event, or of the standard field that it names."""
    if name.startswith("$") and name[1:] in FIELDS:
        return _field_text(name[1:])
    field = _field_text(name) if name in STAND_INS else None

    def read(event: Event) -> str | None:
        known = event.texts
        if name in known:
            return known[name]
        found = text(inside(event.properties, name))
        if found is None and field is not None:
            found = field(event)
        known[name] = found
        return found

    return read


def numbers_of(name: str) -> Read[float]:
    """Reads the number of a property; where its own value is no number, that of the field that stands in."""
    if name.startswith("$") and name[1:] in FIELDS:
        return _field_number(name[1:])
    if name not in STAND_INS:
        return lambda event: number(inside(event.properties, name))
    field = _field_number(name)

    def read(event: Event) -> float | None:
        own = inside(event.properties, name)
        return field(event) if own is None else number(own)

    return read


def times_of(name: str, calendar: Calendar) -> Read[int]:
    """Reads the moment that a property is written as."""
    if name.startswith("$") and FIELDS.get(name[1:]) == "time":
        return lambda event: event.field(name[1:])
    read_text = texts_of(name)
    return lambda event: time(read_text(event), calendar)


def columns_of(name: str) -> tuple[str, ...]:
    """The columns that a property may be read from."""
    if name.startswith("$") and name[1:] in FIELDS:
        return (name[1:],)
    return ("properties", name) if name in STAND_INS else ("properties",)


def _field_text(name: str) -> Read[str]:
    kind = FIELDS[name]
    if kind == "time":
        return lambda event: _written(event.field(name))
    if kind == "amount":
        return lambda event: _amount(event.field(name))
    return lambda event: event.field(name) or None


def _field_number(name: str) -> Read[float]:
    if FIELDS[name] == "amount":

        def read(event: Event) -> float | None:
            millionths = event.field("amount")
            return None if millionths is None else float(millionths) / 1e6

        return read
    if FIELDS[name] == "time":
        return lambda event: None
    return lambda event: number(event.field(name))


def _written(at: int) -> str:
    return (_EPOCH + timedelta(milliseconds=at)).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at % 1000:03}Z"


def _amount(millionths: int | None) -> str | None:
    if millionths is None:
        return None
    whole, rest = divmod(abs(millionths), 1_000_000)
    digits = f"{whole}.{rest:06}".rstrip("0").rstrip(".")
    return f"-{digits}" if millionths < 0 else digits


def _compact(value: Any) -> str:
    """A list or object as the engine writes it; whole numbers beyond 64 bits are texts there."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{_compact(name)}:{_compact(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_compact, value)) + "]"
    if value is None:
        return "null"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    written = text(value) or ""
    beyond = isinstance(value, int) and not _SMALLEST <= value <= _GREATEST
    return f'"{written}"' if beyond else written
