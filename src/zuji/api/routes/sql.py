"""SQL of analysts: run one statement over the documented views, cancel it, see what there is to ask."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Annotated

import msgspec
from fastapi import APIRouter, Depends, Path, Request, Response

from zuji.analyse.sql.functions import COMBINATORS, GROUPS
from zuji.analyse.sql.views import VIEWS, Sight
from zuji.api.exactness import Exactness, exactness_of
from zuji.api.freshness import newest_event, wait_until_fresh
from zuji.api.guard import AnyCaller, Caller, GuardedRoute, needs
from zuji.api.listening import answered_while_listened, stopped, ticket_of
from zuji.api.ports import Ports, ports_of
from zuji.api.wire_sql import CancelledOut, SqlIn, SqlOut, ViewColumnOut, ViewOut, ViewsOut
from zuji.govern.roles import SQL_ROWS_OF
from zuji.terms.error import BadRequest

if TYPE_CHECKING:
    from zuji.analyse.sql.run import AnswerColumn, SqlAnswer

router = APIRouter(tags=["sql"], route_class=GuardedRoute)


class _Answer(msgspec.Struct):
    """As `wire_sql.SqlOut` describes it; the rows are passed on as the engine wrote them."""

    columns: tuple[AnswerColumn, ...]
    rows: list[msgspec.Raw]
    truncated: bool
    sql_run: str
    milliseconds: float
    rows_read: int
    identity_version: int
    exactness: Exactness
    freshness: str | None


@router.post("/sql", response_model=SqlOut, dependencies=[Depends(wait_until_fresh)], openapi_extra=needs("sql.run"))
async def run(request: Request, caller: AnyCaller, body: SqlIn) -> Response:
    """One SELECT over the views, checked and printed again with the workspace bound. It stops when you hang up."""
    ports = ports_of(request)
    ticket = ticket_of(caller, body.ticket or ports.new_id())
    limit = min(body.limit or SQL_ROWS_OF[caller.principal.role], SQL_ROWS_OF[caller.principal.role])

    def answer() -> bytes:
        freshness = newest_event(request, caller.workspace)
        found = _answered(ports, caller, body.sql, limit=limit, ticket=ticket)
        return _encoded(found, exactness=exactness_of(body.sql), freshness=freshness)

    return Response(await answered_while_listened(request, answer, ticket=ticket), media_type="application/json")


@router.get("/sql/views", openapi_extra=needs("sql.run"))
def views(request: Request, caller: AnyCaller) -> ViewsOut:
    """The views with their columns, and the functions that may be called."""
    hidden = not caller.sees_personal
    return ViewsOut(
        views=[
            ViewOut(
                name=view.name,
                meaning=view.meaning,
                columns=[
                    ViewColumnOut(
                        name=column.name,
                        type=column.type,
                        meaning=column.meaning,
                        masked=hidden and column.kept != "as it is",
                    )
                    for column in view.columns
                ],
            )
            for view in VIEWS.values()
        ],
        functions={kind: sorted(names) for kind, names in GROUPS.items()},
        combinators=list(COMBINATORS),
        most_rows=SQL_ROWS_OF[caller.principal.role],
    )


@router.delete("/sql/{ticket}", openapi_extra=needs("sql.run"))
async def cancel(
    request: Request, caller: AnyCaller, ticket: Annotated[str, Path(max_length=64, pattern=r"^[0-9A-Za-z_-]+$")]
) -> CancelledOut:
    """Stop the running statement that was sent with this ticket, by the same token in the same workspace."""
    return CancelledOut(cancelled=await stopped(request, ticket_of(caller, ticket)))


def _answered(ports: Ports, caller: Caller, sql: str, *, limit: int, ticket: str) -> SqlAnswer:
    """The answer; what was asked stands in the audit log before it runs, and also when it was refused."""
    from zuji.analyse.sql.run import answer_sql  # late: the parser behind it is a tenth of what a start would load

    def note(action: str) -> None:
        ports.audit.note(
            at=ports.now_ms(), actor=caller.principal.id, action=action, subject=caller.workspace, detail=sql
        )

    sight: Sight = "everything" if caller.sees_personal else "masked"
    asked = False

    def before() -> None:
        nonlocal asked
        asked = True
        note("sql.run")

    try:
        return answer_sql(
            ports.events, sql, workspace=caller.workspace, sight=sight, limit=limit, ticket=ticket, before=before
        )
    except BadRequest:
        if not asked:
            note("sql.refuse")
        raise


def _encoded(answer: SqlAnswer, *, exactness: Exactness, freshness: str | None) -> bytes:
    told = {field.name: getattr(answer, field.name) for field in fields(answer)}
    return msgspec.json.encode(_Answer(**told, exactness=exactness, freshness=freshness))
