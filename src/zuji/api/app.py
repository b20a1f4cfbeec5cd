"""The API as one ASGI app: routes of every room behind one guard, one shape of errors, one description of itself."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from zuji.analyse.ask import Asker
from zuji.analyse.visual_events import looking_up
from zuji.api import docs_page as docs
from zuji.api import first_page as first
from zuji.api.answers import add_error_handlers
from zuji.api.browser import COOKIE
from zuji.api.guard import Guard, GuardedRoute
from zuji.api.jobs import Jobs
from zuji.api.kept_sql import KeptSql
from zuji.api.list_members import ListMembers
from zuji.api.overlay import OverlayDoor
from zuji.api.page import PageReads
from zuji.api.ports import Ports
from zuji.api.profile_reads import ProfileReads
from zuji.api.questions import QuestionPool
from zuji.api.routes import (
    accounting,
    alerts,
    audit,
    changes,
    cleaning,
    context,
    dashboards,
    events,
    exports,
    identity,
    imports,
    lists,
    names,
    operation,
    plan,
    points,
    policies,
    profiles,
    quality,
    quality_verdicts,
    quarantine,
    questions,
    receivers,
    repairs,
    saved,
    segments,
    session,
    sources,
    sql,
    subscriptions,
    tags,
    tail,
    tokens,
    uploads,
    users,
    visual_events,
    why,
    workspaces,
)
from zuji.api.segment_people import SegmentPeople
from zuji.api.waiting import waiting_room
from zuji.api.wire import Problem
from zuji.govern.overlays import Overlays
from zuji.govern.principal import Principal

PREFIX = "/api/v1"
ROUTERS: tuple[APIRouter, ...] = (
    why.router,  # before profiles, whose last route takes every path there is below it
    profiles.router,
    context.router,
    events.router,
    questions.router,
    saved.router,
    dashboards.router,
    alerts.router,
    lists.router,
    exports.router,
    sql.router,
    tags.router,
    segments.router,
    visual_events.router,
    changes.router,
    subscriptions.router,
    receivers.router,
    identity.router,
    sources.router,
    policies.router,
    names.router,
    plan.router,
    points.router,
    cleaning.router,
    uploads.router,  # before imports, which takes any name in the place of `uploads`
    imports.router,
    workspaces.router,
    tokens.router,
    session.router,
    users.router,
    repairs.router,  # before quarantine, whose last route takes every path there is below it
    quarantine.router,
    accounting.router,
    quality.router,
    quality_verdicts.router,
    audit.router,
    tail.router,
)
DESCRIPTION = (
    "Everything the console and the command line do. Send `Authorization: Bearer zt_...`, or sign in; every route "
    "takes `?workspace=<id>` (default: default). Every error is {code, message}."
)
PAGE_STYLES = (docs.STYLE, first.STYLE)
_STYLES = " ".join(f"'sha256-{b64encode(hashlib.sha256(style.encode()).digest()).decode()}'" for style in PAGE_STYLES)
SECURITY_HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Content-Security-Policy", f"default-src 'none'; style-src {_STYLES}; frame-ancestors 'none'"),
)


def create_api(
    ports: Ports,
    *,
    now_s: Callable[[], float],
    version: str = "1",
    trusted: Principal | None = None,
    pool: QuestionPool | None = None,
) -> ASGIApp:
    """The whole API. With `trusted`, every request is that principal's: for the control socket only.

    Apps over the same ports may share one pool of question threads.
    """
    app = FastAPI(
        title="zuji API",
        version=version,
        description=DESCRIPTION,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        responses={code: {"model": Problem} for code in (401, 403, 404, 409, 422, 503)},
    )
    app.state.ports = ports
    app.state.questions = pool or QuestionPool()
    visual = looking_up(ports.definitions)
    app.state.asker = Asker(ports.events, now_ms=ports.now_ms, tags=ports.tags_now, visual=visual)
    app.state.jobs = Jobs()
    app.state.kept_sql = KeptSql()
    app.state.list_members = ListMembers(ports)
    app.state.segment_people = SegmentPeople(ports)
    app.state.overlays = Overlays(now_ms=ports.now_ms)
    app.state.running = set()
    app.state.streams = set()
    app.state.waiting = waiting_room()
    for router in ROUTERS:
        _take_in(app, router, PREFIX)
    _take_in(app, operation.router, "")
    app.add_route(f"{PREFIX}/docs", _docs, include_in_schema=False)
    app.add_route("/", _first, include_in_schema=False)
    add_error_handlers(app)
    _describe_security(app)
    guarded = Guard(
        ProfileReads(app, ports),
        authenticate=ports.tokens.authenticate,
        remembered=ports.tokens.remembered,
        signed_in=ports.sessions.authenticate,
        now_s=now_s,
        trusted=trusted,
    )
    return SecurityHeaders(PageReads(OverlayDoor(guarded, app, now_s=now_s), ports, now_s=now_s))


def _take_in(app: FastAPI, router: APIRouter, prefix: str) -> None:
    """Let the app answer these routes. (FastAPI's own way works all of them out at the first request of any.)"""
    for route in router.routes:
        if not isinstance(route, GuardedRoute):
            raise RuntimeError(f"{route!r} is not guarded; make its router with route_class=GuardedRoute")
        app.router.routes.append(route.under(prefix, app.router.responses))


def _describe_security(app: FastAPI) -> None:
    """Let the description say that every operation takes a bearer token, or the cookie of a session."""
    describe = app.openapi

    def described() -> dict[str, Any]:
        description = describe()
        schemes = description.setdefault("components", {}).setdefault("securitySchemes", {})
        schemes["token"] = {"type": "http", "scheme": "bearer", "description": "A token, zt_..."}
        schemes["session"] = {"type": "apiKey", "in": "cookie", "name": COOKIE, "description": "Of who signed in."}
        description["security"] = [{"token": []}, {"session": []}]
        return description

    app.openapi = described  # type: ignore[method-assign]


async def _docs(request: Request) -> Response:
    return HTMLResponse(docs.docs_page(request.app.openapi()))


async def _first(request: Request) -> Response:
    """The gateway alone writes these headers; what a client sent under their names is gone by now."""
    forwarded = request.headers
    address = first.Address.told(
        forwarded.get("x-forwarded-proto", request.url.scheme),
        forwarded.get("x-forwarded-host", request.url.netloc),
        forwarded.get("x-forwarded-prefix", ""),
    )
    return HTMLResponse(first.first_page(address))


class SecurityHeaders:
    """Adds the security headers to every answer, the refused ones included. Only routes of pages send CORS headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; complete the head of its answer."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS:
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)
