"""Batch tags: what no stream keeps is worked out for everybody, over and over, and written where live values are.

These are the tags and segments said to be `batch`, segments of lists and of saved people, and tags that are statistics.
None is older than `every_s`; one that was just published is worked out at once. Changes are recorded, told to nobody;
rules of the stream that name one of these are asked again for those whose value changed.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from zuji.analyse.ask import Asker, Asking
from zuji.run.tagging_rules import published_everywhere
from zuji.store import tag_live, tag_timers, tag_values
from zuji.store.events import EventStore
from zuji.store.failure import Cancelled
from zuji.store.hot import HotStore
from zuji.store.people_lists import PeopleLists
from zuji.store.query import Query
from zuji.tag.definition import Definition, Published, SavedPeople
from zuji.tag.graph import needed_by
from zuji.tag.history import Asked, Part, definitions_query
from zuji.tag.membership import saved_members
from zuji.terms.error import ZujiError
from zuji.terms.period import Calendar

log = logging.getLogger(__name__)

EVERY_S = 3_600.0
LOOK_EVERY_S = 10.0
"""How soon a definition that was just published is begun with."""
FIGURES_AT_ONCE = 3_000_000
"""People times columns of one pass. A figure of a person takes some hundred bytes while it is being worked out."""
ROWS_AT_ONCE = 2_000
"""Values in one transaction: some tens of milliseconds, in which events wait."""
UNHURRIED = "\nSETTINGS max_execution_time = 900, max_threads = 1"
"""One thread, so that the questions of people keep the other one."""
TICKET = "ba7c4000"
"""Of every query that is run here: there is one at a time."""

Named = tuple[str, tag_values.Kind, str]
"""Workspace, kind and key."""


@dataclass(frozen=True, slots=True)
class Worked:
    """When a definition was worked out last, and which version of it."""

    version: int
    at_ms: int


class BatchTags:
    """One thread. `work_off` is all it does; tests and the thread call the same."""

    def __init__(
        self,
        *,
        hot: HotStore,
        events: EventStore,
        lists: PeopleLists,
        asker: Asker,
        timezone_of: Callable[[str], str],
        now_ms: Callable[[], int],
        every_s: float = EVERY_S,
    ) -> None:
        self._hot = hot
        self._events = events
        self._lists = lists
        self._asker = asker
        self._timezone_of = timezone_of
        self._now_ms = now_ms
        self._every_ms = every_s * 1000
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
        changed = 0
        for workspace, published in self._published().items():
            now_ms = self._now_ms()
            due = [one for one in published.definitions if is_batch(one) and self._is_due(workspace, one, now_ms)]
            if due:
                changed += self._work_out(workspace, published, due, now_ms)
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

    def _is_due(self, workspace: str, one: Definition, now_ms: int) -> bool:
        worked = self._worked.get((workspace, one.kind, one.key))
        return worked is None or worked.version != one.version or now_ms - worked.at_ms >= self._every_ms

    def _work_out(self, workspace: str, published: Published, due: Sequence[Definition], now_ms: int) -> int:
        changed = 0
        for one, values in self._values(workspace, published, due, now_ms):
            if self._stopping.is_set():
                break
            changed += self._replace(workspace, published, one, values, now_ms)
            self._worked[workspace, one.kind, one.key] = Worked(one.version, now_ms)
        return changed

    def _values(
        self, workspace: str, published: Published, due: Sequence[Definition], now_ms: int
    ) -> Iterator[tuple[Definition, Mapping[int, Any]]]:
        zone = self._timezone_of(workspace)
        for one in due:
            if one.statistic is not None:
                told = one.statistic
                asking = Asking(workspace, zone, TICKET)
                try:
                    yield one, self._asker.everybody(told.kind, told.question, told.gives, asking)
                except Cancelled:
                    raise
                except ZujiError as failure:
                    self._give_up(workspace, one, failure, now_ms)
        calendar = Calendar(ZoneInfo(zone))
        asked = Asked(workspace, self._events.person_of_event(), calendar, now_ms, published)
        asked = replace(asked, members=self._members(workspace, published))
        ruled = [one for one in due if one.statistic is None and self._can_be_asked(one, asked)]
        yield from zip(ruled, _columns(self._passes(ruled, asked), len(ruled)), strict=True)

    def _members(self, workspace: str, published: Published) -> dict[str, tuple[int, ...]]:
        """Who is in segments of saved people now; a list that is gone leaves its segment out."""
        found: dict[str, tuple[int, ...]] = {}
        for one in published.definitions:
            if isinstance(one.members, SavedPeople):
                try:
                    found |= saved_members(self._hot, self._lists, workspace, Published((one,)))
                except ZujiError as failure:
                    log.warning("the segment %s of %s: %s", one.key, workspace, failure)
        return found

    def _can_be_asked(self, one: Definition, asked: Asked) -> bool:
        try:
            definitions_query([one], asked)
        except ZujiError as failure:
            self._give_up(asked.workspace, one, failure, asked.now_ms)
            return False
        return True

    def _give_up(self, workspace: str, one: Definition, failure: ZujiError, now_ms: int) -> None:
        """Until it is due again; its values stay as they are."""
        log.warning("the %s %s of %s was not worked out: %s", one.kind, one.key, workspace, failure)
        self._worked[workspace, one.kind, one.key] = Worked(one.version, now_ms)

    def _passes(self, definitions: Sequence[Definition], asked: Asked) -> Iterator[pa.Table]:
        """All of them together, in as many passes over parts of the people as memory asks for."""
        if not definitions:
            return
        sql = "SELECT uniq(anchor) AS people FROM zuji.events WHERE workspace = {workspace:String}"
        counted = self._events.query(Query(sql, {"workspace": asked.workspace}))["people"][0].as_py()
        parts = parts_for(counted, len(definitions))
        for number in range(parts):
            query = definitions_query(definitions, replace(asked, part=Part(number, parts) if parts > 1 else None))
            yield self._events.query(replace(query, sql=query.sql + UNHURRIED, ticket=TICKET))

    def _replace(
        self, workspace: str, published: Published, one: Definition, values: Mapping[int, Any], now_ms: int
    ) -> int:
        """Write what changed, a few people at a time."""
        name: tag_values.Name = (one.kind, one.key)
        with self._hot.read() as connection:
            before = dict(tag_values.holders(connection, workspace, one.kind, one.key))
        moved = tag_values.moved(before, values)
        named_live = any(other.is_live for other in needed_by(name, published))
        for start in range(0, len(moved), ROWS_AT_ONCE):
            some = moved[start : start + ROWS_AT_ONCE]
            with self._hot.write() as connection:
                if not tag_live.holds(connection, workspace, name, one.version):
                    return start  # it was ended, or published anew, while it was worked out
                tag_values.write_moved(
                    connection, workspace, name, some, before, version=one.version, at_ms=now_ms, cause="batch"
                )
                if named_live:
                    tag_timers.wake(connection, workspace, (person for person, _ in some), now_ms)
        return len(moved)


def parts_for(people: int, definitions: int) -> int:
    """In how many parts of the people so many definitions are worked out."""
    return 1 + people * (2 + definitions) // FIGURES_AT_ONCE


def is_batch(one: Definition) -> bool:
    """Whether its values are worked out here: neither by the stream nor by somebody else."""
    return one.statistic is not None or one.members is not None or (one.rule is not None and not one.is_live)


def _columns(passes: Iterable[pa.Table], count: int) -> list[dict[int, Any]]:
    """Everybody's value of each definition; a segment holds true."""
    found: list[dict[int, Any]] = [{} for _ in range(count)]
    for table in passes:
        people = table["person"].to_pylist()
        for place, values in enumerate(found):
            column = table[f"v{place}"].to_pylist()
            pairs = zip(people, column, strict=True)
            values.update((person, value) for person, value in pairs if value is not None and value != [])
    return found
