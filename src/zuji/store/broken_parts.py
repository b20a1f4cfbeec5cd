"""Parts that a failing disk cut short: set aside, so that what they were merged from takes their place.

The engine looks at the files of a part when it opens its table, and not again. So a table whose parts may be broken is
opened anew: parts whose files are not as they were written end in its folder `detached`, and the parts they were merged
from, which stay on the disk for a minute (`old_parts_lifetime`), are used again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Final

from clickhouse_connect.driver.client import Client

from zuji.store.connections import Connections, read_table
from zuji.store.failure import Broken, Refused, StoreBusy, translated

log = logging.getLogger(__name__)

TABLES: Final = ("events", "profile_now", "owner_slice", "profiles", "tag_now")
NOT_SOONER_S: Final = 20.0
"""A disk that stays full breaks more; well within the minute for which the sources of merges are kept."""

_ROWS = "SELECT sum(rows) AS rows FROM system.parts WHERE active AND database = 'zuji' AND table = 'events'"
_SET_ASIDE = (
    "SELECT table || '/' || name AS name FROM system.detached_parts"
    " WHERE database = 'zuji' AND startsWith(reason, 'broken') ORDER BY name"
)


class BrokenParts:
    """Watches over one event store in a folder. (Of a server, its own operators take care.)"""

    def __init__(self, connections: Connections, when_lost: Callable[[], None]) -> None:
        """`when_lost` is called when events are gone: nothing that rests on them holds any more."""
        self._connections = connections
        self._when_lost = when_lost
        self._lock = threading.Lock()
        self._opened_at = -NOT_SOONER_S
        self._failing = False
        self._rows_lost = 0
        self.failure: str | None = None
        """Said until the next start when events were in a broken part and in no part it was merged from."""

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Around a read, outside of what it borrows: a broken part is set aside, and whoever read asks again."""
        try:
            yield
        except Broken as failure:
            self._open_anew()
            raise StoreBusy(f"{failure} The tables were opened anew. Ask again in a moment.") from failure

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Around an insert. While the disk fails, and once it works again, what was merged meanwhile is looked at."""
        try:
            yield
        except (StoreBusy, Refused):
            self._failing = True
            self._open_anew()
            raise
        if self._failing and self._open_anew(at_once=True):
            self._failing = False

    def _open_anew(self, *, at_once: bool = False) -> bool:
        """Whether it was done. A failure is only logged: the caller has one of his own, and the next tries again."""
        with self._lock:
            if not self._connections.is_embedded:
                return True
            if not at_once and time.monotonic() - self._opened_at < NOT_SOONER_S:
                return False
            self._opened_at = time.monotonic()
            try:
                with self._connections.exclusively():
                    self._look_at_all()
            except Exception as failure:
                log.warning("the tables of the event store could not be opened anew: %s", failure)
                return False
            return True

    def _look_at_all(self) -> None:
        client = self._connections.connect({"max_execution_time": 0})
        with closing(client), translated("opening the tables of the event store anew"):
            known, before = _set_aside(client), _rows(client)
            for table in TABLES:
                client.command(f"DETACH TABLE IF EXISTS zuji.{table} SYNC")
                client.command(f"ATTACH TABLE IF NOT EXISTS zuji.{table}")
            found, after = _set_aside(client) - known, _rows(client)
        if found:
            log.warning("broken parts of the event store were set aside: %s", ", ".join(sorted(found)))
        if found and after < before:
            self._rows_lost += before - after
            self._when_lost()
            self.failure = (
                f"{self._rows_lost} events were in parts of the event store that cannot be read any more, and nowhere "
                "else. Restore a backup, or import them again."
            )
            log.error(self.failure)


def drop_set_aside(client: Client) -> None:
    """Delete what was set aside: erased rows must not stay in it."""
    for name in sorted(_set_aside(client)):
        table, part = name.split("/", 1)
        client.command(f"ALTER TABLE zuji.{table} DROP DETACHED PART '{part}' SETTINGS allow_drop_detached = 1")


def _set_aside(client: Client) -> set[str]:
    return set(read_table(client, _SET_ASIDE)["name"].to_pylist())


def _rows(client: Client) -> int:
    return int(read_table(client, _ROWS)["rows"][0].as_py() or 0)
