"""Statements of analysts, already checked and printed by `analyse.sql`: run as a question, answered as JSON.

The engine writes the JSON itself: it knows its own types, and bytes that are no UTF-8 do not stop it.
"""

from __future__ import annotations

from clickhouse_connect.driver.exceptions import ClickHouseError

from zuji.store.connections import ticketed
from zuji.store.events import EventStore
from zuji.store.failure import CANCELLED, TOO_COSTLY, meaning_of, translated
from zuji.store.query import Query
from zuji.terms.error import BadRequest

OURS = {74, 75, 76, 107, 164, 198, 202, 209, 210, 236, 243, 279, 425, 439, 497, 668, 1000, 1001, 1002}
"""Codes about disks, network, threads and rights. Any other says something about the statement."""

_DOING = "answering SQL"


class StatementRefused(BadRequest):
    """The engine cannot run this statement: an unknown column, types that do not fit, a value that cannot be read."""

    code = "sql_refused"


def run_statement(store: EventStore, query: Query) -> bytes:
    """The answer as the engine's JSONCompact: meta, data, statistics.

    Raises StatementRefused; TooCostly at its limits; StoreBusy when all slots stay taken; Cancelled.
    """
    with translated(_DOING), store.connections.asking() as client:
        try:
            answer = client.raw_query(
                query.sql, parameters=dict(query.params), settings=ticketed(query.ticket), fmt="JSONCompact"
            )
        except ClickHouseError as failure:
            code = getattr(failure, "code", None)
            if code is None or code in OURS | TOO_COSTLY | CANCELLED:
                raise
            raise StatementRefused(str(meaning_of(failure, _DOING))) from failure
    return bytes(answer)
