"""Sources and their write keys: where events come from, and what may be sent with which key."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from zuji.api.decisions import delete_source_data
from zuji.api.guard import AnyCaller, GuardedRoute, needs
from zuji.api.ports import ports_of
from zuji.api.wire import (
    Applied,
    KeyList,
    KeyOut,
    NewKeyOut,
    NewSourceOut,
    RotateIn,
    SourceChange,
    SourceIn,
    SourceList,
    SourceOut,
    iso,
)
from zuji.store.metadata import WriteKey
from zuji.terms.source import Source, shown_settings

router = APIRouter(tags=["sources"], route_class=GuardedRoute)


@router.get("/sources", openapi_extra=needs("sources.read"))
def list_sources(request: Request, caller: AnyCaller) -> SourceList:
    """The sources of the workspace by name, disabled ones too."""
    sources = ports_of(request).keys.sources(caller.workspace)
    return SourceList(sources=[SourceOut(**_fields(source)) for source in sources])


@router.post("/sources", status_code=201, openapi_extra=needs("sources.write"))
def create_source(request: Request, caller: AnyCaller, body: SourceIn) -> NewSourceOut:
    """A new source with a public and a secret write key, both shown this once. The gateway knows them within 2 s."""
    made = ports_of(request).keys.create_source(
        caller.workspace, body.name, body.channel, settings=body.settings, actor=caller.principal.id
    )
    return NewSourceOut(write_key=made.write_key, secret_key=made.secret_key, **_fields(made.source))


@router.get("/sources/{source_id}", openapi_extra=needs("sources.read"))
def get_source(request: Request, caller: AnyCaller, source_id: str) -> SourceOut:
    """One source, by id or name."""
    return SourceOut(**_fields(ports_of(request).keys.source(caller.workspace, source_id)))


@router.patch("/sources/{source_id}", openapi_extra=needs("sources.write"))
def change_source(request: Request, caller: AnyCaller, source_id: str, body: SourceChange) -> SourceOut:
    """Enable, disable or set limits. A disabled source's clients get 404 and its settings document says so."""
    changed = ports_of(request).keys.change_source(
        caller.workspace, source_id, enabled=body.enabled, settings=body.settings, actor=caller.principal.id
    )
    return SourceOut(**_fields(changed))


@router.get("/sources/{source_id}/keys", openapi_extra=needs("sources.read"))
def list_keys(request: Request, caller: AnyCaller, source_id: str) -> KeyList:
    """The write keys of a source, newest first, revoked ones too. Only hints: the keys themselves are not kept."""
    return KeyList(keys=[_key(key) for key in ports_of(request).keys.keys(caller.workspace, source_id)])


@router.post("/sources/{source_id}/keys/rotate", status_code=201, openapi_extra=needs("sources.write"))
def rotate_key(request: Request, caller: AnyCaller, source_id: str, body: RotateIn) -> NewKeyOut:
    """A new key of one kind, shown this once; the former ones stop working within 2 s, or are kept on request."""
    made = ports_of(request).keys.rotate(
        caller.workspace, source_id, kind=body.kind, old=body.old, actor=caller.principal.id
    )
    return NewKeyOut(id=made.key.id, kind=made.key.kind, key=made.secret, hint=made.key.hint)


@router.delete("/sources/{source_id}/keys/{key_id}", openapi_extra=needs("sources.write"))
def revoke_key(request: Request, caller: AnyCaller, source_id: str, key_id: str) -> KeyOut:
    """Make a write key worthless. The gateway refuses it within 2 s."""
    return _key(ports_of(request).keys.revoke(caller.workspace, source_id, key_id, actor=caller.principal.id))


@router.delete("/sources/{source_id}/data", openapi_extra=needs("sources.delete_data"))
async def delete_data(request: Request, caller: AnyCaller, source_id: str) -> Applied:
    """Delete everything a source brought: events, evidence, quarantine. Its message ids count as never seen."""
    source = ports_of(request).keys.source(caller.workspace, source_id)
    return await delete_source_data(request, caller, source.id)


def _fields(source: Source) -> dict[str, Any]:
    return {
        "id": source.id,
        "name": source.name,
        "channel": source.channel,
        "enabled": source.enabled,
        "settings": shown_settings(source.settings),
    }


def _key(key: WriteKey) -> KeyOut:
    return KeyOut(
        id=key.id,
        kind=key.kind,
        hint=key.hint,
        created_at=iso(key.created_at),
        revoked_at=None if key.revoked_at is None else iso(key.revoked_at),
    )
