"""The change stream: every change of tags and segments, in order, as a list to page through and as a stream."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse
from msgspec.structs import replace

from zuji.api.change_log import newest_change
from zuji.api.guard import AnyCaller, Caller, GuardedRoute, needs
from zuji.api.masked_tags import tags_shown
from zuji.api.ports import Ports, ports_of
from zuji.api.waiting import wait_for
from zuji.api.wire_changes import ChangeOut, ChangePage
from zuji.govern.principal import Principal
from zuji.store import tag_values
from zuji.store.tag_values import TagChange
from zuji.tag.told import told
from zuji.terms.error import Busy

router = APIRouter(tags=["changes"], route_class=GuardedRoute)

LOOKED_EVERY_S = 0.05
BEAT_EVERY_S = 15.0
RIGHTS_EVERY_S = 15.0
"""A stream outlives the role or token that opened it by no more than this."""
MOST_STREAMS = 50
AT_ONCE = 500

After = Annotated[int | None, Query(ge=0, description="The number of the last change known; without it, from now on.")]
Keys = Annotated[list[str] | None, Query(description="Only these tags and segments.", max_length=200)]


@router.get("/changes", openapi_extra=needs("profiles.read"))
def list_changes(
    request: Request,
    caller: AnyCaller,
    after: Annotated[int, Query(ge=0, description="`next` of the page before.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    keys: Keys = None,
    silent: Annotated[bool, Query(description="Also changes that nobody is told of (backfills, damped).")] = False,
) -> ChangePage:
    """Changes of tags and segments in the order in which they could be read."""
    found = _changes(ports_of(request), caller, after, limit, silent=silent)
    shown = [ChangeOut(**told(one)) for one in found if keys is None or one.key in keys]
    return ChangePage(changes=shown, next=found[-1].number if found else after)


@router.get("/changes/stream", openapi_extra=needs("profiles.read"), response_class=StreamingResponse)
async def stream(
    request: Request,
    caller: AnyCaller,
    after: After = None,
    keys: Keys = None,
    last_event_id: Annotated[str, Header(pattern=r"^[0-9]{0,18}$")] = "",
) -> StreamingResponse:
    """Changes as they come, as server-sent events: each with its number as id, so that a reader that lost the line
    goes on where it was.
    """
    ports = ports_of(request)
    if last_event_id:
        after = int(last_event_id)
    if after is None:
        after = await wait_for(request, newest_change, ports)
    running: set[object] = request.app.state.streams
    if len(running) >= MOST_STREAMS:
        raise Busy(f"{MOST_STREAMS} streams of changes are open already. Close one, or poll /api/v1/changes.")
    lines = _lines(request, ports, caller, after, frozenset(keys) if keys else None, running)
    return StreamingResponse(lines, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


async def _lines(
    request: Request, ports: Ports, caller: Caller, after: int, keys: frozenset[str] | None, running: set[object]
) -> AsyncIterator[str]:
    here = object()
    running.add(here)
    try:
        yield "retry: 1000\n\n"
        quiet, checked = 0.0, time.monotonic()
        while True:
            if time.monotonic() - checked >= RIGHTS_EVERY_S:
                checked = time.monotonic()
                if not await _may_still(request, caller):
                    return
            found = await wait_for(request, _changes, ports, caller, after, AT_ONCE)
            for one in found:
                after = one.number
                if keys is None or one.key in keys:
                    quiet = 0.0
                    yield f"id: {one.number}\nevent: change\ndata: {json.dumps(told(one), ensure_ascii=False)}\n\n"
            if len(found) < AT_ONCE:
                await asyncio.sleep(LOOKED_EVERY_S)
                quiet += LOOKED_EVERY_S
            if quiet >= BEAT_EVERY_S:
                quiet = 0.0
                yield ": nothing new\n\n"
    finally:
        running.discard(here)


async def _may_still(request: Request, caller: Caller) -> bool:
    """Whether who opened the stream still has the right, and sees personal values as it was opened."""
    now: Principal | None = await request.state.admitted_again()
    if now is None or not now.may("profiles.read") or not now.covers(caller.workspace):
        return False
    return now.may("personal.read") == caller.sees_personal


def _changes(ports: Ports, caller: Caller, after: int, limit: int, *, silent: bool = False) -> list[TagChange]:
    """What changed after a number, with the values as this caller may see them."""
    to = None if silent else tag_values.TOLD
    with ports.hot.read() as connection:
        found = tag_values.changes_after(connection, caller.workspace, after, limit, told=to)
    shown = tags_shown(ports, caller)
    return [replace(one, old=shown(one.key, one.old), new=shown(one.key, one.new)) for one in found]
