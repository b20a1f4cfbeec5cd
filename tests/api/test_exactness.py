"""What an answer to SQL says of its figures: every estimate that the list of functions permits is announced."""

from __future__ import annotations

import pytest

from zuji.analyse.sql.bind import checked
from zuji.analyse.sql.functions import AGGREGATES
from zuji.api.exactness import ERRORS, exactness_of


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT uniq # how many\n (person) FROM events",
        "SELECT 1 # it's\n, uniq(person), 'x' FROM events",
        "SELECT uniq /* a /* b */ c */ (person) FROM events",
        "SELECT UNIQ(person) FROM events",
        "SELECT uniqIf(person, 1) OVER () FROM events",
        "WITH one AS (SELECT uniqArray([person]) AS n FROM events) SELECT n FROM one",
        "SELECT 1 FROM events HAVING max((SELECT uniq(person) FROM events)) > 1",
    ],
)
def test_an_estimate_is_found_wherever_and_however_it_is_called(sql: str) -> None:
    assert checked(sql)
    assert set(exactness_of(sql)) == {"uniq"}


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("SELECT uniqUpTo(3)(person) FROM events", {"uniqUpTo"}),
        ("SELECT sparkbar(9)(position, position) FROM events", {"sparkbar"}),
        ("SELECT largestTriangleThreeBuckets(4)(position, position) FROM events", {"largestTriangleThreeBuckets"}),
        ("SELECT quantileTimingIf(0.5)(position, 1), topK(3)(event) FROM events", {"quantileTiming", "topK"}),
    ],
)
def test_aggregates_with_two_pairs_of_brackets_are_announced_too(sql: str, names: set[str]) -> None:
    assert checked(sql)
    assert set(exactness_of(sql)) == names


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT uniqExact(person), 'uniq(person)' FROM events -- uniq(person)",
        "SELECT count(DISTINCT person) AS uniq FROM events",
        "SELECT quantileExact(0.5)(position), quantileExactIf(0.5)(position, 1) FROM events",
        "SELECT uniq FROM (SELECT uniqExact(person) AS uniq FROM events)",
    ],
)
def test_what_is_exact_is_told_so(sql: str) -> None:
    assert checked(sql)
    assert exactness_of(sql) == "exact"


def test_every_estimate_that_is_explained_may_be_called() -> None:
    assert set(ERRORS) <= AGGREGATES
