"""Questions answered in the background: started, looked at, stopped. They live as long as the engine's process.

A job belongs to the token that started it; nobody else sees it. What is done waits a quarter of an hour to be fetched;
fetched, it stays as long, unless there are very many.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

from zuji.store.events import EventStore
from zuji.store.query_progress import QueryProgress, progress_of
from zuji.terms.error import Busy, NotFound, ZujiError

State = Literal["waiting", "running", "done", "failed", "cancelled"]
KEPT_S = 900.0
MOST_JOBS = 200
MOST_JOBS_OF_ONE = MOST_JOBS // 2
"""So many are kept of one asker, whatever their tokens and workspaces: nobody fills the room of all."""


@dataclass(frozen=True, slots=True)
class Job:
    """One question in the background. `result` is there when it is done, `problem` when it failed."""

    id: str
    owner: str
    asker: str
    kind: str
    ticket: str
    began: float
    state: State = "waiting"
    ended: float | None = None
    result: Any = None
    problem: str | None = None
    fetched: bool = False

    def milliseconds(self, now: float) -> int:
        """How long it has taken so far, or took."""
        return round(((self.ended or now) - self.began) * 1000)


def progress_told(events: EventStore, job: Job) -> QueryProgress | None:
    """How far a running job is; None also when the store cannot say: whoever looks is told the rest all the same."""
    if job.state != "running":
        return None
    try:
        return progress_of(events, job.ticket)
    except ZujiError:
        return None


class Jobs:
    """All jobs of this process. Any thread may call."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}

    def add(self, job_id: str, *, owner: str, asker: str, kind: str, ticket: str) -> Job:
        """A new job, waiting. Raises Busy when there are very many already, and none whose end was fetched."""
        with self._lock:
            self._drop_old()
            own = [job for job in self._jobs.values() if job.asker == asker]
            if len(own) >= MOST_JOBS_OF_ONE and not self._drop_fetched(own):
                raise Busy(f"{len(own)} questions of yours are kept in the background already. Fetch or cancel some.")
            if len(self._jobs) >= MOST_JOBS and not self._drop_fetched(list(self._jobs.values())):
                raise Busy(f"{MOST_JOBS} questions are kept in the background already. Try again in a moment.")
            job = self._jobs[job_id] = Job(job_id, owner, asker, kind, ticket, self._clock())
        return job

    def forget(self, job_id: str) -> None:
        """Take back a job that will not be run."""
        with self._lock:
            self._jobs.pop(job_id, None)

    def get(self, job_id: str, owner: str) -> Job:
        """The job of this owner. Once its end was seen, it may make room for others."""
        with self._lock:
            self._drop_old()
            job = self._jobs.get(job_id)
            if job is not None and job.owner == owner and job.ended is not None:
                self._jobs[job_id] = replace(job, fetched=True)
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

    def _drop_fetched(self, jobs: list[Job]) -> bool:
        """Forget the oldest of these whose end was fetched. Whether there was one."""
        oldest = next((job for job in jobs if job.fetched), None)
        return oldest is not None and self._jobs.pop(oldest.id, None) is not None
