"""Random questions for lifetime value."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from analyse.random_questions import parts, wide
from analyse.random_questions.parts import Question, maybe
from analyse.reference.world import World
from analyse.worlds import DAY


def random_question(rng: Random, world: World) -> Question:
    cohort = rng.choice(["day", "week", "month", "month", "quarter", "year"])
    question = wide.range_and_defaults(rng, world, longest_days=40 if cohort == "day" else 400)
    if rng.random() < 0.3:
        question["now"] = parts.written_moment(parts.edge(rng, world) + 400 * DAY)
        question |= {"date_from": "-15m", "date_to": "today"} if cohort != "day" else {"date_from": "-410d"}
    if cohort != "month" or rng.random() < 0.5:
        question["cohort"] = cohort
    if rng.random() < 0.7:
        question["acquired"] = parts.event(rng, world)
    question["revenue"] = parts.event(rng, world)
    maybe(rng, question["revenue"], "property", ["amount", "price", "n", "missing"], 0.7)
    maybe(rng, question, "days", [[1], [1, 2], [1, 7, 30], [30, 365], [2, 3, 4, 5, 1000]], 0.7)
    return question


def random_cells(rng: Random, question: Mapping[str, Any], answer: Mapping[str, Any]) -> list[Question]:
    if not parts.counts_people(question):
        return []
    filled = [place for place, row in enumerate(answer["rows"]) if row["people"]] or [0]
    columns = [None, *range(len(answer["rows"][0]["values"]))]
    return [{"row": rng.choice(filled), "column": rng.choice(columns)} for _ in range(3)]
