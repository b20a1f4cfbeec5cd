"""Subscriptions: receivers outside that are told of changes, how they stand, and what they did not take."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Path, Request, Response

from zuji.api.change_log import newest_change
from zuji.api.guard import AnyCaller, Caller, GuardedRoute, needs
from zuji.api.ports import Ports, ports_of
from zuji.api.waiting import wait_for
from zuji.api.wire import iso
from zuji.api.wire_changes import (
    DeadLetterList,
    DeadLetterOut,
    SubscriptionChange,
    SubscriptionIn,
    SubscriptionList,
    SubscriptionMade,
    SubscriptionOut,
    TriedOut,
)
from zuji.govern.outbound import host_of
from zuji.store.subscriptions import DeadLetter, Subscription
from zuji.terms.error import BadRequest

router = APIRouter(tags=["changes"], route_class=GuardedRoute)

SubscriptionId = Annotated[str, Path(max_length=64)]
MOST = 100
"""Subscriptions in one workspace."""


@router.get("/subscriptions", openapi_extra=needs("subscriptions.read"))
def list_all(request: Request, caller: AnyCaller) -> SubscriptionList:
    """Who is told of changes, and how each stands."""
    ports = ports_of(request)
    found = ports.subscriptions.all_in(caller.workspace)
    newest = newest_change(ports)
    return SubscriptionList(subscriptions=[SubscriptionOut(**_fields(one, newest)) for one in found])


@router.post("/subscriptions", status_code=201, openapi_extra=needs("subscriptions.write"))
def subscribe(request: Request, caller: AnyCaller, body: SubscriptionIn) -> SubscriptionMade:
    """Tell somebody outside. The answer holds the secret that signs deliveries; it is shown this once."""
    ports = ports_of(request)
    ports.outbound.check(body.url)
    if len(ports.subscriptions.all_in(caller.workspace)) >= MOST:
        raise BadRequest(f"a workspace has up to {MOST} subscriptions. Delete one that nobody needs.")
    now, newest = ports.now_ms(), newest_change(ports)
    made = Subscription(
        id=ports.new_id(),
        workspace=caller.workspace,
        name=body.name,
        url=body.url,
        secret=f"zs_{secrets.token_urlsafe(32)}",
        tags=None if body.tags is None else tuple(body.tags),
        segments=None if body.segments is None else tuple(body.segments),
        identifiers=tuple(body.identifiers),
        per_minute=body.per_minute,
        state="active",
        position=0 if body.from_start else newest,
        attempts=0,
        failing_since=None,
        next_at=now,
        delivered_at=None,
        problem="",
        created_by=caller.principal.id,
        created_at=now,
    )
    with ports.audit.together():
        ports.subscriptions.add(made)
        _note(ports, caller, "subscription.created", made)
    return SubscriptionMade(**_fields(made, newest), secret=made.secret)


@router.get("/subscriptions/{subscription_id}", openapi_extra=needs("subscriptions.read"))
def show(request: Request, caller: AnyCaller, subscription_id: SubscriptionId) -> SubscriptionOut:
    """One subscription and how it stands."""
    ports = ports_of(request)
    return SubscriptionOut(**_fields(ports.subscriptions.get(caller.workspace, subscription_id), newest_change(ports)))


@router.patch("/subscriptions/{subscription_id}", openapi_extra=needs("subscriptions.write"))
def change(
    request: Request, caller: AnyCaller, subscription_id: SubscriptionId, body: SubscriptionChange
) -> SubscriptionOut:
    """Rename, move, pause or go on. Going on begins at once with what has waited."""
    ports = ports_of(request)
    if body.url is not None:
        ports.outbound.check(body.url)
    columns: dict[str, Any] = body.model_dump(exclude_none=True)
    if body.state == "active" or body.url is not None:
        columns |= {"attempts": 0, "failing_since": None, "next_at": ports.now_ms()}
    ports.subscriptions.get(caller.workspace, subscription_id)
    with ports.audit.together():
        changed = ports.subscriptions.change(caller.workspace, subscription_id, **columns)
        _note(ports, caller, "subscription.changed", changed)
    return SubscriptionOut(**_fields(changed, newest_change(ports)))


@router.delete("/subscriptions/{subscription_id}", status_code=204, openapi_extra=needs("subscriptions.write"))
def delete(request: Request, caller: AnyCaller, subscription_id: SubscriptionId) -> Response:
    """Tell this receiver no more; its dead letters go too."""
    ports = ports_of(request)
    gone = ports.subscriptions.get(caller.workspace, subscription_id)
    with ports.audit.together():
        ports.subscriptions.delete(caller.workspace, subscription_id)
        _note(ports, caller, "subscription.deleted", gone)
    return Response(status_code=204)


@router.get("/subscriptions/{subscription_id}/dead-letters", openapi_extra=needs("subscriptions.read"))
def dead_letters(
    request: Request, caller: AnyCaller, subscription_id: SubscriptionId, after: int = 0
) -> DeadLetterList:
    """What the receiver did not take, up to 100, oldest first; `after`: the last id of the page before."""
    subscriptions = ports_of(request).subscriptions
    mine = subscriptions.get(caller.workspace, subscription_id)
    return DeadLetterList(dead_letters=[_letter(one) for one in subscriptions.dead_letters(mine.id, after=after)])


@router.post("/subscriptions/{subscription_id}/dead-letters/{letter}/retry", openapi_extra=needs("subscriptions.write"))
async def retry(request: Request, caller: AnyCaller, subscription_id: SubscriptionId, letter: int) -> TriedOut:
    """Send a dead letter once more, now; it goes when the receiver takes it."""
    ports = ports_of(request)
    return await wait_for(request, _retry, ports, caller, subscription_id, letter)


@router.delete(
    "/subscriptions/{subscription_id}/dead-letters/{letter}",
    status_code=204,
    openapi_extra=needs("subscriptions.write"),
)
def forget(request: Request, caller: AnyCaller, subscription_id: SubscriptionId, letter: int) -> Response:
    """Nobody needs this dead letter any more."""
    subscriptions = ports_of(request).subscriptions
    subscriptions.forget_dead_letter(subscriptions.get(caller.workspace, subscription_id).id, letter)
    return Response(status_code=204)


def _retry(ports: Ports, caller: Caller, subscription_id: str, letter: int) -> TriedOut:
    mine = ports.subscriptions.get(caller.workspace, subscription_id)
    answer = ports.redeliver(mine, ports.subscriptions.dead_letter(mine.id, letter))
    return TriedOut(delivered=answer.is_success, answer=f"answered {answer.status}")


def _letter(one: DeadLetter) -> DeadLetterOut:
    return DeadLetterOut(
        id=one.id,
        first=one.first,
        last=one.last,
        changes=one.changes,
        problem=one.problem,
        given_up_at=iso(one.given_up_at),
        body=msgspec.json.decode(one.body),
    )


def _fields(one: Subscription, newest: int) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "url": one.url,
        "tags": None if one.tags is None else list(one.tags),
        "segments": None if one.segments is None else list(one.segments),
        "identifiers": list(one.identifiers),
        "per_minute": one.per_minute,
        "state": one.state,
        "position": one.position,
        "waiting": max(0, newest - one.position),
        "attempts": one.attempts,
        "failing_since": None if one.failing_since is None else iso(one.failing_since),
        "next_at": iso(one.next_at) if one.attempts else None,
        "delivered_at": None if one.delivered_at is None else iso(one.delivered_at),
        "problem": one.problem,
        "created_by": one.created_by,
        "created_at": iso(one.created_at),
    }


def _note(ports: Ports, caller: Caller, action: str, one: Subscription) -> None:
    ports.audit.note(
        at=ports.now_ms(),
        actor=caller.principal.id,
        action=action,
        subject=one.id,
        detail=f"{one.name}: {host_of(one.url)}",
    )
