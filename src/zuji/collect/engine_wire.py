"""HTTP to the engine over its local socket, with as little work as there can be: a wire carries one request at a time.

The general client costs 0.8 ms of processor time a request; profile reads come by the hundred each second. Heads are
passed on as bytes, answers parsed by httptools, both directions held back when the other side is slow.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from typing import cast

import httptools

RawHeaders = list[tuple[bytes, bytes]]
HELD_BYTES = 256 * 1024
"""Of an answer that nobody takes; then the engine is asked to wait."""
IDLE_S = 4.0
"""The engine's server closes an idle line after five seconds: one is not used when that may be under way."""


class WireBroken(Exception):
    """The engine is not there, or hung up. `answered`: whether a part of the answer had come."""

    def __init__(self, what: str, *, answered: bool = False) -> None:
        super().__init__(what)
        self.answered = answered


class Wire(asyncio.Protocol):
    """One connection. `ask` sends a head; then `head` gives status and headers, `pieces` the body."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._writable = asyncio.Event()
        self._writable.set()
        self._idle_since = time.monotonic()
        self._begin(is_head=False)

    def _begin(self, *, is_head: bool) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._is_head = is_head
        self._headers: RawHeaders = []
        self._pieces: deque[bytes] = deque()
        self._held = 0
        self._is_paused = False
        self._has_head = self._is_complete = self._is_half_sent = self._stays_open = False
        self._news: asyncio.Future[None] | None = None

    @property
    def is_usable(self) -> bool:
        """Whether another request can be sent on it."""
        open_ = self._transport is not None and not self._transport.is_closing()
        return open_ and time.monotonic() - self._idle_since < IDLE_S

    @property
    def has_head(self) -> bool:
        """Whether the head of the answer has come; it may come before all of the request is sent."""
        return self._has_head

    def ask(self, head: bytes, *, is_head: bool) -> None:
        """Send the head of a request, and its body as far as it is there. Its answer is read next."""
        self._begin(is_head=is_head)
        if self._transport is None:
            raise WireBroken("not connected")
        self._transport.write(head)

    async def send(self, piece: bytes) -> None:
        """Send more of the body; waits while the engine does not take it."""
        if self._transport is None:
            raise WireBroken("the engine hung up")
        self._transport.write(piece)
        await self._writable.wait()

    def leave_unsent(self) -> None:
        """The rest of the body is not sent, because the answer came before: the wire is good for nothing else."""
        self._is_half_sent = True

    async def head(self) -> tuple[int, RawHeaders]:
        """Status and headers of the answer."""
        while not self._has_head:
            await self._wait()
        return self._parser.get_status_code(), self._headers

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body, piece by piece, as it comes."""
        while self._pieces or not self._is_complete:
            if not self._pieces:
                await self._wait()
                continue
            piece = self._pieces.popleft()
            self._let_go(len(piece))
            yield piece

    def whole(self) -> bytes | None:
        """The body when all of it is here already."""
        if not self._is_complete:
            return None
        self._let_go(self._held)  # a wire that stays paused would never bring another answer
        return b"".join(self._pieces)

    def rest(self) -> bool:
        """The answer was taken. Whether the wire can carry another request."""
        self._idle_since = time.monotonic()
        whole = self._is_complete and not self._is_half_sent and not self._is_head
        return whole and self.is_usable and self._stays_open

    def cut(self) -> None:
        """Hang up at once: the engine notices that nobody waits any more."""
        if self._transport is not None:
            self._transport.abort()

    def _let_go(self, taken: int) -> None:
        """So many bytes were taken: the engine may send on."""
        self._held -= taken
        if self._is_paused and self._held < HELD_BYTES and self._transport is not None:
            self._is_paused = False
            self._transport.resume_reading()

    async def _wait(self) -> None:
        if self._transport is None:
            raise WireBroken("the engine hung up", answered=self._has_head)
        self._news = asyncio.get_running_loop().create_future()
        await self._news

    def _tell(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)

    # What the event loop and the parser call

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The line stands."""
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, problem: Exception | None) -> None:
        """The line is gone."""
        self._transport = None
        self._writable.set()
        self._tell()

    def pause_writing(self) -> None:
        """The engine is slow to take a body."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """It goes on."""
        self._writable.set()

    def data_received(self, data: bytes) -> None:
        """A piece of an answer came."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self.cut()
        self._tell()

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header of the answer."""
        self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """The head of the answer is whole. An answer to HEAD ends here, whatever length it names."""
        self._has_head = True
        self._is_complete = self._is_head

    def on_body(self, piece: bytes) -> None:
        """A piece of the body."""
        self._pieces.append(piece)
        self._held += len(piece)
        if self._held >= HELD_BYTES and not self._is_paused and self._transport is not None:
            self._is_paused = True
            self._transport.pause_reading()

    def on_message_complete(self) -> None:
        """The answer is whole. Only here does the parser know whether the line stays open: then it forgets the head."""
        self._is_complete = True
        self._stays_open = self._parser.should_keep_alive()


class Wires:
    """The wires to one socket: idle ones are used again, the newest first."""

    def __init__(self, path: str, *, most: int, most_idle: int) -> None:
        self._path = path
        self._most_idle = most_idle
        self._free = asyncio.Semaphore(most)
        self._idle: list[Wire] = []

    async def take(self, timeout_s: float) -> Wire:
        """A wire that is connected. Raises WireBroken when the engine is not there, or has too much to do."""
        try:
            await asyncio.wait_for(self._free.acquire(), timeout_s)
        except TimeoutError:
            raise WireBroken("the engine has too many requests under way") from None
        try:
            return await self._connected(timeout_s)
        except BaseException:
            self._free.release()
            raise

    async def _connected(self, timeout_s: float) -> Wire:
        while self._idle:
            wire = self._idle.pop()
            if wire.is_usable:
                return wire
            wire.cut()
        try:
            connecting = asyncio.get_running_loop().create_unix_connection(Wire, self._path)
            return (await asyncio.wait_for(connecting, timeout_s))[1]
        except (OSError, TimeoutError) as failure:
            raise WireBroken(f"{type(failure).__name__}: {failure}") from failure

    def give_back(self, wire: Wire) -> None:
        """The wire's answer was taken, or nobody wants it any more."""
        if wire.rest() and len(self._idle) < self._most_idle:
            self._idle.append(wire)
        else:
            wire.cut()
        self._free.release()

    def close(self) -> None:
        """Hang up everywhere."""
        while self._idle:
            self._idle.pop().cut()
