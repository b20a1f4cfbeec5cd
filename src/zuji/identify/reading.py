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
    return _view(workspace, identity.node_by_value(connection, workspace, identifier.type, identifier.value))


def view_of_profile(connection: HotTransaction, workspace: str, number: int) -> View | None:
    """A profile by an id that was ever handed out: the view of the node that gave it its id."""
    return _view(workspace, identity.node_by_anchor(connection, workspace, number))


def _view(workspace: str, row: identity.WholeRow | None) -> View | None:
    if row is None:
        return None
    anchor, type_, value, first_at, first_event, first_source, component, block, body = row
    node = Node(anchor, type_, value, first_at, first_event, first_source, block)
    return View(workspace, node, None if body is None else Component.load(component, body, touched=0))


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
