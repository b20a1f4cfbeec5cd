"""The storing loop: carries planned batches from the outbox into the event store, each row exactly once.

The ingest loop decides, this loop only copies: a batch waits in the outbox (committed with everything else it did)
until the event store holds it. An insert is atomic per part and not per statement, so whenever an insert did not end
cleanly the rows already present are read back by position and only the missing ones are inserted.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Sequence

import pyarrow as pa

from zuji.run.progress import Progress
from zuji.store import outbox
from zuji.store.events import EventStore
from zuji.store.hot import HotStore
from zuji.store.outbox import OutboxBatch, PeopleRows

log = logging.getLogger(__name__)

SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 0.04, 0.15
REST = 1.0
"""An insert costs much the same for ten rows as for thousands, so after each the loop rests as long as it took."""
FEW_ROWS, SHORT_REST, SHORTEST_OF_FEW_S = 1_000, 0.5, 0.02
"""An insert of few rows (18 ms of processor time whether ten or a thousand) says that there is time to spare, and that
what came meanwhile is waiting for the rest alone. At 30,000 events/s no insert is so small.
"""
MOST_ROWS = 50_000  # an insert of this size is where rows per second stop growing
MOST_WAITING_ROWS = 400_000  # beyond this the ingest loop waits: the spool is the better place for a flood
RETRY_S = 1.0


class StoringLoop:
    """One thread that empties the outbox. `offer` is called by the ingest loop after each commit."""

    def __init__(self, *, hot: HotStore, events: EventStore, progress: Progress) -> None:
        self._hot = hot
        self._events = events
        self._progress = progress
        self._waiting: deque[OutboxBatch] = deque()
        self._changed = threading.Condition()
        self._waiting_rows = 0
        self._unfinished = 0
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="storing")
        self.failure: str | None = None
        self.rows_stored = 0

    def recover(self) -> int:
        """Finish what a crash interrupted, before anything else runs. Gives the number of rows inserted."""
        inserted = 0
        with self._hot.read() as connection:
            left = outbox.waiting(connection)
        for batch in left:
            inserted += self._insert_missing([batch])
            self._leave([batch])
        return inserted

    def start(self) -> None:
        """Begin storing."""
        self._thread.start()

    def stop(self) -> None:
        """Store everything that waits (unless the store fails), then end."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self._thread.join()

    def offer(self, batch: OutboxBatch) -> None:
        """A batch was committed to the outbox. Blocks while too much waits, which leaves the flood in the spool."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting_rows < MOST_WAITING_ROWS or self._stopping)
            self._waiting.append(batch)
            self._waiting_rows += batch.events.num_rows
            self._unfinished += 1
            self._changed.notify_all()

    def drain(self) -> None:
        """Wait until the event store holds everything offered so far."""
        with self._changed:
            self._changed.wait_for(lambda: not self._unfinished or self._stopping)

    @property
    def waiting_rows(self) -> int:
        """Rows committed but not yet queryable."""
        return self._waiting_rows

    def _run(self) -> None:
        not_before = 0.0
        while batches := self._next(not_before):
            started = time.monotonic()
            self._store(batches)
            ended = time.monotonic()
            rows = sum(batch.events.num_rows for batch in batches)
            not_before = ended + pause_after(ended - started, rows)
            with self._changed:
                self._waiting_rows -= rows
                self._unfinished -= len(batches)
                self._changed.notify_all()

    def _next(self, not_before: float) -> list[OutboxBatch]:
        """The batches of the next insert, oldest first; empty when stopping and nothing is left."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._stopping)
            pause = not_before - time.monotonic()
            if pause > 0:
                self._changed.wait_for(lambda: self._stopping or self._waiting_rows >= MOST_ROWS, pause)
            taken: list[OutboxBatch] = []
            rows = 0
            while self._waiting and (not taken or rows + self._waiting[0].events.num_rows <= MOST_ROWS):
                batch = self._waiting.popleft()
                taken.append(batch)
                rows += batch.events.num_rows
            return taken

    def _store(self, batches: list[OutboxBatch]) -> None:
        try:
            self._insert(batches)
            self._leave(batches)
        except Exception as failure:
            self._say(failure)
            self._store_after_failure(batches)
        self.failure = None

    def _store_after_failure(self, batches: list[OutboxBatch]) -> None:
        """Try again until it works or the engine stops; the outbox keeps everything meanwhile."""
        while True:
            with self._changed:
                if self._changed.wait_for(lambda: self._stopping, RETRY_S):
                    raise SystemExit("stopped while storing fails; the outbox keeps what waits")
            try:
                self._insert_missing(batches)
                self._leave(batches)
            except Exception as failure:
                self._say(failure)
            else:
                return

    def _say(self, failure: Exception) -> None:
        self.failure = f"storing waits: {failure}"
        log.error("%s; retrying in %s s, nothing is lost", self.failure, RETRY_S)

    def _insert(self, batches: Sequence[OutboxBatch]) -> None:
        tables = [batch.events for batch in batches if batch.events.num_rows]
        if tables:
            self._events.insert(pa.concat_tables(tables))
        self._insert_people(batches)

    def _insert_missing(self, batches: Sequence[OutboxBatch]) -> int:
        tables = [batch.events for batch in batches if batch.events.num_rows]
        inserted = self._events.insert_missing(pa.concat_tables(tables)) if tables else 0
        self._insert_people(batches)
        return inserted

    def _insert_people(self, batches: Sequence[OutboxBatch]) -> None:
        people = PeopleRows(
            tuple(row for batch in batches for row in batch.people.people),
            tuple(row for batch in batches for row in batch.people.slices),
        )
        self._events.insert_owners(people)

    def _leave(self, batches: Sequence[OutboxBatch]) -> None:
        with self._hot.write() as connection:
            outbox.remove(connection, [batch.id for batch in batches])
        self.rows_stored += sum(batch.events.num_rows for batch in batches)
        self._progress.stored(max(batch.id for batch in batches))


def pause_after(took_s: float, rows: int) -> float:
    """How long to rest after an insert, in seconds.

    >>> pause_after(0.06, 5_000), pause_after(0.06, 400), pause_after(0.01, 1), pause_after(2.0, 50_000)
    (0.06, 0.03, 0.02, 0.15)
    """
    share, shortest = (SHORT_REST, SHORTEST_OF_FEW_S) if rows < FEW_ROWS else (REST, SHORTEST_PAUSE_S)
    return min(max(share * took_s, shortest), LONGEST_PAUSE_S)
