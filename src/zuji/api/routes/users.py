"""Users: invite, list, change, remove. Whoever owns one workspace alone does so for that workspace alone."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from zuji.api.guard import AnyPrincipal, GuardedRoute, needs
from zuji.api.ports import Ports, ports_of
from zuji.api.wire import iso
from zuji.api.wire_users import (
    InvitationIn,
    InvitationList,
    InvitationOut,
    NewInvitationOut,
    ResetLinkOut,
    UserChangeIn,
    UserList,
    UserOut,
    WorkspaceRole,
)
from zuji.govern.principal import OPERATOR, Principal
from zuji.store.users import User, UserLink
from zuji.terms.error import NotAllowed, NotFound

router = APIRouter(tags=["users"], route_class=GuardedRoute)


@router.get("/users", openapi_extra=needs("users.read", workspace="none"))
def list_users(request: Request, principal: AnyPrincipal) -> UserList:
    """Who may sign in, with which role where."""
    ports = ports_of(request)
    seen = _last_seen(ports)
    known = ports.users.all(scope=principal.workspace)
    return UserList(users=[_out(user, principal.workspace, seen.get(user.id)) for user in known])


@router.get("/users/invitations", openapi_extra=needs("users.read", workspace="none"))
def list_invitations(request: Request, principal: AnyPrincipal) -> InvitationList:
    """The invitations that nobody followed yet. Their links are not kept."""
    waiting = ports_of(request).users.invitations(scope=principal.workspace)
    return InvitationList(invitations=[InvitationOut(**_invitation(one)) for one in waiting])


@router.post("/users/invitations", status_code=201, openapi_extra=needs("users.write", workspace="none"))
def invite(request: Request, principal: AnyPrincipal, body: InvitationIn) -> NewInvitationOut:
    """A link for somebody new, good once and for seven days, shown this once. Hand it to them; nothing is sent."""
    ports = ports_of(request)
    _require_place(ports, principal, body.workspace)
    made = ports.users.invite(role=body.role, workspace=body.workspace, actor=principal.id)
    return NewInvitationOut(path=made.path, **_invitation(made.link))


@router.delete(
    "/users/invitations/{invitation_id}", status_code=204, openapi_extra=needs("users.write", workspace="none")
)
def withdraw(request: Request, principal: AnyPrincipal, invitation_id: str) -> Response:
    """Make an invitation worthless."""
    ports_of(request).users.withdraw(invitation_id, scope=principal.workspace, actor=principal.id)
    return Response(status_code=204)


@router.patch("/users/{user_id}", openapi_extra=needs("users.write", workspace="none"))
def change_user(request: Request, principal: AnyPrincipal, user_id: str, body: UserChangeIn) -> UserOut:
    """Give or take a role, lock out, let in. The last owner of all workspaces stays one: 409."""
    ports, scope = ports_of(request), principal.workspace
    changed = ports.users.get(user_id, scope=scope)
    if "role" in body.model_fields_set:
        _require_place(ports, principal, body.workspace)
        changed = ports.users.set_role(user_id, body.role, workspace=body.workspace, scope=scope, actor=principal.id)
    if body.disabled is not None:
        change = ports.users.disable if body.disabled else ports.users.enable
        changed = change(user_id, scope=scope, actor=principal.id)
    return _out(changed, scope, _last_seen(ports).get(user_id))


@router.delete("/users/{user_id}", openapi_extra=needs("users.write", workspace="none"))
def remove_user(request: Request, principal: AnyPrincipal, user_id: str) -> UserOut:
    """Forget a user for good, with sessions and tokens; what they saved stays. The last owner stays: 409."""
    removed = ports_of(request).users.remove(user_id, scope=principal.workspace, actor=principal.id)
    return _out(removed, principal.workspace, None)


@router.post("/users/{user_id}/reset-link", status_code=201, openapi_extra=needs("users.write", workspace="none"))
def make_reset_link(request: Request, principal: AnyPrincipal, user_id: str) -> ResetLinkOut:
    """A link for a new password. Over the control socket only: use `zuji user reset-password`."""
    if principal != OPERATOR:
        raise NotAllowed("nobody opens somebody else's door from afar. On the machine: zuji user reset-password LOGIN.")
    users = ports_of(request).users
    user = users.get(user_id)
    made = users.reset_link(user, actor=principal.id)
    return ResetLinkOut(login=user.login, path=made.path, expires_at=iso(made.link.expires_at))


def _require_place(ports: Ports, principal: Principal, workspace: str | None) -> None:
    """Roles are given where one has the right to, and where there is a workspace."""
    if principal.workspace is not None and workspace != principal.workspace:
        raise NotAllowed(f"you may give roles in the workspace {principal.workspace} only; name it in the body.")
    if workspace is not None and not ports.workspaces.exists(workspace):
        raise NotFound(f"there is no workspace {workspace!r:.80}. GET /api/v1/workspaces lists those there are.")


def _last_seen(ports: Ports) -> dict[str, int]:
    """When each user was seen last: the newest session is read last, so it counts."""
    return {one.user: one.seen_at for one in reversed(ports.sessions.list())}


def _out(user: User, scope: str | None, seen_at: int | None) -> UserOut:
    roles = [WorkspaceRole(workspace=one, role=role) for one, role in sorted(user.roles.items())]
    return UserOut(
        id=user.id,
        login=user.login,
        name=user.name,
        language=user.language,
        role=user.role,
        roles=[one for one in roles if scope is None or one.workspace == scope],
        disabled=user.disabled_at is not None,
        created_at=iso(user.created_at),
        seen_at=None if seen_at is None else iso(seen_at),
    )


def _invitation(link: UserLink) -> dict[str, Any]:
    return {
        "id": link.id,
        "role": link.role,
        "workspace": link.workspace,
        "created_by": link.created_by,
        "created_at": iso(link.created_at),
        "expires_at": iso(link.expires_at),
    }
