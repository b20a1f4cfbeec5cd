"""The engine and the reference by plain enumeration agree on random worlds and questions."""

from __future__ import annotations

import importlib
import math
import os
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from analyse.engine import Engine, Loaded
from analyse.reference import ask
from analyse.reference.world import World
from analyse.worlds import random_world
from zuji.analyse.kinds import KINDS

ROUNDS = int(os.environ.get("ANALYSE_ROUNDS", "60"))
"""Random questions of each kind. To look for differences, ask many, with a seed of the moment:

ANALYSE_ROUNDS=10000 ANALYSE_SEED=any ./zuji test tests/analyse/test_engine_equals_reference.py --timeout=0
"""
SEED = os.environ.get("ANALYSE_SEED", "7")
"""The gate asks the same questions every time, so that it says something about the change and not about luck."""


WORLDS_OF_A_STORE = 25
QUESTIONS_OF_A_WORLD = 20
"""At most: storing worlds and opening a store cost as much as several questions each."""


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_engine_and_reference_agree_on_random_worlds_and_questions(kind: str, tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(2**32) if SEED == "any" else int(SEED)
    compare_on_random_worlds(kind, tmp_path, seed=seed, rounds=ROUNDS)


def compare_on_random_worlds(kind: str, folder: Path, *, seed: int, rounds: int) -> None:
    """So many questions of a kind, in at least a dozen worlds."""
    rng = random.Random(f"{kind} {seed}")
    of_each = min(QUESTIONS_OF_A_WORLD, max(5, rounds // 12))
    of_a_store = WORLDS_OF_A_STORE * of_each
    for begun in range(0, rounds, of_a_store):
        worlds = [random_world(rng) for _ in range(0, min(of_a_store, rounds - begun), of_each)]
        for number, (world, loaded) in enumerate(stored(worlds, folder / f"{begun}")):
            where = f"seed {seed}, {kind}, world {begun // of_each + number}"
            compare_in_one_world(rng, kind, world, loaded, questions=of_each, where=where)


def stored(worlds: Sequence[World], folder: Path) -> Iterator[tuple[World, Loaded]]:
    """The worlds in a new store. Who is who in the last one is learnt after the dictionary of people was loaded."""
    engine = Engine(folder)
    try:
        loaded = engine.load_all(worlds[:-1])
        engine.store.person_of_event()
        yield from zip(worlds, [*loaded, engine.load(worlds[-1])], strict=True)
    finally:
        engine.close()


def compare_in_one_world(
    rng: random.Random, kind: str, world: World, loaded: Loaded, *, questions: int, where: str
) -> None:
    """Of many questions every third is asked for its people too, and for those of one cell; of few all."""
    random_questions = importlib.import_module(f"analyse.random_questions.{kind}")
    few = questions < QUESTIONS_OF_A_WORLD
    for number in range(questions):
        question = random_questions.random_question(rng, world)
        asked = f"{where}, question {number}: {question!r}"
        expected = outcome(partial(ask.answer, world, kind, question))
        assert_same(outcome(partial(loaded.answer, kind, question)), expected, asked)
        if not isinstance(expected, dict) or not (few or number % 3 == 0):
            continue
        cells = [*random_questions.random_cells(rng, question, expected)]
        for cell in cells if few else cells[:1]:
            there = ask.people(world, kind, question, cell)
            assert loaded.people(kind, question, cell) == there, f"{asked}, cell {cell!r}"


def outcome(ask: Callable[[], Any]) -> Any:
    """The answer, or the word "refused": both sides must refuse the same questions."""
    try:
        return ask()
    except ValueError:
        return "refused"


def assert_same(found: Any, expected: Any, where: str) -> None:
    """Equal to the last figure; floats to nine digits, because sums depend on the order of adding."""
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        assert set(found) == set(expected), f"{where}: fields {sorted(found)} and {sorted(expected)}"
        for name in expected:
            assert_same(found[name], expected[name], f"{where}.{name}")
    elif isinstance(expected, list | tuple) and isinstance(found, list | tuple):
        assert len(found) == len(expected), f"{where}: {found!r} and expected {expected!r}"
        for number, (one, other) in enumerate(zip(found, expected, strict=True)):
            assert_same(one, other, f"{where}[{number}]")
    elif isinstance(expected, float) or isinstance(found, float):
        assert isinstance(found, int | float), f"{where}: {found!r}, not {expected!r}"
        assert isinstance(expected, int | float), f"{where}: {found!r}, not {expected!r}"
        assert math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-9), f"{where}: {found!r}, not {expected!r}"
    else:
        assert found == expected, f"{where}: {found!r}, not {expected!r}"


def assert_contains(found: Any, expected: Any, where: str = "answer") -> None:
    """What the case names is there and the same; it may name a part only."""
    if isinstance(expected, Mapping):
        for name in expected:
            assert_contains(found[name], expected[name], f"{where}.{name}")
    elif isinstance(expected, list | tuple):
        assert len(found) == len(expected), f"{where}: {found!r}, not {expected!r}"
        for number, one in enumerate(expected):
            assert_contains(found[number], one, f"{where}[{number}]")
    else:
        assert_same(found, expected, where)
