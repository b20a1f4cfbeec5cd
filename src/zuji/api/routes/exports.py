"""Exports: the rows of an answer, of SQL or of a list as a file."""

from __future__ import annotations

from typing import BinaryIO

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse

from zuji.analyse.export import Written
from zuji.api.exported import MEDIA_TYPES, export_of, pieces, write_export
from zuji.api.freshness import newest_event, wait_until_fresh
from zuji.api.guard import AnyCaller, GuardedRoute, needs
from zuji.api.listening import answered_while_listened, ticket_of
from zuji.api.ports import ports_of
from zuji.api.wire_exports import ExportIn

router = APIRouter(tags=["exports"], route_class=GuardedRoute)


@router.post(
    "/exports",
    dependencies=[Depends(wait_until_fresh)],
    openapi_extra=needs("exports.make"),
    response_class=StreamingResponse,
)
async def export(request: Request, caller: AnyCaller, body: ExportIn) -> StreamingResponse:
    """A file of up to as many rows as your role may take out. `Zuji-Truncated` says whether there were more.

    `Zuji-Freshness` is when the newest event happened that it could see; empty before there is any.
    """
    ticket = ticket_of(caller, body.ticket or ports_of(request).new_id())
    asked = export_of(request, caller, body, ticket=ticket)

    def made() -> tuple[str, BinaryIO, Written]:
        return newest_event(request, caller.workspace) or "", *write_export(asked)

    freshness, file, written = await answered_while_listened(request, made, ticket=ticket)
    headers = {
        "Content-Disposition": f'attachment; filename="zuji.{body.format}"',
        "Zuji-Rows": str(written.rows),
        "Zuji-Truncated": str(written.truncated).lower(),
        "Zuji-Freshness": freshness,
    }
    return StreamingResponse(pieces(file), media_type=MEDIA_TYPES[body.format], headers=headers)
