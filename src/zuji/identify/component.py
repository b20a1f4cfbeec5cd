"""Identifiers connected by evidence, as they are held in memory and stored; and the lone ones, the great majority."""

from __future__ import annotations

import msgspec

from zuji.identify.evidence import NEVER_SEEN, UNBOUND, Assertion, Node, Plan, plan_of
from zuji.identify.fold import Folding
from zuji.identify.hubs import Crowd
from zuji.identify.people import BEGINNING, END, Ownership, People
from zuji.terms.message import KeyKind
from zuji.terms.subject import Rule

Words = tuple[tuple[int, ...], tuple[int, ...], Rule, KeyKind, str, bool, bool]
"""What makes two assertions the same: everything but the number."""

UNKNOWN = END
"""Stands for the time of the newest evidence while nobody has looked it up: nothing is later than it."""


class Body(msgspec.Struct, array_like=True):
    """A component as it is stored."""

    workspace: str
    nodes: list[Node]
    guests: list[int]
    assertions: list[Assertion]
    forbidden: list[tuple[int, int]]
    unbound: list[tuple[int, str, int]]
    sliced: list[int]
    people: People


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Body).decode


class Home:
    """Where identifiers live, and what every event of theirs asks: a base of its own, so that it lies together in
    memory and costs one miss of the processor's cache.

    `changed_at` is the time of the event that changed people last, `last_at` that of the newest evidence or UNKNOWN.
    `version` is another object after every change that may alter what events of known shapes come to.
    """

    __slots__ = ("changed_at", "last_at", "shapes", "touched", "version")

    def __init__(self, changed_at: int, *, touched: int) -> None:
        self.changed_at = changed_at
        self.last_at = UNKNOWN
        self.touched = touched
        self.version = object()
        self.shapes: list[bytes] = []

    def owner(self, anchor: int, at: int) -> int:
        """Whose one of its identifiers was at a time."""
        raise NotImplementedError


class Lone(Home):
    """An identifier that is linked with nothing: it is its own profile."""

    __slots__ = ("node",)

    def __init__(self, node: Node, *, touched: int) -> None:
        super().__init__(node.first_at, touched=touched)
        self.node = node

    def owner(self, anchor: int, at: int) -> int:
        """Its own, unless it is blocked."""
        return anchor if self.node.usable else 0


