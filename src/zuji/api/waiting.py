"""Threads for requests that wait: apart from those that work, so that many patient clients never block the others."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import anyio.to_thread
from anyio import CapacityLimiter
from fastapi import Request

T = TypeVar("T")

MOST_WAITING = 64


def waiting_room() -> CapacityLimiter:
    """Made once per app."""
    return CapacityLimiter(MOST_WAITING)


async def wait_for(request: Request, blocking: Callable[..., T], *args: Any, **options: Any) -> T:
    """What the blocking call gives, awaited on a thread of the waiting room."""
    return await anyio.to_thread.run_sync(
        partial(blocking, *args, **options), limiter=request.app.state.waiting, abandon_on_cancel=True
    )
