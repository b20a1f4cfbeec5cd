"""The steps of a repair, carried out on one message as plain JSON values. Pure: the message given stays as it is."""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from zuji.clean.context import as_text
from zuji.terms.repair import (
    AnyStep,
    Convert,
    Default,
    Drop,
    Kind,
    Map,
    Move,
    Path,
    Rename,
    Replace,
    Set,
    ShiftTime,
    path_of,
)

Object = dict[str, Any]

_MISSING: Any = object()
_TRUE, _FALSE = frozenset({"true", "1", "yes", "y", "是"}), frozenset({"false", "0", "no", "n", "否"})
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?", re.ASCII | re.IGNORECASE)
LARGEST_EXACT = 2**53  # a larger whole number is not the same for every reader of JSON
_SECONDS_BELOW = 100_000_000_000  # as milliseconds this is March 1973, as seconds the year 5138; as cleaning reads them


def mended(message: Object, steps: Sequence[AnyStep]) -> Object:
    """The message after all steps.

    >>> from zuji.terms.repair import Convert, Rename
    >>> steps = (Rename(field="properties.prix", to="price"), Convert(field="properties.price", to="number"))
    >>> mended({"properties": {"prix": "19.90"}}, steps)
    {'properties': {'price': 19.9}}
    """
    message = copy.deepcopy(message)
    for step in steps:
        _carry_out(message, step)
    return message


def _carry_out(message: Object, step: AnyStep) -> None:
    path = path_of(step.field)
    match step:
        case Set(value=value):
            _put(message, path, copy.deepcopy(value))
        case Default(value=value):
            if _get(message, path) in (_MISSING, None, ""):
                _put(message, path, copy.deepcopy(value))
        case Rename(to=name):
            _move(message, path, (*path[:-1], name))
        case Move(to=target):
            _move(message, path, path_of(target))
        case Drop():
            _take(message, path)
        case _:
            _change(message, path, step)


def _change(message: Object, path: Path, step: Convert | ShiftTime | Map | Replace) -> None:
    """The steps that make another value of the one that is there."""
    value = _get(message, path)
    if value is _MISSING:
        return
    match step:
        case Convert(to=kind):
            value = converted(value, kind)
        case ShiftTime(seconds=seconds):
            value = _shifted(value, seconds)
        case Map(values=values):
            value = values.get(value, value) if isinstance(value, str) else value
        case Replace(find=find, by=by):
            value = value.replace(find, by) if isinstance(value, str) else value
    _put(message, path, value)


def _get(message: Object, path: Path) -> Any:
    place: Any = message
    for name in path:
        if not isinstance(place, dict) or name not in place:
            return _MISSING
        place = place[name]
    return place


def _put(message: Object, path: Path, value: Any) -> None:
    """Objects on the way are made; where something else stands on the way, nothing is done."""
    place: Any = message
    for name in path[:-1]:
        place = place.setdefault(name, {})
        if not isinstance(place, dict):
            return
    place[path[-1]] = value


def _take(message: Object, path: Path) -> Any:
    place = _get(message, path[:-1])
    return place.pop(path[-1], _MISSING) if isinstance(place, dict) else _MISSING


def _move(message: Object, path: Path, target: Path) -> None:
    value = _take(message, path)
    if value is not _MISSING:
        _put(message, target, value)


def converted(value: Any, kind: Kind) -> Any:
    """The value as one of this kind; as it is where it cannot be read so.

    >>> converted("1,299.00", "number"), converted("12", "integer"), converted("dear", "number"), converted(5.0, "text")
    (1299.0, 12, 'dear', '5')
    """
    found = _CONVERSIONS[kind](value)
    return value if found is None else found


def _number(value: Any) -> float | int | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    text = value.strip().replace(",", "") if isinstance(value, str) else ""
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    if not math.isfinite(number):
        return None
    return int(text) if text.lstrip("+-").isdecimal() and abs(number) < LARGEST_EXACT else number


def _integer(value: Any) -> int | None:
    number = _number(value)
    return int(number) if number is not None and math.isfinite(number) and number == int(number) else None


def _boolean(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    text = (as_text(value) or "").strip().lower()
    return True if text in _TRUE else False if text in _FALSE else None


def _time(value: Any) -> str | None:
    """A time as ISO text in UTC: from numbers of seconds or milliseconds since 1970, also written as text."""
    number = _number(value)
    if number is None:
        return None
    seconds = number if abs(number) < _SECONDS_BELOW else number / 1000
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    except OverflowError:
        return None
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _shifted(value: Any, seconds: float) -> Any:
    """A number keeps its unit, a text its zone; what is no time stays."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        moved = value + (seconds if abs(value) < _SECONDS_BELOW else seconds * 1000)
        return int(moved) if isinstance(value, int) and moved == int(moved) else moved
    try:
        moment = datetime.fromisoformat(value) + timedelta(seconds=seconds)
    except (TypeError, ValueError, OverflowError):
        return value
    return moment.isoformat().replace("+00:00", "Z")


_CONVERSIONS: dict[Kind, Callable[[Any], Any]] = {
    "text": lambda value: ("true" if value else "false") if isinstance(value, bool) else as_text(value),
    "number": _number,
    "integer": _integer,
    "boolean": _boolean,
    "time": _time,
}
