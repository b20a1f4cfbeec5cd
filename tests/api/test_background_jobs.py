"""What is kept of questions in the background: nobody fills the room of all, and what was fetched makes room."""

from __future__ import annotations

from pathlib import Path

import pytest

from zuji.api.jobs import MOST_JOBS, MOST_JOBS_OF_ONE, Job, Jobs, progress_told
from zuji.store.events import EventStore
from zuji.store.failure import StoreBusy
from zuji.store.query_progress import progress_of
from zuji.terms.error import Busy, NotFound


def added(jobs: Jobs, job_id: str, asker: str = "ada") -> Job:
    return jobs.add(job_id, owner=f"{asker}'s token", asker=asker, kind="funnel", ticket="ab" * 16)


def done(jobs: Jobs, job_id: str, asker: str = "ada") -> None:
    added(jobs, job_id, asker)
    jobs.run(job_id, lambda: "the answer")


def test_one_asker_fills_half_of_the_room_and_leaves_the_other_half_to_others() -> None:
    jobs = Jobs()
    for number in range(MOST_JOBS_OF_ONE):
        added(jobs, f"ada-{number}")
    with pytest.raises(Busy, match=f"{MOST_JOBS_OF_ONE} questions of yours"):
        added(jobs, "one too many")
    assert added(jobs, "of somebody else", "grace").state == "waiting"
    assert MOST_JOBS_OF_ONE < MOST_JOBS


def test_a_job_taken_back_leaves_its_place() -> None:
    jobs = Jobs()
    for number in range(MOST_JOBS_OF_ONE):
        added(jobs, f"ada-{number}")
    jobs.forget("ada-7")
    assert added(jobs, "in its place").state == "waiting"
    with pytest.raises(NotFound):
        jobs.get("ada-7", "ada's token")


def test_an_answer_that_was_fetched_makes_room_and_one_that_was_not_is_kept() -> None:
    jobs = Jobs()
    for number in range(MOST_JOBS_OF_ONE):
        done(jobs, f"ada-{number}")
    with pytest.raises(Busy, match="Fetch or cancel some"):
        added(jobs, "one too many")
    assert jobs.get("ada-5", "ada's token").result == "the answer"
    added(jobs, "in its place")
    with pytest.raises(NotFound):
        jobs.get("ada-5", "ada's token")
    assert jobs.get("ada-0", "ada's token").result == "the answer"


def test_what_somebody_else_looks_for_is_not_fetched() -> None:
    jobs = Jobs()
    for number in range(MOST_JOBS_OF_ONE):
        done(jobs, f"ada-{number}")
    with pytest.raises(NotFound):
        jobs.get("ada-5", "grace's token")
    with pytest.raises(Busy):
        added(jobs, "one too many")


def test_the_room_of_all_is_freed_by_whoever_fetched_theirs() -> None:
    jobs = Jobs()
    for number in range(MOST_JOBS):
        done(jobs, f"job-{number}", f"asker {number % 4}")
    with pytest.raises(Busy, match=f"{MOST_JOBS} questions are kept"):
        added(jobs, "one too many", "grace")
    jobs.get("job-3", "asker 3's token")
    assert added(jobs, "in its place", "grace").state == "waiting"


def test_a_job_is_told_without_its_progress_when_the_store_cannot_say_it(tmp_path: Path) -> None:
    store = EventStore.open(tmp_path / "events")
    store.close()
    job = Job("one", "ada's token", "ada", "funnel", "ab" * 16, 0.0, state="running")
    with pytest.raises(StoreBusy):
        progress_of(store, job.ticket)
    assert progress_told(store, job) is None
