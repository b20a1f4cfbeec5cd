"""Profiles: one customer with all identifiers and traits, their timeline, and all of them in pages."""

from __future__ import annotations

from collections.abc import Collection
from operator import itemgetter
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from zuji.api.cursors import read_cursor
from zuji.api.event_pages import page_of_events
from zuji.api.freshness import wait_until_fresh
from zuji.api.guard import AnyCaller, Caller, GuardedRoute, needs
from zuji.api.identifiers import parse_identifier
from zuji.api.masked_tags import tags_shown
from zuji.api.people import identifier_out, owned_by, profile_of
from zuji.api.ports import Ports, ports_of
from zuji.api.questions import questions_of
from zuji.api.wire import Cursor, EventPage, IdentifierShape, In, Out, iso
from zuji.api.wire_profiles import AS_USUAL, USUAL, ConsentOut, Include, IncludeList, Part, RecentEvent, added, parts_in
from zuji.govern.masking import mask_identifier, mask_value
from zuji.identify.profile import Held, Profile, page_of_profiles
from zuji.identify.traits import Trait
from zuji.store import tag_values
from zuji.store.event_queries import EventFilter
from zuji.terms.error import NotFound
from zuji.terms.identifier import Identifier

router = APIRouter(tags=["profiles"], route_class=GuardedRoute)


class HeldIdentifier(IdentifierShape):
    """An identifier of a profile. `last_linked`: when evidence named it last."""

    first_seen: str
    last_linked: str | None = None


class TraitOut(Out):
    """A trait with where it comes from."""

    value: Any
    source: str
    key: str
    at: str
    event_id: str
    identifier: IdentifierShape


class TagOut(Out):
    """A tag somebody has: its value, and since when it holds."""

    value: Any
    since: str


class ProfileOut(Out):
    """One customer as they are now."""

    id: int
    former_ids: list[int] = Field(description="Ids of profiles that were merged into this one; they resolve to it.")
    identified: bool
    identifiers: list[HeldIdentifier]
    traits: dict[str, Any]
    trait_details: dict[str, TraitOut]
    tags: dict[str, TagOut] = Field(description="By key; see `GET /api/v1/tags` for what each means.")
    segments: list[str] = Field(description="Keys of the segments that this customer is in.")
    consent: dict[str, ConsentOut] | None = Field(None, description="By purpose; null unless included.")
    events: list[RecentEvent] | None = Field(None, description="The newest ones; null unless included.")


class ListedProfile(Out):
    """A profile in a list."""

    id: int
    identified: bool
    identifiers: list[IdentifierShape]


class ProfilePage(Out):
    """Profiles in the order in which they were founded."""

    profiles: list[ListedProfile]
    next: Cursor = None


class LookupIn(In):
    """The identifiers to look up."""

    identifiers: list[IdentifierShape] = Field(min_length=1, max_length=100)
    include: IncludeList = USUAL


class LookupOut(Out):
    """The profile of each identifier, in the order asked; null where nobody has it."""

    profiles: list[ProfileOut | None]


@router.get(
    "/profiles",
    response_model=ProfilePage,
    dependencies=[Depends(wait_until_fresh)],
    openapi_extra=needs("profiles.read"),
)
def list_profiles(
    request: Request,
    caller: AnyCaller,
    limit: Annotated[int, Query(ge=1, le=1000)] = 1000,
    cursor: Annotated[str | None, Query(pattern=r"^[0-9]{1,18}$", description="`next` of the page before.")] = None,
) -> Response:
    """Every profile with its identifiers, in the order in which they were founded."""
    found, following = page_of_profiles(ports_of(request).hot, caller.workspace, after=int(cursor or 0), limit=limit)
    page = {
        "profiles": [_listed(one, caller) for one in found],
        "next": None if following is None else str(following),
    }
    return Response(msgspec.json.encode(page), media_type="application/json")


@router.post("/profiles/lookup", dependencies=[Depends(wait_until_fresh)], openapi_extra=needs("profiles.read"))
def look_up(request: Request, caller: AnyCaller, body: LookupIn) -> LookupOut:
    """Up to 100 profiles at once, by any of their identifiers."""
    ports = ports_of(request)
    named = [Identifier(one.type, one.value) for one in body.identifiers]
    found = [profile_of(ports.hot, caller.workspace, identifier) for identifier in named]
    ports.profile_views.saw(caller.principal, caller.workspace, [one.id for one in found if one is not None])
    return LookupOut(profiles=[None if one is None else profile_out(ports, one, caller, body.include) for one in found])


