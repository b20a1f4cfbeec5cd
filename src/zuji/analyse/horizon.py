"""How far an answer could see: the newest event of the workspace, the position of ingest, who is who by then."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from zuji.analyse.reading import Run
from zuji.store.query import Query

KEPT_S = 2.0
"""For so long a horizon is given again: it then says a little less than the answer saw, never more."""


@dataclass(frozen=True, slots=True)
class Horizon:
    """`newest_ms`: the newest event stored, 0 for none. `position`: the last one stored. `identity`: the version."""

    newest_ms: int
    position: int
    identity: int


class Horizons:
    """The horizon of each workspace, read at most every two seconds."""

    def __init__(self, run: Run, *, clock: Callable[[], float]) -> None:
        self._run = run
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, int, int]] = {}

    def now(self, workspace: str, identity: int) -> Horizon:
        """How far a question asked now can see, at least."""
        with self._lock:
            read_at, newest, position = self._known.get(workspace, (-KEPT_S, 0, 0))
            if self._clock() - read_at >= KEPT_S:
                read_at, (newest, position) = self._clock(), self._read(workspace)
                self._known[workspace] = (read_at, newest, position)
        return Horizon(newest, position, identity)

    def _read(self, workspace: str) -> tuple[int, int]:
        sql = (
            "SELECT max(toUnixTimestamp64Milli(occurred_at)) AS newest, max(position) AS position "
            "FROM zuji.events WHERE workspace = {workspace:String}"
        )
        [row] = self._run(Query(sql, {"workspace": workspace})).to_pylist()
        return row["newest"] or 0, row["position"] or 0
