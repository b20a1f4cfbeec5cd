"""Questions about behaviour: ask one, list the people behind a figure, ask in the background."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from zuji.analyse.ask import Asker
from zuji.analyse.kinds import schemas
from zuji.api.freshness import wait_until_fresh
from zuji.api.guard import AnyCaller, Caller, GuardedRoute, needs
from zuji.api.jobs import Job, Jobs, progress_told
from zuji.api.kept_sql import kept_sql_of
from zuji.api.listening import answered_while_listened, stopped, ticket_of
from zuji.api.ports import ports_of
from zuji.api.question_answers import answer_out, asking_of, people_out
from zuji.api.questions import questions_of
from zuji.api.wire_questions import AnswerOut, JobOut, KindsOut, PeopleIn, PeopleOut, ProgressOut, QuestionIn
from zuji.store.query_progress import QueryProgress
from zuji.terms.error import Busy

router = APIRouter(tags=["questions"], route_class=GuardedRoute)
JobId = Annotated[str, Path(max_length=64, pattern=r"^[0-9A-Za-z_-]+$")]


@router.get("/questions/kinds", openapi_extra=needs("questions.ask"))
def kinds(caller: AnyCaller) -> KindsOut:
    """Every kind of question, with the JSON schema of its document."""
    return KindsOut(kinds=schemas())


@router.post("/questions/run", dependencies=[Depends(wait_until_fresh)], openapi_extra=needs("questions.ask"))
async def run(request: Request, caller: AnyCaller, body: QuestionIn) -> AnswerOut:
    """The answer to one question. It stops when you hang up, or when its ticket is cancelled."""
    ports, asker = ports_of(request), _asker_of(request)
    ticket = ticket_of(caller, body.ticket or ports.new_id())

    def answer() -> AnswerOut:
        found = asker.ask(body.kind, body.question, asking_of(ports, caller, ticket=ticket))
        return answer_out(found, caller, kept_sql_of(request))

    return await answered_while_listened(request, answer, ticket=ticket)


@router.post("/questions/people", dependencies=[Depends(wait_until_fresh)], openapi_extra=needs("profiles.read"))
async def people(request: Request, caller: AnyCaller, body: PeopleIn) -> PeopleOut:
    """The people behind one figure of an answer, in pages; identifiers are masked as your role asks for."""
    ports, asker = ports_of(request), _asker_of(request)
    ticket = ticket_of(caller, body.ticket or ports.new_id())

    def answer() -> PeopleOut:
        return people_out(ports, asker, caller, body, ticket=ticket)

    return await answered_while_listened(request, answer, ticket=ticket)


@router.post("/questions/jobs", status_code=202, openapi_extra=needs("questions.ask"))
async def start(request: Request, caller: AnyCaller, body: QuestionIn) -> JobOut:
    """Ask in the background; GET the job to see how far it is and, when it is done, its answer."""
    ports, asker, jobs = ports_of(request), _asker_of(request), _jobs_of(request)
    job_id = ports.new_id()
    ticket = ticket_of(caller, job_id)
    turns = questions_of(request)
    job = jobs.add(job_id, owner=_owner(caller), asker=turns.asker, kind=body.kind, ticket=ticket)

    def answer() -> AnswerOut:
        found = asker.ask(body.kind, body.question, asking_of(ports, caller, ticket=ticket))
        return answer_out(found, caller, kept_sql_of(request))

    try:
        turn = asyncio.wrap_future(turns.take(partial(jobs.run, job_id, answer), ticket=ticket))
    except Busy:
        jobs.forget(job_id)
        raise
    request.app.state.running.add(turn)
    turn.add_done_callback(request.app.state.running.discard)
    return _job_out(job, jobs)


@router.get("/questions/jobs/{job_id}", openapi_extra=needs("questions.ask"))
def look(request: Request, caller: AnyCaller, job_id: JobId) -> JobOut:
    """How far a question in the background is."""
    jobs = _jobs_of(request)
    job = jobs.get(job_id, _owner(caller))
    return _job_out(job, jobs, progress_told(ports_of(request).events, job))


@router.delete("/questions/jobs/{job_id}", openapi_extra=needs("questions.ask"))
async def cancel(request: Request, caller: AnyCaller, job_id: JobId) -> JobOut:
    """Stop a question in the background."""
    jobs = _jobs_of(request)
    job = jobs.get(job_id, _owner(caller))
    jobs.cancel(job_id)
    await stopped(request, job.ticket)
    return _job_out(jobs.get(job_id, _owner(caller)), jobs)


@router.delete("/questions/tickets/{ticket}", openapi_extra=needs("questions.ask"))
async def cancel_ticket(request: Request, caller: AnyCaller, ticket: JobId) -> dict[str, bool]:
    """Stop the running question that was sent with this ticket, by the same token in the same workspace."""
    return {"cancelled": await stopped(request, ticket_of(caller, ticket))}


def _owner(caller: Caller) -> str:
    return f"{caller.principal.id}\n{caller.workspace}"


def _asker_of(request: Request) -> Asker:
    asker: Asker = request.app.state.asker
    return asker


def _jobs_of(request: Request) -> Jobs:
    jobs: Jobs = request.app.state.jobs
    return jobs


def _job_out(job: Job, jobs: Jobs, progress: QueryProgress | None = None) -> JobOut:
    return JobOut(
        id=job.id,
        state=job.state,
        kind=job.kind,
        milliseconds=job.milliseconds(jobs.now()),
        progress=None if progress is None else ProgressOut(**asdict(progress)),
        problem=job.problem,
        answer=job.result,
    )
