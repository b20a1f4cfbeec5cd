"""A person's decision on its way: as a message through the spool, answered when the engine has applied it."""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import Request
from starlette.concurrency import run_in_threadpool

from zuji.api.guard import Caller
from zuji.api.ports import ports_of
from zuji.api.wire import Applied
from zuji.store.verdicts import Verdicts
from zuji.terms.error import BadRequest, Busy, Conflict, NotAllowed, NotFound, ZujiError
from zuji.terms.message import Message

_KINDS: dict[str, type[ZujiError]] = {kind.code: kind for kind in (BadRequest, Busy, Conflict, NotAllowed, NotFound)}


async def decide(request: Request, caller: Caller, event: str, properties: dict[str, Any]) -> Applied:
    """Append the decision, wait until it is applied, answer with what it changed or raise why it could not be."""
    ports = ports_of(request)
    message = Message(
        type="decision",
        message_id=ports.new_id(),
        event=event,
        user_id=caller.principal.id,
        timestamp=ports.now_ms(),
        properties=msgspec.Raw(msgspec.json.encode(properties)),
    )
    outcome = dict(await ports.decisions.append_and_wait(caller.workspace, message))
    if "error" in outcome:
        raise error_of(str(outcome["error"]), str(outcome.get("message", "")))
    return Applied(outcome=outcome)


def error_of(code: str, message: str) -> ZujiError:
    """The error a decision's outcome tells of, so that it leaves with the status of its kind."""
    return _KINDS.get(code, Conflict)(message)


async def delete_source_data(request: Request, caller: Caller, source: str) -> Applied:
    """Delete everything that a source brought, and what people said of its events."""
    applied = await decide(request, caller, "delete_source_data", {"source": source})
    verdicts = Verdicts.beside(ports_of(request).policies)
    await run_in_threadpool(verdicts.forget_source, caller.workspace, source)
    return applied
