"""What routes of saved things share: the desk of a caller, and questions answered on the question threads."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Request

from zuji.analyse.ask import Asker
from zuji.analyse.saved import Desk
from zuji.api.guard import Caller
from zuji.api.kept_sql import kept_sql_of
from zuji.api.listening import answered_while_listened, ticket_of
from zuji.api.ports import ports_of
from zuji.api.question_answers import answer_out, asking_of
from zuji.api.wire_questions import AnswerOut

SavedId = Annotated[str, Path(max_length=64, pattern=r"^[0-9A-Za-z_-]+$")]


def desk_of(request: Request, caller: Caller) -> Desk:
    """Where this caller saves."""
    ports = ports_of(request)
    return Desk(ports.saved, caller.workspace, caller.principal, ports.now_ms(), ports.new_id)


def asker_of(request: Request) -> Asker:
    """Who answers questions in this app."""
    asker: Asker = request.app.state.asker
    return asker


async def answered(
    request: Request, caller: Caller, kind: str, document: dict[str, Any], *, ticket: str = ""
) -> AnswerOut:
    """The answer to a question. It stops when the caller hangs up, or when the ticket is cancelled."""
    ports, asker, kept = ports_of(request), asker_of(request), kept_sql_of(request)
    own = ticket_of(caller, ticket or ports.new_id())

    def answer() -> AnswerOut:
        return answer_out(asker.ask(kind, document, asking_of(ports, caller, ticket=own)), caller, kept)

    return await answered_while_listened(request, answer, ticket=own)
