"""Planted defects are caught with the right reason, clean rows are left alone, and what is stored is true.

./zuji test tests/clean/test_planted.py -s     prints the rates by kind, as docs/planted-defects.md has them
"""

from __future__ import annotations

from datetime import datetime

import msgspec
import pytest
from clean_builders import some_facts
from planted import Row, Schema
from planted_defects import DATA_CENTRE, DEFECTS, TRAP, planted
from planted_outcome import Cells, Reader, outcome_of

from zuji.clean.batch import Facts
from zuji.clean.policies import NoPolicies
from zuji.terms.policy import Part, Policy

RULES = {
    "robot_network": {"networks": [f"{DATA_CENTRE}0/24"]},
    "robot_honeypot": {"paths": [TRAP]},
    "refund_before_order": {"after_days": 0},
}
MALL = Schema()
HOTEL = Schema(
    view="hotelDetailView",
    click="btn_tap",
    order="submitOrder",
    refund="refundCompleted",
    price="unitPrice",
    quantity="qty",
    total="amount",
    lines="items",
    order_id="orderNo",
    product="goods_id",
    dwell="stay_duration_ms",
    dwell_unit_s=0.001,
    element="$element_id",
    latitude="lat",
    longitude="lng",
    share="read_percentage",
    age="Age",
    birthday="birth_date",
    birthday_form="%Y/%m/%d",
    currencies=("JPY", "eur", "EUR "),
    price_middle=6.5,
    price_spread=0.9,
)
"""Written after the rules were done, and not used while they were built."""


class OnePolicy(NoPolicies):
    """A workspace with these rules."""

    def newest(self, workspace: str, part: Part) -> Policy | None:
        return Policy(workspace, part, 1, RULES, 0, "planted") if part == "rules" else None


def stored_values(row: Row, stored: Cells) -> Cells:
    """What is stored, under the names of the truth."""
    properties = msgspec.json.decode(stored["properties"])
    named = {pair["type"]: pair["value"] for pair in stored["identifiers"]}
    found = {name: properties.get(getattr(row.schema, name)) for name in ("price", "latitude", "longitude")}
    return found | {
        "occurred_at": stored["occurred_at"],
        "amount": None if stored["amount"] is None else float(stored["amount"]),
        "currency": stored["currency"],
        "product": stored["product_id"],
        "phone": named.get("phone"),
        "email": named.get("email"),
    }


def sent_values(row: Row) -> Cells:
    """What was sent, as it stands in the message."""
    schema, properties = row.schema, row.properties
    names = {name: getattr(schema, name) for name in ("price", "latitude", "longitude", "product")}
    sent = {name: properties.get(written) for name, written in names.items()}
    when = row.item.get("timestamp")
    return sent | {
        "occurred_at": datetime.fromisoformat(when) if when else None,
        "amount": properties.get(schema.total),
        "currency": properties.get("currency"),
        "phone": properties.get("phone"),
        "email": properties.get("email"),
    }


@pytest.mark.parametrize(
    ("schema", "seed"),
    [(MALL, 1), (MALL, 2), (HOTEL, 3), (HOTEL, 4)],
    ids=["mall 1", "mall 2", "hotel 3", "hotel 4"],
)
def test_planted_defects_are_caught_and_clean_rows_are_left_alone(schema: Schema, seed: int) -> None:
    facts = Facts(names=some_facts().names, policies=OnePolicy())
    rows = planted(schema, seed=seed, rows=12_000, of_each=20)
    outcome = outcome_of(rows, facts, Reader(sent_values, stored_values))
    print(table := outcome.table())
    assert len(outcome.planted) == len(DEFECTS) + 1 >= 25, table
    assert outcome.caught_share >= 0.98, table
    assert outcome.worst_share >= 0.9, table
    assert outcome.touched_share <= 0.005, table
    assert outcome.true_share >= 0.98, table
    assert outcome.true_share > outcome.sent_true_share, table
