"""A reverse proxy on loopback that spoils chosen requests on their way: what networks and servers do to real clients.

It speaks enough HTTP/1.1 for client SDKs: keep-alive, Content-Length and chunked bodies. Preflights and configuration
always pass; only requests that bring data are spoilt, in the order of the plan.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Fault = Literal["lost_answer", "server_error", "too_many", "reset"]
Step = Fault | Literal["pass"]

DATA_PATHS = ("/v1/", "/sa", "/batch", "/e", "/i", "/capture", "/com.snowplow", "/track", "/import", "/groups")
NO_DATA = ("/v1/projects", "/v1/m")
_ABORT = struct.pack("ii", 1, 0)
"""SO_LINGER with a time of zero: closing sends a reset instead of a farewell."""


@dataclass
class Head:
    """The first part of a request or an answer, and its body."""

    first_line: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        """The value of a header, or nothing."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    def encode(self, **changes: str) -> bytes:
        """As bytes, with the length of the body told anew."""
        told = [(k, v) for k, v in self.headers if k.lower() not in ("content-length", "transfer-encoding", *changes)]
        told += [("content-length", str(len(self.body))), *changes.items()]
        return f"{self.first_line}\r\n{''.join(f'{k}: {v}' + chr(13) + chr(10) for k, v in told)}\r\n".encode(
            "latin-1"
        ) + (self.body)


@dataclass
class FaultProxy:
    """Stands between a client and the server at `upstream_port`; works off its plan, and then lets everything pass."""

    upstream_port: int
    plan: Sequence[Step] = ()
    injected: list[Fault] = field(default_factory=list)
    data_requests: int = 0
    port: int = 0

    def __enter__(self) -> FaultProxy:
        self._steps = iter(self.plan)
        self._loop = asyncio.new_event_loop()
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self._thread.start()
        started.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join(10)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _run(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve(started))
        self._loop.close()

    async def _serve(self, started: threading.Event) -> None:
        self._stopped = asyncio.Event()
        server = await asyncio.start_server(self._converse, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        await self._stopped.wait()
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Requests of one connection, one after the other, until somebody hangs up."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, TimeoutError):
            while (request := await read_message(reader)) is not None:
                if not await self._handle(request, writer):
                    break
        with contextlib.suppress(Exception):
            writer.close()

    async def _handle(self, request: Head, writer: asyncio.StreamWriter) -> bool:
        """Answer one request, spoilt or not. False = the connection is gone."""
        step = self._next_step(request)
        if step == "reset":
            return _hang_up(writer)
        if step in ("server_error", "too_many"):
            writer.write(_refusal(step, request))
            await writer.drain()
            return True
        answer = await self._forward(request)
        if step == "lost_answer":
            return _hang_up(writer)
        writer.write(answer.encode())
        await writer.drain()
        return True

    def _next_step(self, request: Head) -> Step:
        method, path, _ = request.first_line.split(" ", 2)
        if method == "OPTIONS" or not path.startswith(DATA_PATHS) or path.startswith(NO_DATA):
            return "pass"
        self.data_requests += 1
        step = next(self._steps, "pass")
        if step != "pass":
            self.injected.append(step)
        return step

    async def _forward(self, request: Head) -> Head:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream_port)
        try:
            writer.write(request.encode(connection="close"))
            await writer.drain()
            answer = await asyncio.wait_for(read_message(reader, is_answer_to=request), 60)
        finally:
            writer.close()
        if answer is None:
            raise ConnectionError("the server hung up without an answer")
        return answer


async def read_message(reader: asyncio.StreamReader, *, is_answer_to: Head | None = None) -> Head | None:
    """One request or answer, whole; None when the other side has nothing more to say."""
    try:
        raw = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise
        return None
    first_line, *lines = raw.decode("latin-1").rstrip("\r\n").split("\r\n")
    headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    message = Head(first_line, headers, b"")
    bodyless = is_answer_to is not None and (
        is_answer_to.first_line.startswith("HEAD") or first_line.split(" ")[1] in ("204", "304")
    )
    if not bodyless:
        message.body = await _read_body(reader, message)
    return message


async def _read_body(reader: asyncio.StreamReader, message: Head) -> bytes:
    if "chunked" in message.header("transfer-encoding").lower():
        body = b""
        while (size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16)) > 0:
            body += await reader.readexactly(size)
            await reader.readexactly(2)
        await reader.readuntil(b"\r\n")
        return body
    return await reader.readexactly(int(message.header("content-length") or 0))


def _hang_up(writer: asyncio.StreamWriter) -> bool:
    """End the connection as a broken network does."""
    connection: socket.socket = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
    writer.transport.abort()
    return False


def _refusal(step: Step, request: Head) -> bytes:
    """A refusal as a browser may read it: without the CORS headers it would look like a broken network."""
    status = "500 Internal Server Error" if step == "server_error" else "429 Too Many Requests"
    headers = [("content-type", "application/json")]
    if step == "too_many":
        headers.append(("retry-after", "1"))
    if origin := request.header("origin"):
        headers += [
            ("access-control-allow-origin", origin),
            ("access-control-allow-credentials", "true"),
            ("access-control-expose-headers", "Retry-After"),
        ]
    body = b'{"code":"injected","message":"spoilt on purpose"}'
    return Head(f"HTTP/1.1 {status}", headers, body).encode()
