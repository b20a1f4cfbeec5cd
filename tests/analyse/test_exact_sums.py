"""Sums are exact as the numbers are written, whatever numbers they are."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from random import Random

import numpy as np
import pytest

from zuji.analyse.exact_sums import MILLIONTHS, Sums, read_sums, sum_numbers
from zuji.store.events import EventStore
from zuji.store.statement import Statement


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EventStore]:
    opened = EventStore.open(tmp_path_factory.mktemp("sums") / "events")
    yield opened
    opened.close()


def sums_of(store: EventStore, people: list[list[float]]) -> Sums:
    """The sum of each person's numbers, made by the engine."""
    pairs = [(who, number) for who, numbers in enumerate(people) for number in numbers]
    statement = Statement.of({"who": [who for who, _ in pairs], "numbers": [number for _, number in pairs]})
    statement.step("pairs", "SELECT arrayJoin(arrayZip({who:Array(UInt32)}, {numbers:Array(Float64)})) AS one")
    statement.step("numbered", "SELECT one.1 AS who, toNullable(one.2) AS number FROM pairs")
    summed = sum_numbers(statement, "numbered", figures="count() AS numbers", somebody="1")
    return read_sums(store.query(statement.query(f"SELECT who, millionths, exact FROM {summed} ORDER BY who")))


def as_written(numbers: list[float]) -> Fraction:
    return sum((Fraction(repr(number)) for number in numbers), Fraction(0))


def exact(sums: Sums) -> list[Fraction]:
    return [Fraction(units, 10**sums.places) for units in sums.units.tolist()]


def test_prices_are_added_up_in_millionths(store: EventStore) -> None:
    rng = Random(7)
    people = [[rng.randint(-(10**9), 10**9) / 100 for _ in range(rng.randint(1, 9))] for _ in range(300)]
    people.append([0.1, 0.2])
    people.append([0.000001, 99_999_999.999999])

    sums = sums_of(store, people)

    assert sums.places == MILLIONTHS
    assert exact(sums) == [as_written(numbers) for numbers in people]
    assert sums.total() == float(sum(as_written(numbers) for numbers in people))


def test_numbers_of_other_kinds_are_added_up_as_exactly(store: EventStore) -> None:
    rng = Random(8)
    odd = [0.1 + 0.2, 1 / 3, 1e8, 123456789.25, 1.5e-7, 1e22, -1e44, 19.99 * 3, 1e15 + 0.125, 0.0, 19.99]
    people = [[rng.choice(odd) for _ in range(rng.randint(1, 6))] for _ in range(300)]
    people.append([1e60])

    sums = sums_of(store, people)

    assert exact(sums) == [as_written(numbers) for numbers in people]
    assert sums.where(np.arange(301) < 300).total() == float(sum(as_written(numbers) for numbers in people[:300]))


def test_a_sum_too_large_for_sixty_four_bits_of_millionths_does_not_turn_round(store: EventStore) -> None:
    people = [[99_999_999.5] * 100_000]

    assert exact(sums_of(store, people)) == [as_written(people[0])]


def test_what_is_not_finite_is_no_number(store: EventStore) -> None:
    assert exact(sums_of(store, [[float("inf"), 2.5], [float("nan")]])) == [Fraction(5, 2), Fraction(0)]


def test_bounds_are_compared_as_written(store: EventStore) -> None:
    bounds = [-2.5, 0.3, 20.09, 1e300]

    plain = sums_of(store, [[0.1, 0.2], [19.99, 0.1], [-2.5], [-3.0], [0.299999]])
    odd = sums_of(store, [[0.1, 0.2], [0.1 + 0.2], [1 / 3 - 0.1], [1e60]])

    assert plain.bounds_reached(bounds).tolist() == [2, 3, 1, 0, 1]
    assert odd.bounds_reached(bounds).tolist() == [2, 2, 1, 3]
