"""Whatever is asked of whatever world: figures agree with each other and with the people behind them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from importlib import import_module
from random import Random, SystemRandom
from typing import Any

import pytest

from analyse.reference import ask
from analyse.reference.dates import Refused
from analyse.reference.world import World
from analyse.worlds import random_world

ROUNDS = 60


@pytest.fixture
def rng() -> Random:
    seed = SystemRandom().randrange(2**32)
    print("seed", seed)  # shown when a test fails
    return Random(seed)


def answered(rng: Random, kind: str) -> Iterator[tuple[World, dict[str, Any], dict[str, Any]]]:
    """Random worlds, questions and their answers."""
    questions = import_module(f"analyse.random_questions.{kind}")
    for _ in range(ROUNDS):
        world = random_world(rng)
        question = questions.random_question(rng, world)
        try:
            yield world, question, ask.answer(world, kind, question)
        except Refused:
            continue


def test_credits_of_every_model_add_up_to_the_goals_and_their_value(rng: Random) -> None:
    for _, question, answer in answered(rng, "attribution"):
        named = question.get("model") or ["first", "linear", "position", "time_decay", "markov", "shapley"]
        for model in [named] if isinstance(named, str) else named:
            goals = sum(row["goals"][model] for row in answer["channels"])
            assert math.isclose(goals, answer["goals"], abs_tol=1e-9), (model, question)
            if answer["value"] is not None:
                value = sum(row["value"][model] for row in answer["channels"])
                assert math.isclose(value, answer["value"], abs_tol=1e-6), (model, question)


def test_everybody_who_comes_to_a_node_goes_somewhere(rng: Random) -> None:
    for _, question, answer in answered(rng, "paths"):
        for node in answer["nodes"]:
            assert node["inflow"] == node["outflow"] + node["drop_off"] + node["other"], question
        if question.get("count", "trips") == "trips":
            shown = sum(edge["count"] for edge in answer["edges"] if edge["step"] == 1)
            assert shown == sum(node["outflow"] for node in answer["nodes"] if node["step"] == 1), question


def test_a_funnel_only_narrows_and_people_are_those_counted(rng: Random) -> None:
    for world, question, answer in answered(rng, "funnel"):
        if "steps" not in answer:
            continue
        counts = [step["count"] for step in answer["steps"]]
        assert counts == sorted(counts, reverse=True), question
        for number, count in enumerate(counts, start=1):
            assert len(ask.people(world, "funnel", question, {"step": number})) == count, question


def test_bins_of_times_hold_everybody_who_converted(rng: Random) -> None:
    for world, question, answer in answered(rng, "funnel"):
        if "bins" in answer:
            last = {"step": question["view"].get("to_step", len(question["steps"]))}
            converted = ask.people(world, "funnel", question, last)
            assert sum(row["count"] for row in answer["bins"]) == len(converted), question


def test_first_and_last_touch_put_everybody_in_one_group(rng: Random) -> None:
    for _, question, answer in answered(rng, "funnel"):
        attributed = question.get("attribution", "first_touch") in ("first_touch", "last_touch")
        if "steps" in answer and "by_breakdown" in answer and attributed:
            for place, step in enumerate(answer["steps"]):
                groups = sum(group["steps"][place]["count"] for group in answer["by_breakdown"])
                assert groups == step["count"], question


def test_everybody_has_one_rfm_group_and_one_engagement_bucket(rng: Random) -> None:
    for world, question, answer in answered(rng, "rfm"):
        assert sum(group["people"] for group in answer["groups"]) == answer["people"], question
        assert sum(cell["people"] for cell in answer["cells"]) == answer["people"], question
        for group in answer["groups"]:
            assert len(ask.people(world, "rfm", question, {"group": group["name"]})) == group["people"], question
    for _, question, answer in answered(rng, "engagement"):
        assert sum(bucket["people"] for bucket in answer["buckets"]) == answer["people"], question


def test_clicks_lie_on_elements_and_scrolling_only_thins_out(rng: Random) -> None:
    for _, question, answer in answered(rng, "heat_map"):
        if len(answer["elements"]) < question.get("limit", 50):
            assert sum(row["clicks"] for row in answer["elements"]) == answer["clicks"], question
        deep = [row["people"] for row in answer["scroll"] or []]
        assert deep == sorted(deep, reverse=True), question
