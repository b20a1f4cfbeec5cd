"""The audit log: who made, changed and revoked what, who signed in, who looked at whose profile."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field

from zuji.api.guard import AnyPrincipal, GuardedRoute, needs
from zuji.api.ports import ports_of
from zuji.api.wire import Cursor, Out, iso
from zuji.terms.error import NotAllowed

router = APIRouter(tags=["audit"], route_class=GuardedRoute)
LARGEST_ID = 2**63 - 1  # what SQLite and PostgreSQL can count to


class AuditEntryOut(Out):
    """One thing somebody did. `actor`: the id of a user or a token, `control` for the command line on the machine."""

    id: int
    at: str
    actor: str
    action: str = Field(examples=["source.create", "key.revoke", "token.create"])
    subject: str
    detail: str


class AuditPage(Out):
    """What was done, newest first."""

    entries: list[AuditEntryOut]
    next: Cursor = None


@router.get("/audit", openapi_extra=needs("audit.read", workspace="none"))
def list_audit(
    request: Request,
    principal: AnyPrincipal,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[int | None, Query(ge=0, le=LARGEST_ID, description="`next` of the page before.")] = None,
    subject: Annotated[
        str | None, Query(max_length=200, description="Only what was done to this.", examples=["default/profile:17"])
    ] = None,
) -> AuditPage:
    """Who made, changed and revoked what, signed in, looked at a profile. Needs a right in all workspaces."""
    if principal.workspace is not None:
        raise NotAllowed("the audit log is about all workspaces. Use a token for all workspaces.")
    entries, following = ports_of(request).audit.page(before=cursor, limit=limit, subject=subject)
    told = [
        AuditEntryOut(
            id=one.id, at=iso(one.at), actor=one.actor, action=one.action, subject=one.subject, detail=one.detail
        )
        for one in entries
    ]
    return AuditPage(entries=told, next=None if following is None else str(following))
