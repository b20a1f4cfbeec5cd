"""Dates in rules: of birthdays too; and only fixed ones where a condition is about an event."""

from __future__ import annotations

from typing import Any

import pytest

from zuji.tag.read_rule import read_rule
from zuji.terms.error import BadQuestion


def bought(value: str) -> dict[str, Any]:
    where = [{"property": "delivered", "op": "before", "value": value}]
    return {"when": {"measure": "count", "event": "Bought", "where": where, "op": "gte", "value": 1}}


def born(value: str) -> dict[str, Any]:
    return {"when": {"trait": "birthday", "op": "after", "value": value}}


@pytest.mark.parametrize("rule", [bought("2026-03-01"), born("1949-12-31"), born("-18y"), born("2026-03-01T10:30Z")])
def test_a_rule_compares_with_these_dates(rule: dict[str, Any]) -> None:
    assert read_rule(rule)


@pytest.mark.parametrize(
    "rule", [bought("-7d"), bought("today"), bought("soon"), born("1899-12-31"), born("2026-02-30")]
)
def test_a_rule_does_not_compare_with_these(rule: dict[str, Any]) -> None:
    with pytest.raises(BadQuestion, match=r"another date every day|is no date|is not between"):
        read_rule(rule)
