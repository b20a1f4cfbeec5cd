"""Evidence folded into people, event by event in the order of time. The same code runs live and from the start.

`decide` says what one edge does to the people as they are; `Folding.take` carries out what one event asserts; `fold`
takes all evidence of a component. When an event is later than everything known of its component, one `take` on the
present people gives what the whole fold would.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Literal, NamedTuple

from zuji.identify.evidence import NEVER_SEEN, RANKS, UNBOUND, Moment, Node, Plan
from zuji.identify.limits import OverLimit, over_limit
from zuji.identify.people import Absorbed, Edge, Ownership, People, Profile, Put
from zuji.terms.identifier import type_of

Act = Literal["same", "found", "join", "merge", "point", "refuse", "yield"]
Refusal = Literal["split_forbids", "over_limit", "public_key_never_merges", "both_identified"]
Forbidden = Mapping[int, set[int]]
Occurrence = tuple[int, str, str, int]
"""(time, event id, source, assertion), in the order of the fold."""

SAYS, SIGHTS = 0, 1
"""A mere first sight comes behind the event of the same moment, which may place the identifier itself."""


class Outcome(NamedTuple):
    """What an edge does. `steady`: it would do the same later, as long as the people stay as they are."""

    act: Act
    refusal: Refusal | None = None
    edge: Edge | None = None
    steady: bool = True


SAME: Final = Outcome("same")
FOUND: Final = Outcome("found")
JOIN: Final = Outcome("join")
POINT: Final = Outcome("point")
MERGE: Final = Outcome("merge")
KEPT_APART: Final = Outcome("refuse", "split_forbids")


class Yielded(Exception):
    """An earlier edge must give way to a stronger one: the fold begins again without it."""

    def __init__(self, edge: Edge) -> None:
        super().__init__(edge)
        self.edge = edge


class Folding:
    """The people of a component while events are taken in."""

    __slots__ = ("accepted", "before", "changes", "forbidden", "moment", "nodes", "people", "refused", "unbound")

    def __init__(
        self, people: People, nodes: Mapping[int, Node], forbidden: Forbidden, unbound: Mapping[tuple[int, str], int]
    ) -> None:
        self.people = people
        self.nodes = nodes
        self.forbidden = forbidden
        self.unbound = unbound
        self.refused: list[tuple[Edge, Refusal]] | None = None
        """Where a reader wants to know, the refusals; otherwise nobody writes them down."""
        self.accepted: list[Edge] = []
        self.before: dict[int, Ownership] | None = None
        """Where somebody wants to compare, whose each identifier was before it was first moved."""
        self.moment: Moment = (0, "", "")
        self.changes = 0
        """Grows with everything that changes, so that two looks can be compared."""

    def says_nothing_new(self, plan: Plan) -> bool:
        """Whether all that an event names are on one profile already, which it claims nothing more of, and nobody
        leaves. Such an event, like all that say the same later, changes nothing; most that link are of this kind.
        """
        points, home = self.people.points, self.people.points.get(plan.k)
        if home is None or plan.leaving or (plan.claim and self.people.profiles[home].identified is None):
            return False
        return all(points.get(anchor) == home for anchor in plan.seen)

    def would_change(self, moment: Moment, plan: Plan) -> Literal["no", "not_now", "yes"]:
        """Whether taking this event would change anything. `not_now`: no, but the same later might."""
        people = self.people
        points = people.points
        if any(anchor not in points for anchor in plan.seen):
            return "yes"
        if any(len(people.profiles[points[anchor]].members) > 1 for anchor in plan.leaving):
            return "yes"
        if plan.claim and people.profiles[points[plan.k]].identified is None:
            return "yes"
        steady, home = True, points.get(plan.k)
        for index, other in enumerate(plan.others):
            if points[other] == home:
                continue
            outcome = self.decide(plan, other, self._put(moment, plan, other, index))
            if outcome.act not in ("same", "refuse"):
                return "yes"
            steady = steady and outcome.steady
        return "no" if steady else "not_now"

    def take(self, moment: Moment, plan: Plan) -> bool:
        """Carry out what one event asserts. Where that changed nothing: would it change nothing later either?"""
        self.moment = moment
        people, k = self.people, plan.k
        points, steady = people.points, True
        for index, other in enumerate(plan.others):
            home = points.get(k)
            if home is not None and home == points.get(other) and self.refused is None:
                continue
            put = self._put(moment, plan, other, index)
            outcome = self.decide(plan, other, put)
            if outcome is not SAME:
                steady = steady and outcome.steady
                self._act(plan, other, put, outcome)
            elif self.refused is not None:
                self.accepted.append(put.edge)
        for anchor in plan.seen:
            if anchor not in points:
                self._found(anchor)
        if plan.claim:
            self._identify(people.profiles[points[k]])
        for anchor in plan.leaving:
            steady = self._unbind(anchor) and steady
        return steady

    def refusal_of(self, moment: Moment, plan: Plan) -> Refusal | None:
        """Why the first edge of this event would be refused, None when it would not."""
        other = plan.others[0]
        return self.decide(plan, other, self._put(moment, plan, other, 0)).refusal

    def sight(self, anchor: int) -> None:
        """An identifier is seen for the first time, with nothing asserted."""
        if anchor not in self.people.points:
            self.moment = self.nodes[anchor].first
            self._found(anchor)

    def _put(self, moment: Moment, plan: Plan, o: int, index: int) -> Put:
        return Put(*moment, plan.k, o, plan.rank, type_of(self.nodes[o].type).priority, index)

    # What one edge does

    def decide(self, plan: Plan, o: int, put: Put) -> Outcome:
        """The rules of docs/identity.md, section 2, in their order."""
        points, profiles = self.people.points, self.people.profiles
        k = plan.k
        known, other = points.get(k), points.get(o)
        if known is not None and known == other:
            return SAME
        if self.people.yielded and put.edge in self.people.yielded:
            return Outcome("refuse", "over_limit", steady=False)
        if known is None and other is None:
            return self._decide_founding(k, o)
        if known is None or other is None:
            return self._decide_joining(plan, o, put)
        return self._decide_between(plan, o, put, profiles[known], profiles[other])

    def _decide_founding(self, k: int, o: int) -> Outcome:
        if self._kept_apart((k,), (o,)):
            return KEPT_APART
        kind = self.nodes[k].type
        if kind == self.nodes[o].type and type_of(kind).limit == 1:
            return Outcome("refuse", "over_limit")
        return FOUND

    def _decide_joining(self, plan: Plan, o: int, put: Put) -> Outcome:
        k = plan.k
        newcomer, resident = (k, o) if k not in self.people.points else (o, k)
        members = self.people.profiles[self.people.points[resident]].members
        kind = self.nodes[newcomer].type
        over = over_limit(members, (kind,), 1, put, self.nodes)
        if over is not None and newcomer == k and type_of(kind).limit == 1 and type_of(self.nodes[o].type).device:
            return KEPT_APART if self._kept_apart((k,), (o,)) else POINT
        if self._kept_apart((newcomer,), members):
            return KEPT_APART
        return JOIN if over is None else _limited(over)

    def _decide_between(self, plan: Plan, o: int, put: Put, known: Profile, other: Profile) -> Outcome:
        if plan.guarded and not (self._merges_from_public(plan.k) and self._merges_from_public(o)):
            return Outcome("refuse", "public_key_never_merges")
        both_identified = (plan.claim or known.identified is not None) and other.identified is not None
        if both_identified and not plan.force:
            if plan.alias or not type_of(self.nodes[o].type).device:
                return Outcome("refuse", "both_identified")
            apart = self._kept_apart((o,), known.members)
            return KEPT_APART if apart else POINT
        if self._kept_apart(other.members, known.members):
            return KEPT_APART
        if plan.rank == RANKS["operator"]:  # a person who looked at both knows better than a number
            return MERGE
        members = {**known.members, **other.members}
        over = over_limit(members, {self.nodes[anchor].type for anchor in members}, 0, put, self.nodes)
        return MERGE if over is None else _limited(over)

    def _ranked(self, plan: Plan, known: Profile, other: Profile) -> tuple[Profile, Profile]:
        """(who survives, who is absorbed): the identified one, then the senior one."""
        is_known = plan.claim or known.identified is not None
        if is_known != (other.identified is not None):
            return (known, other) if is_known else (other, known)
        return (known, other) if known.seniority < other.seniority else (other, known)

    def _merges_from_public(self, anchor: int) -> bool:
        return type_of(self.nodes[anchor].type).merges_from_public_key

    def _kept_apart(self, some: Iterable[int], others: Iterable[int]) -> bool:
        if not self.forbidden:
            return False
        return any(not pairs.isdisjoint(others) for one in some if (pairs := self.forbidden.get(one)))

    # Carrying it out

    def _act(self, plan: Plan, o: int, put: Put, outcome: Outcome) -> None:
        people, k = self.people, plan.k
        if outcome.edge is not None:
            raise Yielded(outcome.edge)
        if outcome.act == "refuse":
            self._refuse(k, o, put, outcome)
            return
        if k not in people.points and outcome.act in ("found", "point"):
            self._found(k)
        if outcome.act in ("found", "join"):
            newcomer, resident = (k, o) if k not in people.points else (o, k)
            self._place(newcomer, people.points[resident], put)
        elif outcome.act == "point":
            self._move(o, people.points[k], put)
        else:
            self._absorb(*self._ranked(plan, people.profiles[people.points[k]], people.profiles[people.points[o]]))
        if self.refused is not None:
            self.accepted.append(put.edge)

    def _refuse(self, k: int, o: int, put: Put, outcome: Outcome) -> None:
        if self.refused is not None and outcome.refusal is not None:
            self.refused.append((put.edge, outcome.refusal))
        # A newcomer that is kept out founds its own at once; later edges of this event find it there.
        for anchor in (k, o):
            if anchor not in self.people.points:
                self._found(anchor)

    def _found(self, anchor: int) -> None:
        """A new profile, founded by this identifier as it is first seen."""
        node = self.nodes[anchor]
        self._open(anchor, (node.type, node.value))
        self._place(anchor, anchor, Put(*self.moment))

    def _open(self, profile: int, founder: tuple[str, str]) -> None:
        self.people.profiles[profile] = Profile(profile, self.moment, founder, {})

    def _place(self, anchor: int, profile: int, put: Put) -> None:
        """Put an identifier on a profile for the first time in its life."""
        people = self.people
        self._remember((anchor,))
        host = people.profiles[profile]
        host.members[anchor] = put
        people.points[anchor] = people.homes[anchor] = profile
        self._touch(host, anchor)

    def _move(self, anchor: int, profile: int, put: Put) -> None:
        """From now on the identifier points to this profile; what was before stays."""
        people = self.people
        self._remember((anchor,))
        host = people.profiles[profile]
        del people.profiles[people.points[anchor]].members[anchor]
        host.members[anchor] = put
        people.points[anchor] = profile
        people.moves.setdefault(anchor, []).append((self.moment, profile))
        self._touch(host, anchor)

    def _unbind(self, anchor: int) -> bool:
        """The identifier leaves for a profile of its own; one that is alone has nobody to leave. Was it alone?"""
        people, node, event = self.people, self.nodes[anchor], self.moment[1]
        if len(people.profiles[people.points[anchor]].members) == 1:
            return True
        profile = self.unbound[anchor, event]
        if profile not in people.profiles:
            self._open(profile, (UNBOUND, f"{node.type}:{node.value}@{event}"))
            self._move(anchor, profile, Put(*self.moment))
        return False

    def _absorb(self, survivor: Profile, absorbed: Profile) -> None:
        people = self.people
        self._remember(absorbed.members)
        self._remember(people.moves)  # whose past was with the absorbed one has a past with the survivor from now on
        survivor.members.update(absorbed.members)
        for anchor in absorbed.members:
            people.points[anchor] = survivor.id
        people.absorbed[absorbed.id] = Absorbed(survivor.id, self.moment, absorbed.identified)
        del people.profiles[absorbed.id]
        if absorbed.identified is not None:
            self._identify(survivor)
        self._changed()

    def _remember(self, anchors: Iterable[int]) -> None:
        if self.before is not None:
            for anchor in anchors:
                if anchor not in self.before:
                    self.before[anchor] = self.people.ownership(anchor)

    def _touch(self, host: Profile, anchor: int) -> None:
        self._changed()
        if self.nodes[anchor].type == "user_id":
            self._identify(host)

    def _identify(self, profile: Profile) -> None:
        if profile.identified is None:
            profile.identified = self.moment
            self._changed()

    def _changed(self) -> None:
        self.changes += 1
        if self.moment > self.people.changed:
            self.people.changed = self.moment


def _limited(over: OverLimit) -> Outcome:
    if over.yields is None:
        return Outcome("refuse", "over_limit", steady=not over.windowed)
    return Outcome("yield", edge=over.yields)


def fold(
    occurrences: Iterable[Occurrence],
    plans: Mapping[int, Plan],
    nodes: Mapping[int, Node],
    forbidden: Forbidden,
    unbound: Mapping[tuple[int, str], int],
    *,
    explain: Literal["people_only", "every_edge"] = "people_only",
) -> Folding:
    """All evidence of a component from the start, until no limit takes back an earlier edge.

    Each turn takes back one more edge, so it ends. The result's `people` depend on nothing but the arguments.
    """
    ordered = _in_order(occurrences, nodes)
    yielded: set[Edge] = set()
    while True:
        folding = Folding(People(yielded=set(yielded)), nodes, forbidden, unbound)
        folding.refused = [] if explain == "every_edge" else None
        try:
            _take_all(folding, ordered, plans)
        except Yielded as turn:
            yielded.add(turn.edge)
            continue
        return folding


def _in_order(occurrences: Iterable[Occurrence], nodes: Mapping[int, Node]) -> list[tuple[int, str, str, int, int]]:
    """All evidence and first sights by time: (time, event id, source, SAYS or SIGHTS, assertion or anchor)."""
    said = [(at, event, source, SAYS, assertion) for at, event, source, assertion in occurrences]
    sights = [
        (*node.first, SIGHTS, node.anchor) for node in nodes.values() if node.usable and node.first_at != NEVER_SEEN
    ]
    return sorted(said + sights)


def _take_all(folding: Folding, ordered: Iterable[tuple[int, str, str, int, int]], plans: Mapping[int, Plan]) -> None:
    quiet: dict[int, int] = {}  # assertions that change nothing, with the state in which that was so
    for at, event, source, kind, number in ordered:
        if kind == SIGHTS:
            folding.sight(number)
            continue
        if quiet.get(number) == folding.changes:
            continue
        before, moment = folding.changes, (at, event, source)
        steady = folding.take(moment, plans[number])
        if steady and folding.changes == before and folding.refused is None:
            quiet[number] = before
