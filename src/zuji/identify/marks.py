"""Whose profile a turn may have changed: identifiers, identified or not, traits. A superset, close to the truth."""

from __future__ import annotations

from zuji.identify.component import Component
from zuji.identify.people import Ownership
from zuji.identify.turn import Turn


def marked(turn: Turn) -> set[tuple[str, int]]:
    """(workspace, person) of all whose row in the event store must be looked at, those who are gone included."""
    found: set[tuple[str, int]] = set()
    homes = turn.memory.homes
    for anchor in turn.before.keys() | turn.advanced:
        home = homes[anchor]
        if isinstance(home, Component):
            people = _people(home.people.ownership(anchor))
            if anchor in turn.before and anchor not in turn.newborn:
                people += _people(turn.before[anchor])
            found.update((home.workspace, person) for person in people)
    for workspace, link, at in turn.told:
        found.add((workspace, link.home.owner(link.anchor, at)))
    for anchor, node in turn.newborn.items():
        if node.type == "user_id" and not isinstance(homes[anchor], Component):
            found.add((turn.workspaces[anchor], anchor))  # identified from the start
    return found


def _people(ownership: Ownership) -> tuple[int, ...]:
    if isinstance(ownership, int):
        return (ownership,)
    return tuple(segment.person for segment in ownership)
