"""Conditions and values of rules as SQL over the columns of a pass: 1 or 0 for everybody, never null."""

from __future__ import annotations

from typing import cast

from zuji.store.condition_sql import compared_sql
from zuji.store.property_sql import Value, number_value, text_value, trait_value
from zuji.tag.definition import Kind, ListOf, SavedPeople
from zuji.tag.history_figures import Figure, figure_of
from zuji.tag.history_pass import HistoryPass
from zuji.tag.history_sequences import happened_sql
from zuji.tag.rule import (
    AllOf,
    AnyOf,
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
)
from zuji.terms.condition import NEGATIVE, POSITIVE_OF
from zuji.terms.condition import Leaf as Compare
from zuji.terms.error import BadQuestion

_NOTHING = Value("CAST(NULL, 'Nullable(String)')", "CAST(NULL, 'Nullable(Float64)')", "CAST(NULL, 'Nullable(Int64)')")


def passes_sql(gathered: HistoryPass, condition: Condition) -> str:
    """Whether a person passes the condition."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            empty, word = ("1", " AND ") if isinstance(condition, AllOf) else ("0", " OR ")
            texts = [passes_sql(gathered, part) for part in parts]
            return f"({word.join(texts)})" if texts else empty
        case Not(part):
            return f"NOT {passes_sql(gathered, part)}"
        case Trait(name, comparison):
            gathered.traits()
            value = trait_value(gathered.statement, name, zone=gathered.zone)
            return _compared(gathered, comparison, value)
        case HasIdentifier(type_, comparison):
            kind = gathered.statement.text(type_)
            held = f"arrayMap(one -> one.2, arrayFilter(one -> one.1 = {kind}, {gathered.identifiers()}))"
            return _one_of(gathered, comparison, held)
        case HasTag(key, comparison):
            return figure_passes(gathered, comparison, named_tag(gathered, key))
        case InSegment(key):
            return named_segment(gathered, key)
        case Consents(purpose, granted):
            return f"{'' if granted else 'NOT '}{gathered.consent(purpose)}"
        case Measured(measure, comparison):
            return figure_passes(gathered, comparison, figure_of(gathered, measure))
        case Sequence():
            return happened_sql(gathered, condition)


def figure_passes(gathered: HistoryPass, comparison: Comparison, figure: Figure) -> str:
    """Whether what a person has passes; of a list: whether one of it does, with a negative op none its positive one."""
    if figure.value is None:
        return _one_of(gathered, comparison, figure.shown)
    return _compared(gathered, comparison, figure.value)


def value_of(gathered: HistoryPass, rule: Rule) -> Figure:
    """The value of a rule; of `when` the `shown` is 1 or null."""
    match rule:
        case When(when):
            passed = passes_sql(gathered, when)
            return Figure(f"if({passed}, toNullable(true), NULL)")
        case Cases(cases, otherwise):
            said = [
                f"{passes_sql(gathered, case.when)}, toNullable({gathered.statement.text(case.value)})"
                for case in cases
            ]
            rest = "NULL" if otherwise is None else gathered.statement.text(otherwise)
            return Figure(f"multiIf({', '.join(said)}, {rest})")
        case ValueOf(_, when):
            figure = _as_value(gathered, rule)
            if when == AllOf():
                return figure
            nothing = "emptyArrayString()" if figure.value is None else "NULL"
            return Figure(f"if({passes_sql(gathered, when)}, {figure.shown}, {nothing})", figure.value)


def _as_value(gathered: HistoryPass, rule: ValueOf) -> Figure:
    """What a measure gives as a tag's value: of the one text that `top` gives, the text itself."""
    figure = figure_of(gathered, rule.measure)
    if figure.value is not None or is_list(rule):
        return figure
    shown = f"if(empty({figure.shown}), NULL, {figure.shown}[1])"
    return Figure(shown, text_value(gathered.statement, shown, zone=gathered.zone))


def is_list(rule: Rule) -> bool:
    """Whether the rule gives lists of texts."""
    return isinstance(rule, ValueOf) and rule.measure.what == "top" and rule.measure.limit > 1


def named_tag(gathered: HistoryPass, key: str) -> Figure:
    """What another tag says, worked out from its own rule; of one without a rule, what it was given."""
    definition = gathered.asked.published.by_key("tag", key)
    if definition.rule is None:
        return Figure(gathered.stored(key))
    rule = definition.rule
    column = named_column(gathered, "tag", key, rule)
    if is_list(rule):
        return Figure(column)
    if isinstance(rule, When):
        return Figure(column, Value(f"if(isNull({column}), NULL, 'true')", _NOTHING.number, _NOTHING.ms))
    if isinstance(rule, Cases) or rule.measure.what in ("first", "last", "top"):
        return Figure(column, text_value(gathered.statement, column, zone=gathered.zone))
    return Figure(column, number_value(column))


def named_segment(gathered: HistoryPass, key: str) -> str:
    """Whether a person is in another segment, worked out from its own rule or members."""
    definition = gathered.asked.published.by_key("segment", key)
    if isinstance(definition.members, SavedPeople):
        return f"person IN {gathered.statement.bind(_members(gathered, key), 'Array(UInt64)')}"
    rule = listed_rule(definition.members) if definition.members is not None else definition.rule
    if rule is None:
        raise BadQuestion(f"the segment {key} says nothing about who is in it.")
    return f"isNotNull({named_column(gathered, 'segment', key, rule)})"


def named_column(gathered: HistoryPass, kind: Kind, key: str, rule: Rule) -> str:
    """The column of the value of a definition."""
    return gathered.named((kind, key), lambda: value_of(gathered, rule).shown)


def listed_rule(members: ListOf) -> When:
    """A list of identifiers as a rule: to have one of them."""
    values: dict[str, list[str]] = {}
    for type_, value in members.identifiers:
        values.setdefault(type_, []).append(value)
    return When(AnyOf(tuple(HasIdentifier(each, Comparison("equals", tuple(held))) for each, held in values.items())))


def _members(gathered: HistoryPass, key: str) -> list[int]:
    if key not in gathered.asked.members:
        raise BadQuestion(f"who is in the segment {key} is kept in a list, and nobody brought it here.")
    return list(gathered.asked.members[key])


def _compared(gathered: HistoryPass, comparison: Comparison, value: Value) -> str:
    return compared_sql(gathered.statement, gathered.asked, _leaf(comparison), value)


def _one_of(gathered: HistoryPass, comparison: Comparison, items: str) -> str:
    if comparison.op in ("is_set", "is_not_set"):
        return f"{'notEmpty' if comparison.op == 'is_set' else 'empty'}({items})"
    negative = comparison.op in NEGATIVE
    positive = Comparison(POSITIVE_OF[comparison.op], comparison.value) if negative else comparison
    value = text_value(gathered.statement, "one", zone=gathered.zone)
    passed = f"arrayExists(one -> {_compared(gathered, positive, value)}, {items})"
    return f"NOT {passed}" if negative else passed


def _leaf(comparison: Comparison) -> Compare:
    return cast(Compare, comparison.of("value").node)
