"""Why two identifiers belong to one person, or which rule keeps them apart."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from zuji.identify.component import Component
from zuji.identify.evidence import Assertion
from zuji.identify.fold import Folding, Refusal, fold
from zuji.identify.people import Edge
from zuji.identify.reading import View, occurrences_in, view_of
from zuji.store.hot import HotStore, HotTransaction
from zuji.terms.error import NotFound
from zuji.terms.identifier import Identifier
from zuji.terms.message import KeyKind
from zuji.terms.subject import Rule


@dataclass(frozen=True, slots=True)
class Step:
    """One edge: an event that said that `a` and `b` are one person; and the rule that refused it, if one did."""

    a: Identifier
    b: Identifier
    rule: Rule
    key: KeyKind
    source: str
    at: int
    event_id: str
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The shortest chain of evidence between two identifiers of one person; for two people, what was refused."""

    same_profile: bool
    path: tuple[Step, ...] = ()
    refused: tuple[Step, ...] = ()


def explain(hot: HotStore, workspace: str, a: Identifier, b: Identifier) -> Explanation:
    """Why `a` and `b` belong together or not. Raises NotFound when nobody ever had one of them."""
    with hot.read() as connection:
        one, other = _required(connection, workspace, a), _required(connection, workspace, b)
        component = one.component
        if a == b or component is None or other.node.anchor not in component.nodes:
            return Explanation(a == b)
        return _explained(connection, component, one.node.anchor, other.node.anchor)


def _required(connection: HotTransaction, workspace: str, who: Identifier) -> View:
    view = view_of(connection, workspace, who)
    if view is None:
        raise NotFound(f"nobody has been seen with {who}. Check the spelling.")
    return view


def _explained(connection: HotTransaction, component: Component, a: int, b: int) -> Explanation:
    occurrences = occurrences_in(connection, component)
    folding = fold(
        occurrences, component.plans, component.nodes, component.forbidden, component.unbound, explain="every_edge"
    )
    people = folding.people
    said = {
        (at, event, source, component.plans[number].k, other): component.assertions[number]
        for at, event, source, number in occurrences
        for other in component.plans[number].others
    }
    same = people.owner_now(a) == people.owner_now(b) != 0
    if same:
        path = _shortest(_in_force(folding), a, b)
        return Explanation(True, tuple(_step(component, said[edge], edge, None) for edge in path))
    refused = [_step(component, said[edge], edge, why) for edge, why in _refusals_between(folding, a, b)]
    return Explanation(False, refused=tuple(refused))


def _in_force(folding: Folding) -> list[Edge]:
    """Accepted edges whose two ends are still with one person, oldest first."""
    people = folding.people
    return [edge for edge in folding.accepted if people.owner_now(edge[3]) == people.owner_now(edge[4])]


def _shortest(edges: Iterable[Edge], a: int, b: int) -> list[Edge]:
    """Breadth first; of two ways equally long, the one over the earlier edge."""
    beside: dict[int, list[tuple[Edge, int]]] = {}
    for edge in edges:
        beside.setdefault(edge[3], []).append((edge, edge[4]))
        beside.setdefault(edge[4], []).append((edge, edge[3]))
    came: dict[int, tuple[Edge, int] | None] = {a: None}
    queue = deque([a])
    while queue and b not in came:
        here = queue.popleft()
        for edge, there in beside.get(here, ()):
            if there not in came:
                came[there] = (edge, here)
                queue.append(there)
    path: list[Edge] = []
    step = came.get(b)
    while step is not None:
        path.append(step[0])
        step = came[step[1]]
    return path[::-1]


def _refusals_between(folding: Folding, a: int, b: int) -> list[tuple[Edge, Refusal]]:
    """The refused links between the two people, each pair and rule once; those of the two themselves first."""
    people = folding.people
    sides = {people.owner_now(a), people.owner_now(b)}
    first: dict[tuple[int, int, Refusal], tuple[Edge, Refusal]] = {}
    for edge, why in folding.refused or ():
        if {people.owner_now(edge[3]), people.owner_now(edge[4])} == sides:
            first.setdefault((edge[3], edge[4], why), (edge, why))
    return sorted(first.values(), key=lambda pair: ({pair[0][3], pair[0][4]} != {a, b}, pair[0]))


def _step(component: Component, assertion: Assertion, edge: Edge, refusal: Refusal | None) -> Step:
    at, event, source, k, o = edge
    a, b = (Identifier(component.nodes[one].type, component.nodes[one].value) for one in (k, o))
    return Step(a, b, assertion.rule, assertion.key, source, at, event, refusal)
