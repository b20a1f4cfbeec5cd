"""The little of ASGI that the gateway needs: reading a request within bounds, sending a response."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from zuji.collect.decode.request import Response
from zuji.collect.refusal import BadBody

Scope = MutableMapping[str, Any]
AsgiMessage = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[AsgiMessage]]
Send = Callable[[AsgiMessage], Awaitable[None]]
Headers = tuple[tuple[str, str], ...]


WHOLE_BODY = "zuji.whole_body"
"""In the scope once the end of a request has arrived: its body, as far as nobody has received it (`bounded_http`)."""
ANSWER = "zuji.answer"
"""In the scope: sends a whole answer at once, or says that it cannot (`bounded_http`)."""


class ClientGone(Exception):
    """The client hung up: nobody waits for an answer."""


def read_headers(scope: Scope) -> dict[str, str]:
    """Header names as ASGI gives them, in lower case; repeated ones joined, as RFC 9110 allows."""
    raw = scope["headers"]
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in raw}
    if len(headers) == len(raw):
        return headers
    headers.clear()
    for raw_name, raw_value in raw:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


async def read_body(scope: Scope, receive: Receive, headers: Mapping[str, str], *, cap: int, timeout_s: float) -> bytes:
    """The whole body as sent. BadBody 413 beyond `cap` bytes, 408 when it does not arrive in time.

    What came in one piece with its head needs no clock and no waiting, a tenth of a small request's work.
    """
    declared = headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > cap:
        raise _too_big(cap)
    if (whole := scope.get(WHOLE_BODY)) is not None:
        if len(whole) > cap:
            raise _too_big(cap)
        return bytes(whole)
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


async def send_response(scope: Scope, send: Send, response: Response, *, extra: Headers = ()) -> None:
    """Send it, with its length; to HEAD without the body."""
    body = b"" if scope["method"] == "HEAD" else response.body
    headers = response.headers + extra
    if response.status not in (204, 304):
        headers += (("content-length", str(len(response.body))),)
    at_once = scope.get(ANSWER)
    if at_once is not None and at_once(scope, _head(response.status, headers), body):
        return
    raw_headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    await send({"type": "http.response.start", "status": response.status, "headers": raw_headers})
    await send({"type": "http.response.body", "body": body})


@lru_cache(maxsize=256)
def _head(status: int, headers: Headers) -> bytes:
    """The status line and the headers as they are sent. A few answers are given again and again."""
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *(f"{name}: {value}" for name, value in headers)]
    if any("\r" in line or "\n" in line for line in lines):
        raise ValueError(f"a header of the answer holds a line break: {headers!r:.500}")
    return "\r\n".join((*lines, "")).encode("latin-1")
