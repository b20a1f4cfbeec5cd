"""Ids that profiles once had, as the people they are now: how a list that was saved long ago follows merges."""

from __future__ import annotations

from collections.abc import Sequence

from zuji.identify.reading import views_of
from zuji.store import identity
from zuji.store.hot import HotStore

IDS_AT_ONCE = 2_000


def people_of_ids(hot: HotStore, workspace: str, numbers: Sequence[int]) -> list[int]:
    """The people these profile ids stand for now, each once, ascending; ids that stand for nobody are left out."""
    found: set[int] = set()
    for start in range(0, len(numbers), IDS_AT_ONCE):
        with hot.read() as connection:
            rows = identity.nodes_by_anchor(connection, numbers[start : start + IDS_AT_ONCE])
            for view in views_of(connection, workspace, rows):
                resolved = view.component.people.resolve(view.node.anchor) if view.component else view.person
                found.add(resolved)
    return sorted(found - {0})
