"""Signing in and out, who one is, the browsers one is signed in with, and one's own password."""

from __future__ import annotations

import math
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from zuji.api.answers import problem
from zuji.api.browser import COOKIE, give_cookie, take_cookie
from zuji.api.first_page import Address
from zuji.api.guard import AnyPrincipal, GuardedRoute, address_of, needs
from zuji.api.ports import Ports, ports_of
from zuji.api.waiting import wait_for
from zuji.api.wire import iso
from zuji.api.wire_users import (
    EnterableWorkspace,
    ListedSession,
    MyselfIn,
    PasswordIn,
    SessionList,
    SessionOut,
    SessionUser,
    SignedInUser,
    SignInIn,
    WelcomeIn,
)
from zuji.govern.principal import Principal
from zuji.govern.roles import PERMISSIONS_OF
from zuji.govern.sessions import Browser, NewSession, Wait, csrf_of, expires_at, principal_of
from zuji.store.users import User, UserSession
from zuji.terms.error import NotFound
from zuji.terms.source import DEFAULT_WORKSPACE

router = APIRouter(tags=["session"], route_class=GuardedRoute)
MOST_BYTES = 16 * 1024
"""Whoever has not signed in yet has not much to say."""
NOBODY = "the login or the password is wrong, or this user may not sign in."
InWorkspace = Annotated[str, Query(description="The workspace to be told about; another one where it is closed.")]


@router.post(
    "/session", response_model=SessionOut, openapi_extra=needs("session.begin", workspace="none", most_bytes=MOST_BYTES)
)
async def sign_in(request: Request, body: SignInIn) -> Response:
    """Sign in: the answer sets the cookie. 401 for whatever is wrong, 429 after too many tries."""
    ports, browser = ports_of(request), _browser(request)
    # Hashing is slow on purpose and waits its turn, so it must not hold a thread that others need.
    begun = await wait_for(request, ports.sessions.sign_in, body.login, body.password, browser)
    if begun is None:
        return problem(401, "wrong_login", NOBODY)
    return _told_to_wait(begun) if isinstance(begun, Wait) else await wait_for(request, _welcomed, request, begun)


@router.post(
    "/session/welcome",
    response_model=SessionOut,
    openapi_extra=needs("session.begin", workspace="none", most_bytes=MOST_BYTES),
)
async def follow_link(request: Request, body: WelcomeIn) -> Response:
    """Follow an invitation, or a link for a new password, and be signed in."""
    ports, browser = ports_of(request), _browser(request)

    def follow() -> Response:
        if wait := ports.sessions.wait_s(browser):
            return _told_to_wait(Wait(wait))
        user = ports.users.welcome(
            body.code, login=body.login, name=body.name, password=body.password, language=body.language
        )
        ports.sessions.was_right(browser)
        return _welcomed(request, ports.sessions.begin(user, browser))

    return await wait_for(request, follow)


@router.get("/session", openapi_extra=needs("session.own", workspace="none"))
def show_session(request: Request, principal: AnyPrincipal, workspace: InWorkspace = DEFAULT_WORKSPACE) -> SessionOut:
    """Who is signed in, with what they may do, the workspaces they may enter, and the text that proves a change."""
    ports = ports_of(request)
    return _session(ports, _signed_in(ports, principal), principal, request.cookies[COOKIE], workspace)


@router.patch("/session", openapi_extra=needs("session.own", workspace="none"))
def describe_myself(request: Request, principal: AnyPrincipal, body: MyselfIn) -> SignedInUser:
    """Change one's name or language."""
    ports = ports_of(request)
    user = _signed_in(ports, principal)
    return _user(ports.users.describe(user.id, name=body.name, language=body.language))


@router.delete("/session", status_code=204, openapi_extra=needs("session.own", workspace="none"))
def sign_out(request: Request, principal: AnyPrincipal) -> Response:
    """Sign out: the session ends, the cookie goes."""
    ports = ports_of(request)
    user = _signed_in(ports, principal)
    ports.sessions.end(principal.session or "", of=user.id, actor=user.id)
    answer, reached = Response(status_code=204), _reached(request)
    take_cookie(answer, scheme=reached.scheme, prefix=reached.prefix)
    return answer


