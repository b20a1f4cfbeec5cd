"""Collection points: where behaviour should be captured, which of these places are live, and what is not seen."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field

from zuji.api.freshness import wait_until_fresh
from zuji.api.guard import AnyCaller, GuardedRoute, needs
from zuji.api.ports import ports_of
from zuji.api.wire import Out, iso
from zuji.clean.point_document import NO_POINTS, read_points
from zuji.clean.points import Points
from zuji.clean.points_told import Coverage, PointStatus, PointTold, coverage, coverage_by_channel, told
from zuji.store import points as store
from zuji.store.points import Seen
from zuji.terms.document import document_of
from zuji.terms.source import Channel

router = APIRouter(tags=["points"], route_class=GuardedRoute)


class PointCoverage(Out):
    """How many points are declared and what they are; `coverage`: live of declared, null where none is declared."""

    declared: int
    live: int
    silent: int
    missing: int
    coverage: float | None = Field(examples=[0.95])


class PointArrivals(Out):
    """How many events were captured, and when the earliest and the latest of them happened (null: never)."""

    events: int
    first_seen: str | None
    last_seen: str | None


class PointOut(PointArrivals):
    """A declared point: what it is now, what arrived of it from which source, and how it was declared.

    `silent_since`: what happened there last, when it is silent.
    """

    name: str
    channel: Channel
    status: PointStatus
    silent_since: str | None
    sources: dict[str, PointArrivals]
    declared: dict[str, Any]


class PointsOut(Out):
    """The register. `blind_spots`: the points that are silent or missing, by name."""

    version: int = Field(description="Of the policy `points`; 0 while nothing was declared.")
    overall: PointCoverage
    channels: dict[Channel, PointCoverage]
    blind_spots: list[str]
    points: list[PointOut]


@router.get("/points", dependencies=[Depends(wait_until_fresh)], openapi_extra=needs("policies.read"))
def list_points(
    request: Request,
    caller: AnyCaller,
    channel: Annotated[Channel | None, Query(description="Only the points of this channel.")] = None,
    status: Annotated[PointStatus | None, Query(description="List only those; coverage is told of all.")] = None,
) -> PointsOut:
    """The declared collection points: live, silent or missing; coverage per channel; blind spots."""
    ports = ports_of(request)
    held = ports.policies.newest(caller.workspace, "points")
    declared = Points(read_points(held.document) if held else NO_POINTS)
    with ports.hot.read() as connection:
        seen = store.load(connection, caller.workspace)
    register = [one for one in told(declared, seen, ports.now_ms()) if channel in (None, one.point.channel)]
    return PointsOut(
        version=held.version if held else 0,
        overall=_coverage(coverage(register)),
        channels={name: _coverage(one) for name, one in coverage_by_channel(register).items()},
        blind_spots=[one.name for one in register if one.status != "live"],
        points=[_point(one) for one in register if status in (None, one.status)],
    )


def _coverage(of: Coverage) -> PointCoverage:
    return PointCoverage(**of._asdict(), coverage=of.share)


def _point(one: PointTold) -> PointOut:
    arrived = _arrivals(one.seen)
    return PointOut(
        **arrived.model_dump(),
        name=one.name,
        channel=one.point.channel,
        status=one.status,
        silent_since=arrived.last_seen if one.status == "silent" else None,
        sources={source: _arrivals(seen) for source, seen in sorted(one.sources.items())},
        declared=document_of(one.point),
    )


def _arrivals(seen: Seen | None) -> PointArrivals:
    if seen is None:
        return PointArrivals(events=0, first_seen=None, last_seen=None)
    return PointArrivals(events=seen.events, first_seen=iso(seen.first_at), last_seen=iso(seen.last_at))
