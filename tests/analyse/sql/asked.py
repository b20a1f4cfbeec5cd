"""A small shop whose events everybody can count, next to a second one that nobody may see."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

from zuji.analyse.sql.run import SqlAnswer, answer_sql
from zuji.analyse.sql.views import Sight
from zuji.store.events import EventStore
from zuji.store.outbox import PersonRow
from zuji.store.query import Limits
from zuji.store.schema import EVENT_SCHEMA

START_MS = 1_772_323_200_000  # 2026-03-01, a Sunday
HOUR_MS = 3_600_000
LIMITS = Limits(memory_bytes=300 * 1024 * 1024, seconds=4)
MERGED = {2: 1, 5: 4}
"""Anchors that belong to the person of another one."""

Row = dict[str, Any]


def rows_of(workspace: str, *, count: int, seed: int, first: int) -> list[Row]:
    """Events of ten anchors over some days; each field that is compared is set, the others are empty."""
    chance = random.Random(seed)
    plain: Row = dict.fromkeys(EVENT_SCHEMA.names, "")
    rows = []
    for number in range(count):
        at = START_MS + number * HOUR_MS + chance.randrange(HOUR_MS)
        plan = chance.choice(["free", "pro", 'it\'s \\ "big"'])
        rows.append(
            plain
            | {
                "workspace": workspace,
                "anchor": chance.randrange(10),
                "position": first + number,
                "event_id": f"{workspace}-{number}",
                "type": "track",
                "event": chance.choice(["view", "cart", "purchase"]),
                "source": chance.choice(["web", "app"]),
                "occurred_at": at,
                "received_at": at + 250,
                "identifiers": [{"type": "user_id", "value": f"u{number % 7}"}],
                "url": f"https://shop.example/p/{number % 5}?utm=x&n={number}",
                "amount": chance.choice([None, "9.900000", "120.500000"]),
                "properties": json.dumps({"plan": plan, "n": number}, ensure_ascii=False),
                "context": "{}",
                "flags": chance.choice([0, 0, 0, 2]),
                "purposes": ["analytics", "marketing"][: chance.randrange(3)],
            }
        )
    return rows


class Shop:
    """A store with two workspaces, and statements asked about the first."""

    def __init__(self, folder: Path) -> None:
        self.store = EventStore.open(folder, limits=LIMITS)
        self.rows = rows_of("mine", count=400, seed=1, first=1)
        self.others = rows_of("theirs", count=300, seed=2, first=10_000)
        self.put(*self.rows, *self.others)
        self.store.insert_people([PersonRow("mine", anchor, person, 7) for anchor, person in MERGED.items()])
        self._put_profile("mine", 1, [("user_id", "u1"), ("phone", "+8613812348000")], {"city": "Wuhan", "name": "Li"})
        self._put_profile("mine", 4, [("user_id", "u4")], {"city": "Lhasa"})
        self._put_profile("theirs", 3, [("user_id", "secret")], {"city": "Nowhere"})

    def put(self, *rows: Row) -> None:
        """Store these events."""
        table = pa.Table.from_pylist([row | {"amount": _decimal(row["amount"])} for row in rows], EVENT_SCHEMA)
        self.store.insert(table)

    def ask(self, sql: str, *, sight: Sight = "everything", limit: int = 10_000, workspace: str = "mine") -> SqlAnswer:
        """The answer about a workspace."""
        return answer_sql(self.store, sql, workspace=workspace, sight=sight, limit=limit)

    def values(self, sql: str, *, sight: Sight = "everything", workspace: str = "mine") -> list[list[Any]]:
        """The rows of the answer."""
        return [msgspec.json.decode(row) for row in self.ask(sql, sight=sight, workspace=workspace).rows]

    def _put_profile(self, workspace: str, person: int, held: list[tuple[str, str]], traits: dict[str, str]) -> None:
        with self.store.connections.writing() as client:
            client.command(
                "INSERT INTO zuji.profiles (workspace, person, identified, identifiers, traits, version) SELECT "
                "{workspace:String}, {person:UInt64}, 1, "
                "arrayZip({types:Array(String)}, {held:Array(String)}), {traits:String}, 1",
                parameters={
                    "workspace": workspace,
                    "person": person,
                    "types": [kind for kind, _ in held],
                    "held": [value for _, value in held],
                    "traits": json.dumps(traits),
                },
            )


def person_of(row: Row) -> int:
    """Whose an event is."""
    anchor: int = row["anchor"]
    return MERGED.get(anchor, anchor)


def _decimal(amount: str | None) -> Any:
    return None if amount is None else pa.scalar(amount).cast(pa.decimal128(18, 6)).as_py()
