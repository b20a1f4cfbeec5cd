"""Values that others give: imported ones, by hand, and scores of models. Meaning: docs/rules.md, `Given values`.

A value is said of an identifier at a moment, and belongs to whom an event of that identifier at that moment belongs.
Of everything said of a person's identifiers the newest word counts, so a merge keeps the newer value, a split gives
each side back what was said of its own, and who takes a value away takes it from the whole person.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from zuji.identify.holdings import Holding
from zuji.store.given_tags import GIVEN_ORIGINS, GivenRow
from zuji.tag.definition import Definition, ValueType
from zuji.terms.error import BadRequest, Conflict
from zuji.terms.period import DAY_MS

MOST_AT_ONCE = 1_000
LONGEST_TEXT = 256
MOST_IN_LIST = 20


class Word(msgspec.Struct, frozen=True, array_like=True):
    """A value said of an identifier; None takes it away."""

    type: str
    identifier: str
    value: Any


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What a decision to give values says. `announce`: whether subscribers are told."""

    key: str
    values: Annotated[tuple[Word, ...], Meta(min_length=1, max_length=MOST_AT_ONCE)]
    announce: bool = True


def is_given(definition: Definition) -> bool:
    """Whether its values come from others."""
    return definition.kind == "tag" and definition.origin in GIVEN_ORIGINS


def require_fitting(definition: Definition, words: Iterable[Word]) -> None:
    """Raises Conflict where nobody gives this tag its values, BadRequest where a value is none of its type."""
    if not is_given(definition):
        raise Conflict(
            f"the values of the tag {definition.key} are worked out ({definition.origin}); only those of tags with the"
            f" origin {', '.join(GIVEN_ORIGINS)} can be given."
        )
    for place, word in enumerate(words, start=1):
        if word.value is not None and not fits(word.value, definition.value_type):
            raise BadRequest(
                f"value {place}, of {word.type}:{word.identifier:.80}: {definition.key} takes"
                f" {_TAKES[definition.value_type]}, or null to take it away; got {word.value!r:.80}."
            )


def fits(value: Any, value_type: ValueType) -> bool:
    """Whether a value is of this type. An empty text is no value.

    >>> fits("gold", "text"), fits("", "text"), fits(True, "number"), fits(["a", ""], "list")
    (True, False, False, False)
    """
    match value_type:
        case "boolean":
            return isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool) and _is_moderate(value)
        case "text":
            return isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT and not _UNREADABLE.search(value)
        case "list":
            is_short = isinstance(value, list | tuple) and 0 < len(value) <= MOST_IN_LIST
            return is_short and all(fits(one, "text") for one in value)


def read_text(text: str, value_type: ValueType) -> Any:
    """The value that a cell of a file says; nothing for an empty one. Raises ValueError.

    >>> read_text("0.25", "number"), read_text("yes", "text"), read_text("a|b", "list"), read_text("", "boolean")
    (0.25, 'yes', ['a', 'b'], None)
    """
    text = text.strip()
    if not text:
        return None
    match value_type:
        case "boolean":
            value: Any = {"true": True, "false": False}.get(text.lower())
        case "number":
            value = int(text) if text.removeprefix("-").isdecimal() else float(text)
        case "list":
            value = [one.strip() for one in text.split("|")]
        case "text":
            value = text
    if value is None or not fits(value, value_type):
        raise ValueError(f"{text!r:.80} is not {_TAKES[value_type]}")
    return value


def end_of(at_ms: int, validity_days: int | None) -> int | None:
    """The moment at which a value that was given then ends, if nothing confirms it."""
    return None if validity_days is None else at_ms + validity_days * DAY_MS


def newest_words(rows: Iterable[GivenRow], holdings: Iterable[Holding], now_ms: int) -> dict[str, GivenRow]:
    """By key: the newest word that counts for whoever owns these, a word that took the value away included."""
    stretches: dict[int, list[Holding]] = {}
    for one in holdings:
        stretches.setdefault(one.anchor, []).append(one)
    found: dict[str, GivenRow] = {}
    for row in rows:
        is_theirs = any(one.from_ms <= row.at_ms < one.to_ms for one in stretches.get(row.anchor, ()))
        is_over = row.until_ms is not None and row.until_ms <= now_ms
        if is_theirs and not is_over and (row.key not in found or found[row.key].number < row.number):
            found[row.key] = row
    return found


def values_in(newest: Mapping[str, GivenRow]) -> dict[str, Any]:
    """The values that these words give."""
    return {key: row.value for key, row in newest.items() if row.value is not None}


_UNREADABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_TAKES: Mapping[ValueType, str] = {
    "boolean": "true or false",
    "number": "a number",
    "text": f"a text of 1 to {LONGEST_TEXT:,} characters",
    "list": f"a list of 1 to {MOST_IN_LIST} texts",
}


def _is_moderate(value: float) -> bool:
    return math.isfinite(value) and abs(value) < 1e18
