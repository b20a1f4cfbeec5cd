"""Ranges that hold all events more often, for kinds that see little in a short one."""

from __future__ import annotations

from random import Random

from analyse.random_questions import parts
from analyse.random_questions.parts import Question
from analyse.reference.world import World
from analyse.worlds import DAY


def range_and_defaults(rng: Random, world: World, *, longest_days: int = 1000) -> Question:
    """As every kind has it, but in half of the questions from the first event to the last."""
    question = parts.range_and_defaults(rng, world, longest_days=longest_days)
    if not world.events or rng.random() < 0.5:
        return question
    times = sorted(event.at for event in world.events)
    first, last = max(times[0], times[-1] - longest_days * DAY), times[-1]
    if rng.random() < 0.5:
        question |= {"date_from": parts.written_moment(first), "date_to": parts.written_moment(last)}
    else:
        zone = question.get("timezone", world.timezone)
        question |= {"date_from": parts.local_day(first, zone), "date_to": parts.local_day(last, zone)}
    question["now"] = parts.written_moment(last + rng.choice([0, 1, DAY, 30 * DAY]))
    return question
