"""Several events of one person at one instant that match several steps each: which of them fills which step?

Everywhere else the order of time decides. Here events may be taken in either order, so filling steps is a matching
problem, solved for each constellation of marks once; the same few come again and again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Rule = Literal["one_step_each", "runs_of_steps", "one_event"]
"""What the events of an instant may do together: each fill one step; each fill steps in a row (an event that was left
is not taken again); or one of them alone fill steps in a row."""

Marks = tuple[int, ...]
"""The marks of the events of an instant, in order of position."""


@dataclass(frozen=True, slots=True)
class Filling:
    """The events (their places in the instant) that fill the steps up to some depth, the last step's first."""

    events: tuple[int, ...]
    enters: int
    """How many steps were filled before the instant."""


@lru_cache(maxsize=100_000)
def entries(marks: Marks, rule: Rule, steps: int) -> tuple[int, ...]:
    """For every depth from 1 on: the least depth before the instant from which it is reached; the depth itself: none.

    What is reached from a depth is reached from every depth between, by leaving out the first events.
    """
    return tuple(
        next((low for low in range(depth) if filling(marks, rule, depth, 1 << low) is not None), depth)
        for depth in range(1, steps + 1)
    )


@lru_cache(maxsize=100_000)
def filling(marks: Marks, rule: Rule, depth: int, allowed: int) -> Filling | None:
    """The filling that counts: from the last step back, each by the highest event, and staying as long as possible.

    `allowed` has a bit for every depth from which the instant may be entered.
    """
    order = [place for place in range(len(marks) - 1, -1, -1) if marks[place]]
    if rule == "one_step_each":
        return _one_step_each(marks, order, depth, allowed)
    return _runs(marks, order, depth, allowed, one=rule == "one_event")


def trimmed(marks: Marks, steps: int) -> tuple[int, ...]:
    """The places of the events that can matter: of those with the same marks the last, as many as there are steps."""
    seen: dict[int, int] = {}
    kept = []
    for place in range(len(marks) - 1, -1, -1):
        seen[marks[place]] = seen.get(marks[place], 0) + 1
        if seen[marks[place]] <= steps:
            kept.append(place)
    return tuple(reversed(kept))


def _one_step_each(marks: Marks, order: list[int], depth: int, allowed: int) -> Filling | None:
    """Greedy, with a matching that says whether the steps below can still be filled."""
    taken: list[int] = []

    def can_leave_from(top: int) -> bool:
        """Whether the steps below `top` lead to an allowed depth with the events that are left."""
        free = [place for place in order if place not in taken]
        return any(allowed >> low & 1 and _matches(marks, free, low, top) for low in range(top, -1, -1))

    for step in range(depth - 1, -1, -1):
        for place in order:
            if place in taken or not marks[place] >> step & 1:
                continue
            taken.append(place)
            if can_leave_from(step):
                break
            taken.pop()
        else:
            return None
        free = [place for place in order if place not in taken]
        if not any(allowed >> low & 1 and _matches(marks, free, low, step) for low in range(step)):
            return Filling(tuple(taken), step)
    return None


def _matches(marks: Marks, free: list[int], low: int, top: int) -> bool:
    """Whether different events of these can fill the steps from `low` to below `top`."""
    filler: dict[int, int] = {}

    def place_step(step: int, tried: set[int]) -> bool:
        for place in free:
            if marks[place] >> step & 1 and place not in tried:
                tried.add(place)
                if place not in filler or place_step(filler[place], tried):
                    filler[place] = step
                    return True
        return False

    return all(place_step(step, set()) for step in range(low, top))


def _runs(marks: Marks, order: list[int], depth: int, allowed: int, *, one: bool) -> Filling | None:
    """By trying, each situation once: an event goes on for the next step, or another takes over for good."""
    dead: set[tuple[int, int, frozenset[int]]] = set()

    def fill(step: int, current: int, used: frozenset[int]) -> Filling | None:
        """Fill `step` and those below; `current` filled the one above."""
        if (step, current, used) in dead:
            return None
        for place in order:
            fresh = place not in used and (not one or not used)
            if not marks[place] >> step & 1 or not (place == current or fresh):
                continue
            below = fill(step - 1, place, used | {place}) if step else None
            if below is not None:
                return Filling((place, *below.events), below.enters)
            if allowed >> step & 1:
                return Filling((place,), step)
        dead.add((step, current, used))
        return None

    return fill(depth - 1, -1, frozenset())
