"""The spool's writer on local disk: SQLite files in write-ahead mode, written by one thread with group commit.

Requests queue up while a commit is under way; the next transaction takes all of them. So a lone request waits for
one sync of the disk, and a flood shares it, without a window that anybody has to wait out. What one turn of an event
loop brings is handed over together at its end: waking the thread for each request would cost more than the request.

The thread writes a whole group by one statement: SQLite lets go of the interpreter at every step, and getting it back
from a busy event loop can take milliseconds, so a step for every row would make everybody wait.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import queue
import socket
import sqlite3
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO

import msgspec

from zuji.collect.spool import SpoolFailed, SpoolFull, SpoolLimits, SpoolState
from zuji.collect.spool_files import (
    COMPANIONS,
    NUDGE_SOCKET,
    SEGMENT_SUFFIX,
    decide_state,
    measure,
    segment_name,
    segment_names,
    size_or_nothing,
    sync_folder,
)
from zuji.collect.spool_rows import Row, pack
from zuji.terms.message import Receipt

MEASURE_EVERY_S = 0.25
RETRY_AFTER_S = 0.1
"""After a failure of the disk: how long requests are refused before it is tried again."""
MOST_WAITING_BYTES = 64 * 1024 * 1024
"""Memory for requests that wait for a slow disk; beyond it they are refused."""
ENOUGH_PER_COMMIT = 4096
CLOSED = "the spool is closed: this gateway is stopping. Send the request again."

SCHEMA = """
CREATE TABLE request (id INTEGER PRIMARY KEY, receipt BLOB NOT NULL, body BLOB NOT NULL, messages INTEGER NOT NULL)
"""
INSERT, ONE_ROW = "INSERT INTO request (receipt, body, messages) VALUES ", "(?, ?, ?)"


class _Waiting(msgspec.Struct, frozen=True):
    """A request that waits to be written, and who waits for it."""

    receipt: Receipt
    body: bytes
    count: int
    answer: asyncio.Future[None]


class _Turn(msgspec.Struct, frozen=True):
    """The requests of one turn of an event loop."""

    loop: asyncio.AbstractEventLoop
    waiting: list[_Waiting]


class SqliteSpoolWriter:
    """A `SpoolWriter` into `folder/<gateway>/`. Any event loop of the process may append.

    >>> writer = SqliteSpoolWriter(data / "spool", "gateway-1")     # doctest: +SKIP
    >>> await writer.append(receipt, body, count)                   # doctest: +SKIP
    """

    def __init__(self, folder: Path, gateway: str, *, limits: SpoolLimits | None = None) -> None:
        self._folder = folder
        self._limits = limits or SpoolLimits()
        self._segments = _Segments(folder / gateway, self._limits)
        self._nudge = _Nudge(folder / NUDGE_SOCKET)
        self._queue: queue.SimpleQueue[_Turn | None] = queue.SimpleQueue()
        self._turns: dict[asyncio.AbstractEventLoop, _Turn] = {}
        self._waiting_bytes = 0
        self._waiting_lock = threading.Lock()
        self._failure = ""
        self._retry_at = 0.0
        self._measured_at = time.monotonic()
        self._state = measure(folder, self._limits)
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=f"spool {gateway}", daemon=True)
        self._thread.start()

    async def append(self, receipt: Receipt, body: bytes, count: int) -> None:
        """Write one request down; it is on the disk when this returns. Raises SpoolFull or SpoolFailed."""
        self._refuse_what_cannot_be_kept(len(body))
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[None] = loop.create_future()
        turn = self._turns.get(loop)
        if turn is None:
            turn = self._turns[loop] = _Turn(loop, [])
            loop.call_soon(self._hand_over, loop)
        turn.waiting.append(_Waiting(receipt, body, count, answer))
        await answer

    def state(self) -> SpoolState:
        """How the spool stands, as measured within the last second."""
        state, failure = self._state, self._failure
        return replace(state, failing=True, alarm=True, reason=failure) if failure else state

    def close(self) -> None:
        """Write down what is under way and stop; an append after this raises SpoolFailed."""
        if self._closed:
            return
        self._closed = True
        self._queue.put(None)
        self._thread.join()

    def _refuse_what_cannot_be_kept(self, size: int) -> None:
        if self._closed:
            raise SpoolFailed(CLOSED)
        if self._state.full:
            raise SpoolFull(f"the spool is full: {self._state.reason}. Start the engine or free some disk.")
        if self._failure and time.monotonic() < self._retry_at:
            raise SpoolFailed(self._failure)
        with self._waiting_lock:
            if self._waiting_bytes and self._waiting_bytes + size > MOST_WAITING_BYTES:
                raise SpoolFull(f"{self._waiting_bytes:,} bytes wait for the disk already. Send the request again.")
            self._waiting_bytes += size

    def _hand_over(self, loop: asyncio.AbstractEventLoop) -> None:
        """End a loop's turn: the thread gets what came in it."""
        turn = self._turns.pop(loop)
        if self._closed:
            _answer([turn], SpoolFailed(CLOSED))
        else:
            self._queue.put(turn)

    def _run(self) -> None:
        """The thread: everything queued, in one transaction, again and again."""
        stopping = False
        while not stopping:
            group, stopping = self._take_group()
            if group:
                self._write(group)
            elif self._failure:
                self._try_again()
            if time.monotonic() - self._measured_at >= MEASURE_EVERY_S:
                self._measure()
        self._refuse_the_late()
        self._segments.close()
        self._nudge.close()

    def _take_group(self) -> tuple[list[_Turn], bool]:
        group: list[_Turn] = []
        size = 0
        with contextlib.suppress(queue.Empty):
            turn = self._queue.get(timeout=MEASURE_EVERY_S)
            while turn is not None:
                group.append(turn)
                size += len(turn.waiting)
                if size >= ENOUGH_PER_COMMIT:
                    return group, False
                turn = self._queue.get_nowait()
            return group, True
        return group, False

    def _write(self, group: list[_Turn]) -> None:
        failure: SpoolFailed | None = None
        requests = [waiting for turn in group for waiting in turn.waiting]
        try:
            written = self._segments.append([pack(each.receipt, each.body, each.count) for each in requests])
        except Exception as cause:  # whatever it was, the clients must hear of it and the thread must live
            failure = self._note_failure(cause)
        else:
            self._failure = ""
            self._count(written)
            self._nudge.send()
        finally:
            with self._waiting_lock:
                self._waiting_bytes -= sum(len(each.body) for each in requests)
        _answer(group, failure)

    def _try_again(self) -> None:
        """Begin a new segment after a failure, without waiting for a request: a failing gateway may get none."""
        try:
            self._segments.append([])
            self._failure = ""
        except Exception as cause:
            self._note_failure(cause)

    def _refuse_the_late(self) -> None:
        """Requests that came while the spool was closing."""
        late: list[_Turn | None] = []
        with contextlib.suppress(queue.Empty):
            while True:
                late.append(self._queue.get_nowait())
        _answer([turn for turn in late if turn], SpoolFailed(CLOSED))

    def _note_failure(self, cause: Exception) -> SpoolFailed:
        self._failure = f"the spool could not be written: {cause}. Check the disk of {self._folder}."
        self._retry_at = time.monotonic() + RETRY_AFTER_S
        failure = SpoolFailed(self._failure)
        failure.__cause__ = cause
        return failure

    def _count(self, written: int) -> None:
        """Between two measurements, what this writer adds is reckoned, so that the bound holds in a flood too."""
        state = self._state
        self._state = decide_state(
            total=state.bytes + written,
            untaken=state.untaken_bytes + written,
            free=state.free_bytes - written,
            limits=self._limits,
        )

    def _measure(self) -> None:
        self._measured_at = time.monotonic()
        with contextlib.suppress(OSError):  # a disk that cannot be asked shows at the next write
            self._state = measure(self._folder, self._limits)