class Component(Home):
    """Connected identifiers, what was asserted of them, and the people that follow.

    `guests` are blocked identifiers that its assertions mention; they live elsewhere. `stale`: the people must be
    folded anew. `waiting`: events later than all changes that await the answer whether they are also later than all
    evidence. `sliced` have stretches in the event store, which must be told of every change of them from then on, also
    when a single one is left.
    """

    __slots__ = (
        "_folding", "assertions", "by_words", "clocks", "crowd", "forbidden", "guests", "id", "nodes", "people",
        "plans", "sliced", "sources", "stale", "stored", "unbound", "waiting", "workspace",
    )  # fmt: skip

    def __init__(self, number: int, body: Body, *, touched: int) -> None:
        super().__init__(body.people.changed[0], touched=touched)
        self.id = number
        self.workspace = body.workspace
        self.nodes = {node.anchor: node for node in body.nodes}
        self.guests = set(body.guests)
        self.assertions = {assertion.id: assertion for assertion in body.assertions}
        self.by_words: dict[Words, int] = {}
        self.forbidden: dict[int, set[int]] = {}
        self.unbound = {(anchor, event): profile for anchor, event, profile in body.unbound}
        self.sliced = set(body.sliced)
        self.people = body.people
        self.sources = {assertion.source for assertion in body.assertions}
        self._folding: Folding | None = None
        self.clocks: dict[int, dict[int, int]] = {}
        self.crowd: Crowd | None = None
        self.stale = False
        self.stored = False
        self.waiting: list[tuple[int, str, str, int]] | None = None
        for a, b in body.forbidden:
            self.forbid(a, b)
        for assertion in body.assertions:
            if not assertion.void:
                self.by_words[words_of(assertion)] = assertion.id
        self.plans: dict[int, Plan] = {}
        self.plan_anew()

    @classmethod
    def begin(cls, number: int, workspace: str, *, touched: int) -> Component:
        """An empty one, without evidence so far."""
        made = cls(number, Body(workspace, [], [], [], [], [], [], People()), touched=touched)
        made.last_at = BEGINNING
        return made

    @classmethod
    def load(cls, number: int, body: bytes, *, touched: int) -> Component:
        """As it was stored."""
        made = cls(number, _decode(body), touched=touched)
        made.stored = True
        return made

    def pack(self) -> bytes:
        """As it is stored."""
        pairs = [(a, b) for a, others in self.forbidden.items() for b in others if a < b]
        unbound = [(anchor, event, profile) for (anchor, event), profile in self.unbound.items()]
        return _encode(
            Body(
                self.workspace,
                list(self.nodes.values()),
                sorted(self.guests) if self.guests else [],
                list(self.assertions.values()),
                pairs,
                unbound,
                sorted(self.sliced) if self.sliced else [],
                self.people,
            )
        )

    def plan_anew(self) -> None:
        """Work out again what each assertion does, after blocks changed."""
        self.plans = {number: plan_of(assertion, self.nodes) for number, assertion in self.assertions.items()}

    def add(self, number: int, words: Words) -> None:
        """Add an assertion whose identifiers are all here."""
        assertion = self.assertions[number] = Assertion(number, *words)
        self.by_words[words] = number
        self.plans[number] = plan_of(assertion, self.nodes)
        if self.crowd is not None:
            self.crowd.add(assertion, self.nodes)

    def forbid(self, a: int, b: int) -> None:
        """These two never stand on one profile."""
        self.forbidden.setdefault(a, set()).add(b)
        self.forbidden.setdefault(b, set()).add(a)

    def allow(self, a: int, b: int) -> None:
        """Take back a `forbid`."""
        for one, other in ((a, b), (b, a)):
            self.forbidden.get(one, set()).discard(other)
            if not self.forbidden.get(one, {0}):
                del self.forbidden[one]

    def folding(self) -> Folding:
        """The people as they are, ready to take a further event."""
        folding = self._folding
        if folding is None or folding.people is not self.people or folding.nodes is not self.nodes:
            folding = self._folding = Folding(self.people, self.nodes, self.forbidden, self.unbound)
        return folding

    def natives(self) -> list[Node]:
        """The identifiers that live here."""
        if not self.guests:
            return list(self.nodes.values())
        return [node for anchor, node in self.nodes.items() if anchor not in self.guests]

    def owner(self, anchor: int, at: int) -> int:
        """Whose an identifier was at a time."""
        return self.people.owner(anchor, at)

    def owned(self) -> list[int]:
        """The anchors that events may have: those of its native identifiers."""
        if not self.guests and not self.unbound:
            return list(self.nodes)
        return [node.anchor for node in self.natives() if node.type != UNBOUND]

    def ownership(self) -> dict[int, Ownership]:
        """Whose each identifier is, and was where that changed."""
        people = self.people
        if not people.moves:
            points = people.points
            return {anchor: points.get(anchor, 0) for anchor in self.owned()}
        return {anchor: people.ownership(anchor) for anchor in self.owned()}

    def take_in(self, other: Component) -> None:
        """Unite with another component; their evidence stays true as it is."""
        had_guests = bool(self.guests or other.guests)
        for anchor, node in other.nodes.items():
            if anchor not in other.guests:
                self.nodes[anchor] = node
                self.guests.discard(anchor)
            elif anchor not in self.nodes:
                self.nodes[anchor] = node
                self.guests.add(anchor)
        self.assertions.update(other.assertions)
        self.by_words.update(other.by_words)
        self.plans.update(other.plans)
        for a, others in other.forbidden.items():
            self.forbidden.setdefault(a, set()).update(others)
        self.unbound.update(other.unbound)
        self.sliced |= other.sliced
        self.sources |= other.sources
        self.people.take_in(other.people)
        self.last_at = max(self.last_at, other.last_at)
        self.changed_at = self.people.changed[0]
        self.clocks = {}
        self._crowd_with(other, had_guests=had_guests)
        self.stale = self.stale or other.stale
        if self.waiting or other.waiting:
            self.waiting = [*(self.waiting or ()), *(other.waiting or ())]

    def _crowd_with(self, other: Component, *, had_guests: bool) -> None:
        """Count the other's links as well, unless either looks different now that the two know more of its guests."""
        if self.crowd is None or had_guests:
            self.crowd = None
            return
        for assertion in other.assertions.values():
            self.crowd.add(assertion, self.nodes)

    def take_lone(self, node: Node) -> None:
        """A lone identifier comes in: a profile of its own so far."""
        self.nodes[node.anchor] = node
        self.guests.discard(node.anchor)
        if node.first_at != NEVER_SEEN:
            self.changed_at = max(self.changed_at, node.first_at)


def words_of(assertion: Assertion) -> Words:
    """What makes two assertions the same."""
    return (
        assertion.known,
        assertion.anonymous,
        assertion.rule,
        assertion.key,
        assertion.source,
        assertion.identified,
        assertion.opted,
    )
