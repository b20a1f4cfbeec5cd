"""Events that are not recognised at a glance: are they allowed, who is new, what do they assert?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from zuji.identify.component import Component
from zuji.identify.evidence import CLAIMLESS, UNBOUND, Node, strongest_first
from zuji.identify.memory import Key, Link, Shape
from zuji.identify.turn import Turn
from zuji.store import identity
from zuji.terms.identifier import IDENTIFIER_TYPES, Identifier
from zuji.terms.rejection import Rejection
from zuji.terms.source import Source
from zuji.terms.subject import Rule, Statement, Subject

HOUR_MS = 3_600_000
SECRET_TYPES = frozenset(kind.name for kind in IDENTIFIER_TYPES if kind.secret_key_only)

SourceName = tuple[str, str]
"""(workspace, source id): the same id in two workspaces names two sources."""


class Admission:
    """Lets the events of one batch in, one after the other."""

    def __init__(self, turn: Turn, sources: Mapping[SourceName, Source], now_ms: int) -> None:
        self._turn = turn
        self._sources = sources
        self._hour = now_ms // HOUR_MS
        self._new_people: dict[SourceName, int] = {}

    def load(self, subjects: Iterable[Subject]) -> None:
        """Have everybody in memory whom these events name."""
        here = self._turn.memory.nodes
        keys: set[Key] = set()
        for subject in subjects:
            workspace = subject.workspace
            for one in subject.identifiers:
                key = (workspace, one.type, one.value)
                if key not in here:
                    keys.add(key)
        self._turn.memory.load_values(self._turn.connection, keys)

    def admit(self, index: int, subject: Subject, shape: Shape, link: Link | None) -> Link | Rejection | None:
        """The link of this event; why it is rejected; or None when it names nobody usable.

        `link` is what events of this shape have come to before, if there were any of late.
        """
        turn = self._turn
        turn.cause = subject
        if subject.key == "public" and (detail := _forbidden_to_public(subject)):
            return Rejection(index, "needs_secret_key", detail)
        if link is not None and link.plain and self._weigh(subject, link):
            return link
        if link is None and subject.rule == "sighting":
            link = self._mere_sighting(subject, shape)
        if link is None:
            made = self._link(index, subject)
            if not isinstance(made, Link):
                return made
            link = made
            if link.id or (link.anchor and len(subject.identifiers) == 1):
                turn.memory.remember_shape(shape, link)
        home = link.home
        home.touched = turn.memory.turn
        if isinstance(home, Component) and link.id:
            return self._occur(index, subject, shape, link, home)
        self._sight(subject, link)
        return link

    def _mere_sighting(self, subject: Subject, shape: Shape) -> Link | None:
        """The shortcut for one known identifier that is merely seen."""
        if len(subject.known) != 1 or subject.anonymous:
            return None
        node = self._turn.node(subject.workspace, subject.known[0])
        if node is None or not node.usable or node.type in SECRET_TYPES:
            return None
        link = Link(0, self._turn.memory.homes[node.anchor], node.anchor)
        self._turn.memory.remember_shape(shape, link)
        return link

    def _link(self, index: int, subject: Subject) -> Link | Rejection | None:
        known, anonymous = self._usable_here(subject)
        identifiers = known + anonymous
        if not identifiers:
            return None
        turn, workspace = self._turn, subject.workspace
        find = turn.memory.nodes.get
        found = [find((workspace, one.type, one.value)) for one in identifiers]
        if not any(found) and subject.key == "public" and not self._may_bring_somebody(subject):
            limit = self._source(subject).settings.new_people_per_hour
            return Rejection(index, "too_many_new_people", f"more than {limit} new people within this hour")
        if subject.rule == "alias" and (refused := self._alias_of_two(index, subject, found)):
            return refused
        nodes = [node or turn.create(workspace, one) for node, one in zip(found, identifiers, strict=True)]
        known_nodes, anonymous_nodes = nodes[: len(known)], nodes[len(known) :]
        anchor = _anchor_of(nodes)
        if self._asserts_nothing(subject, nodes):
            home = turn.memory.homes[anchor or nodes[0].anchor]
            return Link(0, home, anchor)
        return self._asserted(subject, known_nodes, anonymous_nodes, anchor)

    def _usable_here(self, subject: Subject) -> tuple[list[Identifier], list[Identifier]]:
        """Both sides, strongest first, each identifier once, without those that this key may not assert."""
        both = subject.known + subject.anonymous
        distinct = len(both) == 1 or len(set(both)) == len(both)
        if distinct and (subject.key != "public" or SECRET_TYPES.isdisjoint([one.type for one in both])):
            return strongest_first(list(subject.known)), strongest_first(list(subject.anonymous))
        sides = []
        taken: set[Identifier] = set()
        for side in (subject.known, subject.anonymous):
            kept = []
            for one in side:
                if one in taken or (subject.key == "public" and one.type in SECRET_TYPES):
                    continue
                taken.add(one)
                kept.append(one)
            sides.append(kept)
        return strongest_first(sides[0]), strongest_first(sides[1])

    def _asserts_nothing(self, subject: Subject, nodes: Sequence[Node]) -> bool:
        """Whether being seen is all there is: one identifier and no claim beyond what a user_id claims by itself."""
        if subject.rule == "unbind":
            return False
        if subject.rule == "sighting":
            return True
        claim = subject.identified and subject.rule not in CLAIMLESS
        return len(nodes) == 1 and (not claim or nodes[0].type == "user_id")

    def _asserted(self, subject: Subject, known: list[Node], anonymous: list[Node], anchor: int) -> Link:
        turn = self._turn
        nodes = known + anonymous
        usable = [node.anchor for node in nodes if node.usable]
        component = turn.unite(subject.workspace, usable or [node.anchor for node in nodes])
        for node in nodes if len(usable) < len(nodes) else ():
            if node.anchor not in component.nodes:
                component.nodes[node.anchor] = node
                component.guests.add(node.anchor)
                turn.touch(component)
                turn.writes.left_out.append((node.anchor, component.id))
        words = (
            tuple([node.anchor for node in known]),
            tuple([node.anchor for node in anonymous]),
            self._rule(subject),
            subject.key,
            subject.source,
            subject.identified,
            self._source(subject).settings.public_key_may_merge,
        )
        number = component.by_words.get(words, 0)
        if not number:
            number = turn.memory.next_number("evidence")
            turn.grown[component.id] = component
            component.add(number, words)
            if subject.source not in component.sources:
                component.sources.add(subject.source)
                turn.writes.sources.append((component.workspace, subject.source, component.id))
        link = Link(number, component, anchor)
        link.plain = words[2] != "unbind" and not (words[2] == "alias" and subject.key == "public")
        return link

    def _weigh(self, subject: Subject, link: Link) -> bool:
        """Take a plain event of a known shape whose home has changed since; False when it needs the whole way in."""
        turn, component = self._turn, link.home
        if not isinstance(component, Component) or subject.at <= component.changed_at:
            return False
        if turn.crowded(component, component.assertions[link.id]):
            return False
        component.touched = turn.memory.turn
        if turn.occur(component, link.id, subject.at, subject.event_id):
            link.version = component.version
        return True

    def _source(self, subject: Subject) -> Source:
        return self._sources[subject.workspace, subject.source]

    def _rule(self, subject: Subject) -> Rule:
        if subject.rule != "force_merge" or subject.key == "operator":
            return subject.rule
        return "force_merge" if self._source(subject).settings.secret_key_may_force_merge else "alias"

    def _occur(
        self, index: int, subject: Subject, shape: Shape, link: Link, component: Component
    ) -> Link | Rejection | None:
        turn, at, event = self._turn, subject.at, subject.event_id
        moment = (at, event, subject.source)
        assertion = component.assertions[link.id]
        if assertion.rule == "alias" and assertion.key == "public":
            refused = self._alias_of_two(index, subject, [component.nodes[anchor] for anchor in assertion.anchors])
            if refused:
                return refused
        crowded = turn.crowded(component, assertion)
        if crowded and turn.block_hubs(component, crowded, assertion, at):
            return self.admit(index, subject, shape, None)
        for anchor in component.plans[link.id].seen:
            node = component.nodes[anchor]
            if at <= node.first_at:
                turn.see(node, moment)
        if assertion.rule == "unbind":
            for anchor in assertion.anonymous:
                self._name_unbound(component, anchor, event)
        if turn.occur(component, link.id, at, event) and not crowded:
            link.version = component.version
        return link

    def _sight(self, subject: Subject, link: Link) -> None:
        """Being seen is all this event says."""
        turn, workspace, at = self._turn, subject.workspace, subject.at
        for one in subject.identifiers:
            node = turn.node(workspace, one)
            if node is not None and at <= node.first_at:
                turn.see(node, (at, subject.event_id, subject.source))
                if node.anchor not in turn.newborn:
                    turn.told.append((workspace, link, at))
        link.version = link.home.version

    def _name_unbound(self, component: Component, anchor: int, event: str) -> None:
        """An identifier that leaves founds a profile whose name is a node of its own."""
        if (anchor, event) in component.unbound:
            return
        turn, node = self._turn, component.nodes[anchor]
        turn.touch(component)
        identifier = Identifier(UNBOUND, f"{node.type}:{node.value}@{event}")
        made = turn.node(component.workspace, identifier) or turn.create(component.workspace, identifier)
        component.unbound[anchor, event] = made.anchor
        component.take_lone(made)
        turn.memory.homes[made.anchor] = component

    # What public keys may not do

    def _may_bring_somebody(self, subject: Subject) -> bool:
        """Count one more new person of this source in this hour, if its limit allows."""
        where = (subject.workspace, subject.source)
        count = self._new_people.get(where)
        if count is None:
            count = identity.new_people(self._turn.connection, *where, self._hour)
        if count >= self._source(subject).settings.new_people_per_hour:
            self._new_people[where] = count
            return False
        self._new_people[where] = count + 1
        return True

    def counted(self) -> list[tuple[str, str, int, int]]:
        """(workspace, source, hour, new people) to be remembered."""
        return [(*where, self._hour, count) for where, count in self._new_people.items()]

    def _alias_of_two(self, index: int, subject: Subject, nodes: Sequence[Node | None]) -> Rejection | None:
        """A public key may not say that two identified profiles are one, as far as is known when it says so."""
        if subject.rule != "alias" or subject.key != "public":
            return None
        turn = self._turn
        homes = [turn.memory.homes[node.anchor] for node in nodes if node is not None and node.usable]
        turn.settle()
        profiles: set[int] = set()
        for node, home in zip([node for node in nodes if node is not None and node.usable], homes, strict=True):
            if isinstance(home, Component):
                profile = home.people.profiles.get(home.people.owner_now(node.anchor))
                if profile is not None and profile.identified is not None:
                    profiles.add(profile.id)
            elif node.type == "user_id":
                profiles.add(node.anchor)
        if len(profiles) < 2:
            return None
        return Rejection(index, "needs_secret_key", "an alias between two identified profiles")


def _forbidden_to_public(subject: Subject) -> str:
    """What only a secret key may do, or nothing."""
    if subject.rule == "unbind":
        return "an unbind"
    if subject.rule == "force_merge":
        return "a forced merge"
    if subject.statements and forgets(subject.statements):
        return "deleting a profile"
    return ""


def forgets(statements: Iterable[Statement]) -> bool:
    """Whether one of these takes back everything ever stated."""
    return any(statement.operation == "delete" for statement in statements)


def _anchor_of(nodes: Sequence[Node]) -> int:
    """The usable identifier that leads: the strongest of the known side, else of the anonymous one. 0 for nobody."""
    for node in nodes:
        if node.usable:
            return node.anchor
    return 0
