"""One micro-batch on its way through the stages: a value at every step, nothing written until the plan is whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from zuji.clean.batch import Cleaned, clean_batch
from zuji.clean.deduplicate import deduplicate, id_hash
from zuji.clean.facts import Facts
from zuji.clean.inferred_rows import Completed
from zuji.clean.observed import Observed
from zuji.clean.page_numbers import Numbers
from zuji.clean.received import Received
from zuji.collect.spool import SpoolRow
from zuji.govern.consent import Refused, consent
from zuji.identify.resolver import Linked, Resolver
from zuji.run.inferring import accounts_of, infer
from zuji.store.accounting import Key, Ledger, key_of
from zuji.store.hot import HotTransaction
from zuji.store.losses import NumberedPage
from zuji.store.quarantine import NewlyRejected
from zuji.terms.event import position_of
from zuji.terms.message import Receipt, decode_messages
from zuji.terms.rejection import Rejection
from zuji.terms.source import Source

Hashes = npt.NDArray[np.uint64]
Mask = npt.NDArray[np.bool_]
Account = Callable[[list[Received], list[int], list[Rejection], list[int], Refused], Ledger]
SourceOf = Callable[[str, str], Source]
"""(workspace, source id) -> the source with its settings."""
Known = Callable[[Hashes], Mask]
"""Tells which ids were stored or quarantined before."""
NOBODY_SENT = -1
"""Instead of the index of a message, for a row that was inferred."""


@dataclass(frozen=True)
class Taken:
    """Messages read from the spool, flattened, with their positions in the one order, and how far that reaches."""

    received: list[Received]
    sequence: int
    positions: dict[tuple[str, str], int]


@dataclass(frozen=True)
class Plan:
    """Everything that a batch will do, decided and not yet done."""

    events: pa.Table
    linked: Linked
    stored_hashes: Hashes
    rejected: list[NewlyRejected]
    ledger: Ledger
    kept: list[int]
    """Per row of `events`: its index in the received messages, or `NOBODY_SENT`."""
    duplicates: list[int] = field(default_factory=list)
    observed: list[Observed] = field(default_factory=list)
    """What the batch shows of each kind of event."""
    numbers: Mapping[NumberedPage, Numbers] = field(default_factory=dict)
    """The numbers that pages gave the messages."""
    received: Sequence[Received] = ()
    """What the indexes are into."""
    owner_of_row: Callable[[int], int] = field(default=lambda row: 0)
    """The person that a row of `events` belongs to now; worked out only when asked."""


def take(rows: Sequence[SpoolRow], *, sequence: int, source_of: SourceOf) -> Taken:
    """Give every spool row the next sequence number and read its messages."""
    received: list[Received] = []
    positions: dict[tuple[str, str], int] = {}
    for row in rows:
        sequence += 1
        receipt = row.receipt
        source = source_of(receipt.workspace, receipt.source)
        first = position_of(sequence, 0)
        received += [
            Received(position, receipt, message, source)
            for position, message in enumerate(decode_messages(row.body), first)
        ]
        positions[row.gateway, row.file] = row.row
    return Taken(received, sequence, positions)


def hash_ids(received: Sequence[Received], epochs: dict[tuple[str, str], int]) -> Hashes:
    """The id of each message within its workspace, source and epoch."""
    hashes = np.empty((len(received), 2), dtype=np.uint64)
    start = 0
    while start < len(received):
        source = received[start].source
        end = start
        while end < len(received) and received[end].source is source:
            end += 1
        epoch = epochs.get((source.workspace, source.id), 0)
        ids = [item.message.message_id for item in received[start:end]]
        hashes[start:end] = id_hash(source.workspace, source.id, epoch, ids)
        start = end
    return hashes


class Stages:
    """The stages in their order: deduplicate, clean, consent, link. Reads state, writes none."""

    def __init__(self, *, known: Known, resolver: Resolver, facts: Facts) -> None:
        self._known = known
        self._resolver = resolver
        self._facts = facts

    def plan(
        self, received: list[Received], hashes: Hashes, *, now_ms: int, broken: Mapping[int, str] = MappingProxyType({})
    ) -> Plan:
        """Decide everything about these messages. Raises whatever a stage raises; the caller then finds the cause.

        `broken` names messages (by index) that must not reach the stages, each with what went wrong.
        """
        keep = deduplicate(hashes, self._known(hashes))
        return self._plan_new(received, hashes, keep, now_ms=now_ms, broken=broken, account=_account)

    def plan_replay(self, received: list[Received], hashes: Hashes, *, now_ms: int) -> Plan:
        """Decide about messages out of quarantine: known already, and accounted on their own."""
        keep = np.ones(len(received), dtype=np.bool_)
        return self._plan_new(received, hashes, keep, now_ms=now_ms, broken={}, account=_account_replay)

    def save(self, connection: HotTransaction, *, now_ms: int) -> None:
        """Write what cleaning learnt from the batch under way, in its transaction."""
        self._facts.memory.save(connection, now_ms=now_ms)

    def forget_source(self, connection: HotTransaction, workspace: str, source: str) -> None:
        """A source's data is deleted in this transaction: cleaning forgets what it learnt from it."""
        self._facts.memory.forget_source(connection, workspace, source)

    def settle(self, plan: Plan) -> None:
        """The plan was committed."""
        self._facts.memory.settle()
        self._resolver.settle(plan.linked)

    def forget(self, plan: Plan) -> None:
        """The plan was not committed."""
        self._facts.memory.begin()
        self._resolver.forget(plan.linked)

    def _plan_new(
        self,
        received: list[Received],
        hashes: Hashes,
        keep: Mask,
        *,
        now_ms: int,
        broken: Mapping[int, str],
        account: Account,
    ) -> Plan:
        rejections = [Rejection(index, "processing_failed", why) for index, why in broken.items() if keep[index]]
        fresh = [index for index in np.flatnonzero(keep).tolist() if index not in broken]
        new = received if len(fresh) == len(received) else [received[index] for index in fresh]
        cleaned = clean_batch(new, facts=self._facts, now_ms=now_ms)
        cleaned, refused = _apply_consent(cleaned)
        linked = self._resolver.link(cleaned.subjects, cleaned.frame["position"].to_list(), now_ms)
        rejections += _rejected(cleaned, linked, fresh)
        frame = cleaned.frame.with_columns(pl.Series("anchor", linked.anchors, dtype=pl.UInt64))
        unlinked = {rejection.index for rejection in linked.rejections}
        rows = [row for row in range(frame.height) if row not in unlinked] if unlinked else range(frame.height)
        kept = [fresh[index] for index in cleaned.kept] if not unlinked else [fresh[cleaned.kept[row]] for row in rows]
        duplicates = np.flatnonzero(~keep).tolist()
        subjects = [cleaned.subjects[row] for row in rows] if unlinked else cleaned.subjects
        stored = frame[list(rows)] if unlinked else frame
        completed = infer(stored, subjects, received, facts=self._facts, now_ms=now_ms)
        ledger = account(received, kept, rejections, duplicates, refused)
        ledger.count("inferred", accounts_of(completed))
        return Plan(
            events=as_arrow(completed.frame),
            linked=linked,
            stored_hashes=hashes[kept],
            rejected=[put_away(received[item.index], hashes[item.index], item) for item in rejections],
            ledger=ledger,
            kept=_kept(completed, kept),
            duplicates=duplicates,
            observed=cleaned.observed,
            numbers=cleaned.numbers,
            received=received,
            owner_of_row=_owner_of_row(completed, linked, rows),
        )


