"""Hubs: identifiers so many people share that they say nothing about who somebody is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from zuji.identify.evidence import USABLE, Assertion, Node
from zuji.identify.people import BEGINNING

HUB_LIMIT: Final = 50
HUB_WINDOW_MS: Final = 30 * 24 * 3600 * 1000
WHY: Final = f"linked by more than {HUB_LIMIT} others within 30 days"

Clock = dict[int, int]
"""For one identifier: each k that linked it, and when it did so last."""


class Crowd:
    """Who linked whom in one component at any time: only what more than HUB_LIMIT others have linked can be a hub."""

    def __init__(self, assertions: Iterable[Assertion], nodes: Mapping[int, Node]) -> None:
        self._linked_by: dict[int, set[int]] = {}
        self._suspects: set[int] = set()
        for assertion in assertions:
            self.add(assertion, nodes)

    def add(self, assertion: Assertion, nodes: Mapping[int, Node]) -> None:
        """One more assertion."""
        k, others = assertion.ends(nodes)
        for other in others:
            linked_by = self._linked_by.setdefault(other, set())
            linked_by.add(k)
            if len(linked_by) > HUB_LIMIT:
                self._suspects.add(other)

    def around(self, assertion: Assertion, nodes: Mapping[int, Node]) -> list[int]:
        """The identifiers linked by this assertion that are worth a closer look."""
        if not self._suspects:
            return []
        _, others = assertion.ends(nodes)
        return [other for other in others if other in self._suspects and nodes[other].block == USABLE]


def is_hub(links: Iterable[tuple[int, int]]) -> bool:
    """Whether any window holds links (time, k) from more than HUB_LIMIT distinct k."""
    ordered = sorted(links)
    inside: dict[int, int] = {}
    start = 0
    for at, k in ordered:
        inside[k] = inside.get(k, 0) + 1
        while ordered[start][0] <= at - HUB_WINDOW_MS:
            leaving = ordered[start][1]
            inside[leaving] -= 1
            if not inside[leaving]:
                del inside[leaving]
            start += 1
        if len(inside) > HUB_LIMIT:
            return True
    return False


def becomes_hub(clock: Clock, k: int, at: int) -> bool | None:
    """Whether one more link makes a hub of what was none; None when only the whole history can tell.

    A link later than all others can only fill the window that ends with it, and only if its k was not there yet.
    """
    if at < max(clock.values()):
        return None
    since = at - HUB_WINDOW_MS
    if clock.get(k, BEGINNING) > since:
        return False
    return sum(1 for last in clock.values() if last > since) + 1 > HUB_LIMIT


def clock_of(links: Iterable[tuple[int, int]]) -> Clock:
    """When each k linked last."""
    clock: Clock = {}
    for at, k in links:
        clock[k] = max(clock.get(k, at), at)
    return clock
