"""Who is who, computed slowly and plainly from `docs/identity.md` and nothing else: what the engine is checked against.

Everything is folded from nothing each time it is asked. One workspace. Profiles go by the identifier that founded them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reference_traits import RANK, Moment, moment_of, traits_of

from zuji.terms.identifier import Identifier, type_of
from zuji.terms.message import KeyKind
from zuji.terms.subject import Rule, Subject

DAY_MS = 24 * 3600 * 1000
LIMIT_WINDOW_MS = 90 * DAY_MS
BLOCK_WINDOW_MS = 30 * DAY_MS
BLOCKED_BEYOND = 50
Pair = frozenset[Identifier]
Slices = tuple[tuple[int | None, Identifier], ...]
"""Whose an identifier was: from a millisecond on (the first: from ever) the founder of the owner."""


@dataclass(frozen=True)
class Decisions:
    """What operators and settings say beside the evidence."""

    forbidden: frozenset[Pair] = frozenset()
    blocked: frozenset[Identifier] = frozenset()
    unblocked: frozenset[Identifier] = frozenset()
    sources_whose_public_key_may_merge: frozenset[str] = frozenset()
    sources_whose_secret_key_may_force: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Edge:
    """Evidence of one event that `k` and `o` are one person; `place` among the edges of that event."""

    moment: Moment
    place: int
    k: Identifier
    o: Identifier
    rule: Rule
    key: KeyKind


@dataclass(frozen=True)
class Person:
    """A profile in the end: who points to it now, and what is stated about it."""

    founder: Identifier
    identified: bool
    members: frozenset[Identifier]
    traits: Mapping[str, Any]


@dataclass(frozen=True)
class People:
    """Everything that follows from the evidence.

    `slices`: per identifier the owner's founder from a millisecond on; the first from ever (None). An identifier that
    is blocked is not in it. `owners` are parallel to the subjects as they were given; None is nobody.
    """

    persons: Mapping[Identifier, Person]
    slices: Mapping[Identifier, Slices]
    first_seen: Mapping[Identifier, int]
    refused: Mapping[Edge, str]
    owners: tuple[Identifier | None, ...]
    blocked: frozenset[Identifier]


def people_of(subjects: Sequence[Subject], decisions: Decisions = Decisions()) -> People:
    """The people, in whatever order the subjects arrived."""
    blocked = (automatic_blocks(subjects, decisions) - decisions.unblocked) | decisions.blocked
    events = sorted((Event.read(subject, blocked, decisions) for subject in subjects), key=lambda event: event.moment)
    yielded: set[Edge] = set()
    while True:
        fold = Fold(decisions, frozenset(yielded))
        try:
            for event in events:
                fold.take(event)
        except MustYield as found:
            yielded.add(found.edge)
        else:
            return fold.people(subjects, events, blocked)


# --- reading one event ------------------------------------------------------------------------------------------------


def strongest_first(identifiers: Iterable[Identifier]) -> list[Identifier]:
    return sorted(set(identifiers), key=lambda one: (type_of(one.type).priority, one.type, one.value))


def sides(subject: Subject, blocked: Collection[Identifier]) -> tuple[list[Identifier], list[Identifier]]:
    """The usable identifiers of the known and of the anonymous side."""
    known = strongest_first(one for one in subject.known if one not in blocked)
    anonymous = strongest_first(one for one in subject.anonymous if one not in blocked and one not in subject.known)
    return known, anonymous


@dataclass(frozen=True)
class Event:
    """A subject without what is blocked, with its edges."""

    subject: Subject
    moment: Moment
    rule: Rule
    known: list[Identifier]
    anonymous: list[Identifier]
    edges: list[Edge]

    @classmethod
    def read(cls, subject: Subject, blocked: Collection[Identifier], decisions: Decisions) -> Event:
        known, anonymous = sides(subject, blocked)
        moment, rule = moment_of(subject), subject.rule
        may_force = subject.key == "operator" or subject.source in decisions.sources_whose_secret_key_may_force
        if rule == "force_merge" and not may_force:
            rule = "alias"
        edges = []
        if rule not in ("sighting", "unbind"):
            named = [*known, *anonymous]
            edges = [Edge(moment, place, named[0], o, rule, subject.key) for place, o in enumerate(named[1:])]
        return cls(subject, moment, rule, known, anonymous, edges)

    @property
    def k(self) -> Identifier | None:
        return next(iter([*self.known, *self.anonymous]), None)

    @property
    def anchor(self) -> Identifier | None:
        """Whoever leads: an event belongs to the identifier that its edges go out from."""
        return self.k

    @property
    def claims(self) -> bool:
        """Whether the event makes the profile of `k` an identified one."""
        by_rule = self.rule not in ("sighting", "together", "unbind")
        return by_rule and self.subject.identified and bool(self.known)


def automatic_blocks(subjects: Sequence[Subject], decisions: Decisions) -> frozenset[Identifier]:
    """Values that are the other end of edges from more than 50 distinct `k` within some 30 days."""
    sightings: dict[Identifier, list[tuple[int, Identifier]]] = {}
    for subject in subjects:
        for edge in Event.read(subject, decisions.blocked, decisions).edges:
            sightings.setdefault(edge.o, []).append((subject.at, edge.k))
    return frozenset(
        value
        for value, seen in sightings.items()
        if any(len({k for at, k in seen if t - BLOCK_WINDOW_MS < at <= t}) > BLOCKED_BEYOND for t, _ in seen)
    )


def by_strength(identifiers: Iterable[Identifier]) -> list[str]:
    """The types among identifiers, strongest first."""
    return sorted({one.type for one in identifiers}, key=lambda name: (type_of(name).priority, name))


# --- the fold ---------------------------------------------------------------------------------------------------------


class MustYield(Exception):
    """A link made earlier gives way; everything is folded again without it."""

    def __init__(self, edge: Edge) -> None:
        self.edge = edge


@dataclass
class Profile:
    founder: Identifier
    founded: Moment
    identified: bool = False
    absorbed_by: Profile | None = None

    def now(self) -> Profile:
        return self if self.absorbed_by is None else self.absorbed_by.now()


@dataclass
class Node:
    """Where an identifier points, since when, by which edge; and where it pointed before."""

    profile: Profile
    linked_at: int
    placed_by: Edge | None
    stretches: list[tuple[Moment, Profile]]


@dataclass
class Fold:
    """The state while events are taken in order."""

    decisions: Decisions
    yielded: frozenset[Edge]
    nodes: dict[Identifier, Node] = field(default_factory=dict)
    profiles: list[Profile] = field(default_factory=list)
    refused: dict[Edge, str] = field(default_factory=dict)
    was_identified: dict[Moment, bool] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        """One event: its edges in order, then whoever is left founds a profile; an unbind lets go."""
        for edge in event.edges:
            self.claim(event)
            self.take_edge(edge, event)
        for one in [*event.known, *event.anonymous]:
            if one not in self.nodes:
                self.found(one, event.moment)
        self.claim(event)
        if event.rule == "unbind":
            for one in event.anonymous:
                self.unbind(one, event.moment)
        if event.anchor is not None:
            self.was_identified[event.moment] = self.profile(event.anchor).identified

    def claim(self, event: Event) -> None:
        if event.claims and event.k in self.nodes:
            self.profile(event.k).identified = True

    def take_edge(self, edge: Edge, event: Event) -> None:
        """The cases of section 2, in their order."""
        k, o = edge.k, edge.o
        if edge in self.yielded:
            self.refuse(edge, "over_limit")
        elif k not in self.nodes and o not in self.nodes:
            self.join_two_new(edge)
        elif k not in self.nodes:
            if self.is_second_of_one(k, self.profile(o)) and type_of(o.type).device:
                self.found(k, edge.moment)
                self.shared_device(edge)
            else:
                self.join(edge, newcomer=k, host=self.profile(o))
        elif o not in self.nodes:
            self.join(edge, newcomer=o, host=self.profile(k))
        elif self.profile(k) is not self.profile(o):
            self.meet(edge, event)

    def join_two_new(self, edge: Edge) -> None:
        k, o = edge.k, edge.o
        if self.forbids([k], [o]):
            self.refuse(edge, "split_forbids")
            return
        limit = type_of(o.type).limit
        if k.type == o.type and limit is not None and limit < 2:
            self.refuse(edge, "over_limit")  # a founder never yields
            return
        host = self.found(k, edge.moment)
        self.put(o, host, edge.moment, edge)

    def join(self, edge: Edge, *, newcomer: Identifier, host: Profile) -> None:
        members = self.members(host)
        if self.forbids([newcomer], members):
            self.refuse(edge, "split_forbids")
            return
        counted = self.counted(newcomer.type, members, edge.moment[0])
        limit = type_of(newcomer.type).limit
        if limit is not None and len(counted) + 1 > limit:
            self.let_one_yield(edge, counted)
        else:
            self.put(newcomer, host, edge.moment, edge)

    def meet(self, edge: Edge, event: Event) -> None:
        """Two profiles that both exist already."""
        ours, theirs = self.profile(edge.k), self.profile(edge.o)
        kinds = type_of(edge.k.type), type_of(edge.o.type)
        trusted = edge.key != "public" or event.subject.source in self.decisions.sources_whose_public_key_may_merge
        if not trusted and not all(kind.merges_from_public_key for kind in kinds):
            self.refuse(edge, "public_key_never_merges")
        elif edge.rule == "force_merge" or not (ours.identified and theirs.identified):
            self.merge(edge, ours, theirs)
        elif kinds[1].device and edge.rule != "alias":
            self.shared_device(edge)
        else:
            self.refuse(edge, "both_identified")

    def merge(self, edge: Edge, ours: Profile, theirs: Profile) -> None:
        here, there = self.members(ours), self.members(theirs)
        if self.forbids(here, there):
            self.refuse(edge, "split_forbids")
            return
        for name in by_strength(here + there) if edge.key != "operator" else []:
            counted = self.counted(name, here + there, edge.moment[0])
            limit = type_of(name).limit
            if limit is not None and len(counted) > limit:
                self.let_one_yield(edge, counted)
                return
        survivor, other = sorted([ours, theirs], key=lambda one: (not one.identified, one.founded, one.founder))
        other.absorbed_by = survivor

    def shared_device(self, edge: Edge) -> None:
        target = self.profile(edge.k)
        if self.forbids([edge.o], self.members(target)):
            self.refuse(edge, "split_forbids")
        else:
            self.put(edge.o, target, edge.moment, edge)

    def unbind(self, one: Identifier, moment: Moment) -> None:
        if self.members(self.profile(one)) == [one]:
            return
        profile = Profile(Identifier("unbound", f"{one}@{moment[1]}"), moment)
        self.profiles.append(profile)
        self.put(one, profile, moment, None)

    # --- limits

    def is_second_of_one(self, newcomer: Identifier, host: Profile) -> bool:
        has_one = any(one.type == newcomer.type for one in self.members(host))
        return type_of(newcomer.type).limit == 1 and has_one

    def counted(self, name: str, members: Sequence[Identifier], at: int) -> list[Identifier]:
        """The members of a type that count against its limit at a time."""
        of_type = [one for one in members if one.type == name]
        if type_of(name).limit == 1:
            return of_type
        return [one for one in of_type if at - LIMIT_WINDOW_MS < self.nodes[one].linked_at <= at]

    def let_one_yield(self, edge: Edge, counted: Sequence[Identifier]) -> None:
        placed = [by for one in counted if (by := self.nodes[one].placed_by) is not None]
        last = max([edge, *placed], key=lambda by: (RANK[by.key], type_of(by.o.type).priority, by.moment, by.place))
        if last != edge:
            raise MustYield(last)
        self.refuse(edge, "over_limit")

    # --- the small acts

    def refuse(self, edge: Edge, reason: str) -> None:
        self.refused[edge] = reason
        for one in (edge.k, edge.o):
            if one not in self.nodes:
                self.found(one, edge.moment)

    def found(self, one: Identifier, moment: Moment) -> Profile:
        profile = Profile(one, moment)
        self.profiles.append(profile)
        self.put(one, profile, moment, None)
        return profile

    def put(self, one: Identifier, profile: Profile, moment: Moment, edge: Edge | None) -> None:
        stretches = self.nodes[one].stretches if one in self.nodes else []
        self.nodes[one] = Node(profile, moment[0], edge, [*stretches, (moment, profile)])
        if one.type == "user_id":
            profile.identified = True

    def profile(self, one: Identifier) -> Profile:
        return self.nodes[one].profile.now()

    def members(self, profile: Profile) -> list[Identifier]:
        return [one for one, node in self.nodes.items() if node.profile.now() is profile]

    def forbids(self, some: Sequence[Identifier], others: Sequence[Identifier]) -> bool:
        return any(frozenset((one, other)) in self.decisions.forbidden for one in some for other in others)

    # --- the answer

    def people(self, subjects: Sequence[Subject], events: Sequence[Event], blocked: frozenset[Identifier]) -> People:
        slices = {one: slices_of(node.stretches) for one, node in self.nodes.items()}
        first_seen = {one: node.stretches[0][0][0] for one, node in self.nodes.items()}
        anchors = {event.moment: event.anchor for event in events}
        owners = {moment: owner_at(slices[one], moment[0]) if one else None for moment, one in anchors.items()}
        persons = {}
        for profile in self.profiles:
            if profile.absorbed_by is None:
                said = [event for event in events if owners[event.moment] == profile.founder]
                traits = traits_of([(event.subject, self.was_identified[event.moment]) for event in said])
                members = frozenset(self.members(profile))
                persons[profile.founder] = Person(profile.founder, profile.identified, members, traits)
        by_subject = tuple(owners[moment_of(one)] for one in subjects)
        return People(persons, slices, first_seen, self.refused, by_subject, blocked)


def slices_of(stretches: Sequence[tuple[Moment, Profile]]) -> Slices:
    """Whole milliseconds; the last change within one holds for all of it."""
    return slices_by_name([(moment[0], profile.now().founder) for moment, profile in stretches])


def slices_by_name(changes: Sequence[tuple[int, Identifier]]) -> Slices:
    """From the changes in their order: equal neighbours are one, and the first has always been."""
    by_ms = dict(changes)
    slices: list[tuple[int | None, Identifier]] = []
    for at, founder in sorted(by_ms.items()):
        if not slices:
            slices.append((None, founder))
        elif slices[-1][1] != founder:
            slices.append((at, founder))
    return tuple(slices)


def owner_at(slices: Slices, at: int) -> Identifier:
    return [founder for since, founder in slices if since is None or since <= at][-1]
