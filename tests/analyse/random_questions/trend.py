"""Random trends."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from analyse.random_questions import parts
from analyse.random_questions.parts import Question, maybe
from analyse.reference.world import World

OF_PROPERTY = ["unique_values", "sum", "avg", "min", "max", "median", "p75", "p90", "p95", "p99"]
OF_EVENTS = ["total", "unique_users", "weekly_active", "monthly_active", "per_user_average", "max_per_user"]
CUMULATIVE = ["total", "sum", "unique_users", "unique_values"]
FORMULAS = ["A", "A / B * 100", "A + B - 2", "(A - B) / (A + 0.5)", "B / (A - A)", "A * A"]


def random_question(rng: Random, world: World) -> Question:
    interval = rng.choice(["minute", "hour", "hour", "day", "day", "day", "week", "month", "quarter", "year"])
    question = parts.range_and_defaults(rng, world, longest_days=40 if interval == "day" else 400)
    if interval in ("minute", "hour"):
        question |= parts.short_range(rng, world, 3 if interval == "minute" else 30)
    question["interval"] = interval
    maybe(rng, question, "cumulative", [True, False])
    maths = CUMULATIVE if question.get("cumulative") else [*OF_EVENTS, *OF_PROPERTY, *OF_EVENTS]
    question["series"] = [series(rng, world, maths, interval) for _ in range(rng.choice([1, 1, 2, 3]))]
    if rng.random() < 0.3:
        letters = "ABC"[len(question["series"]) :]
        question["formulas"] = [one for one in rng.sample(FORMULAS, 2) if not any(letter in one for letter in letters)]
    maybe(rng, question, "smoothing", [1, 2, 3, 7])
    maybe(rng, question, "compare_to", ["previous_period", "previous_period", {"days": 1}, {"days": 7}, {"days": 31}])
    maybe(rng, question, "align_start", [True, False])
    if rng.random() < 0.4:
        question["breakdown"] = parts.breakdown(rng)
    return question


def series(rng: Random, world: World, maths: list[str], interval: str) -> Question:
    """One series whose math is not refused with this interval."""
    math = rng.choice(maths)
    if math in ("weekly_active", "monthly_active") and (interval == "minute" or (math[0], interval) == ("m", "week")):
        math = "unique_users"
    found = {**parts.event(rng, world), "math": math}
    if math in OF_PROPERTY:
        found["property"] = rng.choice(["n", "price", "price", "amount", "$amount", "cart.total", "plan", "missing"])
    maybe(rng, found, "name", ["first", "总数"], 0.2)
    return found


def random_cells(rng: Random, question: Mapping[str, Any], answer: Mapping[str, Any]) -> list[Question]:
    if not parts.counts_people(question):
        return []
    cells = []
    for _ in range(2):
        of = {"of": "previous"} if answer["previous"] is not None and rng.random() < 0.4 else {}
        series = rng.randrange(len(question["series"]))
        period = parts.likely(rng, (answer["previous"] if of else answer)["series"][series]["values"])
        cell: Question = {"series": series, "period": rng.choice([None, period]), **of}
        cells.append(cell if of else parts.group_cells(rng, answer, cell))
    return cells
