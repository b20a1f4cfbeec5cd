"""Random stickiness questions."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from analyse.random_questions import parts
from analyse.random_questions.parts import Question, maybe
from analyse.reference.world import World


def random_question(rng: Random, world: World) -> Question:
    interval = rng.choice(["minute", "hour", "day", "day", "week", "month", "quarter", "year"])
    question = parts.range_and_defaults(rng, world, longest_days=30 if interval == "day" else 400)
    if interval in ("minute", "hour"):
        question |= parts.short_range(rng, world, 2 if interval == "minute" else 30)
    question |= parts.event(rng, world) | {"interval": interval}
    maybe(rng, question, "interval_count", [1, 2, 3, 7], 0.5)
    maybe(rng, question, "cumulative", [True, False])
    if rng.random() < 0.5:
        question["per_interval"] = {"op": rng.choice(["gte", "lte", "eq"]), "value": rng.choice([1, 1, 2, 3])}
    return question


def random_cells(rng: Random, question: Mapping[str, Any], answer: Mapping[str, Any]) -> list[Question]:
    if not parts.counts_people(question):
        return []
    return [{"intervals": parts.likely(rng, answer["counts"]) + 1} for _ in range(2)]
