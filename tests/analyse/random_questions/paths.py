"""Random paths."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from analyse.random_questions import parts, wide
from analyse.random_questions.parts import Question, maybe
from analyse.reference.world import World

ITEMS = ["A", "A", "A", "B", "B", "B", "C", "下单", "/", "/a", "/a/", "/b/1", "/b/*", "/首页", "free", "5", "nowhere"]
RULES: list[Question] = [
    {"event": None, "take": "event_name"},
    {"event": None, "take": "$url_path"},
    {"event": "A", "take": "url_path"},
    {"event": "B", "take": "plan"},
    {"event": "C", "take": "n"},
    {"event": None, "take": "category", "except_events": ["A", "D"]},
    {"event": None, "take": "event_name", "except_events": ["A", "下单"]},
]


def random_question(rng: Random, world: World) -> Question:
    question = wide.range_and_defaults(rng, world)
    question["session_gap_minutes"] = rng.choice([1, 30, 60, 1440, 100_000, 100_000])
    if rng.random() < 0.5:
        question["items"] = rng.sample(RULES, rng.choice([1, 1, 2, 3]))
    maybe(rng, question, "step_limit", [2, 3, 4, 5, 20], 0.6)
    maybe(rng, question, "start", ITEMS, 0.35)
    maybe(rng, question, "end", ITEMS, 0.35)
    if rng.random() < 0.2:  # rare by chance: trips too long from start to end
        question |= {"start": rng.choice("AB"), "end": rng.choice("AB"), "step_limit": rng.choice([2, 2, 3])}
        question.pop("items", None)
    maybe(rng, question, "exclude_items", [["A"], ["/", "5"], ["/b/*", "free"]])
    maybe(rng, question, "group", [["/b/*"], ["*"], ["/*/1", "/a*"], ["?", "B", "/b/1*"], ["*.*", "/b"]])
    maybe(rng, question, "ignore_trailing_slash", [True, False, False])
    maybe(rng, question, "edge_limit", [1, 2, 3, 5, 10], 0.5)
    maybe(rng, question, "count", ["trips", "people", "people"], 0.5)
    return question


def random_cells(rng: Random, question: Mapping[str, Any], answer: Mapping[str, Any]) -> list[Question]:
    if not parts.counts_people(question) or not answer["edges"]:
        return []
    edge, node = rng.choice(answer["edges"]), rng.choice(answer["nodes"])
    return [
        {name: edge[name] for name in ("step", "from", "to")},
        {"step": node["step"], "item": node["item"], "figure": rng.choice(["inflow", "drop_off"])},
    ]
