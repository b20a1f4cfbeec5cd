"""Two loops beside the ingest loop: one looks at people whose time has come, one brings everybody up to new rules.

Both work under the batch lock, in bites that hold it for some tens of milliseconds, and rest in between, so that events
never wait long for them.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import groupby
from operator import itemgetter

from zuji.run.tagging import PUBLISHED, TIME, Tagger
from zuji.store import identity, tag_live, tag_timers
from zuji.store.hot import HotStore

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.1
IDLE_S = 0.5
RETRY_S = 1.0
MOST_DUE = 500
BITE_S = 0.05
"""How long a bite of the backfill should hold the batch lock."""
SMALLEST_BITE, GREATEST_BITE = 16, 4_000
FIRST_BITE = 200


class TagLoops:
    """The timers and the backfill, a thread each. What a stop or crash leaves is taken up by the next start."""

    def __init__(self, *, hot: HotStore, tagger: Tagger, batch_lock: threading.Lock, now_ms: Callable[[], int]) -> None:
        self._hot = hot
        self._tagger = tagger
        self._batch_lock = batch_lock
        self._now_ms = now_ms
        self._stopping = threading.Event()
        self._bite = FIRST_BITE
        self._threads = (
            threading.Thread(target=self._repeat, args=(self.look_at_due, LOOK_EVERY_S), name="tag-timers"),
            threading.Thread(target=self._repeat, args=(self.backfill_some, IDLE_S), name="tag-backfill"),
        )
        self.failure: str | None = None

    def start(self) -> None:
        """Begin with what an earlier run left."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End after the bites under way, if they were begun."""
        self._stopping.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def _repeat(self, work: Callable[[], float], idle_s: float) -> None:
        """`work` gives how long it held the lock, 0 when there was nothing to do."""
        while not self._stopping.is_set():
            if self._tagger.is_idle:
                self._stopping.wait(IDLE_S)
                continue
            try:
                took = work()
                self.failure = None
            except Exception as failure:
                self.failure = f"tags wait: {failure!r}"
                log.exception("tags wait; trying again in %s s, nothing is lost", RETRY_S)
                took = RETRY_S
            self._stopping.wait(took or idle_s)

    def look_at_due(self) -> float:
        """Look at some whose time has come, and tell flapping values whose minute is over."""
        now_ms = self._now_ms()
        with self._hot.read() as connection:
            if not tag_timers.is_anything_due(connection, now_ms):
                return 0.0
        with self._batch_lock:
            started = time.monotonic()
            self._within(lambda: self._look_at_due(now_ms))
            return time.monotonic() - started

    def _look_at_due(self, now_ms: int) -> None:
        with self._hot.write() as connection:
            due = tag_timers.take_due(connection, now_ms, MOST_DUE)
            for workspace, group in groupby(sorted(due), key=itemgetter(0)):
                self._tagger.look(connection, workspace, [person for _, person in group], TIME, now_ms)
            self._tagger.telling.tell_held(connection, now_ms)

    def backfill_some(self) -> float:
        """A bite of the oldest backfill that is not finished."""
        with self._hot.read() as connection:
            unfinished = [one for one in tag_live.backfills(connection) if one.finished_ms is None]
        if not unfinished:
            return 0.0
        with self._batch_lock:
            started = time.monotonic()
            self._within(lambda: self._backfill(unfinished[0].workspace))
            took = time.monotonic() - started
        wanted = int(self._bite * BITE_S / max(took, 0.001))
        self._bite = min(max(wanted, self._bite // 2, SMALLEST_BITE), self._bite * 2, GREATEST_BITE)
        return took

    def _backfill(self, workspace: str) -> None:
        """Look at the people whose ids come next. The ids of people are anchors, so each is met once."""
        with self._hot.write() as connection:
            backfill = next(one for one in tag_live.backfills(connection) if one.workspace == workspace)
            books = self._tagger.books(workspace)
            anchors = [row[0] for row in identity.nodes_after(connection, workspace, backfill.next_anchor, self._bite)]
            people = [anchor for anchor in anchors if anchor <= backfill.last_anchor]
            now_ms = self._now_ms()
            if people:
                self._tagger.look(connection, workspace, people, PUBLISHED, now_ms)
            is_finished = len(anchors) < self._bite or anchors[-1] >= backfill.last_anchor
            reached = backfill.last_anchor if is_finished else anchors[-1]
            tag_live.advance(connection, workspace, reached, finished_ms=now_ms if is_finished else None)
        if books is not None:
            books.backfill = None if is_finished else replace(backfill, next_anchor=reached)
            if is_finished:
                books.ahead.clear()

    def _within(self, work: Callable[[], None]) -> None:
        """A transaction of the tagger."""
        try:
            work()
        except BaseException:
            self._tagger.forget()
            raise
        self._tagger.settle()
