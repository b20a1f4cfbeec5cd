"""Decisions of people, applied in the one order of everything received: merge, split, block, replay, delete, ...

A decision comes through the spool like any message, as `Message(type="decision", event=<name>, properties={...})`, so
that a replay of the spool gives the same world. Its outcome is kept by its message id for whoever is waiting for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from zuji.identify.resolver import Resolver
from zuji.run.batch import Plan, SourceOf, Stages, no_events
from zuji.run.commit import Write
from zuji.run.giving import Giving, read_words
from zuji.run.publishing import plan_publishing
from zuji.run.repairing import (
    BY_HAND,
    MOST_AT_ONCE,
    PART,
    Attempt,
    Tried,
    attempt,
    chosen_by,
    marked_as_repaired,
    one_part_further,
    try_all,
)
from zuji.run.tagging import Tagger
from zuji.store import accounting, quarantine, repairs, source_epochs
from zuji.store.accounting import Key, Term, key_of
from zuji.store.events import EventStore
from zuji.store.hot import HotStore, HotTransaction
from zuji.store.quarantine_groups import Fate
from zuji.store.repairs import RepairRun
from zuji.terms.document import read_document
from zuji.terms.error import BadRequest, NotFound, ZujiError
from zuji.terms.message import Message, Receipt
from zuji.terms.repair import Repair


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
    goes_on: bool = False
    """There is more to do: the decision stays in the spool and is planned again, from what is committed by then."""


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
        giving: Giving,
        drain_store: Callable[[], None],
    ) -> None:
        self._hot = hot
        self._events = events
        self._resolver = resolver
        self._stages = stages
        self._source_of = source_of
        self._tagger = tagger
        self._giving = giving
        self._drain_store = drain_store
        self._plans: dict[str, Callable[[Receipt, Message, int, int], Decided]] = {
            "merge": self._people,
            "split": self._people,
            "lift": self._people,
            "block": self._people,
            "unblock": self._people,
            "replay": self._replay,
            "repair": self._repair,
            "discard": self._discard,
            "expire": self._expire,
            "delete_source_data": self._delete_source_data,
            "publish": self._publish,
            "give": self._give,
        }

    def plan(self, receipt: Receipt, message: Message, *, sequence: int, now_ms: int) -> Decided:
        """What this decision will do. A decision that cannot be carried out does nothing but say why."""
        plan = self._plans.get(message.event)
        try:
            if plan is None:
                raise BadRequest(f"no such decision: {message.event!r}. Allowed: {', '.join(sorted(self._plans))}.")
            decided = plan(receipt, message, sequence, now_ms)
            return decided if decided.goes_on else _counted(decided, receipt)
        except (ZujiError, msgspec.DecodeError) as failure:
            if isinstance(failure, ZujiError) and failure.retry:
                raise
            code = failure.code if isinstance(failure, ZujiError) else "bad_request"
            return Decided(no_events(self._resolver.nothing()), {"error": code, "message": str(failure)})

    def _people(self, receipt: Receipt, message: Message, sequence: int, now_ms: int) -> Decided:
        linked, outcome = self._resolver.decide(receipt.workspace, message, now_ms)
        return Decided(no_events(linked), outcome)

    def _replay(self, receipt: Receipt, message: Message, sequence: int, now_ms: int) -> Decided:
        """Send one quarantined event through the stages again, as it was or repaired by hand."""
        wanted = msgspec.json.decode(message.properties, type=_Replay)
        workspace = receipt.workspace
        with self._hot.read() as connection:
            waiting = quarantine.get(connection, workspace, wanted.id)
        if waiting is None:
            raise NotFound(f"no event {wanted.id} waits in quarantine; it may have been replayed already.")
        again = attempt(waiting, (), self._source_of)
        if wanted.message is not None:
            by_hand = msgspec.structs.replace(wanted.message, message_id=waiting.message.message_id)
            again = replace(again, message=msgspec.structs.replace(by_hand, problem="", detail=""))
        tried = self._try_all([again], sequence, now_ms)
        if tried.failed:
            [(reason, detail)] = tried.failed.values()
            # What waits stays as it was sent; the reason is the newest one unless it is about another message.
            rejected = tried.rejected if wanted.message is None else []
            plan = replace(tried.plan, rejected=rejected)
            return Decided(plan, {"replayed": False, "reason": reason, "detail": detail})
        plan = tried.plan if wanted.message is None else marked_as_repaired(tried.plan, BY_HAND)
        return Decided(plan, {"replayed": True}, (_leaving(workspace, tried.passed, "replayed"),))

    def _repair(self, receipt: Receipt, message: Message, sequence: int, now_ms: int) -> Decided:
        """Send the next part of the chosen events through the stages, changed; what fails waits on, unchanged."""
        document = msgspec.json.decode(message.properties, type=dict[str, Any])
        repair = read_document(Repair, document)
        workspace = receipt.workspace
        new = RepairRun(message.message_id, workspace, receipt.received_at, message.user_id, document, "running")
        with self._hot.read() as connection:
            run = repairs.get(connection, workspace, message.message_id) or new
            waiting = quarantine.choose(connection, workspace, chosen_by(repair), after=run.through, limit=PART)
        attempts = [attempt(one, repair.steps, self._source_of) for one in waiting]
        tried = self._try_all(attempts, sequence, now_ms)
        is_last = len(waiting) < PART or run.tried + PART >= MOST_AT_ONCE
        last_id = waiting[-1].id if waiting else run.through
        further = one_part_further(run, tried, last_id=last_id, is_last=is_last)
        plan = marked_as_repaired(tried.plan, run.id) if repair.steps else tried.plan
        writes = (
            _leaving(workspace, tried.passed, "replayed"),
            lambda connection: repairs.save(connection, further),
        )
        outcome = {"repair": run.id, "tried": further.tried, "passed": further.passed, "failures": further.failures}
        return Decided(plan, outcome, writes, goes_on=not is_last)

    def _try_all(self, attempts: list[Attempt], sequence: int, now_ms: int) -> Tried:
        with self._hot.read() as connection:
            epochs = source_epochs.load(connection)
        return try_all(
            attempts, self._stages, source_of=self._source_of, epochs=epochs, sequence=sequence, now_ms=now_ms
        )

    def _discard(self, receipt: Receipt, message: Message, sequence: int, now_ms: int) -> Decided:
        wanted = msgspec.json.decode(message.properties, type=_Replay)
        nothing = no_events(self._resolver.nothing())
        return Decided(nothing, {"discarded": True}, (_leaving(receipt.workspace, [wanted.id], "discarded"),))

    def _expire(self, receipt: Receipt, message: Message, sequence: int, now_ms: int) -> Decided:
        """What was received before a moment leaves quarantine for good."""
        workspace, before_ms = receipt.workspace, msgspec.json.decode(message.properties, type=_Expire).before_ms
        with self._hot.read() as connection:
            expired = quarantine.count_before(connection, workspace, before_ms=before_ms)
        nothing = no_events(self._resolver.nothing())

        def expire_now(connection: HotTransaction) -> None:
            quarantine.expire(connection, workspace, before_ms=before_ms)

        return Decided(nothing, {"expired": expired}, (expire_now,))

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
                lambda connection: self._stages.forget_source(connection, workspace, source),
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

    def _give(self, receipt: Receipt, message: Message, sequence: int, now_ms: int) -> Decided:
        """Values of a tag are given to people, or taken away."""
        at_ms = message.timestamp if isinstance(message.timestamp, int) else receipt.received_at
        given = self._giving.plan(
            receipt.workspace, read_words(message.properties), who=message.user_id or "operator", at_ms=at_ms
        )
        outcome = {"given": len(given.rows), "unknown": given.unknown}
        nothing = no_events(self._resolver.nothing())
        return Decided(nothing, outcome, (lambda connection: self._giving.write(connection, given, now_ms),))


class _Replay(msgspec.Struct, frozen=True):
    id: int
    message: Message | None = None


class _Expire(msgspec.Struct, frozen=True):
    before_ms: int


class _DeleteSource(msgspec.Struct, frozen=True):
    source: str


def _counted(decided: Decided, receipt: Receipt) -> Decided:
    """A decision that is carried out has a term of its own in the accounts, under no source."""
    counts: dict[Term, dict[Key, int]] = {"decisions": {key_of(receipt.workspace, "", receipt.received_at): 1}}
    return replace(decided, writes=(*decided.writes, lambda connection: accounting.add(connection, counts)))


def _leaving(workspace: str, ids: Sequence[int], fate: Fate) -> Write:
    """These leave quarantine."""
    return lambda connection: quarantine.remove(connection, workspace, ids, fate)
