"""The engine and the reference by plain enumeration agree: on hand-made cases, and on random worlds and questions."""

from __future__ import annotations

import importlib
import math
import os
import pkgutil
import random
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import pytest

import analyse.cases
from analyse.case import Case
from analyse.engine import Engine
from analyse.refusals import ANSWERED, REFUSALS
from zuji.analyse.kinds import KINDS
from zuji.terms.error import BadRequest

ROUNDS = int(os.environ.get("ANALYSE_ROUNDS", "60"))
"""Random questions of each kind. To look for differences, ask many, with a seed of the moment:

ANALYSE_ROUNDS=10000 ANALYSE_SEED=any ./zuji test tests/analyse/test_engine_equals_reference.py --timeout=0
"""
SEED = os.environ.get("ANALYSE_SEED", "7")
"""The gate asks the same questions every time, so that it says something about the change and not about luck."""


def every_case() -> list[Case]:
    modules = [
        importlib.import_module(f"analyse.cases.{one.name}") for one in pkgutil.iter_modules(analyse.cases.__path__)
    ]
    return [case for module in modules for case in module.CASES]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    opened = Engine(tmp_path_factory.mktemp("analyse") / "events")
    yield opened
    opened.close()


@pytest.mark.parametrize("case", every_case(), ids=lambda case: f"{case.kind}: {case.name}")
def test_the_engine_answers_the_cases_worked_out_by_hand(case: Case, engine: Engine) -> None:
    if case.kind not in KINDS:
        pytest.skip(f"{case.kind} is not built yet")
    loaded = engine.load(case.world)
    assert_contains(loaded.answer(case.kind, case.question), case.answer)
    for cell, people in case.cells:
        assert loaded.people(case.kind, case.question, cell) == people


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.name)
def test_the_engine_refuses_what_must_be_refused(case: Case, engine: Engine) -> None:
    loaded = engine.load(case.world)
    with pytest.raises(BadRequest):
        loaded.answer(case.kind, case.question)


@pytest.mark.parametrize("case", ANSWERED, ids=lambda case: case.name)
def test_the_engine_answers_what_only_looks_like_it(case: Case, engine: Engine) -> None:
    assert engine.load(case.world).answer(case.kind, case.question)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_engine_and_reference_agree_on_random_worlds_and_questions(kind: str, engine: Engine) -> None:
    seed = random.SystemRandom().randrange(2**32) if SEED == "any" else int(SEED)
    compare_on_random_worlds(kind, engine, seed=seed, rounds=ROUNDS)


def compare_on_random_worlds(kind: str, engine: Engine, *, seed: int, rounds: int) -> None:
    """So many questions of a kind; a world is asked several, because storing it costs most."""
    from analyse.reference import ask
    from analyse.worlds import random_world

    questions = importlib.import_module(f"analyse.random_questions.{kind}")
    rng = random.Random(seed)
    for number in range(0, rounds, 5):
        world = random_world(rng)
        loaded = engine.load(world)
        for _ in range(5):
            question = questions.random_question(rng, world)
            where = f"seed {seed}, world {number}, {kind} {question!r}"
            expected = outcome(partial(ask.answer, world, kind, question))
            found = outcome(partial(loaded.answer, kind, question))
            assert_same(found, expected, where)
            cells = questions.random_cells(rng, question, expected) if isinstance(expected, dict) else ()
            for cell in cells:
                there = ask.people(world, kind, question, cell)
                assert loaded.people(kind, question, cell) == there, f"{where}, cell {cell!r}"


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
