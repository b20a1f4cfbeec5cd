"""Evidence as values: who was seen when, what was asserted of whom, and which edges an assertion gives."""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter
from typing import Final, TypeVar

import msgspec

from zuji.terms.identifier import Identifier, type_of
from zuji.terms.message import KeyKind
from zuji.terms.subject import Rule

Moment = tuple[int, str, str]
"""A point in the order of evidence: (event time in milliseconds, event id, source)."""

RANKS: Final[dict[KeyKind, int]] = {"operator": 0, "secret": 1, "public": 2}
USABLE, BLOCKED_AS_HUB, BLOCKED_BY_PERSON, CLEARED_BY_PERSON = range(4)
UNBOUND: Final = "unbound"
"""The type of the node whose anchor names the profile that an unbind founds."""
NEVER_SEEN = 1 << 60
"""The first time of an identifier that a person blocked before anybody sent it."""

CLAIMLESS: Final[frozenset[Rule]] = frozenset({"sighting", "together", "unbind"})
EDGELESS: Final[frozenset[Rule]] = frozenset({"sighting", "unbind"})


class Node(msgspec.Struct, array_like=True, gc=False):
    """An identifier of a workspace with its anchor, when it was first seen, and whether it may link."""

    anchor: int
    type: str
    value: str
    first_at: int
    first_event: str
    first_source: str
    block: int = USABLE

    @property
    def usable(self) -> bool:
        """Whether it may link and own."""
        return self.block == USABLE or self.block == CLEARED_BY_PERSON

    @property
    def first(self) -> Moment:
        """When it was seen first."""
        return (self.first_at, self.first_event, self.first_source)


class Assertion(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What one or more events said in the same words: these identifiers, this rule, this key, this source.

    `known` and `anonymous` are anchors, strongest first, blocked ones included: lifting a block brings them back.
    `opted`: the source let its public key join profiles by phone and the like when this was said.
    `void`: why it no longer counts (its source's data was deleted).
    """

    id: int
    known: tuple[int, ...]
    anonymous: tuple[int, ...]
    rule: Rule
    key: KeyKind
    source: str
    identified: bool
    opted: bool
    void: str = ""

    @property
    def anchors(self) -> tuple[int, ...]:
        """All identifiers it mentions."""
        return self.known + self.anonymous

    def ends(self, nodes: Mapping[int, Node]) -> tuple[int, tuple[int, ...]]:
        """(k, every o) of its edges as they would be had nothing been blocked as a hub."""
        if self.void or self.rule in EDGELESS:
            return 0, ()
        anchors = [anchor for anchor in self.anchors if nodes[anchor].block != BLOCKED_BY_PERSON]
        return (anchors[0], tuple(anchors[1:])) if anchors else (0, ())


class Plan(msgspec.Struct, frozen=True, gc=False):
    """What an assertion does in the fold, once blocked identifiers are left out."""

    k: int
    others: tuple[int, ...]
    seen: tuple[int, ...]
    leaving: tuple[int, ...]
    claim: bool
    force: bool
    alias: bool
    rank: int
    guarded: bool
    """Said by a public key of a source that has not opted in."""


_block_of = attrgetter("block")
NOTHING = Plan(0, (), (), (), False, False, False, 2, False)


def plan_of(assertion: Assertion, nodes: Mapping[int, Node]) -> Plan:
    """The edges and claims of an assertion among its usable identifiers."""
    if assertion.void:
        return NOTHING
    known, anonymous = assertion.known, assertion.anonymous
    seen = known + anonymous
    if any(map(_block_of, map(nodes.__getitem__, seen))):
        known = tuple(anchor for anchor in known if nodes[anchor].usable)
        anonymous = tuple(anchor for anchor in anonymous if nodes[anchor].usable)
        seen = known + anonymous
    rule = assertion.rule
    return Plan(
        k=seen[0] if seen else 0,
        others=() if rule in EDGELESS else seen[1:],
        seen=seen,
        leaving=anonymous if rule == "unbind" else (),
        claim=assertion.identified and rule not in CLAIMLESS and bool(known),
        force=rule == "force_merge",
        alias=rule == "alias",
        rank=RANKS[assertion.key],
        guarded=assertion.key == "public" and not assertion.opted,
    )


_Named = TypeVar("_Named", Node, Identifier)


def strongest_first(named: list[_Named]) -> list[_Named]:
    """Smallest priority first, ties of one type by value."""
    if len(named) < 2 or (len(named) == 2 and type_of(named[0].type).priority < type_of(named[1].type).priority):
        return named
    return sorted(named, key=lambda one: (type_of(one.type).priority, one.type, one.value))
