"""The little of ASGI that the gateway needs: reading a request within bounds, sending a response."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any

from zuji.collect.decode.request import Response
from zuji.collect.refusal import BadBody

Scope = MutableMapping[str, Any]
AsgiMessage = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[AsgiMessage]]
Send = Callable[[AsgiMessage], Awaitable[None]]


BODY_IS_HERE = "zuji.body_is_here"
"""Set in the scope by `bounded_http` when the end of a request has arrived."""


class ClientGone(Exception):
    """The client hung up: nobody waits for an answer."""


def read_headers(scope: Scope) -> dict[str, str]:
    """Header names as ASGI gives them, in lower case; repeated ones joined, as RFC 9110 allows."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


async def read_body(scope: Scope, receive: Receive, headers: Mapping[str, str], *, cap: int, timeout_s: float) -> bytes:
    """The whole body as sent. BadBody 413 beyond `cap` bytes, 408 when it does not arrive in time.

    What came in one piece with its head needs no clock, which would be a tenth of a small request's work.
    """
    declared = headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > cap:
        raise _too_big(cap)
    if BODY_IS_HERE in scope:
        return await _collect_chunks(receive, cap)
    try:
        async with asyncio.timeout(timeout_s):
            return await _collect_chunks(receive, cap)
    except TimeoutError:
        raise BadBody(408, "slow_body", f"the body did not arrive within {timeout_s:g} s") from None


async def _collect_chunks(receive: Receive, cap: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > cap:
            raise _too_big(cap)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _too_big(cap: int) -> BadBody:
    return BadBody(413, "body_too_big", f"the body is larger than {cap} bytes; send smaller batches")


async def send_response(send: Send, response: Response, *, method: str, extra: Iterable[tuple[str, str]] = ()) -> None:
    """Send it, with its length; to HEAD without the body."""
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in (*response.headers, *extra)]
    if response.status != 204:
        headers.append((b"content-length", b"%d" % len(response.body)))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else response.body})
