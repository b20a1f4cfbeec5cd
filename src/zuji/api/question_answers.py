"""Answers to questions as the API tells them: the envelope, and people as this caller may see them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zuji.analyse.ask import Asked, Asker, Asking, Found
from zuji.api.guard import Caller
from zuji.api.kept_sql import KeptSql, ShownStatement
from zuji.api.masked_answers import (
    grouped_by,
    masked_answer,
    masked_text,
    masked_texts,
    refuse_masked,
)
from zuji.api.people import identifier_out
from zuji.api.ports import Ports
from zuji.api.wire import IdentifierShape, iso
from zuji.api.wire_questions import AnswerOut, PeopleIn, PeopleOut, PeopleReference, PersonOut, StatementOut
from zuji.govern.masking import is_personal
from zuji.identify.profile import profile
from zuji.identify.traits import Trait

NAME_TRAITS = ("name", "nickname", "$name", "full_name")
SHOWN_TEXT = 200
"""So much of a bound text is shown with the SQL; longer ones are lists of groups, and the like."""


def asking_of(ports: Ports, caller: Caller, *, ticket: str) -> Asking:
    """Where this caller asks, and whether personal values may be read."""
    zone = ports.workspaces.timezone_of(caller.workspace)
    return Asking(caller.workspace, zone, ticket, sees_personal=caller.sees_personal)


def shown_answer(asked: Asked, caller: Caller) -> dict[str, Any]:
    """The kind's own object as this caller may see it."""
    return asked.answer if caller.sees_personal else masked_answer(asked.question, asked.answer)


def answer_out(asked: Asked, caller: Caller, kept: KeptSql) -> AnswerOut:
    """The envelope, as this caller may see it."""
    horizon = asked.horizon
    ran = [ShownStatement(query.sql, _shown(query.params)) for query in asked.sql]
    statements = kept.of(caller.workspace, asked.kind, asked.question, ran)
    return AnswerOut(
        kind=asked.kind,
        question=asked.question,
        answer=shown_answer(asked, caller),
        notes=list(asked.notes),
        exactness="exact",
        rows_read=asked.rows_read,
        milliseconds=asked.milliseconds,
        freshness=iso(horizon.newest_ms) if horizon.newest_ms else None,
        identity_version=horizon.identity,
        position=horizon.position,
        sql=[StatementOut(sql=one.sql, values=_values(one, asked, caller)) for one in statements],
        people=PeopleReference(
            kind=asked.kind,
            question=asked.question,
            position=horizon.position,
            identity_version=horizon.identity,
        ),
    )


def people_out(ports: Ports, asker: Asker, caller: Caller, body: PeopleIn, *, ticket: str) -> PeopleOut:
    """One page of the people behind a figure."""
    if not caller.sees_personal:
        refuse_masked(body.kind, body.question, body.cell)
    found = asker.people(body.kind, body.question, body.cell, asking_of(ports, caller, ticket=ticket))
    keys, counted_by = found.people.keys, _counted_by(body.question)
    start = int(body.cursor or 0)
    end = start + body.limit
    return PeopleOut(
        count=len(keys),
        people=[
            person_out(ports, caller, key, found.people.reasons.get(key), counted_by=counted_by)
            for key in keys[start:end]
        ],
        next=str(end) if end < len(keys) else None,
        moved_on=_moved_on(found, body),
    )


def person_out(ports: Ports, caller: Caller, key: int | str, reason: Any = None, *, counted_by: str = "") -> PersonOut:
    """Somebody behind a figure or on a list, as this caller may see them. A text is a value of `counted_by`."""
    if not caller.sees_personal:
        reason = masked_texts(reason)
    if isinstance(key, str):
        person = key if caller.sees_personal else masked_text(key, name=counted_by)
        return PersonOut(person=person, identified=False, identifiers=[], reason=reason)
    known = profile(ports.hot, caller.workspace, key)
    held: list[IdentifierShape] = (
        [] if known is None else [identifier_out(one.identifier, caller) for one in known.identifiers]
    )
    return PersonOut(
        person=key,
        identified=known is not None and known.identified,
        name=called(known.traits) if known is not None and caller.sees_personal else None,
        identifiers=held,
        reason=reason,
    )


def called(traits: Mapping[str, Trait]) -> str | None:
    """What somebody is called, by the first trait of a name that they have."""
    told = (traits[name].value for name in NAME_TRAITS if name in traits)
    return next((value for value in told if isinstance(value, str) and value), None)


def _moved_on(found: Found, body: PeopleIn) -> bool:
    return (body.position is not None and body.position != found.horizon.position) or (
        body.identity_version is not None and body.identity_version != found.horizon.identity
    )


def _counted_by(question: Mapping[str, Any]) -> str:
    """The property whose values are counted instead of people; nothing where people are."""
    by = question.get("count_by")
    return str(by.get("property", "")) if isinstance(by, Mapping) else ""


def _shown(params: Mapping[str, Any]) -> dict[str, Any]:
    """The bound values, long ones cut; who merged with whom since the last load is nobody's to read."""
    return {name: _cut(value) for name, value in params.items() if not name.startswith("people_")}


def _values(one: ShownStatement, asked: Asked, caller: Caller) -> dict[str, Any]:
    """Groups and items that one statement found are bound in the next, so they are masked as in the answer."""
    if caller.sees_personal:
        return one.values
    personal = next(filter(is_personal, grouped_by(asked.question)), "")
    return {name: masked_texts(value, name=personal) for name, value in one.values.items()}


def _cut(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) <= SHOWN_TEXT else value[:SHOWN_TEXT] + " …"
    if isinstance(value, list | tuple):
        shown = [_cut(one) for one in value[:SHOWN_TEXT]]
        return shown if len(value) <= SHOWN_TEXT else [*shown, f"… {len(value)} in all"]
    return value
