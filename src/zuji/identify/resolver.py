"""The identity engine: each event gets the anchor it belongs to, each assertion its consequence for people.

Most events say what is known already. They are recognised by their shape (who, rule, key, source) in one look-up: while
the component has not changed since that shape was last found to change nothing, and the event is later than the
component's last change, it changes nothing either, and only its time is written down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec

from zuji.identify import outcome
from zuji.identify.admission import Admission, SourceName, forgets
from zuji.identify.decision import carry_out
from zuji.identify.holdings import Holding, in_homes, in_tables, starts_in_homes, starts_in_tables
from zuji.identify.linked import Linked, Owners, PeopleChange
from zuji.identify.memory import CAPACITY, Link, Memory, Shape
from zuji.identify.statements import StatementLog
from zuji.identify.turn import Turn
from zuji.store.evidence import YOUNG_ROWS, EvidenceLog
from zuji.store.hot import HotStore, HotTransaction
from zuji.terms.message import Message
from zuji.terms.rejection import Rejection
from zuji.terms.source import Source
from zuji.terms.subject import Subject

__all__ = ["Linked", "PeopleChange", "Resolver"]

_where, _when = attrgetter("workspace", "source"), attrgetter("at")
_said = attrgetter("known", "anonymous", "rule", "key", "source", "identified", "workspace")
_packed = msgspec.msgpack.Encoder().encode  # a third cheaper to look up than the values, and smaller to keep


class Resolver:
    """The one writer of the identity state.

    `link` and `decide` read the hot state and work in memory; their result is written by `Linked.save` inside the
    batch's transaction. Then `settle` after the commit, or `forget` after the rollback, before the next call.

    >>> linked = resolver.link(subjects, positions, now_ms)      # doctest: +SKIP
    >>> with hot.write() as connection:                          # doctest: +SKIP
    ...     linked.save(connection)                              # doctest: +SKIP
    >>> resolver.settle(linked)                                  # doctest: +SKIP
    """

    def __init__(
        self,
        hot: HotStore,
        source_of: Callable[[str, str], Source],
        *,
        capacity: int = CAPACITY,
        young_rows: int = YOUNG_ROWS,
    ) -> None:
        self._hot = hot
        self._source_of = source_of
        self._memory = Memory(capacity=capacity)
        self._log = EvidenceLog(young_rows=young_rows)
        self._statements = StatementLog()
        self._sources: dict[SourceName, Source] = {}

    def link(self, subjects: Sequence[Subject], positions: Sequence[int], now_ms: int) -> Linked:
        """Whose each event is, and what the batch changes. The order within the batch does not matter."""
        self._watch_settings(set(map(_where, subjects)))
        times = list(map(_when, subjects))
        with self._hot.read() as connection, self._all_or_nothing():
            self._memory.begin(connection)
            turn = Turn(self._memory, connection)
            recognised = self._take(turn, subjects, times, now_ms)
            linked = outcome.finish(turn, self._log)
        linked.anchors = recognised.anchors
        linked.people = Owners(recognised.links, times)
        linked.rejections = recognised.rejections
        return linked

    def decide(self, workspace: str, message: Message, now_ms: int) -> tuple[Linked, dict[str, Any]]:
        """Carry out a person's decision (`message.event` names it). Raises BadRequest, NotFound or Conflict."""
        with self._hot.read() as connection, self._all_or_nothing():
            self._memory.begin(connection)
            turn = Turn(self._memory, connection)
            answer = carry_out(turn, workspace, message, now_ms)
            linked = outcome.finish(turn, self._log)
        if turn.writes.deleted_sources:
            self._statements.clear()
        return linked, answer

    def _take(self, turn: Turn, subjects: Sequence[Subject], times: Sequence[int], now_ms: int) -> _Recognised:
        shapes = list(map(_packed, map(_said, subjects)))
        found = list(map(turn.memory.shapes.get, shapes))
        admission = Admission(turn, self._sources, now_ms)
        admission.load([subject for subject, link in zip(subjects, found, strict=True) if link is None])
        recognised = _recognise(turn, admission, subjects, times, shapes, found)
        self._statements.take(turn, recognised.stating)
        turn.writes.new_people.extend(admission.counted())
        return recognised

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        """When it fails half way, memory is ahead of the file: forget it, so that the next call is right."""
        try:
            yield
        except BaseException:
            self.forget(None)
            raise

    def nothing(self) -> Linked:
        """The outcome of a decision that concerns nobody's identity."""
        return Linked()

    def holdings(self, connection: HotTransaction, workspace: str, persons: Iterable[int]) -> dict[int, list[Holding]]:
        """What these people own, with what was linked last; `connection` must see that too (the batch's own does)."""
        found, absent = in_homes(self._memory.homes, persons)
        return found | in_tables(connection, workspace, absent) if absent else found

    def stretches(
        self, connection: HotTransaction, workspace: str, anchors: Iterable[int]
    ) -> dict[int, tuple[int, ...]]:
        """Where the stretches of each anchor begin (several, where its owner changed over time)."""
        found, absent = starts_in_homes(self._memory.homes, anchors)
        return found | starts_in_tables(connection, workspace, absent) if absent else found

    def settle(self, linked: Linked) -> None:
        """What was linked is committed."""
        self._memory.evict()
        self._statements.evict()

    def forget(self, linked: Linked | None) -> None:
        """What was linked was rolled back: start again from what is committed."""
        self._memory.clear()
        self._log.forget()
        self._statements.clear()

    def _watch_settings(self, names: set[SourceName]) -> None:
        """A source whose rights changed is looked at anew; links already made keep the rights they were made with."""
        fresh = {name: self._source_of(*name) for name in names}
        if any(name in self._sources and self._sources[name].settings != fresh[name].settings for name in names):
            self._memory.shapes.clear()
        self._sources.update(fresh)


class _Recognised(NamedTuple):
    """Per event its link and anchor (0 for nobody); what was rejected, in the order received; what states something."""

    links: list[Link | None]
    anchors: list[int]
    rejections: list[Rejection]
    stating: list[tuple[Subject, Link]]


def _recognise(
    turn: Turn,
    admission: Admission,
    subjects: Sequence[Subject],
    times: Sequence[int],
    shapes: Sequence[Shape],
    found: Sequence[Link | None],
) -> _Recognised:
    """What each event comes to.

    Events are taken in the order of event time, so that a shuffled batch costs no more than a sorted one.
    """
    known, number, say = turn.memory.shapes.get, turn.memory.turn, turn.evidence.append
    links, anchors = list(found), [0] * len(found)
    rejections: list[Rejection] = []
    stating: list[tuple[Subject, Link]] = []
    for index in sorted(range(len(subjects)), key=times.__getitem__):
        at, subject, link = times[index], subjects[index], found[index]
        if link is None or link.dropped:
            link = links[index] = known(shapes[index])
        statements = subject.statements
        if link is not None and not (statements and forgets(statements)):
            home = link.home
            if at > home.changed_at and (link.version is home.version or not link.id):
                home.touched = number
                if link.id:
                    if at > home.last_at:
                        home.last_at = at
                    say((link.id, at, subject.event_id))
                anchors[index] = link.anchor
                if statements:
                    stating.append((subject, link))
                continue
        admitted = admission.admit(index, subject, shapes[index], link)
        if isinstance(admitted, Rejection):
            rejections.append(admitted)
            links[index] = None
            continue
        links[index] = admitted
        if admitted is not None:
            anchors[index] = admitted.anchor
            if statements:
                stating.append((subject, admitted))
    rejections.sort(key=lambda rejection: rejection.index)
    return _Recognised(links, anchors, rejections, stating)
