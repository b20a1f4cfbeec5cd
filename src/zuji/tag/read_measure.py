"""The measures of rules, read from JSON. Meaning: docs/rules.md, `Measures`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pyarrow as pa
from pyarrow import compute

from zuji.tag.read_window import read_window
from zuji.tag.rule import OF_NUMBERS, OF_TEXTS, UNITS, WHATS, Measure, What
from zuji.terms.dates import EARLIEST_COMPARED, read_date
from zuji.terms.document import EventMatch, read_document
from zuji.terms.error import BadQuestion
from zuji.terms.event import VISUAL_EVENT
from zuji.terms.period import Calendar

GIVES_NUMBER: frozenset[What] = frozenset(WHATS) - {"first", "last", "top"}
MOST_TEXTS = 20
LONGEST_NAME = 1_000
_NOTHING = pl.Series([""]).to_arrow()  # Arrow itself would load pandas to read Python's values
_SOME_DAY, _ANYWHERE = 1_760_000_000_000, Calendar(ZoneInfo("UTC"))


def read_measure(fields: Mapping[str, Any], path: str) -> Measure:
    """The measure that these fields of a condition (or value) name; fields that are not a measure's are left alone.

    >>> read_measure({"measure": "count", "event": "Order Completed"}, "rule").what
    'count'
    """
    what = fields.get("measure")
    if what not in WHATS:
        raise BadQuestion(f"{path}.measure: {what!r:.80} is no measure. There are: {', '.join(WHATS)}.")
    return Measure(
        what,
        read_match({name: fields[name] for name in ("event", "where") if name in fields}, path),
        read_window(fields.get("window"), f"{path}.window"),
        _property(what, fields.get("property"), path),
        _whole(fields, "limit", what == "top", path, most=MOST_TEXTS),
        _whole(fields, "at_least", what == "top", path, most=1_000_000),
        _unit(what, fields, path),
    )


def read_match(document: Any, path: str) -> EventMatch:
    """Which events are meant. Their conditions are about the event alone, and do not change as time passes."""
    match = read_document(EventMatch, document)
    if match.event is not None and match.event.startswith(VISUAL_EVENT):
        raise BadQuestion(
            f"{path}.event: {match.event!r:.80} may change; take null, and its `where` as the where here."
        )
    for leaf in match.where.leaves():
        if leaf.scope != "event":
            raise BadQuestion(f"{path}.where: scope {leaf.scope} does not go here. Make it a condition of its own.")
        if leaf.op == "within_last":
            raise BadQuestion(f"{path}.where: within_last does not go here. Give the measure a window.")
        if leaf.op in ("regex", "not_regex"):
            check_pattern(leaf.value, f"{path}.where")
        if leaf.op in ("before", "after"):
            check_date(leaf.value, f"{path}.where")
            if not leaf.value[0].isdigit():
                raise BadQuestion(
                    f"{path}.where: {leaf.value!r} is another date every day. Write a date, or use the window."
                )
    return match


def check_date(text: str, path: str) -> None:
    """Refuse what is no date in any zone."""
    read_date(text, name=path, now_ms=_SOME_DAY, calendar=_ANYWHERE, earliest=EARLIEST_COMPARED)


def check_pattern(pattern: str, path: str) -> None:
    """Refuse what RE2 does not take."""
    try:
        compute.match_substring_regex(_NOTHING, pattern=pattern)
    except pa.ArrowInvalid as error:
        raise BadQuestion(f"{path}: {pattern!r:.80} is no regular expression (RE2): {error!s:.200}.") from error


def _property(what: What, name: Any, path: str) -> str | None:
    needs = what in OF_NUMBERS or what in OF_TEXTS
    if needs and (not isinstance(name, str) or not 1 <= len(name) <= LONGEST_NAME):
        raise BadQuestion(f"{path}.property: {what} needs the name of a property, got {name!r:.80}.")
    if not needs and name is not None:
        raise BadQuestion(f"{path}.property: {what} is about events and takes no property.")
    return name if needs else None


def _whole(fields: Mapping[str, Any], name: str, allowed: bool, path: str, *, most: int) -> int:
    number = fields.get(name)
    if number is None:
        return 1
    if not allowed:
        raise BadQuestion(f"{path}.{name}: only the measure top takes it.")
    if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= most:
        raise BadQuestion(f"{path}.{name}: a whole number from 1 to {most} is expected, got {number!r:.80}.")
    return number


def _unit(what: What, fields: Mapping[str, Any], path: str) -> Any:
    unit = fields.get("unit")
    if unit is None:
        return "day"
    if what not in ("since_first", "since_last"):
        raise BadQuestion(f"{path}.unit: only since_first and since_last take it.")
    if unit not in UNITS:
        raise BadQuestion(f"{path}.unit: one of {', '.join(UNITS)}, got {unit!r:.80}.")
    return unit
