"""Receivers: who is told of alerts and alarms, by webhook or mail, how each stands, and what it was sent."""

from __future__ import annotations

import secrets
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec
from fastapi import APIRouter, Path, Query, Request, Response

from zuji.api.guard import AnyCaller, Caller, GuardedRoute, needs
from zuji.api.ports import Ports, ports_of
from zuji.api.waiting import wait_for
from zuji.api.wire import iso
from zuji.api.wire_receivers import (
    ALARM_CODES,
    DeliveryList,
    DeliveryOut,
    NoticeSent,
    ReceiverChange,
    ReceiverIn,
    ReceiverList,
    ReceiverMade,
    ReceiverOut,
)
from zuji.govern.posting import Sent
from zuji.store.receivers import MAIL, Delivery, Receiver
from zuji.terms.error import BadRequest

router = APIRouter(tags=["receivers"], route_class=GuardedRoute)

ReceiverId = Annotated[str, Path(max_length=64)]
DeliveryId = Annotated[int, Path(ge=1, le=2**53)]
MOST = 50
"""Receivers in one workspace."""


@router.get("/receivers", openapi_extra=needs("receivers.read"))
def list_all(request: Request, caller: AnyCaller) -> ReceiverList:
    """Who is told of alerts and alarms, and how each stands."""
    ports = ports_of(request)
    found = [_out(ports, one) for one in ports.receivers.all_in(caller.workspace)]
    return ReceiverList(receivers=found, mail=ports.notifier.mail_is_on, alarm_codes=list(ALARM_CODES))


@router.post("/receivers", status_code=201, openapi_extra=needs("receivers.write"))
def add(request: Request, caller: AnyCaller, body: ReceiverIn) -> ReceiverMade:
    """Tell somebody of what happens from now on. A webhook's secret is in the answer, this once."""
    ports = ports_of(request)
    _check_address(ports, body.address)
    if len(ports.receivers.all_in(caller.workspace)) >= MOST:
        raise BadRequest(f"a workspace has up to {MOST} receivers. Delete one that nobody needs.")
    now = ports.now_ms()
    made = Receiver(
        id=ports.new_id(),
        workspace=caller.workspace,
        name=body.name,
        address=body.address,
        secret="" if body.address.startswith(MAIL) else f"zs_{secrets.token_urlsafe(32)}",
        alerts=_chosen(body.alerts),
        alarms=_chosen(body.alarms),
        sources=_chosen(body.sources),
        per_hour=body.per_hour,
        state="active",
        position=ports.notifier.newest(),
        attempts=0,
        failing_since=None,
        next_at=now,
        delivered_at=None,
        problem="",
        created_by=caller.principal.id,
        created_at=now,
    )
    with ports.audit.together():
        ports.receivers.add(made)
        _note(ports, caller, "receiver.created", made)
    return ReceiverMade(**_fields(ports, made), secret=made.secret or None)


@router.get("/receivers/{receiver_id}", openapi_extra=needs("receivers.read"))
def show(request: Request, caller: AnyCaller, receiver_id: ReceiverId) -> ReceiverOut:
    """One receiver and how it stands."""
    ports = ports_of(request)
    return _out(ports, ports.receivers.get(caller.workspace, receiver_id))


@router.patch("/receivers/{receiver_id}", openapi_extra=needs("receivers.write"))
def change(request: Request, caller: AnyCaller, receiver_id: ReceiverId, body: ReceiverChange) -> ReceiverOut:
    """Rename, move, choose anew, pause or go on. Null for `alerts`, `alarms` or `sources` chooses all."""
    ports = ports_of(request)
    before = ports.receivers.get(caller.workspace, receiver_id)
    columns: dict[str, Any] = body.model_dump(exclude_unset=True)
    optional = ("alerts", "alarms", "sources")
    columns = {name: value for name, value in columns.items() if value is not None or name in optional}
    if body.address is not None:
        _check_address(ports, body.address)
        if body.address.startswith(MAIL) != (before.mail is not None):
            raise BadRequest("a webhook stays a webhook, and mail stays mail. Add another receiver instead.")
    columns |= {"attempts": 0, "failing_since": None, "next_at": ports.now_ms(), "problem": ""}
    with ports.audit.together():
        changed = ports.receivers.change(caller.workspace, receiver_id, **columns)
        _note(ports, caller, "receiver.changed", changed)
    return _out(ports, changed)


