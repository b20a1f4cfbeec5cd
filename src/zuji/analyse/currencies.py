"""Whether a workspace has amounts of several currencies at all: most have one, and then no sum can mix any."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from zuji.analyse.reading import Run
from zuji.analyse.seen import in_months_of
from zuji.store.statement import Statement
from zuji.store.tide import EVER, Tide
from zuji.terms.dates import Span

_LAST_MS = 2**53


@dataclass(frozen=True, slots=True)
class _Known:
    mark: int
    names: frozenset[str]


class Currencies:
    """The currencies of each workspace: read from the store once, and after that from the months that events came into.

    One that was erased may still be named: who asks looks closer where there are several.
    """

    def __init__(self, run: Run, tide: Tide) -> None:
        self._run = run
        self._tide = tide
        self._lock = threading.Lock()
        self._known: dict[str, _Known] = {}

    def are_several(self, workspace: str) -> bool:
        """Whether there may be more than one."""
        known = self._known.get(workspace)
        mark = self._tide.mark()
        since = EVER if known is None else self._tide.earliest_since(workspace, known.mark)
        names = frozenset() if known is None else known.names
        if since is not None:
            names |= self._read(workspace, since)
            with self._lock:
                self._known[workspace] = _Known(mark, names)
        return len(names) > 1

    def _read(self, workspace: str, since: int) -> frozenset[str]:
        statement = Statement.of({"workspace": workspace})
        months = "1" if since == EVER else in_months_of(statement, Span(since, _LAST_MS))
        sql = f"SELECT DISTINCT currency FROM zuji.events WHERE workspace = {{workspace:String}} AND {months}"
        return frozenset(self._run(statement.query(sql))["currency"].to_pylist()) - {""}
