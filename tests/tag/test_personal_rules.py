"""Rules that read a personal value piece by piece, and those that compare whole ones."""

from __future__ import annotations

from typing import Any

import pytest

from zuji.tag.personal import refuse_personal
from zuji.tag.read_rule import read_rule
from zuji.terms.error import NotAllowed

HAS_138: dict[str, Any] = {"op": "contains", "value": "138"}
WITH_138 = {"event": "order", "where": [{"property": "contact.phone", **HAS_138}]}
ORDER = {"event": "order"}
HOUR = {"amount": 1, "unit": "hour"}
TAKEN = {"reached_at": "phone"}


@pytest.mark.parametrize(
    "compared",
    [
        {"trait": "phone_original", **HAS_138},
        {"identifier": "phone", **HAS_138},
        {"tag": "reached_at", **HAS_138},
        {"measure": "last", "event": "order", "property": "phone", **HAS_138},
        {"measure": "maximum", "event": "order", "property": "phone", "op": "gt", "value": 1},
        {"measure": "count", **WITH_138, "op": "gte", "value": 1},
        {"sequence": [ORDER, WITH_138]},
        {"sequence": [ORDER], "without": WITH_138, "within": HOUR},
    ],
)
def test_a_rule_that_tells_a_personal_value_piece_by_piece_is_refused(compared: dict[str, Any]) -> None:
    for rule in (
        {"when": {"all": [{"not": compared}]}},
        {"cases": [{"value": "a", "when": compared}]},
        {"value": {"measure": "count", "event": "order"}, "when": compared},
    ):
        with pytest.raises(NotAllowed, match="personal values, which your role sees masked"):
            refuse_personal(read_rule(rule), TAKEN)


@pytest.mark.parametrize(
    "compared",
    [
        {"trait": "phone", "op": "is_set"},
        {"trait": "birthday", "op": "after", "value": "1980-01-01"},
        {"trait": "product", **HAS_138},
        {"identifier": "phone", "op": "equals", "value": "+8613812348000"},
        {"identifier": "user_id", **HAS_138},
        {"tag": "reached_at", "op": "is_set"},
        {"tag": "bought", **HAS_138},
        {"measure": "distinct", "event": "order", "property": "phone", "op": "gt", "value": 1},
        {"measure": "last", "event": "order", "property": "phone", "op": "equals", "value": "13812348000"},
        {"measure": "sum", "event": "order", "property": "price", "op": "gt", "value": 1},
    ],
)
def test_a_rule_that_compares_whole_values_is_open(compared: dict[str, Any]) -> None:
    refuse_personal(read_rule({"when": {"any": [compared]}}), TAKEN)
