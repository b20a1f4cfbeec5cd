"""Tokens: create, list, revoke. A token for one workspace makes and sees tokens of that workspace alone.

A token that somebody made who was signed in is theirs, unless it is made for another user: it ends with that user.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from zuji.api.guard import AnyPrincipal, GuardedRoute, needs
from zuji.api.ports import ports_of
from zuji.api.wire import NewTokenOut, TokenIn, TokenList, TokenOut, iso
from zuji.govern.principal import Principal
from zuji.store.metadata import Token
from zuji.terms.error import NotAllowed, NotFound

router = APIRouter(tags=["tokens"], route_class=GuardedRoute)
DAY_MS = 86_400_000


@router.get("/tokens", openapi_extra=needs("tokens.read", workspace="none"))
def list_tokens(request: Request, principal: AnyPrincipal) -> TokenList:
    """Every token this one may see, newest first, revoked ones too. The tokens themselves are not kept."""
    return TokenList(tokens=[TokenOut(**_fields(token)) for token in _visible(request, principal)])


@router.post("/tokens", status_code=201, openapi_extra=needs("tokens.write", workspace="none"))
def create_token(request: Request, principal: AnyPrincipal, body: TokenIn) -> NewTokenOut:
    """A new token, shown this once."""
    ports = ports_of(request)
    if not principal.covers(body.workspace or "") and principal.workspace != body.workspace:
        raise NotAllowed(f"this token may only make tokens for its own workspace, {principal.workspace}.")
    if body.workspace is not None and not ports.workspaces.exists(body.workspace):
        raise NotFound(f"there is no workspace {body.workspace!r}.")
    if body.user is not None:
        ports.users.get(body.user, scope=principal.workspace)
    days = body.expires_in_days
    made = ports.tokens.create(
        role=body.role,
        name=body.name,
        workspace=body.workspace,
        expires_at=None if days is None else ports.now_ms() + days * DAY_MS,
        actor=principal.id,
        user=body.user or principal.user,
    )
    return NewTokenOut(token=made.secret, **_fields(made.token))


@router.delete("/tokens/{token_id}", openapi_extra=needs("tokens.write", workspace="none"))
def revoke_token(request: Request, principal: AnyPrincipal, token_id: str) -> TokenOut:
    """Make a token worthless, at once and for ever."""
    if not any(token.id == token_id for token in _visible(request, principal)):
        raise NotFound(f"there is no token {token_id!r}. GET /api/v1/tokens lists those there are.")
    return TokenOut(**_fields(ports_of(request).tokens.revoke(token_id, actor=principal.id)))


def _visible(request: Request, principal: Principal) -> list[Token]:
    every = ports_of(request).tokens.list()
    return [token for token in every if principal.workspace is None or token.workspace == principal.workspace]


def _fields(token: Token) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "role": token.role,
        "user": token.user,
        "workspace": token.workspace,
        "hint": token.hint,
        "created_at": iso(token.created_at),
        "expires_at": None if token.expires_at is None else iso(token.expires_at),
        "revoked_at": None if token.revoked_at is None else iso(token.revoked_at),
        "last_used_at": None if token.last_used_at is None else iso(token.last_used_at),
    }
