"""What was worked out by hand is what the reference says. Each case is named by the sentence that it decides."""

from __future__ import annotations

import math
from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest

import analyse.cases
from analyse.case import Case
from analyse.reference import ask

CASES: list[Case] = [
    case
    for module in iter_modules(analyse.cases.__path__)
    for case in import_module(f"analyse.cases.{module.name}").CASES
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind}: {case.name}")
def test_the_reference_says_what_was_worked_out_by_hand(case: Case) -> None:
    found = ask.answer(case.world, case.kind, case.question)
    assert differences(found, case.answer) == []
    for cell, people in case.cells:
        assert ask.people(case.world, case.kind, case.question, cell) == people, cell


def test_every_case_has_a_name_of_its_own() -> None:
    names = [(case.kind, case.name) for case in CASES]
    assert len(set(names)) == len(names)


def differences(found: Any, expected: Any, where: str = "answer") -> list[str]:
    """Where the answer is not as expected; keys that are not expected may be anything."""
    if isinstance(expected, Mapping):
        return [
            line
            for name in expected
            for line in (
                differences(found[name], expected[name], f"{where}.{name}")
                if name in found
                else [f"{where}.{name} is missing"]
            )
        ]
    if isinstance(expected, list):
        if not isinstance(found, list) or len(found) != len(expected):
            return [f"{where}: {found!r}, not {expected!r}"]
        pairs = enumerate(zip(found, expected, strict=True))
        return [line for place, (one, other) in pairs for line in differences(one, other, f"{where}[{place}]")]
    close = isinstance(expected, float) and isinstance(found, int | float) and math.isclose(found, expected)
    return [] if close or found == expected else [f"{where}: {found!r}, not {expected!r}"]
