"""The tracking plan: what sources send, what was decided about it, and what changed."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from zuji.api.freshness import wait_until_fresh
from zuji.api.guard import AnyCaller, Caller, GuardedRoute, needs
from zuji.api.moments import milliseconds
from zuji.api.ports import Ports, ports_of
from zuji.api.wire import iso
from zuji.api.wire_plan import (
    PlanChange,
    PlanChanges,
    PlanEvent,
    PlanFormat,
    PlanImported,
    PlanOut,
    PlanProperty,
)
from zuji.clean.learned import LearnedEvent, LearnedProperty, decode_learned, silences, silent_since
from zuji.clean.plan_document import NO_PLAN, PlannedEvent, TrackingPlan, read_plan
from zuji.clean.plan_export import as_json_schema, as_yaml
from zuji.clean.plan_import import from_segment, is_segment, merged
from zuji.clean.plan_learned import learned_document
from zuji.store import learned_plan
from zuji.store.learned_plan import EventKey
from zuji.terms.document import document_of

router = APIRouter(tags=["plan"], route_class=GuardedRoute)
WEEK_MS = 7 * 86_400_000


@router.get("/plan", dependencies=[Depends(wait_until_fresh)], openapi_extra=needs("policies.read"))
def read_tracking_plan(
    request: Request,
    caller: AnyCaller,
    source: Annotated[str | None, Query(description="Only what this source sends, by id.")] = None,
    event: Annotated[str | None, Query(description="Only this event.")] = None,
) -> PlanOut:
    """What arrives, per source and event, beside what was decided about it."""
    ports = ports_of(request)
    version, plan = _decided(ports, caller)
    learned = _learned(ports, caller)
    now_ms = ports.now_ms()
    seen = {key.event for key in learned}
    return PlanOut(
        version=version,
        mode=plan.mode,
        unplanned=plan.unplanned,
        keep_quarantined_days=plan.keep_quarantined_days,
        events=[
            _event_out(plan, key, one, now_ms)
            for key, one in sorted(learned.items())
            if source in (None, key.source) and event in (None, key.event)
        ],
        never_seen=sorted(plan.events.keys() - seen),
    )


@router.get("/plan/changes", dependencies=[Depends(wait_until_fresh)], openapi_extra=needs("policies.read"))
def list_plan_changes(
    request: Request,
    caller: AnyCaller,
    since: Annotated[
        str | None, Query(alias="from", description="Noticed at or after; a week ago when left out.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> PlanChanges:
    """What changed in what sources send: types, properties that came or vanished, events that are new or silent."""
    ports = ports_of(request)
    now_ms = ports.now_ms()
    from_ms = milliseconds(since, name="from")
    silent = silences(_learned(ports, caller), now_ms)
    with ports.hot.read() as connection:
        noticed = learned_plan.changes_since(
            connection, caller.workspace, now_ms - WEEK_MS if from_ms is None else from_ms, limit=limit
        )
    return PlanChanges(
        changes=[
            PlanChange(
                source=one.source,
                event=one.event,
                property=one.property,
                kind=one.kind,  # type: ignore[arg-type]
                detail=one.detail,
                example=one.example,
                at=iso(one.at),
            )
            for one in [*silent, *noticed][:limit]
        ]
    )


@router.get("/plan/export", dependencies=[Depends(wait_until_fresh)], openapi_extra=needs("policies.read"))
def export_plan(
    request: Request,
    caller: AnyCaller,
    format_: Annotated[PlanFormat, Query(alias="format")] = "yaml",
    learned: Annotated[bool, Query(description="What was learnt, as a plan, instead of what was decided.")] = False,
) -> Response:
    """The plan as YAML, as the document of the policy `plan`, or as JSON Schema."""
    ports = ports_of(request)
    plan = read_plan(learned_document(_learned(ports, caller))) if learned else _decided(ports, caller)[1]
    if format_ == "json_schema":
        return JSONResponse(as_json_schema(plan), media_type="application/schema+json")
    document = document_of(plan)
    if format_ == "json":
        return JSONResponse(document)
    return PlainTextResponse(as_yaml(document), media_type="application/yaml")


@router.post("/plan/import", openapi_extra=needs("policies.write"))
def import_plan(request: Request, caller: AnyCaller, body: dict[str, Any]) -> PlanImported:
    """Take over a Segment tracking plan, or a document of ours; events that are planned already keep their mode."""
    ports = ports_of(request)
    imported = from_segment(body) if is_segment(body) else read_plan(body)
    version, held = _decided(ports, caller)
    document = merged(held, imported)
    read_plan(document)
    with ports.audit.together():
        made = ports.policies.write(
            caller.workspace, "plan", document, over=version, at=ports.now_ms(), by=caller.principal.id
        )
        ports.audit.note(
            at=made.at,
            actor=made.by,
            action="policy.write",
            subject=caller.workspace,
            detail=f"plan, version {made.version}: {len(imported.events)} events imported",
        )
    new = len(imported.events.keys() - held.events.keys())
    return PlanImported(version=made.version, events=len(imported.events), new=new)


def _decided(ports: Ports, caller: Caller) -> tuple[int, TrackingPlan]:
    held = ports.policies.newest(caller.workspace, "plan")
    return (held.version, read_plan(held.document)) if held else (0, NO_PLAN)


def _learned(ports: Ports, caller: Caller) -> dict[EventKey, LearnedEvent]:
    with ports.hot.read() as connection:
        return {key: decode_learned(event) for key, event in learned_plan.load(connection, caller.workspace)}


def _event_out(plan: TrackingPlan, key: EventKey, learned: LearnedEvent, now_ms: int) -> PlanEvent:
    planned = plan.events.get(key.event)
    silent = silent_since(learned, now_ms)
    return PlanEvent(
        source=key.source,
        event=key.event,
        events=learned.events,
        first_seen=iso(learned.first_at),
        last_seen=iso(learned.last_at),
        silent_since=None if silent is None else iso(silent),
        planned=planned is not None,
        mode=plan.unplanned if planned is None else planned.mode or plan.mode,
        description="" if planned is None else planned.description,
        properties=[_property_out(name, one, learned, planned) for name, one in sorted(learned.properties.items())],
    )


def _property_out(
    name: str, learned: LearnedProperty, event: LearnedEvent, planned: PlannedEvent | None
) -> PlanProperty:
    wanted = planned.properties.get(name) if planned is not None else None
    return PlanProperty(
        name=name,
        types=learned.types,
        type=learned.usual,
        share=round(learned.events / event.events, 4) if event.events else 0.0,
        examples=list(learned.examples),
        first_seen=iso(learned.first_at),
        last_seen=iso(learned.last_at),
        gone=learned.is_gone,
        planned=None if wanted is None else document_of(wanted),
    )
