"""A definition looked at before it is published, as the API tells it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import Request

from zuji.api.definitions import catalogue_of, require_allowed, sentence_of
from zuji.api.guard import Caller
from zuji.api.listening import answered_while_listened, ticket_of
from zuji.api.masked_tags import masked_value, taken_by
from zuji.api.moments import milliseconds
from zuji.api.ports import Ports, ports_of
from zuji.api.question_answers import person_out
from zuji.api.segment_people import asked_of, run_of
from zuji.api.wire import iso
from zuji.api.wire_definitions import ComparedOut, PersonWithValue, PreviewIn, PreviewOut, ValueCount
from zuji.tag.definition import Definition, Kind, read_definition
from zuji.tag.preview import Compared, Preview, preview
from zuji.terms.error import BadQuestion


async def previewed(request: Request, caller: Caller, kind: Kind, body: PreviewIn) -> PreviewOut:
    """What this definition would do. It stops when the caller hangs up."""
    ports = ports_of(request)
    ticket = ticket_of(caller, body.ticket or ports.new_id())
    require_allowed(request, caller, kind, body.definition)
    definition = read_definition(kind, body.definition)
    moment = milliseconds(body.at, name="at")

    def answer() -> PreviewOut:
        asked = asked_of(request, caller, moment)
        before = [one for one in asked.published.definitions if (one.kind, one.key) == (kind, definition.key)]
        # What would hold then: circles are refused, and a group takes its part in what the rule says.
        then = replace(asked, published=catalogue_of(request, caller).with_definition(definition))
        rule = then.published.by_key(kind, definition.key).rule
        if rule is None:
            raise BadQuestion(f"{kind} {definition.key} has no rule: there is nothing to preview.")
        against = before[0].rule if before else None
        found = preview(rule, then, run_of(ports, ticket), against=against)
        return _out(ports, caller, definition, asked.now_ms, found)

    return await answered_while_listened(request, answer, ticket=ticket)


def _out(ports: Ports, caller: Caller, definition: Definition, at_ms: int, found: Preview) -> PreviewOut:
    taken = taken_by(definition.rule)

    def shown(value: Any) -> Any:
        return value if caller.sees_personal else masked_value(value, taken)

    sample = [
        PersonWithValue(**person_out(ports, caller, one.person).model_dump(), value=shown(one.value))
        for one in found.sample
    ]
    return PreviewOut(
        sentence=sentence_of(definition.rule),
        value_type=definition.value_type,
        at=iso(at_ms),
        people=found.people,
        of=found.of,
        share=found.share,
        month_ago=found.month_ago,
        sample=sample,
        values=[ValueCount(value=shown(value), people=people) for value, people in found.values],
        compared=None if found.compared is None else _compared(ports, caller, found.compared),
    )


def _compared(ports: Ports, caller: Caller, found: Compared) -> ComparedOut:
    return ComparedOut(
        enter=found.enter,
        leave=found.leave,
        change=found.change,
        entering=[person_out(ports, caller, person) for person in found.entering],
        leaving=[person_out(ports, caller, person) for person in found.leaving],
    )
