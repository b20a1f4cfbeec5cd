"""Quarantine: what was rejected, why, and sending it through again, repaired or as it is."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Request, Response

from zuji.api.decisions import decide
from zuji.api.freshness import wait_until_fresh
from zuji.api.guard import AnyCaller, Caller, GuardedRoute, needs
from zuji.api.ports import ports_of
from zuji.api.stored_json import told
from zuji.api.wire import Applied, QuarantinedOut, QuarantinePage, ReasonCounts, ReplayIn, iso
from zuji.govern.masking import mask_text
from zuji.store import quarantine
from zuji.store.quarantine import Chosen, Quarantined
from zuji.terms.error import BadRequest, NotFound
from zuji.terms.message import Message
from zuji.terms.refusal import refusal
from zuji.terms.rejection import MEANINGS, REASONS, Reason

router = APIRouter(tags=["quarantine"], route_class=GuardedRoute)
LARGEST_ID = 2**63 - 1  # what SQLite can count to
EventId = Annotated[int, Path(ge=0, le=LARGEST_ID)]


@router.get(
    "/quarantine",
    response_model=QuarantinePage,
    dependencies=[Depends(wait_until_fresh)],
    openapi_extra=needs("quarantine.read"),
)
def list_quarantined(
    request: Request,
    caller: AnyCaller,
    reason: Annotated[Reason | None, Query(description="Only this reason.")] = None,
    source: Annotated[str | None, Query(description="Only this source's, by id.")] = None,
    protocol: Annotated[str | None, Query(description="Only what came by this protocol.")] = None,
    cause: Annotated[str | None, Query(description="Only this cause, as `quarantine/groups` says it.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[int | None, Query(ge=0, le=LARGEST_ID, description="`next` of the page before.")] = None,
) -> Response:
    """Rejected events, newest first."""
    chosen = Chosen(source=source, reason=reason, protocol=protocol, cause=cause)
    with ports_of(request).hot.read() as connection:
        found = quarantine.page(connection, caller.workspace, chosen, before=cursor, limit=limit + 1)
    page = found[:limit]
    following = str(page[-1].id) if len(found) > limit else None
    return _answer({"quarantined": [_out(event, caller) for event in page], "next": following})


@router.get("/quarantine/reasons", dependencies=[Depends(wait_until_fresh)], openapi_extra=needs("quarantine.read"))
def count_reasons(request: Request, caller: AnyCaller) -> ReasonCounts:
    """How many events wait for each reason, and what the reasons mean."""
    with ports_of(request).hot.read() as connection:
        counts = quarantine.counts(connection, caller.workspace)
    meanings: dict[str, str] = {reason: MEANINGS[reason] for reason in REASONS}
    return ReasonCounts(total=sum(counts.values()), reasons=counts, meanings=meanings)


@router.get("/quarantine/{event_id}", response_model=QuarantinedOut, openapi_extra=needs("quarantine.read"))
def get_quarantined(request: Request, caller: AnyCaller, event_id: EventId) -> Response:
    """One rejected event, whole."""
    return _answer(_out(_waiting(request, caller, event_id), caller))


@router.post("/quarantine/{event_id}/replay", openapi_extra=needs("quarantine.replay"))
async def replay(request: Request, caller: AnyCaller, event_id: EventId, body: ReplayIn | None = None) -> Applied:
    """Send one rejected event through all stages again. It keeps its message id, so a late repeat stays a duplicate."""
    properties: dict[str, Any] = {"id": event_id}
    if body is not None and body.message is not None:
        properties["message"] = _canonical(body.message)
    return await decide(request, caller, "replay", properties)


@router.delete("/quarantine/{event_id}", openapi_extra=needs("quarantine.replay"))
async def discard(request: Request, caller: AnyCaller, event_id: EventId) -> Applied:
    """Give one rejected event up for good."""
    return await decide(request, caller, "discard", {"id": event_id})


def _waiting(request: Request, caller: Caller, event_id: int) -> Quarantined:
    with ports_of(request).hot.read() as connection:
        found = quarantine.get(connection, caller.workspace, event_id)
    if found is None:
        raise NotFound(f"no event {event_id} waits in quarantine; it may have been replayed already.")
    return found


def _canonical(message: dict[str, Any]) -> dict[str, Any]:
    """The repaired message, refused here when it is no message at all."""
    try:
        msgspec.convert(message, dict[str, Any])
        msgspec.json.decode(msgspec.json.encode(message), type=Message)
    except msgspec.ValidationError as mistake:
        raise BadRequest(
            f"the repaired message does not have the canonical shape: {refusal(Message, mistake)}"
        ) from mistake
    return message


def _answer(answer: Any) -> Response:
    return Response(msgspec.json.encode(answer), media_type="application/json")


def _out(event: Quarantined, caller: Caller) -> dict[str, Any]:
    """As `QuarantinedOut`. Each field of the message is read on its own: what was rejected may be unreadable."""
    shown = caller.sees_personal
    fields = msgspec.json.decode(msgspec.json.encode(event.message), type=dict[str, msgspec.Raw])
    return {
        "id": event.id,
        "source": event.source,
        "message_id": event.message_id,
        "reason": event.reason,
        "meaning": MEANINGS.get(event.reason, ""),  # type: ignore[call-overload]
        "detail": event.detail if shown else mask_text(event.detail),
        "cause": event.cause if shown else mask_text(event.cause),
        "protocol": event.protocol,
        "received_at": iso(event.received_at),
        "message": {name: told(raw, shown=shown, name=name) for name, raw in fields.items()},
    }
