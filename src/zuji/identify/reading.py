"""How readers see identity: one component as it is committed, without the engine's memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from zuji.identify.component import Component
from zuji.identify.evidence import Moment, Node
from zuji.identify.fold import Occurrence
from zuji.identify.people import BEGINNING, Segment
from zuji.store import evidence, identity
from zuji.store.hot import HotTransaction
from zuji.terms.identifier import Identifier


@dataclass(frozen=True)
class View:
    """An identifier with its component, if it has one; a lone identifier is its own profile."""

    workspace: str
    node: Node
    component: Component | None

    @property
    def person(self) -> int:
        """The profile it belongs to now, 0 for nobody."""
        if self.component is not None:
            return self.component.people.owner_now(self.node.anchor)
        return self.node.anchor if self.node.usable else 0

    def segments(self, anchor: int) -> tuple[Segment, ...]:
        """Whose an identifier was over time."""
        if self.component is not None:
            return self.component.people.segments(anchor)
        return (Segment(BEGINNING, self.person),)

    def nodes(self) -> list[Node]:
        """Every identifier that lives here and may have events."""
        if self.component is None:
            return [self.node]
        return [self.component.nodes[anchor] for anchor in self.component.owned()]

    def known_when(self, anchor: int, moment: Moment) -> bool:
        """Whether the profile that held it at a moment was identified by then."""
        if self.component is not None:
            return self.component.people.identified_when(anchor, moment)
        return self.node.type == "user_id"


def view_of(connection: HotTransaction, workspace: str, identifier: Identifier) -> View | None:
    """An identifier as everybody sees it now; None when nobody ever had it."""
    kind = identity.kinds(connection).get((workspace, identifier.type))
    rows = identity.nodes_by_value(connection, [(kind, identifier.value)]) if kind is not None else []
    return views_of(connection, workspace, rows)[0] if rows else None


def view_of_profile(connection: HotTransaction, workspace: str, number: int) -> View | None:
    """A profile by an id that was ever handed out: the view of the node that gave it its id."""
    rows = identity.nodes_by_anchor(connection, (number,))
    found = views_of(connection, workspace, rows)
    return found[0] if found else None


def views_of(connection: HotTransaction, workspace: str, rows: Iterable[identity.NodeRow]) -> list[View]:
    """These nodes with their components, in the same order; those of other workspaces are left out."""
    names = {number: key for key, number in identity.kinds(connection).items()}
    ours = [row for row in rows if names[row[1]][0] == workspace]
    wanted = {row[6] for row in ours if row[6]}
    bodies = identity.components(connection, wanted) if wanted else []
    parts = {number: Component.load(number, body, touched=0) for number, body in bodies}
    return [
        View(workspace, Node(row[0], names[row[1]][1], row[2], row[3], row[4], row[5], row[7]), parts.get(row[6]))
        for row in ours
    ]


def occurrences_in(connection: HotTransaction, component: Component) -> list[Occurrence]:
    """When each assertion of a component was made, as far as it counts."""
    times = evidence.times_of(connection, component.assertions)
    return [
        (at, event, assertion.source, number)
        for number, assertion in component.assertions.items()
        if not assertion.void
        for at, event in times.get(number, ())
    ]
