"""What stands behind the API's ports: the spool, the ingest loop and the backup of the running engine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from zuji.api.ports import Health, TakenIn
from zuji.clean.deduplicate import id_hash
from zuji.collect.decode import segment
from zuji.collect.decode.request import BadBody, Request
from zuji.collect.spool import SpoolWriter
from zuji.govern.keys import Keys
from zuji.run.engine import Engine
from zuji.run.status import Status
from zuji.store import decision_outcomes, quarantine, source_epochs
from zuji.store.backup import backup
from zuji.terms.error import BadRequest, Busy
from zuji.terms.identifier import Identifier
from zuji.terms.message import KeyKind, Message, Receipt, encode_messages
from zuji.terms.source import Source

WAIT_S = 20.0
DECISION_WAIT_S = 60.0
"""An erasure ends only when the engine has cleaned up behind it, which takes its time on a busy machine."""


class SpooledDecisions:
    """Fills `api.ports.Decisions`: a decision goes through the spool like any event, so that a replay repeats it."""

    def __init__(self, spool: SpoolWriter, engine: Engine, *, gateway: str, now_ms: Callable[[], int]) -> None:
        self._spool = spool
        self._engine = engine
        self._gateway = gateway
        self._now_ms = now_ms

    async def append_and_wait(self, workspace: str, message: Message) -> Mapping[str, Any]:
        """See the port."""
        receipt = Receipt(
            workspace=workspace, source="", key="operator", protocol="decision", received_at=self._now_ms()
        )
        await self._spool.append(receipt, encode_messages([message]), 1)
        outcome = await asyncio.to_thread(self._wait, message.message_id)
        if outcome is None:
            raise Busy(
                f"the decision is written down and will be applied, but not within {DECISION_WAIT_S:.0f} s. "
                "Look again in a moment; do not repeat it."
            )
        return outcome

    def _wait(self, message_id: str) -> dict[str, Any] | None:
        wait_until_taken(self._engine, self._gateway, DECISION_WAIT_S)
        with self._engine.hot.read() as connection:
            return decision_outcomes.get(connection, message_id)


class SpooledEvents:
    """Fills `api.ports.Intake`: an event goes through the spool like any other, read as Segment clients write it."""

    def __init__(
        self, spool: SpoolWriter, engine: Engine, keys: Keys, *, gateway: str, now_ms: Callable[[], int]
    ) -> None:
        self._spool = spool
        self._engine = engine
        self._keys = keys
        self._gateway = gateway
        self._now_ms = now_ms

    async def take_and_wait(
        self, workspace: str, source: str, type_: str, document: Mapping[str, Any], *, key: KeyKind = "secret"
    ) -> TakenIn:
        """See the port."""
        at = self._now_ms()
        known = await asyncio.to_thread(self._keys.source, workspace, source)
        request = Request("POST", f"/v1/{type_}", {}, {}, msgspec.json.encode(document), at)
        try:
            decoded = segment.decode(request, known.settings)
        except BadBody as refused:
            raise BadRequest(f"event: {refused}") from refused
        [message] = decoded.messages
        await self._spool.append(Receipt(workspace, known.id, key, "segment", at), decoded.body, 1)
        if not await asyncio.to_thread(wait_until_taken, self._engine, self._gateway, WAIT_S):
            raise Busy("the event is written down and will be taken in, but not within a few seconds.")
        rejected = await asyncio.to_thread(self._rejected, known, message.message_id)
        problem = message.detail or rejected
        return TakenIn(message.message_id, subject_of(message), problem)

    def _rejected(self, source: Source, message_id: str) -> str | None:
        with self._engine.hot.read() as connection:
            epoch = source_epochs.load(connection).get((source.workspace, source.id), 0)
            hashes = id_hash(source.workspace, source.id, epoch, [message_id])
            waits = bool(quarantine.known(connection, hashes)[0])
        return "the event waits in quarantine; GET /api/v1/quarantine says why." if waits else None


def wait_until_taken(engine: Engine, gateway: str, timeout_s: float) -> bool:
    """Until all that this gateway appended so far is applied. False when the time is up first."""
    ends = {file: row for file, row in engine.reader.ends().items() if file[0] == gateway}
    return engine.progress.wait_taken(ends, timeout_s)


def subject_of(message: Message) -> Identifier | None:
    """The strongest identifier that a message names."""
    if message.user_id:
        return Identifier("user_id", message.user_id)
    return Identifier("anonymous_id", message.anonymous_id) if message.anonymous_id else None


class EngineBackup:
    """Fills `api.ports.Stewardship` for the running engine: it pauses at a batch boundary for the copy."""

    def __init__(self, data: Path, engine: Engine, *, now_ms: Callable[[], int]) -> None:
        self._data = data
        self._engine = engine
        self._now_ms = now_ms

    def backup(self, target: str) -> Mapping[str, Any]:
        """See the port."""
        summary = backup(
            self._data, Path(target), pause=self._engine.paused(), events=self._engine.events, now_ms=self._now_ms()
        )
        plain: dict[str, Any] = msgspec.to_builtins(summary)
        return plain


def health_of(engine: Engine) -> Health:
    """The engine's status as the API tells it."""
    return health_in(engine.status.now())


def health_in(status: Status) -> Health:
    """What a status says, as the API tells it."""
    figures: dict[str, float] = {
        "requests_waiting": status.requests_waiting,
        "rows_waiting": status.rows_waiting,
        **{f"events_{name}": getattr(status.totals, name) for name in status.totals.__struct_fields__},
        **{f"gateway_{name}": getattr(status.gateways, name) for name in status.gateways.__struct_fields__},
        **{f"tag_latency_{name}": getattr(status.tags.latency, name) for name in status.tags.latency.__struct_fields__},
        "tag_backfilled": status.tags.backfilled,
    }
    return Health(
        lag_ms=status.lag_ms,
        lost=status.lost,
        alarms=status.alarms,
        alarm_facts=status.alarm_facts,
        figures=figures,
    )