class _Segments:
    """The files of one gateway: the one being written, and the next when it is full or has failed."""

    def __init__(self, folder: Path, limits: SpoolLimits) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._limits = limits
        self._lock = _lock(folder / "lock")
        self._connection: sqlite3.Connection | None = None
        self._left = ""
        self._name = ""
        self._bytes = 0
        self._rows = 0

    def append(self, rows: Sequence[Row]) -> int:
        """Commit rows to the open segment, synced. Gives their bytes. On any failure the segment is left for good."""
        connection = self._connection or self._open()
        if not rows:
            return 0
        statement = INSERT + ", ".join([ONE_ROW] * len(rows))
        try:
            # Outside of a transaction a statement is one by itself, whole or not at all.
            connection.execute(statement, [value for row in rows for value in row])
        except Exception:
            # After a failed sync nobody knows what the disk holds of this file: the next rows go into another.
            self._leave()
            raise
        size = sum(len(receipt) + len(body) for receipt, body, _ in rows)
        self._bytes += size
        self._rows += len(rows)
        if self._bytes >= self._limits.segment_bytes or self._rows >= self._limits.segment_rows:
            self._leave()
        return size

    def close(self) -> None:
        """Let go of the files and of the gateway's folder."""
        self._leave()
        self._lock.close()

    def _leave(self) -> None:
        """Never write to the open segment again; the next row begins another."""
        self._left = self._name
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()

    def _open(self) -> sqlite3.Connection:
        """Go on in the newest segment, if an earlier process left it with room; otherwise begin the next."""
        names = segment_names(self._folder)
        if names and names[-1] != self._left and self._has_room(self._folder / names[-1]):
            self._name = names[-1]
        else:
            self._name = self._create(_number_after(names))
            self._bytes = self._rows = 0
        self._connection = _connect(self._folder / self._name)
        return self._connection

    def end(self) -> bool:
        """Put an empty segment after the newest one, unless that is empty itself. Whether there was one to end."""
        names = segment_names(self._folder)
        if names:
            self._has_room(self._folder / names[-1])  # counts its rows, full or not; one that cannot be read is left
        if not self._rows:
            return False
        self._create(_number_after(names))
        return True

    def _has_room(self, path: Path) -> bool:
        """Measure a segment that an earlier process left. One that cannot be read has no room."""
        try:
            with contextlib.closing(_connect(path)) as connection:
                (self._rows,) = connection.execute("SELECT coalesce(max(id), 0) FROM request").fetchone()
            self._bytes = path.stat().st_size + size_or_nothing(path.with_name(path.name + "-wal"))
        except (sqlite3.Error, OSError):
            return False
        return self._bytes < self._limits.segment_bytes and self._rows < self._limits.segment_rows

    def _create(self, number: int) -> str:
        """A segment appears under its name complete, so that a reader never meets half a file."""
        name = segment_name(number)
        path, draft = self._folder / name, self._folder / "new"
        for leftover in (draft, *(draft.with_name("new" + companion) for companion in COMPANIONS)):
            leftover.unlink(missing_ok=True)
        with contextlib.closing(_connect(draft)) as connection:
            connection.execute(SCHEMA)
        draft.replace(path)
        sync_folder(self._folder)
        sync_folder(self._folder.parent)
        return name


