"""Profile reads at page time, answered before the framework: they come by the hundred each second.

`GET /api/v1/profiles/<identifier>` with a token costs a fifth of what it costs through the routes. It is the same read:
the guard has let the token in, role and workspace are asked of the same principal, and the body is made by the route's
own function. Whatever is not plain (other parameters, a signed-in person whose views are recorded, a refusal of any
kind) goes on to the route, which says so in its own words.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Receive, Scope, Send

from zuji.api.guard import Caller
from zuji.api.ports import Ports
from zuji.api.routes.profiles import profile_body
from zuji.api.wire_profiles import AS_USUAL, PARTS, Part, parts_in
from zuji.govern.principal import Principal
from zuji.terms.error import ZujiError
from zuji.terms.source import DEFAULT_WORKSPACE

PREFIX = "/api/v1/profiles/"
AT_ONCE = 1
"""Threads that read. More would wait for each other, and ingest for all of them, each time one asks the database."""


class ProfileReads:
    """Stands behind the guard; passes on what is not its own."""

    def __init__(self, app: ASGIApp, ports: Ports) -> None:
        self._app = app
        self._ports = ports
        self._thread = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="profile-reads")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        asked = asked_in(scope["query_string"]) if scope["type"] == "http" else None
        caller = self._caller(scope, asked.workspace) if asked is not None else None
        body = None
        if asked is not None and caller is not None:
            loop = asyncio.get_running_loop()
            body = await loop.run_in_executor(self._thread, self._body, caller, scope["path"], asked.include)
        if body is None:
            await self._app(scope, receive, send)
            return
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _caller(self, scope: Scope, workspace: str) -> Caller | None:
        """Who asks, where it is a plain read that they may make; else None."""
        if scope["method"] != "GET" or not scope["path"].startswith(PREFIX):
            return None
        if "/" in scope["path"][len(PREFIX) :]:
            return None
        principal: Principal = scope["state"]["principal"]
        if principal.session is not None or not principal.may("profiles.read"):
            return None
        is_there = principal.covers(workspace) and self._ports.workspaces.is_known(workspace)
        return Caller(principal, workspace) if is_there else None

    def _body(self, caller: Caller, path: str, include: list[Part]) -> bytes | None:
        try:
            return profile_body(self._ports, caller, path[len(PREFIX) :], include).encode()
        except ZujiError:
            return None


class Asked(NamedTuple):
    """What a plain read says beside the identifier."""

    workspace: str
    include: list[Part]


def asked_in(query: bytes) -> Asked | None:
    """The workspace and parts that a query names, if it says nothing else.

    >>> asked_in(b""), asked_in(b"workspace=shop&include=events"), asked_in(b"workspace=shop&fresh=true")
    (Asked(workspace='default', include=['consent']), Asked(workspace='shop', include=['events']), None)
    """
    said = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    named = dict(said)
    if len(named) < len(said) or not named.keys() <= {"workspace", "include"}:
        return None
    include = named.get("include", AS_USUAL)
    is_known = not include or set(include.split(",")) <= set(PARTS)
    return Asked(named.get("workspace", DEFAULT_WORKSPACE), parts_in(include)) if is_known else None
