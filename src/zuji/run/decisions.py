"""Decisions of people, applied in the one order of everything received: merge, split, block, replay, delete, ...

A decision comes through the spool like any message, as `Message(type="decision", event=<name>, properties={...})`, so
that a replay of the spool gives the same world. Its outcome is kept by its message id for whoever is waiting for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from zuji.clean.received import Received
from zuji.identify.resolver import Resolver
from zuji.run.batch import Plan, SourceOf, Stages, hash_ids, no_events
from zuji.run.commit import Write
from zuji.run.publishing import plan_publishing
from zuji.run.tagging import Tagger
from zuji.store import accounting, quarantine, source_epochs
from zuji.store.accounting import Key, Term, key_of
from zuji.store.events import EventStore
from zuji.store.hot import HotStore
from zuji.terms.error import BadRequest, NotFound, ZujiError
from zuji.terms.event import position_of
from zuji.terms.message import Message, Receipt


@dataclass(frozen=True)
class Decided:
    """What a decision will do: a plan like a batch's, further writes of the same transaction, and what to answer."""

    plan: Plan
    outcome: dict[str, Any]
    writes: tuple[Write, ...] = field(default=())
    epochs: dict[tuple[str, str], int] | None = None
    """The epochs of sources, when the decision changed them."""
    then: Callable[[], None] | None = None
    """What to do when it is committed."""


class Decisions:
    """Plans one decision at a time. `drain_store` returns when the event store holds everything planned so far."""

    def __init__(
        self,
        *,
        hot: HotStore,
        events: EventStore,
        resolver: Resolver,
        stages: Stages,
        source_of: SourceOf,
        tagger: Tagger,
        drain_store: Callable[[], None],
    ) -> None:
        self._hot = hot
        self._events = events
        self._resolver = resolver
        self._stages = stages
        self._source_of = source_of
        self._tagger = tagger
        self._drain_store = drain_store
        self._plans: dict[str, Callable[[Receipt, Message, int, int], Decided]] = {
            "merge": self._people,
            "split": self._people,
            "lift": self._people,
            "block": self._people,
            "unblock": self._people,
            "replay": self._replay,
            "discard": self._discard,
            "delete_source_data": self._delete_source_data,
            "publish": self._publish,
        }

    def plan(self, receipt: Receipt, message: Message, *, sequence: int, now_ms: int) -> Decided:
        """What this decision will do. A decision that cannot be carried out does nothing but say why."""
        plan = self._plans.get(message.event)
        try:
            if plan is None:
                raise BadRequest(f"no such decision: {message.event!r}. Allowed: {', '.join(sorted(self._plans))}.")
            return _counted(plan(receipt, message, sequence, now_ms), receipt)
        except (ZujiError, msgspec.DecodeError) as failure:
            if isinstance(failure, ZujiError) and failure.retry:
                raise
            code = failure.code if isinstance(failure, ZujiError) else "bad_request"
            return Decided(no_events(self._resolver.nothing()), {"error": code, "message": str(failure)})

    def _people(self, receipt: Receipt, message: Message, sequence: int, now_ms: int) -> Decided:
        linked, outcome = self._resolver.decide(receipt.workspace, message, now_ms)
        return Decided(no_events(linked), outcome)

    def _replay(self, receipt: Receipt, message: Message, sequence: int, now_ms: int) -> Decided:
        """Send one quarantined event through the stages again, as it was or repaired."""
        wanted = msgspec.json.decode(message.properties, type=_Replay)
        with self._hot.read() as connection:
            waiting = quarantine.get(connection, receipt.workspace, wanted.id)
            epochs = source_epochs.load(connection)
        if waiting is None:
            raise NotFound(f"no event {wanted.id} waits in quarantine; it may have been replayed already.")
        source = self._source_of(waiting.workspace, waiting.source)
        again = _as_sent_again(waiting.message, wanted.message)
        received = [Received(position_of(sequence, 0), waiting.receipt, again, source)]
        hashes = hash_ids(received, epochs)
        plan = self._stages.plan_replay(received, hashes, now_ms=now_ms)
        if plan.rejected:
            rejected = plan.rejected[0]
            return Decided(plan, {"replayed": False, "reason": rejected.reason, "detail": rejected.detail})
        return Decided(plan, {"replayed": True}, (lambda connection: quarantine.remove(connection, [wanted.id]),))

    def _discard(self, receipt: Receipt, message: Message, sequence: int, now_ms: int) -> Decided:
        wanted = msgspec.json.decode(message.properties, type=_Replay)
        nothing = no_events(self._resolver.nothing())
        return Decided(nothing, {"discarded": True}, (lambda connection: quarantine.remove(connection, [wanted.id]),))

    def _delete_source_data(self, receipt: Receipt, message: Message, sequence: int, now_ms: int) -> Decided:
        """Everything a source brought goes: rows, evidence, quarantine; its ids count as never seen."""
        source = msgspec.json.decode(message.properties, type=_DeleteSource).source
        workspace = receipt.workspace
        linked, outcome = self._resolver.decide(workspace, message, now_ms)
        self._drain_store()
        self._tagger.note_erasure(workspace, source)
        # Before the commit, and harmless to repeat: after a crash the decision is simply applied again.
        self._events.delete_source(workspace, source)
        with self._hot.read() as connection:
            epochs = source_epochs.load(connection)
        epochs[workspace, source] = epochs.get((workspace, source), 0) + 1
        return Decided(
            no_events(linked),
            outcome,
            (
                lambda connection: source_epochs.raise_epoch(connection, workspace, source),
                lambda connection: quarantine.remove_source(connection, workspace, source),
            ),
            epochs,
        )

    def _publish(self, receipt: Receipt, message: Message, sequence: int, now_ms: int) -> Decided:
        """A tag or segment holds from now on, or ends."""
        body = msgspec.json.decode(message.properties, type=dict[str, Any])
        with self._hot.read() as connection:
            publishing = plan_publishing(connection, receipt.workspace, body, now_ms)

        def reload() -> None:
            with self._hot.read() as connection:
                self._tagger.reload(connection)

        nothing = no_events(self._resolver.nothing())
        return Decided(nothing, publishing.outcome, (publishing.write,), then=reload)


class _Replay(msgspec.Struct, frozen=True):
    id: int
    message: Message | None = None


class _DeleteSource(msgspec.Struct, frozen=True):
    source: str


def _counted(decided: Decided, receipt: Receipt) -> Decided:
    """A decision that is carried out has a term of its own in the accounts, under no source."""
    counts: dict[Term, dict[Key, int]] = {"decisions": {key_of(receipt.workspace, "", receipt.received_at): 1}}
    return replace(decided, writes=(*decided.writes, lambda connection: accounting.add(connection, counts)))


def _as_sent_again(original: Message, repaired: Message | None) -> Message:
    """The repaired message keeps the id of the original, so that a late repeat of it is still a duplicate."""
    if repaired is None:
        return msgspec.structs.replace(original, problem="", detail="") if original.problem else original
    return msgspec.structs.replace(repaired, message_id=original.message_id, problem="", detail="")
