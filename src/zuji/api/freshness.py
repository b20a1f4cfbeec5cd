"""How fresh answers are: `fresh=true` waits, bounded, until everything acknowledged before the call is queryable; an
answer says when the newest event happened that it could see.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request

from zuji.analyse.ask import Asker
from zuji.api.ports import ports_of
from zuji.api.waiting import wait_for
from zuji.api.wire import iso
from zuji.terms.error import Busy

WAIT_S = 15.0
Fresh = Annotated[bool, Query(description="Wait until everything acknowledged before this call is queryable.")]


async def wait_until_fresh(request: Request, fresh: Fresh = False) -> None:
    """Return at once, or when the engine has caught up; raise Busy when it does not in time."""
    if fresh and not await wait_for(request, ports_of(request).freshness.wait_fresh, WAIT_S):
        raise Busy(
            f"not everything acknowledged became queryable within {WAIT_S:.0f} s. "
            "Ask again in a moment, or without fresh=true; `zuji doctor` shows the lag."
        )


def newest_event(request: Request, workspace: str) -> str | None:
    """When the newest event happened that a question asked now can see, at least; None before there is any.

    (Questions of a kind bring this along; statements of analysts and files ask here.)
    """
    asker: Asker = request.app.state.asker
    newest_ms = asker.newest_event_ms(workspace)
    return iso(newest_ms) if newest_ms else None
