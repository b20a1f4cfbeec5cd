"""uvicorn's HTTP protocol with the two bounds it lacks: how slow and how large the head of a request may be.

Without them a client that sends its headers one byte a minute holds a connection for ever, and one that never ends
its headers fills the memory.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD_BYTES = 64 * 1024
"""Room for a pixel or a 神策 image, which carry their event in the URL; browsers stop at 32 to 64 KB."""
HEAD_TIMEOUT_S = 10.0


class BoundedHttp(HttpToolsProtocol):
    """Closes connections whose request head is too slow or too large."""

    _head_bytes = 0
    _head_open = True
    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._start_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._head_open and not self.transport.is_closing():
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES:
                self.send_400_response(f"The head of a request may have {MAX_HEAD_BYTES} bytes.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._start_head()

    def on_headers_complete(self) -> None:
        self._head_open = False
        self._stop_timer()
        if self.url.startswith(b"//"):
            # A host configured with a slash at its end; the parser would take `//v1/batch` for a host named v1.
            self.url = b"/" + self.url.lstrip(b"/")
        super().on_headers_complete()

    def _start_head(self) -> None:
        self._head_open = True
        self._head_bytes = 0
        self._stop_timer()
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
            self._start_head()
