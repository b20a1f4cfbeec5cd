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

Edge = tuple[int, str, int, int]
"""(time, event id, k, o): one edge of one event."""


class Put(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """How an identifier came onto a profile: by which edge and with what weight. A founder came by none (k = 0)."""

    at: int
    event: str
    k: int = 0
    o: int = 0
    rank: int = -1
    priority: int = -1
    """Of the type of the edge's other end."""
    index: int = 0
    """Of the edge within its event."""

    @property
    def edge(self) -> Edge:
        """The edge's name."""
        return (self.at, self.event, self.k, self.o)

    @property
    def weakness(self) -> tuple[int, int, int, str, int]:
        """Where a limit must choose, the link with the greatest weakness yields."""
        return (self.rank, self.priority, self.at, self.event, self.index)


class Profile(msgspec.Struct, array_like=True):
    """A profile that is alive. `members` point to it now; `past` did once and may come back."""

    id: int
    seen_at: int
    seen_event: str
    founder: tuple[str, str]
    members: dict[int, Put]
    past: dict[int, Put]
    identified: Moment | None = None
    """Since when it counts as identified."""

    @property
    def seniority(self) -> tuple[int, str, tuple[str, str]]:
        """The smaller one keeps its id when two alike become one."""
        return (self.seen_at, self.seen_event, self.founder)


class Absorbed(msgspec.Struct, array_like=True, frozen=True):
    """A profile that became part of another one, and what it was until then."""

    into: int
    at: int
    event: str
    identified: Moment | None


class Segment(NamedTuple):
    """From `from_ms` on, until the next segment, an identifier belongs to this profile."""

    from_ms: int
    person: int


class People(msgspec.Struct, array_like=True):
    """All profiles of a component."""

    profiles: dict[int, Profile] = {}
    points: dict[int, int] = {}
    """Anchor -> the live profile it points to now."""
    homes: dict[int, int] = {}
    """Anchor -> the profile it was first put on, under that profile's own name."""
    moves: dict[int, list[tuple[int, str, int]]] = {}
    """Anchor -> (time, event id, profile) of each later change of its pointer."""
    absorbed: dict[int, Absorbed] = {}
    yielded: set[Edge] = set()
    """Edges that a limit took back."""
    changed_at: int = BEGINNING
    changed_event: str = ""
    """The last event that changed anything: whatever comes after it meets the people as they are now."""

    def changed(self) -> Moment:
        """`changed_at` and `changed_event` as one moment."""
        return (self.changed_at, self.changed_event)

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
        segments = [Segment(BEGINNING, self.survivor(home))]
        for at, _, profile in self.moves.get(anchor, ()):
            person = self.survivor(profile)
            if segments[-1].from_ms == at:
                segments.pop()
            if not segments or segments[-1].person != person:
                segments.append(Segment(at, person))
        return tuple(segments)

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
        for at, event, later in self.moves.get(anchor, ()):
            if (at, event) <= moment:
                profile = later
        while (gone := self.absorbed.get(profile)) is not None and (gone.at, gone.event) <= moment:
            profile = gone.into
        if gone is not None:
            since = gone.identified
        else:
            since = self.profiles[profile].identified if profile in self.profiles else None
        return since is not None and tuple(since) <= moment

    def take_in(self, other: People) -> None:
        """Put the people of another component beside these. The two have nobody in common."""
        self.profiles.update(other.profiles)
        self.points.update(other.points)
        self.homes.update(other.homes)
        self.moves.update(other.moves)
        self.absorbed.update(other.absorbed)
        self.yielded.update(other.yielded)
        if other.changed() > self.changed():
            self.changed_at, self.changed_event = other.changed()

    def former_ids(self, profile: int) -> list[int]:
        """The ids that resolve to this profile, its own left out."""
        names: Iterable[int] = {*self.absorbed, *self.homes.values()}
        return sorted(name for name in names if name != profile and self.resolve(name) == profile)
