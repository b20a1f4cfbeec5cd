"""Questions answered in the background: started, looked at, stopped. They live as long as the engine's process.

A job belongs to the token that started it; nobody else sees it. What is done waits a quarter of an hour to be fetched.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

from zuji.terms.error import Busy, NotFound, ZujiError

State = Literal["waiting", "running", "done", "failed", "cancelled"]
KEPT_S = 900.0
MOST_JOBS = 200


@dataclass(frozen=True, slots=True)
class Job:
    """One question in the background. `result` is there when it is done, `problem` when it failed."""

    id: str
    owner: str
    kind: str
    ticket: str
    began: float
    state: State = "waiting"
    ended: float | None = None
    result: Any = None
    problem: str | None = None

    def milliseconds(self, now: float) -> int:
        """How long it has taken so far, or took."""
        return round(((self.ended or now) - self.began) * 1000)


class Jobs:
    """All jobs of this process. Any thread may call."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}

    def add(self, job_id: str, *, owner: str, kind: str, ticket: str) -> Job:
        """A new job, waiting. Raises Busy when there are very many already."""
        with self._lock:
            self._drop_old()
            if len(self._jobs) >= MOST_JOBS:
                raise Busy(f"{MOST_JOBS} questions are kept in the background already. Fetch or cancel some.")
            job = self._jobs[job_id] = Job(job_id, owner, kind, ticket, self._clock())
        return job

    def get(self, job_id: str, owner: str) -> Job:
        """The job of this owner."""
        with self._lock:
            self._drop_old()
            job = self._jobs.get(job_id)
        if job is None or job.owner != owner:
            raise NotFound(f"there is no question {job_id!r:.80} in the background; finished ones are kept 15 minutes.")
        return job

    def now(self) -> float:
        """The clock of `began` and `ended`."""
        return self._clock()

    def run(self, job_id: str, answer: Callable[[], Any]) -> None:
        """Run a waiting job to its end, on the calling thread."""
        if not self._turn(job_id, {"waiting"}, "running"):
            return
        try:
            result = answer()
        except ZujiError as error:
            self._end(job_id, "failed", problem=str(error))
        except Exception:
            self._end(job_id, "failed", problem="something broke inside zuji; the log of the engine says what.")
            raise
        else:
            self._end(job_id, "done", result=result)

    def cancel(self, job_id: str) -> None:
        """Mark as cancelled what has not ended; the caller stops its statements."""
        self._turn(job_id, {"waiting", "running"}, "cancelled")

    def _turn(self, job_id: str, before: set[State], state: State) -> bool:
        with self._lock:
            job = self._jobs.get(job_id)
            if job is None or job.state not in before:
                return False
            ended = self._clock() if state == "cancelled" else None
            self._jobs[job_id] = replace(job, state=state, ended=ended)
        return True

    def _end(self, job_id: str, state: State, *, result: Any = None, problem: str | None = None) -> None:
        with self._lock:
            job = self._jobs.get(job_id)
            if job is not None and job.state == "running":
                self._jobs[job_id] = replace(job, state=state, ended=self._clock(), result=result, problem=problem)

    def _drop_old(self) -> None:
        since = self._clock() - KEPT_S
        self._jobs = {one: job for one, job in self._jobs.items() if job.ended is None or job.ended > since}
