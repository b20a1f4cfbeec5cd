"""Segments: written, previewed, published, with every version there was; who is in them, and who was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Query, Request, Response

from zuji.api import definitions
from zuji.api.freshness import wait_until_fresh
from zuji.api.guard import AnyCaller, Caller, GuardedRoute, needs
from zuji.api.listening import answered_while_listened, ticket_of
from zuji.api.moments import milliseconds
from zuji.api.ports import ports_of
from zuji.api.previews import previewed
from zuji.api.question_answers import person_out
from zuji.api.segment_overlap import parts_out, places_in
from zuji.api.segment_people import asked_of, is_stored, page_of, run_of, segment_people_of
from zuji.api.wire import Applied, iso
from zuji.api.wire_definitions import (
    DefinitionOut,
    Key,
    OverlapIn,
    OverlapOut,
    OverlapPeopleIn,
    PreviewIn,
    PreviewOut,
    PublishIn,
    SegmentCount,
    SegmentDocument,
    SegmentHistory,
    SegmentList,
    SegmentPeople,
    VersionList,
)
from zuji.tag.history import Asked
from zuji.tag.membership import sizes_at
from zuji.tag.preview import People

T = TypeVar("T")
MOST_DAYS = 31
At = Annotated[str | None, Query(max_length=40, description="As of this moment; now when it is left out.")]

router = APIRouter(tags=["segments"], route_class=GuardedRoute)


@router.get("/segments", openapi_extra=needs("tags.read"))
def list_segments(request: Request, caller: AnyCaller) -> SegmentList:
    """The segments of the workspace: who is meant, whether they hold, and how many are in them."""
    return SegmentList(segments=definitions.all_out(request, caller, "segment"))


@router.post("/segments", status_code=201, openapi_extra=needs("tags.write"))
def create(request: Request, caller: AnyCaller, body: SegmentDocument) -> DefinitionOut:
    """Write a segment down. Nobody is in it before it is published."""
    definitions.require_allowed(request, caller, "segment", body)
    with definitions.together(request):
        made = definitions.catalogue_of(request, caller).create("segment", body)
        definitions.note(request, caller, "segment.create", made.key)
    return definitions.one_out(request, caller, made)


@router.post("/segments/preview", dependencies=[Depends(wait_until_fresh)], openapi_extra=needs("tags.write"))
async def preview(request: Request, caller: AnyCaller, body: PreviewIn) -> PreviewOut:
    """Who would be in a segment before it is published: how many, who for instance, and who would come and go."""
    return await previewed(request, caller, "segment", body)


@router.post("/segments/overlap", openapi_extra=needs("tags.read"))
async def overlap(request: Request, caller: AnyCaller, body: OverlapIn) -> OverlapOut:
    """What published segments have in common now, each with each, all of them, and each alone."""
    ports, ticket = ports_of(request), ticket_of(caller, body.ticket or ports_of(request).new_id())

    def laid_over() -> OverlapOut:
        asked = asked_of(request, caller)
        segments = [asked.published.by_key("segment", key) for key in body.segments]
        found = segment_people_of(request).overlap(segments, asked, run_of(ports, ticket))
        return OverlapOut(
            segments=body.segments,
            together=[list(row) for row in found.together],
            in_all=found.in_all,
            in_any=found.in_any,
            only=list(found.only),
            parts=parts_out(request, segments, asked, run_of(ports, ticket)),
        )

    return await answered_while_listened(request, laid_over, ticket=ticket)


@router.post("/segments/overlap/people", openapi_extra=needs("profiles.read"))
async def people_of_overlap(request: Request, caller: AnyCaller, body: OverlapPeopleIn) -> SegmentPeople:
    """Who is in all of some segments and in none of the others now, in pages; masked as your role asks for."""
    ports, ticket = ports_of(request), ticket_of(caller, body.ticket or ports_of(request).new_id())

    def found() -> SegmentPeople:
        asked = asked_of(request, caller)
        segments = [asked.published.by_key("segment", key) for key in body.segments]
        places = places_in(body.segments, body.within)
        members = segment_people_of(request).in_exactly(segments, places, asked, run_of(ports, ticket))
        page = page_of(members, after=int(body.cursor or 0), limit=body.limit + 1)
        return _page_out(request, caller, asked, page, count=len(members), limit=body.limit)

    return await answered_while_listened(request, found, ticket=ticket)


@router.get("/segments/{key}", openapi_extra=needs("tags.read"))
def show(request: Request, caller: AnyCaller, key: Key) -> DefinitionOut:
    """One segment."""
    return definitions.one_out(request, caller, definitions.catalogue_of(request, caller).one("segment", key))


@router.put("/segments/{key}", openapi_extra=needs("tags.write"))
def change(request: Request, caller: AnyCaller, key: Key, body: SegmentDocument) -> DefinitionOut:
    """Write another document in its place; what is published holds until the next publishing."""
    definitions.require_allowed(request, caller, "segment", body)
    with definitions.together(request):
        made = definitions.catalogue_of(request, caller).change("segment", key, body)
        definitions.note(request, caller, "segment.change", key)
    return definitions.one_out(request, caller, made)


@router.delete("/segments/{key}", status_code=204, openapi_extra=needs("tags.write"))
async def delete(request: Request, caller: AnyCaller, key: Key) -> Response:
    """End a segment: nobody is in it any more. Its history stays, it can be published again; a draft is forgotten."""
    await definitions.end(request, caller, "segment", key)
    return Response(status_code=204)


@router.post("/segments/{key}/publish", openapi_extra=needs("tags.write"))
async def publish(request: Request, caller: AnyCaller, key: Key, body: PublishIn | None = None) -> Applied:
    """Let what is written hold, as the next version. Everybody is looked at in the background."""
    return await definitions.publish(request, caller, "segment", key, body)


@router.get("/segments/{key}/versions", openapi_extra=needs("tags.read"))
def versions(request: Request, caller: AnyCaller, key: Key) -> VersionList:
    """Every version that was published, newest first: what it said, who published it and when."""
    found = definitions.catalogue_of(request, caller).versions("segment", key)
    return VersionList(versions=[definitions.version_out(one) for one in found])


@router.get("/segments/{key}/people", openapi_extra=needs("profiles.read"))
async def people(
    request: Request,
    caller: AnyCaller,
    key: Key,
    at: At = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[str | None, Query(pattern=r"^[0-9]{1,18}$", description="`next` of the page before.")] = None,
) -> SegmentPeople:
    """Who is in a segment, now or as of a moment, in pages; identifiers are masked as your role asks for."""
    after = int(cursor or 0)

    def found(asked: Asked, members: People | None) -> SegmentPeople:
        live = segment_people_of(request).live
        if members is None:
            page = live.page(caller.workspace, key, after=after, limit=limit + 1)
            count = live.count(caller.workspace, key)
        else:
            page, count = page_of(members, after=after, limit=limit + 1), len(members)
        return _page_out(request, caller, asked, page, count=count, limit=limit)

    return await _of_members(request, caller, key, at, found)


def _page_out(
    request: Request, caller: Caller, asked: Asked, page: list[int], *, count: int, limit: int
) -> SegmentPeople:
    """A page of people of which one more was read than is shown, to know whether there is a next one."""
    return SegmentPeople(
        at=iso(asked.now_ms),
        count=count,
        people=[person_out(ports_of(request), caller, person) for person in page[:limit]],
        next=str(page[limit - 1]) if len(page) > limit else None,
    )


@router.get("/segments/{key}/count", openapi_extra=needs("tags.read"))
async def count(request: Request, caller: AnyCaller, key: Key, at: At = None) -> SegmentCount:
    """How many are in a segment, now or as of a moment."""

    def found(asked: Asked, members: People | None) -> SegmentCount:
        live = segment_people_of(request).live
        number = live.count(caller.workspace, key) if members is None else len(members)
        return SegmentCount(at=iso(asked.now_ms), count=number)

    return await _of_members(request, caller, key, at, found)


@router.get("/segments/{key}/history", openapi_extra=needs("tags.read"))
async def history(
    request: Request, caller: AnyCaller, key: Key, days: Annotated[int, Query(ge=1, le=MOST_DAYS)] = 7
) -> SegmentHistory:
    """How many were in a segment at the end of each of the last days, by what it says today: a look at history each."""
    ports, ticket = ports_of(request), ticket_of(caller, ports_of(request).new_id())

    def counted() -> SegmentHistory:
        asked = asked_of(request, caller)
        segment = asked.published.by_key("segment", key)
        sizes = sizes_at(segment, asked, run_of(ports, ticket), _day_ends(asked, days))
        return SegmentHistory(days=[SegmentCount(at=iso(at), count=number) for at, number in sizes.items()])

    return await answered_while_listened(request, counted, ticket=ticket)


async def _of_members(
    request: Request, caller: Caller, key: str, at: str | None, found: Callable[[Asked, People | None], T]
) -> T:
    """What is found of a segment's members; None stands for those that are kept up to date now."""
    ports, ticket = ports_of(request), ticket_of(caller, ports_of(request).new_id())
    moment = milliseconds(at, name="at")

    def answer() -> T:
        asked = asked_of(request, caller, moment)
        segment = asked.published.by_key("segment", key)
        if moment is None and is_stored(segment):
            return found(asked, None)
        return found(asked, segment_people_of(request).of(segment, asked, run_of(ports, ticket)))

    return await answered_while_listened(request, answer, ticket=ticket)


def _day_ends(asked: Asked, days: int) -> list[int]:
    """The last moment of each of the days before today, then now."""
    today = asked.calendar.local(asked.now_ms).date()
    ends = [asked.calendar.day_start(today - timedelta(days=back)) - 1 for back in range(days - 1)]
    return [*ends[::-1], asked.now_ms]
