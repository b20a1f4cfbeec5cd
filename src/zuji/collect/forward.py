"""Everything that is not collecting goes to the engine, over a local socket, streamed both ways."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from urllib.parse import quote

from zuji.collect.address import Caller
from zuji.collect.asgi import Receive, Scope, Send, send_response
from zuji.collect.decode.answers import json_answer, retry_headers
from zuji.collect.decode.request import Response
from zuji.collect.engine_wire import Wire, WireBroken, Wires

log = logging.getLogger(__name__)

ENGINE_BACK_AFTER_S = 2
CONNECT_S = 2.0
MOST_WIRES, MOST_IDLE = 200, 20
QUICK_S = 0.05
"""Whoever waits longer than that is watched for hanging up; a heavy question and a live tail take what they take."""
_HOP_BY_HOP = frozenset(
    {b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"proxy-connection"}
    | {b"te", b"trailer", b"transfer-encoding", b"upgrade"}
)
_REPLACED = frozenset(
    {b"forwarded", b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"x-forwarded-prefix"}
    | {b"x-real-ip", b"expect"}
)
"""Never passed on as the client wrote them: the engine believes what stands there."""


class EngineLine:
    """The line to the engine. It is opened with the first request, so the engine may start later, or again."""

    def __init__(self, socket_path: Path | None, *, base_path: str = "") -> None:
        self._base_path = base_path.encode()
        self._wires = None if socket_path is None else Wires(str(socket_path), most=MOST_WIRES, most_idle=MOST_IDLE)

    async def forward(self, scope: Scope, receive: Receive, send: Send, *, caller: Caller) -> None:
        """Pass a request on and its answer back; 503 when nobody is there to answer."""
        if self._wires is None:
            await send_response(scope, send, _engine_down())
            return
        try:
            wire = await self._wires.take(CONNECT_S)
        except WireBroken as failure:
            log.info("the engine does not answer %s %s: %s", scope["method"], scope["path"], failure)
            await send_response(scope, send, _engine_down())
            return
        try:
            wire.ask(self._head(scope, caller), is_head=scope["method"] == "HEAD")
            await _answer_while_listened(wire, scope, receive, send)
        except WireBroken as failure:
            log.info("the engine broke off its answer to %s %s: %s", scope["method"], scope["path"], failure)
            if not failure.answered:
                await send_response(scope, send, _engine_down())
        finally:
            self._wires.give_back(wire)

    def _head(self, scope: Scope, caller: Caller) -> bytes:
        """The same request for the engine: path and query byte for byte, without the base path."""
        path: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
        path = path.removeprefix(self._base_path) or b"/"
        target = path + b"?" + scope["query_string"] if scope["query_string"] else path
        lines = [scope["method"].encode() + b" " + target + b" HTTP/1.1"]
        lines += [
            name + b": " + value
            for name, value in scope["headers"]
            if name not in _HOP_BY_HOP and name not in _REPLACED
        ]
        lines.append(b"x-forwarded-for: " + caller.address.encode())
        lines.append(b"x-forwarded-proto: " + caller.scheme.encode())
        lines.append(b"x-forwarded-host: " + caller.host.encode())
        if self._base_path:
            lines.append(b"x-forwarded-prefix: " + self._base_path)
        if _comes_in_chunks(scope):
            lines.append(b"transfer-encoding: chunked")
        return b"\r\n".join((*lines, b"", b""))

    async def close(self) -> None:
        """Let go of idle connections."""
        if self._wires is not None:
            self._wires.close()


async def _answer_while_listened(wire: Wire, scope: Scope, receive: Receive, send: Send) -> None:
    """Send the body, pass the answer back. A client that leaves must not leave its question running behind it."""
    uploaded = asyncio.Event()
    if not _has_body(scope):
        uploaded.set()
    exchanging = asyncio.ensure_future(_exchange(wire, scope, receive, send, uploaded))
    done, _ = await asyncio.wait({exchanging}, timeout=QUICK_S)
    if not done:
        watching = asyncio.ensure_future(_hang_up(receive, uploaded))
        try:
            await asyncio.wait({exchanging, watching}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            watching.cancel()
            if not exchanging.done():
                wire.cut()
                exchanging.cancel()
            await asyncio.wait({exchanging, watching})
    if not exchanging.cancelled():
        exchanging.result()


async def _exchange(wire: Wire, scope: Scope, receive: Receive, send: Send, uploaded: asyncio.Event) -> None:
    """The body to the engine, then the answer to the client, piece by piece."""
    if not uploaded.is_set():
        try:
            await _upload(wire, receive, in_chunks=_comes_in_chunks(scope))
        except WireBroken:
            if not wire.has_head:
                raise
        uploaded.set()
    status, headers = await wire.head()
    passed = [(name, value) for name, value in headers if name not in _HOP_BY_HOP]
    await send({"type": "http.response.start", "status": status, "headers": passed})
    whole = wire.whole()
    if whole is None:
        async for piece in wire.pieces():
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": whole or b"", "more_body": False})


def _engine_down() -> Response:
    message = "the engine is not running at the moment; events are still taken in"
    return json_answer(503, {"code": "engine_down", "message": message}, *retry_headers(ENGINE_BACK_AFTER_S))


def _has_body(scope: Scope) -> bool:
    return any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"])


def _comes_in_chunks(scope: Scope) -> bool:
    return any(name == b"transfer-encoding" for name, _ in scope["headers"])


async def _upload(wire: Wire, receive: Receive, *, in_chunks: bool) -> None:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise WireBroken("the client hung up", answered=True)
        piece = message.get("body", b"")
        if wire.has_head:  # refused before it was read: the rest interests nobody
            wire.leave_unsent()
            return
        if piece:
            await wire.send(b"%x\r\n%b\r\n" % (len(piece), piece) if in_chunks else piece)
        if not message.get("more_body", False):
            if in_chunks:
                await wire.send(b"0\r\n\r\n")
            return


async def _hang_up(receive: Receive, uploaded: asyncio.Event) -> None:
    """Return when the client has gone. Only one may listen, so not before its body has been read."""
    await uploaded.wait()
    while (await receive())["type"] != "http.disconnect":
        pass
