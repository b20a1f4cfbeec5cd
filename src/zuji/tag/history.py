"""Rules asked of history: one SQL query that gives everybody's value as of a moment. Meaning: docs/rules.md.

It reads events, who is whom and traits, and nothing that was worked out before: tags and segments that a rule names are
worked out in the same pass from their own rules. So it judges what the stream keeps, and answers for any past moment.
"""

# ruff: noqa: S608 - SQL is put together here from names of our own; every value is bound
from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from zuji.store.query import Query
from zuji.tag.definition import Definition
from zuji.tag.history_conditions import is_list, named_segment, named_tag, value_of
from zuji.tag.history_pass import Among, Asked, HistoryPass, Part
from zuji.tag.rule import Rule

Whom = Literal["with_value", "everybody"]
"""Whom an answer lists: everybody whom rules are asked of, or only those who have a value."""

__all__ = ["Among", "Asked", "Part", "definitions_query", "rule_query"]


def rule_query(rule: Rule, asked: Asked, *, whom: Whom = "with_value") -> Query:
    """(person UInt64, value): true, a text, a number, or a list of texts; for the others null or an empty list."""
    gathered = HistoryPass(asked)
    shown = value_of(gathered, rule).shown
    last = gathered.steps()
    gathered.statement.step("answers", f"SELECT person, {shown} AS value\nFROM {last}")
    if whom == "everybody":
        return gathered.statement.query("SELECT person, value FROM answers")
    present = "notEmpty(value)" if is_list(rule) else "isNotNull(value)"
    return gathered.statement.query(f"SELECT person, value FROM answers WHERE {present}")


def definitions_query(definitions: Sequence[Definition], asked: Asked) -> Query:
    """Many definitions in one pass: (person, v0, v1, ...) of everybody, null or an empty list where there is nothing.

    What one of them names, and what several of them count, is worked out once.
    """
    gathered = HistoryPass(asked)
    columns = [
        named_tag(gathered, one.key).shown
        if one.kind == "tag"
        else f"if({named_segment(gathered, one.key)}, true, NULL)"
        for one in definitions
    ]
    last = gathered.steps()
    shown = ", ".join(f"{column} AS v{place}" for place, column in enumerate(columns))
    return gathered.statement.query(f"SELECT person, {shown} FROM {last}")
