"""Random lifecycle questions."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from analyse.random_questions import parts
from analyse.random_questions.parts import Question
from analyse.reference.world import World


def random_question(rng: Random, world: World) -> Question:
    interval = rng.choice(["hour", "day", "day", "week", "month", "quarter", "year"])
    question = parts.range_and_defaults(rng, world, longest_days=30 if interval == "day" else 400)
    if interval == "hour":
        question |= parts.short_range(rng, world, 30)
    return question | parts.event(rng, world) | {"interval": interval}


def random_cells(rng: Random, question: Mapping[str, Any], answer: Mapping[str, Any]) -> list[Question]:
    if not parts.counts_people(question):
        return []
    statuses = ["new", "returning", "resurrecting", "dormant"]
    chosen = [rng.choice(statuses) for _ in range(3)]
    return [{"status": status, "period": parts.likely(rng, answer[status])} for status in chosen]
