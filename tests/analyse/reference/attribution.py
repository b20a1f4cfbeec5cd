"""Attribution: which channels brought the goals? Each goal is looked at with the touches before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analyse.reference import attribution_models as models
from analyse.reference.admitted import Asked, by_key, is_match, numbers_of, refuse_mixed_money, settle
from analyse.reference.attribution_models import Channel, Credits, Path
from analyse.reference.condition import UNIT_MS
from analyse.reference.values import property_of, text_of
from analyse.reference.world import Event, World

MODELS = ("first", "last", "last_non_direct", "linear", "position", "time_decay", "markov", "shapley")
DIRECT = ("direct", "(direct)", "$direct")


@dataclass(frozen=True)
class Goal:
    """One goal of one person, with the touches that count for it, in order."""

    person: Any
    event: Event
    touches: tuple[Event, ...]
    value: float


def answer(world: World, question: Mapping[str, Any]) -> dict[str, Any]:
    """The `answer` object of docs/questions.md."""
    asked = settle(world, question)
    goals, lost = goals_and_lost(asked)
    if question["goal"].get("value"):
        refuse_mixed_money(asked, [goal.event for goal in goals], question["goal"]["value"])
    touches = touches_of_channels(asked, goals, lost)
    shown = shown_channels(asked, touches)
    rows = [channel_row(asked, channel, shown, goals, lost) for channel in in_order(shown, touches)]
    without = [goal for goal in goals if not goal.touches]
    return {
        "goals": len(goals),
        "value": worth(asked, goals),
        "people": len({goal.person for goal in goals}),
        "channels": rows + ([row_of_none(asked, without)] if without else []),
    }


def people(world: World, question: Mapping[str, Any], cell: Mapping[str, Any]) -> set[Any]:
    """The persons with a goal on whose path the channel is."""
    asked = settle(world, question)
    goals, lost = goals_and_lost(asked)
    wanted = (cell.get("kind", "value"), cell["channel"])
    if wanted == ("none", "none"):
        return {goal.person for goal in goals if not goal.touches}
    shown = shown_channels(asked, touches_of_channels(asked, goals, lost))
    return {goal.person for goal in goals if wanted in {shown[channel_of(asked, touch)] for touch in goal.touches}}


def channel_of(asked: Asked, event: Event) -> str:
    """The name of the channel that an event touches; empty where it is none."""
    return text_of(property_of(event, asked.question["touch"]["channel"])) or ""


def goals_and_lost(asked: Asked) -> tuple[list[Goal], list[list[Event]]]:
    """The goals in the range, and the touches in the range of each person without a goal."""
    wanted = asked.question["goal"]
    window = asked.question.get("window") or {"amount": 30, "unit": "day"}
    length = window["amount"] * UNIT_MS[window["unit"]]
    goals, lost = [], []
    for person, events in by_key(asked, asked.events).items():
        touches = [
            event for event in events if is_match(asked, event, asked.question["touch"]) and channel_of(asked, event)
        ]
        reached = [event for event in events if asked.in_range(event) and is_match(asked, event, wanted)]
        for goal in reached:
            before = events[: events.index(goal)]
            served = tuple(touch for touch in touches if touch in before and goal.at - touch.at <= length)
            numbers = numbers_of(asked, [goal], wanted["value"]) if wanted.get("value") else []
            goals.append(Goal(person, goal, served, sum(numbers)))
        in_range = [touch for touch in touches if asked.in_range(touch)]
        if in_range and not reached:
            lost.append(in_range)
    return goals, lost


def touches_of_channels(asked: Asked, goals: Sequence[Goal], lost: Sequence[list[Event]]) -> dict[str, int]:
    """How often each channel is on a goal's path; 0 for those that only people without a goal touched."""
    found = {channel_of(asked, touch): 0 for touches in lost for touch in touches}
    for goal in goals:
        for touch in goal.touches:
            found[channel_of(asked, touch)] = found.get(channel_of(asked, touch), 0) + 1
    return found


