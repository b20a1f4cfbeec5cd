"""People as a value: the profiles of one component, who points to whom now and who did before.

It is what the fold makes of evidence (`fold.py`), what is stored with a component, and what readers ask. Profiles are
named by their founder's anchor. Nothing here decides; `fold.py` alone changes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from zuji.identify.evidence import Moment

BEGINNING = -(1 << 53)
END = 1 << 53
"""Open ends of a stretch in milliseconds: before and after everything."""

Edge = tuple[int, str, str, int, int]
"""(time, event id, source, k, o): one edge of one event."""


class Put(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """How an identifier came onto a profile: by which edge and with what weight. A founder came by none (k = 0)."""

    at: int
    event: str
    source: str
    k: int = 0
    o: int = 0
    rank: int = -1
    priority: int = -1
    """Of the type of the edge's o."""
    index: int = 0
    """Of the edge within its event."""

    @property
    def edge(self) -> Edge:
        """The edge's name."""
        return (self.at, self.event, self.source, self.k, self.o)

    @property
    def weakness(self) -> tuple[int, int, int, str, str, int]:
        """Where a limit must choose, the link with the greatest weakness yields."""
        return (self.rank, self.priority, self.at, self.event, self.source, self.index)


class Profile(msgspec.Struct, array_like=True, gc=False):
    """A profile that is alive, and how each identifier that points to it now came there."""

    id: int
    founded: Moment
    founder: tuple[str, str]
    members: dict[int, Put]
    identified: Moment | None = None
    """Since when it counts as identified."""

    @property
    def seniority(self) -> tuple[Moment, tuple[str, str]]:
        """The smaller one keeps its id when two alike become one."""
        return (self.founded, self.founder)


class Absorbed(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A profile that became part of another one, and what it was until then."""

    into: int
    when: Moment
    identified: Moment | None


class Segment(NamedTuple):
    """From `from_ms` on, until the next segment, an identifier belongs to this profile."""

    from_ms: int
    person: int


Ownership = int | tuple[Segment, ...]
"""Whose an identifier is: one person who always had it, or a segment for each."""


def person_now(ownership: Ownership) -> int:
    """Whose it is at present."""
    return ownership if isinstance(ownership, int) else ownership[-1].person


class People(msgspec.Struct, array_like=True, gc=False):
    """All profiles of a component."""

    profiles: dict[int, Profile] = {}
    points: dict[int, int] = {}
    """Anchor -> the live profile it points to now."""
    homes: dict[int, int] = {}
    """Anchor -> the profile it was first put on, under that profile's own name."""
    moves: dict[int, list[tuple[Moment, int]]] = {}
    """Anchor -> (when, to which profile) of each later change of its pointer."""
    absorbed: dict[int, Absorbed] = {}
    yielded: set[Edge] = set()
    """Edges that a limit took back."""
    changed: Moment = (BEGINNING, "", "")
    """The last event that changed anything: whatever comes after it meets the people as they are now."""

    def survivor(self, profile: int) -> int:
        """The live profile that this one has become."""
        while (gone := self.absorbed.get(profile)) is not None:
            profile = gone.into
        return profile

    def resolve(self, profile: int) -> int:
        """The live profile of an id that was ever handed out; 0 when it stands for nobody any more."""
        if profile in self.profiles or profile in self.absorbed:
            return self.survivor(profile)
        # Late evidence may show that a profile never was: then its founder's first home stands for it.
        return self.survivor(self.homes[profile]) if profile in self.homes else 0

    def segments(self, anchor: int) -> tuple[Segment, ...]:
        """Whose an identifier was over time; one segment for nearly all of them, person 0 for nobody."""
        home = self.homes.get(anchor)
        if home is None:
            return (Segment(BEGINNING, 0),)
        if anchor not in self.moves:
            return (Segment(BEGINNING, self.points[anchor]),)
        segments = [Segment(BEGINNING, self.survivor(home))]
        for (at, _, _), profile in self.moves.get(anchor, ()):
            person = self.survivor(profile)
            if segments[-1].from_ms == at:
                segments.pop()
            if not segments or segments[-1].person != person:
                segments.append(Segment(at, person))
        return tuple(segments)

    def ownership(self, anchor: int) -> Ownership:
        """Whose an identifier was over time, in the shortest form."""
        if anchor not in self.moves:
            return self.points.get(anchor, 0)
        segments = self.segments(anchor)
        return segments if len(segments) > 1 else segments[0].person

    def owner(self, anchor: int, at: int) -> int:
        """Whose an identifier was at a time."""
        person = 0
        for segment in self.segments(anchor):
            if segment.from_ms > at:
                break
            person = segment.person
        return person

    def owner_now(self, anchor: int) -> int:
        """Whose an identifier is."""
        return self.points.get(anchor, 0)

    def identified_when(self, anchor: int, moment: Moment) -> bool:
        """Whether the profile that held this identifier at that moment was identified by then."""
        profile = self.homes.get(anchor, 0)
        for when, later in self.moves.get(anchor, ()):
            if when <= moment:
                profile = later
        while (gone := self.absorbed.get(profile)) is not None and gone.when <= moment:
            profile = gone.into
        if gone is not None:
            since = gone.identified
        else:
            since = self.profiles[profile].identified if profile in self.profiles else None
        return since is not None and since <= moment

    def take_in(self, other: People) -> None:
        """Put the people of another component beside these. The two have nobody in common."""
        self.profiles.update(other.profiles)
        self.points.update(other.points)
        self.homes.update(other.homes)
        self.moves.update(other.moves)
        self.absorbed.update(other.absorbed)
        self.yielded.update(other.yielded)
        self.changed = max(self.changed, other.changed)

    def former_ids(self, profile: int) -> list[int]:
        """The ids that resolve to this profile, its own left out."""
        names: Iterable[int] = {*self.absorbed, *self.homes.values()}
        return sorted(name for name in names if name != profile and self.resolve(name) == profile)
