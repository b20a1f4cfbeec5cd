"""Keeps the engine's dictionaries of people in step with the tables `profile_now` and `owner_slice`.

A load reads the tables into a new pair of dictionaries while questions go on with the old pair; what changes meanwhile
is collected and travels with the questions, until the next load. A pair is left alone while a question may still use
it: the engine looks a dictionary up by name for every block, and one that changed under a running question would make
half of its answer newer than the other half.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import unquote, urlsplit

import numpy as np
import numpy.typing as npt
from clickhouse_connect.driver.client import Client

from zuji.store.connections import Connections, is_server, read_table
from zuji.store.failure import StoreBusy, translated
from zuji.store.outbox import PersonRow, SliceRow
from zuji.store.people import (
    IN_STRETCHES,
    Changes,
    Dictionaries,
    PersonOfEvent,
    newest_version,
    person_of_event,
    stretches_by_anchor,
)

log = logging.getLogger(__name__)

PAIRS: Final = 4
QUIET_S: Final = 90.0  # a question waits 30 s at most for its turn and runs for 30 s
ENOUGH: Final = 1_000  # changes that are worth a load: with more, every question pays over 15 ms
ENOUGH_UNASKED: Final = 100_000  # while nobody asks, only their memory counts
TOO_MANY: Final = 20_000  # a question would pay as much as for a load
REST: Final = 20  # loads take a twentieth of the time at most
LARGEST_FLAT: Final = 100_000_000  # 9 bytes for every anchor up to the largest; beyond, only those that differ are paid

_NEWEST_SLICES = "(anchor, version) IN (SELECT anchor, max(version) FROM zuji.owner_slice GROUP BY anchor)"
_STRETCHES = (
    "SELECT DISTINCT anchor, from_ms, to_ms - 1 AS to_ms, person"
    f" FROM zuji.owner_slice WHERE {_NEWEST_SLICES} AND anchor != 0"
)
_PERSONS = (
    f"SELECT anchor, if(uniqExact(from_ms) = 1, any(person), {IN_STRETCHES}) AS person"
    f" FROM zuji.owner_slice WHERE {_NEWEST_SLICES} AND anchor != 0 GROUP BY anchor"
    " UNION ALL SELECT anchor, person FROM zuji.profile_now FINAL"
    " WHERE person != anchor AND anchor != 0 AND anchor NOT IN (SELECT anchor FROM zuji.owner_slice)"
)
_PERSONS_COLUMNS = "anchor UInt64, person UInt64) PRIMARY KEY anchor LAYOUT({layout})"
_STRETCHES_COLUMNS = (
    "anchor UInt64, from_ms Int64, to_ms Int64, person UInt64)"
    " PRIMARY KEY anchor RANGE(MIN from_ms MAX to_ms) LAYOUT({layout})"
)
_SIZE = (
    "SELECT max(anchor) AS largest, max(version) AS newest FROM"
    " (SELECT anchor, version FROM zuji.profile_now UNION ALL SELECT anchor, version FROM zuji.owner_slice)"
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A pair of dictionaries as it was loaded."""

    pair: int
    dictionaries: Dictionaries
    divided: npt.NDArray[np.uint64]
    """Every anchor that ever had stretches, ascending: `profile_now` does not speak of it any more."""
    newest: int
    at: float
    took_s: float


