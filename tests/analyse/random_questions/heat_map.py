"""Random heat maps."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from analyse.random_questions import parts, wide
from analyse.random_questions.parts import Question, maybe
from analyse.reference.world import World


def random_question(rng: Random, world: World) -> Question:
    question = wide.range_and_defaults(rng, world)
    maybe(rng, question, "event", [None, "A", "A", "B", "浏览商品"], 0.5)
    maybe(rng, question, "page", [None, "*", "/a", "/a*", "/b/*", "*1", "/*/*", "/首*"], 0.5)
    maybe(rng, question, "x", ["x", "y", "n"], 0.8)
    maybe(rng, question, "y", ["y", "x", "price"], 0.8)
    maybe(rng, question, "grid", [1, 2, 3, 10, 100], 0.6)
    maybe(rng, question, "limit", [1, 2, 3, 50], 0.4)
    if rng.random() < 0.6:
        question["scroll"] = {**parts.event(rng, world), "property": rng.choice(["depth", "depth", "n", "price"])}
        maybe(rng, question, "scroll", [{"event": "B"}], 0.1)
    return question


def random_cells(rng: Random, question: Mapping[str, Any], answer: Mapping[str, Any]) -> list[Question]:
    if not parts.counts_people(question):
        return []
    rows = rng.sample(answer["elements"], min(2, len(answer["elements"])))
    cells: list[Question] = [{"page": row["page"], "element": row["element"]} for row in rows]
    return cells + ([{"depth": rng.randrange(0, 101, 10)}] if answer["scroll"] is not None else [])
