"""Repairs of quarantined events: tried on a sample first, then carried out; and what was dropped, and why."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response

from zuji.api.decisions import decide
from zuji.api.freshness import wait_until_fresh
from zuji.api.guard import AnyCaller, Caller, GuardedRoute, needs
from zuji.api.moments import milliseconds
from zuji.api.ports import ports_of
from zuji.api.stored_json import told
from zuji.api.waiting import wait_for
from zuji.api.wire import Applied, iso
from zuji.api.wire_quarantine import (
    Dropped,
    DroppedReason,
    DroppedUncounted,
    ExpireIn,
    QuarantineGroup,
    QuarantineGroups,
    RepairIn,
    RepairList,
    RepairOut,
    RepairPreview,
)
from zuji.clean.plan_document import NO_PLAN, read_plan
from zuji.govern.masking import mask_text
from zuji.store import accounting, quarantine_groups, repairs
from zuji.store.quarantine_groups import DAY_MS
from zuji.store.repairs import RepairRun
from zuji.terms.document import read_document
from zuji.terms.error import NotFound
from zuji.terms.rejection import MEANINGS, Reason
from zuji.terms.repair import Repair

router = APIRouter(tags=["quarantine"], route_class=GuardedRoute)
MOST_DAYS = 400
SourceId = Annotated[str | None, Query(description="Only this source's, by id.")]


@router.get("/quarantine/groups", dependencies=[Depends(wait_until_fresh)], openapi_extra=needs("quarantine.read"))
def list_groups(
    request: Request,
    caller: AnyCaller,
    source: SourceId = None,
    reason: Annotated[Reason | None, Query(description="Only this reason.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> QuarantineGroups:
    """What waits, grouped by cause: source, reason, protocol, and the detail without its own numbers."""
    with ports_of(request).hot.read() as connection:
        found = quarantine_groups.groups(connection, caller.workspace, source=source, reason=reason, limit=limit)
    return QuarantineGroups(
        groups=[
            QuarantineGroup(
                source=one.source,
                reason=one.reason,
                meaning=_meaning(one.reason),
                protocol=one.protocol,
                cause=one.cause if caller.sees_personal else mask_text(one.cause),
                events=one.events,
                first_at=iso(one.first_at),
                last_at=iso(one.last_at),
                sample=one.sample,
            )
            for one in found
        ]
    )


@router.get("/quarantine/dropped", dependencies=[Depends(wait_until_fresh)], openapi_extra=needs("quarantine.read"))
def list_dropped(
    request: Request,
    caller: AnyCaller,
    source: SourceId = None,
    from_: Annotated[str | None, Query(alias="from", description="From this moment's day on, as ISO 8601.")] = None,
    to: Annotated[str | None, Query(description="Up to this moment's day.")] = None,
) -> Dropped:
    """What was dropped, and why: per source, reason and day of receipt (UTC), also repeats and what consent refused."""
    now = ports_of(request).now_ms()
    to_day = (milliseconds(to, name="to") or now) // DAY_MS
    from_day = max((milliseconds(from_, name="from") or now - 30 * DAY_MS) // DAY_MS, to_day - MOST_DAYS)
    with ports_of(request).hot.read() as connection:
        days = quarantine_groups.per_day(connection, caller.workspace, source=source, from_day=from_day, to_day=to_day)
        accounts = accounting.per_day(connection, caller.workspace, source=source, from_day=from_day, to_day=to_day)
    names = ("source", "reason", "quarantined", "waiting", "replayed", "discarded", "expired")
    return Dropped(
        quarantined=[
            DroppedReason(
                day=_day(one.day), meaning=_meaning(one.reason), **{name: getattr(one, name) for name in names}
            )
            for one in days
        ],
        uncounted=[
            DroppedUncounted(
                source=name, day=_day(day), accepted=of.accepted, duplicate=of.duplicate, refused=of.refused
            )
            for name, day, of in accounts
            if of.duplicate or of.refused
        ],
    )


@router.post("/quarantine/repairs/preview", response_model=RepairPreview, openapi_extra=needs("quarantine.read"))
async def preview_repair(
    request: Request,
    caller: AnyCaller,
    body: RepairIn,
    limit: Annotated[int, Query(ge=1, le=100, description="How many events to try it on.")] = 10,
) -> Response:
    """Try a repair on the oldest of its events: each before and after, and whether it would pass. Changes nothing."""
    repair = read_document(Repair, body.document)
    tried = await wait_for(request, ports_of(request).repairs.preview, caller.workspace, repair, limit=limit)
    events = [_trial(one, caller) for one in tried]
    preview = {"tried": len(events), "passing": sum(one["passes"] for one in events), "events": events}
    return Response(msgspec.json.encode(preview), media_type="application/json")


@router.post("/quarantine/repairs", openapi_extra=needs("quarantine.replay"))
async def carry_out_repair(request: Request, caller: AnyCaller, body: RepairIn) -> Applied:
    """Send the chosen events through all stages again, changed. They keep their ids and times of receipt."""
    read_document(Repair, body.document)
    applied = await decide(request, caller, "repair", body.document)
    _note(request, caller, "quarantine.repair", f"{applied.outcome['passed']} of {applied.outcome['tried']} passed")
    return applied


@router.get("/quarantine/repairs", openapi_extra=needs("quarantine.read"))
def list_repairs(request: Request, caller: AnyCaller, limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> RepairList:
    """Who repaired what, when, and what came of it."""
    with ports_of(request).hot.read() as connection:
        return RepairList(repairs=[_out(one) for one in repairs.newest(connection, caller.workspace, limit=limit)])


@router.get("/quarantine/repairs/{repair_id}", openapi_extra=needs("quarantine.read"))
def get_repair(request: Request, caller: AnyCaller, repair_id: str) -> RepairOut:
    """One repair; a large one goes on in the background."""
    with ports_of(request).hot.read() as connection:
        found = repairs.get(connection, caller.workspace, repair_id)
    if found is None:
        raise NotFound(f"there is no repair {repair_id!r:.80} in this workspace.")
    return _out(found)


@router.post("/quarantine/expire", openapi_extra=needs("quarantine.replay"))
async def expire_quarantined(request: Request, caller: AnyCaller, body: ExpireIn) -> Applied:
    """Give up what waits longer than it is kept; the figures by day stay. The engine does so by itself every hour."""
    ports = ports_of(request)
    days = body.days
    if days is None:
        held = ports.policies.newest(caller.workspace, "plan")
        days = (read_plan(held.document) if held else NO_PLAN).keep_quarantined_days
    applied = await decide(request, caller, "expire", {"before_ms": ports.now_ms() - days * DAY_MS})
    _note(request, caller, "quarantine.expire", f"{applied.outcome['expired']} events older than {days} days")
    return applied


def _note(request: Request, caller: Caller, action: str, detail: str) -> None:
    ports = ports_of(request)
    ports.audit.note(
        at=ports.now_ms(), actor=caller.principal.id, action=action, subject=caller.workspace, detail=detail
    )


def _trial(one: Any, caller: Caller) -> dict[str, Any]:
    """As `RepairTrial`, with personal values masked for who may not see them."""
    shown = caller.sees_personal
    sides = {
        side: None if one[side] is None else told(msgspec.json.encode(one[side]), shown=shown)
        for side in ("before", "after")
    }
    return {**one, **sides, "detail": one["detail"] if shown else mask_text(one["detail"])}


def _out(run: RepairRun) -> RepairOut:
    return RepairOut(
        id=run.id,
        at=iso(run.at),
        by=run.by,
        repair=dict(run.document),
        state=run.state,
        tried=run.tried,
        passed=run.passed,
        failures=dict(run.failures),
    )


def _day(number: int) -> str:
    return datetime.fromtimestamp(number * DAY_MS / 1000, UTC).date().isoformat()


def _meaning(reason: str) -> str:
    return next((meaning for known, meaning in MEANINGS.items() if known == reason), "")
