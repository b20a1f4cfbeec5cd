"""How the engine is doing: lag, loss and alarms, rewritten every second for the gateway, `doctor` and metrics."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec

from zuji.collect.counts import Counts, all_counts
from zuji.collect.spool import SpoolReader
from zuji.run.progress import Progress
from zuji.run.storing import StoringLoop
from zuji.run.tag_latency import LatencyFigures, TagLatency
from zuji.store import accounting, tag_live
from zuji.store.accounting import Account
from zuji.store.hot import HotStore
from zuji.terms.alarm import Alarm

log = logging.getLogger(__name__)

EVERY_S = 1.0


class TagStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How long live tags took of late, and how much of the backfills under way is done (0 to 1)."""

    latency: LatencyFigures = LatencyFigures()
    backfilled: float = 1.0


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """What the status file says. Times are milliseconds since 1970, ages milliseconds.

    `requests_waiting`: acknowledged and not yet taken. `rows_waiting`: taken and not yet queryable. `lag_ms`: how long
    the oldest of the former has been waiting at most. `lost`: acknowledged events the accounts cannot explain; not 0
    means a defect. `gateways`: what they have counted, all together. `alarms` are the sentences of `alarm_facts`.
    """

    pid: int
    at: int
    requests_waiting: int
    rows_waiting: int
    lag_ms: int
    lost: int
    totals: Account
    gateways: Counts = Counts()
    tags: TagStatus = TagStatus()
    alarms: tuple[str, ...] = ()
    alarm_facts: tuple[Alarm, ...] = ()


class Loop(Protocol):
    """Work that goes on beside. What keeps it from going on is an alarm."""

    @property
    def failure(self) -> str | None:
        """Why it does not go on; None while it does."""


def note_failed_start(path: Path, why: str) -> None:
    """Say beside the last report why there is no engine, for whoever asks the gateway.

    Without its time the report counts as that of an engine that is down.
    """
    try:
        report = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except (OSError, msgspec.DecodeError):
        report = {}
    report.pop("at", None)
    alarm = Alarm(code="engine_cannot_start", said=f"the engine cannot start: {why}")
    report |= {"alarms": [alarm.said], "alarm_facts": [msgspec.to_builtins(alarm)]}
    with contextlib.suppress(OSError):  # on a disk that takes nothing there is nowhere to say it but the log
        _replace(path, msgspec.json.encode(report))


class StatusWriter:
    """Writes the status file from a thread of its own."""

    def __init__(
        self,
        *,
        path: Path,
        reader: SpoolReader,
        hot: HotStore,
        storing: StoringLoop,
        loops: Sequence[Loop],
        progress: Progress,
        tag_latency: TagLatency,
        now_ms: Callable[[], int],
        alarms_of: Sequence[Callable[[int], Sequence[Alarm]]] = (),
    ) -> None:
        self._alarms_of = alarms_of
        self._path = path
        self._tag_latency = tag_latency
        self._reader = reader
        self._hot = hot
        self._storing = storing
        self._loops = loops
        self._progress = progress
        self._now_ms = now_ms
        self._caught_up_at = now_ms()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="status")

    def watch(self, *loops: Loop) -> None:
        """Tell of the failures of these too."""
        self._loops = (*self._loops, *loops)

    def start(self) -> None:
        """Begin writing."""
        self._thread.start()

    def stop(self) -> None:
        """Write once more, then end."""
        self._stopping.set()
        self._thread.join()

    def now(self) -> Status:
        """How things stand at this moment."""
        at = self._now_ms()
        waiting = self._requests_waiting()
        if waiting == 0:
            self._caught_up_at = at
        with self._hot.read() as connection:
            totals = accounting.overall(connection)
            backfilled = min((one.share for one in tag_live.backfills(connection)), default=1.0)
        lost = totals.accepted - totals.stored - totals.quarantined - totals.duplicate - totals.refused
        alarms = [Alarm(code="stage_waits", said=loop.failure) for loop in self._loops if loop.failure]
        alarms += [alarm for alarms_at in self._alarms_of for alarm in alarms_at(at)]
        if lost:
            said = f"the accounts do not close: {lost} events unexplained. Please report this."
            alarms.append(Alarm(code="accounts_open", said=said, count=lost))
        return Status(
            pid=os.getpid(),
            at=at,
            requests_waiting=waiting,
            rows_waiting=self._storing.waiting_rows,
            lag_ms=at - self._caught_up_at,
            lost=lost,
            totals=totals,
            gateways=all_counts(self._path.parent),
            tags=TagStatus(latency=self._tag_latency.figures(at), backfilled=backfilled),
            alarms=tuple(alarm.said for alarm in alarms),
            alarm_facts=tuple(alarms),
        )

    def as_dict(self) -> dict[str, Any]:
        """The same as plain values, for the API."""
        plain: dict[str, Any] = msgspec.to_builtins(self.now())
        return plain

    def _requests_waiting(self) -> int:
        taken = self._progress.positions
        return sum(max(0, row - taken.get(file, 0)) for file, row in self._reader.ends().items())

    def _run(self) -> None:
        while True:
            try:
                self._write()
            except Exception as failure:
                log.warning("the status file could not be written: %s", failure)
            if self._stopping.wait(EVERY_S):
                return

    def _write(self) -> None:
        _replace(self._path, msgspec.json.encode(self.now()))


def _replace(path: Path, content: bytes) -> None:
    """In one step, so that nobody reads half of it."""
    temporary = path.with_suffix(".new")
    temporary.write_bytes(content)
    temporary.replace(path)
