"""The live view: for each event that passes, what every stage did to it. Kept only in memory, only the newest."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Outcome = Literal["stored", "quarantined", "duplicate", "refused"]
KEPT = 1_000
WATCHED_S = 30.0
QUIET_BATCH = 50
"""Batches up to this size are always traced, so that whoever opens the live view finds the newest events there."""
PER_BATCH = 200
"""More events than this in one batch are not traced one by one: nobody reads so fast, and ingest must not slow down."""


@dataclass(frozen=True)
class Trace:
    """One event on its way. `stages` maps the name of a stage to what it did, in plain words."""

    number: int
    workspace: str
    source: str
    type: str
    event: str
    message_id: str
    received_at: int
    occurred_at: int | None
    person: int
    outcome: Outcome
    stages: dict[str, str]


class Tail:
    """The newest traces, numbered, for any number of readers that poll or wait."""

    def __init__(self) -> None:
        self._traces: deque[Trace] = deque(maxlen=KEPT)
        self._changed = threading.Condition()
        self._number = 0
        self._asked_at = -WATCHED_S

    def wants(self, events: int) -> bool:
        """Whether to trace a batch of so many events: somebody watches, or it costs next to nothing."""
        return events <= QUIET_BATCH or time.monotonic() - self._asked_at < WATCHED_S

    @property
    def next_number(self) -> int:
        """The number the next trace will get."""
        return self._number + 1

    def add(self, traces: Iterable[Trace]) -> None:
        """Show these to whoever watches."""
        with self._changed:
            for trace in traces:
                self._number = max(self._number, trace.number)
                self._traces.append(trace)
            self._changed.notify_all()

    def after(self, number: int, *, workspace: str, timeout_s: float) -> Sequence[Trace]:
        """The traces of a workspace newer than `number`, oldest first; waits for the first one up to `timeout_s`."""
        self._asked_at = time.monotonic()
        with self._changed:
            self._changed.wait_for(lambda: self._number > number, timeout_s)
            return [trace for trace in self._traces if trace.number > number and trace.workspace == workspace]
