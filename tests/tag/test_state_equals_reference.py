"""The stream's machine against the plain reference, over random rules and worlds."""

from __future__ import annotations

import os
from random import Random

import pytest

from tag.state_rounds import Round, person_of, random_round, states_of, values_at
from zuji.tag.compiled import compile_rules

ROUNDS = int(os.environ.get("TAG_ROUNDS", "120"))
SEED = int(os.environ.get("TAG_SEED", "20261122"))


@pytest.mark.parametrize("tenth", range(10))
def test_in_any_order_and_any_division_the_values_are_those_of_the_reference(tenth: int) -> None:
    for number in range(tenth, ROUNDS, 10):
        seed = SEED * 1_000_003 + number
        round_ = random_round(Random(seed))
        assert live(round_, Random(seed), round_.t) == round_.reference(round_.t), f"seed {seed}: {round_.rules}"


@pytest.mark.parametrize("tenth", range(10))
def test_before_the_next_moment_nothing_changes_and_then_the_reference_agrees_again(tenth: int) -> None:
    for number in range(tenth, ROUNDS, 10):
        seed = SEED * 2_000_003 + number
        rng = Random(seed)
        round_ = random_round(rng)
        compiled = compile_rules(round_.published, round_.calendar)
        for person in round_.whose:
            states, t = states_of(compiled, round_.world, person, round_.t, rng), round_.t
            known = person_of(round_.world, person)
            for _ in range(3):
                values, next_at = values_at(compiled, states, known, t)
                moments = [t, t + 400 * 86_400_000] if next_at is None else [next_at - 1, rng.randint(t, next_at - 1)]
                for moment in moments:
                    expected = {
                        key: found[person] for key, found in round_.reference(moment).items() if person in found
                    }
                    assert values == expected, f"seed {seed}, person {person}, {t} to {moment}: {round_.rules}"
                if next_at is None:
                    break
                t = next_at


def live(round_: Round, rng: Random, t: int) -> dict[str, dict[int, object]]:
    """What the machine says about everybody, as the reference says it."""
    compiled = compile_rules(round_.published, round_.calendar)
    found: dict[str, dict[int, object]] = {key: {} for key in round_.rules}
    for person in round_.whose:
        states = states_of(compiled, round_.world, person, t, rng)
        for key, value in values_at(compiled, states, person_of(round_.world, person), t)[0].items():
            found[key][person] = value
    return found
