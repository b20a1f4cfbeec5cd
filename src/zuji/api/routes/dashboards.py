"""Dashboards: questions on a page, with what people wrote about moments; all answered at once."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from zuji.analyse import dashboards
from zuji.analyse.dashboards import Tile
from zuji.analyse.saved import Desk, seen, visible
from zuji.api.answers import LONGEST_MESSAGE
from zuji.api.desks import SavedId, answered, desk_of
from zuji.api.freshness import wait_until_fresh
from zuji.api.guard import AnyCaller, Caller, GuardedRoute, needs
from zuji.api.moments import milliseconds
from zuji.api.ports import ports_of
from zuji.api.wire import iso
from zuji.api.wire_saved import (
    AnnotationIn,
    AnnotationOut,
    DashboardAnswer,
    DashboardChange,
    DashboardIn,
    DashboardList,
    DashboardOut,
    DashboardPage,
    TileOut,
)
from zuji.store.saved import Annotation, Dashboard
from zuji.terms.error import ZujiError

router = APIRouter(tags=["dashboards"], route_class=GuardedRoute)


@router.get("/dashboards", openapi_extra=needs("questions.ask"))
def list_dashboards(request: Request, caller: AnyCaller) -> DashboardList:
    """The dashboards you may see: your own, those shared in the workspace, and for an owner all."""
    return DashboardList(
        dashboards=[DashboardOut(**_fields(one)) for one in visible(desk_of(request, caller), Dashboard)]
    )


@router.post("/dashboards", status_code=201, openapi_extra=needs("questions.save"))
def save(request: Request, caller: AnyCaller, body: DashboardIn) -> DashboardOut:
    """Keep a dashboard."""
    made = dashboards.save_dashboard(desk_of(request, caller), name=body.name, shared=body.shared, tiles=body.tiles)
    return DashboardOut(**_fields(made))


@router.get("/dashboards/{dashboard_id}", openapi_extra=needs("questions.ask"))
def show(request: Request, caller: AnyCaller, dashboard_id: SavedId) -> DashboardPage:
    """One dashboard with its annotations."""
    found = seen(desk_of(request, caller), Dashboard, dashboard_id)
    written = ports_of(request).saved.annotations(found.id)
    return DashboardPage(**_fields(found), annotations=[_annotation(one) for one in written])


@router.patch("/dashboards/{dashboard_id}", openapi_extra=needs("questions.save"))
def change(request: Request, caller: AnyCaller, dashboard_id: SavedId, body: DashboardChange) -> DashboardOut:
    """Change a dashboard of yours; an owner any."""
    changes = body.model_dump(exclude_none=True)
    return DashboardOut(**_fields(dashboards.change_dashboard(desk_of(request, caller), dashboard_id, changes)))


@router.delete("/dashboards/{dashboard_id}", status_code=204, openapi_extra=needs("questions.save"))
def delete(request: Request, caller: AnyCaller, dashboard_id: SavedId) -> Response:
    """Forget a dashboard of yours; an owner any."""
    dashboards.delete_dashboard(desk_of(request, caller), dashboard_id)
    return Response(status_code=204)


@router.post(
    "/dashboards/{dashboard_id}/run", dependencies=[Depends(wait_until_fresh)], openapi_extra=needs("questions.ask")
)
async def run(request: Request, caller: AnyCaller, dashboard_id: SavedId) -> DashboardAnswer:
    """Every tile answered, one after the other, so that a large dashboard takes one place in the line at a time."""
    desk = desk_of(request, caller)
    tiles = dashboards.tiles_of(await run_in_threadpool(seen, desk, Dashboard, dashboard_id))
    found: list[TileOut] = []
    for place, tile in enumerate(tiles):
        if await request.is_disconnected():
            break  # nobody would read the others
        found.append(await _answered(request, caller, desk, place, tile))
    return DashboardAnswer(tiles=found)


@router.post("/dashboards/{dashboard_id}/annotations", status_code=201, openapi_extra=needs("questions.save"))
def annotate(request: Request, caller: AnyCaller, dashboard_id: SavedId, body: AnnotationIn) -> AnnotationOut:
    """Write about a moment on a dashboard that you see."""
    at = milliseconds(body.at, name="at") or 0
    return _annotation(dashboards.annotate(desk_of(request, caller), dashboard_id, at=at, text=body.text))


@router.delete(
    "/dashboards/{dashboard_id}/annotations/{annotation_id}",
    status_code=204,
    openapi_extra=needs("questions.save"),
)
def remove_annotation(request: Request, caller: AnyCaller, dashboard_id: SavedId, annotation_id: SavedId) -> Response:
    """Take away what you wrote, or anything on a dashboard of yours; an owner anything."""
    dashboards.remove_annotation(desk_of(request, caller), dashboard_id, annotation_id)
    return Response(status_code=204)


async def _answered(request: Request, caller: Caller, desk: Desk, place: int, tile: Tile) -> TileOut:
    """A tile that fails says why, and the others are answered all the same."""
    try:
        kind, document = await run_in_threadpool(dashboards.question_of, desk, tile)
        return TileOut(tile=place, title=tile.title, answer=await answered(request, caller, kind, document))
    except ZujiError as failure:
        return TileOut(tile=place, title=tile.title, code=failure.code, problem=str(failure)[:LONGEST_MESSAGE])


def _fields(one: Dashboard) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "owner": one.owner,
        "shared": one.shared,
        "tiles": list(one.tiles),
        "created_at": iso(one.created_at),
        "updated_at": iso(one.updated_at),
    }


def _annotation(one: Annotation) -> AnnotationOut:
    return AnnotationOut(id=one.id, at=iso(one.at), text=one.text, author=one.author)
