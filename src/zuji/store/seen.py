"""Every event id ever stored: so that a repeat is noticed after a second or after a year.

A batch's ids commit with the batch, as one row of the hot state. Young ids are held in memory; when there are enough
of them, a thread in the background writes them to a sorted file (`seen_run.py`) and takes their rows away, and joins
files so that there are never many. A file counts from the moment the hot state names it, so a kill at any point
neither forgets a committed id nor claims an uncommitted one.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from zuji.store.bloom import Bloom, Mask, Probe, Words
from zuji.store.hot import HotStore
from zuji.store.seen_run import SeenRun, in_order, merged, write_run

YOUNG_IDS = 500_000  # 8 MB of rows to read and sort at a start, a quarter of a second
GROWTH = 2  # an older file is at least twice as large as all younger ones together: six files for 60 million ids

_log = logging.getLogger(__name__)


class SeenIds:
    """The ids of all stored events. One thread writes batches; look-ups may come from any.

    >>> seen = SeenIds(folder / "seen", hot)             # doctest: +SKIP
    >>> fresh = hashes[~seen.known(hashes)]              # doctest: +SKIP
    >>> with hot.write() as connection:                  # doctest: +SKIP
    ...     seen.remember(connection, fresh)
    >>> seen.settle()                                    # doctest: +SKIP
    """

    def __init__(self, folder: Path, hot: HotStore, *, young_ids: int = YOUNG_IDS) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._hot, self._young_ids = folder, hot, young_ids
        self._lock = threading.Lock()
        self._files = threading.Lock()
        self._pending: list[tuple[int, Words]] = []
        self._young = _Young(young_ids)
        self._leaving: _Young | None = None
        self._runs: tuple[SeenRun, ...] = ()
        self._writer: threading.Thread | None = None
        self._load()

    def known(self, hashes: Words) -> Mask:
        """Which of these ids (n × 2 words) belong to events that are stored."""
        probe = Probe.of(hashes)
        with self._lock:
            found = self._young.holds(hashes, probe)
            if self._leaving is not None:
                found |= self._leaving.holds(hashes, probe)
            for run in self._runs:
                found |= run.holds(hashes, probe)
        return found

    def remember(self, connection: sqlite3.Connection, hashes: Words) -> None:
        """Write a batch's new ids in the batch's own transaction. `settle` or `forget_pending` must follow it."""
        if not len(hashes):
            return
        data = np.ascontiguousarray(hashes).tobytes()
        row = connection.execute("INSERT INTO seen_recent (hashes) VALUES (?)", (data,)).lastrowid
        self._pending.append((row or 0, hashes.copy()))

    def settle(self) -> None:
        """The transaction has committed: from now on its ids are known."""
        with self._lock:
            for row, hashes in self._pending:
                self._young.add(row, hashes)
            self._pending = []
        self._write_when_many()

    def forget_pending(self) -> None:
        """The transaction was rolled back: its ids stay unknown."""
        self._pending = []

    @contextmanager
    def still(self) -> Iterator[None]:
        """No file comes or goes within the block: for a backup that copies the folder beside the hot state.

        Enter it before any transaction of the hot state, never inside one: the background
        work takes them in this order.
        """
        with self._files:
            yield

    def close(self) -> None:
        """Wait for the background work to end and close the files."""
        if self._writer is not None:
            self._writer.join()
        with self._lock:
            for run in self._runs:
                run.close()
            self._runs = ()

    def _load(self) -> None:
        with self._hot.read() as connection:
            runs = connection.execute("SELECT file, ids FROM seen_run ORDER BY id").fetchall()
            rows = connection.execute("SELECT id, hashes FROM seen_recent ORDER BY id").fetchall()
        named = {file for file, _ in runs}
        for path in self._folder.iterdir():
            if path.suffix in (".ids", ".part") and path.name not in named:
                path.unlink()  # left by a kill between writing a file and naming it, or between renaming and deleting
        self._runs = tuple(SeenRun(self._folder / file, ids) for file, ids in runs)
        if rows:
            self._young.add(rows[-1][0], np.concatenate([_words(data) for _, data in rows]))

    def _write_when_many(self) -> None:
        busy = self._writer is not None and self._writer.is_alive()
        if busy or self._young.ids < self._young_ids:
            return
        self._writer = threading.Thread(target=self._write_and_merge, name="seen-ids", daemon=True)
        self._writer.start()

    def _write_and_merge(self) -> None:
        try:
            self._write_young()
            while count := joinable([run.ids for run in self._runs]):
                self._merge(count)
        except Exception:
            # Nothing is lost: the ids are still in the hot state and in memory. The next settled batch tries again.
            _log.exception("Seen ids could not be moved to a file in %s; will try again", self._folder)

    def _write_young(self) -> None:
        with self._lock:
            if self._leaving is None:  # else an earlier try failed: its ids go first
                self._leaving, self._young = self._young, _Young(self._young_ids)
            leaving = self._leaving
        with self._files:
            run = self._new_run(iter([leaving.sorted()]), leaving.ids)
            with self._hot.write() as connection:
                _name(connection, run)
                connection.execute("DELETE FROM seen_recent WHERE id <= ?", (leaving.last_row,))
        with self._lock:
            self._runs, self._leaving = (*self._runs, run), None

    def _merge(self, count: int) -> None:
        old = self._runs[-count:]
        with self._files:
            run = self._new_run(merged(old), sum(part.ids for part in old))
            with self._hot.write() as connection:
                _name(connection, run)
                connection.executemany("DELETE FROM seen_run WHERE file = ?", [(part.path.name,) for part in old])
            with self._lock:
                self._runs = (*self._runs[:-count], run)
                for part in old:
                    part.close()
            for part in old:
                part.path.unlink()

    def _new_run(self, parts: Iterator[Words], ids: int) -> SeenRun:
        path = self._folder / f"{uuid.uuid4().hex}.ids"
        write_run(path, parts, ids)
        return SeenRun(path, ids)


class _Young:
    """Ids that are in memory: a filter, and sorted pieces that double in size, so few of them need searching."""

    def __init__(self, roomy_for: int) -> None:
        self.ids = 0
        self.last_row = 0
        self._bloom = Bloom.roomy_for(2 * roomy_for)  # more may come while a file is being written
        self._pieces: list[Words] = []

    def add(self, row: int, hashes: Words) -> None:
        self.ids += len(hashes)
        self.last_row = row
        self._bloom.add(hashes)
        piece = in_order(hashes)
        while self._pieces and len(self._pieces[-1]) < 2 * len(piece):
            piece = in_order(np.concatenate([self._pieces.pop(), piece]))
        self._pieces.append(piece)

    def holds(self, hashes: Words, probe: Probe) -> Mask:
        found = self._bloom.perhaps(probe)
        doubtful = np.flatnonzero(found)
        if len(doubtful):
            found[doubtful] = self._search(hashes[doubtful])
        return found

    def sorted(self) -> Words:
        return in_order(np.concatenate(self._pieces))

    def _search(self, wanted: Words) -> Mask:
        found = np.zeros(len(wanted), dtype=np.bool_)
        for piece in self._pieces:
            at = np.searchsorted(piece[:, 0], wanted[:, 0], side="left")
            alike = _alike(piece, at, wanted)
            while alike.any():  # upper words may repeat: step on until they differ
                found |= alike & (piece[np.minimum(at, len(piece) - 1), 1] == wanted[:, 1])
                at = at + 1
                alike = alike & _alike(piece, at, wanted)
        return found


def joinable(sizes: Sequence[int]) -> int:
    """How many of the youngest files should become one (0: none), given their sizes, oldest first.

    >>> joinable([8, 2, 2]), joinable([7, 3, 1]), joinable([7, 3, 2]), joinable([7]), joinable([])
    (2, 3, 3, 0, 0)
    """
    younger = 0
    count = 0
    for place, size in enumerate(reversed(sizes), start=1):
        if size < GROWTH * younger:
            count = place
        younger += size
    return count


def _alike(piece: Words, at: np.ndarray[tuple[int, ...], np.dtype[np.intp]], wanted: Words) -> Mask:
    alike: Mask = (at < len(piece)) & (piece[np.minimum(at, len(piece) - 1), 0] == wanted[:, 0])
    return alike


def _name(connection: sqlite3.Connection, run: SeenRun) -> None:
    connection.execute("INSERT INTO seen_run (file, ids) VALUES (?, ?)", (run.path.name, run.ids))


def _words(data: bytes) -> Words:
    return np.frombuffer(data, dtype=np.uint64).reshape(-1, 2)