def retire(folder: Path, gateway: str) -> bool:
    """End the newest segment of a gateway that writes no more: once it was taken it goes as all others do.

    An empty one stays, since the numbers of segments must never begin anew: what was taken is known by them. Gives
    whether there was anything to end. Raises SpoolFailed or OSError when this cannot be done now; it can wait.
    """
    segments = _Segments(folder / gateway, SpoolLimits())
    try:
        return segments.end()
    except sqlite3.Error as failure:
        raise SpoolFailed(f"the spool of {gateway} could not be ended: {failure}.") from failure
    finally:
        segments.close()


def _number_after(names: Sequence[str]) -> int:
    return int(names[-1].removesuffix(SEGMENT_SUFFIX)) + 1 if names else 1


class _Nudge:
    """Tells the reader that something was written. A lost word is no harm: the reader also looks by itself."""

    def __init__(self, address: Path) -> None:
        self._address = str(address)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)

    def send(self) -> None:
        with contextlib.suppress(OSError):  # nobody listens, or has heard enough
            self._socket.sendto(b"\0", self._address)

    def close(self) -> None:
        self._socket.close()


def _answer(group: Sequence[_Turn], failure: SpoolFailed | None) -> None:
    """Wake everybody of a group, with one call per event loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Waiting]] = {}
    for turn in group:
        by_loop.setdefault(turn.loop, []).extend(turn.waiting)
    for loop, requests in by_loop.items():
        with contextlib.suppress(RuntimeError):  # that loop has ended, and those who waited with it
            loop.call_soon_threadsafe(_resolve, requests, failure)


def _resolve(requests: Sequence[_Waiting], failure: SpoolFailed | None) -> None:
    for waiting in requests:
        if waiting.answer.done():  # its client went away; the request is kept all the same
            continue
        if failure is None:
            waiting.answer.set_result(None)
        else:
            waiting.answer.set_exception(failure)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
    try:
        connection.execute("PRAGMA page_size=8192")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _lock(path: Path) -> IO[bytes]:
    """Hold a gateway's folder as long as the process lives: two writers under one name would mix their files."""
    file = path.open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as taken:
        file.close()
        raise SpoolFailed(
            f"another process writes to {path.parent}. Stop it, or give this gateway another name."
        ) from taken
    return file
