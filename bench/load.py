"""Load for benchmarks, from a process of its own: seeded Segment batches over raw sockets, as fast as they are taken.

    python bench/load.py --url http://127.0.0.1:8080 --key zp_... --batch 100 --connections 8 --acks acks.txt

Bodies are encoded before the clock starts. Each holds the twelve letters `@@@@@@@@@@@@` wherever its number belongs,
and gets that number by one replacement when it is sent; so every message id is `<number>-<place in the batch>` and an
acknowledged batch is exactly known by its number. `--acks` writes the acknowledged numbers, one a line, for checking
that each of their messages is stored once. A batch is sent again, the same, after 429, 503 or a lost connection.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import cast
from urllib.parse import urlsplit

import httptools
import msgspec
import numpy as np
import uvloop

MARK = b"@" * 12
TIME_MARK = b"2000-01-01T00:00:00.000Z"
PATIENCE_S = 60.0
AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.1 Mobile/15E148 Safari/604.1",
)
EVENTS = ("Product Viewed", "Product List Viewed", "Product Added", "Cart Viewed", "Order Completed")


@dataclass(frozen=True)
class Shape:
    """What the load looks like. `days`: over how many past days the events spread; 0 = all are dated when first sent.

    `new_people`: the part of events that bring somebody never seen before.
    """

    batch: int
    templates: int
    people: int
    new_people: float
    days: float
    seed: int


@dataclass
class Outcome:
    """What was acknowledged, and how long each acknowledgement took in milliseconds."""

    acknowledged: list[int] = field(default_factory=list)
    latencies_ms: list[float] = field(default_factory=list)
    sent_again: int = 0
    given_up: int = 0
    refused: dict[int, int] = field(default_factory=dict)


def templates(shape: Shape, now: datetime) -> list[bytes]:
    """Bodies with the mark in place of their number. The same seed gives the same bodies."""
    rng = Random(shape.seed)
    encode = msgspec.json.Encoder().encode
    bodies = []
    for _ in range(shape.templates):
        batch = [_message(place, shape, rng, now) for place in range(shape.batch)]
        bodies.append(encode({"batch": batch}))
    return bodies


def _message(place: int, shape: Shape, rng: Random, now: datetime) -> dict[str, object]:
    mark = MARK.decode()
    number = rng.randrange(shape.people)
    is_new = rng.random() < shape.new_people
    at = now - timedelta(days=shape.days * rng.random())
    path = f"/product/p{rng.randrange(500)}"
    message: dict[str, object] = {
        "type": "track",
        "event": rng.choice(EVENTS),
        "messageId": f"{mark}-{place:03d}",
        "anonymousId": f"n{mark}-{place:03d}" if is_new else f"a{number:08d}",
        "timestamp": at.isoformat(timespec="milliseconds") if shape.days else TIME_MARK.decode(),
        "properties": {
            "product_id": f"p{rng.randrange(500)}",
            "name": "龙井 Longjing green tea",
            "price": rng.randrange(100, 100_000) / 100,
            "quantity": rng.randrange(1, 4),
            "currency": "CNY",
        },
        "context": {
            "userAgent": rng.choice(AGENTS),
            "locale": "zh-CN",
            "library": {"name": "analytics.js", "version": "npm:next-1.84.3"},
            "page": {"path": path, "title": "Zuji Shop", "url": f"https://shop.zuji-demo.cn{path}"},
        },
    }
    if not is_new and number % 3 == 0:
        message["userId"] = f"u{number:08d}"
    return message


class Connection(asyncio.Protocol):
    """One connection with one request under way, by the fastest parser there is."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._answer: asyncio.Future[tuple[int, float]] | None = None
        self._retry_after = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance

    def connection_lost(self, problem: Exception | None) -> None:
        self._transport = None
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(problem or ConnectionResetError("closed by the server"))

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as broken:
            if self._answer is not None and not self._answer.done():
                self._answer.set_exception(ConnectionError(str(broken)))

    def on_header(self, name: bytes, value: bytes) -> None:
        """The parser found a header."""
        if name.lower() == b"retry-after" and value.isdigit():
            self._retry_after = float(value)

    def on_message_complete(self) -> None:
        """The parser found the end of an answer."""
        status, retry_after = self._parser.get_status_code(), self._retry_after
        self._retry_after = 0.0
        if self._answer is not None and not self._answer.done():
            self._answer.set_result((status, retry_after))

    @property
    def is_open(self) -> bool:
        """Whether another request can be sent on it."""
        return self._transport is not None and not self._transport.is_closing()

    async def ask(self, head: bytes, body: bytes) -> tuple[int, float]:
        """Send a request; the status and Retry-After (seconds) of its answer."""
        if self._transport is None:
            raise ConnectionResetError("not connected")
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.writelines((head, body))
        return await asyncio.wait_for(self._answer, 60)

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()