def _rejected(cleaned: Cleaned, linked: Linked, fresh: list[int]) -> list[Rejection]:
    """What two stages set aside; `fresh`: which of the received messages those are that came so far."""
    early = [Rejection(fresh[item.index], item.reason, item.detail) for item in cleaned.rejections]
    late = [Rejection(fresh[cleaned.kept[item.index]], item.reason, item.detail) for item in linked.rejections]
    return early + late


def put_away(item: Received, id_hash_words: npt.NDArray[np.uint64], rejection: Rejection) -> NewlyRejected:
    """A rejected message, ready for quarantine."""
    return NewlyRejected(
        id_hash_words.tobytes(), rejection.reason, rejection.detail, item.position, item.receipt, item.message
    )


def _kept(completed: Completed, kept: list[int]) -> list[int]:
    """Per row the index of the message it came as."""
    if not completed.inferred:
        return kept
    inferred = set(completed.inferred)
    return [NOBODY_SENT if row in inferred else kept[origin] for row, origin in enumerate(completed.origins)]


def _owner_of_row(completed: Completed, linked: Linked, rows: Sequence[int]) -> Callable[[int], int]:
    """Whose each row is. An inferred step happened just before its event, when its anchor may have been another's."""
    origins = completed.origins
    if not completed.inferred:
        return lambda row: linked.people[rows[row]]
    times = completed.frame["occurred_at"].cast(pl.Int64)
    return lambda row: linked.people.at(rows[origins[row]], times[row])


def no_events(linked: Linked) -> Plan:
    """The plan of a decision that only changes who is who."""
    return Plan(
        events=pa.table({"position": pa.array([], pa.uint64())}),
        linked=linked,
        stored_hashes=np.empty((0, 2), dtype=np.uint64),
        rejected=[],
        ledger=Ledger(),
        kept=[],
    )


def as_arrow(frame: pl.DataFrame) -> pa.Table:
    """The rows as the event store takes them: plain Arrow strings, no dictionary or view types."""
    return frame.to_arrow(compat_level=pl.CompatLevel.oldest())


def _apply_consent(cleaned: Cleaned) -> tuple[Cleaned, Refused]:
    """Take out what consent refuses: counted, never kept."""
    frame, refused = consent(cleaned.frame)
    if frame.height == cleaned.frame.height:
        return replace(cleaned, frame=frame), refused
    allowed = cleaned.frame["position"].is_in(frame["position"]).arg_true().to_list()
    kept = [cleaned.kept[row] for row in allowed]
    subjects = [cleaned.subjects[row] for row in allowed]
    return replace(cleaned, kept=kept, frame=frame, subjects=subjects), refused


def _account(
    received: list[Received], kept: list[int], rejections: list[Rejection], duplicates: list[int], refused: Refused
) -> Ledger:
    ledger = Ledger()
    keys: list[Key] = []
    receipt: Receipt | None = None
    for item in received:
        if item.receipt is not receipt:  # all messages of a request share one, and one source
            receipt = item.receipt
            key = key_of(item.source.workspace, item.source.id, receipt.received_at)
        keys.append(key)
    ledger.count("accepted", keys)
    ledger.count("stored", (keys[index] for index in kept))
    ledger.count("quarantined", (keys[item.index] for item in rejections))
    ledger.count("duplicate", (keys[index] for index in duplicates))
    ledger.counts["refused"].update(refused)
    return ledger


def _account_replay(
    received: list[Received], kept: list[int], rejections: list[Rejection], duplicates: list[int], refused: Refused
) -> Ledger:
    ledger = Ledger()
    replayed = [received[index] for index in kept]
    ledger.count(
        "replayed", (key_of(item.source.workspace, item.source.id, item.receipt.received_at) for item in replayed)
    )
    return ledger
