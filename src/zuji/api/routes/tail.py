"""The live view: what every stage did to each event as it passed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from zuji.api.guard import AnyCaller, GuardedRoute, needs
from zuji.api.ports import ports_of
from zuji.api.waiting import wait_for
from zuji.api.wire import TraceOut, TracePage, iso
from zuji.govern.masking import mask_text

router = APIRouter(tags=["live"], route_class=GuardedRoute)


@router.get("/tail", openapi_extra=needs("events.read"))
async def tail(
    request: Request,
    caller: AnyCaller,
    after: Annotated[int, Query(ge=0, description="`next` of the page before.")] = 0,
    wait_s: Annotated[float, Query(ge=0, le=25, description="Wait this long for the first event.")] = 10,
) -> TracePage:
    """The newest events with what each stage did to them. Kept in memory only, and thinned out in a flood."""
    watch = ports_of(request).watch
    traces = await wait_for(request, watch.after, after, workspace=caller.workspace, timeout_s=wait_s)
    events = [
        TraceOut(
            number=trace.number,
            source=trace.source,
            type=trace.type,
            event=trace.event,
            message_id=trace.message_id,
            received_at=iso(trace.received_at),
            occurred_at=None if trace.occurred_at is None else iso(trace.occurred_at),
            person=trace.person,
            outcome=trace.outcome,
            stages=trace.stages
            if caller.sees_personal
            else {name: mask_text(did) for name, did in trace.stages.items()},
        )
        for trace in traces
    ]
    return TracePage(events=events, next=max([after, *(event.number for event in events)]))
