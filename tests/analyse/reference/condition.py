"""Whether an event passes a condition."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from analyse.reference.dates import Refused, first_instant, last_instant
from analyse.reference.sessions import Session
from analyse.reference.values import day_of, inside, number_of, property_of, text_of, time_of
from analyse.reference.world import Event, Profile

UNIT_MS = {"second": 1000, "minute": 60_000, "hour": 3_600_000, "day": 86_400_000, "week": 604_800_000}
_NOT_IN_RE2 = re.compile(r"\(\?<?[=!]|\\[1-9]|\(\?>|\(\?\(")
"""Looking around, what a group has matched, atomic groups, conditions: Python's engine has them, RE2 does not."""


@dataclass(frozen=True)
class Setting:
    """What a condition needs to know beside the event. `sessions` by the position of the event."""

    profiles: Mapping[int, Profile]
    sessions: Mapping[int, Session]
    zone: ZoneInfo
    now: int


def value_of(event: Event, name: str, scope: str, setting: Setting) -> Any:
    """The value of a property of any scope at this event; None where there is none."""
    if scope == "profile":
        profile = setting.profiles.get(event.person)
        return inside(profile.traits, name) if profile else None
    if scope == "session":
        session = setting.sessions.get(event.position)
        return session.property_of(name) if session else None
    if scope != "event":
        raise Refused(f"nothing of scope {scope!r} is known")
    return property_of(event, name)


def passes(event: Event, node: Any, setting: Setting) -> bool:
    """Whether the event passes a node, or all of a list of nodes; None is no condition."""
    if node is None:
        return True
    if isinstance(node, list):
        return all(passes(event, part, setting) for part in node)
    if "all" in node:
        return all(passes(event, part, setting) for part in node["all"])
    if "any" in node:
        return any(passes(event, part, setting) for part in node["any"])
    if "not" in node:
        return not passes(event, node["not"], setting)
    value = value_of(event, node["property"], node.get("scope", "event"), setting)
    return leaf(value, node["op"], node.get("value"), setting)


def leaf(value: Any, op: str, wanted: Any, setting: Setting) -> bool:
    """Whether a value passes one comparison."""
    if op in ("is_set", "is_not_set"):
        return (value is not None) == (op == "is_set")
    if op in NEGATED:
        if NEGATED[op] == "regex" and pattern_of(wanted) is None:
            return False
        return not leaf(value, NEGATED[op], wanted, setting)
    if op in BY_TEXT:
        text = text_of(value)
        return text is not None and BY_TEXT[op](text, wanted)
    if op in BY_NUMBER:
        number = number_of(value)
        return number is not None and BY_NUMBER[op](number, wanted)
    return by_time(time_of(value, setting.zone), op, wanted, setting)


def texts_of(wanted: Any) -> list[str]:
    """The texts of a value or of a list of values."""
    return [text_of(one) or "" for one in (wanted if isinstance(wanted, list) else [wanted])]


def contains(text: str, wanted: Any) -> bool:
    return any(part.lower() in text.lower() for part in texts_of(wanted))


def finds(text: str, wanted: Any) -> bool:
    pattern = pattern_of(wanted)
    return pattern is not None and pattern.search(text) is not None


def pattern_of(wanted: str) -> re.Pattern[str] | None:
    """The pattern; None where RE2 would not take it. Classes such as `\\w` hold ASCII alone there."""
    if _NOT_IN_RE2.search(wanted):
        return None
    try:
        return re.compile(wanted, re.ASCII)
    except re.error:
        return None


def refuse_patterns(part: Any, *, negated: bool = False) -> None:
    """Below `not` a pattern that cannot be used is refused, wherever in the question it stands."""
    if isinstance(part, list):
        for one in part:
            refuse_patterns(one, negated=negated)
    elif isinstance(part, Mapping):
        if negated and part.get("op") in ("regex", "not_regex") and pattern_of(part["value"]) is None:
            raise Refused(f"{part['value']!r} is no pattern")
        for name, one in part.items():
            refuse_patterns(one, negated=negated or name == "not")


def asked_number(wanted: Any) -> float:
    number = number_of(wanted)
    if number is None:
        raise Refused(f"{wanted!r} is no number")
    return number


NEGATED = {"not_equals": "equals", "not_contains": "contains", "not_regex": "regex"}
BY_TEXT: dict[str, Callable[[str, Any], bool]] = {
    "equals": lambda text, wanted: text in texts_of(wanted),
    "contains": contains,
    "regex": finds,
}
BY_NUMBER: dict[str, Callable[[float, Any], bool]] = {
    "gt": lambda number, wanted: number > asked_number(wanted),
    "gte": lambda number, wanted: number >= asked_number(wanted),
    "lt": lambda number, wanted: number < asked_number(wanted),
    "lte": lambda number, wanted: number <= asked_number(wanted),
    "between": lambda number, wanted: asked_number(wanted[0]) <= number <= asked_number(wanted[1]),
}


def by_time(at: int | None, op: str, wanted: Any, setting: Setting) -> bool:
    """`before`, `after` and `within_last`."""
    if op == "within_last":
        length = wanted["amount"] * UNIT_MS[wanted["unit"]]
        return at is not None and setting.now - length <= at <= setting.now
    day = day_of(wanted)
    earliest = latest = time_of(wanted, setting.zone)
    if day is not None:
        earliest, latest = first_instant(day, setting.zone), last_instant(day, setting.zone)
    if earliest is None or latest is None:
        raise Refused(f"{wanted!r} is no time")
    return at is not None and (at < earliest if op == "before" else at > latest)
