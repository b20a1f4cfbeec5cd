"""The windows of rules, read from JSON. Meaning: docs/rules.md, `Windows`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from zuji.tag.rule import EVER, UNITS, Between, Last, This, Width, Window
from zuji.terms.condition import only
from zuji.terms.dates import EARLIEST, LATEST
from zuji.terms.error import BadQuestion

LONGEST_DAYS = 3_660
_MINUTES = {"minute": 1, "hour": 60, "day": 1_440, "week": 10_080}
_WIDTHS: tuple[tuple[Width, int, int], ...] = (("minute", 1, 6 * 60), ("hour", 60, 7 * 1_440))
"""A width, its minutes, and the longest window, in minutes, that has it."""
_CALENDAR = ("day", "week", "month", "quarter", "year")


def read_window(document: Any, path: str) -> Window:
    """The window of a document; none is all of history.

    >>> read_window({"last": {"amount": 36, "unit": "hour"}}, "window")
    Last(amount=36, unit='hour', width='hour', buckets=36)
    """
    if document is None:
        return EVER
    if isinstance(document, Mapping):
        if "last" in document:
            only(document, {"last"}, path)
            return _last(document["last"], f"{path}.last")
        if "this" in document or "previous" in document:
            return _calendar(document, path)
        if document:
            only(document, {"from", "to"}, path)
            return _between(document, path)
    raise BadQuestion(f"{path}: a window is an object with last, this, previous, or from and to; got {document!r:.80}.")


def _last(document: Any, path: str) -> Last:
    fields = document if isinstance(document, Mapping) else {}
    amount, unit = fields.get("amount"), fields.get("unit")
    if not isinstance(amount, int) or isinstance(amount, bool) or amount < 1 or unit not in UNITS or len(fields) != 2:
        raise BadQuestion(
            f'{path}: {{"amount": 30, "unit": "day"}} is expected, with a unit of {", ".join(UNITS)}; '
            f"got {document!r:.80}."
        )
    minutes = amount * _MINUTES[unit]
    if minutes > LONGEST_DAYS * 1_440:
        raise BadQuestion(f"{path}: at most {LONGEST_DAYS} days. For all of history leave the window out.")
    width, size = next(((name, size) for name, size, longest in _WIDTHS if minutes <= longest), ("day", 1_440))
    if minutes % size:
        raise BadQuestion(
            f"{path}: a window of more than {'7 days moves by days' if width == 'day' else '6 hours moves by hours'}: "
            f"{amount} {unit}s is not a whole number of {width}s."
        )
    return Last(amount, unit, width, minutes // size)


def _calendar(document: Mapping[str, Any], path: str) -> This:
    name = "this" if "this" in document else "previous"
    only(document, {name}, path)
    if document[name] not in _CALENDAR:
        raise BadQuestion(f"{path}.{name}: one of {', '.join(_CALENDAR)}, got {document[name]!r:.80}.")
    return This(document[name], 0 if name == "this" else 1)


def _between(document: Mapping[str, Any], path: str) -> Between:
    first, last = _day(document.get("from"), f"{path}.from"), _day(document.get("to"), f"{path}.to")
    if first is not None and last is not None and first > last:
        raise BadQuestion(f"{path}: from ({first}) is after to ({last}). Exchange them.")
    return Between(first, last)


def _day(text: Any, path: str) -> date | None:
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except (TypeError, ValueError):
        raise BadQuestion(f"{path}: a day such as 2026-03-01 is expected, got {text!r:.80}.") from None
    if not EARLIEST <= day <= LATEST:
        raise BadQuestion(f"{path}: {day} is not between {EARLIEST} and {LATEST}.")
    return day
