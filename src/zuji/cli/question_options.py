"""Options as a question: `--steps view,cart,purchase --window 7d` is a funnel of three steps within seven days.

A value that begins with { or [ is JSON and taken as it is. Otherwise the short form of its field applies.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from zuji.terms.error import BadRequest

_UNITS = {"s": "second", "min": "minute", "h": "hour", "d": "day", "w": "week"}
_DURATION = re.compile(r"(\d+)(s|min|h|d|w)")
_CONDITION = re.compile(r"\s*([^<>=!~]+?)\s*(!=|>=|<=|=|>|<|~)\s*(.*?)\s*")
SCOPES = ("event", "profile", "session", "tag", "segment")
_OPS = {"=": "equals", "!=": "not_equals", ">": "gt", ">=": "gte", "<": "lt", "<=": "lte", "~": "contains"}


def question_from(kind: str, options: list[str]) -> dict[str, Any]:
    """The fields that these words of a command line say. One without a value is true.

    >>> question_from("funnel", ["--steps", "view,buy", "--require-increasing-time", "--window=7d"])
    {'steps': [{'event': 'view'}, {'event': 'buy'}], 'require_increasing_time': True, \
'window': {'amount': 7, 'unit': 'day'}}
    """
    found: dict[str, Any] = {}
    for name, text in _pairs(options):
        if kind == "trend" and name in ("event", "math", "property"):
            [series] = found.setdefault("series", [{}])
            series[name] = text
        else:
            found[name] = _value(name, text)
    return found


def _pairs(options: list[str]) -> Iterator[tuple[str, str]]:
    words = deque(options)
    while words:
        word = words.popleft()
        if not word.startswith("--"):
            raise BadRequest(f"{word!r:.80} is no option. Fields are written --name value; see `zuji ask --kinds`.")
        name, given, text = word[2:].partition("=")
        if not given:
            text = "true" if not words or words[0].startswith("--") else words.popleft()
        yield name.replace("-", "_"), text


def _value(name: str, text: str) -> Any:
    if text[:1] in ("{", "["):
        try:
            return json.loads(text)
        except json.JSONDecodeError as error:
            raise BadRequest(f"--{name}: this is no JSON: {error}.") from error
    return _SHORT.get(name, _plain)(text)


def _plain(text: str) -> Any:
    """Numbers, true and false as such; everything else is a text.

    >>> [_plain(text) for text in ("7", "-2.5", "true", "7d", "1.2.3")]
    [7, -2.5, True, '7d', '1.2.3']
    """
    if text in ("true", "false"):
        return text == "true"
    if re.fullmatch(r"-?\d{1,15}", text):
        return int(text)
    return float(text) if re.fullmatch(r"-?\d{1,15}\.\d{1,15}", text) else text


def _duration(text: str) -> Any:
    found = _DURATION.fullmatch(text)
    if found is None:
        raise BadRequest(f"{text!r:.80} is no length of time. Write 30min, 12h, 7d or 2w.")
    return {"amount": int(found[1]), "unit": _UNITS[found[2]]}


def _conditions(text: str) -> list[dict[str, Any]]:
    """`price>=10 and channel=web`; for anything else, write JSON."""
    return [_condition(part) for part in re.split(r"\s+and\s+", text)]


def _condition(text: str) -> dict[str, Any]:
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise BadRequest(f"{text!r:.80} is no condition. Write price>=10, channel=web, name~phone, or JSON.")
    op = _OPS[found[2]]
    value: Any = found[3] if op in ("equals", "not_equals", "contains") else _plain(found[3])
    scope, _, name = found[1].rpartition(":")
    leaf = {"property": name, "op": op, "value": value}
    return leaf | ({"scope": scope} if scope else {})


def _events(text: str) -> list[dict[str, Any]]:
    return [{"event": name.strip()} for name in text.split(",")]


def _event(text: str) -> dict[str, Any]:
    return {"event": text}


def _breakdown(text: str) -> dict[str, Any]:
    """Names of properties, with a scope before them where it is not the event's.

    >>> _breakdown("channel,city"), _breakdown("profile:city")
    ({'property': ['channel', 'city']}, {'property': 'city', 'scope': 'profile'})
    """
    scope, given, rest = text.partition(":")
    scoped = bool(given) and scope.strip() in SCOPES
    names = [name.strip() for name in (rest if scoped else text).split(",")]
    return {"property": names[0] if len(names) == 1 else names} | ({"scope": scope.strip()} if scoped else {})


def _list(text: str) -> list[Any]:
    return [_plain(one.strip()) for one in text.split(",")]


_SHORT: dict[str, Callable[[str], Any]] = {
    "steps": _events,
    "series": _events,
    "exclusions": _events,
    "target": _event,
    "returning": _event,
    "from": _event,
    "to": _event,
    "acquired": _event,
    "goal": _event,
    "touch": _event,
    "window": _duration,
    "limit": lambda text: _duration(text) if _DURATION.fullmatch(text) else _plain(text),
    "half_life": _duration,
    "where": _conditions,
    "breakdown": _breakdown,
    "model": _list,
    "formulas": lambda text: [text],
    "days": _list,
    "bins": lambda text: _list(text) if "," in text else _plain(text),
    "exclude_items": _list,
    "hold_constant": _list,
    "group": _list,
    "direct": _list,
    "date_from": str,
    "date_to": str,
    "now": str,
}
