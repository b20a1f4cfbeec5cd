"""The cases that history was worked out by hand for, kept by the stream's machine."""

from __future__ import annotations

from random import Random
from zoneinfo import ZoneInfo

import pytest

from tag.history_cases import CASES, HistoryCase
from tag.state_rounds import a_definition, person_of, states_of, values_at
from zuji.tag.compiled import compile_rules
from zuji.tag.graph import in_force
from zuji.terms.period import Calendar


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_state_gives_what_was_worked_out_by_hand(case: HistoryCase) -> None:
    named = [a_definition(key, rule) for key, rule in (case.tags or {}).items()]
    published = in_force([*named, a_definition("asked", case.rule)])
    compiled = compile_rules(published, Calendar(ZoneInfo(case.world.timezone)))
    found = {}
    for person in {event.person for event in case.world.events} - {0}:
        states = states_of(compiled, case.world, person, case.moment, Random(person))
        values, _ = values_at(compiled, states, person_of(case.world, person), case.moment)
        if "asked" in values:
            found[person] = values["asked"]
    assert found == case.values
