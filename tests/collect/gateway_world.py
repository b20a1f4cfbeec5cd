"""A gateway for tests: the real server on a real socket, with a real spool on disk and keys in a file."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import msgspec

from zuji.collect.gateway import GatewayConfig
from zuji.collect.keys import KeyRing
from zuji.collect.serve import create_server
from zuji.collect.spool import SpoolLimits, SpoolRow
from zuji.collect.spool_reader import SqliteSpoolReader
from zuji.collect.spool_writer import SqliteSpoolWriter
from zuji.terms.message import Message, decode_messages
from zuji.terms.secret import sha256_hex
from zuji.terms.source import KeyEntry, KeySnapshot, Source, SourceSettings

NOON = 1_790_000_000_000
KEY = "zp_shop"
SMALL_KEY = "zp_small"
DISABLED_KEY = "zp_disabled"
SMALL = SourceSettings(max_event_bytes=1000, max_body_bytes=20_000)

_versions = itertools.count(1)


def an_entry(key: str, name: str = "shop", *, settings: SourceSettings | None = None, **others: Any) -> KeyEntry:
    enabled = others.pop("enabled", True)
    source = Source(id=name, workspace="default", name=name, enabled=enabled, settings=settings or SourceSettings())
    return KeyEntry(key_sha256=sha256_hex(key), kind=others.pop("kind", "public"), source=source, **others)


def the_usual_entries() -> list[KeyEntry]:
    return [
        an_entry(KEY),
        an_entry(SMALL_KEY, "small", settings=SMALL),
        an_entry(DISABLED_KEY, "disabled", enabled=False),
    ]


@dataclass
class GatewayWorld:
    """A running gateway and what tests do to it."""

    data: Path
    http: httpx.Client
    spool: SqliteSpoolWriter
    reader: SqliteSpoolReader
    port: int
    now_ms: int = NOON
    _taken: dict[tuple[str, str], int] = field(default_factory=dict)

    def write_keys(self, *entries: KeyEntry, proxies: tuple[str, ...] = ()) -> None:
        write_keys(self.data, *entries, proxies=proxies)

    def rows(self) -> list[SpoolRow]:
        """What came into the spool since this was last asked."""
        rows = self.reader.read(self._taken, max_messages=10**9)
        for row in rows:
            self._taken[(row.gateway, row.file)] = row.row
        return rows

    def messages(self) -> list[Message]:
        return [message for row in self.rows() for message in decode_messages(row.body)]


def write_keys(data: Path, *entries: KeyEntry, proxies: tuple[str, ...] = ()) -> None:
    """As the engine does it: a new file in the place of the old one."""
    draft = data / "keys.new"
    draft.write_bytes(msgspec.json.encode(KeySnapshot(next(_versions), entries, proxies)))
    draft.replace(data / "keys.json")


@contextlib.contextmanager
def a_gateway(
    data: Path,
    *,
    entries: list[KeyEntry] | None = None,
    limits: SpoolLimits | None = None,
    engine_socket: Path | None = None,
    **options: Any,
) -> Iterator[GatewayWorld]:
    """A gateway that runs while the block does. `entries=[]` stands for: no snapshot of keys yet."""
    (data / "spool").mkdir(parents=True, exist_ok=True)
    if entries != []:
        write_keys(data, *(entries or the_usual_entries()))
    spool = SqliteSpoolWriter(data / "spool", "gateway-1", limits=limits or SpoolLimits(min_free_bytes=0))
    reader = SqliteSpoolReader(data / "spool")
    world: GatewayWorld
    config = GatewayConfig(
        spool=spool,
        keys=KeyRing(data / "keys.json", monotonic=time.monotonic),
        status_file=data / "status.json",
        engine_socket=engine_socket,
        now_ms=lambda: world.now_ms,
        **options,
    )
    with (
        a_server(create_server(config, graceful_s=1)) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as http,
    ):
        world = GatewayWorld(data, http, spool, reader, port)
        yield world
    spool.close()
    reader.close()


@contextlib.contextmanager
def a_server(server: Any) -> Iterator[int]:
    """A uvicorn server in a thread; gives its port (0 when it listens on a path)."""
    server.config.host, server.config.port = "127.0.0.1", 0
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        assert time.monotonic() < deadline
        time.sleep(0.005)
    name = server.servers[0].sockets[0].getsockname()
    try:
        yield name[1] if isinstance(name, tuple) else 0
    finally:
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive()


def basic(key: str) -> dict[str, str]:
    return {"authorization": httpx.BasicAuth(key, "")._auth_header}


def a_track(**fields: Any) -> dict[str, Any]:
    return {"type": "track", "event": "Order Completed", "userId": "u1", "messageId": "m1", **fields}
