"""Batch tags: what no stream keeps is worked out for everybody, over and over, and written where live values are.

These are the tags and segments said to be `batch`, segments of lists and of saved people, and tags that are statistics.
One that was just published is worked out at once. Changes are told as those of the stream are: what the first pass
after a publishing changes only where that was announced, a value that flaps once a minute. Rules of the stream that
name one of these are asked again for those whose value changed.

Everybody is worked out at first, and always where a value rests on everybody or on the clock itself. Else only those
are who were touched since: `batch_touched.py` says who that is, and it never leaves somebody out.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import polars as pl
import pyarrow as pa

from zuji.analyse.ask import Asker, Asking
from zuji.run.batch_touched import Standing, standing_now, whom_to_ask
from zuji.run.batch_values import NOBODYS, differences, values_by_person, values_in
from zuji.run.batch_writing import BatchWriting
from zuji.run.tagging_rules import published_everywhere
from zuji.run.unhurried import TICKET, unhurried
from zuji.store import tag_bulk, tag_values
from zuji.store.events import EventStore
from zuji.store.failure import Cancelled
from zuji.store.hot import HotStore
from zuji.store.people_lists import PeopleLists
from zuji.store.query import Query
from zuji.tag.definition import Definition, Published, Statistic
from zuji.tag.graph import needed_by
from zuji.tag.history import Among, Asked, Part, definitions_query
from zuji.tag.membership import SavedMembers
from zuji.terms.error import ZujiError
from zuji.terms.period import Calendar

log = logging.getLogger(__name__)

OLDEST_S = 3_600.0
"""How old a value may be while its next one is awaited, unless the settings say less."""
BEAT = 55 / 60
"""Worked out anew after so much of that: 55 minutes of the hour. Values are as of the start of a run and stay until the
next one is written, so looking what is due and the run itself (two minutes for a million people) have to fit, too.
"""
LOOK_EVERY_S = 10.0
"""How soon a definition that was just published is begun with."""
FIGURES_AT_ONCE = 3_000_000
"""People times columns of one pass. A figure of a person takes some hundred bytes while it is being worked out."""
DEFINITIONS_AT_ONCE = 12
"""Values of one pass are kept until all its people are worked out: 24 bytes of each person and definition."""

Named = tuple[str, tag_values.Kind, str]
"""Workspace, kind and key."""


@dataclass(frozen=True, slots=True)
class Worked:
    """When a definition was worked out last, and which version of it."""

    version: int
    at_ms: int
    standing: Standing | None
    """What its values rest on; None: nothing that could tell who was touched since."""


@dataclass(frozen=True, slots=True)
class _Work:
    """Where and as of when something is worked out. `known_ms`: what was published by then is known."""

    workspace: str
    published: Published
    known_ms: int
    now_ms: int


class BatchTags:
    """One thread. `work_off` is all it does; tests and the thread call the same."""

    def __init__(
        self,
        *,
        hot: HotStore,
        events: EventStore,
        lists: PeopleLists,
        asker: Asker,
        writing: BatchWriting,
        timezone_of: Callable[[str], str],
        now_ms: Callable[[], int],
        oldest_s: float = OLDEST_S,
    ) -> None:
        self._hot = hot
        self._events = events
        self._lists = lists
        self._asker = asker
        self._writing = writing
        self._timezone_of = timezone_of
        self._now_ms = now_ms
        self._every_ms = oldest_s * BEAT * 1000
        self._worked: dict[Named, Worked] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="batch-tags")
        self.failure: str | None = None

    def start(self) -> None:
        """Begin: after a start everything is due."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the query under way; what it was about is due again at the next start."""
        self._stopping.set()
        if self._thread.is_alive():
            self._events.cancel(TICKET)
        self._thread.join()

    def work_off(self) -> int:
        """Work out what is due. Gives how many values changed."""
        changed, known_ms = 0, self._now_ms()
        everywhere = self._published()
        for workspace, published in everywhere.items():
            now_ms = self._now_ms()
            due = self._due(workspace, published, now_ms)
            if due:
                changed += self._work_out(_Work(workspace, published, known_ms, now_ms), due)
        self._forget_ended(everywhere)
        return changed

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.work_off()
                self.failure = None
            except Cancelled:
                log.info("batch tags were stopped: the engine ends")
            except Exception as failure:
                self.failure = f"batch tags wait: {failure}"
                log.exception("batch tags wait; trying again in %s s", LOOK_EVERY_S)
            self._stopping.wait(LOOK_EVERY_S)

    def _published(self) -> dict[str, Published]:
        with self._hot.read() as connection:
            return published_everywhere(connection)

    def _due(self, workspace: str, published: Published, now_ms: int) -> list[Definition]:
        """Those that are older than they may be; with them, those that soon are: so that they fall into step, and what
        they rest on, which is large, is kept once.
        """
        batch = [one for one in published.definitions if one.is_batch]
        if not any(self._is_older(workspace, one, now_ms - self._every_ms) for one in batch):
            return []
        return [one for one in batch if self._is_older(workspace, one, now_ms - self._every_ms / 2)]

    def _is_older(self, workspace: str, one: Definition, than_ms: float) -> bool:
        worked = self._worked.get((workspace, one.kind, one.key))
        return worked is None or worked.version != one.version or worked.at_ms <= than_ms

    def _forget_ended(self, everywhere: Mapping[str, Published]) -> None:
        """What is published no more keeps nothing."""
        here = {
            (workspace, one.kind, one.key)
            for workspace, published in everywhere.items()
            for one in published.definitions
        }
        for name in self._worked.keys() - here:
            del self._worked[name]

    def _work_out(self, work: _Work, due: Sequence[Definition]) -> int:
        changed = sum(self._write_statistic(work, one, one.statistic) for one in due if one.statistic is not None)
        ruled = [one for one in due if one.statistic is None]
        return changed + (self._work_out_rules(work, ruled) if ruled else 0)

    def _write_statistic(self, work: _Work, one: Definition, told: Statistic) -> int:
        """Each rests on the order of everybody and on how old everything is: always of the whole base."""
        asking = Asking(work.workspace, self._timezone_of(work.workspace), TICKET)
        try:
            values = values_by_person(self._asker.everybody(told.kind, told.question, told.gives, asking))
        except Cancelled:
            raise
        except ZujiError as failure:
            self._give_up(work, one, failure)
            return 0
        changed = self._write(work, one, values, None)
        self._is_worked_out(work, one, None)
        return changed

    def _work_out_rules(self, work: _Work, ruled: Sequence[Definition]) -> int:
        """Each of everybody, or, where it was worked out before, of those who were touched since."""
        zone = Calendar(ZoneInfo(self._timezone_of(work.workspace)))
        members = {**SavedMembers(self._hot, self._lists, work.workspace, work.published)}
        now = standing_now(self._events, work.workspace, work.published, zone, members, now_ms=work.now_ms)
        asked = Asked(work.workspace, now.whose, zone, work.now_ms, work.published, members)
        able = [one for one in ruled if self._can_be_asked(one, work, asked)]
        changed = 0
        for group, among in whom_to_ask(self._events, work.workspace, self._with_standings(work, able), now):
            for some in _at_once(group):
                changed += self._work_out_group(work, some, replace(asked, among=among))
                for one in some:
                    self._is_worked_out(work, one, now)
        return changed

    def _work_out_group(self, work: _Work, group: Sequence[Definition], asked: Asked) -> int:
        found: list[list[pl.DataFrame]] = [[NOBODYS] for _ in group]
        for table in self._passes(group, asked):
            for place, frames in enumerate(found):
                frames.append(values_in(table["person"], table[f"v{place}"]))
        return sum(
            self._write(work, one, pl.concat(frames), asked.among) for one, frames in zip(group, found, strict=True)
        )

    def _with_standings(self, work: _Work, ruled: Sequence[Definition]) -> list[tuple[Definition, Standing | None]]:
        """Each with what its present values rest on; None: it has none of this version yet."""
        worked = [self._worked.get((work.workspace, one.kind, one.key)) for one in ruled]
        return [
            (one, had.standing if had is not None and had.version == one.version else None)
            for one, had in zip(ruled, worked, strict=True)
        ]

    def _is_worked_out(self, work: _Work, one: Definition, standing: Standing | None) -> None:
        if self._stopping.is_set():
            raise Cancelled("batch tags stop")
        self._writing.first_pass_is_over(work.workspace, one, known_ms=work.known_ms)
        self._worked[work.workspace, one.kind, one.key] = Worked(one.version, work.now_ms, standing)

    def _can_be_asked(self, one: Definition, work: _Work, asked: Asked) -> bool:
        try:
            definitions_query([one], asked)
        except ZujiError as failure:
            self._give_up(work, one, failure)
            return False
        return True

    def _give_up(self, work: _Work, one: Definition, failure: ZujiError) -> None:
        """Until it is due again; its values stay as they are."""
        log.warning("the %s %s of %s was not worked out: %s", one.kind, one.key, work.workspace, failure)
        self._worked[work.workspace, one.kind, one.key] = Worked(one.version, work.now_ms, None)

    def _passes(self, definitions: Sequence[Definition], asked: Asked) -> Iterator[pa.Table]:
        """All of them together, in as many passes over parts of the people as memory asks for."""
        if asked.among is not None:
            if asked.among.people:
                yield self._asked(definitions, asked)
            return
        sql = "SELECT uniq(anchor) AS people FROM zuji.events WHERE workspace = {workspace:String}"
        counted = self._events.query(unhurried(Query(sql, {"workspace": asked.workspace})))["people"][0].as_py()
        parts = parts_for(counted, len(definitions))
        for number in range(parts):
            yield self._asked(definitions, replace(asked, part=Part(number, parts) if parts > 1 else None))

    def _asked(self, definitions: Sequence[Definition], asked: Asked) -> pa.Table:
        # Who is who anew for each: a map is good for a minute. Whoever moves meanwhile is asked again the next time,
        # because the standing was taken before.
        whose = self._events.person_of_event()
        return self._events.query(unhurried(definitions_query(definitions, replace(asked, whose=whose))))

    def _write(self, work: _Work, one: Definition, values: pl.DataFrame, among: Among | None) -> int:
        """What they have now, where that changed; a few at a time. Who of those asked is not in `values` has none."""
        name: tag_values.Name = (one.kind, one.key)
        with self._hot.read() as connection:
            if among is None:
                held = tag_bulk.held_by_everybody(connection, work.workspace, name)
            else:
                held = tag_bulk.held_by(connection, work.workspace, name, among.people)
        return self._writing.write(
            work.workspace,
            one,
            differences(values, *held),
            at_ms=work.now_ms,
            is_named_live=any(other.is_live for other in needed_by(name, work.published)),
            is_stopped=self._stopping.is_set,
        )


def _at_once(group: Sequence[Definition]) -> Iterator[Sequence[Definition]]:
    """So many definitions together that what they give a million people fits into memory."""
    for start in range(0, len(group), DEFINITIONS_AT_ONCE):
        yield group[start : start + DEFINITIONS_AT_ONCE]


def parts_for(people: int, definitions: int) -> int:
    """In how many parts of the people so many definitions are worked out."""
    return 1 + people * (2 + definitions) // FIGURES_AT_ONCE
