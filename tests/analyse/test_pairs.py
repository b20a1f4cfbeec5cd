"""Brackets for everybody at once are what a stack for each person finds."""

from __future__ import annotations

from random import Random

import numpy as np

from zuji.analyse.pairs import CLOSES, OPENS, paired


def by_stack(person: list[int], marks: list[int]) -> set[tuple[int, int]]:
    """The same by plain enumeration."""
    waiting: dict[int, list[int]] = {}
    found = set()
    for row, (who, mark) in enumerate(zip(person, marks, strict=True)):
        own = waiting.setdefault(who, [])
        if mark & CLOSES and own:
            found.add((own.pop(), row))
        if mark & OPENS:
            own.append(row)
    return found


def pairs_of(person: list[int], marks: list[int]) -> set[tuple[int, int]]:
    pairs = paired(np.array(person, dtype=np.int64), np.array(marks, dtype=np.int64))
    return set(zip(pairs.opened.tolist(), pairs.closed.tolist(), strict=True))


def test_a_closing_event_takes_the_latest_open_one() -> None:
    assert pairs_of([0, 0, 0, 0], [OPENS, OPENS, CLOSES, CLOSES]) == {(1, 2), (0, 3)}


def test_an_event_that_is_both_closes_first_and_then_opens() -> None:
    assert pairs_of([0, 0, 0], [3, 3, CLOSES]) == {(0, 1), (1, 2)}


def test_nobody_closes_what_somebody_else_opened() -> None:
    assert pairs_of([0, 1, 1], [OPENS, CLOSES, OPENS]) == set()


def test_what_closes_nothing_is_forgotten() -> None:
    assert pairs_of([0, 0, 0, 0], [CLOSES, CLOSES, OPENS, CLOSES]) == {(2, 3)}


def test_without_events_there_are_no_pairs() -> None:
    assert pairs_of([], []) == set()


def test_thousands_of_random_logs_pair_as_by_hand() -> None:
    rng = Random(7)
    for _ in range(3_000):
        person = np.cumsum([0, *(rng.random() < 0.2 for _ in range(rng.randrange(40)))]).tolist()
        marks = [rng.choice([OPENS, CLOSES, CLOSES, OPENS, 3]) for _ in person]
        assert pairs_of(person, marks) == by_stack(person, marks)
