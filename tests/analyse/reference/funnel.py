"""Funnels: how many people did one thing after another? Everybody's attempts are listed, and the best one taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analyse.reference.admitted import Asked, by_key, is_match, settle
from analyse.reference.condition import UNIT_MS
from analyse.reference.dates import Refused
from analyse.reference.funnel_attempts import Attempts, Exclusion, Log, Rules, best, every_attempt
from analyse.reference.funnel_groups import attempts_by_value, attempts_of_group
from analyse.reference.funnel_views import people_behind, view_of
from analyse.reference.groups import Group, group_of_cell, ranked
from analyse.reference.values import property_of, text_of
from analyse.reference.world import Event, World


def answer(world: World, question: Mapping[str, Any]) -> dict[str, Any]:
    """The `answer` object of docs/questions.md."""
    asked = settle(world, question)
    found = view_of(asked, attempts_that_count(asked))
    if question.get("breakdown"):
        found["by_breakdown"] = [
            {**group.written, **view_of(asked, attempts)} for group, attempts in groups(asked).items()
        ]
    return found


def people(world: World, question: Mapping[str, Any], cell: Mapping[str, Any]) -> set[Any]:
    """The persons behind a step, a period, or a bin."""
    asked = settle(world, question)
    attempts = attempts_that_count(asked)
    if "group" in cell:
        found = groups(asked)
        attempts = found[group_of_cell(found, cell)]
    return people_behind(cell, asked, attempts)


def groups(asked: Asked) -> dict[Group, Attempts]:
    """Each group that is shown, the greatest first, with the attempts that count in it."""
    rules = rules_of(asked)
    by_value = attempts_by_value(asked, logs_of(asked), rules)
    shown = ranked(by_value, lambda value: len(by_value[value]), asked.question["breakdown"])
    return {group: attempts_of_group(group, by_value) for group in shown}


def attempts_that_count(asked: Asked) -> Attempts:
    """The attempt of each person who is counted."""
    rules = rules_of(asked)
    found = {key: best(every_attempt(log, rules), log, rules) for key, log in logs_of(asked).items()}
    return {key: attempt for key, attempt in found.items() if attempt is not None}


def rules_of(asked: Asked) -> Rules:
    """What the question asks of every attempt."""
    question = asked.question
    window = question.get("window") or {"amount": 14, "unit": "day"}
    rules = Rules(
        start=asked.start,
        end=asked.end,
        window=window["amount"] * UNIT_MS[window["unit"]],
        order=question.get("order", "ordered"),
        strict_mode=question.get("strict_mode", "adjacent"),
        increasing=question.get("require_increasing_time", False),
        same_event=question.get("same_event_may_fill_steps", False),
    )
    if rules.increasing and rules.order == "unordered":
        raise Refused("steps in any order cannot be asked to come one after another")
    return rules


def logs_of(asked: Asked) -> dict[Any, Log]:
    """What each person did, and which step each of these events is good for."""
    return {key: log_of(asked, events) for key, events in by_key(asked, asked.events).items()}


def log_of(asked: Asked, events: list[Event]) -> Log:
    """One person's events, in order, as the funnel sees them."""

    def those(wanted: Mapping[str, Any]) -> frozenset[int]:
        return frozenset(event.position for event in events if is_match(asked, event, wanted))

    steps = asked.question["steps"]
    return Log(
        events=tuple(events),
        matches=tuple(those(step) for step in steps),
        fills=tuple(those(step) & let_through(step, events, those(step)) for step in steps),
        exclusions=tuple(
            Exclusion(those(exclusion), exclusion.get("from_step", 1), exclusion.get("to_step", len(steps)))
            for exclusion in asked.question.get("exclusions") or []
        ),
        held=held_values(events, asked.question.get("hold_constant") or []),
    )


def let_through(step: Mapping[str, Any], events: list[Event], matching: frozenset[int]) -> frozenset[int]:
    """The one event that `first_time` lets through, or all."""
    candidates = events
    if step.get("first_time") == "by_name":
        candidates = [event for event in events if step.get("event") in (None, event.event)][:1]
    if step.get("first_time") == "matching":
        candidates = [event for event in events if event.position in matching][:1]
    return frozenset(event.position for event in candidates)


def held_values(events: list[Event], names: list[str]) -> dict[int, tuple[str, ...] | None]:
    """By position the texts that `hold_constant` compares, None for an event that lacks one."""
    held: dict[int, tuple[str, ...] | None] = {}
    for event in events:
        texts = [text_of(property_of(event, name)) for name in names]
        held[event.position] = None if None in texts else tuple(str(text) for text in texts)
    return held
