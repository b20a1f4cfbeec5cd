"""What the overlay on a customer's page may ask: routes of their own, apart from `/api/v1`, as a page's reads are.

`POST /overlay/v1/session` exchanges a code for a session; with it `suggestions`, `preview` and `drafts` look at the
clicks of the page's own host and draft visual events there, and `end` forgets it. Nothing else is open to it: neither
publishing nor any route of the API. Every request must come from the origin that the code was made for, and only that
origin may read an answer. No cookie counts here.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from zuji.api.answers import problem, status_of
from zuji.api.cross_origin import let_read
from zuji.api.definitions import note, together
from zuji.api.guard import BadTokenLimiter, Caller, address_of, bounded
from zuji.api.listening import answered_while_listened, ticket_of
from zuji.api.ports import Ports
from zuji.api.question_answers import asking_of
from zuji.api.visual_clicks import previewed, suggested
from zuji.api.wire import iso
from zuji.api.wire_overlay import DraftIn, DraftOut, ExchangeIn, OverlayOut
from zuji.api.wire_visual_events import SuggestionsIn, VisualPreviewIn
from zuji.govern.overlays import SESSION_PREFIX, Overlay, Overlays
from zuji.govern.sessions import principal_of
from zuji.tag.visual_catalogue import VisualCatalogue
from zuji.terms.error import BadRequest, NotAllowed, NotFound, ZujiError

PREFIX = "/overlay/v1/"
PREFLIGHT_S = 600
MOST_BYTES = 64 * 1024
OVER = "the link is used, over, or of another page. Open the page again from the console."


class OverlayDoor:
    """Answers `/overlay/v1/...` and passes everything else on. `app` holds what the API's own routes use."""

    def __init__(self, passed_to: ASGIApp, app: FastAPI, *, now_s: Callable[[], float]) -> None:
        self._passed_to = passed_to
        self._app = app
        self._ports: Ports = app.state.ports
        self._overlays: Overlays = app.state.overlays
        self._now_s = now_s
        self._limiter = BadTokenLimiter()
        self._acts: Mapping[str, Callable[[Request, Caller, Overlay], Awaitable[Response]]] = {
            "suggestions": self._suggest,
            "preview": self._preview,
            "drafts": self._draft,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request. Whether its origin may read the answer is decided before a code is used up, and after."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._passed_to(scope, receive, send)
            return
        origin = Headers(scope=scope).get("origin", "")
        is_expected = self._overlays.is_expected(origin)
        request = Request({**scope, "app": self._app}, bounded(receive, MOST_BYTES))
        answer = Response(status_code=204) if scope["method"] == "OPTIONS" else await self._answered(request, origin)
        let_read(answer, origin if is_expected else "", headers="Authorization, Content-Type", preflight_s=PREFLIGHT_S)
        await answer(scope, receive, send)

    async def _answered(self, request: Request, origin: str) -> Response:
        name = request.scope["path"].removeprefix(PREFIX)
        if request.method != "POST" or name not in ("session", "end", *self._acts):
            return problem(404, "not_found", f"there are POST {PREFIX} session, suggestions, preview, drafts and end.")
        try:
            return (
                await self._exchange(request, origin) if name == "session" else await self._act(request, origin, name)
            )
        except ValidationError as error:
            said = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:5])
            return problem(422, "bad_request", said)
        except HTTPException as error:
            return problem(error.status_code, "body_too_big", str(error.detail))
        except ZujiError as error:
            return problem(status_of(error), error.code, str(error))

    async def _exchange(self, request: Request, origin: str) -> Response:
        told = ExchangeIn.model_validate_json(await request.body())
        opened = self._overlays.exchange(told.code, origin=origin)
        if opened is None:
            return self._refused(request)
        caller = await run_in_threadpool(self._caller, opened.overlay)
        await run_in_threadpool(note, request, caller, "visual_event.overlay", origin)
        made = opened.overlay
        expires_at = iso(made.expires_at)
        return _json(OverlayOut(session=opened.secret, host=made.host, language=made.language, expires_at=expires_at))

    async def _act(self, request: Request, origin: str, name: str) -> Response:
        secret = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        is_one = secret.startswith(SESSION_PREFIX)
        overlay = self._overlays.authenticate(secret, origin=origin) if is_one else None
        if overlay is None:
            return self._refused(request)
        if name == "end":
            self._overlays.end(secret)
            return Response(status_code=204)
        caller = await run_in_threadpool(self._caller, overlay)
        request.state.principal = caller.principal  # as the guard would: questions take turns by who asks
        return await self._acts[name](request, caller, overlay)

    def _caller(self, overlay: Overlay) -> Caller:
        """The person as they are now: who lost their role since, or was locked out, drafts nothing more."""
        try:
            user = self._ports.users.get(overlay.user)
        except NotFound:
            user = None
        principal = None if user is None else principal_of(user, "overlay", overlay.workspace)
        if principal is None:
            raise NotAllowed("who opened this page may not sign in any more.")
        principal.require("visual_events.write")
        principal.require_workspace(overlay.workspace)
        return Caller(principal, overlay.workspace)

    async def _suggest(self, request: Request, caller: Caller, overlay: Overlay) -> Response:
        asked = SuggestionsIn.model_validate_json(await request.body()).model_copy(update={"host": overlay.host})
        ticket = self._ticket(caller)
        asking = asking_of(self._ports, caller, ticket=ticket)
        asker = self._app.state.asker
        return _json(await answered_while_listened(request, lambda: suggested(asker, asked, asking), ticket=ticket))

    async def _preview(self, request: Request, caller: Caller, overlay: Overlay) -> Response:
        told = VisualPreviewIn.model_validate_json(await request.body())
        asked = told.model_copy(update={"definition": on_host(told.definition, overlay.host)})
        ticket = self._ticket(caller)
        asking = asking_of(self._ports, caller, ticket=ticket)
        asker = self._app.state.asker
        return _json(await answered_while_listened(request, lambda: previewed(asker, asked, asking), ticket=ticket))

    async def _draft(self, request: Request, caller: Caller, overlay: Overlay) -> Response:
        document = on_host(DraftIn.model_validate_json(await request.body()).document, overlay.host)

        def draft() -> DraftOut:
            catalogue = VisualCatalogue(
                self._ports.definitions, caller.workspace, caller.principal.id, self._ports.now_ms()
            )
            with together(request):
                made = catalogue.create(document)
                note(request, caller, "visual_event.create", f"{made.key} on {overlay.origin}")
            return DraftOut(key=made.key)

        return _json(await run_in_threadpool(draft), status=201)

    def _ticket(self, caller: Caller) -> str:
        return ticket_of(caller, self._ports.new_id())

    def _refused(self, request: Request) -> Response:
        wait = self._limiter.wait_s(address_of(request.scope, request.headers), self._now_s())
        if wait:
            answer = problem(429, "too_many_bad_codes", "Too many requests with a wrong code. Wait a minute.")
            answer.headers["Retry-After"] = str(math.ceil(wait))
            return answer
        return problem(401, "no_valid_code", OVER)


def on_host(document: Mapping[str, Any], host: str) -> dict[str, Any]:
    """The document bound to the pages of a host. Raises NotAllowed when it names another one.

    >>> on_host({"key": "buy", "page": {"path": "/p"}}, "shop.example")["page"]
    {'path': '/p', 'host': 'shop.example'}
    """
    page = document.get("page", {})
    if not isinstance(page, Mapping):
        raise BadRequest("page: this is an object with host and path.")
    if page.get("host", host) != host:
        raise NotAllowed(f"this page may only draft for its own host, {host}.")
    return {**document, "page": {**page, "host": host}}


def _json(told: BaseModel, *, status: int = 200) -> Response:
    return Response(told.model_dump_json(), status, media_type="application/json")
