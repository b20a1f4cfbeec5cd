"""uvicorn's HTTP protocol with the two bounds it lacks: how slow and how large the head of a request may be.

Without them a client that sends its headers one byte a minute holds a connection for ever, and one that never ends
its headers fills the memory. It also sends the head and the body of an answer together, where uvicorn sends two
packets and wakes the client twice.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from zuji.collect.asgi import BODY_IS_HERE, Scope

MAX_HEAD_BYTES = 64 * 1024
"""Room for a pixel or a 神策 image, which carry their event in the URL; browsers stop at 32 to 64 KB."""
HEAD_TIMEOUT_S = 10.0
MOST_HELD_BYTES = 64 * 1024
"""Beyond that the transport below must see what is written, and say when the client is too slow for it."""


class BoundedHttp(HttpToolsProtocol):
    """Closes connections whose request head is too slow or too large."""

    _head_bytes = 0
    _head_open = True
    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.transport = TurnTransport(transport, self.loop)
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._head_open and not self.transport.is_closing():
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES:
                self.send_400_response(f"The head of a request may have {MAX_HEAD_BYTES} bytes.")
            elif self._head_timer is None:
                self._start_timer()

    def on_message_begin(self) -> None:
        """No clock yet: nearly every head comes in one piece, and setting a clock costs more than reading it."""
        super().on_message_begin()
        self._head_open = True
        self._head_bytes = 0
        self._stop_timer()

    def on_headers_complete(self) -> None:
        self._head_open = False
        self._stop_timer()
        if self.url.startswith(b"//"):
            # A host configured with a slash at its end; the parser would take `//v1/batch` for a host named v1.
            self.url = b"/" + self.url.lstrip(b"/")
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        cast(Scope, self.scope)[BODY_IS_HERE] = True
        super().on_message_complete()

    def _start_timer(self) -> None:
        self._head_timer = self.loop.call_later(HEAD_TIMEOUT_S, self._give_up)

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _give_up(self) -> None:
        """Not while an earlier request of this connection is still being answered."""
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()
        else:
            self._start_timer()


class TurnTransport(asyncio.Transport):
    """What is written to a connection within one turn of the event loop, as one write."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._transport = transport
        self._loop = loop
        self._pieces: list[bytes] = []
        self._size = 0

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Keep it until the end of the turn; a long answer that never waits goes out in between."""
        if not self._pieces:
            self._loop.call_soon(self._flush)
        self._pieces.append(bytes(data))
        self._size += len(data)
        if self._size > MOST_HELD_BYTES:
            self._flush()

    def close(self) -> None:
        """Close it when everything has been sent."""
        self._flush()
        self._transport.close()

    def is_closing(self) -> bool:
        """Whether it is closed, or about to be."""
        return self._transport.is_closing()

    def _flush(self) -> None:
        pieces, self._pieces, self._size = self._pieces, [], 0
        if pieces and not self._transport.is_closing():
            self._transport.write(b"".join(pieces))
