"""Statements of analysts whose answers go to a file: rows as the engine makes them, few of them in memory.

The engine streams one JSON object per row. What the columns are is asked before: objects do not say it of nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from io import IOBase
from typing import Any, cast

import msgspec
from clickhouse_connect.driver.exceptions import ClickHouseError

from zuji.store.adhoc import OURS, StatementRefused
from zuji.store.events import EventStore
from zuji.store.failure import CANCELLED, TOO_COSTLY, meaning_of, translated
from zuji.store.query import Query

_DOING = "answering SQL"
_CODE = re.compile(r"Code: (\d+)")
BYTES_AT_ONCE = 256 * 1024


class _Described(msgspec.Struct):
    data: list[list[str]]


@dataclass(frozen=True, slots=True)
class StatementRows:
    """The columns (name, type in ClickHouse's words) and the rows by column name. The rows can be read once."""

    columns: tuple[tuple[str, str], ...]
    rows: Iterator[dict[str, Any]]


@contextmanager
def statement_rows(store: EventStore, query: Query) -> Iterator[StatementRows]:
    """The answer to a statement while the block runs; `query.sql` ends with a SETTINGS clause.

    Raises StatementRefused; TooCostly at its limits; StoreBusy when all slots stay taken; Cancelled.
    """
    with translated(_DOING), store.connections.asking() as client:
        params = dict(query.params)
        # The driver gives up streaming where settings come beside a query; a ticket is hexadecimal (see `Query`).
        sql = f"{query.sql}, log_comment = '{query.ticket}'" if query.ticket else query.sql
        with _refusing():
            described = client.raw_query(f"DESCRIBE ({query.sql})", parameters=params, fmt="JSONCompact")
        columns = tuple((row[0], row[1]) for row in msgspec.json.decode(described, type=_Described).data)
        with _refusing(), closing(cast(IOBase, client.raw_stream(sql, parameters=params, fmt="JSONEachRow"))) as stream:
            yield StatementRows(columns, _rows(stream))


def _rows(stream: IOBase) -> Iterator[dict[str, Any]]:
    decoder = msgspec.json.Decoder(dict[str, Any])
    rest = b""
    while piece := stream.read(BYTES_AT_ONCE):
        whole, newline, rest = (rest + piece).rpartition(b"\n")
        if newline:
            yield from decoder.decode_lines(whole)
    if rest.strip():
        yield decoder.decode(rest)


@contextmanager
def _refusing() -> Iterator[None]:
    """What the engine says about the statement becomes StatementRefused. In a stream it names its code in the text."""
    try:
        yield
    except ClickHouseError as failure:
        told = _CODE.search(str(failure))
        code = getattr(failure, "code", None) or (int(told[1]) if told else None)
        failure.code = code  # type: ignore[attr-defined]
        if code is None or code in OURS | TOO_COSTLY | CANCELLED:
            raise
        raise StatementRefused(str(meaning_of(failure, _DOING))) from failure
