"""Attribution: which channels brought the goals, by eight models side by side. docs/questions.md, `attribution`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from msgspec import Meta

from zuji.analyse.attribution_credit import MODELS, Credits, Evidence, Model, credits_of
from zuji.analyse.attribution_paths import (
    Bools,
    Floats,
    Goals,
    Touches,
    covering,
    order_matters,
    touches_and_goals,
)
from zuji.analyse.journeys import Bounds, Journeys, Texts, read_journeys, texts_of
from zuji.analyse.kind import Answer, Cell, Kind, People, range_alone
from zuji.analyse.money import refuse_mixed_currencies
from zuji.analyse.question import Question
from zuji.analyse.reading import Reading
from zuji.analyse.seen import AT, has_key, key_sql, matching, property_number, property_text, seen, within
from zuji.analyse.settled import Settled
from zuji.store.statement import Statement
from zuji.terms.dates import Span
from zuji.terms.document import Duration, EventMatch, Name, Text
from zuji.terms.error import BadQuestion


class Touch(EventMatch, frozen=True, kw_only=True):
    """Events that may bring a goal, and the property that names their channel."""

    channel: Name


class Goal(EventMatch, frozen=True, kw_only=True):
    """What is to be brought, and the property that says what it is worth."""

    value: Name | None = None


class Attribution(Question, frozen=True, kw_only=True):
    """Touches, goals, and the models to share the goals by."""

    touch: Touch
    goal: Goal
    window: Duration = Duration(amount=30, unit="day")
    model: Model | Annotated[tuple[Model, ...], Meta(min_length=1, max_length=len(MODELS))] = MODELS
    half_life: Duration = Duration(amount=7, unit="day")
    direct: Annotated[tuple[Text, ...], Meta(max_length=100)] = ("direct", "(direct)", "$direct")
    channel_limit: Annotated[int, Meta(ge=1, le=12)] = 12

    def models(self) -> tuple[Model, ...]:
        """The models asked for, always as a tuple."""
        return (self.model,) if isinstance(self.model, str) else self.model


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel as an answer names it, and its touches on the paths of goals."""

    name: str
    kind: str
    touches: int


@dataclass(frozen=True, slots=True)
class Found:
    """What was read: `channels` in the order of the answer, which `touches` and `lost` name by place in it."""

    journeys: Journeys
    goals: Goals
    channels: tuple[Channel, ...]
    evidence: Evidence


def find(settled: Settled[Attribution], reading: Reading) -> Found:
    """Everybody's touches and goals, with the channels numbered as they are shown."""
    question = settled.question
    span = Span(settled.span.from_ms - question.window.milliseconds, settled.span.to_ms)
    statement = Statement(settled)
    source = _moments(statement, settled, span)
    advice = "Choose a property with fewer values as the channel."
    texts = texts_of(settled, reading, statement, source, what="channels", advice=advice)

    def mark(statement: Statement) -> tuple[str, ...]:
        number = texts.number_sql(statement, "text")
        source = _moments(statement, settled, span)
        columns = f"who, at, position, {number} * 2 + goal AS mark, worth"
        statement.step("marked", f"SELECT {columns} FROM {source} WHERE mark != 0")
        return ("worth",)

    bounds = Bounds(span, most=2 * len(texts.texts) + 1, greatest=texts.greatest)
    journeys = read_journeys(settled, reading, mark, bounds=bounds, differ=order_matters)
    touches, goals = touches_and_goals(journeys, window_ms=question.window.milliseconds)
    in_range = touches.at >= settled.span.from_ms
    lost = touches.chosen(in_range & ~np.isin(touches.person, goals.person))
    return _found(settled, journeys, touches, goals, lost, texts)


def _moments(statement: Statement, settled: Settled[Attribution], span: Span) -> str:
    """The step of all touches (`text` is the channel, else null) and goals (`goal` is 1, in the range)."""
    question = settled.question
    touch, goal = matching(statement, settled, question.touch), matching(statement, settled, question.goal)
    channel = property_text(statement, settled, question.touch.channel, "event")
    worth = "0" if question.goal.value is None else property_number(statement, settled, question.goal.value)
    columns = {
        "who": key_sql(statement, settled),
        "at": AT,
        "position": "position",
        "text": f"if({touch}, toNullable(toString({channel})), NULL)",
        "goal": f"toUInt64({goal} AND {within(statement, settled.span)})",
        "worth": f"toFloat64(ifNull({worth}, 0))",
    }
    conditions = [f"({touch} OR {goal})"]
    return statement.step("moments", seen(statement, settled, columns, conditions=conditions, span=span))


