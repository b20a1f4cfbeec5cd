"""The flow of trips: which edges are used most, and what becomes of those who come to their ends.

Trips are counted a part of all people at a time; what is counted of different people adds up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from zuji.analyse.journeys import Ints
from zuji.analyse.paths_trips import Trips


@dataclass(frozen=True, slots=True)
class Counts:
    """Figures of edges or items: a row for each figure. `numbers`, ascending, say of which."""

    numbers: Ints
    figures: Ints

    def of(self, number: int) -> list[int]:
        """The figures of one; zeros where it was never met."""
        place = int(np.searchsorted(self.numbers, number))
        there = place < len(self.numbers) and self.numbers[place] == number
        found: list[int] = self.figures[:, place].tolist() if there else [0] * len(self.figures)
        return found


@dataclass(frozen=True, slots=True)
class Tally:
    """What is counted of the trips of some people, by step from 1 on.

    Edges have the count that was asked for, trips, and milliseconds; items (one step more) have the trips that come,
    that end here, and that end here because of the step limit.
    """

    trips: int
    people: int
    too_long: int
    edges: tuple[Counts, ...]
    items: tuple[Counts, ...]


@dataclass(frozen=True, slots=True)
class Edge:
    """From the item at a step to the next. `count` is what was asked to be counted; times are per trip."""

    step: int
    start: int
    end: int
    count: int
    trips: int
    milliseconds: int


@dataclass(frozen=True, slots=True)
class Node:
    """An item at a step, in trips: all who come, who leave on edges that are shown, who end here."""

    step: int
    item: int
    inflow: int
    outflow: int
    drop_off: int
    cut: bool


@dataclass(frozen=True, slots=True)
class Flow:
    """The edges and nodes of an answer, in its order."""

    edges: tuple[Edge, ...]
    nodes: tuple[Node, ...]


def tally_of(trips: Trips, items: int, *, count: Literal["trips", "people"], steps: int) -> Tally:
    """Count trips of at most so many steps."""
    return Tally(
        len(trips.lengths),
        trips.people,
        trips.too_long,
        tuple(_edges(trips, step, items, count) for step in range(1, steps)),
        tuple(_items(trips, step, items) for step in range(1, steps + 1)),
    )


def together(tallies: Sequence[Tally]) -> Tally:
    """The tally of all people."""
    return Tally(
        sum(one.trips for one in tallies),
        sum(one.people for one in tallies),
        sum(one.too_long for one in tallies),
        tuple(map(_added, zip(*(one.edges for one in tallies), strict=True))),
        tuple(map(_added, zip(*(one.items for one in tallies), strict=True))),
    )


def _added(parts: Sequence[Counts]) -> Counts:
    numbers, which = np.unique(np.concatenate([part.numbers for part in parts]), return_inverse=True)
    figures = np.concatenate([part.figures for part in parts], axis=1)
    return Counts(numbers, _sums(which, len(numbers), *figures))


def _counted(number: Ints, bound: int, *weights: NDArray[np.generic] | None) -> Counts:
    """The sum of each weight by number; of None, how often the number is there.

    Where there are few numbers every possible one is counted, met or not: that needs no sorting.
    """
    numbers, which = (np.arange(bound), number) if bound <= len(number) else np.unique(number, return_inverse=True)
    return Counts(numbers, _sums(which, len(numbers), *weights))


def _sums(which: Ints, size: int, *weights: NDArray[np.generic] | None) -> Ints:
    # Sums of doubles, exact up to 2 ** 53: as milliseconds 285,000 years.
    return np.array([np.bincount(which, weight, size) for weight in weights]).astype(np.int64)


def _edges(trips: Trips, step: int, items: int, count: str) -> Counts:
    """The edges from one step to the next; an edge's number is made of both its items'."""
    passing = np.flatnonzero(trips.lengths > step)
    place = trips.first[passing] + step - 1
    # Items are at most 200,000 (MOST_TEXTS), so a pair of them is far from the end of 64 bits.
    pair = trips.item[place].astype(np.int64) * (items + 1) + trips.item[place + 1]
    found = _counted(pair, (items + 1) ** 2, None, None, trips.at[place + 1] - trips.at[place])
    if count == "people":
        found.figures[0] = _people(pair, trips.person[passing], found.numbers)
    return found


def _people(pair: Ints, person: Ints, pairs: Ints) -> Ints:
    """How many different people are on each edge."""
    order = np.argsort(pair, kind="stable")  # trips are in order of person, and stay so within an edge
    pair, person = pair[order], person[order]
    new = np.ones(len(pair), np.bool_)
    new[1:] = (pair[1:] != pair[:-1]) | (person[1:] != person[:-1])
    return np.bincount(np.searchsorted(pairs, pair[new]), minlength=len(pairs))


def _items(trips: Trips, step: int, items: int) -> Counts:
    """The items at one step."""
    there = np.flatnonzero(trips.lengths >= step)
    item = trips.item[trips.first[there] + step - 1].astype(np.int64)
    ending = trips.lengths[there] == step
    return _counted(item, items + 1, None, ending, ending & trips.goes_on[there])


def flow_of(tally: Tally, items: int, *, edge_limit: int) -> Flow:
    """Rank the edges of every step, keep the largest, drop what no shown edge leads to, and add the nodes."""
    every = [edge for step, counts in enumerate(tally.edges, 1) for edge in _largest(counts, step, items, edge_limit)]
    every.sort(key=lambda edge: (-edge.count, edge.step, edge.start, edge.end))
    shown = reachable(every[:edge_limit])
    return Flow(tuple(shown), tuple(_nodes(tally, shown)))


def _largest(counts: Counts, step: int, items: int, most: int) -> list[Edge]:
    """The largest edges of one step: no more than `most` can be shown, whatever the other steps have."""
    order = np.lexsort((counts.numbers, -counts.figures[0]))[:most]
    figures = zip(counts.numbers[order].tolist(), counts.figures[:, order].T.tolist(), strict=True)
    return [Edge(step, *divmod(pair, items + 1), *counted) for pair, counted in figures if counted[0]]


def reachable(edges: Sequence[Edge]) -> list[Edge]:
    """The edges without those that no other one leads to, looked at step by step; everybody can be at step 1."""
    reached: set[tuple[int, int]] = {(1, edge.start) for edge in edges if edge.step == 1}
    for edge in sorted(edges, key=lambda edge: edge.step):
        if (edge.step, edge.start) in reached:
            reached.add((edge.step + 1, edge.end))
    return [edge for edge in edges if (edge.step, edge.start) in reached]


def _nodes(tally: Tally, shown: Sequence[Edge]) -> list[Node]:
    outflow: dict[tuple[int, int], int] = {}
    for edge in shown:
        outflow[edge.step, edge.start] = outflow.get((edge.step, edge.start), 0) + edge.trips
        outflow.setdefault((edge.step + 1, edge.end), 0)
    return [_node(tally.items[step - 1].of(item), step, item, outflow[step, item]) for step, item in sorted(outflow)]


def _node(counted: list[int], step: int, item: int, outflow: int) -> Node:
    came, ended, cut = counted
    return Node(step, item, inflow=came, outflow=outflow, drop_off=ended, cut=cut > 0)
