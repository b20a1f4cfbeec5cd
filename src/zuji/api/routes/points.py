"""Collection points: where behaviour should be captured, which of these places are live, and what is not seen."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field

from zuji.api.freshness import wait_until_fresh
from zuji.api.guard import AnyCaller, GuardedRoute, needs
from zuji.api.ports import Ports, ports_of
from zuji.api.wire import Out, iso
from zuji.clean.point_candidates import Candidate, Captured, candidates
from zuji.clean.point_document import NO_POINTS, read_points
from zuji.clean.points import Place, Points
from zuji.clean.points_told import Coverage, PointStatus, PointTold, coverage, coverage_by_channel, told
from zuji.store import losses
from zuji.store import points as store
from zuji.store.captured_places import captured_places
from zuji.store.losses import OPEN_MS, Loss, SourceDay
from zuji.store.points import Seen
from zuji.terms.document import document_of
from zuji.terms.source import Channel

router = APIRouter(tags=["points"], route_class=GuardedRoute)
DAY_MS = 86_400_000


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


class LossFigures(Out):
    """What pages numbered: `sent` as far as their numbers go, `open` what may still come, `lost` the rest of it."""

    pages: int
    sent: int
    received: int
    open: int
    lost: int
    share: float | None = Field(description="Lost of sent.", examples=[0.0004])


class LossOfDay(LossFigures):
    """Of the pages that were first heard of on a day (UTC)."""

    day: str = Field(examples=["2026-05-20"])


class LossOfSource(LossFigures):
    """Of a source whose client numbers its messages; all days together and each."""

    source: str
    days: list[LossOfDay]


class PointsOut(Out):
    """The register. `blind_spots`: the points that are silent or missing, by name."""

    version: int = Field(description="Of the policy `points`; 0 while nothing was declared.")
    overall: PointCoverage
    channels: dict[Channel, PointCoverage]
    blind_spots: list[str]
    points: list[PointOut]
    loss: list[LossOfSource] = Field(description="What was lost on the way, of sources whose clients number messages.")


class PointCandidate(Out):
    """A place that could be declared: `point` as the policy has it, under `name` or any other."""

    name: str = Field(examples=["web page /product/*"])
    events: int
    last_seen: str
    point: dict[str, Any]


class PointCandidates(Out):
    """The most frequent first."""

    version: int = Field(description="Of the policy `points`, to write over; 0 while nothing was declared.")
    candidates: list[PointCandidate]


@router.get("/points", dependencies=[Depends(wait_until_fresh)], openapi_extra=needs("policies.read"))
def list_points(
    request: Request,
    caller: AnyCaller,
    channel: Annotated[Channel | None, Query(description="Only the points of this channel.")] = None,
    status: Annotated[PointStatus | None, Query(description="List only those; coverage is told of all.")] = None,
    loss_days: Annotated[int, Query(ge=1, le=366, description="Loss of pages that began in so many days.")] = 7,
) -> PointsOut:
    """The declared collection points: live, silent or missing; coverage per channel; blind spots; loss per source."""
    ports = ports_of(request)
    version, declared = _declared(ports, caller.workspace)
    with ports.hot.read() as connection:
        seen = store.load(connection, caller.workspace)
        lost = losses.load(
            connection,
            workspace=caller.workspace,
            from_day=ports.now_ms() // DAY_MS - loss_days + 1,
            open_since_ms=ports.now_ms() - OPEN_MS,
        )
    register = [one for one in told(declared, seen, ports.now_ms()) if channel in (None, one.point.channel)]
    return PointsOut(
        version=version,
        overall=_coverage(coverage(register)),
        channels={name: _coverage(one) for name, one in coverage_by_channel(register).items()},
        blind_spots=[one.name for one in register if one.status != "live"],
        points=[_point(one) for one in register if status in (None, one.status)],
        loss=_loss(lost),
    )


@router.get("/points/candidates", dependencies=[Depends(wait_until_fresh)], openapi_extra=needs("policies.read"))
def list_point_candidates(
    request: Request,
    caller: AnyCaller,
    days: Annotated[int, Query(ge=1, le=3650, description="Of events that occurred in so many days.")] = 7,
    least: Annotated[int, Query(ge=1, description="Of at least so many events.")] = 10,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> PointCandidates:
    """Places where behaviour is captured that are not declared. Nothing is, until somebody writes the policy."""
    ports = ports_of(request)
    version, declared = _declared(ports, caller.workspace)
    places = captured_places(ports.events, caller.workspace, from_ms=ports.now_ms() - days * DAY_MS)
    found = candidates(map(_captured, places.to_pylist()), declared, least=least, most=limit)
    return PointCandidates(version=version, candidates=[_candidate(one) for one in found])


def _declared(ports: Ports, workspace: str) -> tuple[int, Points]:
    held = ports.policies.newest(workspace, "points")
    return (held.version, Points(read_points(held.document))) if held else (0, Points(NO_POINTS))


def _captured(row: dict[str, Any]) -> Captured:
    place = Place(
        source=row["source"],
        channel=row["channel"],
        type=row["type"],
        event=row["event"],
        host=row["url_host"],
        path=row["url_path"],
        element=row["element"],
        properties={},
    )
    return Captured(place, row["events"], row["last_at"])


def _candidate(one: Candidate) -> PointCandidate:
    asked = {name: value for name, value in document_of(one.point).items() if value and name != "silent_after"}
    return PointCandidate(name=one.name, events=one.events, last_seen=iso(one.last_at), point=asked)


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


def _loss(days: Mapping[SourceDay, Loss]) -> list[LossOfSource]:
    by_source: dict[str, list[tuple[int, Loss]]] = {}
    for key, one in days.items():
        by_source.setdefault(key.source, []).append((key.day, one))
    return [
        LossOfSource(
            **_loss_figures(reduce(Loss.with_, (one for _, one in held))),
            source=source,
            days=[LossOfDay(**_loss_figures(one), day=iso(day * DAY_MS)[:10]) for day, one in held],
        )
        for source, held in by_source.items()
    ]


def _loss_figures(of: Loss) -> dict[str, Any]:
    return {**of._asdict(), "lost": of.lost, "share": of.share}


def _arrivals(seen: Seen | None) -> PointArrivals:
    if seen is None:
        return PointArrivals(events=0, first_seen=None, last_seen=None)
    return PointArrivals(events=seen.events, first_seen=iso(seen.first_at), last_seen=iso(seen.last_at))
