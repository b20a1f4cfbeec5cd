"""Random distributions."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from analyse.random_questions import parts
from analyse.random_questions.parts import Question, maybe
from analyse.reference.world import World


def random_question(rng: Random, world: World) -> Question:
    interval = rng.choice([None, None, "hour", "day", "week", "month", "year"])
    question = parts.range_and_defaults(rng, world, longest_days=20 if interval == "day" else 400)
    if interval == "hour":
        question |= parts.short_range(rng, world, 12)
    if interval is not None or rng.random() < 0.3:
        question["interval"] = interval
    question |= parts.event(rng, world)
    maybe(rng, question, "math", ["count", "sum", "avg", "min", "max", "sum"], 0.7)
    if question.get("math", "count") != "count":
        question["property"] = rng.choice(["price", "price", "n", "amount", "missing"])
    maybe(rng, question, "bins", [[1], [1, 2, 5], [2, 4], [0, 2.5, 10], [-5, 0, 5], 1, 2, 3, 4, 10], 0.6)
    if rng.random() < 0.4:
        question["breakdown"] = parts.breakdown(rng)
    return question


def random_cells(rng: Random, question: Mapping[str, Any], answer: Mapping[str, Any]) -> list[Question]:
    if not parts.counts_people(question):
        return []
    cells = []
    for _ in range(2):
        chosen = rng.choice([None, *range(len(answer["bins"]))])
        period = parts.likely(rng, [one["people"] for one in answer["periods"]])
        cell: Question = {"period": period, "bin": chosen}
        cells.append(parts.group_cells(rng, answer, cell))
    return cells
