"""Sets divided by which of them somebody is in: everybody stands in one part, and those are counted and named."""

from __future__ import annotations

import random
from itertools import combinations

from zuji.tag.overlap import Part, PeopleSet, in_exactly, parts


def by_hand(sets: list[set[int]], places: tuple[int, ...]) -> set[int]:
    """In all of these and in none of the others, one person after another."""
    everybody = set().union(*sets)
    return {one for one in everybody if all((one in some) == (place in places) for place, some in enumerate(sets))}


def test_parts_are_those_of_plain_sets_the_largest_first() -> None:
    chance = random.Random(11)
    for _ in range(25):
        sets = [{chance.randrange(300) for _ in range(chance.randrange(200))} for _ in range(chance.randrange(1, 7))]
        chosen = [places for size in range(1, len(sets) + 1) for places in combinations(range(len(sets)), size)]
        counted = [Part(places, len(found)) for places in chosen if (found := by_hand(sets, places))]
        bits = [PeopleSet(one) for one in sets]
        assert list(parts(bits)) == sorted(counted, key=lambda one: (-one.count, one.places))
        for places in chosen:
            assert in_exactly(bits, places).tolist() == sorted(by_hand(sets, places))


def test_sets_that_nobody_is_in_have_no_parts() -> None:
    assert parts([PeopleSet(), PeopleSet()]) == ()
    assert in_exactly([PeopleSet(), PeopleSet([3])], [0]).tolist() == []