def shown_channels(asked: Asked, touches: Mapping[str, int]) -> dict[str, Channel]:
    """How each channel is reported: by itself, or beyond the limit as one of the others."""
    ranked = sorted(touches, key=lambda name: (-touches[name], name))
    limit = asked.question.get("channel_limit", 12)
    return {name: ("value", name) if place < limit else ("other", "other") for place, name in enumerate(ranked)}


def in_order(shown: Mapping[str, Channel], touches: Mapping[str, int]) -> list[Channel]:
    """The channels in the order of the answer."""
    names = sorted(touches, key=lambda name: (-touches[name], name))
    own = [shown[name] for name in names if shown[name][0] == "value"]
    return own + ([("other", "other")] if len(own) < len(names) else [])


def channel_row(
    asked: Asked, channel: Channel, shown: Mapping[str, Channel], goals: Sequence[Goal], lost: Sequence[list[Event]]
) -> dict[str, Any]:
    """One channel as the answer has it."""
    paths = [path_of(asked, goal, shown) for goal in goals if goal.touches]
    walks = [tuple(shown[channel_of(asked, touch)] for touch in touches) for touches in lost]
    asked_for = models_of(asked)
    credits_of = {model: credits_by(model, asked, paths, walks) for model in asked_for}
    return {
        "channel": channel[1],
        "kind": channel[0],
        "touches": sum(path.channels.count(channel) for path in paths),
        "goals": {model: credits_of[model][0].get(channel, 0.0) for model in asked_for},
        "value": {
            model: credits_of[model][1].get(channel, 0.0) if asked.question["goal"].get("value") else None
            for model in asked_for
        },
    }


def row_of_none(asked: Asked, goals: Sequence[Goal]) -> dict[str, Any]:
    """The goals that nothing was touched before."""
    asked_for = models_of(asked)
    return {
        "channel": "none",
        "kind": "none",
        "touches": 0,
        "goals": {model: len(goals) for model in asked_for},
        "value": {model: worth(asked, goals) for model in asked_for},
    }


def models_of(asked: Asked) -> Sequence[str]:
    """The models that are asked for: by default all, one may be named alone."""
    named = asked.question.get("model") or MODELS
    return [named] if isinstance(named, str) else named


def worth(asked: Asked, goals: Sequence[Goal]) -> float | None:
    """What these goals are worth together; None where the question does not say what a goal is worth."""
    return sum(goal.value for goal in goals) if asked.question["goal"].get("value") else None


def path_of(asked: Asked, goal: Goal, shown: Mapping[str, Channel]) -> Path:
    """The path of one goal."""
    names = tuple(channel_of(asked, touch) for touch in goal.touches)
    ages = tuple(goal.event.at - touch.at for touch in goal.touches)
    return Path(tuple(shown[name] for name in names), names, ages, goal.value)


def credits_by(
    model: str, asked: Asked, paths: Sequence[Path], walks: Sequence[tuple[Channel, ...]]
) -> tuple[Credits, Credits]:
    """The goals, and their value, of each channel by one model."""
    if model == "markov":
        goals = models.markov(paths, walks)
        value = sum(path.value for path in paths)
        return goals, {channel: credit / len(paths) * value for channel, credit in goals.items()}
    if model == "shapley":
        return models.shapley(paths, lambda path: 1.0), models.shapley(paths, lambda path: path.value)
    half_life = asked.question.get("half_life") or {"amount": 7, "unit": "day"}
    weights = {
        "first": models.first,
        "last": models.last,
        "last_non_direct": lambda path: models.last_non_direct(path, asked.question.get("direct", DIRECT)),
        "linear": models.linear,
        "position": models.position,
        "time_decay": lambda path: models.time_decay(path, half_life["amount"] * UNIT_MS[half_life["unit"]]),
    }[model]
    return models.shared(paths, weights, lambda path: 1.0), models.shared(paths, weights, lambda path: path.value)
