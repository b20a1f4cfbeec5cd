"""Random questions for engagement."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from analyse.random_questions import parts, wide
from analyse.random_questions.parts import Question, maybe
from analyse.reference.world import World


def random_question(rng: Random, world: World) -> Question:
    question = wide.range_and_defaults(rng, world)
    question["weights"] = [
        {**parts.event(rng, world), "weight": rng.choice([1, 1, 2, 0.5, 10, 1000, 0.000001])}
        for _ in range(rng.choice([1, 2, 3, 3, 50]))
    ]
    spans = [(1, "second"), (1, "hour"), (1, "day"), (1, "day"), (30, "day"), (52, "week")]
    maybe(rng, question, "half_life", [{"amount": amount, "unit": unit} for amount, unit in spans], 0.7)
    maybe(rng, question, "buckets", [1, 2, 3, 7, 10, 100], 0.6)
    return question


def random_cells(rng: Random, question: Mapping[str, Any], answer: Mapping[str, Any]) -> list[Question]:
    if not parts.counts_people(question):
        return []
    filled = [place for place, bucket in enumerate(answer["buckets"]) if bucket["people"]]
    return [{"bucket": rng.choice([*filled, 0])}]
