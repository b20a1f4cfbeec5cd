"""The ingest loop: spool rows in, one committed batch out, in the one order of everything received.

A batch is planned without writing anything, then commits in one transaction of the hot state: how far the spool is
taken, the ids now seen, what is quarantined, the accounts, who is who, and the rows themselves (outbox). So a crash
at any instant leaves either all of a batch or nothing of it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from zuji.clean.received import Received
from zuji.collect.spool import SpoolReader, SpoolRow
from zuji.run.batch import Hashes, Plan, SourceOf, Stages, hash_ids, take
from zuji.run.commit import Committer
from zuji.run.decisions import Decisions
from zuji.run.isolate import culprits
from zuji.run.progress import Progress
from zuji.run.storing import StoringLoop
from zuji.run.tail import Tail
from zuji.run.tracing import traces
from zuji.store import decision_outcomes, spool_positions
from zuji.store.hot import HotStore, HotTransaction
from zuji.terms.error import Busy
from zuji.terms.message import decode_messages
from zuji.terms.rejection import Reason

log = logging.getLogger(__name__)

USUAL_MESSAGES = 4_000
MOST_MESSAGES = 10_000
"""A batch in a flood: who comes behind waits for all of them anyhow, and each costs a tenth less than in usual ones."""
IDLE_WAIT_S = 0.5
RETRY_S = 0.5
CROWDED: frozenset[Reason] = frozenset({"too_many_new_people", "too_many_new_properties"})


@dataclass
class Cursor:
    """Where the loop stands between batches; all of it is in the hot state too."""

    sequence: int
    epochs: dict[tuple[str, str], int]


class IngestLoop:
    """One thread that takes the spool in. The only writer of the pipeline's state."""

    def __init__(
        self,
        *,
        reader: SpoolReader,
        hot: HotStore,
        stages: Stages,
        committer: Committer,
        decisions: Decisions,
        storing: StoringLoop,
        progress: Progress,
        tail: Tail,
        cursor: Cursor,
        source_of: SourceOf,
        now_ms: Callable[[], int],
        slow_down: Callable[[set[tuple[str, str]]], None],
        between_batches: Sequence[Callable[[], None]] = (),
    ) -> None:
        self._reader = reader
        self._hot = hot
        self._stages = stages
        self._committer = committer
        self._decisions = decisions
        self._storing = storing
        self._progress = progress
        self._tail = tail
        self._cursor = cursor
        self._source_of = source_of
        self._now_ms = now_ms
        self._slow_down = slow_down
        self._between_batches = between_batches
        self._room = USUAL_MESSAGES
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ingest")
        self.batch_lock = threading.Lock()
        """Held while a batch is under way: who holds it stands at a batch boundary."""
        self.failure: str | None = None

    def start(self) -> None:
        """Begin taking in."""
        self._thread.start()

    def stop(self) -> None:
        """End after the batch under way."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                if not self.take_some():
                    self._discard_taken()
                    self._reader.wait(IDLE_WAIT_S)
                self.failure = None
            except Busy as failure:
                self.failure = str(failure)
                log.error("taking in waits: %s", failure)
                self._stopping.wait(RETRY_S)
            except Exception as failure:
                self.failure = f"taking in failed: {failure!r}"
                log.exception("taking in failed; trying again in %s s, nothing is lost", RETRY_S)
                self._stopping.wait(RETRY_S)

    def take_some(self) -> bool:
        """Take in what is in the spool, up to a batch. False when there is nothing."""
        with self.batch_lock:
            for work in self._between_batches:
                work()
            rows = self._reader.read(self._progress.positions, max_messages=self._room)
            is_flood = sum(row.count for row in rows) > self._room / 2
            self._room = MOST_MESSAGES if is_flood else USUAL_MESSAGES
            for group in split_at_decisions(rows):
                if group[0].receipt.protocol != "decision":
                    self._take(group)
                elif not self._decide(group[0]):
                    break
        return bool(rows)

    def _discard_taken(self) -> None:
        gone = self._reader.discard(self._progress.positions)
        if gone:
            with self._hot.write() as connection:
                spool_positions.forget_files(connection, gone)

    def _take(self, rows: Sequence[SpoolRow]) -> None:
        taken = take(rows, sequence=self._cursor.sequence, source_of=self._source_of)
        now_ms = self._now_ms()
        hashes = hash_ids(taken.received, self._cursor.epochs)
        plan = self._plan(taken.received, hashes, now_ms)
        batch = self._committer.commit(plan, positions=taken.positions, sequence=taken.sequence, now_ms=now_ms)
        self._cursor.sequence = taken.sequence
        self._progress.committed(taken.positions, batch.id)
        self._storing.offer(batch)
        if self._tail.wants(len(taken.received)):
            self._tail.add(traces(plan, taken.received, first_number=self._tail.next_number))
        crowded = {
            (event.receipt.workspace, event.receipt.source) for event in plan.rejected if event.reason in CROWDED
        }
        if crowded:
            self._slow_down(crowded)

    def _plan(self, received: list[Received], hashes: Hashes, now_ms: int) -> Plan:
        """Plan a batch; when a stage breaks, set aside the events that break it and plan the rest."""
        try:
            return self._stages.plan(received, hashes, now_ms=now_ms)
        except Busy:
            raise
        except Exception as failure:
            log.exception("a batch of %d broke a stage; looking for the cause", len(received))
            why = f"{type(failure).__name__}: {failure}"
        broken = dict.fromkeys(self._culprits(received, hashes, now_ms), why)
        try:
            return self._stages.plan(received, hashes, now_ms=now_ms, broken=broken)
        except Busy:
            raise
        except Exception:
            # No single event is to blame. All of them wait in quarantine, from where they can be replayed one by one.
            return self._stages.plan(received, hashes, now_ms=now_ms, broken=dict.fromkeys(range(len(received)), why))

    def _culprits(self, received: list[Received], hashes: Hashes, now_ms: int) -> list[int]:
        def works(indexes: Sequence[int]) -> bool:
            try:
                plan = self._stages.plan([received[index] for index in indexes], hashes[list(indexes)], now_ms=now_ms)
            except Busy:
                raise
            except Exception:
                return False
            self._stages.forget(plan)
            return True

        return culprits(range(len(received)), works)

    def _decide(self, row: SpoolRow) -> bool:
        """Carry out a decision. False when it did only a part: it stays first in the spool, to be read again."""
        sequence = self._cursor.sequence + 1
        now_ms = self._now_ms()
        message = decode_messages(row.body)[0]
        decided = self._decisions.plan(row.receipt, message, sequence=sequence, now_ms=now_ms)
        positions = {} if decided.goes_on else {(row.gateway, row.file): row.row}

        def answer(connection: HotTransaction) -> None:
            if not decided.goes_on:
                decision_outcomes.save(connection, message.message_id, decided.outcome)

        batch = self._committer.commit(
            decided.plan, positions=positions, sequence=sequence, now_ms=now_ms, writes=(*decided.writes, answer)
        )
        self._cursor.sequence = sequence
        if decided.epochs is not None:
            self._cursor.epochs = decided.epochs
        if decided.then is not None:
            decided.then()
        self._progress.committed(positions, batch.id)
        self._storing.offer(batch)
        return not decided.goes_on


def split_at_decisions(rows: Sequence[SpoolRow]) -> list[list[SpoolRow]]:
    """Runs of ordinary rows, each decision on its own, in order."""
    groups: list[list[SpoolRow]] = []
    for row in rows:
        decision = row.receipt.protocol == "decision"
        if not groups or decision or groups[-1][0].receipt.protocol == "decision":
            groups.append([])
        groups[-1].append(row)
    return groups
