"""How many people many sets have in common: each set is a row of bits, and counting is a matter of words.

Ids of people are dense numbers, so a set of a million people among some millions takes less than a megabyte.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, combinations

import numpy as np
import numpy.typing as npt

Bits = npt.NDArray[np.uint64]
People = npt.NDArray[np.uint64]
WORD = 64


@dataclass(frozen=True, slots=True)
class Overlap:
    """`together[i][j]`: how many are in both the i-th and the j-th; on the diagonal, how many are in the set."""

    together: tuple[tuple[int, ...], ...]
    in_all: int
    in_any: int
    only: tuple[int, ...]
    """How many are in this set and in no other."""


@dataclass(frozen=True, slots=True)
class Part:
    """Those who are in exactly these of the sets, by their places, and in no other."""

    places: tuple[int, ...]
    count: int


class PeopleSet:
    """A set of people that can grow and shrink. Not for several threads at once."""

    def __init__(self, people: Iterable[int] | People = ()) -> None:
        self._words: Bits = np.zeros(0, dtype=np.uint64)
        self.add(people)

    def __len__(self) -> int:
        return _count(self._words)

    def __contains__(self, person: int) -> bool:
        word, bit = divmod(person, WORD)
        return word < self._words.size and bool(int(self._words[word]) >> bit & 1)

    @property
    def words(self) -> Bits:
        """The bits, as long as the greatest person so far needs. To be read only."""
        return self._words

    def add(self, people: Iterable[int] | People) -> None:
        """These are in it from now on."""
        found = _array(people)
        if not found.size:
            return
        if (longest := int(found.max()) // WORD + 1) > self._words.size:
            longer = np.zeros(max(longest, self._words.size * 5 // 4), dtype=np.uint64)
            longer[: self._words.size] = self._words
            self._words = longer
        np.bitwise_or.at(self._words, found // WORD, _bit(found))

    def remove(self, people: Iterable[int] | People) -> None:
        """These are not in it any more."""
        found = _array(people)
        found = found[found // WORD < self._words.size]
        np.bitwise_and.at(self._words, found // WORD, ~_bit(found))

    def people(self) -> People:
        """Everybody in it, ascending."""
        return _people(self._words)


def overlap(sets: Sequence[PeopleSet]) -> Overlap:
    """What these sets have in common.

    >>> overlap([PeopleSet([1, 2, 3]), PeopleSet([3, 200])])
    Overlap(together=((3, 1), (1, 2)), in_all=1, in_any=4, only=(2, 1))
    """
    rows = _rows(sets)
    together = [[0] * len(sets) for _ in sets]
    for one, row in enumerate(rows):
        for other in range(one, len(rows)):
            together[one][other] = together[other][one] = _count(row & rows[other])
    once, twice = _once_and_twice(rows)
    return Overlap(
        together=tuple(map(tuple, together)),
        in_all=_count(np.bitwise_and.reduce(rows)) if len(sets) else 0,
        in_any=_count(once),
        only=tuple(_count(row & ~twice) for row in rows),
    )


def parts(sets: Sequence[PeopleSet]) -> tuple[Part, ...]:
    """Everybody who is in any of these sets, divided by which of them they are in; the largest part first.

    Twice as many combinations come with each further set, so that the caller limits how many sets there may be.

    >>> parts([PeopleSet([1, 2, 3]), PeopleSet([3, 200])])
    (Part(places=(0,), count=2), Part(places=(0, 1), count=1), Part(places=(1,), count=1))
    """
    rows, every = _rows(sets), range(len(sets))
    chosen = chain.from_iterable(combinations(every, size) for size in range(1, len(sets) + 1))
    found = [Part(places, _count(_exactly(rows, places))) for places in chosen]
    return tuple(sorted((part for part in found if part.count), key=lambda part: (-part.count, part.places)))


def in_exactly(sets: Sequence[PeopleSet], places: Sequence[int]) -> People:
    """Who is in all the sets at these places and in none of the others, ascending."""
    return _people(_exactly(_rows(sets), places))


def _exactly(rows: Bits, places: Sequence[int]) -> Bits:
    inside: Bits = np.bitwise_and.reduce(rows[list(places)])
    for place, row in enumerate(rows):
        if place not in places:
            inside &= ~row
    return inside


def _rows(sets: Sequence[PeopleSet]) -> Bits:
    rows = np.zeros((len(sets), max((one.words.size for one in sets), default=0)), dtype=np.uint64)
    for row, one in zip(rows, sets, strict=True):
        row[: one.words.size] = one.words
    return rows


def _once_and_twice(rows: Bits) -> tuple[Bits, Bits]:
    """Who is in at least one of the sets, and who in at least two."""
    once = np.zeros(rows.shape[1], dtype=np.uint64)
    twice = np.zeros(rows.shape[1], dtype=np.uint64)
    for row in rows:
        twice |= once & row
        once |= row
    return once, twice


def _people(words: Bits) -> People:
    bits = np.unpackbits(words.view(np.uint8), bitorder="little")
    return np.flatnonzero(bits).astype(np.uint64)


def _count(words: Bits) -> int:
    return int(np.bitwise_count(words).sum(dtype=np.int64))


def _bit(people: People) -> Bits:
    return np.left_shift(np.uint64(1), people % WORD)


def _array(people: Iterable[int] | People) -> People:
    return people if isinstance(people, np.ndarray) else np.fromiter(people, dtype=np.uint64)
