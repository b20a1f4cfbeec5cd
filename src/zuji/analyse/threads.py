"""Two columns' worth of work at once: numpy lets go of the interpreter while it adds and compares."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

THREADS: Final = 2
"""As many as a query of the store may use."""

Part = TypeVar("Part")
Result = TypeVar("Result")


def side_by_side(work: Callable[[Part], Result], parts: Iterable[Part]) -> list[Result]:
    """The results of work on parts, in their order; several parts are worked on at a time."""
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(work, parts))
