"""Who is who: why two identifiers belong together, and a person's decisions about it.

Every decision is written to the spool like an event and answered when it is applied; a merge then split gives back
exactly what was.
"""

from __future__ import annotations

from typing import Annotated, get_args

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field

from zuji.api.decisions import decide
from zuji.api.freshness import wait_until_fresh
from zuji.api.guard import AnyCaller, Caller, GuardedRoute, needs
from zuji.api.identifiers import parse_identifier
from zuji.api.people import identifier_out, in_usual_form, profile_of
from zuji.api.ports import ports_of
from zuji.api.wire import Applied, IdentifierShape, In, Out, iso
from zuji.identify.around import Known, Standing, Stood, around
from zuji.identify.explain import Step, explain
from zuji.terms.error import Conflict, NotFound

router = APIRouter(tags=["identity"], route_class=GuardedRoute)
Why = Annotated[str, Field(max_length=500, examples=["same loyalty card, confirmed by phone"])]


class MergeIn(In):
    """Two identifiers (or profiles, with the type `profile`) that are one person."""

    a: IdentifierShape
    b: IdentifierShape
    why: Why = ""


class SplitIn(In):
    """The identifiers that leave a profile."""

    profile: IdentifierShape
    leaving: list[IdentifierShape] = Field(min_length=1, max_length=1000)
    why: Why = ""


class PairIn(In):
    """A pair that an earlier split keeps apart."""

    a: IdentifierShape
    b: IdentifierShape
    why: Why = ""


class BlockIn(In):
    """A value that stands for nobody."""

    identifier: IdentifierShape
    why: Why = ""


class StepOut(Out):
    """One piece of evidence between two identifiers; `refusal` is the rule that refused it, if one did."""

    a: IdentifierShape
    b: IdentifierShape
    rule: str = Field(examples=["identify"])
    key: str
    source: str
    at: str
    event_id: str
    refusal: str | None = Field(examples=["both_identified"])


class ExplanationOut(Out):
    """The shortest chain of evidence between two identifiers of one person; for two people, what was refused."""

    same_profile: bool
    path: list[StepOut]
    refused: list[StepOut]


class KnownIdentifier(IdentifierShape):
    """An identifier in the evidence around a person. `person`: whose it is now, 0 for nobody."""

    first_seen: str
    person: int


class LinkOut(Out):
    """What was said of two identifiers in the same words, how often, and whether it holds."""

    a: IdentifierShape
    b: IdentifierShape
    rule: str = Field(examples=["identify"])
    key: str = Field(examples=["secret"])
    source: str
    first_at: str
    last_at: str
    times: int
    standing: Standing = Field(
        description="`past`: held until one end moved on; `elsewhere`: holds for somebody else; `refused`: never held."
    )


class EvidenceOut(Out):
    """All evidence around a person, what holds first. `more`: how many links are left out."""

    person: int
    identifiers: list[KnownIdentifier]
    links: list[LinkOut]
    more: int


MOST_LINKS = 500
"""More than anybody can look at; a person with so many is usually several."""
STANDINGS: tuple[Standing, ...] = get_args(Standing)

REFUSALS = {
    "split_forbids": "an earlier split keeps them apart. Lift it first.",
}
"""What to do about a merge that the rules refused."""


@router.get("/identity/explain", dependencies=[Depends(wait_until_fresh)], openapi_extra=needs("identity.read"))
def explain_link(
    request: Request,
    caller: AnyCaller,
    a: Annotated[str, Query(max_length=400, examples=["user_id:u-1042"])],
    b: Annotated[str, Query(max_length=400, examples=["phone:+8613812348000"])],
) -> ExplanationOut:
    """Why two identifiers belong to one person, or which rule keeps them apart."""
    hot = ports_of(request).hot
    one, other = (in_usual_form(hot, caller.workspace, parse_identifier(text)) for text in (a, b))
    found = explain(hot, caller.workspace, one, other)
    return ExplanationOut(
        same_profile=found.same_profile,
        path=[_step(step, caller) for step in found.path],
        refused=[_step(step, caller) for step in found.refused],
    )