@router.delete("/receivers/{receiver_id}", status_code=204, openapi_extra=needs("receivers.write"))
def delete(request: Request, caller: AnyCaller, receiver_id: ReceiverId) -> Response:
    """Tell this receiver no more; what it was sent is forgotten too."""
    ports = ports_of(request)
    gone = ports.receivers.get(caller.workspace, receiver_id)
    with ports.audit.together():
        ports.receivers.delete(caller.workspace, receiver_id)
        _note(ports, caller, "receiver.deleted", gone)
    return Response(status_code=204)


@router.post("/receivers/{receiver_id}/test", openapi_extra=needs("receivers.write"))
async def test(request: Request, caller: AnyCaller, receiver_id: ReceiverId) -> NoticeSent:
    """Send a test now, and say what came of it."""
    ports = ports_of(request)
    return await wait_for(request, _test, ports, caller, receiver_id)


@router.get("/receivers/{receiver_id}/deliveries", openapi_extra=needs("receivers.read"))
def deliveries(
    request: Request,
    caller: AnyCaller,
    receiver_id: ReceiverId,
    before: Annotated[int | None, Query(ge=1, le=2**53)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> DeliveryList:
    """What it was sent and what was put away, newest first; `before`: the last id of the page before."""
    receivers = ports_of(request).receivers
    mine = receivers.get(caller.workspace, receiver_id)
    found = receivers.deliveries(mine.id, before=before, limit=limit)
    return DeliveryList(deliveries=[_delivery(one) for one in found])


@router.post("/receivers/{receiver_id}/deliveries/{delivery}/retry", openapi_extra=needs("receivers.write"))
async def retry(request: Request, caller: AnyCaller, receiver_id: ReceiverId, delivery: DeliveryId) -> NoticeSent:
    """Send once more, now, what was put away."""
    ports = ports_of(request)
    return await wait_for(request, _retry, ports, caller, receiver_id, delivery)


def _test(ports: Ports, caller: Caller, receiver_id: str) -> NoticeSent:
    mine = ports.receivers.get(caller.workspace, receiver_id)
    _note(ports, caller, "receiver.tested", mine)
    return _sent(ports.notifier.send_test(mine))


def _retry(ports: Ports, caller: Caller, receiver_id: str, delivery: int) -> NoticeSent:
    mine = ports.receivers.get(caller.workspace, receiver_id)
    return _sent(ports.notifier.send_again(mine, ports.receivers.put_away(mine.id, delivery)))


def _sent(sent: Sent) -> NoticeSent:
    return NoticeSent(delivered=sent.taken, answer=sent.said)


def _check_address(ports: Ports, address: str) -> None:
    if not address.startswith(MAIL):
        ports.outbound.check(address)
    elif not ports.notifier.mail_is_on:
        raise BadRequest("mail is off. The operator turns it on with the settings mail.host and mail.sender.")


def _chosen(names: list[Any] | None) -> tuple[str, ...] | None:
    return None if names is None else tuple(names)


def shown_address(one: Receiver) -> str:
    """A mail address, or where a webhook leads without its path."""
    if one.mail is not None:
        return one.mail
    parts = urlsplit(one.address)
    return f"{parts.scheme}://{parts.netloc}/…"


def _delivery(one: Delivery) -> DeliveryOut:
    return DeliveryOut(
        id=one.id,
        state=one.state,
        notices=one.notices,
        problem=one.problem,
        at=iso(one.at),
        body=msgspec.json.decode(one.body),
    )


def _out(ports: Ports, one: Receiver) -> ReceiverOut:
    return ReceiverOut(**_fields(ports, one))


def _fields(ports: Ports, one: Receiver) -> dict[str, Any]:
    kind: Literal["webhook", "mail"] = "webhook" if one.mail is None else "mail"
    return {
        "id": one.id,
        "name": one.name,
        "kind": kind,
        "address": shown_address(one),
        "alerts": None if one.alerts is None else list(one.alerts),
        "alarms": None if one.alarms is None else list(one.alarms),
        "sources": None if one.sources is None else list(one.sources),
        "per_hour": one.per_hour,
        "state": one.state,
        "attempts": one.attempts,
        "failing_since": None if one.failing_since is None else iso(one.failing_since),
        "waiting_until": iso(one.next_at) if one.next_at > ports.now_ms() else None,
        "delivered_at": None if one.delivered_at is None else iso(one.delivered_at),
        "problem": one.problem,
        "created_by": one.created_by,
        "created_at": iso(one.created_at),
    }


def _note(ports: Ports, caller: Caller, action: str, one: Receiver) -> None:
    ports.audit.note(
        at=ports.now_ms(),
        actor=caller.principal.id,
        action=action,
        subject=one.id,
        detail=f"{one.name}: {shown_address(one)}",
    )
