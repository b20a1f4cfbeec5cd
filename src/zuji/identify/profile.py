"""Profiles as people read them: identifiers, links, former ids, traits with where each comes from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from zuji.identify.component import Component
from zuji.identify.evidence import UNBOUND
from zuji.identify.people import BEGINNING, END
from zuji.identify.reading import View, view_of, view_of_profile, views_of
from zuji.identify.statements import statements_in
from zuji.identify.traits import Said, Trait, traits_of
from zuji.store import evidence, identity
from zuji.store.hot import HotStore, HotTransaction
from zuji.store.young_evidence import Times
from zuji.terms.identifier import Identifier
from zuji.terms.message import KeyKind
from zuji.terms.subject import Rule

__all__ = [
    "Held", "LinkBetween", "Profile", "Stretch", "Trait", "anchors_of", "find", "is_known", "owners_at",
    "page_of_profiles", "profile",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stretch:
    """An identifier belonged to a profile from one millisecond until another; None: without end."""

    anchor: int
    identifier: Identifier
    from_ms: int | None
    to_ms: int | None
    person: int


@dataclass(frozen=True, slots=True)
class LinkBetween:
    """What was asserted of two identifiers in the same words, and how often."""

    a: Identifier
    b: Identifier
    rule: Rule
    key: KeyKind
    source: str
    first_at: int
    last_at: int
    times: int


@dataclass(frozen=True, slots=True)
class Held:
    """An identifier that points to a profile now. `last_linked`: when evidence named it last, None without any.

    When it was last seen at all is a question to the event store, by its anchor.
    """

    anchor: int
    identifier: Identifier
    first_seen: int
    last_linked: int | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """One person as known now. `stretches` hold for every identifier that ever was this person's."""

    id: int
    workspace: str
    identified: bool
    former_ids: tuple[int, ...] = ()
    identifiers: tuple[Held, ...] = ()
    links: tuple[LinkBetween, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    traits: dict[str, Trait] = field(default_factory=dict)


def profile(hot: HotStore, workspace: str, who: Identifier | int) -> Profile | None:
    """The person an identifier points to now, or of a profile id, also a former one. None when there is none."""
    with hot.read() as connection:
        if isinstance(who, Identifier):
            view = view_of(connection, workspace, who)
            person = view.person if view is not None else 0
        else:
            view = view_of_profile(connection, workspace, who)
            person = _resolved(view, who) if view is not None else 0
        return _read(hot, connection, view, person) if view is not None and person else None


def is_known(hot: HotStore, workspace: str, named: Identifier) -> bool:
    """Whether anybody ever had this identifier, exactly as it is written."""
    with hot.read() as connection:
        row = identity.node_by_value(connection, workspace, named.type, named.value)
    return row is not None and named.type != UNBOUND


def anchors_of(person: Profile) -> list[tuple[int, int | None, int | None]]:
    """Which events are this person's: (anchor, from this millisecond on, until before that one); None: without end."""
    return [(one.anchor, one.from_ms, one.to_ms) for one in person.stretches]


def find(hot: HotStore, workspace: str, value: str) -> list[Identifier]:
    """Every identifier with this value, of whatever type."""
    with hot.read() as connection:
        kinds = [(number, type_) for (where, type_), number in identity.kinds(connection).items() if where == workspace]
        rows = identity.nodes_by_value(connection, [(number, value) for number, _ in kinds])
        types = dict(kinds)
        found = [Identifier(types[row[1]], row[2]) for row in rows]
        return sorted(one for one in found if one.type != "unbound")


def owners_at(hot: HotStore, workspace: str, events: Sequence[tuple[int, int]]) -> list[int]:
    """The person of each event, given as (anchor, time in milliseconds); 0 for nobody."""
    with hot.read() as connection:
        rows = identity.nodes_by_anchor(connection, {anchor for anchor, _ in events})
        views = {view.node.anchor: view for view in views_of(connection, workspace, rows)}
    return [_owner(views.get(anchor), anchor, at) for anchor, at in events]


def page_of_profiles(hot: HotStore, workspace: str, *, after: int, limit: int) -> tuple[list[Profile], int | None]:
    """The profiles with ids above `after`, without traits and links; and where the next page starts or None."""
    found: list[Profile] = []
    with hot.read() as connection:
        while len(found) < limit:
            rows = identity.nodes_after(connection, workspace, after, limit)
            for view in views_of(connection, workspace, rows):
                after = view.node.anchor
                if _is_alive(view, after):
                    found.append(_brief(view, after))
                if len(found) == limit:
                    return found, after
            if len(rows) < limit:
                break
    return found, None


def _is_alive(view: View, person: int) -> bool:
    """Whether this node's id is that of a profile somebody belongs to now."""
    if view.component is None:
        return view.person == person
    alive = view.component.people.profiles.get(person)
    return alive is not None and bool(alive.members)


def _resolved(view: View, number: int) -> int:
    return view.component.people.resolve(number) if view.component is not None else view.person


def _brief(view: View, person: int) -> Profile:
    if view.component is None:
        return Profile(person, view.workspace, view.node.type == "user_id", identifiers=_held(view, person, {}))
    people = view.component.people
    identified = people.profiles[person].identified is not None
    return Profile(person, view.workspace, identified, tuple(people.former_ids(person)), _held(view, person, {}))


def _read(hot: HotStore, connection: HotTransaction, view: View, person: int) -> Profile:
    brief = _brief(view, person)
    stretches = stretches_of(view, person)
    mine = {one.identifier for one in stretches}
    rows = identity.statements_of(connection, {one.anchor for one in stretches})
    asserted = view.component.assertions if view.component is not None else {}
    times = hot.young_evidence.times_of(connection, [*asserted, *(row[0] for row in rows)])
    evidence_here = _links(view.component, times) if view.component is not None else []
    links = [link for link in evidence_here if link.a in mine and link.b in mine]
    newest: dict[Identifier, int] = {}
    for link in links:
        for one in (link.a, link.b):
            newest[one] = max(newest.get(one, link.last_at), link.last_at)
    return Profile(
        person,
        view.workspace,
        brief.identified,
        brief.former_ids,
        _held(view, person, newest),
        tuple(links),
        stretches,
        traits_of(_said(view, rows, times, person)),
    )


def _held(view: View, person: int, newest: dict[Identifier, int]) -> tuple[Held, ...]:
    held = []
    for node in view.nodes():
        if view.segments(node.anchor)[-1].person == person:
            name = Identifier(node.type, node.value)
            held.append(Held(node.anchor, name, node.first_at, newest.get(name)))
    return tuple(sorted(held, key=lambda one: (one.identifier.type, one.identifier.value)))


def stretches_of(view: View, person: int) -> tuple[Stretch, ...]:
    """When each identifier was this person's."""
    stretches = []
    for node in view.nodes():
        segments = view.segments(node.anchor)
        ends = [segment.from_ms for segment in segments[1:]] + [END]
        for segment, end in zip(segments, ends, strict=True):
            if segment.person == person:
                since = None if segment.from_ms == BEGINNING else segment.from_ms
                until = None if end == END else end
                stretches.append(Stretch(node.anchor, Identifier(node.type, node.value), since, until, person))
    return tuple(stretches)


def links_in(connection: HotTransaction, component: Component) -> list[LinkBetween]:
    """All that was asserted in a component and still counts, the oldest first."""
    return _links(component, evidence.times_of(connection, component.assertions))


def _links(component: Component, times: Times) -> list[LinkBetween]:
    links = []
    for number, assertion in component.assertions.items():
        if assertion.void or number not in times:
            continue
        when = [at for at, _ in times[number]]
        first, last = min(when), max(when)
        k, others = assertion.ends(component.nodes)
        for other in others:
            a, b = (Identifier(component.nodes[one].type, component.nodes[one].value) for one in (k, other))
            links.append(LinkBetween(a, b, assertion.rule, assertion.key, assertion.source, first, last, len(when)))
    return sorted(links, key=lambda link: (link.first_at, link.a, link.b))


def _said(view: View, rows: Iterable[identity.StatementRow], times: Times, person: int) -> list[Said]:
    """Every statement of an event that is this person's."""
    names = {node.anchor: Identifier(node.type, node.value) for node in view.nodes()}
    said = []
    for number, anchor, _, key, source, body in rows:
        statements = statements_in(body)
        for at, event in times.get(number, ()):
            if _owner(view, anchor, at) != person:
                continue
            moment = (at, event, source)
            known = view.known_when(anchor, moment)
            for place, statement in enumerate(statements):
                said.append(Said(statement, key, known, moment, place, names[anchor]))
    return said


def _owner(view: View | None, anchor: int, at: int) -> int:
    if view is None:
        return 0
    if view.component is not None:
        return view.component.owner(anchor, at)
    return view.person
