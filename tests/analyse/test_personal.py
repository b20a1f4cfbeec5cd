"""Questions that read a personal value piece by piece, and those that count and compare whole ones."""

from __future__ import annotations

from typing import Any

import pytest

from zuji.analyse.personal import refuse_personal
from zuji.analyse.saved import read_document
from zuji.terms.error import NotAllowed

PHONE = "+8613812348000"


def trend(**series: Any) -> tuple[str, dict[str, Any]]:
    return "trend", {"series": [series]}


def where(property_: str, op: str, *value: Any) -> tuple[str, dict[str, Any]]:
    """A trend of a condition, deep inside others."""
    leaf = {"property": property_, "op": op, **({"value": value[0]} if value else {})}
    return trend(where=[{"any": [{"not": leaf}]}])


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        where("phone", "contains", "138"),
        where("phone", "not_contains", "138"),
        where("$phone_original", "regex", "^.861381"),
        where("contact.phone", "gt", 13812347999),
        where("phone", "between", [13812347999, 13812348001]),
        where("phone", "before", "2026-01-01"),
        where("name", "contains", "A"),
        ("funnel", {"steps": [{"event": "a"}, {"where": [{"property": "email", "op": "regex", "value": "^a"}]}]}),
        trend(math="max", property="phone"),
        trend(math="p90", property="contact.phone"),
        ("trend", {"series": [{}], "breakdown": {"property": "phone", "bins": 4}}),
        ("distribution", {"math": "sum", "property": "phone"}),
        ("rfm", {"value": "phone"}),
        ("ltv", {"revenue": {"property": "phone"}}),
        ("attribution", {"touch": {"channel": "plan"}, "goal": {"value": "phone"}}),
        ("heat_map", {"x": "phone"}),
    ],
)
def test_what_tells_a_personal_value_piece_by_piece_is_refused(kind: str, document: dict[str, Any]) -> None:
    question = read_document(kind, document)
    with pytest.raises(NotAllowed, match="personal values, which your role sees masked"):
        refuse_personal(question)


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        where("phone", "is_set"),
        where("phone", "equals", PHONE),
        where("contact.phone", "not_equals", [PHONE, "+8613912348000"]),
        where("birthday", "after", "1980-01-01"),
        where("plan", "contains", "p"),
        trend(math="unique_values", property="phone"),
        trend(math="total", property="phone"),
        trend(math="max", property="price"),
        ("trend", {"series": [{}], "breakdown": {"property": "phone"}, "count_by": {"property": "phone"}}),
        ("distribution", {"math": "sum", "property": "price", "breakdown": {"property": "price", "bins": 4}}),
    ],
)
def test_counting_and_comparing_whole_values_is_open(kind: str, document: dict[str, Any]) -> None:
    refuse_personal(read_document(kind, document))
