"""What people say of stored events: a sample to look at, their verdicts, and the accuracy that follows from them."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from zuji.api.event_answers import flags_of
from zuji.api.freshness import wait_until_fresh
from zuji.api.guard import AnyCaller, Caller, GuardedRoute, needs
from zuji.api.ports import Ports, ports_of
from zuji.api.questions import questions_of
from zuji.api.stored_json import told
from zuji.api.verdict_figures import cells_for, verdicts_of
from zuji.api.wire import In, Out, iso
from zuji.clean.quality_correction import held_wrong, with_verdicts
from zuji.clean.quality_originals import mended_in
from zuji.clean.quality_summary import Quality, summary
from zuji.clean.verdict_estimate import Cells, Correction, correction_of, shares_of, verdicts_needed
from zuji.govern.masking import mask_text
from zuji.store import quality
from zuji.store.quality import DAY_MS, KEPT_DAYS
from zuji.store.quality_sample import Received, draw, find
from zuji.store.verdicts import STRATA, Judgement, Stratum, Verdict, Verdicts
from zuji.terms.error import NotFound

router = APIRouter(tags=["quality"], route_class=GuardedRoute)
MOST_SHOWN = 200
EventId = Annotated[str, Field(min_length=1, max_length=200)]
Days = Annotated[int, Query(ge=1, le=KEPT_DAYS, description="Received on the last so many days (UTC).")]
OfEvent = Annotated[str, Query(min_length=1, max_length=200, description="The event, by id.")]
VerdictOf = Annotated[str, Query(min_length=1, max_length=64, description="The source of the event, by id.")]
OfSource = Annotated[str | None, Query(description="Only this source's, by id.")]


class VerdictIn(In):
    """What somebody says of an event of the sample: whether what arrived is right (`unsure`: nobody can say).
    `stratum` as the sample told it. What is stored decides about doubt, `held_wrong` and `received_at`, sent or not.
    """

    source: Annotated[str, Field(min_length=1, max_length=64)]
    event_id: EventId
    verdict: Judgement
    fields: Annotated[tuple[EventId, ...], Field(max_length=50)] = Field(
        default=(), description="Which fields are wrong, by name."
    )
    note: Annotated[str, Field(max_length=2_000)] = ""
    stratum: Stratum
    held_wrong: bool | None = None
    received_at: Annotated[int, Field(ge=0, le=2**53, description="Milliseconds since 1970.")] | None = None


class VerdictOut(Out):
    """What somebody said of an event, and when."""

    source: str
    event_id: str
    verdict: Judgement
    fields: list[str]
    note: str
    stratum: Stratum
    held_wrong: bool
    received_at: int
    at: str
    by: str


class MendedValue(Out):
    """A property that cleaning changed: as it came and as it stands; `kept_in` is the property that holds what came."""

    field: str
    before: Any
    after: Any
    kept_in: str


class SampledEvent(Out):
    """An event to look at, with what cleaning made of it (`mended`, `flags`, `flag_reason`). `held_wrong`: rules count
    it as wrong under accuracy; `verdict`: what was said of it already.
    """

    stratum: Stratum
    held_wrong: bool
    source: str
    event_id: str
    type: str
    event: str
    occurred_at: str
    received_at: int
    amount: str | None
    currency: str
    flags: list[str]
    flag_reason: str
    properties: dict[str, Any]
    mended: list[MendedValue]
    verdict: VerdictOut | None


class QualitySample(Out):
    """Events drawn for people to look at: doubtful ones (`risk`), costly ones (`value`), and some of the `rest`."""

    seed: int
    events: list[SampledEvent]


class StratumOut(Out):
    """How many events a stratum has, how many of them people called right or wrong, and what rules had not said of
    them: `overlooked` is wrong after all, `blamed` is right after all.
    """

    events: int
    labelled: int
    overlooked: int
    blamed: int


class QualityVerdicts(Out):
    """The accuracy as rules see it, and as it is by people's verdicts, between what it lies with 95 %; null while
    `needed` more verdicts are needed. `verdicts`: the newest first, at most 200.
    """

    automatic: float | None
    corrected: float | None
    low: float | None
    high: float | None
    needed: int
    strata: dict[Stratum, StratumOut]
    verdicts: list[VerdictOut]


@router.get("/quality/sample", dependencies=[Depends(wait_until_fresh)], openapi_extra=needs("quality.judge"))
async def get_quality_sample(
    request: Request,
    caller: AnyCaller,
    size: Annotated[int, Query(ge=3, le=200, description="How many events.")] = 30,
    seed: Annotated[int, Query(ge=0, le=2**32, description="The same seed draws the same events.")] = 1,
    days: Days = 30,
    source: OfSource = None,
) -> QualitySample:
    """Events to look at, drawn towards those with high value and high risk."""
    ports = ports_of(request)
    wanted = _received(ports, caller.workspace, days, source)
    return await questions_of(request).run(_sample, ports, caller, wanted, size=size, seed=seed)


def _sample(ports: Ports, caller: Caller, wanted: Received, *, size: int, seed: int) -> QualitySample:
    rows = draw(ports.events, wanted, shares_of(size), seed=seed)
    said = {(one.source, one.event_id): one for one in verdicts_of(ports, wanted)}
    events = [_sampled(row, said.get((row["source"], row["event_id"])), shown=caller.sees_personal) for row in rows]
    return QualitySample(seed=seed, events=events)


@router.post("/quality/verdicts", openapi_extra=needs("quality.judge"))
async def give_quality_verdict(request: Request, caller: AnyCaller, body: VerdictIn) -> VerdictOut:
    """Say whether a stored event is right; what was said of it before gives way."""
    ports = ports_of(request)
    return await questions_of(request).run(_give, ports, caller, body)


def _give(ports: Ports, caller: Caller, body: VerdictIn) -> VerdictOut:
    verdict = _verdict_on_stored(ports, caller, body)
    with ports.audit.together():
        Verdicts.beside(ports.policies).keep(verdict)
        ports.audit.note(
            at=verdict.at,
            actor=verdict.by,
            action="quality.verdict",
            subject=caller.workspace,
            detail=f"{verdict.verdict}: event {verdict.event_id} of {verdict.source}",
        )
    return _out(verdict, shown=caller.sees_personal)


def _verdict_on_stored(ports: Ports, caller: Caller, body: VerdictIn) -> Verdict:
    """What was said, about the event as it is stored: figures are corrected by it, so nobody's word is taken for that.

    Raises NotFound.
    """
    standing = find(ports.events, caller.workspace, body.source, body.event_id)
    if standing is None:
        raise NotFound(
            f"the source {body.source:.64} has no event {body.event_id:.200} that could be judged. Only events that are"
            " stored are, none of robots, and none that were inferred: GET /api/v1/quality/sample draws some."
        )
    return Verdict(
        workspace=caller.workspace,
        source=body.source,
        event_id=body.event_id,
        verdict=body.verdict,
        fields=body.fields,
        note=body.note,
        stratum=standing.stratum_as(body.stratum),
        held_wrong=held_wrong(standing.flag_reason, standing.flags),
        received_at=standing.received_at,
        at=ports.now_ms(),
        by=caller.principal.id,
    )


@router.delete("/quality/verdicts", status_code=204, openapi_extra=needs("quality.judge"))
def take_back_quality_verdict(request: Request, caller: AnyCaller, source: VerdictOf, event_id: OfEvent) -> Response:
    """Take back what was said of an event."""
    ports = ports_of(request)
    with ports.audit.together():
        if not Verdicts.beside(ports.policies).take_back(caller.workspace, source, event_id):
            raise NotFound(f"nothing was said of the event {event_id:.200} of {source:.64}.")
        ports.audit.note(
            at=ports.now_ms(),
            actor=caller.principal.id,
            action="quality.verdict_back",
            subject=caller.workspace,
            detail=f"event {event_id} of {source}",
        )
    return Response(status_code=204)


@router.get("/quality/verdicts", dependencies=[Depends(wait_until_fresh)], openapi_extra=needs("quality.read"))
async def list_quality_verdicts(
    request: Request, caller: AnyCaller, days: Days = 30, source: OfSource = None
) -> QualityVerdicts:
    """What people said of events, and how accurate everything is by that."""
    ports = ports_of(request)
    wanted = _received(ports, caller.workspace, days, source)
    return await questions_of(request).run(_stands, ports, caller, wanted)


def _stands(ports: Ports, caller: Caller, wanted: Received) -> QualityVerdicts:
    verdicts = verdicts_of(ports, wanted)
    cells = cells_for(ports, wanted, verdicts)
    told = _accuracy(ports, wanted, correction_of(cells))
    corrected, automatic = told.corrected, told.dimensions["accuracy"].score
    return QualityVerdicts(
        automatic=automatic if corrected is None else corrected.automatic,
        corrected=None if corrected is None else automatic,
        low=None if corrected is None else corrected.low,
        high=None if corrected is None else corrected.high,
        needed=verdicts_needed(cells),
        strata={name: _stratum(name, cells) for name in STRATA},
        verdicts=[_out(one, shown=caller.sees_personal) for one in verdicts[:MOST_SHOWN]],
    )


def _received(ports: Ports, workspace: str, days: int, source: str | None) -> Received:
    end = (ports.now_ms() // DAY_MS + 1) * DAY_MS
    return Received(workspace, end - days * DAY_MS, end, source)


def _accuracy(ports: Ports, wanted: Received, correction: Correction | None) -> Quality:
    with ports.hot.read() as connection:
        figures = quality.per_day(
            connection,
            wanted.workspace,
            source=wanted.source,
            from_day=wanted.from_ms // DAY_MS,
            to_day=wanted.to_ms // DAY_MS - 1,
        )
    return with_verdicts(summary(figures).overall, correction)


def _stratum(name: Stratum, cells: Cells) -> StratumOut:
    there = [cell for (_, stratum), cell in cells.items() if stratum == name]
    return StratumOut(**{what: sum(getattr(cell, what) for cell in there) for what in StratumOut.model_fields})


def _sampled(row: dict[str, Any], verdict: Verdict | None, *, shown: bool) -> SampledEvent:
    decoded = msgspec.json.decode(told(row["properties"], shown=shown))
    properties = decoded if isinstance(decoded, dict) else {}
    return SampledEvent(
        stratum=row["stratum"],
        held_wrong=held_wrong(row["flag_reason"], row["flags"]),
        source=row["source"],
        event_id=row["event_id"],
        type=row["type"],
        event=row["event"],
        occurred_at=iso(row["ms"]),
        received_at=row["came_at"],
        amount=None if row["amount"] is None else str(row["amount"]),
        currency=row["currency"],
        flags=flags_of(row["flags"]),
        flag_reason=row["flag_reason"],
        properties=properties,
        mended=[MendedValue(**one._asdict()) for one in mended_in(properties, row["flag_reason"])],
        verdict=None if verdict is None else _out(verdict, shown=shown),
    )


def _out(verdict: Verdict, *, shown: bool) -> VerdictOut:
    """`shown`: whoever asks may see personal values, which a note may hold."""
    values = {name: getattr(verdict, name) for name in VerdictOut.model_fields}
    note = verdict.note if shown else mask_text(verdict.note)
    return VerdictOut(**values | {"fields": list(verdict.fields), "note": note, "at": iso(verdict.at)})
