"""Rules read from JSON: what is wrong is said with its place, the value and what is allowed. Meaning: docs/rules.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zuji.tag.read_measure import GIVES_NUMBER, check_date, check_pattern, read_match, read_measure
from zuji.tag.read_window import read_window
from zuji.tag.rule import (
    AllOf,
    AnyOf,
    Case,
    Cases,
    Comparison,
    Condition,
    Consents,
    HasIdentifier,
    HasTag,
    InSegment,
    Measured,
    Not,
    Rule,
    Sequence,
    Trait,
    ValueOf,
    When,
    leaves,
)
from zuji.terms.condition import OPS, Op, check_value, only
from zuji.terms.document import Duration, read_document, refuse_broken_text
from zuji.terms.error import BadQuestion

DEEPEST = 20
MOST_CONDITIONS = 100
MOST_CASES = 50
MOST_STEPS = 8
LONGEST_NAME = 1_000
LONGEST_VALUE = 200
LONGEST_WITHIN_MS = 366 * 86_400_000
_COMPARED = frozenset({"op", "value"})
_MEASURED = frozenset({"measure", "event", "where", "property", "window", "limit", "at_least", "unit"})
_OF_NUMBERS: frozenset[Op] = frozenset(
    {"equals", "not_equals", "gt", "gte", "lt", "lte", "between", "is_set", "is_not_set"}
)
_OF_LISTS: frozenset[Op] = frozenset({"equals", "not_equals", "contains", "not_contains", "is_set", "is_not_set"})
_OF_TEXTS: frozenset[Op] = frozenset(OPS) - {"in_segment", "within_last", "on_element"}
_OF_TRAITS: frozenset[Op] = frozenset(OPS) - {"in_segment", "on_element"}


def read_rule(document: Any) -> Rule:
    """The rule of a document.

    >>> read_rule({"when": {"trait": "city", "op": "equals", "value": "Shanghai"}})
    When(when=Trait(name='city', comparison=Comparison(op='equals', value='Shanghai')))
    """
    refuse_broken_text(document)
    fields = _object(document, "rule")
    if "cases" in fields:
        rule: Rule = _cases(fields)
    elif "value" in fields:
        only(fields, {"value", "when"}, "rule")
        measure = _object(fields["value"], "rule.value")
        only(measure, _MEASURED, "rule.value")
        when = _condition(fields["when"], "rule.when", 0) if "when" in fields else AllOf()
        rule = ValueOf(read_measure(measure, "rule.value"), when)
    elif "when" in fields:
        only(fields, {"when"}, "rule")
        rule = When(_condition(fields["when"], "rule.when", 0))
    else:
        raise BadQuestion('rule: it needs "when", "cases" or "value".')
    return rule


def _cases(fields: Mapping[str, Any]) -> Cases:
    only(fields, {"cases", "otherwise"}, "rule")
    parts = _list(fields["cases"], "rule.cases", least=1, most=MOST_CASES)
    cases = []
    for number, part in enumerate(parts):
        path = f"rule.cases[{number}]"
        case = _object(part, path)
        only(case, {"value", "when"}, path)
        value = _name(case.get("value"), f"{path}.value", longest=LONGEST_VALUE)
        cases.append(Case(value, _condition(case.get("when"), f"{path}.when", 0)))
    otherwise = fields.get("otherwise")
    if otherwise is not None:
        _name(otherwise, "rule.otherwise", longest=LONGEST_VALUE)
    values = [case.value for case in cases] + ([] if otherwise is None else [otherwise])
    if len(set(values)) < len(values):
        raise BadQuestion("rule.cases: a value occurs twice. Give every case its own; join their conditions with any.")
    return Cases(tuple(cases), otherwise)


def _condition(document: Any, path: str, depth: int) -> Condition:
    if depth > DEEPEST:
        raise BadQuestion(f"{path}: conditions go at most {DEEPEST} levels deep.")
    fields = _object(document, path)
    for kind in _READERS:
        if kind in fields:
            found = _READERS[kind](fields, path, depth)
            if depth == 0 and sum(1 for _ in leaves(found)) > MOST_CONDITIONS:
                raise BadQuestion(f"{path}: a rule has at most {MOST_CONDITIONS} conditions. Make a segment of some.")
            return found
    raise BadQuestion(f"{path}: a condition has one of {', '.join(_READERS)}; got {', '.join(map(repr, fields))[:80]}.")


def _all(fields: Mapping[str, Any], path: str, depth: int) -> Condition:
    only(fields, {"all"}, path)
    return AllOf(_parts(fields["all"], f"{path}.all", depth))


def _any(fields: Mapping[str, Any], path: str, depth: int) -> Condition:
    only(fields, {"any"}, path)
    return AnyOf(_parts(fields["any"], f"{path}.any", depth))


def _not(fields: Mapping[str, Any], path: str, depth: int) -> Condition:
    only(fields, {"not"}, path)
    return Not(_condition(fields["not"], f"{path}.not", depth + 1))


def _parts(document: Any, path: str, depth: int) -> tuple[Condition, ...]:
    parts = _list(document, path, least=0, most=MOST_CONDITIONS)
    return tuple(_condition(part, f"{path}[{number}]", depth + 1) for number, part in enumerate(parts))


def _trait(fields: Mapping[str, Any], path: str, _: int) -> Condition:
    only(fields, {"trait"} | _COMPARED, path)
    return Trait(_name(fields["trait"], f"{path}.trait"), _comparison(fields, path, _OF_TRAITS))


def _identifier(fields: Mapping[str, Any], path: str, _: int) -> Condition:
    only(fields, {"identifier"} | _COMPARED, path)
    return HasIdentifier(_name(fields["identifier"], f"{path}.identifier"), _comparison(fields, path, _OF_TEXTS))


def _tag(fields: Mapping[str, Any], path: str, _: int) -> Condition:
    only(fields, {"tag"} | _COMPARED, path)
    return HasTag(_name(fields["tag"], f"{path}.tag"), _comparison(fields, path, _OF_TEXTS))


def _segment(fields: Mapping[str, Any], path: str, _: int) -> Condition:
    only(fields, {"segment"}, path)
    return InSegment(_name(fields["segment"], f"{path}.segment"))


def _consent(fields: Mapping[str, Any], path: str, _: int) -> Condition:
    only(fields, {"consent", "is"}, path)
    if fields.get("is") not in ("granted", "withheld"):
        raise BadQuestion(f"{path}.is: granted or withheld, got {fields.get('is')!r:.80}.")
    return Consents(_name(fields["consent"], f"{path}.consent"), fields["is"] == "granted")


def _measured(fields: Mapping[str, Any], path: str, _: int) -> Condition:
    only(fields, _MEASURED | _COMPARED, path)
    measure = read_measure(fields, path)
    if measure.what in GIVES_NUMBER:
        return Measured(measure, _comparison(fields, path, _OF_NUMBERS))
    return Measured(measure, _comparison(fields, path, _OF_LISTS if measure.what == "top" else _OF_TEXTS))


def _sequence(fields: Mapping[str, Any], path: str, _: int) -> Condition:
    only(fields, {"sequence", "without", "within", "window"}, path)
    parts = _list(fields["sequence"], f"{path}.sequence", least=1, most=MOST_STEPS)
    steps = tuple(read_match(part, f"{path}.sequence[{number}]") for number, part in enumerate(parts))
    without = read_match(fields["without"], f"{path}.without") if fields.get("without") is not None else None
    within = read_document(Duration, fields["within"]).milliseconds if fields.get("within") is not None else None
    if within is not None and within > LONGEST_WITHIN_MS:
        raise BadQuestion(f"{path}.within: at most 366 days.")
    if len(steps) == 1 and (without is None or within is None):
        raise BadQuestion(
            f'{path}: a sequence of one event needs "without" and "within" (what must not follow, and for how long). '
            "For the event alone use the measure count."
        )
    return Sequence(steps, read_window(fields.get("window"), f"{path}.window"), without, within)


_READERS = {
    "all": _all,
    "any": _any,
    "not": _not,
    "trait": _trait,
    "identifier": _identifier,
    "tag": _tag,
    "segment": _segment,
    "consent": _consent,
    "measure": _measured,
    "sequence": _sequence,
}


def _comparison(fields: Mapping[str, Any], path: str, allowed: frozenset[Op]) -> Comparison:
    op, value = fields.get("op"), fields.get("value")
    if op not in allowed:
        raise BadQuestion(f"{path}.op: {op!r:.80} does not go here. There are: {', '.join(sorted(allowed))}.")
    check_value(op, value, f"{path}.value", given="value" in fields)
    if op in ("regex", "not_regex"):
        check_pattern(str(value), f"{path}.value")
    if op in ("before", "after"):
        check_date(str(value), f"{path}.value")
    if op == "within_last":
        return Comparison(op, read_document(Duration, value))
    return Comparison(op, tuple(value) if isinstance(value, list) else value)


def _object(document: Any, path: str) -> Mapping[str, Any]:
    if not isinstance(document, Mapping):
        raise BadQuestion(f"{path}: an object is expected, got {document!r:.80}.")
    return document


def _list(document: Any, path: str, *, least: int, most: int) -> list[Any]:
    if not isinstance(document, list) or not least <= len(document) <= most:
        raise BadQuestion(f"{path}: a list of {least} to {most} is expected, got {document!r:.80}.")
    return document


def _name(text: Any, path: str, *, longest: int = LONGEST_NAME) -> str:
    if not isinstance(text, str) or not text or len(text) > longest:
        raise BadQuestion(f"{path}: a text of 1 to {longest} characters is expected, got {text!r:.80}.")
    return text
