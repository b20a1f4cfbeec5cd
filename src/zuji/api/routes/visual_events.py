"""Visual events: drafted, looked at over the clicks of the last days, published, retired; selectors suggested."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response

from zuji.analyse.ask import Asker
from zuji.api.definitions import note, together
from zuji.api.freshness import wait_until_fresh
from zuji.api.guard import AnyCaller, Caller, GuardedRoute, needs
from zuji.api.listening import answered_while_listened, ticket_of
from zuji.api.ports import ports_of
from zuji.api.question_answers import asking_of
from zuji.api.visual_clicks import previewed, suggested
from zuji.api.wire import iso
from zuji.api.wire_definitions import Key
from zuji.api.wire_overlay import OverlayCodeIn, OverlayCodeOut
from zuji.api.wire_visual_events import (
    SuggestionsIn,
    SuggestionsOut,
    VisualDocument,
    VisualEventList,
    VisualEventOut,
    VisualPreviewIn,
    VisualPreviewOut,
    VisualVersionList,
    VisualVersionOut,
)
from zuji.govern.overlays import Overlays
from zuji.store.definitions import DefinitionVersion, WrittenDefinition
from zuji.tag.visual_catalogue import VisualCatalogue, state_of
from zuji.tag.visual_event import read_visual_event, where_of
from zuji.terms.error import NotAllowed
from zuji.terms.event import VISUAL_EVENT

router = APIRouter(tags=["visual events"], route_class=GuardedRoute)
CODE_PARAMETER = "zuji_overlay"


@router.get("/visual-events", openapi_extra=needs("visual_events.read"))
def list_visual_events(request: Request, caller: AnyCaller) -> VisualEventList:
    """The visual events of the workspace: what they mean, whether they are published."""
    catalogue = _catalogue(request, caller)
    return VisualEventList(visual_events=[_out(catalogue, one) for one in catalogue.written()])


@router.post("/visual-events", status_code=201, openapi_extra=needs("visual_events.write"))
def create_visual_event(request: Request, caller: AnyCaller, body: VisualDocument) -> VisualEventOut:
    """Draft a visual event. No question knows it before it is published."""
    catalogue = _catalogue(request, caller)
    with together(request):
        made = catalogue.create(body)
        note(request, caller, "visual_event.create", made.key)
    return _out(catalogue, made)


@router.post(
    "/visual-events/preview", dependencies=[Depends(wait_until_fresh)], openapi_extra=needs("visual_events.write")
)
async def preview_visual_event(request: Request, caller: AnyCaller, body: VisualPreviewIn) -> VisualPreviewOut:
    """How many clicks of the last days, and of how many people, a definition matches; and where they were."""
    ports, asker = ports_of(request), _asker(request)
    ticket = ticket_of(caller, body.ticket or ports.new_id())

    def answer() -> VisualPreviewOut:
        return previewed(asker, body, asking_of(ports, caller, ticket=ticket))

    return await answered_while_listened(request, answer, ticket=ticket)


@router.post(
    "/visual-events/suggestions", dependencies=[Depends(wait_until_fresh)], openapi_extra=needs("visual_events.write")
)
async def suggest_selectors(request: Request, caller: AnyCaller, body: SuggestionsIn) -> SuggestionsOut:
    """The elements most clicked on pages, each with selectors, the surest first, and how many clicks are on them."""
    ports, asker = ports_of(request), _asker(request)
    ticket = ticket_of(caller, body.ticket or ports.new_id())

    def answer() -> SuggestionsOut:
        return suggested(asker, body, asking_of(ports, caller, ticket=ticket))

    return await answered_while_listened(request, answer, ticket=ticket)


@router.post("/visual-events/codes", status_code=201, openapi_extra=needs("visual_events.write"))
def open_page(request: Request, caller: AnyCaller, body: OverlayCodeIn) -> OverlayCodeOut:
    """The address that opens a page of one's own with the overlay: good once, for minutes, for who asked."""
    if caller.principal.user is None:
        raise NotAllowed("a page is opened by a person: sign in, or use a token that belongs to a user.")
    overlays: Overlays = request.app.state.overlays
    made = overlays.invite(
        user=caller.principal.user, workspace=caller.workspace, address=body.address, language=body.language
    )
    return OverlayCodeOut(
        address=with_code(body.address, made.secret),
        origin=made.overlay.origin,
        expires_at=iso(made.overlay.expires_at),
    )


