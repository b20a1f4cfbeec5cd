"""The words of rules in English. See `sentence`."""

from __future__ import annotations

import json
import re
from typing import Any

from zuji.tag.event_names import without_names
from zuji.tag.rule import (
    Between,
    Comparison,
    Consents,
    Ever,
    HasIdentifier,
    HasTag,
    InSegment,
    Last,
    Leaf,
    Measure,
    Measured,
    Sequence,
    This,
    Trait,
    Window,
)
from zuji.tag.sentence_nodes import NodeWords
from zuji.terms import condition as where
from zuji.terms.condition import NEGATIVE, POSITIVE_OF, Op
from zuji.terms.document import Duration, EventMatch

_PLAIN = re.compile(r"[\w.@+%$/*#'&-]+( [\w.@+%$/*#'&-]+)*")
"""A text that needs no quotation marks to be seen as one."""

_OPS: dict[Op, str] = {
    "equals": "is {}",
    "not_equals": "is not {}",
    "contains": "contains {}",
    "not_contains": "does not contain {}",
    "regex": "matches {}",
    "not_regex": "does not match {}",
    "gt": "is more than {}",
    "gte": "is at least {}",
    "lt": "is less than {}",
    "lte": "is at most {}",
    "between": "is between {}",
    "is_set": "is known",
    "is_not_set": "is not known",
    "in_segment": "is in the segment {}",
    "before": "is before {}",
    "after": "is after {}",
    "within_last": "is within the last {}",
    "on_element": "is on {}",
}
_AMOUNTS: dict[Op, str] = {
    "equals": "exactly {}",
    "not_equals": "not exactly {}",
    "gt": "more than {}",
    "gte": "at least {}",
    "lt": "less than {}",
    "lte": "at most {}",
    "between": "between {}",
    "is_set": "any number of",
    "is_not_set": "an unknown number of",
}
_FIGURES = {
    "sum": "the sum of {}",
    "average": "the average {}",
    "minimum": "the least {}",
    "maximum": "the greatest {}",
    "distinct": "the number of different {}",
    "first": "the first {}",
    "last": "the last {}",
}
_PROPERTIES = {"$hour": "hour of the day", "$weekday": "day of the week", "$amount": "amount", "$event": "event"}


def leaf(leaf: Leaf) -> str:
    """A condition without conditions inside."""
    match leaf:
        case Trait(name, comparison):
            return f"{_property(name)} {compared(comparison)}"
        case HasIdentifier(type, comparison):
            return _held(f"identifier {_text(type)}", comparison)
        case HasTag(key, Comparison("is_set")):
            return f"has the tag {key}"
        case HasTag(key, Comparison("is_not_set")):
            return f"does not have the tag {key}"
        case HasTag(key, comparison):
            return f"the tag {key} {compared(comparison)}"
        case InSegment(key):
            return f"is in the segment {key}"
        case Consents(purpose, granted):
            return f"has {'granted' if granted else 'not granted'} the purpose {_text(purpose)}"
        case Measured(measure, comparison):
            return _measured(measure, comparison)
        case Sequence():
            return _sequence(leaf)


def all_of(parts: list[str]) -> str:
    """Every part holds."""
    return " and ".join(parts) if parts else "everybody"


def any_of(parts: list[str]) -> str:
    """One of the parts holds."""
    return " or ".join(parts) if parts else "nobody"


def negated(part: str) -> str:
    """The part does not hold."""
    return f"not ({part})"


def bracketed(part: str) -> str:
    """A part with parts."""
    return f"({part})"


def case(value: str, when: str) -> str:
    """A value and when it holds."""
    return f"{_text(value)} if {when}"


def cases(parts: list[str], otherwise: str | None) -> str:
    """The first of several that holds."""
    return "; else ".join([*parts, *([] if otherwise is None else [_text(otherwise)])])


def value(measure: Measure, when: str | None) -> str:
    """What a measure gives, for those who pass."""
    if measure.what in ("count", "days"):
        thing = "number of" if measure.what == "count" else "number of days with"
        said = f"the {thing} {_event(measure.match)}{_window(measure.window)}"
    elif measure.what in ("since_first", "since_last"):
        said = f"the {measure.unit}s since {_occasion(measure)}"
    else:
        said = _figure(measure)
    return said if when is None else f"{said}, for those of whom: {when}"


def compared(comparison: Comparison) -> str:
    """What is said of a value."""
    return _OPS[comparison.op].format(_value(comparison.op, comparison.value))


def _held(what: str, comparison: Comparison) -> str:
    """Of several things held: one passes, or with a negative op none passes its positive one."""
    match comparison.op:
        case "is_set":
            return f"has an {what}"
        case "is_not_set":
            return f"has no {what}"
        case op if op in NEGATIVE:
            return f"no {what} {compared(Comparison(POSITIVE_OF[op], comparison.value))}"
    return f"an {what} {compared(comparison)}"


def _measured(measure: Measure, comparison: Comparison) -> str:
    match measure.what:
        case "count":
            return _counted(measure, comparison)
        case "days":
            span = _window(measure.window)
            return f"did {_event(measure.match)} on {_amount(comparison, 'day')}{span}"
        case "since_first" | "since_last":
            return _ago(measure, comparison)
        case "top":
            return _held_top(measure, comparison)
    return f"{_figure(measure)} {compared(comparison)}"


