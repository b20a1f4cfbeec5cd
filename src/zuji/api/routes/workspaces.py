"""Workspaces: list and create. Only somebody with a right in all workspaces makes new ones."""

from __future__ import annotations

from fastapi import APIRouter, Request

from zuji.api.guard import AnyPrincipal, GuardedRoute, needs
from zuji.api.ports import ports_of
from zuji.api.wire import WorkspaceIn, WorkspaceList, WorkspaceOut, iso
from zuji.store.metadata import Workspace
from zuji.terms.error import NotAllowed

router = APIRouter(tags=["workspaces"], route_class=GuardedRoute)


@router.get("/workspaces", openapi_extra=needs("workspaces.read", workspace="none"))
def list_workspaces(request: Request, principal: AnyPrincipal) -> WorkspaceList:
    """The workspaces this token holds for, or that somebody signed in may enter."""
    ports = ports_of(request)
    entered = {principal.workspace}
    if principal.session is not None and principal.user is not None:
        entered |= set(ports.users.get(principal.user).roles)
    every = ports.workspaces.list()
    return WorkspaceList(workspaces=[_out(one) for one in every if principal.workspace is None or one.id in entered])


@router.post("/workspaces", status_code=201, openapi_extra=needs("workspaces.write", workspace="none"))
def create_workspace(request: Request, principal: AnyPrincipal, body: WorkspaceIn) -> WorkspaceOut:
    """A new, empty workspace. Its sources, events and people are apart from those of every other."""
    if principal.workspace is not None:
        raise NotAllowed("a token for one workspace cannot make another. Use a token for all workspaces.")
    workspaces = ports_of(request).workspaces
    return _out(workspaces.create(body.name, timezone=body.timezone, actor=principal.id))


def _out(workspace: Workspace) -> WorkspaceOut:
    return WorkspaceOut(
        id=workspace.id, name=workspace.name, timezone=workspace.timezone, created_at=iso(workspace.created_at)
    )
