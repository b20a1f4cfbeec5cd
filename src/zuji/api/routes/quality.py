"""Quality: how good what arrived is, by source and day, under which dimension it is wrong, and why."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field

from zuji.api.freshness import wait_until_fresh
from zuji.api.guard import AnyCaller, GuardedRoute, needs
from zuji.api.moments import milliseconds
from zuji.api.ports import ports_of
from zuji.api.wire import Out
from zuji.clean.quality import WEIGHTS, Dimension
from zuji.clean.quality_summary import Quality, summary
from zuji.store import quality
from zuji.store.hot import HotStore
from zuji.store.quality import DAY_MS, KEPT_DAYS

router = APIRouter(tags=["quality"], route_class=GuardedRoute)
USUAL_DAYS = 30
MOST_CAUSES = 1_000


class QualityScore(Out):
    """What was looked at (fields under completeness, else events), how much was wrong, and the score from 0 to 100."""

    checked: int
    wrong: int
    score: float | None


class QualityOut(Out):
    """The index from 0 to 100 and what it is made of; null: nothing came in."""

    index: float | None = Field(examples=[98.7])
    dimensions: dict[Dimension, QualityScore]


class QualityOfSource(QualityOut):
    """The same of one source."""

    source: str


class QualityOfDay(QualityOfSource):
    """The same of what one source sent on one day (of receipt, UTC)."""

    day: str = Field(examples=["2026-11-21"])


class QualityCause(Out):
    """Why it is not 100: what was found how often, in which event and property; the id of the newest such event."""

    source: str
    dimension: Dimension
    cause: str = Field(examples=["impossible"])
    event: str
    property: str
    found: int
    last_day: str
    example: str


class QualityReport(QualityOut):
    """Of everything, by source, by day (newest first), and the worst offenders (most frequent first)."""

    weights: dict[Dimension, float]
    sources: list[QualityOfSource]
    days: list[QualityOfDay]
    causes: list[QualityCause]


@router.get("/quality", dependencies=[Depends(wait_until_fresh)], openapi_extra=needs("quality.read"))
def get_quality(
    request: Request,
    caller: AnyCaller,
    source: Annotated[str | None, Query(description="Only this source's, by id.")] = None,
    from_: Annotated[str | None, Query(alias="from", description="From this moment's day on (UTC).")] = None,
    to: Annotated[str | None, Query(description="Up to this moment's day.")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_CAUSES, description="At most so many causes.")] = 50,
) -> QualityReport:
    """How good what arrived is: the quality index over time, by source, with its causes. Of 30 days unless told."""
    now = ports_of(request).now_ms()
    to_day = (milliseconds(to, name="to") or now) // DAY_MS
    since = milliseconds(from_, name="from")
    from_day = max(to_day - USUAL_DAYS + 1 if since is None else since // DAY_MS, to_day - KEPT_DAYS)
    return report_of(
        ports_of(request).hot, caller.workspace, source=source, from_day=from_day, to_day=to_day, limit=limit
    )


def report_of(
    hot: HotStore, workspace: str, *, source: str | None, from_day: int, to_day: int, limit: int
) -> QualityReport:
    """The figures of some days, and why they are no better."""
    with hot.read() as connection:
        told = summary(quality.per_day(connection, workspace, source=source, from_day=from_day, to_day=to_day))
        causes = quality.causes(connection, workspace, source=source, from_day=from_day, to_day=to_day, limit=limit)
    return QualityReport(
        **_fields(told.overall),
        weights=dict(WEIGHTS),
        sources=[QualityOfSource(source=name, **_fields(one)) for name, one in told.by_source.items()],
        days=[QualityOfDay(source=name, day=_day(day), **_fields(one)) for (name, day), one in told.by_day.items()],
        causes=[QualityCause(**one._asdict() | {"last_day": _day(one.last_day)}) for one in causes],
    )


def _fields(told: Quality) -> dict[str, Any]:
    dimensions = {name: QualityScore(**score._asdict()) for name, score in told.dimensions.items()}
    return {"index": told.index, "dimensions": dimensions}


def _day(day: int) -> str:
    return datetime.fromtimestamp(day * DAY_MS / 1000, UTC).date().isoformat()