# Before the route of the profile itself: a value may hold slashes, so that one matches everything.
@router.get(
    "/profiles/{identifier:path}/timeline",
    response_model=EventPage,
    dependencies=[Depends(wait_until_fresh)],
    openapi_extra=needs("profiles.read"),
)
async def timeline(
    request: Request,
    caller: AnyCaller,
    identifier: str,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[str | None, Query(max_length=100, description="`next` of the page before.")] = None,
) -> Response:
    """What this customer did in every channel, newest first."""
    ports = ports_of(request)
    named, after = parse_identifier(identifier), read_cursor(cursor)

    def answer() -> bytes:
        person = _required(profile_of(ports.hot, caller.workspace, named), named)
        ports.profile_views.saw(caller.principal, caller.workspace, [person.id])
        wanted = EventFilter(caller.workspace, owned=owned_by(person))
        return page_of_events(ports, wanted, caller, limit=limit, after=after)

    return Response(await questions_of(request).run(answer), media_type="application/json")


@router.get(
    "/profiles/{identifier:path}",
    response_model=ProfileOut,
    dependencies=[Depends(wait_until_fresh)],
    openapi_extra=needs("profiles.read"),
)
def get_profile(request: Request, caller: AnyCaller, identifier: str, include: Include = AS_USUAL) -> Response:
    """One customer, by any identifier (`phone:13812348000`) or by profile id (`profile:17`, also a former one)."""
    body = profile_body(ports_of(request), caller, identifier, parts_in(include))
    return Response(body, media_type="application/json")


def profile_body(ports: Ports, caller: Caller, identifier: str, include: Collection[Part] = USUAL) -> str:
    """What `GET /profiles/{identifier}` answers, as JSON; for `profile_reads` too, which knows no framework."""
    named = parse_identifier(identifier)
    with ports.hot.read():  # all of it from one view of the hot state, which is also cheaper than three
        person = _required(profile_of(ports.hot, caller.workspace, named), named)
        found = profile_out(ports, person, caller, include)
    ports.profile_views.saw(caller.principal, caller.workspace, [person.id])
    return found.model_dump_json()


def _required(found: Profile | None, named: Identifier) -> Profile:
    if found is None:
        raise NotFound(f"nobody has {named} in this workspace.")
    return found


def _listed(person: Profile, caller: Caller) -> dict[str, Any]:
    """As `ListedProfile`; encoded without checks, which would cost more than reading the profiles does."""
    shown = caller.sees_personal
    named = [one.identifier for one in person.identifiers]
    held = [{"type": one.type, "value": one.value if shown else mask_identifier(one.type, one.value)} for one in named]
    return {"id": person.id, "identified": person.identified, "identifiers": held}


def profile_out(ports: Ports, person: Profile, caller: Caller, include: Collection[Part]) -> ProfileOut:
    """A profile with its tags and segments, all from hot state; personal values masked where the role asks for it."""
    with ports.hot.read() as connection:
        values = tag_values.values_of_one(connection, caller.workspace, person.id)
        parts = added(connection, person, include, caller)
    tags = [(key, one) for (kind, key), one in sorted(values.items(), key=itemgetter(0)) if kind == "tag"]
    traits = {name: trait.value for name, trait in person.traits.items()}
    shown = tags_shown(ports, caller)
    return ProfileOut(
        id=person.id,
        former_ids=list(person.former_ids),
        identified=person.identified,
        identifiers=[_held(one, caller) for one in person.identifiers],
        traits=traits if caller.sees_personal else mask_value(traits),
        trait_details={name: _trait(name, trait, caller) for name, trait in person.traits.items()},
        tags={key: TagOut(value=shown(key, one.value), since=iso(one.since_ms)) for key, one in tags},
        segments=sorted(key for kind, key in values if kind == "segment"),
        **parts,
    )


def _held(one: Held, caller: Caller) -> HeldIdentifier:
    shape = identifier_out(one.identifier, caller)
    linked = None if one.last_linked is None else iso(one.last_linked)
    return HeldIdentifier(type=shape.type, value=shape.value, first_seen=iso(one.first_seen), last_linked=linked)


def _trait(name: str, trait: Trait, caller: Caller) -> TraitOut:
    return TraitOut(
        value=trait.value if caller.sees_personal else mask_value(trait.value, name=name),
        source=trait.source,
        key=trait.key,
        at=iso(trait.at),
        event_id=trait.event_id,
        identifier=identifier_out(trait.identifier, caller),
    )
