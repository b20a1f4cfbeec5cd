"""What must hold between the kinds, whatever happened: the reference is right or wrong in all of them at once."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from random import Random
from typing import Any

import pytest

from analyse.reference import ask
from analyse.reference.dates import Refused
from analyse.reference.world import World
from analyse.worlds import random_world

KINDS = ["trend", "retention", "lifecycle", "stickiness", "distribution", "interval", "session"]
SEEDS = range(60)
Answer = dict[str, Any]


def random_answers(kind: str, seed: int, **fields: Any) -> tuple[World, Answer, Answer] | None:
    """A random world, a question of this kind with these fields set, and its answer; None where it is refused."""
    rng = Random(f"{kind} {seed}")
    world = random_world(rng)
    question = import_module(f"analyse.random_questions.{kind}").random_question(rng, world) | fields
    try:
        return world, question, ask.answer(world, kind, question)
    except Refused:
        return None


def check(kind: str, promise: Callable[[World, Answer, Answer], None], **fields: Any) -> None:
    """The promise holds for many random questions; most of them are not refused."""
    found = [one for seed in SEEDS if (one := random_answers(kind, seed, **fields)) is not None]
    assert len(found) > len(SEEDS) / 2
    for world, question, answer in found:
        promise(world, question, answer)


def unique_users(world: World, question: Answer) -> list[Any]:
    """The trend of different persons over the same range and event."""
    event = {"event": question.get("event"), "math": "unique_users"}
    asked = {**question, "series": [event], "align_start": True}
    values: list[Any] = ask.answer(world, "trend", asked)["series"][0]["values"]
    return values


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_asks_the_same_and_is_answered_the_same(kind: str) -> None:
    assert random_answers(kind, 1) == random_answers(kind, 1)


@pytest.mark.parametrize("kind", KINDS)
def test_the_order_in_which_a_world_is_written_down_does_not_matter(kind: str) -> None:
    def promise(world: World, question: Answer, answer: Answer) -> None:
        mirrored = World(tuple(reversed(world.events)), world.profiles, world.timezone)
        assert ask.answer(mirrored, kind, question) == answer

    check(kind, promise)


def test_who_is_active_is_new_or_returning_or_resurrecting() -> None:
    def promise(world: World, question: Answer, answer: Answer) -> None:
        active = zip(answer["new"], answer["returning"], answer["resurrecting"], strict=True)
        assert [sum(one) for one in active] == unique_users(world, question)

    check("lifecycle", promise)


def test_everybody_active_before_is_returning_or_dormant() -> None:
    def promise(world: World, question: Answer, answer: Answer) -> None:
        active = unique_users(world, question)
        again = [sum(one) for one in zip(answer["returning"], answer["dormant"], strict=True)]
        assert again[1:] == active[:-1]

    check("lifecycle", promise)


def test_stickiness_adds_up_to_everybody_active() -> None:
    def promise(world: World, question: Answer, answer: Answer) -> None:
        event = {"event": question.get("event"), "math": "unique_users"}
        total = ask.answer(world, "trend", {**question, "series": [event], "align_start": False})["series"][0]["total"]
        assert sum(answer["counts"]) == total

    check("stickiness", promise, per_interval=None, cumulative=False)


def test_every_figure_of_a_distribution_is_in_one_bin() -> None:
    def promise(world: World, question: Answer, answer: Answer) -> None:
        parts = [answer["periods"], *(group["periods"] for group in answer.get("by_breakdown", []))]
        assert all(sum(period["counts"]) == period["people"] for part in parts for period in part)

    check("distribution", promise)


def test_pairs_and_sessions_of_periods_and_groups_add_up() -> None:
    def pairs(world: World, question: Answer, answer: Answer) -> None:
        assert sum(period["count"] for period in answer["periods"]) == answer["count"]
        if "by_breakdown" in answer:
            assert sum(group["count"] for group in answer["by_breakdown"]) == answer["count"]

    def sessions(world: World, question: Answer, answer: Answer) -> None:
        total = answer["total"]["sessions"]
        assert sum(period["sessions"] for period in answer["periods"]) == total
        if "by_breakdown" in answer:
            assert sum(group["total"]["sessions"] for group in answer["by_breakdown"]) == total

    check("interval", pairs, interval="month")
    check("session", sessions)


def test_groups_of_retention_add_up_to_the_cohorts() -> None:
    def promise(world: World, question: Answer, answer: Answer) -> None:
        for number, row in enumerate(answer["rows"]):
            groups = [group["rows"][number]["values"] for group in answer["by_breakdown"]]
            assert [sum(column) for column in zip(*groups, strict=True)] == (row["values"] if groups else [])

    check("retention", promise, breakdown={"property": ["plan", "n"], "limit": 2})


def test_the_people_of_a_figure_are_as_many_as_it_says() -> None:
    def trend(world: World, question: Answer, answer: Answer) -> None:
        for period, value in [*enumerate(answer["series"][0]["values"]), (None, answer["series"][0]["total"])]:
            assert len(ask.people(world, "trend", question, {"series": 0, "period": period})) == value

    def retention(world: World, question: Answer, answer: Answer) -> None:
        for row, one in enumerate(answer["rows"]):
            for column, value in enumerate(one["values"]):
                assert len(ask.people(world, "retention", question, {"row": row, "column": column})) == value

    series = [{"event": None, "math": "weekly_active"}]
    check("trend", trend, count_by="user", series=series, interval="day", smoothing=1, cumulative=False, formulas=[])
    check("retention", retention, count_by="user")
