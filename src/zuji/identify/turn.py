"""One batch or decision being worked out: which components it touches, what they were before, what is to be written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from zuji.identify.component import UNKNOWN, Component, Lone
from zuji.identify.evidence import BLOCKED_AS_HUB, NEVER_SEEN, Assertion, Moment, Node
from zuji.identify.fold import Occurrence, Yielded, fold
from zuji.identify.hubs import HUB_LIMIT, WHY, Crowd, becomes_hub, clock_of, is_hub
from zuji.identify.linked import ChangeKind, PeopleChange
from zuji.identify.memory import Link, Memory
from zuji.identify.people import BEGINNING, Ownership
from zuji.store import evidence as times
from zuji.store.hot import HotTransaction
from zuji.store.identity import IdentityWrites
from zuji.terms.identifier import Identifier
from zuji.terms.subject import Subject


@dataclass
class Cause:
    """Who changed people and why, for the log."""

    who: str = ""
    why: str = ""
    at: int = 0


@dataclass
class Turn:
    """The state of the work. `connection` reads what is committed; everything new is in memory and in `writes`."""

    memory: Memory
    connection: HotTransaction
    writes: IdentityWrites = field(default_factory=IdentityWrites)
    evidence: list[times.Occurrence] = field(default_factory=list)
    changed: dict[int, Component] = field(default_factory=dict)
    """By id: components whose people may have changed."""
    grown: dict[int, Component] = field(default_factory=dict)
    """By id: components that have a further assertion; their bodies must be written like those of the changed ones."""
    unsettled: dict[int, Component] = field(default_factory=dict)
    """By id: components that are stale or have events waiting."""
    before: dict[int, Ownership] = field(default_factory=dict)
    """By anchor: whose it was before this turn, for anchors whose owner may have changed."""
    newborn: dict[int, Node] = field(default_factory=dict)
    workspaces: dict[int, str] = field(default_factory=dict)
    """By anchor, for the newborn."""
    altered: dict[int, Node] = field(default_factory=dict)
    causes: dict[int, Cause | Subject] = field(default_factory=dict)
    cause: Cause | Subject = field(default_factory=Cause)
    """The event being taken or the decision being carried out."""
    changes: list[PeopleChange] = field(default_factory=list)
    advanced: set[int] = field(default_factory=set)
    """Anchors of events that changed people without folding anew: a claim changes no owner."""
    told: list[tuple[str, Link, int]] = field(default_factory=list)
    """(workspace, link, time) of events that say something about a person: statements, or an earlier first sight."""

    # Identifiers

    def node(self, workspace: str, identifier: Identifier) -> Node | None:
        """An identifier, if anybody ever saw it. It must have been loaded."""
        return self.memory.nodes.get((workspace, identifier.type, identifier.value))

    def create(self, workspace: str, identifier: Identifier) -> Node:
        """A new identifier with the next anchor."""
        memory = self.memory
        node = Node(memory.next_number("anchor"), identifier.type, identifier.value, NEVER_SEEN, "", "")
        memory.add_lone(workspace, node)
        self.newborn[node.anchor] = node
        self.workspaces[node.anchor] = workspace
        if (workspace, node.type) not in memory.kinds:
            number = memory.kinds[workspace, node.type] = memory.next_number("kind")
            self.writes.kinds.append((number, workspace, node.type))
        return node

    def see(self, node: Node, moment: Moment) -> None:
        """An event names this identifier. A sight before the first one changes where its story begins."""
        if moment >= node.first:
            return
        home = self.memory.homes[node.anchor]
        if isinstance(home, Component) and node.first_at != NEVER_SEEN:
            self.touch(home)
            self.go_stale(home)
        node.first_at, node.first_event, node.first_source = moment
        self.alter(node)
        if isinstance(home, Lone):
            home.changed_at = node.first_at

    def alter(self, node: Node) -> None:
        """The row of this identifier must be written."""
        if node.anchor not in self.newborn:
            self.altered[node.anchor] = node

    # Components

    def touch(self, component: Component) -> None:
        """This component is about to change."""
        if component.id not in self.changed:
            self.causes[component.id] = self.cause
            self.changed[component.id] = component

    def go_stale(self, component: Component) -> None:
        """Its people will be folded anew at the end of the turn."""
        component.stale = True
        component.version = object()
        self.unsettled[component.id] = component

    def unite(self, workspace: str, anchors: Iterable[int]) -> Component:
        """One component that all these identifiers live in. The larger one takes in the smaller ones."""
        memory = self.memory
        found = list(map(memory.homes.__getitem__, anchors))
        if found.count(found[0]) == len(found) and isinstance(found[0], Component):
            return found[0]
        homes = {id(home): home for home in found}
        parts = [home for home in homes.values() if isinstance(home, Component)]
        lone = [home.node for home in homes.values() if isinstance(home, Lone)]
        if len(parts) > 1:
            parts.sort(key=lambda part: len(part.nodes), reverse=True)
        whole = parts[0] if parts else self._begin(workspace, lone[0].anchor)
        if len(homes) > 1 or not parts:
            self.touch(whole)
            whole.version = object()
        for part in parts[1:]:
            self._absorb(whole, part)
        for node in lone:
            memory.move_shapes(memory.homes[node.anchor], whole)
            whole.take_lone(node)
            memory.homes[node.anchor] = whole
            self.before.setdefault(node.anchor, node.anchor)
            self.alter(node)
        return whole

    def _begin(self, workspace: str, anchor: int) -> Component:
        memory = self.memory
        return Component.begin(anchor, workspace, touched=memory.turn)

    def _absorb(self, whole: Component, part: Component) -> None:
        memory = self.memory
        self.touch(part)
        memory.move_shapes(part, whole)
        whole.take_in(part)
        for node in part.natives():
            memory.homes[node.anchor] = whole
            self.alter(node)
        del self.changed[part.id]
        self.grown.pop(part.id, None)
        if part.stored:
            self.writes.gone_components.append(part.id)
        if self.unsettled.pop(part.id, None) is not None:
            self.unsettled[whole.id] = whole

    # Events

    def occur(self, component: Component, assertion: int, at: int, event: str) -> bool:
        """An event says this. Gives whether the same said later would leave everything as it is."""
        self.evidence.append((assertion, at, event))
        if component.stale:
            return False
        moment = (at, event, component.assertions[assertion].source)
        if component.waiting is not None:
            component.waiting.append((*moment, assertion))
            return False
        if moment <= component.people.changed:
            self.touch(component)
            self.go_stale(component)
            return False
        if at > component.last_at:
            return self._advance(component, assertion, moment)
        verdict = component.folding().would_change(moment, component.plans[assertion])
        if verdict != "yes":
            return verdict == "no"
        self.touch(component)
        if component.last_at == UNKNOWN:
            component.version = object()
            component.waiting = [(*moment, assertion)]
            self.unsettled[component.id] = component
        else:
            self.go_stale(component)
        return False

    def _advance(self, component: Component, assertion: int, moment: Moment) -> bool:
        """Take an event later than all evidence. Gives whether it, and the same said later, changes nothing."""
        people, plan, folding = component.people, component.plans[assertion], component.folding()
        if folding.says_nothing_new(plan):
            component.last_at = moment[0]
            return True
        folding.before, before = self.before, folding.changes
        try:
            for anchor in plan.seen:
                if anchor not in people.points and component.nodes[anchor].first < moment:
                    folding.sight(anchor)
            steady = folding.take(moment, plan)
        except Yielded:
            self.touch(component)
            self.go_stale(component)
            return False
        component.last_at = moment[0]
        if folding.changes == before:
            return steady
        self.touch(component)
        self.advanced.update(plan.seen)
        component.version = object()
        component.changed_at = people.changed[0]
        return False

    def settle(self) -> None:
        """Give every touched component its people: what waits is taken, what is stale is folded anew."""
        if not self.unsettled:
            return
        pending: dict[int, list[tuple[int, str]]] = {}
        for assertion, at, event in self.evidence:
            pending.setdefault(assertion, []).append((at, event))
        self._take_waiting([part for part in self.unsettled.values() if part.waiting and not part.stale])
        stale = [part for part in self.unsettled.values() if part.stale]
        stored = times.times_of(self.connection, [number for part in stale for number in part.assertions])
        for component in stale:
            self._refold(component, stored, pending)
        self.unsettled.clear()

    def _take_waiting(self, components: list[Component]) -> None:
        newest = times.last_times(self.connection, [number for part in components for number in part.assertions])
        for component in components:
            waiting, component.waiting = component.waiting or [], None
            component.last_at = max(
                (newest.get(number, BEGINNING) for number in component.assertions), default=BEGINNING
            )
            for at, event, source, assertion in sorted(waiting):
                if not component.stale:
                    self._take_late(component, assertion, (at, event, source))

    def _take_late(self, component: Component, assertion: int, moment: Moment) -> None:
        if moment <= component.people.changed:
            self.go_stale(component)
        elif moment[0] > component.last_at:
            self._advance(component, assertion, moment)
        elif component.folding().would_change(moment, component.plans[assertion]) == "yes":
            self.go_stale(component)

    def _refold(
        self,
        component: Component,
        stored: dict[int, list[tuple[int, str]]],
        pending: dict[int, list[tuple[int, str]]],
    ) -> None:
        occurrences: list[Occurrence] = [
            (at, event, assertion.source, number)
            for number, assertion in component.assertions.items()
            if not assertion.void
            for at, event in (*stored.get(number, ()), *pending.get(number, ()))
        ]
        for anchor, ownership in component.ownership().items():
            self.before.setdefault(anchor, ownership)
        folding = fold(occurrences, component.plans, component.nodes, component.forbidden, component.unbound)
        component.people = folding.people
        component.changed_at = component.people.changed[0]
        component.last_at = max((at for at, _, _, _ in occurrences), default=BEGINNING)
        component.version = object()
        component.stale, component.waiting = False, None

    # Hubs

    def crowded(self, component: Component, assertion: Assertion) -> list[int]:
        """The identifiers linked by this assertion that any event may make hubs: so each event must be looked at."""
        if len(component.assertions) <= HUB_LIMIT:
            return []
        if component.crowd is None:
            component.crowd = Crowd(component.assertions.values(), component.nodes)
        crowded = component.crowd.around(assertion, component.nodes)
        if crowded:
            component.version = object()
        return crowded

    def block_hubs(self, component: Component, crowded: Iterable[int], assertion: Assertion, at: int) -> bool:
        """Block every one of these that this event makes a hub. Gives whether there was one."""
        k, _ = assertion.ends(component.nodes)
        hubs = [other for other in crowded if self._is_hub(component, other, k, at)]
        for anchor in hubs:
            self.set_block(component, component.nodes[anchor], BLOCKED_AS_HUB)
            self.log(component.workspace, "blocked", anchor, 0, Cause("zuji", WHY, at))
        return bool(hubs)

    def _is_hub(self, component: Component, anchor: int, k: int, at: int) -> bool:
        clock = component.clocks.get(anchor)
        verdict = becomes_hub(clock, k, at) if clock else None
        if clock is None or verdict is None:
            links = [*self._links_to(component, anchor), (at, k)]
            verdict = is_hub(links)
            clock = component.clocks[anchor] = clock_of(links)
        clock[k] = max(clock.get(k, at), at)
        return verdict

    def _links_to(self, component: Component, anchor: int) -> list[tuple[int, int]]:
        """(time, k) of every event that linked this identifier, those of this turn included."""
        by = {
            number: assertion.ends(component.nodes)[0]
            for number, assertion in component.assertions.items()
            if anchor in assertion.ends(component.nodes)[1]
        }
        stored = times.times_of(self.connection, by)
        links = [(at, k) for number, k in by.items() for at, _ in stored.get(number, ())]
        return links + [(at, by[number]) for number, at, _ in self.evidence if number in by]

    def set_block(self, component: Component, node: Node, block: int) -> None:
        """Change whether an identifier may link. Its component is folded anew, its events are looked at again."""
        self.touch(component)
        node.block = block
        self.alter(node)
        component.plan_anew()
        component.crowd, component.clocks = None, {}
        self.memory.drop_shapes(component)
        self.go_stale(component)

    def log(self, workspace: str, kind: ChangeKind, person: int, other: int, cause: Cause | Subject) -> None:
        """Write down that something happened to people."""
        if isinstance(cause, Subject):
            cause = Cause(f"source {cause.source}", f"{cause.rule} {cause.event_id}", cause.at)
        change = PeopleChange(workspace, kind, person, other, cause.who, cause.why, cause.at)
        self.changes.append(change)
        self.writes.log.append((workspace, kind, person, other, cause.who, cause.why, cause.at))