def _found(
    settled: Settled[Attribution], journeys: Journeys, touches: Touches, goals: Goals, lost: Touches, texts: Texts
) -> Found:
    """Rank the channels, and number them by their places in the answer."""
    question, size = settled.question, len(texts.texts) + 1
    served = covering(len(touches.at), goals.first, goals.last)
    times = np.bincount(touches.channel, served, size).astype(np.int64)
    known = np.flatnonzero((times > 0) | (np.bincount(lost.channel, minlength=size) > 0))
    ranked = known[np.lexsort((known, -times[known]))]
    own, others = ranked[: question.channel_limit], ranked[question.channel_limit :]
    channels = [Channel(texts.texts[number - 1], "value", int(times[number])) for number in own]
    if len(others):
        channels.append(Channel("other", "other", int(times[others].sum())))
    places = np.zeros(size, np.int64)
    places[own], places[others] = np.arange(len(own)), len(own)
    direct = np.isin(touches.channel, [texts.number(name) for name in question.direct])
    evidence = Evidence(
        len(channels),
        touches.renamed(places),
        direct,
        goals.touched,
        lost.renamed(places),
        question.half_life.milliseconds,
    )
    return Found(journeys, goals, tuple(channels), evidence)


def answer(settled: Settled[Attribution], reading: Reading) -> Answer:
    """Every channel with its credits by every model, and the goals that nothing was touched before."""
    question = settled.question
    _refuse_mixed_currencies(settled, reading)
    found = find(settled, reading)
    goals, untouched = found.goals, found.goals.first == found.goals.last
    shared = credits_of(found.evidence, question.models())
    valued = question.goal.value is not None
    rows = [_row(channel, place, shared, valued=valued) for place, channel in enumerate(found.channels)]
    if untouched.any():
        rows.append(_row_of_none(question.models(), untouched, goals.worth if valued else None))
    return {
        "goals": len(goals.person),
        "value": float(goals.worth.sum()) if valued else None,
        "people": len(np.unique(goals.person)),
        "channels": rows,
    }


def _refuse_mixed_currencies(settled: Settled[Attribution], reading: Reading) -> None:
    statement = Statement(settled)
    goal = matching(statement, settled, settled.question.goal)
    somebody = has_key(settled, f"({key_sql(statement, settled)})")
    refuse_mixed_currencies(
        settled, reading, settled.question.goal.value, f"{goal} AND {somebody}", statement, settled.span
    )


def _row(channel: Channel, place: int, shared: Mapping[Model, Credits], *, valued: bool) -> dict[str, Any]:
    return {
        "channel": channel.name,
        "kind": channel.kind,
        "touches": channel.touches,
        "goals": {model: float(credit.goals[place]) for model, credit in shared.items()},
        "value": {model: float(credit.value[place]) if valued else None for model, credit in shared.items()},
    }


def _row_of_none(models: tuple[Model, ...], untouched: Bools, worth: Floats | None) -> dict[str, Any]:
    value = None if worth is None else float(worth[untouched].sum())
    return {
        "channel": "none",
        "kind": "none",
        "touches": 0,
        "goals": dict.fromkeys(models, int(untouched.sum())),
        "value": dict.fromkeys(models, value),
    }


def people(settled: Settled[Attribution], cell: Cell, reading: Reading) -> People:
    """Everybody with a goal on whose path a channel is; of `none`: with a goal that nothing was touched before."""
    name, kind = cell.get("channel"), cell.get("kind", "value")
    if not isinstance(name, str) or set(cell) - {"channel", "kind"}:
        raise BadQuestion(f"cell: attribution has cells {{channel, kind}}, got {dict(cell)!r:.200}.")
    found = find(settled, reading)
    if (name, kind) == ("none", "none"):
        untouched = found.goals.first == found.goals.last
        return People(found.journeys.keys_of(found.goals.person[untouched]))
    places = [place for place, one in enumerate(found.channels) if (one.name, one.kind) == (name, kind)]
    if not places:
        raise BadQuestion(f"cell.channel: there is no channel {name!r:.200}. Take one from the answer.")
    times = dict(found.evidence.times())[places[0]]
    return People(found.journeys.keys_of(found.evidence.goals.person[times > 0]))


ATTRIBUTION = Kind("attribution", Attribution, answer, people, reach=range_alone)
