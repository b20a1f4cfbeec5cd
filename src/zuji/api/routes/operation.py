"""Operation: health in detail, metrics for Prometheus, backups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse
from msgspec import to_builtins
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from pydantic import Field

from zuji.api.guard import AnyPrincipal, GuardedRoute, needs
from zuji.api.ports import Health, ports_of
from zuji.api.waiting import wait_for
from zuji.api.wire import In, Out
from zuji.govern.principal import Principal
from zuji.terms.error import NotAllowed

router = APIRouter(tags=["operation"], route_class=GuardedRoute)


class BackupIn(In):
    """Where to. The path is on the machine of the engine."""

    target: str = Field(min_length=1, max_length=4096, examples=["/backups/2026-11-21"])


class AlarmOut(Out):
    """An alarm: a stable code, a sentence, its facts. `source` is a name; `count` is of events, minutes or points;
    `dimension` and `cause` are of quality.
    """

    code: str = Field(examples=["source_silent"])
    said: str
    source: str = ""
    event: str = ""
    property: str = ""
    point: str = ""
    count: int = 0
    dimension: str = ""
    cause: str = ""


class HealthOut(Out):
    """How the engine is. `alarms` are the sentences of `alarm_facts`."""

    well: bool
    lag_ms: int
    lost: int
    alarms: list[str]
    alarm_facts: list[AlarmOut]
    figures: dict[str, float]


@router.get("/api/v1/health", openapi_extra=needs("operation.read", workspace="none"))
def health(request: Request, principal: AnyPrincipal) -> HealthOut:
    """Lag, loss and alarms in detail: those of the engine and of workspaces that the token or role holds in.
    `GET /health` of the gateway needs no token and says less.
    """
    now = _told_to(principal, ports_of(request).health())
    return HealthOut(
        well=now.well,
        lag_ms=now.lag_ms,
        lost=now.lost,
        alarms=list(now.alarms),
        alarm_facts=[AlarmOut(**to_builtins(one)) for one in now.alarm_facts],
        figures=dict(now.figures),
    )


def _told_to(principal: Principal, now: Health) -> Health:
    """The same without the alarms of workspaces that somebody has no right in."""
    theirs = tuple(one for one in now.alarm_facts if not one.workspace or principal.covers(one.workspace))
    return replace(now, alarms=tuple(one.said for one in theirs), alarm_facts=theirs)


@router.get("/metrics", openapi_extra=needs("operation.read", workspace="none"))
def metrics(request: Request) -> PlainTextResponse:
    """The figures for Prometheus. Over the control socket no token is needed."""
    return PlainTextResponse(metrics_page(ports_of(request).health()), media_type="text/plain; version=0.0.4")


def metrics_page(now: Health) -> bytes:
    """The page that Prometheus reads."""
    registry = CollectorRegistry()
    registry.register(_Figures(now))
    return generate_latest(registry)


@router.post("/api/v1/backup", openapi_extra=needs("operation.write", workspace="none"))
async def backup(request: Request, principal: AnyPrincipal, body: BackupIn) -> dict[str, Any]:
    """Copy everything at one moment. A token cannot: only the machine's own command line names paths on it."""
    if principal.id != "control":
        raise NotAllowed("a backup is made on the machine itself: zuji backup TARGET --data DIR")
    return dict(await wait_for(request, ports_of(request).stewardship.backup, body.target))


class _Figures(Collector):
    def __init__(self, now: Health) -> None:
        self._now = now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One gauge per figure."""
        figures = {
            "lag_seconds": self._now.lag_ms / 1000,
            "lost_events": self._now.lost,
            "alarms": len(self._now.alarms),
            **self._now.figures,
        }
        for name, value in figures.items():
            yield GaugeMetricFamily(f"zuji_{name}", name.replace("_", " "), value=float(value))
