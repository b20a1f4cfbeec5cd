"""Random attributions."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from analyse.random_questions import parts, wide
from analyse.random_questions.parts import Question, maybe
from analyse.reference.attribution import MODELS
from analyse.reference.world import World

SPANS = [(1, "minute"), (30, "minute"), (1, "hour"), (1, "day"), (7, "day"), (52, "week")]


def random_question(rng: Random, world: World) -> Question:
    question = wide.range_and_defaults(rng, world)
    channel = rng.choice(["utm_source", "utm_source", "$utm_source", "channel", "plan", "category"])
    question["touch"] = {"event": None} if rng.random() < 0.4 else parts.event(rng, world)
    question["touch"]["channel"] = channel
    question["goal"] = parts.event(rng, world)
    maybe(rng, question["goal"], "value", ["amount", "amount", "price", "missing", None], 0.7)
    spans = [{"amount": amount, "unit": unit} for amount, unit in SPANS]
    maybe(rng, question, "window", spans, 0.6)
    maybe(rng, question, "half_life", [*spans, {"amount": 1, "unit": "second"}], 0.5)
    if rng.random() < 0.3:
        question["model"] = (
            rng.sample(MODELS, rng.randint(1, len(MODELS))) if rng.random() < 0.7 else rng.choice(MODELS)
        )
    maybe(rng, question, "direct", [[], ["baidu"], ["web", "free"], ["direct", "(direct)", "mail"]])
    maybe(rng, question, "channel_limit", [1, 2, 3, 12], 0.5)
    return question


def random_cells(rng: Random, question: Mapping[str, Any], answer: Mapping[str, Any]) -> list[Question]:
    if not parts.counts_people(question):
        return []
    rows = rng.sample(answer["channels"], min(2, len(answer["channels"])))
    return [{"channel": row["channel"]} | ({} if row["kind"] == "value" else {"kind": row["kind"]}) for row in rows]
