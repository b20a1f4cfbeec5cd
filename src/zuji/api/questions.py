"""Threads for questions to the event store: few, so that heavy questions queue instead of stalling everything else.

Each thread keeps its own connection to the store, which is another reason to have few. Profile reads never come here.
The queue is fair: whoever has fewest questions under way is next, so that one notebook with a hundred questions, or
with a few that take minutes, delays itself and nobody else for longer than one question.
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from fastapi import Request

from zuji.govern.principal import Principal
from zuji.terms.error import Busy

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 4
MOST_OF_ONE = THREADS - 1
"""So many of the threads one asker has at a time: the last is always soon free for somebody else."""
MOST_WAITING = 200
MOST_WAITING_OF_ONE = MOST_WAITING // 2


@dataclass(frozen=True, slots=True, eq=False)
class _Turn:
    """A question that waits for a thread, and where its answer goes."""

    answer: Callable[[], Any]
    promised: Future[Any]
    ticket: str


class QuestionPool:
    """Runs blocking questions, by turns of who asks; refuses further ones with Busy when too many wait.

    Apps of several event loops may share one.
    """

    def __init__(
        self,
        *,
        threads: int = THREADS,
        most_of_one: int = MOST_OF_ONE,
        most_waiting: int = MOST_WAITING,
        most_waiting_of_one: int = MOST_WAITING_OF_ONE,
    ) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="question")
        self._free = threads
        self._most_of_one = most_of_one
        self._most_waiting = most_waiting
        self._most_waiting_of_one = most_waiting_of_one
        self._lock = threading.Lock()
        self._waiting: OrderedDict[str, deque[_Turn]] = OrderedDict()
        self._running: Counter[str] = Counter()

    async def run(self, asker: str, question: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The answer, computed on one of the question threads when it is this asker's turn."""
        return await asyncio.wrap_future(self.take(asker, lambda: question(*args, **kwargs)))

    def take(self, asker: str, question: Callable[[], T], *, ticket: str = "") -> Future[T]:
        """Stand in line at once, or raise Busy; the answer comes later. Cancelled while waiting, it leaves the line."""
        promised: Future[T] = Future()
        turn = _Turn(question, promised, ticket)
        with self._lock:
            self._refuse_too_many(asker)
            self._waiting.setdefault(asker, deque()).append(turn)
            self._start()
        promised.add_done_callback(lambda done: self._leave(asker, turn) if done.cancelled() else None)
        return promised

    def give_up(self, ticket: str) -> bool:
        """Take the questions with this ticket out of the line. Whether one waited there."""
        with self._lock:
            found = [turn for turns in self._waiting.values() for turn in turns if ticket and turn.ticket == ticket]
        return sum(turn.promised.cancel() for turn in found) > 0

    def _leave(self, asker: str, turn: _Turn) -> None:
        """Free the place of a question that nobody waits for any more, unless its thread has it already."""
        with self._lock:
            turns = self._waiting.get(asker)
            if turns is None or turn not in turns:
                return
            turns.remove(turn)
            if not turns:
                del self._waiting[asker]

    def _refuse_too_many(self, asker: str) -> None:
        """Raise Busy when there is no room for another question of this asker."""
        own = len(self._waiting.get(asker, ())) + self._running[asker]
        if own >= self._most_waiting_of_one:
            raise Busy(f"{own} questions of yours are waiting for the event store already. Try again in a moment.")
        every = sum(map(len, self._waiting.values())) + self._running.total()
        if every >= self._most_waiting:
            raise Busy(f"{every} questions are waiting for the event store already. Try again in a moment.")

    def _start(self) -> None:
        """Give every free thread to whoever is next. The lock is held."""
        while self._free and (asker := self._next()) is not None:
            turn = self._waiting[asker].popleft()
            self._waiting.move_to_end(asker)  # so that those with as many under way take turns
            if not self._waiting[asker]:
                del self._waiting[asker]
            self._free -= 1
            self._running[asker] += 1
            self._threads.submit(self._answer, asker, turn)

    def _next(self) -> str | None:
        """Who waits and has fewest under way; of several, who has waited longest for a turn."""
        open_ = [asker for asker in self._waiting if self._running[asker] < self._most_of_one]
        return min(open_, key=self._running.__getitem__, default=None)

    def _answer(self, asker: str, turn: _Turn) -> None:
        try:
            if turn.promised.set_running_or_notify_cancel():
                self._keep(turn)
        finally:
            with self._lock:
                self._free += 1
                self._start()  # others first: until here the asker counts as having one under way
                self._running[asker] -= 1
                if not self._running[asker]:
                    del self._running[asker]
                self._start()

    @staticmethod
    def _keep(turn: _Turn) -> None:
        try:
            found = turn.answer()
        except BaseException as failure:
            turn.promised.set_exception(failure)
        else:
            turn.promised.set_result(found)


@dataclass(frozen=True, slots=True)
class OwnTurn:
    """The pool as one asker sees it."""

    pool: QuestionPool
    asker: str

    async def run(self, question: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The answer, when it is this asker's turn."""
        return await self.pool.run(self.asker, question, *args, **kwargs)

    def take(self, question: Callable[[], T], *, ticket: str = "") -> Future[T]:
        """Stand in line at once, or raise Busy; the answer comes later."""
        return self.pool.take(self.asker, question, ticket=ticket)

    def give_up(self, ticket: str) -> bool:
        """Take the questions with this ticket out of the line. Whether one waited there."""
        return self.pool.give_up(ticket)


def questions_of(request: Request) -> OwnTurn:
    """The pool of the app that serves this request, at the turn of whoever sent it."""
    principal: Principal = request.state.principal
    return OwnTurn(request.app.state.questions, principal.user or principal.id)
