"""Events: how many, and which. By anybody's identifier, by name, type, id, source and time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from zuji.api.cursors import read_cursor
from zuji.api.event_pages import page_of_events
from zuji.api.freshness import wait_until_fresh
from zuji.api.guard import AnyCaller, GuardedRoute, needs
from zuji.api.moments import milliseconds
from zuji.api.people import owned_by_user
from zuji.api.ports import Ports, ports_of
from zuji.api.questions import questions_of
from zuji.api.wire import Count, EventPage
from zuji.store.event_queries import EventFilter, count_events
from zuji.terms.event import EventType

router = APIRouter(tags=["events"], route_class=GuardedRoute)


@dataclass(frozen=True)
class Filters:
    """What restricts a question about events; what is left out does not."""

    user: Annotated[
        str | None, Query(max_length=1000, description="Any identifier value of a person.", examples=["u-1042"])
    ] = None
    type: Annotated[EventType | None, Query(description="The type; `profile` is a trait update.")] = None
    event: Annotated[str | None, Query(max_length=1000, description="The name of the event.")] = None
    message_id: Annotated[str | None, Query(max_length=1000, description="The message id as sent.")] = None
    source: Annotated[str | None, Query(max_length=100, description="The source, by id.")] = None
    since: Annotated[str | None, Query(alias="from", description="Occurred at or after.")] = None
    until: Annotated[str | None, Query(alias="to", description="Occurred before.")] = None

    def settled(self, ports: Ports, workspace: str) -> EventFilter:
        """The filter as the store takes it, the user resolved to what belongs to those people now."""
        return EventFilter(
            workspace=workspace,
            owned=None if self.user is None else owned_by_user(ports.hot, workspace, self.user),
            type=self.type,
            event=self.event,
            message_id=self.message_id,
            source=self.source,
            from_ms=milliseconds(self.since, name="from"),
            to_ms=milliseconds(self.until, name="to"),
        )


AnyFilters = Annotated[Filters, Depends()]


@router.get("/events/count", dependencies=[Depends(wait_until_fresh)], openapi_extra=needs("events.read"))
async def count(request: Request, caller: AnyCaller, filters: AnyFilters) -> Count:
    """How many events match, exactly. A user's are those of the whole person, whatever identifier brought them."""
    ports = ports_of(request)

    def answer() -> int:
        wanted = filters.settled(ports, caller.workspace)
        return 0 if wanted.owned == [] else count_events(ports.events, wanted)

    return Count(count=await questions_of(request).run(answer))


@router.get(
    "/events",
    response_model=EventPage,
    dependencies=[Depends(wait_until_fresh)],
    openapi_extra=needs("events.read"),
)
async def list_(
    request: Request,
    caller: AnyCaller,
    filters: AnyFilters,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[str | None, Query(max_length=100, description="`next` of the page before.")] = None,
) -> Response:
    """The matching events, newest first, each with the person it belongs to now."""
    ports = ports_of(request)
    after = read_cursor(cursor)

    def answer() -> bytes:
        wanted = filters.settled(ports, caller.workspace)
        return page_of_events(ports, wanted, caller, limit=limit, after=after)

    return Response(await questions_of(request).run(answer), media_type="application/json")
