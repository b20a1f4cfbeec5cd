"""Whom a batch touches, and why they are looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from zuji.identify.linked import Linked
from zuji.run.batch import Plan
from zuji.run.tagging_people import Why
from zuji.store.schema import EVENT_SCHEMA
from zuji.tag.event_facts import EventRows


@dataclass(frozen=True)
class Touched:
    """What a batch did in one workspace. `rows`: the places of its events in the plan; `events`: those rows."""

    rows: Sequence[int]
    table: pa.Table
    events: EventRows
    anchors: frozenset[int]
    newborn: frozenset[int]
    divided: frozenset[int]
    """Anchors whose stretches changed."""
    marked: frozenset[int]
    """People whose identifiers or traits may have changed."""
    moved: frozenset[int]
    """Those who gained or lost identifiers: with them, not only their newest event counts."""

    def people(self, plan: Plan, counted: Mapping[int, int | None]) -> dict[int, Why]:
        """Whom to look at, and why. `counted`: the places among `rows` of the events that may have changed anything,
        each with the atoms that it reaches; None: their state was made anew.

        What happened to somebody is put down to their newest event, if they have one here.
        """
        newest: dict[int, int] = {}
        reached: dict[int, int | None] = {}
        for place, reach in counted.items():
            person = plan.owner_of_row(self.rows[place])
            newest[person] = place
            before = reached.get(person, 0)
            reached[person] = None if reach is None or before is None else before | reach
        found = dict.fromkeys(self.marked, Why("trait")) | dict.fromkeys(self.moved, Why("identity"))
        if newest:
            ids, kinds = self.table["event_id"].to_pylist(), self.table["type"].to_pylist()
            received = pc.cast(self.table["received_at"], pa.int64()).to_pylist()
            for person, place in newest.items():
                known = found.get(person)
                cause = known.cause if known is not None else "event"
                if cause == "trait" and kinds[place] != "identify":
                    cause = "event"  # it only came with an identifier that was seen again
                found[person] = Why(cause, ids[place], received[place], None if known is not None else reached[person])
        found.pop(0, None)
        return found


def touched_by(plan: Plan, workspace: str) -> Touched | None:
    """What the batch did in this workspace; None when nothing."""
    rows, linked = _rows_of(plan, workspace), plan.linked
    moved = moved_people(linked, workspace)
    marked = frozenset(person for ours, person in linked.marked if ours == workspace)
    if not rows and not moved and not marked:
        return None
    table = _table_of(plan, rows)
    return Touched(
        rows=rows,
        table=table,
        events=EventRows(table),
        anchors=frozenset(table["anchor"].unique().to_pylist() if rows else ()) - {0},
        newborn=frozenset(node[0] for node in linked.writes.new_nodes),
        divided=frozenset(row[1] for row in linked.slice_rows if row[0] == workspace),
        marked=marked,
        moved=moved,
    )


def _rows_of(plan: Plan, workspace: str) -> Sequence[int]:
    if not plan.events.num_rows:
        return ()
    is_ours = pc.equal(plan.events["workspace"], workspace)
    if pc.all(is_ours).as_py():
        return range(plan.events.num_rows)
    found: list[int] = pc.indices_nonzero(is_ours).to_pylist()
    return found


def _table_of(plan: Plan, rows: Sequence[int]) -> pa.Table:
    """These rows; the plan of a decision has none, and not even their columns."""
    if not rows:
        return EVENT_SCHEMA.empty_table()
    return plan.events if len(rows) == plan.events.num_rows else plan.events.take(pa.array(rows, pa.int64()))


def moved_people(linked: Linked, workspace: str) -> frozenset[int]:
    """Those who gained or lost identifiers."""
    people = {person for one in linked.changes if one.workspace == workspace for person in (one.person, one.other)}
    people.update(row[4] for row in linked.slice_rows if row[0] == workspace)
    return frozenset(people)
