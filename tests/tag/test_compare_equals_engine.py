"""Conditions as functions against the same conditions as SQL, asked of the engine, on random values and comparisons."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from analyse.engine import Engine
from zuji.store.condition_sql import condition_sql
from zuji.store.people import PersonOfEvent
from zuji.store.property_sql import FIELDS, event_value
from zuji.store.query import Query
from zuji.store.statement import Statement
from zuji.tag.compare import event_condition
from zuji.tag.event_facts import Event, kept_event
from zuji.tag.property_facts import numbers_of, texts_of, times_of
from zuji.terms.condition import Node, read_where
from zuji.terms.period import Calendar

NOW = 1_772_942_400_000
ZONE = "Europe/Berlin"
NAMES = ["a", "b", "a.b", "cart.total", "amount", "browser", "$browser", "$amount", "$occurred_at", "$event", "$x"]
TEXTS = [
    "",
    "a",
    "A",
    "Straße",
    "ΟΔΟΣ",
    "İ",
    "ß",
    "5",
    "5.0",
    "1e3",
    "-3",
    "+5",
    " 5",
    "٣",
    "1e400",
    "true",
    "null",
    "a\nb",
]
TEXTS += ["[1,5]", '{"k":1}', "a'b\\c", "\u2028", "é\x01", "2026-03-08", "2026-03-08T02:30", "2026-03-29 01:30:15.25"]
TEXTS += ["2026-03-08T10:00:00Z", "2026-03-08T10:00+0530", "2026-02-30", "1950-05-01", "soon"]
SINGLE: list[Any] = [*TEXTS, 0, 5, -3, 5.0, 0.1, 1e-7, 1.5e-7, 1e20, 1e21, 2**63, 2**64 + 1, True, False, None, 1e15]
NESTED: list[Any] = [
    [],
    [1, 5.0, "a", None],
    {"b": 7, "c": [1e21]},
    {"b": None},
    {"total": "7"},
    ['é\x01\n"/'],
    [2**70],
]
PATTERNS = ["a", "^a$", "a.b", "(?i)stra", "[0-9]+", "\\w", "^$", "5|a", "\\d{4}-", "ß", "."]
NUMBERS: list[Any] = [0, 5, -3, 0.1, 1000, "5", "1e3"]
DATES = ["2026-03-08", "2026-03-08T02:30", "2026-03-08T10:00:00Z", "2026-03-29T02:30", "1950-05-01", "2025-12-31"]


NOBODY_ELSE = PersonOfEvent("anchor", 0)


@dataclass(frozen=True)
class Around:
    """Where the conditions are asked."""

    workspace: str = "w"
    whose: PersonOfEvent = NOBODY_ELSE
    calendar: Calendar = field(default_factory=lambda: Calendar(ZoneInfo(ZONE)))
    now_ms: int = NOW
    bad_patterns: frozenset[str] = frozenset()


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = Engine(tmp_path_factory.mktemp("compare") / "events")
    yield opened
    opened.close()


def random_cells(rng: Random) -> dict[str, Any]:
    properties = {name: rng.choice(SINGLE + NESTED) for name in NAMES if not name.startswith("$") or name == "$x"}
    kept = {name: value for name, value in properties.items() if rng.random() < 0.7}
    return {
        "event": rng.choice(["A", "5"]),
        "occurred_at": NOW + rng.choice([0, 1, -86_400_000, 999]),
        "browser": rng.choice(["Chrome", "", "5"]),
        "amount": rng.choice([None, 0, 12_500_000, -1, 5_000_000, 100_000]),
        "properties": msgspec.json.encode(kept, order="sorted").decode(),
    }


def random_leaf(rng: Random) -> dict[str, Any]:
    op = rng.choice(["equals", "contains", "regex", "gt", "gte", "lt", "lte", "between", "before", "after", "is_set"])
    leaf: dict[str, Any] = {"property": rng.choice(NAMES), "op": op}
    if op in ("equals", "contains"):
        written = [value for value in SINGLE if value is not None and (op == "equals" or value != "")]
        leaf["value"] = rng.choice([rng.choice(written), [rng.choice(written) for _ in range(3)]])
    elif op in ("before", "after"):
        leaf["value"] = rng.choice(DATES)
    elif op == "between":
        leaf["value"] = sorted([rng.choice(NUMBERS[:5]), rng.choice(NUMBERS[:5])])
    elif op != "is_set":
        leaf["value"] = rng.choice(PATTERNS if op == "regex" else NUMBERS)
    if op in ("equals", "contains", "regex", "is_set") and rng.random() < 0.4:
        leaf["op"] = "is_not_set" if op == "is_set" else f"not_{op}"
    return leaf


def sql_event(statement: Statement, cells: dict[str, Any]) -> str:
    """One row with the columns of an event."""
    amount = "" if cells["amount"] is None else f"{cells['amount'] / 1e6:.6f}"
    columns = [
        f"toDecimal64OrNull({statement.text(amount)}, 6) AS amount",
        f"fromUnixTimestamp64Milli({statement.integer(NOW)}, 'UTC') AS received_at",
        f"fromUnixTimestamp64Milli({statement.integer(cells['occurred_at'])}, 'UTC') AS occurred_at",
        *(
            f"{statement.text(cells.get(name, ''))} AS {name}"
            for name in (*(name for name, kind in FIELDS.items() if kind == "text"), "properties")
        ),
    ]
    return f"SELECT {', '.join(columns)}"


def fact(cells: dict[str, Any]) -> Event:
    empty: dict[str, Any] = {**dict.fromkeys(FIELDS, ""), "received_at": NOW, "position": 1, "anchor": 1, "flags": 0}
    return kept_event(empty | cells)


def answers_of_engine(engine: Engine, cells: dict[str, Any], nodes: list[Node]) -> list[Any]:
    statement = Statement.of({})
    columns = [f"{condition_sql(statement, Around(), node)} AS c{n}" for n, node in enumerate(nodes)]
    for number, name in enumerate(NAMES):
        value = event_value(statement, name, zone=ZONE)
        columns += [
            f"{sql} AS {aspect}{number}" for aspect, sql in (("t", value.text), ("n", value.number), ("m", value.ms))
        ]
    row = engine.store.query(
        Query(f"SELECT {', '.join(columns)} FROM ({sql_event(statement, cells)})", statement.query("").params)
    ).to_pylist()[0]
    return list(row.values())


@pytest.mark.parametrize("seed", range(int(os.environ.get("TAG_ROUNDS", "15"))))
def test_conditions_and_values_are_those_of_the_engine(engine: Engine, seed: int) -> None:
    rng = Random(seed)
    cells = random_cells(rng)
    documents = [random_leaf(rng) for _ in range(40)]
    nodes = [read_where([document]).node for document in documents]
    calendar, event = Around().calendar, fact(cells)
    told = answers_of_engine(engine, cells, nodes)
    mine: list[Any] = [int(event_condition(node, calendar)(event)) for node in nodes]
    for name in NAMES:
        mine += [texts_of(name)(event), numbers_of(name)(event), times_of(name, calendar)(event)]
    what = [*documents, *(f"{name} {aspect}" for name in NAMES for aspect in ("text", "number", "time"))]
    different = [(one, theirs, ours) for one, theirs, ours in zip(what, told, mine, strict=True) if theirs != ours]
    assert not different, cells