class PeopleMap:
    """The people of one event store. Any thread may ask; one inserts, inside `changing`."""

    def __init__(self, connections: Connections, location: str) -> None:
        self._connections = connections
        self._account = account_of(location)
        self._inserting = threading.RLock()
        self._loading = threading.Lock()
        self._state = threading.Lock()
        self._loaded: Loaded | None = None
        self._changes = Changes()
        self._meanwhile: Changes | None = None
        """What changes while a load is under way: all that will have to travel after it."""
        self._version = 0
        self._answer: PersonOfEvent | None = None
        self._asked = False
        self._last_used = [-QUIET_S] * PAIRS
        self._thread: threading.Thread | None = None
        self._closed = False

    def person_of_event(self) -> PersonOfEvent:
        """People as they are now. Loads before the first question, and where too much changed since."""
        if self._loaded is None or len(self._changes) > TOO_MANY:
            self._load()
        with self._state:
            loaded = self._loaded
            if loaded is None:
                raise StoreBusy("who is who could not be read yet. Ask again in a moment.")
            self._asked = True
            self._last_used[loaded.pair] = time.monotonic()
            answer = self._answer = self._answer or person_of_event(loaded.dictionaries, self._changes, self._version)
        self._load_if_due()
        return answer

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Held while rows are inserted and `took` is told of them: a load ends before that or after it."""
        with self._inserting:
            yield
        self._load_if_due()

    def took(self, people: Sequence[PersonRow], slices: Sequence[SliceRow]) -> None:
        """These rows are in the tables, their versions not older than what was there before."""
        if not people and not slices:
            return
        with self._state:
            for changes in self._collecting():
                for anchor, stretches in stretches_by_anchor(slices).items():
                    changes.divide(anchor, stretches)
                for anchor, person in self._undivided(people, changes).items():
                    changes.give(anchor, person)
            self._version = max(self._version + 1, newest_version(people, slices))
            self._answer = None

    def forgot(self, anchors: Sequence[int]) -> None:
        """The rows of these anchors were erased: each is a person of its own again."""
        with self._state:
            for changes in self._collecting():
                for anchor in anchors:
                    changes.give(anchor, anchor)
                    changes.divided.discard(anchor)
            if self._loaded is not None:
                left = np.setdiff1d(self._loaded.divided, np.asarray(anchors, dtype=np.uint64))
                self._loaded = replace(self._loaded, divided=left)
            self._version += 1
            self._answer = None

    def close(self) -> None:
        """Wait for a load under way; begin none any more."""
        with self._state:
            self._closed = True
            thread = self._thread
        if thread is not None:
            thread.join()

    def _collecting(self) -> list[Changes]:
        """Where a change must be noted: nowhere before the first load, which will find it in the tables."""
        present = [self._changes] if self._loaded is not None else []
        return [*present, self._meanwhile] if self._meanwhile is not None else present

    def _undivided(self, people: Sequence[PersonRow], changes: Changes) -> dict[int, int]:
        """The newest person of each anchor without stretches; of the others `profile_now` does not speak."""
        newest = {row.anchor: row.person for row in sorted(people, key=lambda row: row.version)}
        anchors = np.fromiter(newest, dtype=np.uint64, count=len(newest))
        divided = set(anchors[np.isin(anchors, self._loaded.divided)].tolist()) if self._loaded is not None else set()
        return {one: newest[one] for one in newest.keys() - divided - changes.divided - self._changes.divided}

    def _load_if_due(self) -> None:
        """Begin a load in the background when enough has changed and the last one was long enough ago."""
        with self._state:
            loaded = self._loaded
            if loaded is None or self._closed or (self._thread is not None and self._thread.is_alive()):
                return
            rested = time.monotonic() - loaded.at >= REST * loaded.took_s
            if rested and len(self._changes) >= (ENOUGH if self._asked else ENOUGH_UNASKED):
                self._thread = threading.Thread(target=self._load_quietly, name="people")
                self._thread.start()

    def _load_quietly(self) -> None:
        try:
            self._load()
        except Exception:
            log.exception("who is who could not be loaded anew; questions carry the changes until it works")

    def _load(self) -> None:
        """Load into a free pair; without one, everything stays as it is."""
        with self._loading:
            first = self._loaded is None
            pair = self._free_pair()
            if pair is None or not (first or self._changes):
                return
            # Nothing is inserted during the first load: what is divided is not known before it ends.
            with self._inserting if first else nullcontext():
                with self._state:
                    self._meanwhile = Changes()
                try:
                    loaded = self._filled(pair)
                    self._begin_to_use(loaded)
                finally:
                    with self._state:
                        self._meanwhile = None

    def _begin_to_use(self, loaded: Loaded) -> None:
        """Between two inserts, so that the tables hold nothing that was not noted."""
        with self._inserting, self._state:
            self._loaded = loaded
            self._changes = self._meanwhile or Changes()
            self._version = max(self._version, loaded.newest)
            self._answer = None
            self._asked = False

    def _free_pair(self) -> int | None:
        """A pair that no question can be using."""
        now = time.monotonic()
        with self._state:
            present = self._loaded.pair if self._loaded is not None else None
            free = [pair for pair in range(PAIRS) if pair != present and now - self._last_used[pair] >= QUIET_S]
        return free[0] if free else None

    def _filled(self, pair: int) -> Loaded:
        """Read both tables into this pair of dictionaries."""
        started = time.monotonic()
        client = self._connections.connect({"max_execution_time": 0})
        with closing(client), translated("loading who is who"):
            [size] = read_table(client, _SIZE).to_pylist()
            persons = Dictionaries(f"zuji.person_{pair}", "")
            self._make(client, persons.persons, _PERSONS_COLUMNS, _PERSONS, layout_for(size["largest"]))
            divided = read_table(client, "SELECT DISTINCT anchor FROM zuji.owner_slice ORDER BY anchor")
            if divided.num_rows:
                persons = replace(persons, stretches=f"zuji.person_in_stretch_{pair}")
                self._make(client, persons.stretches, _STRETCHES_COLUMNS, _STRETCHES, "RANGE_HASHED()")
        anchors = divided["anchor"].to_numpy().astype(np.uint64)
        ended = time.monotonic()
        return Loaded(pair, persons, anchors, size["newest"], ended, ended - started)

    def _make(self, client: Client, name: str, columns: str, query: str, layout: str) -> None:
        """Names, columns and queries are those of this file. The load happens now and not at the first question."""
        client.command(
            f"CREATE OR REPLACE DICTIONARY {name} ({columns.format(layout=layout)}"
            f" SOURCE(CLICKHOUSE({self._account}QUERY $people${query}$people$)) LIFETIME(0)"
        )
        client.command(f"SYSTEM RELOAD DICTIONARY {name}")


def layout_for(largest_anchor: int) -> str:
    """An array by anchor, as anchors are dense numbers; for very many of them a table of those that differ."""
    if largest_anchor >= LARGEST_FLAT:
        return "HASHED_ARRAY()"
    return f"FLAT(INITIAL_ARRAY_SIZE {largest_anchor + 1:d} MAX_ARRAY_SIZE {LARGEST_FLAT + 1:d})"


def account_of(location: str) -> str:
    """As whom a server reads its own tables for a dictionary. A statement that defines things takes no bound values."""
    parts = urlsplit(location) if is_server(location) else None
    if parts is None or not parts.username:
        return ""
    return f"USER {_quoted(unquote(parts.username))} PASSWORD {_quoted(unquote(parts.password or ''))} "


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
