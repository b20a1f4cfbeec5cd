"""The tag stage: what a batch, the time, or a publishing changes about people's live tags and segments.

It runs inside the batch's transaction, after link, so states, values, changes and the spool's position are committed
together: after a crash nothing was counted that was not taken, nor taken that was not counted. Where no live rules are
published it does nothing at all.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from msgspec import structs

from zuji.identify.current import owners_ever
from zuji.identify.holdings import Holding
from zuji.identify.resolver import Resolver
from zuji.run.batch import Plan
from zuji.run.tag_latency import TagLatency
from zuji.run.tagging_batch import Touched, touched_by
from zuji.run.tagging_people import Outcome, PeopleBook, Record, Why, arm, compare, facts_for
from zuji.run.tagging_rules import CalendarOf, Rules, load_rules
from zuji.run.tagging_states import StateBook
from zuji.run.telling import Telling
from zuji.store import tag_live, tag_states, tag_timers, tag_values
from zuji.store.hot import DiskFailure, HotStore, HotTransaction, apart
from zuji.store.tag_events import AnchorEvents
from zuji.store.tag_live import Backfill
from zuji.store.tag_values import TOLD, NewChange
from zuji.tag.compiled import Evaluated
from zuji.terms.error import Busy

log = logging.getLogger(__name__)

BROKEN_WAIT_MS = 60_000
TIME = Why("time")
PUBLISHED = Why("publish")


@dataclass
class Books:
    """What the stage keeps of one workspace. `ahead`: people looked at before the backfill under way reached them."""

    workspace: str
    rules: Rules
    states: StateBook
    people: PeopleBook
    backfill: Backfill | None = None
    """The one under way, as far as it came."""
    ahead: set[int] = field(default_factory=set)

    def is_behind(self, person: int) -> bool:
        """Whether this person was not looked at with these rules so far."""
        return self.backfill is not None and self.backfill.is_behind(person) and person not in self.ahead


class Tagger:
    """Called by whoever holds the batch lock, in a transaction; `settle` or `forget` follow its end."""

    def __init__(
        self,
        *,
        hot: HotStore,
        events: AnchorEvents,
        resolver: Resolver,
        calendar_of: CalendarOf,
        now_ms: Callable[[], int],
    ) -> None:
        self._hot = hot
        self._events = events
        self._resolver = resolver
        self._calendar_of = calendar_of
        self._now_ms = now_ms
        self._books: dict[str, Books] = {}
        self._fresh: list[NewChange] = []
        self.telling = Telling()
        self.latency = TagLatency()
        self.failure: str | None = None
        with hot.read() as connection:
            self.reload(connection)
            self.telling.load(connection)

    @property
    def is_idle(self) -> bool:
        """Whether no live rules are published anywhere, and no flapping value, not even of a batch tag, waits."""
        return not self._books and not self.telling.holds_any

    def books(self, workspace: str) -> Books | None:
        """What is kept of a workspace; None where it has no live rules."""
        return self._books.get(workspace)

    def reload(self, connection: HotTransaction) -> None:
        """Something was published: compile what holds now. States that do not fit are worked out when needed."""
        unfinished = {one.workspace: one for one in tag_live.backfills(connection) if one.finished_ms is None}
        self._books = {
            workspace: Books(
                workspace,
                rules,
                StateBook(workspace, rules.compiled, events=self._events, resolver=self._resolver),
                PeopleBook(workspace, rules),
                unfinished.get(workspace),
            )
            for workspace, rules in load_rules(connection, self._calendar_of).items()
        }

    def take(self, connection: HotTransaction, plan: Plan, now_ms: int) -> None:
        """What a batch or decision changes. Its people are in the tables and its events in the outbox already."""
        if not self._books:
            return
        for workspace, _ in plan.linked.writes.deleted_sources:
            self._read_again(connection, workspace, tag_states.take_erased(connection), now_ms)
        for workspace, books in self._books.items():
            touched = touched_by(plan, workspace)
            if touched is None:
                continue
            if not self._survives(connection, partial(self._take, connection, books, plan, touched, now_ms)):
                anchors = touched.anchors | touched.divided
                tag_states.mark_stale(connection, anchors)
                self._read_again(connection, workspace, anchors, now_ms + BROKEN_WAIT_MS)

    def _read_again(self, connection: HotTransaction, workspace: str, anchors: Collection[int], at_ms: int) -> None:
        """The states of these are stale: have everybody to whom one of them belongs looked at."""
        if workspace in self._books:
            self._books[workspace].states.drop(anchors)
        tag_timers.wake(connection, workspace, owners_ever(connection, workspace, anchors), at_ms)

    def look(self, connection: HotTransaction, workspace: str, persons: Collection[int], why: Why, now_ms: int) -> None:
        """Look at these people again. Whoever breaks a rule is left for later and said; the others are not held up."""
        books = self._books.get(workspace)
        if books is None:
            return
        books.people.drop(persons)
        if self._survives(connection, lambda: self._look(connection, books, persons, why, now_ms)):
            return
        for person in persons:
            if not self._survives(connection, partial(self._look, connection, books, (person,), why, now_ms)):
                tag_timers.set_due(connection, [(person, workspace, now_ms + BROKEN_WAIT_MS)])

    def _look(self, connection: HotTransaction, books: Books, persons: Collection[int], why: Why, now_ms: int) -> None:
        people = dict.fromkeys(persons, why)
        records = books.people.load(connection, people)
        self._write(connection, books, self._outcome(connection, books, people, records, (), now_ms))

    def _survives(self, connection: HotTransaction, work: Callable[[], None]) -> bool:
        """Do this, or nothing of it. False when a rule broke; what is wrong with a disk or store is raised."""
        try:
            with apart(connection):
                work()
        except (Busy, DiskFailure):
            raise
        except Exception as failure:
            self.forget()
            self.failure = f"tags of some people wait: {failure!r}. Please report this."
            log.exception("a rule broke; events are taken in, the tags of these people wait")
            return False
        return True

    def settle(self) -> None:
        """The transaction was committed."""
        now_ms = self._now_ms()
        for books in self._books.values():
            books.states.settle()
            books.people.settle()
        if self._fresh:
            received = (one.received_at_ms for one in self._fresh if one.told == TOLD and one.cause != "publish")
            self.latency.record((now_ms - at for at in received if at is not None), now_ms)
            self._fresh = []

    def forget(self) -> None:
        """The transaction was rolled back."""
        self._fresh = []
        for books in self._books.values():
            books.states.forget()
            books.people.forget()
        self.telling.forget()

    def note_erasure(self, workspace: str, source: str) -> None:
        """All events of a source, stored by now, are about to be erased: remember whose they were."""
        if self._books:
            anchors = self._events.anchors_of_source(workspace, source)
            with self._hot.write() as connection:
                tag_states.note_erasure(connection, anchors)

    def _take(self, connection: HotTransaction, books: Books, plan: Plan, touched: Touched, now_ms: int) -> None:
        states = books.states
        fresh = states.load(connection, touched.anchors | touched.divided, now_ms, touched.newborn)
        outdated = states.divide(connection, touched.divided - fresh)
        states.work_out(connection, outdated, now_ms)
        fresh.update(outdated)
        counted: dict[int, int | None] = {}
        for place, event in enumerate(touched.events):
            if not event.anchor:
                continue
            if event.anchor in fresh:
                counted[place] = None
            elif (reach := states.add(event, now_ms)) is not None:
                counted[place] = reach
        people = touched.people(plan, counted)
        records = books.people.load(connection, people, changed=touched.marked, newborn=touched.newborn)
        self._write(connection, books, self._outcome(connection, books, people, records, touched.newborn, now_ms))

    def _outcome(
        self,
        connection: HotTransaction,
        books: Books,
        people: Mapping[int, Why],
        records: Mapping[int, Record],
        newborn: Collection[int],
        now_ms: int,
    ) -> Outcome:
        """What looking at these people comes to."""
        holdings = self._resolver.holdings(connection, books.workspace, people)
        books.states.load(connection, {one.anchor for held in holdings.values() for one in held}, now_ms, newborn)
        if books.rules.asks_who:
            books.people.load_facts(connection, records)
        found = self._evaluate(connection, books, people, holdings, records, now_ms)
        outcome = Outcome(books.workspace, now_ms)
        for person in sorted(people):  # written in the order of the tables, rows cost little more than half
            why, start = people[person], len(outcome.changes)
            compare(outcome, person, records[person], books.rules, found[person], why)
            arm(outcome, person, records[person], found[person].next_at)
            self._mark_published(books, person, outcome.changes, start)
        return outcome

    def _evaluate(
        self,
        connection: HotTransaction,
        books: Books,
        people: Mapping[int, Why],
        holdings: Mapping[int, Sequence[Holding]],
        records: Mapping[int, Record],
        now_ms: int,
    ) -> dict[int, Evaluated]:
        """What the rules say; of those who have more than states hold, by their events."""
        rules, states = books.rules, books.states
        found: dict[int, Evaluated] = {}
        for person, held in holdings.items():
            figures = rules.compiled.figures(states.states_of(held), now_ms)
            record, reach = records[person], people[person].reach
            if reach is not None and not books.is_behind(person):
                before = Evaluated(record.said, record.due_ms)
                found[person] = rules.compiled.revise(before, figures, facts_for(record), reach)
            else:
                found[person] = rules.compiled.evaluate(figures, facts_for(record), record.said)
        beyond = {person: holdings[person] for person, said in found.items() if said.overflows}
        if beyond:
            for person, whole in states.whole(connection, beyond, now_ms).items():
                figures = states.unlimited.figures(whole, now_ms)
                record = records[person]
                found[person] = states.unlimited.evaluate(figures, facts_for(record), record.said)
        return found

    def _mark_published(self, books: Books, person: int, changes: list[NewChange], start: int) -> None:
        """Whom the backfill has not reached changes because of the publishing, whatever made us look."""
        if not books.is_behind(person):
            return
        books.ahead.add(person)
        changes[start:] = [structs.replace(change, cause="publish") for change in changes[start:]]

    def _write(self, connection: HotTransaction, books: Books, outcome: Outcome) -> None:
        books.states.save(connection)
        changes = self.telling.decide(
            connection,
            outcome.changes,
            announce=books.backfill is not None and books.backfill.announce,
            now_ms=outcome.now_ms,
        )
        tag_values.write_values(connection, outcome.values)
        tag_timers.set_due(connection, outcome.due)
        tag_values.record(connection, changes, readable_at_ms=self._now_ms())
        self._fresh += changes
