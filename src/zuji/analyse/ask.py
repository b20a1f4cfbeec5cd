"""Ask a question: document in, envelope out. This is the only door of the room."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from zuji.analyse.kind import People
from zuji.analyse.kinds import kind_of
from zuji.analyse.question import Question, document_of, read_question
from zuji.analyse.reading import Reading
from zuji.analyse.settled import Settled, Surroundings
from zuji.store.events import EventStore
from zuji.store.failure import Refused
from zuji.store.query import Query


@dataclass(frozen=True, slots=True)
class Asked:
    """A question answered. `answer` is the kind's own object; the rest says how and from what it was made."""

    kind: str
    question: dict[str, Any]
    answer: dict[str, Any]
    notes: tuple[str, ...]
    milliseconds: int
    identity_version: int
    sql: tuple[Query, ...]


class Asker:
    """Answers questions from one event store."""

    def __init__(self, store: EventStore, *, now_ms: Callable[[], int], clock: Callable[[], float] = time.monotonic):
        self._store = store
        self._now_ms = now_ms
        self._clock = clock

    def ask(
        self, kind: str, document: Any, *, workspace: str, timezone: str = "Asia/Shanghai", ticket: str = ""
    ) -> Asked:
        """The answer to a question. Raises BadQuestion, TooCostly, Cancelled, Busy."""
        began = self._clock()
        settled, reading = self._settled(kind, document, workspace, timezone, ticket)
        answer = kind_of(kind).answer(settled, reading)
        return Asked(
            kind,
            document_of(settled.question),
            answer,
            settled.notes,
            round((self._clock() - began) * 1000),
            settled.whose.version,
            tuple(reading.statements),
        )

    def people(
        self,
        kind: str,
        document: Any,
        cell: Mapping[str, Any],
        *,
        workspace: str,
        timezone: str = "Asia/Shanghai",
        ticket: str = "",
    ) -> People:
        """Everybody behind one figure of the answer to a question, in order."""
        settled, reading = self._settled(kind, document, workspace, timezone, ticket)
        return kind_of(kind).people(settled, cell, reading)

    def _settled(
        self, kind: str, document: Any, workspace: str, timezone: str, ticket: str
    ) -> tuple[Settled[Any], Reading]:
        chosen = kind_of(kind)
        question: Question = read_question(chosen.question, document)
        around = Surroundings(
            workspace, self._store.person_of_event(), self._now_ms(), timezone, is_pattern=self._is_pattern
        )
        return chosen.settle(question, around), Reading(self._store.query, ticket)

    def _is_pattern(self, pattern: str) -> bool:
        """Whether the engine's RE2 takes the pattern: it alone can say."""
        try:
            self._store.query(Query("SELECT match('', {pattern:String}) AS fits", {"pattern": "(?-s)" + pattern}))
        except Refused:
            return False
        return True
