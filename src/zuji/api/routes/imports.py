"""Imports: upload a file with a mapping, look how far it is, take it back. Guess a mapping first.

A body is the file itself, as it is or compressed; it is written to disk as it arrives.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

import anyio
from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from starlette.exceptions import HTTPException

from zuji.api.decisions import delete_source_data
from zuji.api.freshness import wait_until_fresh
from zuji.api.guard import AnyCaller, Caller, GuardedRoute, needs
from zuji.api.ports import ports_of
from zuji.api.routes.quality import QualityReport, report_of
from zuji.api.waiting import wait_for
from zuji.api.wire import Applied, Name, Out, iso
from zuji.api.wire_uploads import CheckFigures
from zuji.store.quality import DAY_MS
from zuji.terms.error import BadRequest, Busy

router = APIRouter(tags=["imports"], route_class=GuardedRoute)

MOST_BYTES = 4 * 1024 * 1024 * 1024
GUESSED_BYTES = 1024 * 1024
LEFT_FREE_BYTES = 1024 * 1024 * 1024
"""Uploads leave the disk to what is being collected."""
FRESH_S = 30.0
MOST_CAUSES = 100
KNOWN_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
"""Nothing else of a name that a client wrote becomes part of a path."""


class ImportOut(Out):
    """One import. `rows` = `sent` + `rejected`; `through` is the last row of the file that is dealt with."""

    id: str
    state: Literal["running", "done", "failed", "cancelled", "undone"]
    source: str
    source_name: str
    file: str
    started_at: str
    ended_at: str | None
    rows: int
    sent: int
    rejected: int
    reasons: dict[str, int] = Field(examples=[{"bad_time": 3}])
    through: int
    problem: str
    mapping: dict[str, Any]


class ImportList(Out):
    """Imports, newest first."""

    imports: list[ImportOut]


class ImportReportOut(Out):
    """An import, and the quality of its source on the days of the import."""

    imported: ImportOut
    only_this: bool
    quality: QualityReport
    before: CheckFigures | None = Field(description="What was found in the first rows before; null: nobody looked.")


class GuessOut(Out):
    """A mapping to begin with, what to look at in it, and both as TOML."""

    mapping: dict[str, Any]
    notes: dict[str, str]
    toml: str


@router.get("/imports", openapi_extra=needs("sources.read"))
def list_imports(request: Request, caller: AnyCaller) -> ImportList:
    """The imports of the workspace, newest first."""
    return ImportList(imports=[import_out(one) for one in ports_of(request).imports.all(caller.workspace)])


@router.post("/imports", status_code=202, openapi_extra=needs("sources.write", most_bytes=MOST_BYTES))
async def begin_import(
    request: Request,
    caller: AnyCaller,
    source: Annotated[Name, Query(description="The source to import into, by id or name; made when missing.")],
    mapping: Annotated[str, Query(max_length=50_000, description="The mapping as JSON.")],
    file: Annotated[Name, Query(description="The name of the file, for people.")] = "upload",
) -> ImportOut:
    """Import the body. The same body, mapping and source again is the same import, and changes nothing."""
    ports = ports_of(request)
    document = _document(mapping)
    async with _uploaded(request, ports.scratch, file) as upload:
        begun = await wait_for(
            request,
            ports.imports.begin,
            caller.workspace,
            source,
            upload.path,
            name=file,
            mapping=document,
            actor=caller.principal.id,
        )
        upload.keep()  # whoever imports it removes it
    note_import(request, caller, "import.begin", begun)
    return import_out(begun)


@router.post("/imports/guess", openapi_extra=needs("sources.write"))
async def guess_mapping(
    request: Request,
    caller: AnyCaller,
    file: Annotated[Name, Query(description="The name of the file: a workbook is known by it.")] = "upload",
) -> GuessOut:
    """A mapping from the beginning of a file: up to a megabyte of it, not compressed."""
    ports = ports_of(request)
    async with _uploaded(request, ports.scratch, file) as upload:
        return GuessOut(**await wait_for(request, ports.imports.guess, upload.path))


@router.get("/imports/{import_id}", openapi_extra=needs("sources.read"))
def get_import(request: Request, caller: AnyCaller, import_id: str) -> ImportOut:
    """One import: how far it is, what was rejected and why."""
    return import_out(ports_of(request).imports.get(caller.workspace, import_id))


@router.get(
    "/imports/{import_id}/report", dependencies=[Depends(wait_until_fresh)], openapi_extra=needs("quality.read")
)
def report_import(request: Request, caller: AnyCaller, import_id: str) -> ImportReportOut:
    """What became of an import: how much came in, and how good its source was on the days of the import.

    Figures are the import's alone where nothing else came into its source on these days (`only_this`).
    """
    ports = ports_of(request)
    one = ports.imports.get(caller.workspace, import_id)
    first, last = one["started_at"] // DAY_MS, (one["ended_at"] or ports.now_ms()) // DAY_MS
    beside = [
        other
        for other in ports.imports.all(caller.workspace)
        if other["source"] == one["source"] and other["id"] != import_id
    ]
    found = ports.imports.check(import_id)
    return ImportReportOut(
        imported=import_out(one),
        only_this=one["own_source"] and not beside,
        quality=report_of(
            ports.hot,
            caller.workspace,
            policies=ports.policies,
            source=one["source"],
            from_day=first,
            to_day=last,
            limit=MOST_CAUSES,
        ),
        before=None if found is None else CheckFigures(**{name: found[name] for name in CheckFigures.model_fields}),
    )


@router.post("/imports/{import_id}/cancel", openapi_extra=needs("sources.write"))
async def cancel_import(request: Request, caller: AnyCaller, import_id: str) -> ImportOut:
    """Stop an import under way. What came in stays, and can be taken back; the same import again goes on from there."""
    cancelled = await wait_for(request, ports_of(request).imports.cancel, caller.workspace, import_id)
    note_import(request, caller, "import.cancel", cancelled)
    return import_out(cancelled)


@router.post("/imports/{import_id}/undo", openapi_extra=needs("sources.delete_data"))
async def undo_import(
    request: Request,
    caller: AnyCaller,
    import_id: str,
    others: Annotated[
        Literal["refuse", "too"], Query(description="What about other imports into the same source.")
    ] = "refuse",
) -> Applied:
    """Take an import back: its events go, links it made no longer count, its ids count as never seen."""
    ports = ports_of(request)
    source = ports.imports.source_to_undo(caller.workspace, import_id, others=others)
    # What still waits in the spool would come in behind the decision.
    if not await wait_for(request, ports.freshness.wait_fresh, FRESH_S):
        raise Busy("what was imported is still being taken in. Try again when it is.")
    applied = await delete_source_data(request, caller, source)
    ports.imports.undone(caller.workspace, source)
    return applied


class _Upload:
    """A body on disk. It is removed with the request unless somebody keeps it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_kept = False

    def keep(self) -> None:
        """Leave it to who uses it."""
        self.is_kept = True


