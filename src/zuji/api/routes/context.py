"""The page-time pattern: hand in what just happened, get back in the same call what is now known about the person."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import Field

from zuji.api.guard import AnyCaller, GuardedRoute, needs
from zuji.api.people import profile_of
from zuji.api.ports import ports_of
from zuji.api.routes.profiles import ProfileOut, profile_out
from zuji.api.wire import In, Name, Out
from zuji.api.wire_profiles import USUAL, IncludeList

router = APIRouter(tags=["profiles"], route_class=GuardedRoute)


class ContextIn(In):
    """What happened, as a Segment message, and which source's settings it is taken in with."""

    source: Name = Field(description="The id or name of a source.", examples=["web"])
    type: Literal["track", "page", "screen", "identify", "group", "alias"] = "track"
    event: dict[str, Any] = Field(examples=[{"event": "Product Viewed", "userId": "u-1", "properties": {"sku": "A"}}])
    include: IncludeList = USUAL


class ContextOut(Out):
    """The person after the event. `stored`: false where the event was rejected; then `profile` is as it was."""

    message_id: str
    stored: bool
    problem: str | None = None
    profile: ProfileOut | None = None


@router.post("/context", openapi_extra=needs("context.use"))
async def context(request: Request, caller: AnyCaller, body: ContextIn) -> ContextOut:
    """Take the event in and give the updated profile, tags and segments: read from hot state, in milliseconds."""
    ports = ports_of(request)
    taken = await ports.intake.take_and_wait(caller.workspace, body.source, body.type, body.event)
    found = None if taken.subject is None else profile_of(ports.hot, caller.workspace, taken.subject)
    return ContextOut(
        message_id=taken.message_id,
        stored=taken.problem is None,
        problem=taken.problem,
        profile=None if found is None else profile_out(ports, found, caller, body.include),
    )
