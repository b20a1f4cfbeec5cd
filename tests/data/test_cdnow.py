"""CDNOW, the record shop by which customer models are measured: our figures are those that were published of it."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from analyse.engine import Engine, Loaded
from analyse.reference.world import Event, World
from zuji.analyse.ask import Asking

pytestmark = pytest.mark.data

Days = dict[int, dict[int, Decimal]]
"""By customer and day (at midnight, milliseconds): what was paid. Orders of one day are one, as in the literature."""
CUSTOMERS = 23_570
SAMPLED = 2_357
REPEAT_BUYERS = 946
"""Of the sample, in the 39 weeks by which models are fitted (Fader, Hardie and Lee)."""
FITTED = {"date_from": "1997-01-01", "date_to": "1997-09-30", "now": "1999-01-01T00:00:00Z"}


def days_of(rows: Iterator[list[str]], *, customer: int, day: int, value: int) -> Days:
    found: Days = defaultdict(lambda: defaultdict(Decimal))
    for row in rows:
        at = datetime.strptime(row[day], "%Y%m%d").replace(tzinfo=UTC)
        found[int(row[customer])][int(at.timestamp()) * 1000] += Decimal(row[value])
    return found


def lines_of(path: Path) -> Iterator[list[str]]:
    with gzip.open(path, "rt", encoding="ascii") as lines:
        yield from (line.split() for line in lines if line.split()[0].isdigit())


def table_of(path: Path, key: str) -> dict[int, dict[str, str]]:
    with gzip.open(path, "rt", encoding="ascii", newline="") as lines:
        return {int(row[key]): row for row in csv.DictReader(lines)}


def world_of(days: Days) -> World:
    """One purchase per customer and day."""
    orders = [(at, customer, paid) for customer, own in days.items() for at, paid in own.items()]
    events = tuple(
        Event(
            place,
            f"e{place}",
            customer,
            customer,
            at,
            "purchase",
            fields={"amount": paid, "currency": "USD"},
        )
        for place, (at, customer, paid) in enumerate(sorted(orders), start=1)
    )
    return World(events, {}, "UTC")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = Engine(tmp_path_factory.mktemp("cdnow") / "events")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def sample(data_sets: Path) -> Days:
    return days_of(lines_of(data_sets / "cdnow" / "CDNOW_sample.txt.gz"), customer=1, day=2, value=4)


@pytest.fixture(scope="module")
def everybody(data_sets: Path) -> Days:
    return days_of(lines_of(data_sets / "cdnow" / "CDNOW_master.txt.gz"), customer=0, day=1, value=3)


@pytest.fixture(scope="module")
def sampled_shop(engine: Engine, sample: Days) -> Loaded:
    return engine.load(world_of(sample))


@pytest.fixture(scope="module")
def whole_shop(engine: Engine, everybody: Days) -> Loaded:
    return engine.load(world_of(everybody))


def reasons(engine: Engine, loaded: Loaded, question: Mapping[str, Any], cell: Mapping[str, Any]) -> dict[int, Any]:
    """Why everybody of a cell of an rfm is in it, by customer."""
    found = engine.asker.people("rfm", question, cell, Asking(loaded.workspace, "UTC")).people
    return {int(key) - loaded.moved(1) + 1: reason for key, reason in found.reasons.items()}


def test_as_many_customers_buy_again_as_published(sampled_shop: Loaded) -> None:
    question = {**FITTED, "bins": 2, "thresholds": {"recency": [1000], "frequency": [2], "value": [10_000]}}

    answer = sampled_shop.answer("rfm", question)

    assert answer["people"] == SAMPLED
    assert sum(cell["people"] for cell in answer["cells"] if cell["frequency"] == 2) == REPEAT_BUYERS


def test_everybodys_frequency_recency_and_value_are_those_published(
    engine: Engine, sampled_shop: Loaded, sample: Days, data_sets: Path
) -> None:
    published = table_of(data_sets / "cdnow" / "cdnow_customers_summary_with_transactions.csv.gz", "ID")
    question = {**FITTED, "bins": 2, "thresholds": {"recency": [1000], "frequency": [10_000], "value": [10_000]}}
    found = reasons(engine, sampled_shop, question, {"recency": 2, "frequency": 1, "value": 1})

    assert found.keys() == published.keys()
    for customer, row in published.items():
        own = found[customer]
        again = own["frequency"] - 1
        later = own["value"] - float(sample[customer][min(sample[customer])])
        assert again == int(row["x"])
        assert own["recency_days"] / 7 == pytest.approx(float(row["T"]) - float(row["t_x"]), abs=0.011)
        assert (later / again if again else 0) == pytest.approx(float(row["zbar"]), abs=0.0051)


def test_the_value_of_each_months_customers_adds_up_to_all_that_was_paid(whole_shop: Loaded, everybody: Days) -> None:
    lengths = (1, 90, 600)
    asked = {"date_from": "1997-01-01", "date_to": "1997-12-31", "now": "2000-01-01T00:00:00Z", "days": lengths}
    rows = whole_shop.answer("ltv", {**asked, "revenue": {"event": "purchase"}})["rows"]

    firsts: dict[str, list[float]] = defaultdict(lambda: [0, 0, 0, 0])
    for own in everybody.values():
        month = datetime.fromtimestamp(min(own) / 1000, UTC).strftime("%Y-%m-01")
        firsts[month][0] += 1
        for place, days in enumerate(lengths, start=1):
            firsts[month][place] += float(sum(paid for at, paid in own.items() if at < min(own) + days * 86_400_000))

    assert sum(row["people"] for row in rows) == CUSTOMERS
    assert {row["start"] for row in rows if row["people"]} == {"1997-01-01", "1997-02-01", "1997-03-01"}
    for row in rows[:3]:
        people, *totals = firsts[row["start"]]
        assert row["people"] == people
        assert row["values"] == pytest.approx([total / people for total in totals], rel=1e-12)
    paid = sum(row["people"] * row["values"][-1] for row in rows if row["people"])
    assert paid == pytest.approx(float(sum(sum(own.values()) for own in everybody.values())), rel=1e-12)
