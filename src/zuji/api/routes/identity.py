"""Who is who: why two identifiers belong together, and a person's decisions about it.

Every decision is written to the spool like an event and answered when it is applied; a merge then split gives back
exactly what was.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field

from zuji.api.decisions import decide
from zuji.api.guard import AnyCaller, GuardedRoute, needs
from zuji.api.wire import Applied, IdentifierShape, In

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


@router.post("/identity/merge", openapi_extra=needs("identity.write"))
async def merge(request: Request, caller: AnyCaller, body: MergeIn) -> Applied:
    """Say that two profiles are one person. 409 when a split or a limit forbids it; the message says what to do."""
    return await decide(request, caller, "merge", body.model_dump())


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
