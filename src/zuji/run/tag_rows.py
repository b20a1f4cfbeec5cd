"""Copies what tags and segments say now into the event store, change by change, so that questions can ask for them.

What was copied is read off the copy itself: the greatest number there is. So a crash at any moment costs only repeated
work.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from zuji.store import tag_live, tag_values
from zuji.store.events import EventStore
from zuji.store.hot import HotStore

log = logging.getLogger(__name__)

MOST_CHANGES = 20_000
IDLE_S = 0.5
RETRY_S = 1.0


class TagRows:
    """One thread. `copy_some` is all it does; tests and the thread call the same."""

    def __init__(self, *, hot: HotStore, events: EventStore, now_ms: Callable[[], int]) -> None:
        self._hot = hot
        self._events = events
        self._now_ms = now_ms
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tag-rows")
        self._copied: int | None = None
        self._as_of_ms: int | None = None
        self.failure: str | None = None

    def start(self) -> None:
        """Begin with what an earlier run left."""
        self._thread.start()

    def stop(self) -> None:
        """End after the changes under way."""
        self._stopping.set()
        self._thread.join()

    def defined(self, workspace: str) -> frozenset[tag_values.Name]:
        """What questions may ask for."""
        with self._hot.read() as connection:
            return tag_live.names(connection, workspace)

    def as_of_ms(self) -> int | None:
        """All changes up to this moment are in the copy; None as long as there is none."""
        return self._as_of_ms

    def copy_some(self) -> int:
        """The next changes of all workspaces. Gives how many they were."""
        if self._copied is None:
            self._copied = self._events.newest_tag_number()
        asked_ms = self._now_ms()
        with self._hot.read() as connection:
            changes = tag_values.changes_everywhere(connection, self._copied, MOST_CHANGES)
        if changes:
            self._events.insert_tags(changes)
            self._copied = changes[-1].number
        if len(changes) < MOST_CHANGES:
            self._as_of_ms = asked_ms
        return len(changes)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                found = self.copy_some()
                self.failure = None
            except Exception as failure:
                self.failure = f"questions do not see the newest tags: {failure}"
                log.error("%s; retrying in %s s, nothing is lost", self.failure, RETRY_S)
                self._stopping.wait(RETRY_S)
                continue
            if found < MOST_CHANGES:
                self._stopping.wait(IDLE_S)
