"""Uploads: a file is uploaded once, its columns looked at, the mapping edited and checked, and then it is imported.

What is uploaded and never imported is deleted after a day.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Query, Request
from starlette.exceptions import HTTPException

from zuji.api.guard import AnyCaller, GuardedRoute, needs
from zuji.api.ports import ports_of
from zuji.api.routes.imports import ImportOut, import_out, note_import, require_room
from zuji.api.waiting import wait_for
from zuji.api.wire import Name, iso
from zuji.api.wire_uploads import (
    FileCheckOut,
    UploadList,
    UploadLookIn,
    UploadLookOut,
    UploadMappingIn,
    UploadOut,
)

router = APIRouter(tags=["imports"], route_class=GuardedRoute)

CEILING_BYTES = 64 * 1024 * 1024 * 1024
"""No setting allows more."""


@router.get("/imports/uploads", openapi_extra=needs("sources.write"))
def list_uploads(request: Request, caller: AnyCaller) -> UploadList:
    """The files that wait to be imported, newest first, and how large one may be."""
    uploads = ports_of(request).uploads
    return UploadList(most_bytes=uploads.most_bytes, uploads=[_out(one) for one in uploads.all(caller.workspace)])


@router.post("/imports/uploads", status_code=201, openapi_extra=needs("sources.write", most_bytes=CEILING_BYTES))
async def upload_file(
    request: Request,
    caller: AnyCaller,
    file: Annotated[Name, Query(description="The name of the file, for people; a workbook is known by it.")] = "upload",
) -> UploadOut:
    """Upload the body, a file as it is or compressed. It is kept for a day."""
    ports = ports_of(request)
    upload_id = ports.new_id()
    path = await wait_for(request, ports.uploads.place, caller.workspace, upload_id, file)
    async with _removed_when_broken(request, upload_id):
        size, lines = await _written(request, path, most=ports.uploads.most_bytes)
        return _out(
            await wait_for(request, ports.uploads.offer, caller.workspace, upload_id, name=file, size=size, lines=lines)
        )


@router.delete("/imports/uploads/{upload_id}", openapi_extra=needs("sources.write"))
def remove_upload(request: Request, caller: AnyCaller, upload_id: str) -> UploadOut:
    """Delete an uploaded file before its day is over. Imports of it that have begun go on."""
    uploads = ports_of(request).uploads
    upload = uploads.get(caller.workspace, upload_id)
    uploads.remove(upload_id)
    return _out(upload)


@router.post("/imports/uploads/{upload_id}/look", openapi_extra=needs("sources.write"))
async def look_at_upload(request: Request, caller: AnyCaller, upload_id: str, body: UploadLookIn) -> UploadLookOut:
    """Its columns with some of their values, and a mapping: the one in the body, or a guess to begin with."""
    look = ports_of(request).uploads.look
    return UploadLookOut(**await wait_for(request, look, caller.workspace, upload_id, body.mapping))


@router.post("/imports/uploads/{upload_id}/check", openapi_extra=needs("sources.write"))
async def check_upload(request: Request, caller: AnyCaller, upload_id: str, body: UploadMappingIn) -> FileCheckOut:
    """The first 20,000 rows through the real stages, on trial: how good they are, what is wrong, with example rows."""
    found = await wait_for(
        request, ports_of(request).uploads.check, caller.workspace, upload_id, body.source, mapping=body.mapping
    )
    return FileCheckOut(**found)


@router.post("/imports/uploads/{upload_id}/begin", status_code=202, openapi_extra=needs("sources.write"))
async def begin_import_of_upload(
    request: Request, caller: AnyCaller, upload_id: str, body: UploadMappingIn
) -> ImportOut:
    """Import an uploaded file. The same file, mapping and source again is the same import, and changes nothing."""
    begun = await wait_for(
        request,
        ports_of(request).uploads.begin,
        caller.workspace,
        upload_id,
        body.source,
        mapping=body.mapping,
        actor=caller.principal.id,
    )
    note_import(request, caller, "import.begin", begun)
    return import_out(begun)


async def _written(request: Request, path: Path, *, most: int) -> tuple[int, int]:
    """Write the body down as it comes; how many bytes it had, and line ends."""
    told = request.headers.get("content-length", "")
    too_big = HTTPException(413, f"a file may have up to {most:,} bytes; the setting upload_max_bytes says so")
    if told.isdigit() and int(told) > most:
        raise too_big
    size = lines = 0
    async with await anyio.open_file(path, "wb") as file:
        async for block in request.stream():
            size += len(block)
            lines += block.count(b"\n")
            if size > most:
                raise too_big
            require_room(path.parent)
            await file.write(block)
    if not size:
        raise HTTPException(422, "the body is empty; send the file as the body")
    return size, lines


@asynccontextmanager
async def _removed_when_broken(request: Request, upload_id: str) -> AsyncIterator[None]:
    """Whatever ends an upload early, a client that hangs up too, leaves nothing behind."""
    try:
        yield
    except BaseException:
        ports_of(request).uploads.remove(upload_id)
        raise


def _out(one: Any) -> UploadOut:
    fields = {name: one[name] for name in UploadOut.model_fields}
    return UploadOut(**{**fields, **{name: iso(one[name]) for name in ("uploaded_at", "expires_at")}})
