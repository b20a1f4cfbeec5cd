"""A SQLite file as it is at one moment, copied later while its writers go on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from zuji.terms.error import Busy


class Snapshot:
    """One file's state at the moment this was made: an open read transaction, which the write-ahead log serves.

    Taking it costs a millisecond whatever the size of the file; writers never wait for it, and deleting the file
    meanwhile does not hurt it.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        uri = f"file:{quote(str(file.absolute()))}?mode=ro"
        self._connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
        try:
            self._connection.execute("BEGIN")
            self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.Error:
            self._connection.close()
            raise

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """What a query gave at that moment."""
        return self._connection.execute(sql).fetchall()

    def copy_to(self, target: Path) -> None:
        """Write the state of that moment to a new file, whole and on disk when this returns."""
        target.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(target)) as copy:
            self._connection.backup(copy, pages=-1)

    def close(self) -> None:
        """Let go of the moment."""
        self._connection.close()


@contextmanager
def snapshot(file: Path) -> Iterator[Snapshot]:
    """A snapshot that is let go when the block ends. Raises Busy when the file cannot be read."""
    try:
        taken = Snapshot(file)
    except sqlite3.Error as failure:
        raise Busy(f"{file} cannot be read: {failure}.") from failure
    try:
        yield taken
    finally:
        taken.close()
