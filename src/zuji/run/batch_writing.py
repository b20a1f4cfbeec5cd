"""Values of batch tags written where live ones are, and what changed told as of live ones.

Whoever writes holds the batch lock, as the stream does: what is known of flapping values is shared with it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from zuji.run.batch_values import changes_of
from zuji.run.telling import Telling
from zuji.store import tag_bulk, tag_first_pass, tag_live, tag_timers, tag_values
from zuji.store.hot import HotStore, HotTransaction
from zuji.store.tag_bulk import Moved
from zuji.tag.definition import Definition

ROWS_AT_ONCE = 2_000
"""Values in one transaction: some tens of milliseconds, in which events wait."""


class BatchWriting:
    """Called by the one thread that works batch tags out."""

    def __init__(
        self, *, hot: HotStore, telling: Telling, batch_lock: threading.Lock, now_ms: Callable[[], int]
    ) -> None:
        self._hot = hot
        self._telling = telling
        self._batch_lock = batch_lock
        self._now_ms = now_ms

    def write(
        self,
        workspace: str,
        one: Definition,
        moved: Sequence[Moved],
        *,
        at_ms: int,
        is_named_live: bool,
        is_stopped: Callable[[], bool],
    ) -> int:
        """Give these people their new values, a few at a time. Gives how many have theirs: fewer than all of them when
        it is stopped, or when the definition was ended or published anew while its values were worked out.
        """
        for start in range(0, len(moved), ROWS_AT_ONCE):
            some = moved[start : start + ROWS_AT_ONCE]
            with self._batch_lock:
                try:
                    with self._hot.write() as connection:
                        if is_stopped() or not tag_live.holds(connection, workspace, (one.kind, one.key), one.version):
                            return start
                        self._write_some(connection, workspace, one, some, at_ms)
                        if is_named_live:
                            tag_timers.wake(connection, workspace, (person for person, _, _ in some), at_ms)
                except BaseException:
                    self._telling.forget()
                    raise
        return len(moved)

    def first_pass_is_over(self, workspace: str, one: Definition, *, known_ms: int) -> None:
        """Everybody has their value: from now on changes are those of people, and not of what was published."""
        name: tag_values.Name = (one.kind, one.key)
        with self._hot.read() as connection:
            if tag_first_pass.of(connection, workspace, name) is None:
                return
        with self._hot.write() as connection:
            tag_first_pass.end(connection, workspace, name, known_ms=known_ms)

    def _write_some(
        self, connection: HotTransaction, workspace: str, one: Definition, some: Sequence[Moved], at_ms: int
    ) -> None:
        name: tag_values.Name = (one.kind, one.key)
        tag_bulk.write(connection, workspace, name, some, version=one.version, at_ms=at_ms)
        if tag_first_pass.of(connection, workspace, name) == "silent":
            tag_bulk.record_silently(connection, workspace, name, some, cause="batch", at_ms=at_ms)
            return
        now_ms = self._now_ms()
        changes = changes_of(workspace, name, some, at_ms=at_ms)
        told = self._telling.decide(connection, changes, announce=True, now_ms=now_ms)
        tag_values.record(connection, told, readable_at_ms=now_ms)
