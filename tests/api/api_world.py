"""A whole engine in this process with its API on a real socket, for tests that speak HTTP to it.

The event store allows one folder per process, so all tests share one engine and each makes workspaces of its own.
"""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import msgspec
import uvicorn
from starlette.types import ASGIApp

from zuji.api.app import create_api
from zuji.cli.clock import now_ms
from zuji.cli.wiring import House, build_house, first_start, open_administration
from zuji.collect.spool_writer import SqliteSpoolWriter
from zuji.govern.principal import OPERATOR
from zuji.settings import Settings
from zuji.terms.message import KeyKind, Message, Receipt, encode_messages
from zuji.terms.source import Role, Source

_numbers = itertools.count(1)


def track(event: str, user: str = "", *, anonymous: str = "", **fields: Any) -> Message:
    """A track message with a fresh id."""
    properties = msgspec.Raw(msgspec.json.encode(fields.pop("properties", {})))
    return Message(
        type=fields.pop("type", "track"),
        message_id=fields.pop("message_id", f"m-{next(_numbers)}"),
        event=event,
        user_id=user,
        anonymous_id=anonymous,
        properties=properties,
        **fields,
    )


def identify(user: str, *, anonymous: str = "", traits: dict[str, Any] | None = None) -> Message:
    """An identify message with a fresh id."""
    return Message(
        type="identify",
        message_id=f"m-{next(_numbers)}",
        user_id=user,
        anonymous_id=anonymous,
        traits=msgspec.Raw(msgspec.json.encode(traits or {})),
    )


@dataclass
class ApiWorld:
    """The engine, where it answers, and what tests do to it."""

    data: Path
    house: House
    url: str
    control_url: str
    gateway: SqliteSpoolWriter
    owner: str
    _shops: dict[str, str] = field(default_factory=dict)

    def client(self, token: str | None = None, *, workspace: str | None = None, **headers: str) -> httpx.Client:
        """A client with a token (the owner's unless told), asking about a workspace."""
        token = self.owner if token is None else token
        if token:
            headers["Authorization"] = f"Bearer {token}"
        params = {} if workspace is None else {"workspace": workspace}
        return httpx.Client(base_url=f"{self.url}/api/v1", headers=headers, params=params, timeout=60, trust_env=False)

    def token(self, role: Role, workspace: str | None = None, *, expires_at: int | None = None) -> str:
        """A new token."""
        tokens = self.house.administration.tokens
        return tokens.create(role=role, name=role, workspace=workspace, expires_at=expires_at, actor="tests").secret

    def workspace(self) -> str:
        """A new workspace with a source named shop."""
        made = self.house.administration.workspaces.create(f"ws {next(_numbers)}", timezone=None, actor="tests")
        self.house.administration.keys.create_source(made.id, "shop", "web", settings={}, actor="tests")
        return made.id

    def source(self, workspace: str) -> Source:
        """The source named shop."""
        return self.house.administration.keys.source(workspace, "shop")

    def send(self, workspace: str, *messages: Message, key: KeyKind = "secret") -> None:
        """As a gateway does: durable in the spool when this returns."""
        receipt = Receipt(workspace, self.source(workspace).id, key, "segment", now_ms())
        asyncio.run(self.gateway.append(receipt, encode_messages(messages), len(messages)))


@contextmanager
def answering(app: ASGIApp) -> Iterator[str]:
    """Serve an app on a free port of this machine while the block runs."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started:
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def api_world(data: Path) -> Iterator[ApiWorld]:
    """A running engine over an empty folder, answering."""
    data.mkdir(parents=True, exist_ok=True)
    administration = open_administration(data, Settings())
    made = first_start(administration)
    assert made is not None
    house = build_house(data, Settings(), administration)
    house.engine.start()
    gateway = SqliteSpoolWriter(data / "spool", "tests")
    public = create_api(house.ports, now_s=time.monotonic)
    control = create_api(house.ports, now_s=time.monotonic, trusted=OPERATOR)
    try:
        with answering(public) as url, answering(control) as control_url:
            yield ApiWorld(data, house, url, control_url, gateway, made.token)
    finally:
        gateway.close()
        house.decisions_spool.close()
        house.engine.stop()
