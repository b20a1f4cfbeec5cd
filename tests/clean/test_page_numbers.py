"""What is missing of a page, from the numbers that arrived: against a set of all numbers, which is slow and plain."""

from __future__ import annotations

import random

import pytest

from zuji.clean.page_numbers import MOST_GAPS, after
from zuji.store.losses import Arrived

NOTHING = Arrived(day=7)


def by_hand(numbers: set[int]) -> Arrived:
    """Every number up to the highest is looked at."""
    missing = [number for number in range(1, max(numbers, default=0)) if number not in numbers]
    gaps: list[tuple[int, int]] = []
    for number in missing:
        if gaps and gaps[-1][1] == number - 1:
            gaps[-1] = (gaps[-1][0], number)
        else:
            gaps.append((number, number))
    return Arrived(7, max(numbers, default=0), len(missing), tuple(gaps))


@pytest.mark.parametrize("seed", range(200))
def test_what_is_missing_depends_neither_on_order_nor_on_repeats_nor_on_batches(seed: int) -> None:
    chance = random.Random(seed)
    sent = range(1, chance.randint(2, 60))
    came = [number for number in sent if chance.random() < 0.7]
    came += chance.choices(came or [1], k=10)
    chance.shuffle(came)
    arrived, so_far = NOTHING, set[int]()
    while came:
        size = chance.randint(1, 8)
        batch, came = came[:size], came[size:]
        arrived = after(arrived, batch)
        so_far |= set(batch)
        assert arrived == by_hand(so_far)


def test_a_page_full_of_holes_keeps_the_newest_and_gives_up_the_oldest() -> None:
    holes = 2 * MOST_GAPS
    arrived = after(NOTHING, list(range(2, 2 * holes + 1, 2)))
    assert (arrived.highest, arrived.missing, len(arrived.gaps)) == (2 * holes, holes, MOST_GAPS)
    assert after(arrived, [1]) == arrived, "given up: it stays lost"
    assert after(arrived, [2 * holes - 1]).missing == holes - 1
