"""Everything that is not collecting goes to the engine, over a local socket, streamed both ways."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import httpx

from zuji.collect.address import Caller
from zuji.collect.asgi import Receive, Scope, Send, send_response
from zuji.collect.decode.answers import json_answer, retry_headers
from zuji.collect.decode.request import Response

log = logging.getLogger(__name__)

ENGINE_BACK_AFTER_S = 2
_TIMEOUT = httpx.Timeout(connect=2.0, read=None, write=30.0, pool=10.0)
"""No bound on reading: a heavy question and a live tail take as long as they take."""
_LIMITS = httpx.Limits(max_connections=200, max_keepalive_connections=20)
_HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection"}
    | {"te", "trailer", "transfer-encoding", "upgrade"}
)
_REPLACED = frozenset(
    {"forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-prefix"}
    | {"x-real-ip", "expect"}
)
"""Never passed on as the client wrote them: the engine believes what stands there."""


class EngineLine:
    """The connection to the engine. It is opened with the first request, so the engine may start later, or again."""

    def __init__(self, socket_path: Path | None, *, base_path: str = "") -> None:
        self._base_path = base_path.encode()
        self._transport: httpx.AsyncHTTPTransport | None = None
        if socket_path is not None:
            self._transport = httpx.AsyncHTTPTransport(uds=str(socket_path), limits=_LIMITS)

    async def forward(self, scope: Scope, receive: Receive, send: Send, *, caller: Caller) -> None:
        """Pass a request on and its answer back; 503 when nobody is there to answer."""
        if self._transport is None:
            await send_response(scope, send, _engine_down())
            return
        uploaded, answered = asyncio.Event(), asyncio.Event()
        request = self._build(scope, caller, content=_upload(receive, uploaded) if _has_body(scope) else None)
        if not _has_body(scope):
            uploaded.set()
        answering = asyncio.ensure_future(_pass_back(self._transport, request, scope, send, answered))
        watching = asyncio.ensure_future(_hang_up(receive, uploaded))
        try:
            # A client that leaves must not leave its question running behind it.
            await asyncio.wait({answering, watching}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            watching.cancel()
            if not answered.is_set():
                answering.cancel()
            await asyncio.wait({answering, watching})
        if not answering.cancelled():
            answering.result()

    def _build(self, scope: Scope, caller: Caller, *, content: AsyncIterator[bytes] | None) -> httpx.Request:
        """The same request for the engine: path and query byte for byte, without the base path."""
        path: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
        path = path.removeprefix(self._base_path) or b"/"
        target = path + b"?" + scope["query_string"] if scope["query_string"] else path
        headers = _request_headers(scope, caller)
        if self._base_path:
            headers.append((b"x-forwarded-prefix", self._base_path))
        url = httpx.URL("http://engine").copy_with(raw_path=target)
        return httpx.Request(
            scope["method"], url, headers=headers, content=content, extensions={"timeout": _TIMEOUT.as_dict()}
        )

    async def close(self) -> None:
        """Let go of idle connections."""
        if self._transport is not None:
            await self._transport.aclose()


async def _pass_back(
    transport: httpx.AsyncHTTPTransport, request: httpx.Request, scope: Scope, send: Send, answered: asyncio.Event
) -> None:
    """Send the request to the engine and its answer to the client, piece by piece; then set `answered`."""
    try:
        response = await transport.handle_async_request(request)
    except httpx.TransportError as error:
        log.info("the engine did not answer %s %s: %r", request.method, request.url.path, error)
        answered.set()
        await send_response(scope, send, _engine_down())
        return
    try:
        headers = [(name.lower(), value) for name, value in response.headers.raw if _passes(name)]
        await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
        async for chunk in response.aiter_raw():
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        answered.set()
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    except httpx.TransportError as error:
        # The server closes the connection under an unfinished answer: the client notices that it is cut short.
        log.info("the engine broke off its answer to %s %s: %r", request.method, request.url.path, error)
    finally:
        await response.aclose()


def _engine_down() -> Response:
    message = "the engine is not running at the moment; events are still taken in"
    return json_answer(503, {"code": "engine_down", "message": message}, *retry_headers(ENGINE_BACK_AFTER_S))


def _has_body(scope: Scope) -> bool:
    return any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"])


def _passes(name: bytes) -> bool:
    return name.decode("latin-1").lower() not in _HOP_BY_HOP


def _request_headers(scope: Scope, caller: Caller) -> list[tuple[bytes, bytes]]:
    headers = [
        (name, value)
        for name, value in scope["headers"]
        if (text := name.decode("latin-1")) not in _HOP_BY_HOP and text not in _REPLACED
    ]
    headers.append((b"x-forwarded-for", caller.address.encode()))
    headers.append((b"x-forwarded-proto", caller.scheme.encode()))
    headers.append((b"x-forwarded-host", caller.host.encode()))
    return headers


async def _upload(receive: Receive, uploaded: asyncio.Event) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise httpx.WriteError("the client hung up")
        yield message.get("body", b"")
        if not message.get("more_body", False):
            uploaded.set()
            return


async def _hang_up(receive: Receive, uploaded: asyncio.Event) -> None:
    """Return when the client has gone. Only one may listen, so not before its body has been read."""
    await uploaded.wait()
    while (await receive())["type"] != "http.disconnect":
        pass
