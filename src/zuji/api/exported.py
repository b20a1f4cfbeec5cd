"""A file to be taken out: written whole on a question thread, on disk, then sent piece by piece.

Not sent while it is being made: a slow reader would hold one of the few places for questions as long as it reads, and
an error in the middle could not be told. The file has no name, so that nothing is left of it whatever happens.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

import msgspec
from fastapi import Request

from zuji.analyse.ask import Asker
from zuji.analyse.export import Cells, Column, Written, table_of, write_file
from zuji.api.desks import asker_of
from zuji.api.guard import Caller
from zuji.api.list_members import ListMembers
from zuji.api.people import identifier_out
from zuji.api.ports import Ports, ports_of
from zuji.api.question_answers import asking_of, shown_answer
from zuji.api.wire_exports import ExportIn
from zuji.govern.roles import EXPORT_ROWS_OF, Permission
from zuji.identify.current import people_now
from zuji.terms.answer_rows import rows_of
from zuji.terms.error import NotAllowed

PEOPLE_AT_ONCE = 500
PIECE_BYTES = 256 * 1024
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}
_LIST_COLUMNS = (Column("person", "integer"), Column("identified", "boolean"), Column("identifiers", "text"))


@dataclass(frozen=True)
class Export:
    """One export under way: what is asked, by whom, and with which rights and limits."""

    ports: Ports
    asker: Asker
    members: ListMembers
    caller: Caller
    body: ExportIn
    limit: int
    ticket: str


def export_of(request: Request, caller: Caller, body: ExportIn, *, ticket: str) -> Export:
    """The export, if the role allows what it asks for. Raises NotAllowed."""
    caller.principal.require(_permission(body))
    most = EXPORT_ROWS_OF.get(caller.principal.role, 0)
    if not most:
        raise NotAllowed(f"the role {caller.principal.role} may take no rows out. Ask an owner.")
    members: ListMembers = request.app.state.list_members
    limit = min(body.limit or most, most)
    return Export(ports_of(request), asker_of(request), members, caller, body, limit, ticket)


def write_export(export: Export) -> tuple[BinaryIO, Written]:
    """The file, at its beginning, and what is in it. The export stands in the audit log before it is made."""
    _note(export)
    file = cast(BinaryIO, tempfile.TemporaryFile(dir=export.ports.scratch))  # noqa: SIM115 - closed when it is sent
    try:
        with _rows(export) as (columns, rows):
            written = write_file(file, export.body.format, columns, rows, limit=export.limit)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file, written


def pieces(file: BinaryIO) -> Iterator[bytes]:
    """The file piece by piece; it is gone at the end."""
    with file:
        while piece := file.read(PIECE_BYTES):
            yield piece


def _permission(body: ExportIn) -> Permission:
    if body.sql is not None:
        return "sql.run"
    return "questions.ask" if body.list is None else "profiles.read"


@contextmanager
def _rows(export: Export) -> Iterator[tuple[Sequence[Column], Iterable[Cells]]]:
    body, caller, ports = export.body, export.caller, export.ports
    if body.sql is not None:
        from zuji.analyse.sql.rows import sql_rows  # late: as in `routes.sql`

        with sql_rows(
            ports.events,
            body.sql,
            workspace=caller.workspace,
            sight="everything" if caller.sees_personal else "masked",
            limit=export.limit,
            ticket=export.ticket,
        ) as found:
            yield found.columns, found.rows
    elif body.list is not None:
        yield _LIST_COLUMNS, _people(export, body.list)
    else:
        kind, question = str(body.kind), body.question or {}
        asked = export.asker.ask(kind, question, asking_of(ports, caller, ticket=export.ticket))
        yield table_of(rows_of(kind, shown_answer(asked, caller)))


def _people(export: Export, list_id: str) -> Iterator[Cells]:
    """The people on a list as they are now, with their identifiers as the caller may see them."""
    caller = export.caller
    people = export.members.of(export.ports.lists.get(caller.workspace, list_id))
    for start in range(0, len(people), PEOPLE_AT_ONCE):
        with export.ports.hot.read() as connection:
            page = people_now(connection, caller.workspace, people[start : start + PEOPLE_AT_ONCE].tolist())
        for person in page:
            held = (identifier_out(one, caller) for one in person.identifiers)
            yield person.id, person.identified, " ".join(f"{one.type}:{one.value}" for one in held)


def _note(export: Export) -> None:
    body, caller, ports = export.body, export.caller, export.ports
    asked: dict[str, Any] = body.model_dump(exclude_none=True, exclude={"ticket"})
    detail = msgspec.json.encode(asked).decode()
    ports.audit.note(
        at=ports.now_ms(), actor=caller.principal.id, action="export.make", subject=caller.workspace, detail=detail
    )
