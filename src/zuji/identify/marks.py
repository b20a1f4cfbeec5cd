"""Whose profile a turn may have changed: identifiers, identified or not, traits. A superset, close to the truth."""

from __future__ import annotations

from zuji.identify.component import Component
from zuji.identify.turn import Turn


def marked(turn: Turn) -> set[tuple[str, int]]:
    """(workspace, person) of all whose row in the event store must be looked at, those who are gone included."""
    found: set[tuple[str, int]] = set()
    homes, before, newborn = turn.memory.homes, turn.before, turn.newborn
    for anchor in before.keys() | turn.advanced:
        home = homes[anchor]
        if isinstance(home, Component):
            ownerships = [home.people.ownership(anchor)]
            if anchor in before and anchor not in newborn:
                ownerships.append(before[anchor])
            for ownership in ownerships:
                if isinstance(ownership, int):
                    found.add((home.workspace, ownership))
                else:
                    found.update([(home.workspace, segment.person) for segment in ownership])
    for workspace, link, at in turn.told:
        found.add((workspace, link.home.owner(link.anchor, at)))
    for anchor, node in turn.newborn.items():
        if node.type == "user_id" and not isinstance(homes[anchor], Component):
            found.add((turn.workspaces[anchor], anchor))  # identified from the start
    return found
