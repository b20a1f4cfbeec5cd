"""uvicorn's HTTP protocol with the two bounds it lacks: how slow and how large the head of a request may be.

Without them a client that sends its headers one byte a minute holds a connection for ever, and one that never ends
its headers fills the memory. What it does for every request is also made cheaper, since a single event is less work
than its request: an answer goes out at once, where uvicorn sends head and body apart and wakes the client twice; a body
that has arrived with its head is handed over with it; and the clock of an idle connection runs on instead of being set
and stopped with each request.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from zuji.collect.asgi import ANSWER, WHOLE_BODY, Scope

MAX_HEAD_BYTES = 64 * 1024
"""Room for a pixel or a 神策 image, which carry their event in the URL; browsers stop at 32 to 64 KB."""
HEAD_TIMEOUT_S = 10.0
MOST_HELD_BYTES = 64 * 1024
"""Beyond that the transport below must see what is written, and say when the client is too slow for it."""


class BoundedHttp(HttpToolsProtocol):
    """Closes connections whose request head is too slow or too large, and those that stay idle."""

    _head_bytes = 0
    _head_open = True
    _head_timer: asyncio.TimerHandle | None = None
    _idle_since: float | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.transport = TurnTransport(transport, self.loop)
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()

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
        cast(Scope, self.cycle.scope)[ANSWER] = self._answer

    def on_message_complete(self) -> None:
        super().on_message_complete()
        cast(Scope, self.cycle.scope)[WHOLE_BODY] = self.cycle.body

    def on_response_complete(self) -> None:
        """What uvicorn does after an answer, but for the clock of an idle connection: one that runs is left running."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
            return
        self._idle_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self._close_when_idle)

    def _unset_keepalive_if_required(self) -> None:
        """Something arrives. uvicorn would stop the clock here."""
        self._idle_since = None

    def _close_when_idle(self) -> None:
        self.timeout_keep_alive_task = None
        if self._idle_since is None:
            return  # a request is under way; its answer sets the clock again
        left_s = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left_s > 0:
            self.timeout_keep_alive_task = self.loop.call_later(left_s, self._close_when_idle)
        else:
            self.transport.close()

    def _answer(self, scope: Scope, head: bytes, body: bytes) -> bool:
        """Send a whole answer: its head without the empty line, and its body. False: not now, send it in order.

        What is put in the scope must not lead back to the scope for long: such circles wait for the collector, which
        would have more work with them than all of this saves.
        """
        cycle = self.cycle
        its_turn = scope is cast(Scope, cycle.scope)  # otherwise it was sent behind one that is still being answered
        if not its_turn or self.flow.write_paused or cycle.disconnected:
            return False
        scope.pop(ANSWER)
        lines = [head, *(b"%b: %b\r\n" % header for header in cycle.default_headers)]
        closes = b"\r\nconnection: close\r\n" in head
        if not cycle.keep_alive and not closes:
            lines.append(b"connection: close\r\n")
        self.transport.write(b"".join((*lines, b"\r\n", body)))
        cycle.response_started = cycle.response_complete = True
        cycle.message_event.set()
        if closes or not cycle.keep_alive:
            self.transport.close()
        cycle.on_response()
        return True

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
