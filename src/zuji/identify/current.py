"""Many people as they are now, read in bulk: what the event store is told about them.

The same as `profile.profile` shows one by one, from the same parts, with one statement per table for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from zuji.identify.evidence import NEVER_SEEN, Moment, Node
from zuji.identify.people import Segment
from zuji.identify.reading import View, views_of
from zuji.identify.statements import statements_in
from zuji.identify.traits import Said, traits_of
from zuji.store import evidence, identity
from zuji.store.hot import HotTransaction
from zuji.terms.identifier import Identifier
from zuji.terms.subject import Statement

_SAME_EVERY_TIME = ("set", "unset", "delete")


@dataclass(frozen=True, slots=True)
class Person:
    """A person now. Without identifiers it is nobody any more: merged away, or never one."""

    id: int
    identified: bool = False
    first_seen_ms: int = 0
    identifiers: tuple[Identifier, ...] = ()
    traits: dict[str, Any] = field(default_factory=dict)

    @property
    def is_plain(self) -> bool:
        """Whether nothing is known but one identifier, or not even that."""
        return len(self.identifiers) < 2 and not self.identified and not self.traits


@dataclass(slots=True)
class _Gathered:
    """What belongs to a person, while it is being collected."""

    view: View
    held: list[Node] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)


def people_now(connection: HotTransaction, workspace: str, numbers: Iterable[int]) -> list[Person]:
    """Each of these people, in the order of their ids. A number that is no person's comes without identifiers."""
    wanted = set(numbers)
    views = _one_per_home(views_of(connection, workspace, identity.nodes_by_anchor(connection, wanted)))
    gathered: dict[int, _Gathered] = {}
    owners: dict[int, _Owned] = {}
    for view in views:
        for node in view.nodes():
            segments = view.segments(node.anchor)
            mine = {segment.person for segment in segments} & wanted
            for person in mine:
                gathered.setdefault(person, _Gathered(view))
            if mine:
                owners[node.anchor] = (view, node, segments)
                if segments[-1].person in mine:
                    gathered[segments[-1].person].held.append(node)
    for person, said in _said(connection, owners):
        if person in gathered:
            gathered[person].said.append(said)
    return [_person(number, gathered.get(number)) for number in sorted(wanted)]


def owners_ever(connection: HotTransaction, workspace: str, anchors: Iterable[int]) -> set[int]:
    """Everybody to whom one of these identifiers belongs or belonged."""
    views = views_of(connection, workspace, identity.nodes_by_anchor(connection, anchors))
    return {segment.person for view in views for segment in view.segments(view.node.anchor)} - {0}


def _one_per_home(views: list[View]) -> list[View]:
    """A component that several of the nodes live in is looked at once."""
    homes = {id(view.component) if view.component is not None else id(view): view for view in views}
    return list(homes.values())


_Owned = tuple[View, Node, tuple[Segment, ...]]
"""Where an identifier lives, and whose it was over time."""


def _said(connection: HotTransaction, owners: dict[int, _Owned]) -> Iterator[tuple[int, Said]]:
    """Every statement of these identifiers that counts, with the person its event belongs to."""
    rows = identity.statements_of(connection, owners)
    times = evidence.times_of(connection, [row[0] for row in rows]) if rows else {}
    for number, anchor, _, key, source, body in rows:
        node = owners[anchor][1]
        statements = statements_in(body)
        said = [(at, event, source) for at, event in times.get(number, ())]
        for person, moment, known in _instances(owners[anchor], statements, said):
            for place, statement in enumerate(statements):
                yield person, Said(statement, key, known, moment, place, Identifier(node.type, node.value))


def _instances(
    owned: _Owned, statements: tuple[Statement, ...], said: list[Moment]
) -> Iterator[tuple[int, Moment, bool]]:
    """(person, moment, known) of each time this was said, as far as it can matter.

    What only sets or removes says the same every time, so of each person's only the strongest instance matters. Pages
    that say who is looking at them with every view would else make each look at a person dearer than the last.
    """
    view, node, segments = owned
    every = not all(one.operation in _SAME_EVERY_TIME for one in statements)
    strongest: dict[int, tuple[Moment, bool]] = {}
    for moment in sorted(said, reverse=True):
        person = next((one.person for one in reversed(segments) if one.from_ms <= moment[0]), 0)
        present = strongest.get(person)
        if present is not None and present[1]:
            continue
        known = view.known_when(node.anchor, moment)
        if every:
            yield person, moment, known
        elif present is None or known:
            strongest[person] = (moment, known)
            if len(segments) == 1 and (known or view.component is None):
                break
    for person, (moment, known) in strongest.items():
        yield person, moment, known


def _person(number: int, found: _Gathered | None) -> Person:
    if found is None or not found.held:
        return Person(number)
    component = found.view.component
    if component is not None:
        identified = component.people.profiles[number].identified is not None
    else:
        identified = found.view.node.type == "user_id"
    seen = [node.first_at for node in found.held if node.first_at < NEVER_SEEN]
    names = sorted((Identifier(node.type, node.value) for node in found.held), key=lambda one: (one.type, one.value))
    traits = {name: trait.value for name, trait in traits_of(found.said).items()}
    return Person(number, identified, min(seen, default=0), tuple(names), traits)
