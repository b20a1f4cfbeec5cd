"""The engine answers what was worked out by hand, and refuses what must be refused."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import analyse.cases
from analyse.case import Case
from analyse.engine import Engine
from analyse.refusals import ANSWERED, REFUSALS
from analyse.test_engine_equals_reference import assert_contains
from zuji.analyse.kinds import KINDS
from zuji.terms.error import BadRequest


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
