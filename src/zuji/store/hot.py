"""The hot state: one SQLite file in which a batch's whole outcome commits in one transaction.

Each room that keeps something hot has its own module in `store` with functions that take a connection; their tables
come from the numbered files in `migrations/hot`, applied in order, forward only, after a backup of the file.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zuji.store.young_evidence import YoungEvidence
from zuji.terms.error import Busy

HotTransaction = sqlite3.Connection
"""What `write` hands out, for rooms that pass it on without knowing the database."""

DiskFailure = sqlite3.Error
"""What a transaction raises while it is under way, when the file cannot be read or written."""

MIGRATIONS = Path(__file__).parent / "migrations" / "hot"


WRITER_CACHE_KB = 65_536  # the upper levels of the identity indexes stay in memory
CHECKPOINT_PAGES = 4_000  # 16 MB of log, four times SQLite's: a page that many batches change is written back once
READER_CACHE_KB = 4_096  # per thread that reads


class HotStore:
    """The door to `hot.sqlite`. One writer at a time; any number of readers, each thread with its own connection.

    >>> store = HotStore(folder / "hot.sqlite")          # doctest: +SKIP
    >>> with store.write() as connection:                # doctest: +SKIP
    ...     connection.execute("...")                    # committed when the block ends, rolled back when it raises
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._write_lock = threading.RLock()
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self.young_evidence = YoungEvidence()
        self._writer = self._connect(WRITER_CACHE_KB)
        migrate(self._writer, path)

    @property
    def path(self) -> Path:
        """The file itself."""
        return self._path

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction. Commits when the block ends; rolls back when it raises. Raises Busy when the disk fails."""
        with self._write_lock:
            try:
                self._writer.execute("BEGIN IMMEDIATE")
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException as failure:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                if isinstance(failure, sqlite3.OperationalError):
                    raise Busy(
                        f"the hot state could not be written: {failure}. Check the disk of {self._path}."
                    ) from failure
                raise

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A consistent view of everything committed so far, for this thread."""
        connection: sqlite3.Connection | None = getattr(self._local, "reader", None)
        if connection is None:
            connection = self._local.reader = self._connect(READER_CACHE_KB)
        nested = connection.in_transaction
        if not nested:
            connection.execute("BEGIN")
        try:
            yield connection
        finally:
            if not nested and connection.in_transaction:
                connection.execute("COMMIT")

    def close(self) -> None:
        """Close every connection. Readers in other threads must have ended."""
        for connection in self._opened:
            connection.close()

    def _connect(self, cache_kb: int) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, timeout=30)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(f"PRAGMA cache_size=-{cache_kb:d}")
        connection.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES:d}")
        connection.execute("PRAGMA temp_store=MEMORY")
        self._opened.append(connection)
        return connection


@contextmanager
def apart(connection: HotTransaction) -> Iterator[None]:
    """Part of a transaction: when the block raises, what it wrote is taken back, and what was written before stays."""
    connection.execute("SAVEPOINT apart")
    try:
        yield
    except BaseException:
        if connection.in_transaction:  # a full disk may have rolled back all of it
            connection.execute("ROLLBACK TO apart")
            connection.execute("RELEASE apart")
        raise
    connection.execute("RELEASE apart")


def migrate(connection: sqlite3.Connection, path: Path) -> list[str]:
    """Apply the migrations that this file has not seen, in the order of their names. Gives the names applied."""
    connection.execute("CREATE TABLE IF NOT EXISTS applied_migration (name TEXT PRIMARY KEY)")
    applied = {name for (name,) in connection.execute("SELECT name FROM applied_migration")}
    pending = [file for file in sorted(MIGRATIONS.glob("*.sql")) if file.name not in applied]
    if applied and pending:
        _backup_before(connection, path.with_suffix(f".before-{pending[0].stem}.sqlite"))
    for file in pending:
        connection.executescript("BEGIN;" + file.read_text() + ";COMMIT;")
        connection.execute("INSERT INTO applied_migration VALUES (?)", (file.name,))
    return [file.name for file in pending]


def _backup_before(connection: sqlite3.Connection, target: Path) -> None:
    copy = sqlite3.connect(target)
    try:
        connection.backup(copy)
    finally:
        copy.close()
