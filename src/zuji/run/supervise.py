"""Keep the processes of one machine running: gateways that take events in, one engine behind them.

Each role is a process of its own, started by spawn (the event store must not be inherited through a fork). When one
dies the others go on; it is started again, a little later each time it dies early, and the log says why it died.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.context import SpawnProcess
from types import FrameType
from typing import Any

log = logging.getLogger(__name__)

POLL_S = 0.1
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 10.0
LONG_LIFE_S = 30.0
"""A process that lived so long did not die of its start: the next pause is short again."""


@dataclass(frozen=True)
class Role:
    """One process: its name, the module-level function it runs, and how long it may take to end in good order."""

    name: str
    run: Callable[..., None]
    arguments: tuple[Any, ...] = ()
    grace_s: float = 30.0


@dataclass
class _Running:
    role: Role
    process: SpawnProcess | None = None
    started_at: float = 0.0
    pause_s: float = FIRST_PAUSE_S
    start_after: float = 0.0


@dataclass
class Supervisor:
    """Starts the roles in their order, restarts what dies, and on SIGTERM or SIGINT ends them in reverse order.

    So the engine, which comes first, ends last, with everything taken in that was acknowledged.
    """

    roles: Sequence[Role]
    say: Callable[[str], None] = log.warning
    _running: list[_Running] = field(default_factory=list, init=False)
    _stopping: threading.Event = field(default_factory=threading.Event, init=False)

    def run(self, *, on_started: Callable[[], None] = lambda: None) -> None:
        """Until a signal asks to stop. `on_started` is called once all roles have been started."""
        self._running = [_Running(role) for role in self.roles]
        previous = {number: signal.signal(number, self._ask_to_stop) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            for running in self._running:
                self._start(running)
            on_started()
            while not self._stopping.wait(POLL_S):
                for running in self._running:
                    self._look_after(running)
        finally:
            for running in reversed(self._running):
                self._end(running)
            for number, handler in previous.items():
                signal.signal(number, handler)

    def pids(self) -> dict[str, int]:
        """The process ids by role, of those that run."""
        return {item.role.name: item.process.pid for item in self._running if item.process and item.process.pid}

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping.set()

    def _start(self, running: _Running) -> None:
        context = multiprocessing.get_context("spawn")
        process = context.Process(
            target=_child, args=(running.role.run, running.role.arguments), name=running.role.name
        )
        process.start()
        running.process = process
        running.started_at = time.monotonic()

    def _look_after(self, running: _Running) -> None:
        now = time.monotonic()
        if running.process is None:
            if now >= running.start_after:
                self._start(running)
            return
        if running.process.is_alive():
            return
        lived = now - running.started_at
        running.pause_s = FIRST_PAUSE_S if lived > LONG_LIFE_S else min(running.pause_s * 2, LONGEST_PAUSE_S)
        running.start_after = now + running.pause_s
        why = why_ended(running.process.exitcode)
        self.say(f"{running.role.name} ended after {lived:.0f} s ({why}); starting it again in {running.pause_s:.1f} s")
        running.process = None

    def _end(self, running: _Running) -> None:
        process = running.process
        if process is None or not process.is_alive():
            return
        process.terminate()
        process.join(running.role.grace_s)
        if process.is_alive():
            self.say(
                f"{running.role.name} did not end within {running.role.grace_s:.0f} s and is killed; nothing is lost"
            )
            process.kill()
            process.join()


def why_ended(exit_code: int | None) -> str:
    """An exit code in words.

    >>> why_ended(-9)
    'killed by SIGKILL'
    """
    if exit_code is None:
        return "still running"
    if exit_code < 0:
        return f"killed by {signal.Signals(-exit_code).name}"
    return "ended by itself" if exit_code == 0 else f"exit code {exit_code}; see the log above"


def _child(run: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    """In the new process: a Ctrl-C is the supervisor's to handle, and nobody outlives the supervisor."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="parent-watch", daemon=True).start()
    run(*arguments)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
