"""Clients of the event store, chDB in process or a ClickHouse server: made, lent to one thread at a time, closed.

The driver serialises calls on a client, and the raw engine mixes the bound values of threads that share a session, so
a client is never used by two threads at once: writing and controlling have their own, and queries borrow one of a
small pool, which also bounds the memory that questions can take together.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
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


class Connections:
    """All clients of one event store. Those of queries are closed before the main one."""

    def __init__(self, location: str, limits: Limits) -> None:
        self._location = location
        self._limits = limits
        self._pid = os.getpid()
        self._lock = None if is_server(location) else FolderLock(Path(location).resolve())
        self._slots = threading.BoundedSemaphore(limits.at_once)
        self._idle: queue.SimpleQueue[Client] = queue.SimpleQueue()
        self._write_lock = threading.Lock()
        self._control_lock = threading.Lock()
        self._closed = False
        try:
            self._main = self.connect(_WRITING)
            self._control = self.connect({})
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
    def name(self) -> str:
        """The location without the password it may contain."""
        if not is_server(self._location):
            return self._location
        parts = urlsplit(self._location)
        return f"{parts.scheme}://{parts.hostname}:{parts.port or ''}"

    @contextmanager
    def writing(self) -> Iterator[Client]:
        """The client that inserts; one thread at a time."""
        self._check()
        with self._write_lock:
            self._check()
            yield self._main

    @contextmanager
    def controlling(self) -> Iterator[Client]:
        """The client for short statements that must not wait for questions or inserts."""
        self._check()
        with self._control_lock:
            self._check()
            yield self._control

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
            finally:
                self._idle.put(client)
        finally:
            self._slots.release()

    def close(self) -> None:
        """Wait for what runs, then close every client, the main one last. Doing so twice is harmless."""
        if self._closed:
            return
        self._closed = True
        for _ in range(self._limits.at_once):
            self._slots.acquire()
        while not self._idle.empty():
            self._idle.get().close()
        for _ in range(self._limits.at_once):
            self._slots.release()
        with self._control_lock:
            self._control.close()
        with self._write_lock:
            self._main.close()
        if self._lock is not None:
            self._lock.release()

    def _lend(self) -> Client:
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            return self.connect(
                {
                    "max_memory_usage": self._limits.memory_bytes,
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


def read_table(client: Client, sql: str, params: Mapping[str, Any] | None = None) -> pa.Table:
    """The answer to a SELECT, as Arrow. (The driver's own row reader mistakes an empty answer for a summary.)"""
    return pa.ipc.open_stream(client.raw_query(sql, parameters=dict(params or {}), fmt="ArrowStream")).read_all()


def is_server(location: str) -> bool:
    """Whether the location names a ClickHouse server rather than a folder."""
    return location.startswith(("http://", "https://"))
