"""The spool's reader on local disk: all gateways' files of a data folder, from any position, as often as asked."""

from __future__ import annotations

import contextlib
import select
import socket
import sqlite3
import threading
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import msgspec

from zuji.collect.spool import SpoolFailed, SpoolLimits, SpoolPosition, SpoolRow
from zuji.collect.spool_files import (
    NUDGE_SOCKET,
    FileName,
    decide_discard,
    delete_segment,
    free_bytes,
    list_files,
    list_names,
    read_taken,
    write_taken,
)
from zuji.collect.spool_rows import unpack_body
from zuji.terms.message import decode_receipt

POLL_S = 0.02
"""How long a row may go unnoticed when its nudge is lost."""


class SqliteSpoolReader:
    """A `SpoolReader` over `folder/*/`. Threads take turns. Further readers may look on, but only one should wait."""

    def __init__(self, folder: Path, *, limits: SpoolLimits | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._limits = limits or SpoolLimits()
        self._connections: dict[FileName, sqlite3.Connection] = {}
        self._closed_ends: dict[FileName, int] = {}
        self._heads: dict[FileName, int] = {}
        self._turn = 0
        self._lock = threading.RLock()
        self._nudge: socket.socket | None = None

    def read(self, after: SpoolPosition, *, max_messages: int) -> list[SpoolRow]:
        """The rows after a position, in the order of each gateway: up to `max_messages` messages, or one larger row.

        Gateways take turns at being first, so that a flood at one does not starve another.
        """
        with self._lock:
            self._heads = self._open_heads()
            gateways = list_names(self._folder)
            self._turn += 1
            start = self._turn % len(gateways) if gateways else 0
            return self._take(gateways[start:] + gateways[:start], after, max_messages)

    def ends(self) -> dict[FileName, int]:
        """The last committed row of every file."""
        with self._lock:
            return {
                (gateway, file): self._end((gateway, file), closed=file != files[-1])
                for gateway, files in list_names(self._folder)
                for file in files
            }

    def wait(self, timeout_s: float) -> None:
        """Return when something was written since the last `read` began, at the latest after `timeout_s`."""
        deadline = time.monotonic() + timeout_s
        nudge = self._listen()
        poller = select.poll()  # not select(), which refuses file descriptors past 1,023
        poller.register(nudge, select.POLLIN)
        while self._open_heads() == self._heads and (left := deadline - time.monotonic()) > 0:
            if poller.poll(min(left, POLL_S) * 1000):
                _drain(nudge)

    def discard(self, taken: SpoolPosition) -> list[FileName]:
        """Tell what has been taken for good. Deletes wholly taken files that need not be kept; says which."""
        with self._lock:
            files = list_files(self._folder)
            closed = [file.name for file in files if file.closed]
            wholly = {name for name in closed if taken.get(name, 0) >= self._end(name, closed=True)}
            doomed = decide_discard(files, wholly, free=free_bytes(self._folder), limits=self._limits)
            for name in doomed:
                self._forget(name)
                delete_segment(self._folder, name)
            left = wholly.difference(doomed)
            if left != read_taken(self._folder):
                write_taken(self._folder, left)
            return doomed

    def close(self) -> None:
        """Let go of the files."""
        with self._lock:
            for name in list(self._connections):
                self._forget(name)
            if self._nudge is not None:
                self._nudge.close()
                self._nudge = None

    def _take(self, gateways: list[tuple[str, list[str]]], after: SpoolPosition, max_messages: int) -> list[SpoolRow]:
        rows: list[SpoolRow] = []
        room = max_messages
        for gateway, files in gateways:
            for row in self._rows_of(gateway, files, after):
                if rows and row.count > room:
                    return rows
                rows.append(row)
                room -= row.count
                if room <= 0:
                    return rows
        return rows

    def _rows_of(self, gateway: str, files: list[str], after: SpoolPosition) -> Iterator[SpoolRow]:
        for file in files:
            name, closed = (gateway, file), file != files[-1]
            taken = after.get(name, 0)
            if closed and taken >= self._end(name, closed=True):
                continue
            yield from self._rows_after(name, taken)
            if closed:
                self._forget(name, keep_end=True)

    def _rows_after(self, name: FileName, taken: int) -> Iterator[SpoolRow]:
        """Rows one at a time, since one may hold a message or a thousand; a file deleted meanwhile has none."""
        cursor = self._query(name, "SELECT id, receipt, body, messages FROM request WHERE id > ? ORDER BY id", (taken,))
        # Closed at once when the caller has enough: an open cursor would keep the writer from reusing its log.
        with contextlib.closing(cursor):
            for number, receipt, body, count in cursor:
                yield _as_row(name, number, receipt, body, count)

    def _open_heads(self) -> dict[FileName, int]:
        """The last row of the file that each gateway is writing now: news shows here first."""
        with self._lock:
            names = [(gateway, files[-1]) for gateway, files in list_names(self._folder)]
            return {name: self._end(name, closed=False) for name in names}

    def _end(self, name: FileName, *, closed: bool) -> int:
        """The last row of a file. That of a closed one is looked up once; that of a vanished one is 0."""
        known = self._closed_ends.get(name)
        if known is not None:
            return known
        cursor = self._query(name, "SELECT coalesce(max(id), 0) FROM request", ())
        end = int(next(cursor, (0,))[0])
        cursor.close()
        if closed:
            self._forget(name)
            self._closed_ends[name] = end
        return end

    def _query(self, name: FileName, sql: str, values: tuple[int, ...]) -> Generator[tuple[Any, ...], None, None]:
        """The answer of one file, opened when needed. A file deleted meanwhile answers nothing."""
        path = self._folder / name[0] / name[1]
        try:
            if name not in self._connections:
                self._connections[name] = _connect(path)
            with contextlib.closing(self._connections[name].execute(sql, values)) as cursor:
                yield from cursor
        except sqlite3.Error as failure:
            self._forget(name)
            if path.exists():
                raise SpoolFailed(f"the spool file {path} could not be read: {failure}. Check the disk.") from failure

    def _forget(self, name: FileName, *, keep_end: bool = False) -> None:
        connection = self._connections.pop(name, None)
        if connection is not None:
            connection.close()
        if not keep_end:
            self._closed_ends.pop(name, None)

    def _listen(self) -> socket.socket:
        if self._nudge is None:
            self._nudge = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self._nudge.setblocking(False)
            address = self._folder / NUDGE_SOCKET
            address.unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # a path beyond 107 bytes cannot be a socket's; then only the poll works
                self._nudge.bind(str(address))
        return self._nudge


def _connect(path: Path) -> sqlite3.Connection:
    # Read and write, although nothing is written: SQLite recovers the log of a killed writer only then.
    address = f"{path.absolute().as_uri()}?mode=rw"
    connection = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False, timeout=5)
    connection.execute("PRAGMA query_only=ON")
    return connection


def _as_row(name: FileName, number: int, receipt: bytes, body: bytes, count: int) -> SpoolRow:
    try:
        return SpoolRow(*name, number, decode_receipt(receipt), unpack_body(body), count)
    except (msgspec.DecodeError, RuntimeError) as failure:
        raise SpoolFailed(f"row {number} of spool file {name[0]}/{name[1]} is damaged: {failure}.") from failure


def _drain(nudge: socket.socket) -> None:
    with contextlib.suppress(BlockingIOError):
        while True:
            nudge.recv(64)
