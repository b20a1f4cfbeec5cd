"""Conditions as SQL: an expression that is 1 or 0 for every event, never null."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from zuji.store.circumstances import Circumstances
from zuji.store.profiles import CURRENT_PROFILES
from zuji.store.property_sql import Value, event_value, session_value, text_value, trait_value
from zuji.store.selector_sql import selector_sql
from zuji.store.statement import Statement
from zuji.store.tag_rows import TAG_NOW
from zuji.terms.condition import NEGATIVE, POSITIVE_OF, All, AnyOf, Leaf, Node, Not
from zuji.terms.dates import EARLIEST_COMPARED, read_date
from zuji.terms.document import UNIT_MS, Duration
from zuji.terms.error import BadQuestion
from zuji.terms.selector import read_selector
from zuji.terms.value import text_of

_COMPARED = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def condition_sql(statement: Statement, around: Circumstances, node: Node) -> str:
    """The condition over the columns of an event, of its session (see `seen`), and of its person."""
    match node:
        case All(parts) | AnyOf(parts):
            empty, word = ("1", " AND ") if isinstance(node, All) else ("0", " OR ")
            texts = [condition_sql(statement, around, part) for part in parts]
            return f"({word.join(texts)})" if texts else empty
        case Not(part):
            return f"NOT {condition_sql(statement, around, part)}"
        case Leaf():
            return _leaf(statement, around, node)


def _leaf(statement: Statement, around: Circumstances, leaf: Leaf) -> str:
    if leaf.op in ("regex", "not_regex") and leaf.value in around.bad_patterns:
        return "0"
    zone = around.calendar.zone.key
    match leaf.scope:
        case "event":
            return compared_sql(statement, around, leaf, event_value(statement, leaf.property, zone=zone))
        case "session":
            return compared_sql(statement, around, leaf, session_value(statement, leaf.property, zone=zone))
        case "profile":
            return _of_people(statement, around, leaf)
        case "tag" | "segment":
            return _of_tagged(statement, around, leaf)


def _of_people(statement: Statement, around: Circumstances, leaf: Leaf) -> str:
    """People without a profile row have no traits: they pass what a missing value passes."""
    value = trait_value(statement, leaf.property, zone=around.calendar.zone.key)
    passes = compared_sql(statement, around, leaf, value)
    negative = leaf.op in NEGATIVE
    people = f"SELECT person FROM ({CURRENT_PROFILES}) WHERE {'NOT ' if negative else ''}{passes}"
    return f"({around.whose.sql}) {'NOT IN' if negative else 'IN'} ({people})"


def _of_tagged(statement: Statement, around: Circumstances, leaf: Leaf) -> str:
    """People by a tag or segment, as it is now: of a list one text that passes is enough, or spoils a negative op."""
    key = statement.text(leaf.value if leaf.scope == "segment" else leaf.property)
    passes = "1"
    if leaf.op not in ("is_set", "is_not_set", "in_segment"):
        positive = replace(leaf, op=POSITIVE_OF.get(leaf.op, leaf.op))
        value = text_value(statement, "one", zone=around.calendar.zone.key)
        passes = f"arrayExists(one -> {compared_sql(statement, around, positive, value)}, texts)"
    people = (
        f"SELECT person FROM {TAG_NOW} WHERE workspace = {{workspace:String}}"
        f" AND kind = {statement.text(leaf.scope)} AND key = {key} AND gone = 0 AND {passes}"
    )
    return f"({around.whose.sql}) {'NOT IN' if leaf.op in NEGATIVE else 'IN'} ({people})"


def compared_sql(statement: Statement, around: Circumstances, leaf: Leaf, value: Value) -> str:
    """One comparison. What is null fails; a negative op is the opposite of its positive one."""
    if leaf.op == "is_set":
        return f"isNotNull({value.text})"
    if leaf.op == "is_not_set":
        return f"isNull({value.text})"
    positive = _POSITIVE[leaf.op.removeprefix("not_")](statement, around, leaf, value)
    whole = f"ifNull({positive}, 0)"
    return f"NOT {whole}" if leaf.op in NEGATIVE else whole


def _equals(statement: Statement, _: Circumstances, leaf: Leaf, value: Value) -> str:
    texts = [text_of(one) for one in _list(leaf.value)]
    return (
        f"{value.text} = {statement.text(texts[0])}" if len(texts) == 1 else f"{value.text} IN {statement.texts(texts)}"
    )


def _contains(statement: Statement, _: Circumstances, leaf: Leaf, value: Value) -> str:
    # lowerUTF8 on both sides and not positionCaseInsensitiveUTF8: one rule for what the case of a letter is.
    found = (
        f"position(lowerUTF8({value.text}), lowerUTF8({statement.text(text_of(one))})) > 0" for one in _list(leaf.value)
    )
    return f"({' OR '.join(found)})"


def _regex(statement: Statement, _: Circumstances, leaf: Leaf, value: Value) -> str:
    # The engine lets a dot match a line break unless told otherwise; RE2 itself does not.
    return f"match({value.text}, {statement.text('(?-s)' + leaf.value)})"


def _number(statement: Statement, _: Circumstances, leaf: Leaf, value: Value) -> str:
    return f"{value.number} {_COMPARED[leaf.op]} {statement.number(float(leaf.value))}"


def _between(statement: Statement, _: Circumstances, leaf: Leaf, value: Value) -> str:
    low, high = leaf.value
    return f"{value.number} BETWEEN {statement.number(float(low))} AND {statement.number(float(high))}"


def _time(statement: Statement, around: Circumstances, leaf: Leaf, value: Value) -> str:
    named = read_date(
        leaf.value, name="where", now_ms=around.now_ms, calendar=around.calendar, earliest=EARLIEST_COMPARED
    )
    if leaf.op == "before":
        return f"{value.ms} < {statement.integer(named.first(around.calendar))}"
    return f"{value.ms} >= {statement.integer(named.end(around.calendar))}"


def _within_last(statement: Statement, around: Circumstances, leaf: Leaf, value: Value) -> str:
    amount, unit = leaf.value["amount"], leaf.value["unit"]
    if not isinstance(amount, int) or amount < 1 or unit not in UNIT_MS:
        raise BadQuestion(f"where: within_last takes an amount of at least 1 and a unit of {', '.join(UNIT_MS)}.")
    since = around.now_ms - Duration(amount=amount, unit=unit).milliseconds
    return f"{value.ms} BETWEEN {statement.integer(since)} AND {statement.integer(around.now_ms)}"


def _on_element(statement: Statement, _: Circumstances, leaf: Leaf, value: Value) -> str:
    return selector_sql(statement, read_selector(leaf.value), value.text)


_POSITIVE: dict[str, Callable[[Statement, Circumstances, Leaf, Value], str]] = {
    "equals": _equals,
    "contains": _contains,
    "regex": _regex,
    "gt": _number,
    "gte": _number,
    "lt": _number,
    "lte": _number,
    "between": _between,
    "before": _time,
    "after": _time,
    "within_last": _within_last,
    "on_element": _on_element,
}


def _list(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)