@router.get("/visual-events/{key}", openapi_extra=needs("visual_events.read"))
def show_visual_event(request: Request, caller: AnyCaller, key: Key) -> VisualEventOut:
    """One visual event."""
    catalogue = _catalogue(request, caller)
    return _out(catalogue, catalogue.one(key))


@router.put("/visual-events/{key}", openapi_extra=needs("visual_events.write"))
def change_visual_event(request: Request, caller: AnyCaller, key: Key, body: VisualDocument) -> VisualEventOut:
    """Write another document in its place; what is published holds until the next publishing."""
    catalogue = _catalogue(request, caller)
    with together(request):
        made = catalogue.change(key, body)
        note(request, caller, "visual_event.change", key)
    return _out(catalogue, made)


@router.delete("/visual-events/{key}", status_code=204, openapi_extra=needs("visual_events.publish"))
def retire_visual_event(request: Request, caller: AnyCaller, key: Key) -> Response:
    """Retire it: no new question knows it, its versions stay. A draft is forgotten. No click is lost in either case."""
    with together(request):
        version = _catalogue(request, caller).retire(key)
        if version is None:
            note(request, caller, "visual_event.delete", key)
        else:
            note(request, caller, "visual_event.retire", f"{key} version {version.version}")
    return Response(status_code=204)


@router.post("/visual-events/{key}/publish", openapi_extra=needs("visual_events.publish"))
def publish_visual_event(request: Request, caller: AnyCaller, key: Key) -> VisualEventOut:
    """Let what is written hold, as the next version, for clicks of the past and those to come."""
    catalogue = _catalogue(request, caller)
    with together(request):
        version = catalogue.publish(key)
        note(request, caller, "visual_event.publish", f"{key} version {version.version}")
    return _out(catalogue, catalogue.one(key))


@router.get("/visual-events/{key}/versions", openapi_extra=needs("visual_events.read"))
def visual_event_versions(request: Request, caller: AnyCaller, key: Key) -> VisualVersionList:
    """Every version, newest first: what it said, who published it and when."""
    return VisualVersionList(versions=[_version(one) for one in _catalogue(request, caller).versions(key)])


def with_code(address: str, code: str) -> str:
    """The address with the code at the end of its fragment: that part is sent to no server and stands in no log.

    >>> with_code("https://shop.example/p#top", "zo_x"), with_code("https://shop.example/p", "zo_x")
    ('https://shop.example/p#top&zuji_overlay=zo_x', 'https://shop.example/p#zuji_overlay=zo_x')
    """
    page, _, fragment = address.partition("#")
    return f"{page}#{fragment}&{CODE_PARAMETER}={code}" if fragment else f"{page}#{CODE_PARAMETER}={code}"


def _catalogue(request: Request, caller: Caller) -> VisualCatalogue:
    ports = ports_of(request)
    return VisualCatalogue(ports.definitions, caller.workspace, caller.principal.id, ports.now_ms())


def _asker(request: Request) -> Asker:
    asker: Asker = request.app.state.asker
    return asker


def _out(catalogue: VisualCatalogue, one: WrittenDefinition) -> VisualEventOut:
    versions = catalogue.versions(one.key)
    is_published = state_of(versions) == "published"
    return VisualEventOut(
        key=one.key,
        document=one.document,
        state=state_of(versions),
        version=versions[0].version if is_published else None,
        changed=is_published and versions[0].document != one.document,
        event=f"{VISUAL_EVENT}{one.key}" if is_published else None,
        where=where_of(read_visual_event(one.document)).document,
        created_at=iso(one.created_at),
        updated_at=iso(one.updated_at),
        updated_by=one.updated_by,
    )


def _version(one: DefinitionVersion) -> VisualVersionOut:
    return VisualVersionOut(version=one.version, at=iso(one.at), by=one.by, document=one.document)
