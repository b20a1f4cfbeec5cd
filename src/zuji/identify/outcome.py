"""Compare people before and after a turn: which rows the event store needs, what happened to whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zuji.identify.component import Component
from zuji.identify.linked import ChangeKind, Linked
from zuji.identify.marks import marked
from zuji.identify.people import BEGINNING, END, Ownership, Segment, person_now
from zuji.identify.turn import Cause, Turn
from zuji.store.evidence import EvidenceLog


def finish(turn: Turn, log: EvidenceLog) -> Linked:
    """Everything the turn changed, ready to be written."""
    turn.settle()
    linked = Linked(writes=turn.writes, evidence=turn.evidence, log=log, changes=turn.changes)
    touched: dict[int, list[int]] = {}
    for anchor in turn.before:
        home = turn.memory.homes[anchor]
        if isinstance(home, Component):
            touched.setdefault(home.id, []).append(anchor)
    for number, anchors in touched.items():
        component = turn.changed[number]
        if _add_rows(turn, component, anchors, linked):
            for kind, person, other in _happened(turn, component, anchors):
                turn.log(component.workspace, kind, person, other, turn.causes.get(number, Cause()))
    for number, component in sorted((turn.grown | turn.changed).items()):  # neighbours in the file are written together
        turn.writes.components.append((number, component.pack()))
        component.stored = True
    _add_nodes(turn)
    linked.marked = marked(turn)
    turn.writes.counters.update(turn.memory.counters)
    return linked


def _add_rows(turn: Turn, component: Component, anchors: Sequence[int], linked: Linked) -> bool:
    """Add the rows of those of these identifiers whose owner changed. Gives whether one of them was known before."""
    workspace, before, newborn = component.workspace, turn.before, turn.newborn
    moved = False
    for anchor in anchors:
        was, ownership = before[anchor], component.people.ownership(anchor)
        if ownership == was:
            continue
        moved = moved or anchor not in newborn
        person = person_now(ownership)
        if person != person_now(was):
            linked.profile_rows.append((workspace, anchor, person))
        if not isinstance(ownership, int) or anchor in component.sliced:
            component.sliced.add(anchor)
            linked.slice_rows.extend(_slices(workspace, anchor, ownership))
    return moved


def _slices(workspace: str, anchor: int, ownership: Ownership) -> Iterator[tuple[str, int, int, int, int]]:
    segments = (Segment(BEGINNING, ownership),) if isinstance(ownership, int) else ownership
    ends = [segment.from_ms for segment in segments[1:]] + [END]
    for segment, end in zip(segments, ends, strict=True):
        yield workspace, anchor, segment.from_ms, end, segment.person


def _happened(turn: Turn, component: Component, anchors: Sequence[int]) -> Iterator[tuple[ChangeKind, int, int]]:
    """(kind, person, other) of the merges, splits and moved pointers in a component."""
    people = component.people
    owners = {anchor: person_now(turn.before[anchor]) for anchor in anchors if anchor not in turn.newborn}
    before = set(owners.values()) - {0}
    for person in sorted(before):
        if person not in people.profiles and (into := people.resolve(person)):
            yield "merged", person, into
    told: set[tuple[int, int]] = set()
    for anchor, was in owners.items():
        now = people.points.get(anchor, 0)
        if now in (was, 0) or was not in people.profiles or (was, now) in told:
            continue
        told.add((was, now))
        if now in before or now in turn.newborn or _had_members(turn, component, now):
            yield "pointed", was, now
        else:
            yield "split", now, was


def _had_members(turn: Turn, component: Component, person: int) -> bool:
    """Whether somebody belongs to this profile who did so all the time."""
    return any(anchor not in turn.before for anchor in component.people.profiles[person].members)


def _add_nodes(turn: Turn) -> None:
    memory = turn.memory
    for node in turn.newborn.values():
        home = memory.homes[node.anchor]
        kind = memory.kinds[turn.workspaces[node.anchor], node.type]
        component = home.id if isinstance(home, Component) else 0
        turn.writes.new_nodes.append((node.anchor, kind, node.value, *node.first, component, node.block))
    for node in turn.altered.values():
        home = memory.homes[node.anchor]
        component = home.id if isinstance(home, Component) else 0
        turn.writes.changed_nodes.append((*node.first, component, node.block, node.anchor))
