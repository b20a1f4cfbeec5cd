"""Who is who: why two identifiers belong together, and a person's decisions about it.

Every decision is written to the spool like an event and answered when it is applied; a merge then split gives back
exactly what was.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field

from zuji.api.decisions import decide
from zuji.api.freshness import wait_until_fresh
from zuji.api.guard import AnyCaller, Caller, GuardedRoute, needs
from zuji.api.identifiers import parse_identifier
from zuji.api.people import identifier_out, in_usual_form
from zuji.api.ports import ports_of
from zuji.api.wire import Applied, IdentifierShape, In, Out, iso
from zuji.identify.explain import Step, explain
from zuji.terms.error import Conflict

router = APIRouter(tags=["identity"], route_class=GuardedRoute)
Why = Annotated[str, Field(max_length=500, examples=["same loyalty card, confirmed by phone"])]


class MergeIn(In):
    """Two identifiers (or profiles, with the type `profile`) that are one person."""

    a: IdentifierShape
    b: IdentifierShape
    why: Why = ""


class SplitIn(In):
    """The identifiers that leave a profile."""

    profile: IdentifierShape
    leaving: list[IdentifierShape] = Field(min_length=1, max_length=1000)
    why: Why = ""


class PairIn(In):
    """A pair that an earlier split keeps apart."""

    a: IdentifierShape
    b: IdentifierShape
    why: Why = ""


class BlockIn(In):
    """A value that stands for nobody."""

    identifier: IdentifierShape
    why: Why = ""


class StepOut(Out):
    """One piece of evidence between two identifiers; `refusal` is the rule that refused it, if one did."""

    a: IdentifierShape
    b: IdentifierShape
    rule: str = Field(examples=["identify"])
    key: str
    source: str
    at: str
    event_id: str
    refusal: str | None = Field(examples=["both_identified"])


class ExplanationOut(Out):
    """The shortest chain of evidence between two identifiers of one person; for two people, what was refused."""

    same_profile: bool
    path: list[StepOut]
    refused: list[StepOut]


REFUSALS = {
    "split_forbids": "an earlier split keeps them apart. Lift it first.",
}
"""What to do about a merge that the rules refused."""


@router.get("/identity/explain", dependencies=[Depends(wait_until_fresh)], openapi_extra=needs("identity.read"))
def explain_link(
    request: Request,
    caller: AnyCaller,
    a: Annotated[str, Query(max_length=400, examples=["user_id:u-1042"])],
    b: Annotated[str, Query(max_length=400, examples=["phone:+8613812348000"])],
) -> ExplanationOut:
    """Why two identifiers belong to one person, or which rule keeps them apart."""
    hot = ports_of(request).hot
    one, other = (in_usual_form(hot, caller.workspace, parse_identifier(text)) for text in (a, b))
    found = explain(hot, caller.workspace, one, other)
    return ExplanationOut(
        same_profile=found.same_profile,
        path=[_step(step, caller) for step in found.path],
        refused=[_step(step, caller) for step in found.refused],
    )


def _step(step: Step, caller: Caller) -> StepOut:
    return StepOut(
        a=identifier_out(step.a, caller),
        b=identifier_out(step.b, caller),
        rule=step.rule,
        key=step.key,
        source=step.source,
        at=iso(step.at),
        event_id=step.event_id,
        refusal=step.refusal,
    )


@router.post("/identity/merge", openapi_extra=needs("identity.write"))
async def merge(request: Request, caller: AnyCaller, body: MergeIn) -> Applied:
    """Say that two profiles are one person. 409 when a split forbids it; the message says what to do."""
    applied = await decide(request, caller, "merge", body.model_dump())
    if applied.outcome.get("merged") is False:
        why = str(applied.outcome.get("because", ""))
        raise Conflict(f"the two stay apart: {REFUSALS.get(why, why)}")
    return applied


@router.post("/identity/split", openapi_extra=needs("identity.write"))
async def split(request: Request, caller: AnyCaller, body: SplitIn) -> Applied:
    """Let identifiers leave a profile. They stay apart, whatever the evidence, until the split is lifted."""
    return await decide(request, caller, "split", body.model_dump())


@router.post("/identity/lift", openapi_extra=needs("identity.write"))
async def lift(request: Request, caller: AnyCaller, body: PairIn) -> Applied:
    """Let evidence link a pair again that a split keeps apart."""
    return await decide(request, caller, "lift", body.model_dump())


@router.post("/identity/block", openapi_extra=needs("identity.write"))
async def block(request: Request, caller: AnyCaller, body: BlockIn) -> Applied:
    """Say that a value stands for nobody: it links nothing any more, and what it linked comes apart."""
    return await decide(request, caller, "block", body.model_dump())


@router.post("/identity/unblock", openapi_extra=needs("identity.write"))
async def unblock(request: Request, caller: AnyCaller, body: BlockIn) -> Applied:
    """Take a block back."""
    return await decide(request, caller, "unblock", body.model_dump())
