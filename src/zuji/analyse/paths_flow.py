"""The flow of trips: which edges are used most, and what becomes of those who come to their ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from zuji.analyse.journeys import Ints
from zuji.analyse.paths_trips import Trips

_FEW_PAIRS = 4_000_000
"""So many pairs of items are counted in a list of all of them: 32 MB."""


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


def flow_of(trips: Trips, items: int, *, count: Literal["trips", "people"], edge_limit: int) -> Flow:
    """Rank the edges of every step, keep the largest, drop what no shown edge leads to, and add the nodes."""
    longest = int(trips.lengths.max(initial=1))
    every = [edge for step in range(1, longest) for edge in _edges(trips, step, items, count, edge_limit)]
    every.sort(key=lambda edge: (-edge.count, edge.step, edge.start, edge.end))
    shown = reachable(every[:edge_limit])
    return Flow(tuple(shown), tuple(_nodes(trips, shown)))


def _edges(trips: Trips, step: int, items: int, count: str, most: int) -> list[Edge]:
    """The largest edges of one step: no more than `most` can be shown, whatever the other steps have."""
    passing = np.flatnonzero(trips.lengths > step)
    place = trips.first[passing] + step - 1
    # Items are at most 200,000 (MOST_TEXTS), so a pair of them is far from the end of 64 bits.
    pairs, which = _numbered(trips.item[place] * (items + 1) + trips.item[place + 1], (items + 1) ** 2)
    numbers = np.bincount(which, minlength=len(pairs))
    taken = np.bincount(which, trips.at[place + 1] - trips.at[place], len(pairs))
    counted = numbers if count == "trips" else _people(which, trips.person[passing], len(pairs))
    largest = np.lexsort((pairs, -counted))[:most]
    return [
        Edge(
            step,
            *divmod(int(pairs[edge]), items + 1),
            count=int(counted[edge]),
            trips=int(numbers[edge]),
            milliseconds=int(taken[edge]),
        )
        for edge in largest
        if numbers[edge]
    ]


def _numbered(pair: Ints, bound: int) -> tuple[Ints, Ints]:
    """The different pairs, ascending, and the place of each pair among them.

    Where there are few items every possible pair is listed, also those that nobody took: counting needs no sorting.
    """
    if bound <= _FEW_PAIRS:
        return np.arange(bound), pair
    pairs, which = np.unique(pair, return_inverse=True)
    return pairs, which


def _people(which: Ints, person: Ints, edges: int) -> Ints:
    """How many different people are on each edge."""
    order = np.argsort(which, kind="stable")  # trips are in order of person, and stay so within an edge
    which, person = which[order], person[order]
    new = np.ones(len(which), np.bool_)
    new[1:] = (which[1:] != which[:-1]) | (person[1:] != person[:-1])
    return np.bincount(which[new], minlength=edges)


def reachable(edges: Sequence[Edge]) -> list[Edge]:
    """The edges without those that no other one leads to, looked at step by step; everybody can be at step 1."""
    reached: set[tuple[int, int]] = {(1, edge.start) for edge in edges if edge.step == 1}
    for edge in sorted(edges, key=lambda edge: edge.step):
        if (edge.step, edge.start) in reached:
            reached.add((edge.step + 1, edge.end))
    return [edge for edge in edges if (edge.step, edge.start) in reached]


def _nodes(trips: Trips, shown: Sequence[Edge]) -> list[Node]:
    outflow: dict[tuple[int, int], int] = {}
    for edge in shown:
        outflow[edge.step, edge.start] = outflow.get((edge.step, edge.start), 0) + edge.trips
        outflow.setdefault((edge.step + 1, edge.end), 0)
    counts = {step: _passed(trips, step) for step in {step for step, _ in outflow}}
    return [_node(counts[step], step, item, outflow[step, item]) for step, item in sorted(outflow)]


def _passed(trips: Trips, step: int) -> tuple[Ints, Ints, Ints]:
    """By item: how many trips have it at this step, end there, end there because of the step limit."""
    there = np.flatnonzero(trips.lengths >= step)
    items = trips.item[trips.first[there] + step - 1]
    ending = trips.lengths[there] == step
    size = int(items.max(initial=0)) + 1
    came, ended, cut = (
        np.bincount(chosen, minlength=size) for chosen in (items, items[ending], items[ending & trips.goes_on[there]])
    )
    return came, ended, cut


def _node(passed: tuple[Ints, Ints, Ints], step: int, item: int, outflow: int) -> Node:
    came, ended, cut = (int(counts[item]) for counts in passed)
    return Node(step, item, inflow=came, outflow=outflow, drop_off=ended, cut=cut > 0)
