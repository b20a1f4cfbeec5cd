"""How far taking in and storing have come, so that callers can wait for what they just sent."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping

from zuji.store.spool_positions import Positions


class Progress:
    """Two clocks: what is committed to the hot state, and what the event store holds.

    The ingest loop advances the first, the storing loop the second; any thread may wait.
    """

    def __init__(self, positions: Positions, *, last_batch: int) -> None:
        self._changed = threading.Condition()
        self._positions = dict(positions)
        self._last_batch = last_batch
        self._stored_batch = last_batch
        self._marked = 0
        self._profiled = 0
        self._hurried = False

    @property
    def positions(self) -> Positions:
        """The last row taken per spool file."""
        with self._changed:
            return dict(self._positions)

    @property
    def batches_behind(self) -> int:
        """Planned batches that the event store does not hold yet."""
        with self._changed:
            return self._last_batch - self._stored_batch

    def committed(self, positions: Mapping[tuple[str, str], int], batch: int) -> None:
        """The ingest loop committed: these rows are taken; `batch` is the id of the outbox batch they became."""
        with self._changed:
            self._positions.update(positions)
            self._last_batch = max(self._last_batch, batch)
            self._changed.notify_all()

    def stored(self, batch: int) -> None:
        """The event store holds every batch up to this one."""
        with self._changed:
            self._stored_batch = max(self._stored_batch, batch)
            self._changed.notify_all()

    def marked(self, sequence: int) -> None:
        """The batch of this sequence marked people whose rows in the event store must follow."""
        with self._changed:
            self._marked = max(self._marked, sequence)
            self._changed.notify_all()

    def profiled(self, sequence: int) -> None:
        """The rows of all people marked up to this sequence have followed."""
        with self._changed:
            self._profiled = max(self._profiled, sequence)
            self._hurried = self._hurried and self._profiled < self._marked
            self._changed.notify_all()

    def wait_marked(self, timeout_s: float) -> bool:
        """Until there are marks to work off. False when the time is up first."""
        with self._changed:
            return self._changed.wait_for(lambda: self._marked > self._profiled, timeout_s)

    def wait_hurried(self, timeout_s: float) -> bool:
        """Until somebody waits for the rows of people. False when the time is up first."""
        with self._changed:
            return self._changed.wait_for(lambda: self._hurried, timeout_s)

    def wait_profiled(self, timeout_s: float) -> bool:
        """Until the rows of everybody marked so far have followed. False when the time is up first."""
        with self._changed:
            marked = self._marked
            self._hurried = self._profiled < marked
            self._changed.notify_all()
            return self._changed.wait_for(lambda: self._profiled >= marked, timeout_s)

    def wait_taken(self, ends: Mapping[tuple[str, str], int], timeout_s: float) -> bool:
        """Until every row up to `ends` is committed. False when the time is up first."""
        with self._changed:
            return self._changed.wait_for(lambda: self._has_taken(ends), timeout_s)

    def wait_stored(self, ends: Mapping[tuple[str, str], int], timeout_s: float) -> bool:
        """Until every row up to `ends` is committed and queryable. False when the time is up first."""
        deadline = time.monotonic() + timeout_s
        if not self.wait_taken(ends, timeout_s):
            return False
        with self._changed:
            batch = self._last_batch
            return self._changed.wait_for(lambda: self._stored_batch >= batch, max(0.0, deadline - time.monotonic()))

    def _has_taken(self, ends: Mapping[tuple[str, str], int]) -> bool:
        return all(self._positions.get(file, 0) >= row for file, row in ends.items())
