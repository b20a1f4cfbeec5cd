"""What people own: identifiers, each with the stretches of time in which its events are theirs, as of this moment.

Whoever keeps figures per identifier combines those of a person's holdings, so a merge or a split rewrites nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from zuji.identify.component import Component, Home
from zuji.identify.people import BEGINNING, END, People
from zuji.identify.reading import views_of
from zuji.store import identity
from zuji.store.hot import HotTransaction

UNDIVIDED: tuple[int, ...] = (BEGINNING,)
"""Where the one stretch of nearly every identifier begins."""


class Holding(NamedTuple):
    """Events of this anchor from `from_ms` on, before `to_ms`, are the person's."""

    anchor: int
    from_ms: int
    to_ms: int


def in_homes(homes: dict[int, Home], persons: Iterable[int]) -> tuple[dict[int, list[Holding]], list[int]]:
    """What those own whose home is in memory, and the people whose home is not."""
    found: dict[int, list[Holding]] = {}
    absent: list[int] = []
    for person in persons:
        home = homes.get(person)
        if home is None:
            absent.append(person)
        elif isinstance(home, Component):
            found[person] = _in_component(home.people, home.owned(), person)
        else:
            found[person] = [Holding(person, BEGINNING, END)] if home.owner(person, 0) else []
    return found, absent


def in_tables(connection: HotTransaction, workspace: str, persons: Iterable[int]) -> dict[int, list[Holding]]:
    """What these people own, as the tables say. Nothing where a number is no person's of this workspace."""
    wanted = list(persons)
    found: dict[int, list[Holding]] = {person: [] for person in wanted}
    for view in views_of(connection, workspace, identity.nodes_by_anchor(connection, wanted)):
        person = view.node.anchor
        if view.component is not None:
            found[person] = _in_component(view.component.people, view.component.owned(), person)
        elif view.person:
            found[person] = [Holding(person, BEGINNING, END)]
    return found


def starts_in_homes(homes: dict[int, Home], anchors: Iterable[int]) -> tuple[dict[int, tuple[int, ...]], list[int]]:
    """Where the stretches of each anchor begin, as far as its home is in memory; and those whose home is not."""
    found: dict[int, tuple[int, ...]] = {}
    absent: list[int] = []
    for anchor in anchors:
        home = homes.get(anchor)
        if home is None:
            absent.append(anchor)
        elif isinstance(home, Component) and anchor in home.people.moves:
            found[anchor] = tuple(segment.from_ms for segment in home.people.segments(anchor))
        else:
            found[anchor] = UNDIVIDED
    return found, absent


def starts_in_tables(connection: HotTransaction, workspace: str, anchors: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """Where the stretches of each anchor begin, as the tables say."""
    wanted = list(anchors)
    found = dict.fromkeys(wanted, UNDIVIDED)
    for view in views_of(connection, workspace, identity.nodes_by_anchor(connection, wanted)):
        found[view.node.anchor] = tuple(segment.from_ms for segment in view.segments(view.node.anchor))
    return found


def _in_component(people: People, anchors: Iterable[int], person: int) -> list[Holding]:
    if person not in people.profiles:
        return []  # it became part of somebody else, or never was
    held: list[Holding] = []
    for anchor in anchors:
        if anchor not in people.moves:
            if people.points.get(anchor) == person:
                held.append(Holding(anchor, BEGINNING, END))
            continue
        segments = people.segments(anchor)
        ends = [segment.from_ms for segment in segments[1:]] + [END]
        held += [
            Holding(anchor, segment.from_ms, end)
            for segment, end in zip(segments, ends, strict=True)
            if segment.person == person
        ]
    return held
