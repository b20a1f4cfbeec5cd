"""Every way in which one person could have gone through a funnel, one by one, and the way that counts.

Nothing is skipped or remembered: all attempts are listed, the void ones dropped, the best of the others taken. The
number of attempts grows with the number of events to the power of steps, so this is for small logs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from analyse.reference.world import Event

Attempt = tuple[Event, ...]
Attempts = dict[Any, Attempt]


@dataclass(frozen=True)
class Exclusion:
    """`events` (by position) void attempts when they come between two steps, which count from 1."""

    events: frozenset[int]
    from_step: int
    to_step: int


@dataclass(frozen=True)
class Log:
    """One person's events in order, and what they are for the funnel, by position.

    `matches` has for each step the events with its name that pass its `where`; `fills` those of them that may fill it,
    which is the same without `first_time`. `held` is what `hold_constant` looks at, None where something is not there.
    """

    events: tuple[Event, ...]
    matches: tuple[frozenset[int], ...]
    fills: tuple[frozenset[int], ...]
    exclusions: tuple[Exclusion, ...]
    held: Mapping[int, tuple[str, ...] | None]


@dataclass(frozen=True)
class Rules:
    """What is asked of every attempt. The first event lies from `start` to `end`, both included; times are ms."""

    start: int
    end: int
    window: int
    order: str = "ordered"
    strict_mode: str = "adjacent"
    increasing: bool = False
    same_event: bool = False


def every_attempt(log: Log, rules: Rules, so_far: Attempt = ()) -> Iterator[Attempt]:
    """Each attempt of any depth from 1 on, once."""
    for event in log.events:
        if not may_be_next(event, so_far, log, rules):
            continue
        attempt = (*so_far, event)
        yield attempt
        if len(attempt) < len(log.fills):
            yield from every_attempt(log, rules, attempt)


def may_be_next(event: Event, so_far: Attempt, log: Log, rules: Rules) -> bool:
    """Whether the attempt may go on with this event."""
    if log.held[event.position] is None:
        return False
    if not so_far:
        if not rules.start <= event.at <= rules.end:
            return False
        return fill_different_steps((event,), log) if rules.order == "unordered" else event.position in log.fills[0]
    first, before = so_far[0], so_far[-1]
    if event.at < before.at or event.at - first.at > rules.window:
        return False
    if log.held[event.position] != log.held[first.position]:
        return False
    if event is before:
        if not rules.same_event:
            return False
    elif event in so_far or (rules.increasing and event.at == before.at):
        return False
    if rules.order == "unordered":
        in_order = (event.at, event.position) >= (before.at, before.position)
        return in_order and fill_different_steps((*so_far, event), log)
    if event.position not in log.fills[len(so_far)]:
        return False
    return rules.order != "strict" or nothing_foreign_between(before, event, len(so_far), log, rules)


def fill_different_steps(events: Attempt, log: Log) -> bool:
    """Whether these events can fill as many different steps, one each.

    One event after the other gets a step; where all of its steps are taken, those that have them move, if they can.
    """
    taken_by: dict[int, int] = {}

    def finds_a_step(place: int, asked: set[int]) -> bool:
        for step, fill in enumerate(log.fills):
            if events[place].position in fill and step not in asked:
                asked.add(step)
                if step not in taken_by or finds_a_step(taken_by[step], asked):
                    taken_by[step] = place
                    return True
        return False

    return all(finds_a_step(place, set()) for place in range(len(events)))


def nothing_foreign_between(before: Event, after: Event, step: int, log: Log, rules: Rules) -> bool:
    """Whether `strict_mode` accepts what lies strictly between the events of two steps; `step` counts the earlier."""
    between = [event for event in log.events if before.at < event.at < after.at]
    if rules.strict_mode == "adjacent":
        return not between
    return all(event.position in log.matches[step - 1] for event in between)


def is_void(attempt: Attempt, log: Log, rules: Rules) -> bool:
    """Whether an excluding event came where it must not."""
    for exclusion in log.exclusions:
        a, b = exclusion.from_step, exclusion.to_step
        if rules.order == "unordered":
            a, b = 1, len(log.fills)
        if len(attempt) < a:
            continue
        for event in log.events:
            if event.position not in exclusion.events or event.at <= attempt[a - 1].at:
                continue
            reaches = len(attempt) >= b
            if (reaches and event.at < attempt[b - 1].at) or (not reaches and event.at < attempt[0].at + rules.window):
                return True
    return False


def preference(attempt: Attempt) -> tuple[Any, ...]:
    """Attempts that count before others have a smaller one: deep, complete early, started late, each step late."""
    steps = tuple((-event.at, -event.position) for event in reversed(attempt))
    return (-len(attempt), attempt[-1].at, -attempt[0].at, steps)


def best(attempts: Iterable[Attempt], log: Log, rules: Rules) -> Attempt | None:
    """The attempt of these that counts, None when the person does not count."""
    candidates = list(attempts)
    if not candidates:
        return None
    if rules.order != "unordered":
        deepest = max(len(attempt) for attempt in candidates)
        candidates = [attempt for attempt in candidates if len(attempt) == deepest]
    clean = [attempt for attempt in candidates if not is_void(attempt, log, rules)]
    return min(clean, key=preference, default=None)
