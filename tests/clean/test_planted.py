"""Planted defects are caught with the right reason, clean rows are left alone, and what is stored is true."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
import numpy as np
import pytest
from clean_builders import a_receipt, some_facts
from planted import DATA_CENTRE, DEFECTS, TRAP, Row, Schema, planted

from zuji.clean.batch import Cleaned, Facts, Received, clean_batch
from zuji.clean.deduplicate import deduplicate, id_hash
from zuji.clean.policies import NoPolicies
from zuji.collect.decode.request import Request
from zuji.collect.decode.segment import decode
from zuji.terms.event import Flag
from zuji.terms.policy import Part, Policy
from zuji.terms.source import Source, SourceSettings

RULES = {
    "robot_network": {"networks": [f"{DATA_CENTRE}0/24"]},
    "robot_honeypot": {"paths": [TRAP]},
    "refund_before_order": {"after_days": 0},
}
AT_ONCE = 1_000
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


@dataclass
class Outcome:
    """What became of planted traffic."""

    planted: Counter[str] = field(default_factory=Counter)
    caught: Counter[str] = field(default_factory=Counter)
    clean_rows: int = 0
    touched: list[tuple[Row, str]] = field(default_factory=list)
    values: int = 0
    true_before: int = 0
    true_after: int = 0
    untrue: Counter[str] = field(default_factory=Counter)

    @property
    def caught_share(self) -> float:
        """Of the planted defects, which share got the right reason."""
        return self.caught.total() / self.planted.total()

    @property
    def touched_share(self) -> float:
        """Of the rows without defect, which share was flagged, set aside or changed."""
        return len(self.touched) / self.clean_rows


class OnePolicy(NoPolicies):
    """A workspace with these rules."""

    def newest(self, workspace: str, part: Part) -> Policy | None:
        return Policy(workspace, part, 1, RULES, 0, "planted") if part == "rules" else None


def outcome_of(rows: list[Row]) -> Outcome:
    """Send rows through the decoder, deduplication and cleaning, and compare with what is known of them."""
    facts = Facts(names=some_facts().names, policies=OnePolicy())
    outcome = Outcome()
    seen: set[bytes] = set()
    said_of_bursts: dict[str, set[str]] = {}
    for start in range(0, len(rows), AT_ONCE):
        batch = rows[start : start + AT_ONCE]
        items = received_of(batch, start)
        hashes = id_hash("shop", "web", 0, [item.message.message_id for item in items])
        known = np.array([word.tobytes() in seen for word in hashes], dtype=np.bool_)
        keep = deduplicate(hashes, known)
        seen.update(word.tobytes() for word in hashes)
        fresh = np.flatnonzero(keep).tolist()
        cleaned = clean_batch([items[index] for index in fresh], facts=facts, now_ms=ms(batch[-1].at) + 1_000)
        facts.memory.settle()
        said, cells = told(cleaned, fresh)
        for index, row in enumerate(batch):
            words = said.get(index, {"duplicate"})
            if row.burst:
                said_of_bursts.setdefault(row.burst, set()).update(words)
                continue
            count(outcome, row, words, cells.get(index))
    for words in said_of_bursts.values():
        outcome.planted["pages in a flood"] += 1
        outcome.caught["pages in a flood"] += "robot:rate" in words
    return outcome


def received_of(batch: list[Row], start: int) -> list[Received]:
    """Each message as the gateway takes it, in a request of its own, received as it was sent."""
    source = Source("web", "shop", "the site", settings=SourceSettings())
    found = []
    for index, row in enumerate(batch):
        body = msgspec.json.encode({"batch": [row.item]})
        request = Request("POST", "/v1/batch", {}, {}, body, ms(row.at))
        [message] = decode(request, source.settings).messages
        receipt = a_receipt(received_at=ms(row.at), ip="", from_browser=False)
        found.append(Received(start + index, receipt, message, source))
    return found


def told(cleaned: Cleaned, fresh: list[int]) -> tuple[dict[int, set[str]], dict[int, dict[str, Any]]]:
    """By number of the row: the words cleaning has for it, and the values that are stored."""
    words: dict[int, set[str]] = {fresh[one.index]: {one.reason} for one in cleaned.rejections}
    cells: dict[int, dict[str, Any]] = {}
    for place, stored in zip(cleaned.kept, cleaned.frame.iter_rows(named=True), strict=True):
        flags = {flag.name or "" for flag in Flag if stored["flags"] & flag}
        words[fresh[place]] = flags | set(filter(None, stored["flag_reason"].split(",")))
        cells[fresh[place]] = stored
    return words, cells


def count(outcome: Outcome, row: Row, words: set[str], stored: dict[str, Any] | None) -> None:
    """Note one row."""
    if row.defect and row.expected:
        outcome.planted[row.defect] += 1
        outcome.caught[row.defect] += any(word.startswith(row.expected) for word in words)
    elif not row.defect:
        outcome.clean_rows += 1
        if words:
            outcome.touched.append((row, ",".join(sorted(words))))
    if stored is None:
        return
    after, before = values_of(stored, row), sent_values(row)
    for name, true in row.truth.items():
        outcome.values += 1
        outcome.true_before += is_same(before.get(name), true)
        outcome.true_after += is_same(after.get(name), true)
        outcome.untrue[f"{name} by {row.defect}"] += not is_same(after.get(name), true)


def values_of(stored: dict[str, Any], row: Row) -> dict[str, Any]:
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


def sent_values(row: Row) -> dict[str, Any]:
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


def is_same(found: Any, true: Any) -> bool:
    """Whether a value is the true one; times to the second, as requests take their time."""
    if isinstance(true, datetime):
        return isinstance(found, datetime) and abs(found - true) < timedelta(seconds=1)
    if isinstance(true, float):
        return isinstance(found, int | float) and abs(found - true) < 1e-6
    return bool(found == true)


def ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def report(outcome: Outcome) -> str:
    """The figures, for whoever runs this with -s."""
    lines = [
        f"{len(outcome.planted)} kinds, {outcome.planted.total()} defects, {outcome.caught_share:.2%} caught",
        f"{outcome.clean_rows} clean rows, {outcome.touched_share:.3%} touched",
        f"{outcome.values} values, true {outcome.true_before / outcome.values:.2%} as sent,"
        f" {outcome.true_after / outcome.values:.2%} as stored",
    ]
    missed = {name: f"{outcome.caught[name]} of {many}" for name, many in outcome.planted.items()}
    lines += [f"  {name}: {share}" for name, share in missed.items() if outcome.caught[name] < outcome.planted[name]]
    lines += [f"  touched: {words} {row.item}"[:300] for row, words in outcome.touched[:5]]
    lines += [f"  untrue: {name}: {many}" for name, many in outcome.untrue.most_common(12) if many]
    return "\n".join(lines)


@pytest.mark.parametrize(("schema", "seed"), [(MALL, 1), (MALL, 2), (HOTEL, 3)], ids=["mall 1", "mall 2", "hotel 3"])
def test_planted_defects_are_caught_and_clean_rows_are_left_alone(schema: Schema, seed: int) -> None:
    outcome = outcome_of(planted(schema, seed=seed, rows=16_000, of_each=20))
    print(report(outcome))
    assert len(outcome.planted) == len(DEFECTS) + 1 >= 25
    assert outcome.caught_share >= 0.98
    assert min(outcome.caught[name] / many for name, many in outcome.planted.items()) >= 0.9
    assert outcome.touched_share <= 0.005
    assert outcome.true_after / outcome.values >= 0.98
    assert outcome.true_after > outcome.true_before
