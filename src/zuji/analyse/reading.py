"""One question's reading of the event store: runs its queries, keeps what was run, stops when it is cancelled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pyarrow as pa

from zuji.store.counted import Counted
from zuji.store.query import Query
from zuji.terms.error import BadQuestion

Run = Callable[[Query], pa.Table]
RunCounted = Callable[[Query], Counted]
LONGEST_SQL = 250_000
"""The engine reads statements of up to 262,144 bytes (max_query_size); what is bound is not part of them."""


@dataclass(slots=True)
class Reading:
    """Runs the queries of one question. `ticket` lets somebody else cancel them."""

    run: RunCounted
    ticket: str = ""
    several_currencies: Callable[[str], bool] = lambda _: True
    """Whether a workspace may have amounts of several currencies."""
    statements: list[Query] = field(default_factory=list)
    rows_read: int = 0

    def table(self, query: Query) -> pa.Table:
        """The answer of one query."""
        if len(query.sql.encode()) > LONGEST_SQL:
            raise BadQuestion("the question has too many comparisons for one statement. Ask for fewer of them.")
        self.statements.append(query)
        found = self.run(replace(query, ticket=self.ticket))
        self.rows_read += found.rows_read
        return found.table
