"""The one transaction in which a batch happens: everything it did, or nothing of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from zuji.govern import consents_kept
from zuji.identify.resolver import Linked
from zuji.run.batch import Plan, Stages
from zuji.run.giving import Giving
from zuji.run.judging import Judge
from zuji.run.learning import Learner
from zuji.run.losses import LossWatch
from zuji.run.points import PointWatch
from zuji.run.progress import Progress
from zuji.run.tagging import Tagger
from zuji.store import (
    accounting,
    consents,
    losses,
    outbox,
    points,
    profile_changes,
    quality,
    quarantine,
    recent_events,
    spool_positions,
)
from zuji.store.hot import HotStore, HotTransaction
from zuji.store.outbox import OutboxBatch, PeopleRows, PersonRow, SliceRow
from zuji.store.property_names import PropertyNames
from zuji.store.seen import SeenIds

Write = Callable[[HotTransaction], None]


class Committer:
    """Writes plans to the hot state and tells the rooms that keep something in memory how it went."""

    def __init__(
        self,
        *,
        hot: HotStore,
        seen: SeenIds,
        names: PropertyNames,
        stages: Stages,
        tagger: Tagger,
        giving: Giving,
        learner: Learner,
        points: PointWatch,
        losses: LossWatch,
        progress: Progress,
    ) -> None:
        self._hot = hot
        self._seen = seen
        self._names = names
        self._stages = stages
        self._tagger = tagger
        self._giving = giving
        self._learner = learner
        self._judge = Judge(learner.usual_properties)
        self._points = points
        self._losses = losses
        self._progress = progress

    def commit(
        self,
        plan: Plan,
        *,
        positions: Mapping[tuple[str, str], int],
        sequence: int,
        now_ms: int,
        writes: Iterable[Write] = (),
    ) -> OutboxBatch:
        """Make a plan happen. Raises Busy when the disk fails; then nothing has happened."""
        try:
            with self._hot.write() as connection:
                spool_positions.save_positions(connection, positions)
                spool_positions.save_sequence(connection, sequence)
                marked = mark_people(connection, plan.linked, sequence)
                batch = self._write(connection, plan, sequence, now_ms)
                for write in writes:
                    write(connection)
        except BaseException:
            self._seen.forget_pending()
            self._stages.forget(plan)
            self._tagger.forget()
            self._learner.forget()
            raise
        self._seen.settle()
        self._stages.settle(plan)
        self._tagger.settle()
        self._learner.settle()
        if marked:
            self._progress.marked(sequence)
        return batch

    def _write(self, connection: HotTransaction, plan: Plan, sequence: int, now_ms: int) -> OutboxBatch:
        self._seen.remember(connection, plan.stored_hashes)
        self._names.save(connection)
        self._stages.save(connection, now_ms=now_ms)
        quarantine.put(connection, plan.rejected)
        accounting.add(connection, plan.ledger.counts)
        plan.linked.save(connection)
        people = people_rows(plan.linked, sequence)
        batch = outbox.put(connection, events=plan.events, people=people, planned_at=now_ms)
        recent_events.put(connection, plan.events)
        consents_kept.keep(connection, plan.events)
        self._judge.judge(connection, plan, now_ms)
        self._learner.take(connection, plan.observed, now_ms)
        self._points.take(connection, plan.events)
        self._losses.take(connection, plan.numbers, now_ms)
        for workspace, source in plan.linked.writes.deleted_sources:
            self._learner.forget_source(connection, workspace, source)
            quality.forget_source(connection, workspace, source)
            points.forget_source(connection, workspace, source)
            losses.forget_source(connection, workspace, source)
            recent_events.forget_source(connection, workspace, source)
            consents.forget_source(connection, workspace, source)
        self._giving.take(connection, plan.linked, now_ms)
        self._tagger.take(connection, plan, now_ms)
        return batch


def mark_people(connection: HotTransaction, linked: Linked, sequence: int) -> int:
    """Mark whose rows in the event store must follow, while the statements of a deleted source can still be read."""
    marked = profile_changes.mark(connection, linked.marked, sequence)
    for workspace, source in linked.writes.deleted_sources:
        marked += profile_changes.mark_source(connection, workspace, source, sequence)
    return marked


def people_rows(linked: Linked, version: int) -> PeopleRows:
    """What a batch changed about who owns which anchor; of two rows for one anchor the higher version counts."""
    return PeopleRows(
        tuple(PersonRow(workspace, anchor, person, version) for workspace, anchor, person in linked.profile_rows),
        tuple(
            SliceRow(workspace, anchor, start, end, person, version)
            for workspace, anchor, start, end, person in linked.slice_rows
        ),
    )