@router.post("/session/password", status_code=204, openapi_extra=needs("session.own", workspace="none"))
async def change_password(request: Request, principal: AnyPrincipal, body: PasswordIn) -> Response:
    """Set a new password with the old one. All other sessions of this user end."""
    ports, browser = ports_of(request), _browser(request)

    def change() -> Response:
        user = _signed_in(ports, principal)
        if wait := ports.sessions.wait_s(browser, login=user.login):
            return _told_to_wait(Wait(wait))
        ports.users.change_password(user.id, old=body.old, new=body.new, keep_session=principal.session)
        ports.sessions.was_right(browser, login=user.login)
        return Response(status_code=204)

    return await wait_for(request, change)


@router.get("/sessions", openapi_extra=needs("session.own", workspace="none"))
def list_sessions(request: Request, principal: AnyPrincipal) -> SessionList:
    """The browsers one is signed in with; for an owner of all workspaces, everybody's."""
    ports = ports_of(request)
    of = _whose(principal)
    known = {user.id: user for user in ports.users.all()}
    found = [] if of == "" else ports.sessions.list(of)
    return SessionList(sessions=[_listed(one, known[one.user], principal) for one in found if one.user in known])


@router.delete("/sessions/{session_id}", openapi_extra=needs("session.own", workspace="none"))
def end_session(request: Request, principal: AnyPrincipal, session_id: str) -> ListedSession:
    """End a session of one's own, or for an owner of all workspaces of anybody."""
    ports = ports_of(request)
    ended = ports.sessions.end(session_id, of=_whose(principal), actor=principal.id)
    return _listed(ended, ports.users.get(ended.user), principal)


def _whose(principal: Principal) -> str | None:
    """Whose sessions a caller sees: their own, none for a token of nobody, and None for everybody's."""
    everybodys = principal.workspace is None and principal.may("users.write")
    return None if everybodys else principal.user or ""


def _signed_in(ports: Ports, principal: Principal) -> User:
    if principal.session is None or principal.user is None:
        raise NotFound("a token is no session: this is for somebody who has signed in.")
    return ports.users.get(principal.user)


def _welcomed(request: Request, begun: NewSession) -> Response:
    """The answer to somebody who has just come in."""
    principal = principal_of(begun.user, begun.session.id, DEFAULT_WORKSPACE)
    if principal is None:
        return problem(401, "wrong_login", NOBODY)
    told = _session(ports_of(request), begun.user, principal, begun.secret, DEFAULT_WORKSPACE)
    answer, reached = Response(told.model_dump_json(), media_type="application/json"), _reached(request)
    give_cookie(answer, begun.secret, scheme=reached.scheme, prefix=reached.prefix)
    return answer


def _session(ports: Ports, user: User, principal: Principal, secret: str, asked: str) -> SessionOut:
    places = [
        EnterableWorkspace(id=one.id, name=one.name, timezone=one.timezone, role=role)
        for one in ports.workspaces.list()
        if (role := user.role_in(one.id)) is not None
    ]
    here = principal.workspace or (asked if ports.workspaces.exists(asked) else DEFAULT_WORKSPACE)
    return SessionOut(
        user=_user(user),
        role=principal.role,
        workspace=here,
        workspaces=places,
        permissions=sorted(PERMISSIONS_OF[principal.role]),
        csrf=csrf_of(secret),
    )


def _user(user: User) -> SignedInUser:
    return SignedInUser(id=user.id, login=user.login, name=user.name, language=user.language)


def _listed(session: UserSession, user: User, principal: Principal) -> ListedSession:
    return ListedSession(
        id=session.id,
        user=SessionUser(id=user.id, login=user.login, name=user.name),
        created_at=iso(session.created_at),
        seen_at=iso(session.seen_at),
        expires_at=iso(expires_at(session)),
        address=session.address,
        agent=session.agent,
        current=session.id == principal.session,
    )


def _told_to_wait(wait: Wait) -> Response:
    answer = problem(429, "too_many_tries", "Too many tries failed. Wait a little; every further one takes longer.")
    answer.headers["Retry-After"] = str(math.ceil(wait.seconds))
    return answer


def _browser(request: Request) -> Browser:
    return Browser(
        address_of(request.scope, request.headers),
        request.headers.get("user-agent", ""),
        request.cookies.get(COOKIE, ""),
    )


def _reached(request: Request) -> Address:
    """How the browser reached us: what the gateway says, which lets nobody else write these headers."""
    told = request.headers
    return Address.told(
        told.get("x-forwarded-proto", request.url.scheme), request.url.netloc, told.get("x-forwarded-prefix", "")
    )
