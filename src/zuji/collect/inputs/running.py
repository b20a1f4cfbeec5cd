"""What all inputs share: take, write down, settle; and when the outside fails, begin again a little later.

The order is the whole promise. What was taken is in the spool, flushed to the disk, before it is settled; whatever ends
us in between makes it come again, with the same ids, and the engine drops what it has.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from msgspec.structs import replace

from zuji.collect.inputs.configured import ConfiguredInput
from zuji.collect.inputs.input import Input, InputFailed, Place, Taken
from zuji.collect.inputs.report import InputReport, InputState, write_report
from zuji.collect.inputs.translate import messages_from
from zuji.collect.keys import KeyRing
from zuji.collect.spool import SpoolWriter
from zuji.terms.error import ZujiError
from zuji.terms.message import Message, Receipt, encode_messages
from zuji.terms.source import KeyEntry

log = logging.getLogger(__name__)

AT_ONCE = 1_000
WAIT_S = 1.0
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
LOOK_EVERY_S = 1.0
REPORT_EVERY_MS = 5_000
MOST_BYTES = 4 * 1024 * 1024
"""Of one row of the spool: what a gateway takes in one request, about."""


class NotAdmitted(InputFailed):
    """Its source is not to be had just now. That is ours to know, so it is looked at often."""


class Stopping(Protocol):
    """Says when to end; a `threading.Event`, say."""

    def is_set(self) -> bool: ...

    def wait(self, timeout: float) -> bool: ...


@dataclass(frozen=True, kw_only=True)
class InputEffects:
    """What an input runs with. `mask` makes personal values in texts harmless; `now_ms` is the time of day."""

    data: Path
    spool: SpoolWriter
    keys: KeyRing
    now_ms: Callable[[], int]
    open_input: Callable[[Place], Input]
    place: Place


class InputLoop:
    """Runs one configured input until it is asked to stop."""

    def __init__(self, configured: ConfiguredInput, effects: InputEffects) -> None:
        self._configured, self._effects = configured, effects
        self._mapping = configured.settings.reading()
        self._runner = asyncio.Runner()
        self._pause_s = FIRST_PAUSE_S
        now = effects.now_ms()
        self._report = InputReport(name=configured.name, kind=configured.kind, state="starting", since=now, at=now)

    def run(self, stopping: Stopping) -> None:
        """Until `stopping` is set. A failure of the outside is told, and tried again after a pause that grows."""
        with contextlib.closing(self._runner):
            while not stopping.is_set():
                try:
                    self._admitted()
                    with contextlib.closing(self._effects.open_input(self._effects.place)) as opened:
                        self._take_all(opened, stopping)
                except NotAdmitted as refusal:
                    self._tell("failing", str(refusal))
                    stopping.wait(LOOK_EVERY_S)
                except ZujiError as failure:
                    self._tell("failing", str(failure))
                    self._wait(stopping)

    def _take_all(self, opened: Input, stopping: Stopping) -> None:
        while not stopping.is_set():
            taken = opened.take(at_most=AT_ONCE, wait_s=WAIT_S)
            if taken is not None:
                self._keep(taken)
                opened.settle(taken)
            self._pause_s = FIRST_PAUSE_S
            self._tell("running")

    def _keep(self, taken: Taken) -> None:
        """All of it is in the spool when this returns. Raises what the spool raises when it is full or fails."""
        entry = self._admitted()
        messages = messages_from(taken.given, self._mapping, entry.source.settings)
        for some in _portions(messages):
            body = encode_messages(some)
            self._runner.run(self._effects.spool.append(self._receipt(entry), body, len(some)))
        rejects = sum(1 for message in messages if message.problem)
        self._count(len(messages), rejects)

    def _admitted(self) -> KeyEntry:
        """The source with a valid key, as the gateway would have it. Raises NotAdmitted with what to do."""
        settings, keys = self._configured.settings, self._effects.keys
        entry = keys.of_source(settings.workspace, settings.source, settings.key)
        where = f"the source {settings.source!r} in the workspace {settings.workspace!r}"
        if entry is None:
            raise NotAdmitted(f"{where} does not exist or has no {settings.key} key. Make it with: zuji source create.")
        if not entry.source.enabled:
            raise NotAdmitted(f"{where} is disabled.")
        if entry.slow_until > self._effects.now_ms():
            raise NotAdmitted(f"{where} brings too much new at once and is slowed down for a while.")
        return entry

    def _receipt(self, entry: KeyEntry) -> Receipt:
        return Receipt(
            workspace=entry.source.workspace,
            source=entry.source.id,
            key=entry.kind,
            protocol="input",
            received_at=self._effects.now_ms(),
        )

    def _count(self, messages: int, rejects: int) -> None:
        report = self._report
        self._report = replace(report, taken=report.taken + messages, rejected=report.rejected + rejects)

    def _tell(self, state: InputState, reason: str = "") -> None:
        """Write the report when something has changed, and every few seconds as a sign of life."""
        now, before = self._effects.now_ms(), self._report
        turned = (state, reason) != (before.state, before.reason)
        if not turned and 0 <= now - before.at < REPORT_EVERY_MS:
            return
        if turned and state == "failing":
            log.warning("the input %s fails: %s", before.name, reason)
        elif turned:
            log.info("the input %s is %s", before.name, state)
        self._report = replace(before, state=state, reason=reason, at=now, since=now if turned else before.since)
        try:
            write_report(self._effects.data, self._report)
        except OSError as failure:
            log.warning("the report of the input %s cannot be written: %s", before.name, failure)

    def _wait(self, stopping: Stopping) -> None:
        """Longer each time, and never quite as long as others that failed at the same moment."""
        stopping.wait(self._pause_s * random.uniform(0.8, 1.2))
        self._pause_s = min(self._pause_s * 2, LONGEST_PAUSE_S)


def _portions(messages: list[Message]) -> list[list[Message]]:
    """The messages in rows of the spool that are not too large."""
    portions: list[list[Message]] = []
    size = MOST_BYTES
    for message in messages:
        bytes_of = sum(memoryview(part).nbytes for part in (message.properties, message.traits, message.raw))
        if size + bytes_of > MOST_BYTES:
            portions.append([])
            size = 0
        portions[-1].append(message)
        size += bytes_of
    return portions
