"""What everybody did, in order, a part of all people at a time: small enough to stay near the processor.

Whoever looks at people one by one and adds up what is found needs nothing of all at once. An instant is a person and a
time in one number, and the instants of two people are further apart than the longest pause that matters: so where a
person's events begin, and where a pause is too long, is one subtraction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from zuji.analyse.journeys import Bounds, Differ, Ints, Layout, Mark, ordered_words, read_plainly
from zuji.analyse.reading import Reading
from zuji.analyse.settled import Settled
from zuji.analyse.threads import NEAR, side_by_side, whole_parts

Result = TypeVar("Result")
Marks = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Walks:
    """Events in order of instant, then of receipt. Above its time an instant has the number of a person."""

    instant: Ints
    mark: Marks
    time_bits: int
    keys: pa.Array | None = None
    """The key of each person by number; None where the number is the key."""

    def keys_of(self, persons: Ints) -> list[int | str]:
        """The keys of these persons, each once."""
        found = np.unique(persons)
        keys: list[int | str] = (found if self.keys is None else self.keys.take(pa.array(found))).tolist()
        return keys


def in_parts(
    settled: Settled[Any],
    reading: Reading,
    mark: Mark,
    work: Callable[[Walks], Result],
    *,
    bounds: Bounds,
    differ: Differ,
) -> list[Result]:
    """What some work finds in everybody's marked events; nobody is in two parts."""
    layout = Layout.of(bounds)
    words = ordered_words(settled, reading, mark, layout, differ)
    if words is None:
        return [work(_plainly(settled, reading, mark, layout))]
    parts = whole_parts(words, layout.time_bits + layout.mark_bits, NEAR)
    return side_by_side(lambda part: work(_unpacked(words[part], layout)), parts)


def _unpacked(words: Ints, layout: Layout) -> Walks:
    # Where marks are few they are bytes: comparing them is bound by memory.
    narrow = np.uint8 if layout.mark_bits <= 8 else np.int64
    return Walks(layout.instants(words), layout.marks(words).astype(narrow), layout.time_bits)


def _plainly(settled: Settled[Any], reading: Reading, mark: Mark, layout: Layout) -> Walks:
    journeys = read_plainly(settled, reading, mark)
    instant = (journeys.person << layout.time_bits) | (journeys.at - layout.base)
    return Walks(instant, journeys.mark, layout.time_bits, journeys.keys)
