"""Random funnels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from math import comb
from random import Random
from typing import Any

from analyse.random_questions import parts, wide
from analyse.random_questions.parts import Question, maybe
from analyse.reference.world import World

MOST_ATTEMPTS = 4000
"""The reference lists all attempts of a person; so many take a twentieth of a second."""
WINDOWS = [(1, "second"), (1, "minute"), (30, "minute"), (1, "hour"), (1, "day"), (7, "day"), (2, "week"), (14, "day")]


def random_question(rng: Random, world: World) -> Question:
    question = wide.range_and_defaults(rng, world)
    question["order"] = rng.choice(["ordered", "ordered", "unordered", "strict"])
    question["steps"] = [random_step(rng, world) for _ in range(rng.choice([2, 2, 3, 3, 3, 4, 5, 32]))]
    while len(question["steps"]) > 2 and attempts_at_most(question, world) > MOST_ATTEMPTS:
        question["steps"].pop()
    maybe(rng, question, "window", [{"amount": amount, "unit": unit} for amount, unit in WINDOWS], 0.7)
    maybe(rng, question, "strict_mode", ["adjacent", "no_foreign_events", "no_foreign_events"], 0.5)
    if question["order"] != "unordered":
        maybe(rng, question, "require_increasing_time", [True, True, False])
    maybe(rng, question, "same_event_may_fill_steps", [True, True, False])
    maybe(rng, question, "hold_constant", [["plan"], ["n"], ["url_path"], ["plan", "price"]], 0.15)
    steps = len(question["steps"])
    if rng.random() < 0.4:
        question["exclusions"] = [random_exclusion(rng, world, steps) for _ in range(rng.choice([1, 1, 2]))]
    if rng.random() < 0.4:
        question["breakdown"] = parts.breakdown(rng)
        maybe(rng, question, "attribution", ["first_touch", "last_touch", "all_events", "step", "step"], 0.8)
        if question.get("attribution") == "step":
            question["step"] = rng.randint(1, steps)
    if rng.random() < 0.4:
        question |= random_view(rng, world, steps)
    return question


def random_step(rng: Random, world: World) -> Question:
    """Mostly a plain event of a few names, so that funnels are gone through."""
    step: Question = parts.event(rng, world) if rng.random() < 0.3 else {"event": rng.choice("AAABBC")}
    maybe(rng, step, "first_time", ["by_name", "matching"], 0.12)
    maybe(rng, step, "name", ["first", "买"], 0.1)
    return step


def attempts_at_most(question: Mapping[str, Any], world: World) -> int:
    """A bound on the attempts of one person, by the names of the steps alone."""
    names = {step["event"] for step in question["steps"]}
    matching = [event for event in world.events if None in names or event.event in names]
    if parts.counts_people(question):
        busiest = max(Counter(event.person for event in matching if event.person).values(), default=0)
    else:
        busiest = len(matching)
    return sum(comb(busiest + depth - 1, depth) for depth in range(1, len(question["steps"]) + 1)) if busiest else 0


def random_exclusion(rng: Random, world: World, steps: int) -> Question:
    """An event that rarely is a step, between all steps or some."""
    exclusion: Question = {"event": rng.choice(["C", "D", "E", "D", "A", "下单"])}
    if rng.random() < 0.2:
        exclusion["where"] = parts.where(rng, world)
    if rng.random() < 0.6:
        from_step = rng.randint(1, steps - 1)
        exclusion |= {"from_step": from_step, "to_step": rng.randint(from_step + 1, steps)}
    return exclusion


def random_view(rng: Random, world: World, steps: int) -> Question:
    """One of the two other views; short periods need a short range."""
    from_step = rng.randint(1, steps - 1)
    ends = {"from_step": from_step, "to_step": rng.randint(from_step + 1, steps)} if rng.random() < 0.5 else {}
    if rng.random() < 0.5:
        view: Question = {"type": "time_to_convert", **ends}
        maybe(rng, view, "bins", [1, 2, 3, 7], 0.6)
        return {"view": view}
    interval = rng.choice(["hour", "day", "week", "month"])
    short = parts.short_range(rng, world, 30) if interval == "hour" else {}
    return {"view": {"type": "over_time", "interval": interval, **ends}, **short}


def random_cells(rng: Random, question: Mapping[str, Any], answer: Mapping[str, Any]) -> list[Question]:
    if not parts.counts_people(question):
        return []
    cells: list[Question] = []
    for _ in range(3):
        if "over_time" in answer:
            period = rng.randrange(len(answer["over_time"]))
            cell: Question = {"period": period, "figure": rng.choice(["entered", "converted"])}
            cells.append(parts.group_cells(rng, answer, cell))
        elif "steps" in answer:
            step = rng.randint(1, len(answer["steps"]))
            dropped = step > 1 and rng.random() < 0.5
            cell = {"step": step, "dropped": True} if dropped else {"step": step}
            cells.append(parts.group_cells(rng, answer, cell))
        elif answer["bins"]:
            cells.append({"bin": rng.randrange(len(answer["bins"]))})
    return cells
