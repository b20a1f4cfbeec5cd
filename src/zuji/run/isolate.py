"""Find the events that break a stage, by halving: a batch never dies of one event."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def culprits(items: Sequence[Item], works: Callable[[Sequence[Item]], bool]) -> list[int]:
    """The indexes of the items that fail on their own, given that all together fail.

    Needs about 2 log2(n) trials per culprit. Empty when only a combination fails.

    >>> culprits([1, 2, 0, 4], lambda part: 0 not in part)
    [2]
    """
    if len(items) == 1:
        return [0]
    middle = len(items) // 2
    found: list[int] = []
    for start, part in ((0, items[:middle]), (middle, items[middle:])):
        if not works(part):
            found.extend(start + index for index in culprits(part, works))
    return found
