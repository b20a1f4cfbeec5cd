"""Clients of the event store, chDB in process or a ClickHouse server: made, lent to one thread at a time, closed.

The driver serialises calls on a client, and the raw engine mixes the bound values of threads that share a session, so
a client is never used by two threads at once: writing and controlling have their own, and queries borrow one of a
small pool, which also bounds the memory that questions can take together. A client is never used again after an
error either (see `_Seat`).
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import clickhouse_connect
import pyarrow as pa
from clickhouse_connect.driver.client import Client

from zuji.store.event_lock import FolderLock, refuse_fork
from zuji.store.failure import StoreBusy, translated
from zuji.store.query import Limits
from zuji.terms.error import Conflict

ENGINE_CONFIG = Path(__file__).parent / "engine.xml"
"""Given to every client of every process, spelled the same: the engine takes the first spelling it sees for all."""

_WRITING = {"async_insert": 0, "max_execution_time": 0, "insert_deduplicate": 0}


@dataclass(slots=True)
class _Seat:
    """A client for one purpose, used by one thread at a time, and replaced when it failed.

    Replaced, because the engine answers the next query on a client whose last one broke off with what that one had
    written so far: the beginning of somebody else's answer.
    """

    client: Client | None
    settings: dict[str, Any]
    lock: threading.Lock = field(default_factory=threading.Lock)


class Connections:
    """All clients of one event store. Those of queries are closed before the main one."""

    def __init__(self, location: str, limits: Limits) -> None:
        self._location = location
        self._limits = limits
        self._pid = os.getpid()
        self._lock = None if is_server(location) else FolderLock(Path(location).resolve())
        self._slots = threading.BoundedSemaphore(limits.at_once)
        self._idle: queue.SimpleQueue[Client] = queue.SimpleQueue()
        self._closed = False
        self._gathering = threading.Lock()
        """Held by whoever takes all slots: two who took half of them each would wait for ever."""
        try:
            self._writer = _Seat(self.connect(_WRITING), _WRITING)
            self._controller = _Seat(self.connect({}), {})
        except BaseException:
            if self._lock is not None:
                self._lock.release()
            raise

    def connect(self, settings: dict[str, Any]) -> Client:
        """A new client of the caller's own, with these engine settings for all it does."""
        with translated(f"opening the event store {self.name}"):
            if is_server(self._location):
                return clickhouse_connect.get_client(
                    dsn=self._location, settings=settings, autogenerate_session_id=False, form_encode_query_params=True
                )
            options = {"config-file": str(ENGINE_CONFIG)}
            return clickhouse_connect.get_client(
                interface="chdb", path=self._location, settings=settings, chdb_options=options
            )

    @property
    def is_embedded(self) -> bool:
        """Whether the engine runs in this process, on a folder of ours."""
        return not is_server(self._location)

    @property
    def name(self) -> str:
        """The location without the password it may contain."""
        if not is_server(self._location):
            return self._location
        parts = urlsplit(self._location)
        return f"{parts.scheme}://{parts.hostname}:{parts.port or ''}"

    @contextmanager
    def writing(self) -> Iterator[Client]:
        """The client that inserts; one thread at a time."""
        with self._alone(self._writer) as client:
            yield client

    @contextmanager
    def controlling(self) -> Iterator[Client]:
        """The client for short statements that must not wait for questions or inserts."""
        with self._alone(self._controller) as client:
            yield client

    @contextmanager
    def asking(self) -> Iterator[Client]:
        """A client with the limits of a question. Waits in line when all are lent; raises StoreBusy after `wait_s`."""
        self._check()
        if not self._slots.acquire(timeout=self._limits.wait_s):
            raise StoreBusy(
                f"{self._limits.at_once} questions are being answered already, and none ended within "
                f"{self._limits.wait_s:g} s. Ask again later."
            )
        try:
            self._check()
            client = self._lend()
            try:
                yield client
            except BaseException:
                client.close()  # see `_Seat`
                raise
            self._idle.put(client)
        finally:
            self._slots.release()

    @contextmanager
    def exclusively(self) -> Iterator[None]:
        """Nobody asks or inserts while the block runs. Whoever calls must hold none of the clients."""
        with ExitStack() as held:
            held.enter_context(self._gathering)
            self._check()
            for _ in range(self._limits.at_once):
                self._slots.acquire()
                held.callback(self._slots.release)
            for seat in (self._writer, self._controller):
                held.enter_context(seat.lock)
            yield

    def close(self) -> None:
        """Wait for what runs, then close every client, the main one last. Doing so twice is harmless."""
        with self._gathering:
            if self._closed:
                return
            self._closed = True
        for _ in range(self._limits.at_once):
            self._slots.acquire()
        while not self._idle.empty():
            self._idle.get().close()
        for _ in range(self._limits.at_once):
            self._slots.release()
        for seat in (self._controller, self._writer):
            with seat.lock:
                if seat.client is not None:
                    seat.client.close()
        if self._lock is not None:
            self._lock.release()

    @contextmanager
    def _alone(self, seat: _Seat) -> Iterator[Client]:
        """The client of a seat, alone; whoever comes after a failure gets a new one."""
        self._check()
        with seat.lock:
            self._check()
            try:
                client = seat.client = seat.client or self.connect(seat.settings)
                yield client
            except BaseException:
                if seat.client is not None:
                    seat.client.close()
                seat.client = None
                raise

    def _lend(self) -> Client:
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            on_disk_from = int(self._limits.memory_bytes * self._limits.on_disk_from)
            return self.connect(
                {
                    "max_memory_usage": self._limits.memory_bytes,
                    "max_bytes_before_external_group_by": on_disk_from,
                    "max_bytes_before_external_sort": on_disk_from,
                    "max_execution_time": self._limits.seconds,
                    "max_threads": self._limits.threads,
                }
            )

    def _check(self) -> None:
        if os.getpid() != self._pid:
            refuse_fork()
            raise Conflict("an event store does not survive a fork: open it in the process that uses it.")
        if self._closed:
            raise StoreBusy(f"the event store {self.name} is closed.")


def read_table(client: Client, sql: str, params: Mapping[str, Any] | None = None, *, ticket: str = "") -> pa.Table:
    """The answer to a query, as Arrow; `EventStore.cancel` finds it by its ticket while it runs.

    (The driver's own row reader mistakes an empty answer for a summary.)
    """
    data = client.raw_query(sql, parameters=dict(params or {}), settings=ticketed(ticket), fmt="ArrowStream")
    return pa.ipc.open_stream(data).read_all() if data else pa.table({})


def ticketed(ticket: str) -> dict[str, str]:
    """The setting by which a running query is found. (Not a comment: where values are bound the engine drops those.)"""
    return {"log_comment": ticket} if ticket else {}


def is_server(location: str) -> bool:
    """Whether the location names a ClickHouse server rather than a folder."""
    return location.startswith(("http://", "https://"))
