"""What people say of stored events: a sample to look at, their verdicts, and the accuracy that follows from them."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field

from zuji.api.event_answers import flags_of
from zuji.api.freshness import wait_until_fresh
from zuji.api.guard import AnyCaller, GuardedRoute, needs
from zuji.api.ports import Ports, ports_of
from zuji.api.stored_json import told
from zuji.api.wire import In, Out, iso
from zuji.clean.quality import score
from zuji.clean.verdict_estimate import STRATA, Labelled, Stratum, estimate, shares_of
from zuji.govern.masking import mask_text
from zuji.store import quality
from zuji.store.quality import DAY_MS, KEPT_DAYS
from zuji.store.quality_sample import Received, draw, sizes
from zuji.store.verdicts import Judgement, Verdict, Verdicts

router = APIRouter(tags=["quality"], route_class=GuardedRoute)
MOST_SHOWN = 200
EventId = Annotated[str, Field(min_length=1, max_length=200)]
Days = Annotated[int, Query(ge=1, le=KEPT_DAYS, description="Received on the last so many days (UTC).")]
OfSource = Annotated[str | None, Query(description="Only this source's, by id.")]


class VerdictIn(In):
    """What somebody says of an event of the sample; `stratum` and `received_at` as the sample told them."""

    source: Annotated[str, Field(min_length=1, max_length=64)]
    event_id: EventId
    verdict: Judgement
    fields: Annotated[tuple[EventId, ...], Field(max_length=50)] = Field(
        default=(), description="Which fields are wrong, by name."
    )
    note: Annotated[str, Field(max_length=2_000)] = ""
    stratum: Stratum
    received_at: Annotated[int, Field(ge=0, le=2**53, description="Milliseconds since 1970.")]


class VerdictOut(Out):
    """What somebody said of an event, and when."""

    source: str
    event_id: str
    verdict: Judgement
    fields: list[str]
    note: str
    stratum: Stratum
    received_at: int
    at: str
    by: str


class SampledEvent(Out):
    """An event to look at; `verdict`: what was said of it already."""

    stratum: Stratum
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
    verdict: VerdictOut | None


class QualitySample(Out):
    """Events drawn for people to look at: doubtful ones (`risk`), costly ones (`value`), and some of the `rest`."""

    seed: int
    events: list[SampledEvent]


class StratumOut(Out):
    """How many events a stratum has, and what was said of some of them."""

    events: int
    labelled: int
    wrong: int


class QualityVerdicts(Out):
    """The accuracy as rules see it, and as it is by people's verdicts, between what it lies with 95 %; null: a stratum
    has no verdict yet. `verdicts`: the newest first, at most 200.
    """

    automatic: float | None
    corrected: float | None
    low: float | None
    high: float | None
    strata: dict[Stratum, StratumOut]
    verdicts: list[VerdictOut]


@router.get("/quality/sample", dependencies=[Depends(wait_until_fresh)], openapi_extra=needs("quality.judge"))
def get_quality_sample(
    request: Request,
    caller: AnyCaller,
    size: Annotated[int, Query(ge=3, le=200, description="How many events.")] = 20,
    seed: Annotated[int, Query(ge=0, le=2**32, description="The same seed draws the same events.")] = 1,
    days: Days = 30,
    source: OfSource = None,
) -> QualitySample:
    """Events to look at, drawn towards those with high value and high risk."""
    ports = ports_of(request)
    wanted = _received(ports, caller.workspace, days, source)
    rows = draw(ports.events, wanted, shares_of(size), seed=seed)
    said = {(one.source, one.event_id): one for one in _verdicts(ports, wanted)}
    events = [_sampled(row, said.get((row["source"], row["event_id"])), shown=caller.sees_personal) for row in rows]
    return QualitySample(seed=seed, events=events)


@router.post("/quality/verdicts", openapi_extra=needs("quality.judge"))
def give_quality_verdict(request: Request, caller: AnyCaller, body: VerdictIn) -> VerdictOut:
    """Say whether an event is right; what was said of it before gives way."""
    ports = ports_of(request)
    verdict = Verdict(workspace=caller.workspace, at=ports.now_ms(), by=caller.principal.id, **body.model_dump())
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


@router.get("/quality/verdicts", dependencies=[Depends(wait_until_fresh)], openapi_extra=needs("quality.read"))
def list_quality_verdicts(
    request: Request, caller: AnyCaller, days: Days = 30, source: OfSource = None
) -> QualityVerdicts:
    """What people said of events, and how accurate everything is by that."""
    ports = ports_of(request)
    wanted = _received(ports, caller.workspace, days, source)
    verdicts = _verdicts(ports, wanted)
    labelled = Counter(one.stratum for one in verdicts)
    wrong = Counter(one.stratum for one in verdicts if one.verdict == "wrong")
    events = sizes(ports.events, wanted)
    strata = {name: Labelled(events.get(name, 0), labelled[name], wrong[name]) for name in STRATA}
    found = estimate(strata)
    return QualityVerdicts(
        automatic=_automatic(ports, wanted),
        corrected=None if found is None else found.accuracy,
        low=None if found is None else found.low,
        high=None if found is None else found.high,
        strata={name: StratumOut(**one._asdict()) for name, one in strata.items()},
        verdicts=[_out(one, shown=caller.sees_personal) for one in verdicts[:MOST_SHOWN]],
    )


def _received(ports: Ports, workspace: str, days: int, source: str | None) -> Received:
    end = (ports.now_ms() // DAY_MS + 1) * DAY_MS
    return Received(workspace, end - days * DAY_MS, end, source)


def _verdicts(ports: Ports, wanted: Received) -> list[Verdict]:
    door = Verdicts.beside(ports.policies)
    return door.received(wanted.workspace, source=wanted.source, from_ms=wanted.from_ms, to_ms=wanted.to_ms)


def _automatic(ports: Ports, wanted: Received) -> float | None:
    with ports.hot.read() as connection:
        figures = quality.per_day(
            connection,
            wanted.workspace,
            source=wanted.source,
            from_day=wanted.from_ms // DAY_MS,
            to_day=wanted.to_ms // DAY_MS - 1,
        )
    accuracy = [(checked, wrong) for of, checked, wrong in figures if of.dimension == "accuracy"]
    return score(checked=sum(one[0] for one in accuracy), wrong=sum(one[1] for one in accuracy))


def _sampled(row: dict[str, Any], verdict: Verdict | None, *, shown: bool) -> SampledEvent:
    properties = msgspec.json.decode(told(row["properties"], shown=shown))
    return SampledEvent(
        stratum=row["stratum"],
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
        properties=properties if isinstance(properties, dict) else {},
        verdict=None if verdict is None else _out(verdict, shown=shown),
    )


def _out(verdict: Verdict, *, shown: bool) -> VerdictOut:
    """`shown`: whoever asks may see personal values, which a note may hold."""
    values = {name: getattr(verdict, name) for name in VerdictOut.model_fields}
    note = verdict.note if shown else mask_text(verdict.note)
    return VerdictOut(**values | {"fields": list(verdict.fields), "note": note, "at": iso(verdict.at)})
