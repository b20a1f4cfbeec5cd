"""Who may: every request is refused unless a valid token or session, its role and its workspace allow the route.

Three lines of defence, outermost first:

1. `Guard` wraps the whole app: without a valid `Authorization: Bearer zt_...` or the cookie of a session nothing but
   the pages that describe the API and the doors where people sign in answers, whether the path exists or not. Where
   both come, the token alone counts. A change with the cookie must be proven to come from our own page (`browser`).
   Write keys are never looked at.
2. `GuardedRoute` is the only kind of route the app accepts. It cannot be made without naming a permission, so that a
   forgotten one fails when the program starts. It checks role and workspace before the body is read.
3. Routes take the workspace from `Caller` alone, so that what was checked is what is asked for.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, QueryParams
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from zuji.api.answers import problem
from zuji.api.browser import cookie_in, is_foreign, why_unproven
from zuji.api.deferred_route import DeferredRoute
from zuji.govern.principal import VISITOR, Principal
from zuji.govern.roles import PERMISSIONS, Permission
from zuji.terms.error import NotFound
from zuji.terms.secret import TOKEN_PREFIX
from zuji.terms.source import DEFAULT_WORKSPACE

PERMISSION_KEY = "x-permission"
SCOPE_KEY = "x-workspace"
BYTES_KEY = "x-most-bytes"
OPEN_PATHS = frozenset({"/", "/api/v1/openapi.json", "/api/v1/docs"})
"""They say what is here, hold no data, and are read by browsers, which send no token."""

DOORS = frozenset({("POST", "/api/v1/session"), ("POST", "/api/v1/session/welcome")})
"""Where people sign in: whoever comes there comes as a visitor, who may do nothing else."""

WorkspaceUse = Literal["named", "none"]
"""Whether a route speaks of the workspace named in the query, or of none in particular."""

MAX_BODY_BYTES = 1024 * 1024
BAD_TOKENS_PER_MINUTE = 30
MOST_ADDRESSES = 10_000


def needs(
    permission: Permission, *, workspace: WorkspaceUse = "named", most_bytes: int = MAX_BODY_BYTES
) -> dict[str, Any]:
    """What a route declares: `@router.get("/events", openapi_extra=needs("events.read"))`. Shown in OpenAPI too."""
    return {PERMISSION_KEY: permission, SCOPE_KEY: workspace, BYTES_KEY: most_bytes}


@dataclass(frozen=True)
class Caller:
    """Who asks, and about which workspace; both checked. `workspace` is empty on routes that name none."""

    principal: Principal
    workspace: str

    @property
    def sees_personal(self) -> bool:
        """Whether personal values may be shown as they are."""
        return self.principal.may("personal.read")


class GuardedRoute(DeferredRoute):
    """A route that cannot exist without a permission."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        declared = options.get("openapi_extra") or {}
        permission = declared.get(PERMISSION_KEY)
        if permission not in PERMISSIONS:
            raise RuntimeError(f"the route {path} names no permission; add openapi_extra=needs(...)")
        self.permission: Permission = permission
        self.workspace_use: WorkspaceUse = declared.get(SCOPE_KEY, "named")
        self.most_bytes: int = declared.get(BYTES_KEY, MAX_BODY_BYTES)
        super().__init__(path, endpoint, **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The usual handler behind the check of role and workspace."""
        handler = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            principal: Principal = request.state.principal
            principal.require(self.permission)
            workspace = ""
            if self.workspace_use == "named":
                workspace = request.query_params.get("workspace", DEFAULT_WORKSPACE)
                principal.require_workspace(workspace)
                if not request.app.state.ports.workspaces.is_known(workspace):
                    await run_in_threadpool(_require_existing, request, workspace)
            request.state.caller = Caller(principal, workspace)
            return await handler(Request(request.scope, bounded(request.receive, self.most_bytes)))

        return guarded


def bounded(receive: Receive, most_bytes: int = MAX_BODY_BYTES) -> Receive:
    """A body that ends in 413 when it grows beyond the limit, whether or not its length was told before."""
    received = 0

    async def receive_bounded() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > most_bytes:
            raise HTTPException(413, f"a body may have up to {most_bytes} bytes")
        return message

    return receive_bounded


def _require_existing(request: Request, workspace: str) -> None:
    if not request.app.state.ports.workspaces.exists(workspace):
        raise NotFound(f"there is no workspace {workspace!r}. GET /api/v1/workspaces lists those there are.")


def caller_of(
    request: Request,
    workspace: Annotated[
        str, Query(description="The workspace asked about.", examples=["default"])
    ] = DEFAULT_WORKSPACE,
) -> Caller:
    """The checked caller. The parameter stands here for the documentation; the guard has read it already."""
    caller: Caller = request.state.caller
    return caller


def principal_of(request: Request) -> Principal:
    """The checked caller of a route that names no workspace."""
    principal: Principal = request.state.principal
    return principal


AnyCaller = Annotated[Caller, Depends(caller_of)]
AnyPrincipal = Annotated[Principal, Depends(principal_of)]


class BadTokenLimiter:
    """Counts wrong tokens per address and minute, for a bounded number of addresses. Right tokens are never held up.

    Guessing a token is hopeless anyway; the limit keeps a broken or hostile client from costing a look-up each time.
    """

    def __init__(self, *, per_minute: int = BAD_TOKENS_PER_MINUTE, addresses: int = MOST_ADDRESSES) -> None:
        self._per_minute = per_minute
        self._addresses = addresses
        self._seen: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def wait_s(self, address: str, now_s: float) -> float:
        """Count one wrong token. Gives 0, or the seconds until this address may try again."""
        start, count = self._seen.get(address, (now_s, 0))
        if now_s - start >= 60:
            start, count = now_s, 0
        self._seen[address] = (start, count + 1)
        self._seen.move_to_end(address)
        if len(self._seen) > self._addresses:
            self._seen.popitem(last=False)
        return start + 60 - now_s if count >= self._per_minute else 0.0


class Guard:
    """The outermost layer. `trusted` is set on the control socket only: whoever reaches that needs no token."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        authenticate: Callable[[str], Principal | None],
        remembered: Callable[[str], Principal | None],
        signed_in: Callable[[str, str], Principal | None],
        now_s: Callable[[], float],
        trusted: Principal | None = None,
    ) -> None:
        self._app = app
        self._authenticate = authenticate
        self._remembered = remembered
        self._signed_in = signed_in
        self._now_s = now_s
        self._trusted = trusted
        self._limiter = BadTokenLimiter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through with its principal, or answer it here."""
        if scope["type"] != "http" or scope["path"] in OPEN_PATHS:
            if scope["type"] != "websocket":
                await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        found = self._trusted or await self._admit(scope, headers)
        if not isinstance(found, Principal):
            await found(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["principal"], state["admitted_again"] = found, partial(self._again, scope, headers)
        await self._app(scope, receive, send)

    async def _again(self, scope: Scope, headers: Headers) -> Principal | None:
        """Who comes, looked up anew: for answers that last longer than a right may. None when nobody does any more."""
        found = self._trusted or await self._admit(scope, headers)
        return found if isinstance(found, Principal) else None

    async def _admit(self, scope: Scope, headers: Headers) -> Principal | Response:
        """Who comes, or the answer that turns them away."""
        if (scope["method"], scope["path"]) in DOORS:
            return _unproven("people sign in on our own page only.") if is_foreign(headers) else VISITOR
        if "authorization" in headers:
            return await self._with_token(headers) or self._refuse(scope, headers)
        secret = cookie_in(headers)
        principal = await self._with_cookie(scope, secret) if secret else None
        if principal is None:
            return self._refuse(scope, headers)
        unproven = why_unproven(scope["method"], headers, secret)
        return principal if unproven is None else _unproven(unproven)

    async def _with_token(self, headers: Headers) -> Principal | None:
        scheme, _, token = headers["authorization"].partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token.startswith(TOKEN_PREFIX):
            return None
        return self._remembered(token) or await run_in_threadpool(self._authenticate, token)

    async def _with_cookie(self, scope: Scope, secret: str) -> Principal | None:
        workspace = QueryParams(scope["query_string"]).get("workspace", DEFAULT_WORKSPACE)
        return await run_in_threadpool(self._signed_in, secret, workspace)

    def _refuse(self, scope: Scope, headers: Headers) -> Response:
        if "authorization" in headers:
            wait = self._limiter.wait_s(address_of(scope, headers), self._now_s())
            if wait:
                answer = problem(429, "too_many_bad_tokens", "Too many requests with a wrong token. Wait a minute.")
                answer.headers["Retry-After"] = str(math.ceil(wait))
                return answer
        answer = problem(
            401,
            "no_valid_token",
            "This needs a valid token: Authorization: Bearer zt_... "
            "`zuji token create --role owner --data DIR` makes one. Write keys cannot read. In a browser: sign in.",
        )
        answer.headers["WWW-Authenticate"] = 'Bearer realm="zuji"'
        return answer


def _unproven(why: str) -> Response:
    return problem(403, "not_from_our_page", why)


def address_of(scope: Scope, headers: Headers) -> str:
    """Whose request it is: the last forwarded address, which our own gateway wrote, or the peer."""
    forwarded = headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    if forwarded:
        return forwarded
    client = scope.get("client")
    return str(client[0]) if client else "local"
