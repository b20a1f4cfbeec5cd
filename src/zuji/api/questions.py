"""Threads for questions to the event store: few, so that heavy questions queue instead of stalling everything else.

Each thread keeps its own connection to the store, which is another reason to have few. Profile reads never come here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from fastapi import Request

from zuji.terms.error import Busy

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 4
MOST_WAITING = 200


class QuestionPool:
    """Runs blocking questions; refuses further ones with Busy when too many wait."""

    def __init__(self, *, threads: int = THREADS, most_waiting: int = MOST_WAITING) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="question")
        self._most_waiting = most_waiting
        self._under_way = 0

    async def run(self, question: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The answer, computed on one of the question threads."""
        if self._under_way >= self._most_waiting:
            raise Busy(f"{self._under_way} questions are waiting for the event store already. Try again in a moment.")
        self._under_way += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: question(*args, **kwargs))
        finally:
            self._under_way -= 1


def questions_of(request: Request) -> QuestionPool:
    """The pool of the app that serves this request."""
    pool: QuestionPool = request.app.state.questions
    return pool
