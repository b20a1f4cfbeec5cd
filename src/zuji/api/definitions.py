"""What routes of tags and segments share: a definition shown, published through the spool, ended."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from zuji.analyse.kinds import kind_of
from zuji.analyse.personal import refuse_personal as refuse_personal_question
from zuji.analyse.question import read_question
from zuji.api.decisions import decide
from zuji.api.guard import Caller
from zuji.api.masked_tags import personal_tags
from zuji.api.ports import ports_of
from zuji.api.wire import Applied, iso
from zuji.api.wire_definitions import DefinitionOut, PublishIn, State, VersionOut, Words
from zuji.store import definitions as kept
from zuji.store import tag_values
from zuji.store.definitions import DefinitionVersion, WrittenDefinition
from zuji.tag.catalogue import Catalogue
from zuji.tag.definition import Kind, Published, Told, decision_body, ending_body, read_definition
from zuji.tag.personal import refuse_personal as refuse_personal_rule
from zuji.tag.rule import Rule
from zuji.tag.sentence import sentence
from zuji.terms.error import NotFound, ZujiError


def catalogue_of(request: Request, caller: Caller) -> Catalogue:
    """The definitions of the workspace, as this caller works on them."""
    ports = ports_of(request)
    return Catalogue(ports.definitions, ports.hot, caller.workspace, caller.principal.id, ports.now_ms())


def all_out(request: Request, caller: Caller, kind: Kind) -> list[DefinitionOut]:
    """Every definition of a kind."""
    catalogue = catalogue_of(request, caller)
    return _shown(request, catalogue, catalogue.written(kind))


def one_out(request: Request, caller: Caller, written: WrittenDefinition) -> DefinitionOut:
    """One definition."""
    return _shown(request, catalogue_of(request, caller), [written])[0]


def require_allowed(request: Request, caller: Caller, kind: Kind, document: Any) -> None:
    """Raises BadQuestion when a tag is a statistic of a question that makes no sense, and NotAllowed when the rule or
    the question reads personal values that this caller may not read: before it is written down.
    """
    read = read_definition(kind, document)
    if read.statistic is not None:
        question = read_question(kind_of(read.statistic.kind).question, read.statistic.question)
        if not caller.sees_personal:
            refuse_personal_question(question)
    if read.rule is not None and not caller.sees_personal:
        refuse_personal_rule(read.rule, personal_tags(ports_of(request), caller))


def version_out(version: DefinitionVersion) -> VersionOut:
    """A published version."""
    rule = None if version.document is None else read_definition(_of_rules(version.kind), version.document).rule
    return VersionOut(
        version=version.version,
        at=iso(version.at),
        by=version.by,
        document=version.document,
        sentence=sentence_of(rule),
    )


def sentence_of(rule: Rule | None) -> Words | None:
    """What a rule says."""
    return None if rule is None else Words(en=sentence(rule, "en"), zh=sentence(rule, "zh"))


async def publish(request: Request, caller: Caller, kind: Kind, key: str, body: PublishIn | None) -> Applied:
    """Publish what is written: everybody is looked at again, in the background."""
    _require_engine(request)
    catalogue = catalogue_of(request, caller)
    definition = await run_in_threadpool(catalogue.to_publish, kind, key)
    subscribers: Told = "told" if body is not None and body.announce else "silent"
    decision = decision_body(definition, by=catalogue.by, subscribers=subscribers)
    return await _decided(request, caller, catalogue, decision)


async def end(request: Request, caller: Caller, kind: Kind, key: str) -> None:
    """End what holds; forget what was never published."""
    _require_engine(request)
    catalogue = catalogue_of(request, caller)
    version = await run_in_threadpool(catalogue.to_end, kind, key)
    if version is None:
        await run_in_threadpool(note, request, caller, f"{kind}.delete", key)
    else:
        await _decided(request, caller, catalogue, ending_body(kind, key, version=version, by=catalogue.by))


def _require_engine(request: Request) -> object:
    """Raises Busy where no engine runs that could take a decision: before a number is given to it."""
    return ports_of(request).decisions.append_and_wait


async def _decided(request: Request, caller: Caller, catalogue: Catalogue, body: dict[str, Any]) -> Applied:
    kind, key, version = body["kind"], body["key"], body["version"]
    try:
        applied = await decide(request, caller, "publish", body)
    except ZujiError as failure:
        # What is only late will be applied: its number stays taken.
        if not failure.retry:
            await run_in_threadpool(catalogue.refused, kind, key, version)
        raise
    deed = "end" if body["definition"] is None else "publish"
    await run_in_threadpool(note, request, caller, f"{kind}.{deed}", f"{key} version {version}")
    return Applied(outcome={**applied.outcome, "version": version})


def together(request: Request) -> AbstractContextManager[None]:
    """Make a change of a definition and its note one transaction."""
    return ports_of(request).audit.together()


def note(request: Request, caller: Caller, action: str, detail: str) -> None:
    """Write down who did what to a definition."""
    ports = ports_of(request)
    at, actor = ports.now_ms(), caller.principal.id
    ports.audit.note(at=at, actor=actor, action=action, subject=caller.workspace, detail=detail)


def _shown(request: Request, catalogue: Catalogue, written: list[WrittenDefinition]) -> list[DefinitionOut]:
    published = catalogue.published()
    with ports_of(request).hot.read() as connection:
        counts = tag_values.counts(connection, catalogue.workspace)
    return [_out(catalogue, one, published, counts.get((_of_rules(one.kind), one.key), 0)) for one in written]


def _out(catalogue: Catalogue, one: WrittenDefinition, published: Published, people: int) -> DefinitionOut:
    kind = _of_rules(one.kind)
    read = read_definition(kind, one.document)
    try:
        holds = published.by_key(kind, one.key)
    except NotFound:
        holds = None
    return DefinitionOut(
        key=one.key,
        document=one.document,
        sentence=sentence_of(read.rule),
        value_type=read.value_type,
        state=_state(catalogue, one, holds is not None),
        version=None if holds is None else holds.version,
        changed=holds is not None and dict(holds.document) != one.document,
        people=people,
        created_at=iso(one.created_at),
        updated_at=iso(one.updated_at),
        updated_by=one.updated_by,
    )


def _state(catalogue: Catalogue, one: WrittenDefinition, holds: bool) -> State:
    if holds:
        return "published"
    return "ended" if catalogue.kept.versions(one.workspace, one.kind, one.key) else "draft"


def _of_rules(kind: kept.Kind) -> Kind:
    """Visual events, which are kept beside them, have routes of their own and never come here."""
    if kind == "visual_event":
        raise NotFound("a visual event is no tag and no segment.")
    return kind
