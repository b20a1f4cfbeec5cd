"""How far a running query is, as the engine tells while it reads."""

from __future__ import annotations

from dataclasses import dataclass

from zuji.store.connections import read_table
from zuji.store.events import EventStore
from zuji.store.failure import translated

_SQL = """
SELECT sum(read_rows) AS rows_read, sum(greatest(read_rows, total_rows_approx)) AS rows_to_read
FROM system.processes WHERE Settings['log_comment'] = {ticket:String}
"""


@dataclass(frozen=True, slots=True)
class QueryProgress:
    """Rows read, and about how many there are to read: the engine knows that once it has looked at its index."""

    rows_read: int
    rows_to_read: int


def progress_of(store: EventStore, ticket: str) -> QueryProgress | None:
    """How far the query with this ticket is; None when none runs, as between two statements of one question."""
    with store.connections.controlling() as client, translated("looking how far a question is"):
        [row] = read_table(client, _SQL, {"ticket": ticket}).to_pylist()
    if not ticket or not row["rows_to_read"]:
        return None
    return QueryProgress(row["rows_read"], row["rows_to_read"])
