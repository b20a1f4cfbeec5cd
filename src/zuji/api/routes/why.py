"""Why somebody has a tag or is in a segment, or not: every condition, its events, and what would change it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field

from zuji.api.definitions import sentence_of
from zuji.api.freshness import wait_until_fresh
from zuji.api.given_values import given_out, newest_word
from zuji.api.guard import AnyCaller, Caller, GuardedRoute, needs
from zuji.api.identifiers import parse_identifier
from zuji.api.masked_answers import masked_texts
from zuji.api.masked_tags import tags_shown
from zuji.api.moments import milliseconds
from zuji.api.people import owned_by, profile_of
from zuji.api.ports import Ports, ports_of
from zuji.api.questions import questions_of
from zuji.api.segment_people import asked_of, run_of
from zuji.api.wire import Out, iso
from zuji.api.wire_definitions import Words
from zuji.api.wire_given import GivenOut
from zuji.govern.masking import mask_identifier, mask_value
from zuji.identify.profile import Profile
from zuji.store import tag_values
from zuji.store.hot import HotStore
from zuji.tag.definition import Definition, Statistic
from zuji.tag.given import is_given
from zuji.tag.rule import AllOf, HasIdentifier, InSegment, Measure, Measured, Rule, Trait, ValueOf, When
from zuji.tag.what_changes import Change
from zuji.tag.why import EventBehind, Reason, statistic_sentence, why
from zuji.terms.error import BadQuestion, NotFound

router = APIRouter(tags=["tags"], route_class=GuardedRoute)


class EventBehindOut(Out):
    """An event behind a condition."""

    event_id: str
    event: str
    at: str


class TurnOut(Out):
    """What would turn it round: `amount` more, or a moment. `first_out`: when the oldest event counted goes."""

    kind: Literal["more", "at", "first_out"]
    amount: float | None = None
    at: str | None = None


class ReasonOut(Out):
    """One condition of the rule. `passed` is null for the measure that is the value itself."""

    sentence: Words
    passed: bool | None
    figure: Any = Field(description="What was compared; null where there is nothing, and for membership and consent.")
    events: list[EventBehindOut] = Field(description="The newest events behind it, newest first.")
    changes: list[TurnOut]
    case: int = Field(description="The place of its case in a rule of cases, from 0.")


class WhyOut(Out):
    """The value as of `at`, worked out from history, and why."""

    kind: Literal["tag", "segment"]
    key: str
    version: int
    at: str
    value: Any
    sentence: Words | None
    reasons: list[ReasonOut]
    given: GivenOut | None = Field(default=None, description="Who said it, where the tag has no rule: as it is now.")


@router.get(
    "/profiles/{identifier:path}/why",
    dependencies=[Depends(wait_until_fresh)],
    openapi_extra=needs("profiles.read"),
)
async def show_why(
    request: Request,
    caller: AnyCaller,
    identifier: str,
    key: Annotated[str, Query(pattern=r"^[a-z][a-z0-9_]{0,63}$")],
    kind: Literal["tag", "segment"] = "tag",
    at: Annotated[str | None, Query(max_length=50)] = None,
) -> WhyOut:
    """Why this customer has the tag `key` or is in the segment, now or `at` a moment; or why not."""
    ports, named, moment = ports_of(request), parse_identifier(identifier), milliseconds(at, name="at")

    def answer() -> WhyOut:
        person = profile_of(ports.hot, caller.workspace, named)
        if person is None:
            raise NotFound(f"nobody has {named} in this workspace.")
        asked = asked_of(request, caller, moment)
        definition = asked.published.by_key(kind, key)
        ports.profile_views.saw(caller.principal, caller.workspace, [person.id])
        if is_given(definition):
            return _given(ports.hot, caller, person, definition, ports.now_ms())
        if definition.statistic is not None:
            return _of_statistic(ports, caller, person, definition, definition.statistic)
        anchors = tuple(sorted({one.anchor for one in owned_by(person)}))
        found = why(rule_of(definition), asked, run_of(ports, ""), person=person.id, anchors=anchors)
        return WhyOut(
            kind=kind,
            key=key,
            version=definition.version,
            at=iso(asked.now_ms),
            value=tags_shown(ports, caller)(key, found.value),
            sentence=sentence_of(definition.rule),
            reasons=[_reason(one, caller) for one in found.reasons],
        )

    return await questions_of(request).run(answer)


def _given(hot: HotStore, caller: Caller, person: Profile, definition: Definition, now_ms: int) -> WhyOut:
    """Of a tag without a rule: who said it. Also a word that took the value away is told."""
    word = newest_word(hot, person, definition.key, now_ms)
    value = None if word is None else word.value
    return WhyOut(
        kind="tag",
        key=definition.key,
        version=definition.version,
        at=iso(now_ms),
        value=value if caller.sees_personal else masked_texts(value),
        sentence=None,
        reasons=[],
        given=None if word is None else given_out(word, person, caller),
    )


def _of_statistic(
    ports: Ports, caller: Caller, person: Profile, definition: Definition, statistic: Statistic
) -> WhyOut:
    """Of a tag that a question about everybody gives: the figure that is kept, what it is, and since when."""
    with ports.hot.read() as connection:
        kept = tag_values.values_of_one(connection, caller.workspace, person.id).get(("tag", definition.key))
    since = None
    if kept is not None:
        zone = ZoneInfo(ports.workspaces.timezone_of(caller.workspace))
        since = f"{datetime.fromtimestamp(kept.since_ms / 1000, zone):%Y-%m-%d %H:%M}"
    return WhyOut(
        kind="tag",
        key=definition.key,
        version=definition.version,
        at=iso(ports.now_ms()),
        value=tags_shown(ports, caller)(definition.key, None if kept is None else kept.value),
        sentence=Words(
            en=statistic_sentence(statistic, "en", since=since), zh=statistic_sentence(statistic, "zh", since=since)
        ),
        reasons=[],
    )


def rule_of(definition: Definition) -> Rule:
    """The rule of a definition; of a list of people, to be on it."""
    if definition.rule is not None:
        return definition.rule
    if definition.kind == "segment":
        return When(InSegment(definition.key))
    raise BadQuestion(f"the tag {definition.key} has no rule: its values are {definition.origin}.")


def _reason(reason: Reason, caller: Caller) -> ReasonOut:
    part = reason.condition
    said = sentence_of(ValueOf(part, AllOf()) if isinstance(part, Measure) else When(part))
    return ReasonOut(
        sentence=said or Words(en="", zh=""),
        passed=reason.passed,
        figure=_shown(reason, caller),
        events=[_event(one) for one in reason.events],
        changes=[_change(one) for one in reason.changes],
        case=reason.case,
    )


def _shown(reason: Reason, caller: Caller) -> Any:
    """Personal values masked where the role asks for it."""
    match reason.condition:
        case _ if caller.sees_personal:
            return reason.figure
        case HasIdentifier(type_):
            return [mask_identifier(type_, one) for one in reason.figure or []]
        case Trait(name) | Measured(Measure(property=str(name))) | Measure(property=str(name)):
            return mask_value(reason.figure, name=name)
        case _:
            return mask_value(reason.figure)


def _event(one: EventBehind) -> EventBehindOut:
    return EventBehindOut(event_id=one.event_id, event=one.event, at=iso(one.at_ms))


def _change(one: Change) -> TurnOut:
    return TurnOut(kind=one.kind, amount=one.amount, at=None if one.at_ms is None else iso(one.at_ms))
