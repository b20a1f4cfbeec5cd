"""Work that somebody waits for: it is stopped when whoever asked hangs up, and can be stopped by its ticket."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from typing import TypeVar

from fastapi import Request

from zuji.api.guard import Caller
from zuji.api.ports import ports_of
from zuji.api.questions import questions_of
from zuji.api.waiting import wait_for
from zuji.store.failure import Cancelled

T = TypeVar("T")
LOOKED_EVERY_S = 0.5
"""How soon a statement is stopped after whoever sent it has gone."""


def ticket_of(caller: Caller, chosen: str) -> str:
    """The store's ticket for what a caller calls so: nobody can name, and so cancel, a statement of somebody else."""
    return hashlib.sha256(f"{caller.principal.id}\n{caller.workspace}\n{chosen}".encode()).hexdigest()[:32]


async def answered_while_listened(request: Request, answer: Callable[[], T], *, ticket: str) -> T:
    """What the blocking call gives, computed on a question thread.

    When the caller hangs up, the question with this ticket is stopped, for nobody would read its answer.
    """
    answered = asyncio.wrap_future(questions_of(request).take(answer, ticket=ticket))
    while not (await asyncio.wait({answered}, timeout=LOOKED_EVERY_S))[0]:
        if await request.is_disconnected():
            await stopped(request, ticket)
    if answered.cancelled():
        raise Cancelled("asking: cancelled before its turn came.")
    return answered.result()


async def stopped(request: Request, ticket: str) -> bool:
    """Stop the question with this ticket, whether it runs or waits in line. Whether there was one."""
    waited = questions_of(request).give_up(ticket)
    ran = await wait_for(request, ports_of(request).events.cancel, ticket)
    return waited or ran
