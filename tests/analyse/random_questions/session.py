"""Random questions about sessions."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from analyse.random_questions import parts
from analyse.random_questions.parts import Question, maybe
from analyse.reference.world import World


def random_question(rng: Random, world: World) -> Question:
    interval = rng.choice(["hour", "day", "day", "week", "month", "quarter", "year"])
    question = parts.range_and_defaults(rng, world, longest_days=30 if interval == "day" else 400)
    if interval == "hour":
        question |= parts.short_range(rng, world, 30)
    if rng.random() < 0.5:
        question |= parts.event(rng, world)
    maybe(rng, question, "session_gap_minutes", [1, 30, 60, 1440], 0.5)
    maybe(rng, question, "limit", [1, 2, 25])
    question["interval"] = interval
    if rng.random() < 0.4:
        question["breakdown"] = parts.breakdown(rng)
    return question


def random_cells(rng: Random, question: Mapping[str, Any], answer: Mapping[str, Any]) -> list[Question]:
    if not parts.counts_people(question):
        return []
    counts = [one["sessions"] for one in answer["periods"]]
    periods = [None, parts.likely(rng, counts)] if counts else [None]
    return [parts.group_cells(rng, answer, {"period": rng.choice(periods)}) for _ in range(2)]