@dataclass
class Load:
    """The whole run: who sends what, until when. `rate`: batches a second over all connections, 0 = no limit."""

    url: str
    key: str
    bodies: list[bytes]
    seconds: float
    rate: float
    first: int
    outcome: Outcome = field(default_factory=Outcome)
    _taken: int = 0

    async def run(self, connections: int) -> float:
        """Send until the time is over; how many seconds it took until the last acknowledgement."""
        started = time.perf_counter()
        senders = [self._send_until(started + self.seconds, started) for _ in range(connections)]
        await asyncio.gather(*senders)
        return time.perf_counter() - started

    async def _send_until(self, end: float, started: float) -> None:
        connection: Connection | None = None
        while time.perf_counter() < end:
            number, self._taken = self.first + self._taken, self._taken + 1
            due = started + (number - self.first) / self.rate if self.rate else 0.0
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            connection = await self._deliver(number, connection, due)
        if connection is not None:
            connection.close()

    async def _deliver(self, number: int, connection: Connection | None, due: float) -> Connection | None:
        """One batch, until it is acknowledged or refused for good. With a rate, waiting for its turn counts."""
        body = self.bodies[number % len(self.bodies)].replace(MARK, f"{number:012x}".encode())
        body = body.replace(TIME_MARK, datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3].encode() + b"Z")
        head = self._head(len(body))
        began = due or time.perf_counter()
        while time.perf_counter() < began + PATIENCE_S:
            try:
                if connection is None or not connection.is_open:
                    connection = await self._connect()
                status, retry_after = await connection.ask(head, body)
            except (OSError, TimeoutError):
                connection, status, retry_after = None, 0, 0.05
            if status == 200:
                self.outcome.acknowledged.append(number)
                self.outcome.latencies_ms.append((time.perf_counter() - began) * 1000)
                return connection
            if status not in (0, 429, 500, 502, 503, 504):
                self.outcome.refused[status] = self.outcome.refused.get(status, 0) + 1
                return connection
            self.outcome.sent_again += 1
            await asyncio.sleep(max(retry_after, 0.05))
        self.outcome.given_up += 1
        return connection

    async def _connect(self) -> Connection:
        address = urlsplit(self.url)
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(Connection, address.hostname or "localhost", address.port or 80)
        return connection

    def _head(self, length: int) -> bytes:
        address = urlsplit(self.url)
        basic = base64.b64encode(f"{self.key}:".encode()).decode()
        return (
            f"POST {address.path.rstrip('/')}/v1/batch HTTP/1.1\r\nHost: {address.netloc}\r\n"
            f"Authorization: Basic {basic}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
        ).encode()


def figures(outcome: Outcome, batch: int, took_s: float) -> dict[str, float]:
    """The run in numbers."""
    latencies = np.array(outcome.latencies_ms or [float("nan")])
    p50, p95, p99 = (round(float(np.percentile(latencies, part)), 2) for part in (50, 95, 99))
    events = len(outcome.acknowledged) * batch
    return {
        "seconds": round(took_s, 3),
        "requests": len(outcome.acknowledged),
        "events": events,
        "events_per_s": round(events / took_s, 1),
        "ack_p50_ms": p50,
        "ack_p95_ms": p95,
        "ack_p99_ms": p99,
        "ack_max_ms": round(float(latencies.max()), 2),
        "sent_again": outcome.sent_again,
        "given_up": outcome.given_up,
        "refused": sum(outcome.refused.values()),
    }


def arguments() -> argparse.Namespace:
    """What may be chosen on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", required=True, help="of the gateway")
    parser.add_argument("--key", required=True, help="a write key")
    parser.add_argument("--batch", type=int, default=100, help="events per request")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--rate", type=float, default=0.0, help="events a second; 0 = as fast as they are taken")
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--new-people", type=float, default=0.02, help="part of events with a new anonymous id")
    parser.add_argument("--days", type=float, default=0.0, help="spread the events over so many past days")
    parser.add_argument("--templates", type=int, default=200, help="different bodies, built before the start")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, help="number of the first batch; default: from the clock, so runs differ")
    parser.add_argument("--acks", type=Path, help="write the numbers of acknowledged batches here")
    return parser.parse_args()


def main() -> int:
    """Build, send, tell; exit code 1 when something was refused for good or not taken in a minute."""
    asked = arguments()
    now = datetime.now(UTC)
    shape = Shape(asked.batch, asked.templates, asked.people, asked.new_people, asked.days, asked.seed)
    first = asked.first if asked.first is not None else int(now.timestamp() * 1000) * 64
    load = Load(asked.url, asked.key, templates(shape, now), asked.seconds, asked.rate / asked.batch, first)
    took_s = uvloop.run(load.run(asked.connections))
    if asked.acks is not None:
        asked.acks.write_text("".join(f"{number:012x}\n" for number in load.outcome.acknowledged))
    print(json.dumps(figures(load.outcome, asked.batch, took_s)))
    for status, count in load.outcome.refused.items():
        print(f"{count} batches were refused with {status}.", file=sys.stderr)
    return 1 if load.outcome.refused or load.outcome.given_up else 0


if __name__ == "__main__":
    sys.exit(main())
