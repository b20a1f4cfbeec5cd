"""`fresh=true`: wait, bounded, until everything acknowledged before the call is queryable."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request

from zuji.api.ports import ports_of
from zuji.api.waiting import wait_for
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
