"""Random questions for recency, frequency and value."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from analyse.random_questions import parts, wide
from analyse.random_questions.parts import Question, maybe
from analyse.reference.world import World

BOUNDS: dict[str, list[Any]] = {
    "recency": [0, 1, 2, 3, 7, 14, 30, 31, 90],
    "frequency": [1, 2, 3, 4, 5, 7, 8, 9, 10],
    "value": [-2.5, 0, 0.1, 2.5, 5, 19.99, 20.09, 39.98, 100],
}


def random_question(rng: Random, world: World) -> Question:
    question = wide.range_and_defaults(rng, world)
    if rng.random() < 0.2:
        question.pop("date_from", None)
    if rng.random() < 0.7:
        question |= {"event": rng.choice(["A", "B", None, "下单"])}
    maybe(rng, question, "value", ["amount", "price", "n", "missing"], 0.7)
    maybe(rng, question, "bins", [2, 3, 4, 5, 7, 10], 0.6)
    if rng.random() < 0.5:
        names = rng.sample(sorted(BOUNDS), rng.randint(1, 3))
        question["thresholds"] = {name: bounds(rng, name, question.get("bins", 5)) for name in names}
    maybe(rng, question, "groups", ["ten", "eight"], 0.6)
    if rng.random() < 0.5:
        day = parts.local_day(parts.edge(rng, world), question.get("timezone", world.timezone))
        question["compare_to"] = rng.choice([day, day, "-7d", "-1m", "yesterday"])
    return question


def bounds(rng: Random, name: str, bins: int) -> list[Any]:
    """One less than there are bins, ascending."""
    return sorted(rng.sample(BOUNDS[name], bins - 1))


def random_cells(rng: Random, question: Mapping[str, Any], answer: Mapping[str, Any]) -> list[Question]:
    if not parts.counts_people(question):
        return []
    cells: list[Question] = [{"group": rng.choice(answer["groups"])["name"]}]
    if answer["cells"]:
        cell = rng.choice(answer["cells"])
        cells.append({name: cell[name] for name in ("recency", "frequency", "value")})
    if answer["movement"]:
        move = rng.choice(answer["movement"])
        cells.append({"from": move["from"], "to": move["to"]})
    return cells
