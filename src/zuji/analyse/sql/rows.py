"""SQL of analysts for a file: the same checks and views as `run`, the rows one after the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from zuji.analyse.export import CellKind, Column
from zuji.analyse.sql.bind import checked, query_of
from zuji.analyse.sql.run import in_their_words
from zuji.analyse.sql.views import Sight
from zuji.store.adhoc import StatementRefused
from zuji.store.adhoc_rows import statement_rows
from zuji.store.events import EventStore
from zuji.terms.error import BadRequest

_WRAPPED = re.compile(r"(?:Nullable|LowCardinality)\((.*)\)")
_KINDS: tuple[tuple[re.Pattern[str], CellKind], ...] = (
    (re.compile(r"Bool"), "boolean"),
    (re.compile(r"Int(8|16|32|64)"), "integer"),
    (re.compile(r"UInt(8|16|32|64)"), "unsigned"),
    (re.compile(r"B?Float(16|32|64)"), "number"),
    (re.compile(r"Decimal.*|U?Int(128|256)"), "exact"),
    (re.compile(r"(String|FixedString|Enum|Date|UUID|IPv).*"), "text"),
)


@dataclass(frozen=True, slots=True)
class SqlRows:
    """The columns, and the rows, which can be read once."""

    columns: tuple[Column, ...]
    rows: Iterator[list[Any]]


@contextmanager
def sql_rows(
    events: EventStore, text: str, *, workspace: str, sight: Sight, limit: int, ticket: str = ""
) -> Iterator[SqlRows]:
    """The answer to an analyst's statement while the block runs: more than `limit` rows if there are more."""
    query = query_of(checked(text), workspace, whose=events.person_of_event(), sight=sight, rows=limit + 1)
    # Bytes that are no text would not be JSON.
    query = replace(query, sql=f"{query.sql}, output_format_json_validate_utf8 = 1", ticket=ticket)
    try:
        with statement_rows(events, query) as found:
            columns = tuple(Column(name, kind_of(type_)) for name, type_ in found.columns)
            names = [column.name for column in columns]
            yield SqlRows(columns, ([row[name] for name in names] for row in found.rows))
    except StatementRefused as refusal:
        raise BadRequest(in_their_words(str(refusal))) from refusal


def kind_of(type_: str) -> CellKind:
    """The kind of a column of this type, in ClickHouse's words.

    >>> kind_of("LowCardinality(Nullable(String))"), kind_of("Nullable(Decimal(18, 6))"), kind_of("Array(UInt8)")
    ('text', 'exact', 'json')
    """
    while wrapped := _WRAPPED.fullmatch(type_):
        type_ = wrapped[1]
    return next((kind for pattern, kind in _KINDS if pattern.fullmatch(type_)), "json")
