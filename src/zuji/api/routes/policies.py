"""Policies: what the workspace decided about its data, part by part, with every version kept."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from pydantic import Field

from zuji.api.guard import AnyCaller, GuardedRoute, needs
from zuji.api.ports import ports_of
from zuji.api.wire import In, Out, iso
from zuji.clean.policies import READERS
from zuji.terms.error import NotFound
from zuji.terms.policy import PARTS, Part, Policy

router = APIRouter(tags=["policies"], route_class=GuardedRoute)


class PolicyIn(In):
    """A part as it shall be. `over`: the version it was written over (0: none), so that nobody is overwritten."""

    document: dict[str, Any]
    over: int | None = Field(default=None, ge=0)


class PolicyOut(Out):
    """A part as it holds; version 0 and an empty document while nothing was decided."""

    part: str
    version: int
    document: dict[str, Any]
    at: str | None
    by: str | None


class PolicyVersions(Out):
    """Every version, newest first."""

    versions: list[PolicyOut]


@router.get("/policies/{part}", openapi_extra=needs("policies.read"))
def read_policy(request: Request, caller: AnyCaller, part: str) -> PolicyOut:
    """What holds now for a part."""
    known = _part(part)
    found = ports_of(request).policies.newest(caller.workspace, known)
    return _out(found) if found else PolicyOut(part=known, version=0, document={}, at=None, by=None)


@router.put("/policies/{part}", openapi_extra=needs("policies.write"))
def write_policy(request: Request, caller: AnyCaller, part: str, body: PolicyIn) -> PolicyOut:
    """Decide a part anew; it holds from the next batch of events on. What makes no sense is refused whole."""
    known, ports = _part(part), ports_of(request)
    READERS[known](body.document)
    with ports.audit.together():
        made = ports.policies.write(
            caller.workspace, known, body.document, over=body.over, at=ports.now_ms(), by=caller.principal.id
        )
        ports.audit.note(
            at=made.at,
            actor=made.by,
            action="policy.write",
            subject=caller.workspace,
            detail=f"{known}, version {made.version}",
        )
    return _out(made)


@router.get("/policies/{part}/versions", openapi_extra=needs("policies.read"))
def list_policy_versions(request: Request, caller: AnyCaller, part: str) -> PolicyVersions:
    """How a part was decided over time."""
    found = ports_of(request).policies.versions(caller.workspace, _part(part))
    return PolicyVersions(versions=[_out(one) for one in found])


def _part(name: str) -> Part:
    for part in PARTS:
        if part == name:
            return part
    raise NotFound(f"there is no policy {name!r:.60}; there are {', '.join(PARTS)}.")


def _out(policy: Policy) -> PolicyOut:
    return PolicyOut(
        part=policy.part,
        version=policy.version,
        document=dict(policy.document),
        at=iso(policy.at),
        by=policy.by,
    )