def _step(step: Step, caller: Caller) -> StepOut:
    return StepOut(
        a=identifier_out(step.a, caller),
        b=identifier_out(step.b, caller),
        rule=step.rule,
        key=step.key,
        source=step.source,
        at=iso(step.at),
        event_id=step.event_id,
        refusal=step.refusal,
    )


@router.get("/identity/evidence", dependencies=[Depends(wait_until_fresh)], openapi_extra=needs("identity.read"))
def evidence(
    request: Request,
    caller: AnyCaller,
    of: Annotated[
        str, Query(max_length=400, examples=["user_id:u-1042"], description="Any identifier, or `profile:17`.")
    ],
) -> EvidenceOut:
    """Everything that was said about which identifiers are this person: what holds, is past, or was refused."""
    ports, named = ports_of(request), parse_identifier(of)
    person = profile_of(ports.hot, caller.workspace, named)
    found = around(ports.hot, caller.workspace, person.id) if person is not None else None
    if found is None:
        raise NotFound(f"nobody has {named} in this workspace.")
    links = sorted(found.links, key=lambda one: (STANDINGS.index(one.standing), -one.link.last_at))
    ends = {end for one in links[:MOST_LINKS] for end in (one.link.a, one.link.b)}
    known = [one for one in found.identifiers if one.person == found.person or one.identifier in ends]
    # Of people on the far side of what is past or was refused, an identifier is shown too.
    seen = {found.person, *(one.person for one in known if one.person)}
    ports.profile_views.saw(caller.principal, caller.workspace, sorted(seen))
    return EvidenceOut(
        person=found.person,
        identifiers=[_known(one, caller) for one in known],
        links=[_link(one, caller) for one in links[:MOST_LINKS]],
        more=max(0, len(links) - MOST_LINKS),
    )


def _known(one: Known, caller: Caller) -> KnownIdentifier:
    shape = identifier_out(one.identifier, caller)
    return KnownIdentifier(type=shape.type, value=shape.value, first_seen=iso(one.first_seen), person=one.person)


def _link(one: Stood, caller: Caller) -> LinkOut:
    link = one.link
    return LinkOut(
        a=identifier_out(link.a, caller),
        b=identifier_out(link.b, caller),
        rule=link.rule,
        key=link.key,
        source=link.source,
        first_at=iso(link.first_at),
        last_at=iso(link.last_at),
        times=link.times,
        standing=one.standing,
    )


@router.post("/identity/merge", openapi_extra=needs("identity.write"))
async def merge(request: Request, caller: AnyCaller, body: MergeIn) -> Applied:
    """Say that two profiles are one person. 409 when a split forbids it; the message says what to do."""
    applied = await decide(request, caller, "merge", body.model_dump())
    if applied.outcome.get("merged") is False:
        why = str(applied.outcome.get("because", ""))
        raise Conflict(f"the two stay apart: {REFUSALS.get(why, why)}")
    return applied


@router.post("/identity/split", openapi_extra=needs("identity.write"))
async def split(request: Request, caller: AnyCaller, body: SplitIn) -> Applied:
    """Let identifiers leave a profile. They stay apart, whatever the evidence, until the split is lifted."""
    return await decide(request, caller, "split", body.model_dump())


@router.post("/identity/lift", openapi_extra=needs("identity.write"))
async def lift(request: Request, caller: AnyCaller, body: PairIn) -> Applied:
    """Let evidence link a pair again that a split keeps apart."""
    return await decide(request, caller, "lift", body.model_dump())


@router.post("/identity/block", openapi_extra=needs("identity.write"))
async def block(request: Request, caller: AnyCaller, body: BlockIn) -> Applied:
    """Say that a value stands for nobody: it links nothing any more, and what it linked comes apart."""
    return await decide(request, caller, "block", body.model_dump())


@router.post("/identity/unblock", openapi_extra=needs("identity.write"))
async def unblock(request: Request, caller: AnyCaller, body: BlockIn) -> Applied:
    """Take a block back."""
    return await decide(request, caller, "unblock", body.model_dump())
