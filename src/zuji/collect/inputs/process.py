"""An input as a process: everything it needs travels as plain values, so that a supervisor can spawn it."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from zuji.collect.inputs.configured import ConfiguredInput, kind_named
from zuji.collect.inputs.input import Place
from zuji.collect.inputs.report import folder_of
from zuji.collect.inputs.running import InputEffects, InputLoop
from zuji.collect.keys import KeyRing
from zuji.collect.patient_spool import PatientSpool
from zuji.collect.spool import SpoolLimits
from zuji.collect.spool_writer import SqliteSpoolWriter

LOOK_EVERY_S = 0.2


@dataclass(frozen=True, kw_only=True)
class InputProcess:
    """What one input process is told."""

    data: Path
    configured: ConfiguredInput
    spool_limits: SpoolLimits = field(default_factory=SpoolLimits)
    log_level: str = "warning"

    @property
    def name(self) -> str:
        """Its role, and its folder in the spool."""
        return f"input-{self.configured.name}"


class StopFlag:
    """Set by a signal. A `threading.Event` would not do: the thread that is interrupted may be holding its lock."""

    def __init__(self) -> None:
        self._is_set = False

    def set(self) -> None:
        """Ask to stop."""
        self._is_set = True

    def is_set(self) -> bool:
        """Whether somebody asked."""
        return self._is_set

    def wait(self, timeout: float) -> bool:
        """Return when somebody asks, at the latest after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while not self._is_set and (left := deadline - time.monotonic()) > 0:
            time.sleep(min(left, LOOK_EVERY_S))
        return self._is_set


def run_input(process: InputProcess, now_ms: Callable[[], int], mask: Callable[[str], str]) -> None:
    """Take in until SIGTERM; what is under way is written down and settled first."""
    stopping = StopFlag()
    signal.signal(signal.SIGTERM, lambda number, frame: stopping.set())
    configured = process.configured
    open_writer = partial(SqliteSpoolWriter, process.data / "spool", process.name, limits=process.spool_limits)
    with contextlib.closing(PatientSpool(open_writer, monotonic=time.monotonic)) as spool:
        effects = InputEffects(
            data=process.data,
            spool=spool,
            keys=KeyRing(process.data / "keys.json", monotonic=time.monotonic),
            now_ms=now_ms,
            open_input=partial(kind_named(configured.kind).open_input, configured.settings),
            place=Place(name=configured.name, folder=folder_of(process.data, configured.name), mask=mask),
        )
        InputLoop(configured, effects).run(stopping)
