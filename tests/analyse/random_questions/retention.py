"""Random retention questions."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from analyse.random_questions import parts
from analyse.random_questions.parts import Question, maybe
from analyse.reference.world import World


def random_question(rng: Random, world: World) -> Question:
    period = rng.choice(["hour", "day", "day", "week", "month"])
    question = parts.range_and_defaults(rng, world, longest_days=200 if period in ("week", "month") else 20)
    if period == "hour":
        question |= parts.short_range(rng, world, 12)
    if rng.random() < 0.4:
        question.pop("date_from", None)
    question["period"] = period
    question |= {"target": parts.event(rng, world), "returning": parts.event(rng, world)}
    if rng.random() < 0.3:
        question["returning"] = question["target"]
    maybe(rng, question, "mode", ["recurring", "first_time", "first_time"], 0.6)
    maybe(rng, question, "intervals", [1, 2, 3, 5, 12], 0.6)
    maybe(rng, question, "min_occurrences", [1, 2, 3])
    maybe(rng, question, "cumulative", [True, True, False])
    if rng.random() < 0.4:
        question["measure"] = {
            "math": rng.choice(["sum", "avg", "per_person"]),
            "property": rng.choice(["price", "amount", "n", "missing"]),
        }
    if rng.random() < 0.4:
        question["breakdown"] = parts.breakdown(rng)
    return question


def random_cells(rng: Random, question: Mapping[str, Any], answer: Mapping[str, Any]) -> list[Question]:
    if not parts.counts_people(question):
        return []
    cells = []
    for _ in range(2):
        row = parts.likely(rng, [sum(one["values"]) for one in answer["rows"]])
        column = parts.likely(rng, answer["rows"][row]["values"])
        cells.append(parts.group_cells(rng, answer, {"row": row, "column": column}))
    return cells
