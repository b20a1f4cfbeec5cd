"""Random questions for the time between two events."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from analyse.random_questions import parts
from analyse.random_questions.parts import Question, maybe
from analyse.reference.world import World


def random_question(rng: Random, world: World) -> Question:
    interval = rng.choice([None, None, "hour", "day", "week", "month", "quarter"])
    question = parts.range_and_defaults(rng, world, longest_days=30 if interval == "day" else 400)
    if interval == "hour":
        question |= parts.short_range(rng, world, 30)
    if interval is not None or rng.random() < 0.3:
        question["interval"] = interval
    question |= {"from": parts.event(rng, world), "to": parts.event(rng, world)}
    if rng.random() < 0.25:
        question["to"] = question["from"]
    limits = [(1, "second"), (30, "minute"), (1, "hour"), (2, "day"), (1, "week"), (60, "day"), (400, "day")]
    maybe(rng, question, "limit", [{"amount": amount, "unit": unit} for amount, unit in limits], 0.8)
    if rng.random() < 0.4:
        question["breakdown"] = parts.breakdown(rng)
    return question


def random_cells(rng: Random, question: Mapping[str, Any], answer: Mapping[str, Any]) -> list[Question]:
    if not parts.counts_people(question):
        return []
    counts = [one["count"] for one in answer["periods"]]
    periods = [None, parts.likely(rng, counts)] if counts else [None]
    return [parts.group_cells(rng, answer, {"period": rng.choice(periods)}) for _ in range(2)]
