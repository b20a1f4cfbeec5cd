"""SQL of analysts, asked and answered: within the memory, time and threads of a question, cut at a number of rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import msgspec

from zuji.analyse.sql.bind import DEFINED, checked, query_of
from zuji.analyse.sql.check import RESERVED
from zuji.analyse.sql.views import Sight
from zuji.store.adhoc import StatementRefused, run_statement
from zuji.store.events import EventStore
from zuji.terms.error import BadRequest

MOST_BYTES = 64 * 1024 * 1024
"""Of one answer: it passes through the engine's process whole."""


class AnswerColumn(msgspec.Struct, frozen=True):
    """A column of an answer: its name, and its type in ClickHouse's words."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class SqlAnswer:
    """The rows as JSON arrays, and how they came about. `truncated` says that there are more than these."""

    columns: tuple[AnswerColumn, ...]
    rows: list[msgspec.Raw]
    truncated: bool
    sql_run: str
    milliseconds: float
    rows_read: int
    identity_version: int


class _Statistics(msgspec.Struct):
    elapsed: float
    rows_read: int


class _Document(msgspec.Struct):
    """What the engine writes as JSONCompact."""

    meta: tuple[AnswerColumn, ...]
    data: list[msgspec.Raw]
    statistics: _Statistics


def answer_sql(
    events: EventStore,
    text: str,
    *,
    workspace: str,
    sight: Sight,
    limit: int,
    ticket: str = "",
    before: Callable[[], None] = lambda: None,
) -> SqlAnswer:
    """The answer to an analyst's statement, at most `limit` rows of it. Raises BadRequest with what to do instead.

    `before` is called when the statement was found fit to run; with the `ticket` it can be cancelled from then on.
    """
    statement = checked(text)
    before()
    whose = events.person_of_event()
    query = query_of(statement, workspace, whose=whose, sight=sight, rows=limit + 1)
    try:
        document = run_statement(events, replace(query, ticket=ticket))
    except StatementRefused as refusal:
        raise BadRequest(in_their_words(str(refusal))) from refusal
    if len(document) > MOST_BYTES:
        raise BadRequest(
            f"the answer has {len(document) // 2**20} MB, more than {MOST_BYTES // 2**20}. "
            "Ask for fewer rows or columns, or count instead of listing."
        )
    read = msgspec.json.decode(document, type=_Document)
    return SqlAnswer(
        columns=read.meta,
        rows=read.data[:limit],
        truncated=len(read.data) > limit,
        sql_run=query.sql,
        milliseconds=round(read.statistics.elapsed * 1000, 1),
        rows_read=read.statistics.rows_read,
        identity_version=whose.version,
    )


def in_their_words(message: str) -> str:
    """The engine's message without the query it repeats, and with the names that the analyst wrote.

    >>> in_their_words("Unknown expression `nosuch`. In scope WITH zuji_events AS (SELECT 1) SELECT nosuch")
    'Unknown expression `nosuch`. `zuji sql --views` lists what there is.'
    """
    said = re.split(r"[.:,]? In scope |: While processing |: while executing |: while converting ", message)[0]
    return f"{said.replace(DEFINED, '').replace(RESERVED, '').rstrip('.')}. `zuji sql --views` lists what there is."