@asynccontextmanager
async def _uploaded(request: Request, scratch: Path, name: str) -> AsyncIterator[_Upload]:
    folder = scratch / "uploads"
    folder.mkdir(exist_ok=True)
    suffix = Path(name).suffix.lower()
    upload = _Upload(folder / f"{ports_of(request).new_id()}{suffix if suffix in KNOWN_SUFFIXES else ''}")
    try:
        size = 0
        async with await anyio.open_file(upload.path, "wb") as file:
            async for block in request.stream():
                size += len(block)
                require_room(folder)
                await file.write(block)
        if not size:
            raise HTTPException(422, "the body is empty; send the file as the body")
        yield upload
    finally:
        if not upload.is_kept:
            upload.path.unlink(missing_ok=True)


def _document(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as mistake:
        raise BadRequest(f"the mapping is no JSON: {mistake}.") from mistake
    if not isinstance(document, dict):
        raise BadRequest("the mapping must be a JSON object.")
    return document


def require_room(folder: Path) -> None:
    """Raises Busy when an upload would take the last of the disk."""
    if shutil.disk_usage(folder).free < LEFT_FREE_BYTES:
        raise Busy("the disk has no room for this upload. Free some, or import a smaller file.")


def note_import(request: Request, caller: Caller, action: str, one: Any) -> None:
    """Who let what in, or stopped it, for the audit log."""
    ports = ports_of(request)
    detail = f"{one['id']}: {one['file']} into {one['source_name']}"
    ports.audit.note(
        at=ports.now_ms(), actor=caller.principal.id, action=action, subject=caller.workspace, detail=detail
    )


def import_out(one: Any) -> ImportOut:
    """An import as it is told."""
    fields = {name: one[name] for name in ImportOut.model_fields}
    times = {name: None if one[name] is None else iso(one[name]) for name in ("started_at", "ended_at")}
    return ImportOut(**{**fields, **times})
