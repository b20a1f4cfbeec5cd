"""Segments as they are now, many at once: their members as bits in memory, brought up to date by the log of changes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from zuji.store import segment_members, tag_values
from zuji.store.hot import HotStore, HotTransaction
from zuji.tag.overlap import Overlap, Part, People, PeopleSet, in_exactly, overlap, parts

REMEMBERED = 64
"""Segments: a megabyte each where ids reach into the millions."""
ENOUGH = 100_000
"""Changes from which on reading a segment anew costs less than following them."""


@dataclass(slots=True)
class _Held:
    """A segment's members as of a change."""

    members: PeopleSet
    number: int


class LiveSegments:
    """Any thread may ask."""

    def __init__(self, hot: HotStore) -> None:
        self._hot = hot
        self._lock = threading.Lock()
        self._held: OrderedDict[tuple[str, str], _Held] = OrderedDict()

    def overlap(self, workspace: str, keys: Sequence[str]) -> Overlap:
        """What these segments have in common, all as of one moment."""
        with self._lock:
            return overlap(self._now(workspace, keys))

    def parts(self, workspace: str, keys: Sequence[str]) -> tuple[Part, ...]:
        """Their members divided by which of these segments they are in."""
        with self._lock:
            return parts(self._now(workspace, keys))

    def in_exactly(self, workspace: str, keys: Sequence[str], places: Sequence[int]) -> People:
        """Who is in these of the segments, given by their places, and in none of the others."""
        with self._lock:
            return in_exactly(self._now(workspace, keys), places)

    def count(self, workspace: str, key: str) -> int:
        """How many are in it."""
        with self._hot.read() as connection:
            return segment_members.count(connection, workspace, key)

    def page(self, workspace: str, key: str, *, after: int = 0, limit: int = 100) -> list[int]:
        """The next members behind this person, ascending."""
        with self._hot.read() as connection:
            return segment_members.page(connection, workspace, key, after=after, limit=limit)

    def _now(self, workspace: str, keys: Sequence[str]) -> list[PeopleSet]:
        with self._hot.read() as connection:
            newest = tag_values.newest_change(connection)
            known = {key: held for key in keys if (held := self._held.get((workspace, key))) is not None}
            self._follow(connection, workspace, known, newest)
            found = []
            for key in keys:
                held = known.get(key)
                if held is None or held.number < newest:
                    held = _Held(PeopleSet(segment_members.everybody(connection, workspace, key)), newest)
                self._held[workspace, key] = held
                self._held.move_to_end((workspace, key))
                found.append(held.members)
        while len(self._held) > max(REMEMBERED, len(keys)):
            self._held.popitem(last=False)
        return found

    def _follow(self, connection: HotTransaction, workspace: str, known: dict[str, _Held], newest: int) -> None:
        """Bring these up to date by what changed; those too far behind stay behind and are read anew."""
        near = {key: held for key, held in known.items() if newest - held.number <= ENOUGH}
        oldest = min((held.number for held in near.values()), default=newest)
        if oldest == newest:
            return
        moves = segment_members.moves_after(connection, workspace, oldest)
        # From the oldest on some moves are made a second time; in order, they end where they should.
        for key, of_one in groupby(sorted(moves, key=attrgetter("key")), key=attrgetter("key")):
            if key in near:
                last = {move.person: move.came for move in of_one}
                near[key].members.add(person for person, came in last.items() if came)
                near[key].members.remove(person for person, came in last.items() if not came)
        for held in near.values():
            held.number = newest
