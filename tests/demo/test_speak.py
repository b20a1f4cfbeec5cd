"""Bringing parcels to a gateway that is busy, gone or displeased, over real sockets."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from lived import KEYS

from zuji.demo.parcel import Parcel
from zuji.demo.speak import Patience, Speaker, Tally
from zuji.terms.error import BadRequest, Busy

ONE = Parcel("web", 0, (b'{"messageId":"m1"}', b'{"messageId":"m2"}'))
SLOW_CLOCK = Parcel("app", -60_000, (b"{}",))
QUICK = Patience(gives_up_after_s=1.0, first_pause_s=0.01)


@dataclass
class Gateway:
    """Gives the answers it was told to give, then 200 for ever; remembers what it was sent."""

    answers: list[tuple[int, dict[str, str]]]
    url: str = ""
    bodies: list[bytes] = field(default_factory=list)


@contextmanager
def a_gateway(*answers: tuple[int, dict[str, str]]) -> Iterator[Gateway]:
    gateway = Gateway(list(answers))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            gateway.bodies.append(self.rfile.read(int(self.headers["content-length"])))
            status, headers = gateway.answers.pop(0) if gateway.answers else (200, {})
            if not status:
                self.close_connection = True
                self.connection.close()
                return
            self.send_response(status)
            for name, value in {**headers, "content-length": "2"}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b"no")

        def log_message(self, *line: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        gateway.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield gateway
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def say(url: str, *parcels: Parcel, clock: Iterator[int] | None = None) -> Tally:
    async def speak() -> Tally:
        ticks = clock or iter(range(0, 10**9, 1_000))
        speaker = Speaker(url, KEYS, now_ms=lambda: next(ticks), stamp="wrong_clocks", connections=1, patience=QUICK)
        async with speaker:
            await speaker.say_all(iter(parcels), told=lambda tally: None)
        return speaker.tally

    return asyncio.run(speak())


def test_everything_is_said_once_to_a_gateway_that_listens() -> None:
    with a_gateway() as gateway:
        assert say(gateway.url, ONE, ONE) == Tally(requests=2, messages=4, sent_again=0)
    assert len(gateway.bodies) == 2


@pytest.mark.parametrize("answer", [(429, {"retry-after": "0"}), (503, {}), (500, {}), (0, {})])
def test_a_batch_that_was_not_taken_is_sent_again_whole(answer: tuple[int, dict[str, str]]) -> None:
    with a_gateway(answer, answer) as gateway:
        assert say(gateway.url, ONE) == Tally(requests=1, messages=2, sent_again=2)
    assert len(gateway.bodies) == 3
    assert set(gateway.bodies) == {b'{"batch":[{"messageId":"m1"},{"messageId":"m2"}]}'}


def test_retry_after_longer_than_our_patience_is_an_error_that_helps() -> None:
    with a_gateway((503, {"retry-after": "30"})) as gateway, pytest.raises(Busy, match="Is it running"):
        say(gateway.url, ONE)


def test_a_refusal_ends_the_demo_with_the_gateways_words() -> None:
    with a_gateway((401, {})) as gateway, pytest.raises(BadRequest, match="401 no"):
        say(gateway.url, ONE)


def test_a_wrong_clock_says_its_own_time_anew_at_each_attempt() -> None:
    with a_gateway((503, {})) as gateway:
        say(gateway.url, SLOW_CLOCK, clock=iter((120_000, 180_000)))
    assert [json.loads(body)["sentAt"] for body in gateway.bodies] == [
        "1970-01-01T00:01:00.000Z",
        "1970-01-01T00:02:00.000Z",
    ]
