"""Saved questions: kept, changed, shared inside the workspace, run again."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from zuji.analyse import saved
from zuji.api.desks import SavedId, answered, desk_of
from zuji.api.freshness import wait_until_fresh
from zuji.api.guard import AnyCaller, GuardedRoute, needs
from zuji.api.wire import iso
from zuji.api.wire_questions import AnswerOut
from zuji.api.wire_saved import RunIn, SavedQuestionChange, SavedQuestionIn, SavedQuestionList, SavedQuestionOut
from zuji.store.saved import SavedQuestion

router = APIRouter(tags=["saved questions"], route_class=GuardedRoute)


@router.get("/questions/saved", openapi_extra=needs("questions.ask"))
def list_questions(request: Request, caller: AnyCaller) -> SavedQuestionList:
    """The saved questions you may see: your own, those shared in the workspace, and for an owner all."""
    found = saved.visible(desk_of(request, caller), SavedQuestion)
    return SavedQuestionList(questions=[_out(one) for one in found])


@router.post("/questions/saved", status_code=201, openapi_extra=needs("questions.save"))
def save(request: Request, caller: AnyCaller, body: SavedQuestionIn) -> SavedQuestionOut:
    """Keep a question."""
    made = saved.save_question(
        desk_of(request, caller),
        name=body.name,
        description=body.description,
        kind=body.kind,
        document=body.question,
        shared=body.shared,
    )
    return _out(made)


@router.get("/questions/saved/{question_id}", openapi_extra=needs("questions.ask"))
def show(request: Request, caller: AnyCaller, question_id: SavedId) -> SavedQuestionOut:
    """One saved question."""
    return _out(saved.seen(desk_of(request, caller), SavedQuestion, question_id))


@router.patch("/questions/saved/{question_id}", openapi_extra=needs("questions.save"))
def change(request: Request, caller: AnyCaller, question_id: SavedId, body: SavedQuestionChange) -> SavedQuestionOut:
    """Change a question of yours; an owner any."""
    changes = body.model_dump(exclude_none=True)
    if "question" in changes:
        changes["document"] = changes.pop("question")
    return _out(saved.change_question(desk_of(request, caller), question_id, changes))


@router.delete("/questions/saved/{question_id}", status_code=204, openapi_extra=needs("questions.save"))
def delete(request: Request, caller: AnyCaller, question_id: SavedId) -> Response:
    """Forget a question of yours; an owner any. 409 while an alert watches it."""
    saved.delete_question(desk_of(request, caller), question_id)
    return Response(status_code=204)


@router.post(
    "/questions/saved/{question_id}/run",
    dependencies=[Depends(wait_until_fresh)],
    openapi_extra=needs("questions.ask"),
)
async def run(request: Request, caller: AnyCaller, question_id: SavedId, body: RunIn | None = None) -> AnswerOut:
    """The answer to a saved question, now."""
    found = await run_in_threadpool(saved.seen, desk_of(request, caller), SavedQuestion, question_id)
    return await answered(request, caller, found.kind, found.document, ticket=body.ticket if body else "")


def _out(one: SavedQuestion) -> SavedQuestionOut:
    return SavedQuestionOut(
        id=one.id,
        name=one.name,
        description=one.description,
        kind=one.kind,
        question=one.document,
        owner=one.owner,
        shared=one.shared,
        created_at=iso(one.created_at),
        updated_at=iso(one.updated_at),
    )
