"""Two columns' worth of work at once: numpy lets go of the interpreter while it adds, compares and sorts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

THREADS: Final = 2
"""As many as a query of the store may use."""
FEW_WORDS: Final = 100_000
"""So many are sorted before a second thread has begun."""
NEAR: Final = 500_000
"""So many numbers stay near the processor while they are worked on."""

Part = TypeVar("Part")
Result = TypeVar("Result")
Word = TypeVar("Word", np.int64, np.uint64)


def side_by_side(work: Callable[[Part], Result], parts: Iterable[Part]) -> list[Result]:
    """The results of work on parts, in their order; several parts are worked on at a time."""
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(work, parts))


def parts_of(numbers: NDArray[Any]) -> Iterator[slice]:
    """Parts of them of bounded size."""
    for begin in range(0, len(numbers), NEAR):
        yield slice(begin, min(begin + NEAR, len(numbers)))


def whole_parts(ordered: NDArray[Any], low_bits: int, most: int) -> Iterator[slice]:
    """Parts of about so many of these ascending numbers; what is equal above the low bits is in one part."""
    begin, low = 0, ordered.dtype.type(low_bits)
    while begin < len(ordered):
        end = min(begin + most, len(ordered))
        if end < len(ordered):
            first = ordered[end] >> low << low
            whole = int(np.searchsorted(ordered, first))
            end = whole if whole > begin else int(np.searchsorted(ordered, first + ordered.dtype.type(1 << low_bits)))
        yield slice(begin, end)
        begin = end


def in_order(words: NDArray[Word]) -> NDArray[Word]:
    """These numbers ascending: those below the middle one and the others are sorted side by side."""
    if len(words) <= FEW_WORDS:
        return np.sort(words, kind="stable")
    middle = np.sort(words[:: len(words) // 1_000])[500]
    found = np.empty_like(words)
    below = int(np.count_nonzero(words < middle))

    def sort(lower: bool) -> None:
        half = found[:below] if lower else found[below:]
        np.compress(words < middle if lower else words >= middle, words, out=half)
        # The store keeps events by anchor and time: nearly in order, and a stable sort makes use of that.
        half.sort(kind="stable")

    side_by_side(sort, (True, False))
    return found
