"""Decisions of people about people: merge, split, lift, block, unblock, and forgetting what a source said.

A decision that cannot be carried out raises; the resolver then forgets the turn, so a decision is tried out simply by
carrying it out and looking whether it did what was asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from zuji.identify.component import Component, words_of
from zuji.identify.evidence import (
    BLOCKED_BY_PERSON,
    CLEARED_BY_PERSON,
    USABLE,
    Node,
    strongest_first,
)
from zuji.identify.turn import Cause, Turn
from zuji.store import identity
from zuji.terms.error import BadRequest, Conflict, NotFound
from zuji.terms.identifier import Identifier
from zuji.terms.message import Message

_T = TypeVar("_T", bound=msgspec.Struct)


class Named(msgspec.Struct, frozen=True):
    """An identifier as a decision names it; type `profile` with an id names a whole profile."""

    type: str
    value: str

    def __str__(self) -> str:
        return f"{self.type}:{self.value}"


class _Pair(msgspec.Struct, frozen=True):
    a: Named
    b: Named
    why: str = ""


class _Split(msgspec.Struct, frozen=True):
    profile: Named
    leaving: tuple[Named, ...]
    why: str = ""


class _Block(msgspec.Struct, frozen=True):
    identifier: Named
    why: str = ""


class _Source(msgspec.Struct, frozen=True):
    source: str
    why: str = ""


@dataclass(frozen=True)
class Case:
    """One decision and the turn that carries it out."""

    turn: Turn
    workspace: str
    message: Message
    at: int

    def read(self, shape: type[_T]) -> _T:
        """What the decision says, and who says it for which reason."""
        words = msgspec.json.decode(self.message.properties, type=shape)
        self.turn.cause = Cause(self.who, getattr(words, "why", ""), self.at)
        return words

    @property
    def who(self) -> str:
        """Who decides."""
        return self.message.user_id or "operator"

    def node(self, named: Named) -> Node:
        """The identifier that is named; for a profile, its strongest one."""
        turn = self.turn
        if named.type == "profile":
            return self._strongest(named)
        turn.memory.load_values(turn.connection, [(self.workspace, named.type, named.value)])
        node = turn.node(self.workspace, Identifier(named.type, named.value))
        if node is None:
            raise NotFound(f"nobody has been seen with {named}. Check the spelling.")
        return node

    def person(self, node: Node) -> int:
        """The profile an identifier belongs to now."""
        component = self.component(node)
        return component.people.owner_now(node.anchor) if component else node.anchor

    def members(self, node: Node) -> set[int]:
        """The anchors on its profile."""
        component = self.component(node)
        profile = component.people.profiles.get(self.person(node)) if component else None
        return set(profile.members) if profile is not None else {node.anchor}

    def component(self, node: Node) -> Component | None:
        """Where an identifier lives, None for a lone one."""
        return self.turn.memory.component(self.turn.connection, node.anchor)

    def _strongest(self, named: Named) -> Node:
        number = int(named.value) if named.value.isdigit() else 0
        component = self.turn.memory.component(self.turn.connection, number)
        if component is not None and component.workspace == self.workspace:
            profile = component.people.profiles.get(component.people.resolve(number))
            if profile is not None and profile.members:
                return strongest_first([component.nodes[anchor] for anchor in profile.members])[0]
        for (workspace, _, _), node in self.turn.memory.nodes.items():
            if component is None and node.anchor == number and workspace == self.workspace:
                return node
        raise NotFound(f"there is no {named}, or nobody belongs to it now. Name one of its identifiers instead.")


def carry_out(turn: Turn, workspace: str, message: Message, now_ms: int) -> dict[str, Any]:
    """Carry out one decision and give what to answer. Raises BadRequest, NotFound or Conflict."""
    act = _DECISIONS.get(message.event)
    if act is None:
        raise BadRequest(f"no such decision: {message.event!r}. Allowed: {', '.join(sorted(_DECISIONS))}.")
    at = message.timestamp if isinstance(message.timestamp, int) else now_ms
    try:
        return act(Case(turn, workspace, message, at))
    except msgspec.DecodeError as failure:
        raise BadRequest(f"the decision {message.event!r} cannot be read: {failure}.") from failure


def _merge(case: Case) -> dict[str, Any]:
    words = case.read(_Pair)
    one, other = case.node(words.a), case.node(words.b)
    for node, named in ((one, words.a), (other, words.b)):
        if not node.usable:
            raise Conflict(f"{named} is blocked and links nobody. Unblock it first.")
    if case.person(one) == case.person(other):
        raise Conflict(f"{words.a} and {words.b} belong to one profile already.")
    turn = case.turn
    component = turn.unite(case.workspace, (one.anchor, other.anchor))
    _refuse_what_a_split_forbids(component, case.members(one), case.members(other))
    edge = turn.memory.next_number("evidence")
    turn.touch(component)
    component.add(edge, ((one.anchor,), (other.anchor,), "force_merge", "operator", "", False, False))
    turn.occur(component, edge, case.at, case.message.message_id)
    turn.settle()
    people = component.people
    if people.owner_now(one.anchor) == people.owner_now(other.anchor):
        return {"merged": True, "profile": people.owner_now(one.anchor)}
    moment = (case.at, case.message.message_id, "")
    refusal = component.folding().refusal_of(moment, component.plans[edge])
    return {"merged": False, "because": refusal or "later evidence keeps them apart"}


def _refuse_what_a_split_forbids(component: Component, some: set[int], others: set[int]) -> None:
    for a in sorted(some):
        for b in sorted(component.forbidden.get(a, set()) & others):
            pair = " and ".join(f"{component.nodes[anchor].type}:{component.nodes[anchor].value}" for anchor in (a, b))
            raise Conflict(f"a split keeps {pair} apart. Lift it first.")


def _split(case: Case) -> dict[str, Any]:
    words = case.read(_Split)
    node = case.node(words.profile)
    component = case.component(node)
    members = case.members(node)
    leaving = {case.node(named).anchor: named for named in words.leaving}
    strangers = [str(named) for anchor, named in leaving.items() if anchor not in members]
    if strangers:
        raise Conflict(f"{', '.join(strangers)} does not belong to {words.profile}; only its own can leave.")
    staying = members - set(leaving)
    if component is None or not leaving or not staying:
        raise Conflict(f"a split of {words.profile} must let some of its identifiers leave and some stay.")
    turn = case.turn
    turn.touch(component)
    for a in sorted(leaving):
        for b in sorted(staying):
            component.forbid(a, b)
            turn.writes.forbidden.append((case.workspace, min(a, b), max(a, b), case.who, words.why, case.at))
    turn.go_stale(component)
    turn.settle()
    left = {str(named): component.people.owner_now(anchor) for anchor, named in leaving.items()}
    return {"profile": component.people.owner_now(min(staying)), "left": left}


def _lift(case: Case) -> dict[str, Any]:
    words = case.read(_Pair)
    one, other = case.node(words.a), case.node(words.b)
    component = case.component(one)
    if component is None or other.anchor not in component.forbidden.get(one.anchor, ()):
        raise NotFound(f"no split keeps {words.a} and {words.b} apart.")
    turn = case.turn
    turn.touch(component)
    component.allow(one.anchor, other.anchor)
    turn.writes.lifted.append((min(one.anchor, other.anchor), max(one.anchor, other.anchor)))
    turn.go_stale(component)
    turn.settle()
    return {"profiles": sorted({case.person(one), case.person(other)})}


def _block(case: Case) -> dict[str, Any]:
    words = case.read(_Block)
    turn = case.turn
    try:
        node = case.node(words.identifier)
    except NotFound:
        node = turn.create(case.workspace, Identifier(words.identifier.type, words.identifier.value))
    if not node.usable:
        raise Conflict(f"{words.identifier} is blocked already.")
    turn.set_block(turn.unite(case.workspace, (node.anchor,)), node, BLOCKED_BY_PERSON)
    turn.log(case.workspace, "blocked", node.anchor, 0, turn.cause)
    return {"blocked": str(words.identifier)}


def _unblock(case: Case) -> dict[str, Any]:
    """Also brings back every link that events asserted while it was blocked."""
    words = case.read(_Block)
    node, turn = case.node(words.identifier), case.turn
    if node.block in (USABLE, CLEARED_BY_PERSON):
        raise Conflict(f"{words.identifier} is not blocked.")
    beside = identity.beside_blocked(turn.connection, node.anchor)
    turn.memory.load_anchors(turn.connection, beside)
    component = turn.unite(case.workspace, (node.anchor, *beside))
    turn.set_block(component, node, CLEARED_BY_PERSON)
    turn.log(case.workspace, "unblocked", node.anchor, 0, turn.cause)
    return {"unblocked": str(words.identifier)}


def _delete_source(case: Case) -> dict[str, Any]:
    """Its assertions no longer count and its statements are gone; identifiers that it alone brought stay, unlinked."""
    source, turn = case.read(_Source).source, case.turn
    anchors = identity.linked_by_source(turn.connection, case.workspace, source)
    turn.memory.load_anchors(turn.connection, anchors)
    components = {id(part): part for part in map(turn.memory.homes.get, anchors) if isinstance(part, Component)}
    superseded = 0
    for component in components.values():
        said = [one for one in component.assertions.values() if one.source == source and not one.void]
        if not said:
            continue
        turn.touch(component)
        turn.memory.drop_shapes(component)
        for assertion in said:
            component.by_words.pop(words_of(assertion), None)
            component.assertions[assertion.id] = msgspec.structs.replace(assertion, void="source_deleted")
        component.plan_anew()
        turn.go_stale(component)
        superseded += len(said)
    turn.writes.deleted_sources.append((case.workspace, source))
    return {"source": source, "superseded_links": superseded}


_DECISIONS: dict[str, Callable[[Case], dict[str, Any]]] = {
    "merge": _merge,
    "split": _split,
    "lift": _lift,
    "block": _block,
    "unblock": _unblock,
    "delete_source_data": _delete_source,
}
