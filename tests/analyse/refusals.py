"""Questions that must be refused, whoever answers them."""

from __future__ import annotations

from typing import Any

from analyse.case import Case
from analyse.hand import happened, paid, week, world_of

TWO_CURRENCIES = world_of(paid("5", name="A"), paid("5", 0, 1, "USD", "A"), happened("B"), paid("1", -1, 1, "EUR", "A"))
BROKEN = {"not": [{"property": "v", "op": "regex", "value": "("}]}


def refused(name: str, kind: str, **question: Any) -> Case:
    return Case(name, TWO_CURRENCIES, kind, week(**question), {})


def trend(name: str, math: str, *, event: str = "A", **question: Any) -> Case:
    return refused(name, "trend", series=[{"event": event, "math": math, "property": "amount"}], **question)


AMOUNT = {"math": "sum", "property": "amount"}
REFUSALS = [
    trend("a sum over two currencies", "sum"),
    trend("an average over two currencies", "avg"),
    refused("a sum of the field itself over two currencies", "trend", series=[{"math": "sum", "property": "$amount"}]),
    refused(
        "a retention that measures two currencies",
        "retention",
        target={"event": "A"},
        returning={"event": "A"},
        period="week",
        measure=AMOUNT,
    ),
    refused("a distribution of sums over two currencies", "distribution", event="A", **AMOUNT),
    refused(
        "a range whose comparison has two currencies",
        "trend",
        series=[{"event": "A", **AMOUNT}],
        date_from="2026-03-03",
        date_to="2026-03-04",
        compare_to={"days": 2},
    ),
    trend("a range that ends before it begins", "total", date_from="2026-03-09"),
    trend("weekly_active by minute", "weekly_active", interval="minute", date_to="2026-03-02"),
    trend("monthly_active by week", "monthly_active", interval="week"),
    trend("cumulative averages", "avg", event="B", cumulative=True),
    trend("more than ten thousand periods", "total", interval="minute", date_to="2026-03-09"),
    trend("a pattern that is none below not", "total", event="never", where=BROKEN),
]
ANSWERED = [
    trend("the greatest of two currencies", "max"),
    trend("a sum of one currency", "sum", where={"property": "currency", "op": "equals", "value": "CNY"}),
    trend("monthly_active by month", "monthly_active", interval="month"),
    trend("a pattern that is none", "total", where=BROKEN["not"]),
]
"""Questions that look like these and have an answer."""
