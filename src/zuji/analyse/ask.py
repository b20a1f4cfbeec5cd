"""Ask a question: document in, envelope out. This is the only door of the room."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from zuji.analyse.currencies import Currencies
from zuji.analyse.everybody import Values, values_of_everybody
from zuji.analyse.finite import finite
from zuji.analyse.horizon import Horizon, Horizons
from zuji.analyse.kind import People
from zuji.analyse.kinds import kind_of
from zuji.analyse.personal import refuse_personal
from zuji.analyse.question import Question, read_question
from zuji.analyse.reading import Reading
from zuji.analyse.recall import Recall
from zuji.analyse.settled import NO_TAGS, Settled, Surroundings, TagsNow, no_visual_events
from zuji.analyse.visual_events import LookUp
from zuji.store.events import EventStore
from zuji.store.failure import Refused
from zuji.store.query import Query
from zuji.terms.document import document_of, refuse_broken_text
from zuji.terms.source import DEFAULT_WORKSPACE


@dataclass(frozen=True, slots=True)
class Asking:
    """Where a question is asked: the workspace and its zone, and a ticket by which somebody else can stop it.

    `sees_personal`: whether whoever asks may read personal values.
    """

    workspace: str = DEFAULT_WORKSPACE
    timezone: str = "Asia/Shanghai"
    ticket: str = ""
    sees_personal: bool = True


@dataclass(frozen=True, slots=True)
class Asked:
    """A question answered. `answer` is the kind's own object; the rest says how and from what it was made."""

    kind: str
    question: dict[str, Any]
    answer: dict[str, Any]
    notes: tuple[str, ...]
    rows_read: int
    milliseconds: int
    horizon: Horizon
    sql: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The people behind a figure, and from what they were found."""

    people: People
    horizon: Horizon


class Asker:
    """Answers questions from one event store. Any thread may call it."""

    def __init__(
        self,
        store: EventStore,
        *,
        now_ms: Callable[[], int],
        clock: Callable[[], float] = time.monotonic,
        tags: TagsNow = NO_TAGS,
        visual: LookUp = no_visual_events,
    ) -> None:
        self._store = store
        self._now_ms = now_ms
        self._clock = clock
        self._tags = tags
        self._visual = visual
        self._horizons = Horizons(store.query, store.tide)
        self._currencies = Currencies(store.query, store.tide)
        self._recall = Recall(store.tide)

    def ask(self, kind: str, document: Any, asking: Asking) -> Asked:
        """The answer to a question. Raises BadQuestion, NotAllowed, TooCostly, Cancelled, Busy."""
        began = self._clock()
        mark = self._recall.mark()
        settled, reading = self._settled(kind, document, asking)
        horizon = self._horizons.now(asking.workspace, settled.whose.version)
        answer = self._recall.find(kind_of(kind), settled)
        if answer is None:
            answer = finite(kind_of(kind).answer(settled, reading))
            self._recall.keep(kind_of(kind), settled, answer, mark)
        else:
            settled = settled.noted("Answered before; nothing that the answer depends on has changed since.")
        return Asked(
            kind=kind,
            question=document_of(settled.question),
            answer=answer,
            notes=settled.notes,
            milliseconds=round((self._clock() - began) * 1000),
            rows_read=reading.rows_read,
            horizon=horizon,
            sql=tuple(reading.statements),
        )

    def people(self, kind: str, document: Any, cell: Mapping[str, Any], asking: Asking) -> Found:
        """Everybody behind one figure of the answer to a question, in order."""
        refuse_broken_text(cell)
        settled, reading = self._settled(kind, document, asking)
        horizon = self._horizons.now(asking.workspace, settled.whose.version)
        return Found(kind_of(kind).people(settled, cell, reading), horizon)

    def everybody(self, kind: str, document: Any, gives: str, asking: Asking) -> Values:
        """This figure of each person, by person: what a tag that is a statistic says about them."""
        settled, reading = self._settled(kind, document, asking)
        return values_of_everybody(kind, gives, settled, reading)

    def newest_event_ms(self, workspace: str) -> int:
        """When the newest event happened that a question asked now can see, at least; 0 before there is any."""
        return self._horizons.now(workspace, identity=0).newest_ms

    def _settled(self, kind: str, document: Any, asking: Asking) -> tuple[Settled[Any], Reading]:
        chosen = kind_of(kind)
        question: Question = read_question(chosen.question, document)
        if not asking.sees_personal:
            refuse_personal(question)
        around = Surroundings(
            asking.workspace,
            self._store.person_of_event(),
            self._now_ms(),
            asking.timezone,
            is_pattern=self._is_pattern,
            tags=self._tags,
            visual=self._visual,
        )
        reading = Reading(self._store.query_counted, asking.ticket, self._currencies.are_several)
        return chosen.settle(question, around), reading

    def _is_pattern(self, pattern: str) -> bool:
        """Whether the engine's RE2 takes the pattern: it alone can say."""
        try:
            self._store.query(Query("SELECT match('', {pattern:String}) AS fits", {"pattern": "(?-s)" + pattern}))
        except Refused:
            return False
        return True
