"""Quality: how good what arrived is, by source and day, under which dimension it is wrong, and why."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from zuji.api.freshness import wait_until_fresh
from zuji.api.guard import AnyCaller, GuardedRoute, needs
from zuji.api.moments import milliseconds
from zuji.api.ports import ports_of
from zuji.api.verdict_figures import NOTHING_SAID, Corrections, corrections_of
from zuji.api.wire import Out
from zuji.clean.policies import PolicySource
from zuji.clean.quality import Dimension
from zuji.clean.quality_changes import Change, changes
from zuji.clean.quality_correction import with_verdicts
from zuji.clean.quality_policy import USUAL_QUALITY, QualityPolicy, read_quality
from zuji.clean.quality_summary import Quality, by_event, summary
from zuji.store import quality
from zuji.store.hot import HotStore, HotTransaction
from zuji.store.quality import DAY_MS, KEPT_DAYS, CauseFound
from zuji.store.quality_sample import Received

router = APIRouter(tags=["quality"], route_class=GuardedRoute)
USUAL_DAYS = 30
MOST_CAUSES = 1_000
MOST_EVENTS = 200


class QualityScore(Out):
    """What was looked at (fields under completeness, else events), how much was wrong, and the score from 0 to 100."""

    checked: int
    wrong: int
    score: float | None


class QualityByPeople(Out):
    """How people's verdicts corrected accuracy, and so the index: both as they were (`automatic`), and between what
    they lie with 95 %.
    """

    verdicts: int = Field(examples=[42])
    automatic: float
    low: float
    high: float
    index_automatic: float | None
    index_low: float | None
    index_high: float | None


class QualityOut(Out):
    """The index from 0 to 100 and what it is made of; null: nothing came in. `corrected`: by people's verdicts, once
    there are enough of them; figures by day and by event are as rules see them.
    """

    index: float | None = Field(examples=[98.7])
    dimensions: dict[Dimension, QualityScore]
    corrected: QualityByPeople | None = None


class QualityOfSource(QualityOut):
    """The same of one source, by the weights that hold for it."""

    source: str


class QualityOfEvent(QualityOfSource):
    """The same of one kind of event of a source, by its own weights; no name: all that were too many for their day."""

    event: str = Field(examples=["Order Completed"])


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


class QualityChange(Out):
    """Since this day a dimension of a source has another score; `cause`: what became more frequent where it fell, less
    frequent where it rose.
    """

    source: str
    dimension: Dimension
    since: str
    before: float
    after: float
    cause: QualityCause | None


class QualityReport(QualityOut):
    """Of everything, by source, by event (most frequent first), by day (newest first), and the worst offenders (most
    frequent first), and since when a dimension of a source is better or worse (newest first).
    """

    weights: dict[Dimension, float] = Field(description="What dimensions weigh in this workspace: policy `quality`.")
    sources: list[QualityOfSource]
    events: list[QualityOfEvent]
    days: list[QualityOfDay]
    causes: list[QualityCause]
    changes: list[QualityChange]


@router.get("/quality", dependencies=[Depends(wait_until_fresh)], openapi_extra=needs("quality.read"))
async def get_quality(
    request: Request,
    caller: AnyCaller,
    source: Annotated[str | None, Query(description="Only this source's, by id.")] = None,
    from_: Annotated[str | None, Query(alias="from", description="From this moment's day on (UTC).")] = None,
    to: Annotated[str | None, Query(description="Up to this moment's day.")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_CAUSES, description="At most so many causes.")] = 50,
) -> QualityReport:
    """How good what arrived is: the quality index over time, by source, with its causes. Of 30 days unless told."""
    ports = ports_of(request)
    to_day = (milliseconds(to, name="to") or ports.now_ms()) // DAY_MS
    since = milliseconds(from_, name="from")
    from_day = max(to_day - USUAL_DAYS + 1 if since is None else since // DAY_MS, to_day - KEPT_DAYS)
    wanted = Received(caller.workspace, from_day * DAY_MS, (to_day + 1) * DAY_MS, source)
    return await run_in_threadpool(
        report_of,
        ports.hot,
        caller.workspace,
        policies=ports.policies,
        source=source,
        from_day=from_day,
        to_day=to_day,
        limit=limit,
        corrections=await corrections_of(request, wanted),
    )


def report_of(
    hot: HotStore,
    workspace: str,
    *,
    policies: PolicySource,
    source: str | None,
    from_day: int,
    to_day: int,
    limit: int,
    corrections: Corrections = NOTHING_SAID,
) -> QualityReport:
    """The figures of some days, and why they are no better."""
    policy = _policy_of(policies, workspace)
    days: quality.Days = {"source": source, "from_day": from_day, "to_day": to_day}
    with hot.read() as connection:
        figures = quality.per_day(connection, workspace, **days)
        told = summary(figures, policy)
        overall = with_verdicts(told.overall, corrections.overall, policy.weights_of())
        of_sources = {
            name: with_verdicts(one, corrections.by_source.get(name), policy.weights_of(name))
            for name, one in told.by_source.items()
        }
        of_events = by_event(quality.per_event(connection, workspace, **days, limit=MOST_EVENTS), policy)
        causes = quality.causes(connection, workspace, **days, limit=limit)
        changed = changes(figures, lambda *stretch: _causes_of(connection, workspace, *stretch))
    return QualityReport(
        **_fields(overall),
        weights=dict(policy.weights_of()),
        sources=[QualityOfSource(source=name, **_fields(one)) for name, one in of_sources.items()],
        events=[QualityOfEvent(source=name, event=event, **_fields(one)) for (name, event), one in of_events.items()],
        days=[QualityOfDay(source=name, day=_day(day), **_fields(one)) for (name, day), one in told.by_day.items()],
        causes=[_cause(one) for one in causes],
        changes=[_change(one) for one in changed],
    )


def _policy_of(policies: PolicySource, workspace: str) -> QualityPolicy:
    held = policies.newest(workspace, "quality")
    return USUAL_QUALITY if held is None else read_quality(held.document)


def _causes_of(connection: HotTransaction, workspace: str, source: str, from_day: int, to_day: int) -> list[CauseFound]:
    return quality.causes(connection, workspace, source=source, from_day=from_day, to_day=to_day, limit=MOST_CAUSES)


def _cause(found: CauseFound) -> QualityCause:
    return QualityCause(**found._asdict() | {"last_day": _day(found.last_day)})


def _change(found: Change) -> QualityChange:
    cause = None if found.cause is None else _cause(found.cause)
    return QualityChange(**found._asdict() | {"since": _day(found.since), "cause": cause})


def _fields(told: Quality) -> dict[str, Any]:
    dimensions = {name: QualityScore(**score._asdict()) for name, score in told.dimensions.items()}
    corrected = None if told.corrected is None else QualityByPeople(**told.corrected._asdict())
    return {"index": told.index, "dimensions": dimensions, "corrected": corrected}


def _day(day: int) -> str:
    return datetime.fromtimestamp(day * DAY_MS / 1000, UTC).date().isoformat()
