"""Alerts: rules over figures of saved questions, how they stand, and how they would have stood."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from zuji.analyse import watching
from zuji.analyse.alert_figures import check_figure, history
from zuji.analyse.alerts import Replayed, read_rule, replayed
from zuji.analyse.ask import Asked
from zuji.analyse.dashboards import question_of, read_tiles
from zuji.analyse.saved import Desk
from zuji.api.desks import SavedId, asker_of, desk_of
from zuji.api.freshness import wait_until_fresh
from zuji.api.guard import AnyCaller, GuardedRoute, needs
from zuji.api.listening import answered_while_listened, ticket_of
from zuji.api.ports import Ports, ports_of
from zuji.api.question_answers import asking_of
from zuji.api.wire import iso
from zuji.api.wire_alerts import (
    AlertChange,
    AlertIn,
    AlertList,
    AlertOut,
    AlertPage,
    CheckOut,
    LookOut,
    SimulationIn,
    SimulationOut,
)
from zuji.store.saved import Alert, AlertCheck
from zuji.terms.period import Calendar

router = APIRouter(tags=["alerts"], route_class=GuardedRoute)


@router.get("/alerts", openapi_extra=needs("questions.ask"))
def list_alerts(request: Request, caller: AnyCaller) -> AlertList:
    """The alerts over questions you may see, each with how it stands."""
    ports = ports_of(request)
    found = watching.visible_alerts(desk_of(request, caller))
    return AlertList(alerts=[AlertOut(**_fields(ports, one)) for one in found])


@router.post("/alerts", status_code=201, openapi_extra=needs("questions.save"))
def save(request: Request, caller: AnyCaller, body: AlertIn) -> AlertOut:
    """Watch a figure of a saved question."""
    made = watching.save_alert(
        desk_of(request, caller), name=body.name, question=body.question, rule=body.rule, schedule=body.schedule
    )
    return AlertOut(**_fields(ports_of(request), made))


@router.post("/alerts/simulate", dependencies=[Depends(wait_until_fresh)], openapi_extra=needs("questions.ask"))
async def simulate(request: Request, caller: AnyCaller, body: SimulationIn) -> SimulationOut:
    """When a rule would have fired, with what is known today. Nothing is kept."""
    ports, asker, desk = ports_of(request), asker_of(request), desk_of(request, caller)
    ticket = ticket_of(caller, body.ticket or ports.new_id())
    rule = read_rule(body.rule)
    kind, document = await run_in_threadpool(_question_of, desk, body)
    check_figure(kind, document, rule.figure)
    asking = asking_of(ports, caller, ticket=ticket)
    calendar = Calendar(ZoneInfo(asking.timezone))
    asked: list[str] = []

    def ask(kind: str, document: Mapping[str, Any]) -> Asked:
        asked.append(kind)
        return asker.ask(kind, document, asking)

    def answer() -> SimulationOut:
        moments = history(kind, document, rule, ask, days=body.days, now=ports.now_ms(), calendar=calendar)
        looks = [_look(one) for one in replayed(rule, moments)]
        return SimulationOut(
            looks=looks, fired_at=[look.at for look in looks if look.fired], questions_asked=len(asked)
        )

    return await answered_while_listened(request, answer, ticket=ticket)


@router.get("/alerts/{alert_id}", openapi_extra=needs("questions.ask"))
def show(
    request: Request, caller: AnyCaller, alert_id: SavedId, limit: Annotated[int, Query(ge=1, le=1000)] = 100
) -> AlertPage:
    """One alert with its last checks."""
    ports = ports_of(request)
    found = watching.seen_alert(desk_of(request, caller), alert_id)
    checks = [_check(one) for one in ports.saved.checks(found.id, limit=limit)]
    return AlertPage(**_fields(ports, found), checks=checks)


@router.patch("/alerts/{alert_id}", openapi_extra=needs("questions.save"))
def change(request: Request, caller: AnyCaller, alert_id: SavedId, body: AlertChange) -> AlertOut:
    """Change an alert of yours; an owner any."""
    after = watching.change_alert(desk_of(request, caller), alert_id, body.model_dump(exclude_none=True))
    return AlertOut(**_fields(ports_of(request), after))


@router.delete("/alerts/{alert_id}", status_code=204, openapi_extra=needs("questions.save"))
def delete(request: Request, caller: AnyCaller, alert_id: SavedId) -> Response:
    """Forget an alert of yours; an owner any."""
    watching.delete_alert(desk_of(request, caller), alert_id)
    return Response(status_code=204)


def _question_of(desk: Desk, body: SimulationIn) -> tuple[str, dict[str, Any]]:
    """A saved question by its id, or the one that is written: as a tile of a dashboard names its own."""
    [tile] = read_tiles(desk, [{"question": body.question}])
    return question_of(desk, tile)


def _fields(ports: Ports, one: Alert) -> dict[str, Any]:
    checks = ports.saved.checks(one.id, limit=1)
    return {
        "id": one.id,
        "name": one.name,
        "question": one.question,
        "rule": one.rule,
        "schedule": one.schedule,
        "enabled": one.enabled,
        "owner": one.owner,
        "state": one.state,
        "fired_at": None if one.fired_at is None else iso(one.fired_at),
        "checked_at": None if one.checked_at is None else iso(one.checked_at),
        "last_check": _check(checks[0]) if checks else None,
        "created_at": iso(one.created_at),
        "updated_at": iso(one.updated_at),
    }


def _check(one: AlertCheck) -> CheckOut:
    return CheckOut(
        at=iso(one.at), state=one.state, value=one.value, previous=one.previous, problem=one.problem or None
    )


def _look(one: Replayed) -> LookOut:
    measured = one.moment.measured
    return LookOut(
        at=iso(one.moment.at),
        period=one.moment.start,
        value=measured.value,
        previous=measured.previous,
        state=one.state,
        fired=one.fired,
    )
