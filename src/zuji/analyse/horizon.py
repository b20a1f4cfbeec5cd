"""How far an answer could see: the newest event of the workspace, the position of ingest, who is who by then."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from zuji.analyse.reading import Run
from zuji.store.query import Query
from zuji.store.tide import EVER, Tide


@dataclass(frozen=True, slots=True)
class Horizon:
    """`newest_ms`: the newest event stored, 0 for none. `position`: the last one stored. `identity`: the version."""

    newest_ms: int
    position: int
    identity: int


class Horizons:
    """The horizon of each workspace: read from the store once, and after that told by what comes in."""

    def __init__(self, run: Run, tide: Tide) -> None:
        self._run = run
        self._tide = tide
        self._lock = threading.Lock()
        self._read: dict[str, tuple[int, int, int]] = {}

    def now(self, workspace: str, identity: int) -> Horizon:
        """How far a question asked now can see, at least."""
        with self._lock:
            mark, newest, position = self._read.get(workspace, (-1, 0, 0))
            if mark < 0 or self._tide.earliest_since(workspace, mark) == EVER:  # what was newest may be erased
                mark = self._tide.mark()
                newest, position = self._from_store(workspace)
                self._read[workspace] = (mark, newest, position)
        newest_came, position_came = self._tide.newest(workspace)
        return Horizon(max(newest, newest_came), max(position, position_came), identity)

    def _from_store(self, workspace: str) -> tuple[int, int]:
        sql = (
            "SELECT max(toUnixTimestamp64Milli(occurred_at)) AS newest, max(position) AS position "
            "FROM zuji.events WHERE workspace = {workspace:String}"
        )
        [row] = self._run(Query(sql, {"workspace": workspace})).to_pylist()
        return row["newest"] or 0, row["position"] or 0
