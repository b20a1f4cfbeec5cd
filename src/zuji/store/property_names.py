"""Which property names each source has sent, per kind of event; a table of the hot state, held in memory whole.

New names are noted while a batch is cleaned and written with it. What was written counts as safe only when the next
batch is written, so a batch that was rolled back loses none: its names are written again, and twice does no harm.
"""

from __future__ import annotations

import sqlite3
from collections import Counter

from zuji.store.hot import HotStore

Kind = tuple[str, str, str]
"""Workspace, source, kind of event."""
Shape = tuple[str, ...]
"""A kind, then the property names of one event in their order."""

MOST_SHAPES = 100_000  # about 20 MB; then remembered afresh


class PropertyNames:
    """The names known so far, and how many were new on each day."""

    def __init__(self, hot: HotStore) -> None:
        self._names: dict[Kind, set[str]] = {}
        self._per_day: Counter[tuple[str, str, int]] = Counter()
        self._shapes: set[Shape] = set()
        self._new: list[tuple[str, str, str, str, int]] = []
        self._written: list[tuple[str, str, str, str, int]] = []
        with hot.read() as connection:
            rows = connection.execute("SELECT workspace, source, event, name, day FROM property_name")
            for workspace, source, event, name, day in rows:
                self._names.setdefault((workspace, source, event), set()).add(name)
                self._per_day[workspace, source, day] += 1

    def knows_all(self, shape: Shape) -> bool:
        """Whether an event looks exactly like one before: one look-up instead of one per name."""
        if shape in self._shapes:
            return True
        if self.new_ones(shape):
            return False
        if len(self._shapes) >= MOST_SHAPES:
            self._shapes.clear()
        self._shapes.add(shape)
        return True

    def new_ones(self, shape: Shape) -> list[str]:
        """The names that are new for this kind of event."""
        known = self._names.get((shape[0], shape[1], shape[2]), set[str]())
        return [name for name in shape[3:] if name not in known]

    def brought_on(self, workspace: str, source: str, day: int) -> int:
        """How many names of a source were new on a day."""
        return self._per_day[workspace, source, day]

    def note(self, shape: Shape, new: list[str], day: int) -> None:
        """From now on these names are known."""
        workspace, source, event = shape[:3]
        self._names.setdefault((workspace, source, event), set()).update(new)
        self._per_day[workspace, source, day] += len(new)
        self._new.extend((workspace, source, event, name, day) for name in new)

    def save(self, connection: sqlite3.Connection) -> None:
        """Write the new names in the batch's transaction."""
        rows = self._written + self._new
        if rows:
            connection.executemany("INSERT OR IGNORE INTO property_name VALUES (?, ?, ?, ?, ?)", rows)
        self._written, self._new = self._new, []
