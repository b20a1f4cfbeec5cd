"""Tags: written, previewed, published, with every version there was."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from zuji.api import definitions
from zuji.api.decisions import decide
from zuji.api.freshness import wait_until_fresh
from zuji.api.given_values import decision_of
from zuji.api.guard import AnyCaller, GuardedRoute, needs
from zuji.api.ports import ports_of
from zuji.api.previews import previewed
from zuji.api.wire import Applied, IdentifierShape
from zuji.api.wire_definitions import (
    DefinitionOut,
    Key,
    PreviewIn,
    PreviewOut,
    PublishIn,
    TagDocument,
    TagList,
    VersionList,
)
from zuji.api.wire_given import TagValuesIn, TagValuesOut

router = APIRouter(tags=["tags"], route_class=GuardedRoute)


@router.get("/tags", openapi_extra=needs("tags.read"))
def list_tags(request: Request, caller: AnyCaller) -> TagList:
    """The tags of the workspace: what they mean, whether they hold, and for how many."""
    return TagList(tags=definitions.all_out(request, caller, "tag"))


@router.post("/tags", status_code=201, openapi_extra=needs("tags.write"))
def create(request: Request, caller: AnyCaller, body: TagDocument) -> DefinitionOut:
    """Write a tag down. It says nothing about anybody before it is published."""
    definitions.require_allowed(request, caller, "tag", body)
    with definitions.together(request):
        made = definitions.catalogue_of(request, caller).create("tag", body)
        definitions.note(request, caller, "tag.create", made.key)
    return definitions.one_out(request, caller, made)


@router.post("/tags/preview", dependencies=[Depends(wait_until_fresh)], openapi_extra=needs("tags.write"))
async def preview(request: Request, caller: AnyCaller, body: PreviewIn) -> PreviewOut:
    """What a tag would say before it is published: how many, who for instance, and what would change."""
    return await previewed(request, caller, "tag", body)


@router.get("/tags/{key}", openapi_extra=needs("tags.read"))
def show(request: Request, caller: AnyCaller, key: Key) -> DefinitionOut:
    """One tag."""
    return definitions.one_out(request, caller, definitions.catalogue_of(request, caller).one("tag", key))


@router.put("/tags/{key}", openapi_extra=needs("tags.write"))
def change(request: Request, caller: AnyCaller, key: Key, body: TagDocument) -> DefinitionOut:
    """Write another document in its place; what is published holds until the next publishing."""
    definitions.require_allowed(request, caller, "tag", body)
    with definitions.together(request):
        made = definitions.catalogue_of(request, caller).change("tag", key, body)
        definitions.note(request, caller, "tag.change", key)
    return definitions.one_out(request, caller, made)


@router.delete("/tags/{key}", status_code=204, openapi_extra=needs("tags.write"))
async def delete(request: Request, caller: AnyCaller, key: Key) -> Response:
    """End a tag: nobody has it any more. Its history stays, and it can be published again; a draft is forgotten."""
    await definitions.end(request, caller, "tag", key)
    return Response(status_code=204)


@router.post("/tags/{key}/publish", openapi_extra=needs("tags.write"))
async def publish(request: Request, caller: AnyCaller, key: Key, body: PublishIn | None = None) -> Applied:
    """Let what is written hold, as the next version. Everybody is looked at in the background."""
    return await definitions.publish(request, caller, "tag", key, body)


@router.get("/tags/{key}/versions", openapi_extra=needs("tags.read"))
def versions(request: Request, caller: AnyCaller, key: Key) -> VersionList:
    """Every version that was published, newest first: what it said, who published it and when."""
    found = definitions.catalogue_of(request, caller).versions("tag", key)
    return VersionList(versions=[definitions.version_out(one) for one in found])


@router.put("/tags/{key}/values", openapi_extra=needs("tags.write"))
async def give_values(request: Request, caller: AnyCaller, key: Key, body: TagValuesIn) -> TagValuesOut:
    """Give people values of an imported, manual or score tag, or take them away. They hold when this answers."""
    hot, published = ports_of(request).hot, definitions.catalogue_of(request, caller).published
    definition = (await run_in_threadpool(published)).by_key("tag", key)
    decision = await run_in_threadpool(decision_of, hot, caller.workspace, definition, body)
    outcome = (await decide(request, caller, "give", decision)).outcome
    await run_in_threadpool(definitions.note, request, caller, "tag.values", f"{key}: {outcome['given']} values")
    unknown = [IdentifierShape(type=type_, value=value) for type_, value in outcome["unknown"]]
    return TagValuesOut(given=outcome["given"], unknown=unknown)
