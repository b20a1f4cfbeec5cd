"""What must be refused is refused, and what only looks like it is answered."""

from __future__ import annotations

import pytest

from analyse.case import Case
from analyse.reference import ask
from analyse.reference.dates import Refused
from analyse.refusals import ANSWERED, REFUSALS


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.name)
def test_a_question_without_a_meaning_is_refused(case: Case) -> None:
    with pytest.raises(Refused):
        ask.answer(case.world, case.kind, case.question)


@pytest.mark.parametrize("case", ANSWERED, ids=lambda case: case.name)
def test_a_question_that_only_looks_like_one_is_answered(case: Case) -> None:
    assert ask.answer(case.world, case.kind, case.question)["series"]
