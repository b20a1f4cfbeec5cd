"""An engine over a folder, in this process, with a spool to write to: what most tests of `run` need."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from zuji.clean.policies import NoPolicies, PolicySource
from zuji.collect.spool import SpoolWriter
from zuji.collect.spool_reader import SqliteSpoolReader
from zuji.collect.spool_writer import SqliteSpoolWriter
from zuji.run.engine import Engine, build_engine
from zuji.store.events import EventStore
from zuji.store.hot import HotStore
from zuji.store.query import Query
from zuji.terms.message import KeyKind, Message, Receipt, encode_messages
from zuji.terms.policy import Part, Policy
from zuji.terms.source import Source, SourceSettings

NOON_MS = 1_780_000_000_000
PATIENCE_S = 120.0
"""An erasure waits for the engine to clean up, on a busy machine for half a minute."""


@dataclass
class World:
    """A running engine and the means to speak to it."""

    engine: Engine
    spool: SpoolWriter
    now_ms: int = NOON_MS

    def send(self, *messages: Message, key: KeyKind = "public", source: str = "web") -> None:
        """Spool one request, as a gateway does."""
        receipt = Receipt("default", source, key, "segment", self.now_ms)
        asyncio.run(self.spool.append(receipt, encode_messages(messages), len(messages)))

    def decide(self, event: str, message_id: str = "decision-1", **properties: Any) -> None:
        """Spool a person's decision."""
        import msgspec

        message = Message(
            type="decision", event=event, message_id=message_id, properties=msgspec.Raw(msgspec.json.encode(properties))
        )
        receipt = Receipt("default", "", "operator", "decision", self.now_ms)
        asyncio.run(self.spool.append(receipt, encode_messages([message]), 1))

    def settle(self) -> None:
        """Wait until everything sent is stored."""
        assert self.engine.wait_fresh(PATIENCE_S)

    def rows(self, columns: str = "event_id") -> list[dict[str, Any]]:
        """What the event store holds, in the order received."""
        table: pa.Table = self.engine.events.query(Query(f"SELECT {columns} FROM zuji.events ORDER BY position", {}))
        rows: list[dict[str, Any]] = table.to_pylist()
        return rows


@dataclass(frozen=True)
class WithRules(NoPolicies):
    """Every workspace decided these rules."""

    rules: Mapping[str, Any]

    def newest(self, workspace: str, part: Part) -> Policy | None:
        return Policy(workspace, part, 1, self.rules, 0, "somebody") if part == "rules" else None


def a_source(workspace: str, id_: str) -> Source:
    """Every source of these tests, with default settings."""
    return _SOURCES.setdefault((workspace, id_), Source(id_, workspace, id_, "web", settings=SourceSettings()))


_SOURCES: dict[tuple[str, str], Source] = {}


@contextmanager
def running(
    folder: Path,
    *,
    start: bool = True,
    now_ms: Callable[[], int] = lambda: NOON_MS,
    policies: PolicySource | None = None,
) -> Iterator[World]:
    """An engine over this folder until the block ends, which is an end in good order."""
    folder.mkdir(parents=True, exist_ok=True)
    engine = build_engine(
        data=folder,
        hot=HotStore(folder / "hot.sqlite"),
        events=EventStore.open(folder / "events"),
        reader=SqliteSpoolReader(folder / "spool"),
        source_of=a_source,
        now_ms=now_ms,
        slow_down=lambda crowded: None,
        policies=policies,
    )
    spool = SqliteSpoolWriter(folder / "spool", "gateway-1")
    if start:
        engine.start()
    try:
        yield World(engine, spool)
    finally:
        spool.close()
        engine.stop()