def _counted(measure: Measure, comparison: Comparison) -> str:
    event, span = _event(measure.match), _window(measure.window)
    match comparison:
        case Comparison("gte", 1) | Comparison("gt", 0):
            return f"did {event}{span}"
        case Comparison("equals", 0) | Comparison("lt", 1) | Comparison("lte", 0):
            return f"did not do {event}{span}"
    return f"did {event} {_amount(comparison, 'time')}{span}"


def _ago(measure: Measure, comparison: Comparison) -> str:
    if comparison.op == "is_set":
        return f"ever did {_event(measure.match)}{_window(measure.window)}"
    if comparison.op == "is_not_set":
        return f"never did {_event(measure.match)}{_window(measure.window)}"
    never = " or never" if comparison.op == "not_equals" else ""
    return f"{_occasion(measure)} was {_amount(comparison, measure.unit)} ago{never}"


def _held_top(measure: Measure, comparison: Comparison) -> str:
    if measure.limit == 1:
        return f"{_figure(measure)} {compared(comparison)}"
    verbs: dict[Op, str] = {"is_set": "are known", "is_not_set": "are not known"}
    verbs |= {"equals": "include {}", "not_equals": "do not include {}"}
    verbs |= {"contains": "include one that contains {}", "not_contains": "include none that contains {}"}
    return f"{_figure(measure)} {verbs[comparison.op].format(_value(comparison.op, comparison.value))}"


def _figure(measure: Measure) -> str:
    name = _property(measure.property or "")
    if measure.what == "top":
        least = "" if measure.at_least == 1 else f" (on at least {measure.at_least} events)"
        texts = name if measure.limit == 1 else f"values of {name}"
        number = "" if measure.limit == 1 else f"{measure.limit} "
        figure = f"the {number}most frequent {texts}{least}"
    else:
        figure = _FIGURES[measure.what].format(name)
    return f"{figure} of {_event(measure.match)}{_window(measure.window)}"


def _occasion(measure: Measure) -> str:
    which = "first" if measure.what == "since_first" else "last"
    return f"the {which} {_event(measure.match)}{_window(measure.window)}"


def _sequence(leaf: Sequence) -> str:
    steps = [_event(step) for step in leaf.steps]
    within = "" if leaf.within_ms is None else _length(leaf.within_ms)
    without = "" if leaf.without is None else _event(leaf.without)
    if len(steps) == 1:
        return f"did {steps[0]}{_window(leaf.window)} and then not {without} within {within}"
    said = f"did {', then '.join(steps)}"
    said += f" within {within}" if within else ""
    said += f" without {without} in between" if without else ""
    return said if isinstance(leaf.window, Ever) else f"{said}, beginning{_window(leaf.window)}"


def _event(match: EventMatch) -> str:
    names, conditions = without_names(match)
    # The same name with and without spaces is one thing at different clients.
    different = {name.replace(" ", ""): name for name in reversed(names)}
    said = " or ".join(map(_text, reversed(different.values()))) if names else "anything"
    return f"{said} ({_NODES.said(conditions.node)})" if conditions else said


def _compared_property(leaf: where.Leaf) -> str:
    return f"{_property(leaf.property)} {_OPS[leaf.op].format(_value(leaf.op, leaf.value))}"


_NODES = NodeWords(_compared_property, all_of, any_of, negated, bracketed, always="always", never="never")


def _window(window: Window) -> str:
    match window:
        case Ever():
            return ""
        case Last(amount, unit):
            return f" in the last {unit if amount == 1 else f'{amount} {unit}s'}"
        case This("day", back):
            return " yesterday" if back else " today"
        case This(interval, back):
            return f" in the {interval} before this one" if back else f" this {interval}"
        case Between(None, last):
            return f" until {last}"
        case Between(first, None):
            return f" since {first}"
        case Between(first, last):
            return f" from {first} to {last}"


def _length(milliseconds: int) -> str:
    """The length in the greatest unit that divides it."""
    for unit, size in (("day", 86_400_000), ("hour", 3_600_000), ("minute", 60_000), ("second", 1_000)):
        if milliseconds % size == 0:
            amount = milliseconds // size
            return f"{amount} {unit if amount == 1 else f'{unit}s'}"
    return f"{milliseconds} ms"


def _amount(comparison: Comparison, of: str) -> str:
    amount = _AMOUNTS[comparison.op].format(_value(comparison.op, comparison.value))
    return f"{amount} {of}" if comparison.value == 1 else f"{amount} {of}s"


def _value(op: Op, wanted: Any) -> str:
    if wanted is None:
        return ""
    if isinstance(wanted, Duration):
        return _length(wanted.milliseconds)
    if isinstance(wanted, tuple):
        return (" and " if op == "between" else " or ").join(map(_text, wanted))
    return _text(wanted)


def _property(name: str) -> str:
    return _PROPERTIES.get(name) or _text(name)


def _text(plain: Any) -> str:
    """A value as it is, between quotation marks where it could be mistaken for more words of ours."""
    if isinstance(plain, str) and _PLAIN.fullmatch(plain):
        return plain
    return json.dumps(plain, ensure_ascii=False)
