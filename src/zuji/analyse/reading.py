"""One question's reading of the event store: runs its queries, keeps what was run, stops when it is cancelled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pyarrow as pa

from zuji.store.query import Query

Run = Callable[[Query], pa.Table]


@dataclass(slots=True)
class Reading:
    """Runs the queries of one question. `ticket` lets somebody else cancel them."""

    run: Run
    ticket: str = ""
    statements: list[Query] = field(default_factory=list)

    def table(self, query: Query) -> pa.Table:
        """The answer of one query."""
        self.statements.append(query)
        return self.run(replace(query, ticket=self.ticket))
