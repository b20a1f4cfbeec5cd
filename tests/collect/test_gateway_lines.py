"""Connections of the gateway: how requests follow one another on one, and when it is closed."""

from __future__ import annotations

import asyncio
import gc
import socket
import time
from http.client import HTTPConnection
from pathlib import Path

import pytest
from gateway_world import KEY, GatewayWorld, a_gateway

from zuji.collect.asgi import send_response
from zuji.collect.decode.request import Response


def a_request(number: int, *, version: str = "1.1") -> bytes:
    body = b'{"messageId":"m%d","userId":"u","event":"e"}' % number
    head = f"POST /v1/track HTTP/{version}\r\nHost: x\r\nX-Write-Key: {KEY}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def read_until_quiet(line: socket.socket, *, answers: int) -> bytes:
    """So many answers, or what there is when the line is closed."""
    read = b""
    while read.count(b'{"success":true}') < answers and (some := line.recv(10_000)):
        read += some
    return read


def test_requests_sent_without_waiting_are_answered_in_their_order_and_all_kept(world: GatewayWorld) -> None:
    with socket.create_connection(("127.0.0.1", world.port), timeout=10) as line:
        line.sendall(b"".join(a_request(number) for number in range(5)) + b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        read = read_until_quiet(line, answers=5)
        while b'"accepting"' not in read:
            read += line.recv(10_000)
    assert read.count(b"HTTP/1.1 200 OK\r\n") == 6
    assert read.rindex(b'{"success":true}') < read.index(b'"accepting"')
    assert [message.message_id for message in world.messages()] == [f"m{number}" for number in range(5)]


def test_an_answer_names_the_date_and_its_length_once(world: GatewayWorld) -> None:
    with socket.create_connection(("127.0.0.1", world.port), timeout=10) as line:
        line.sendall(a_request(1))
        head = read_until_quiet(line, answers=1).partition(b"\r\n\r\n")[0].lower()
    world.messages()
    assert (head.count(b"\r\ndate: "), head.count(b"\r\ncontent-length: 16")) == (1, 1)


@pytest.mark.parametrize("asked", ["by version", "by header"])
def test_a_client_that_wants_the_line_closed_gets_it_closed(world: GatewayWorld, asked: str) -> None:
    request = a_request(1, version="1.0" if asked == "by version" else "1.1")
    if asked == "by header":
        request = request.replace(b"Host: x\r\n", b"Host: x\r\nConnection: close\r\n")
    with socket.create_connection(("127.0.0.1", world.port), timeout=10) as line:
        line.sendall(request)
        read = read_until_quiet(line, answers=2)
    world.messages()
    assert read.endswith(b'{"success":true}')
    assert read.lower().count(b"connection: close") == 1


def test_a_line_is_closed_when_it_has_been_idle_for_long_and_not_before(
    monkeypatch: pytest.MonkeyPatch, data: Path
) -> None:
    monkeypatch.setattr("zuji.collect.serve.KEEP_ALIVE_S", 1.0)
    with a_gateway(data) as world, socket.create_connection(("127.0.0.1", world.port), timeout=10) as line:
        for number in range(4):
            line.sendall(a_request(number))
            assert b"200 OK" in line.recv(10_000)
            time.sleep(0.4)
        assert line.recv(10_000) == b""


def test_a_body_that_comes_in_pieces_is_whole(world: GatewayWorld) -> None:
    head, _, body = a_request(1).partition(b"\r\n\r\n")
    with socket.create_connection(("127.0.0.1", world.port), timeout=10) as line:
        for piece in (head + b"\r\n\r\n", body[:10], body[10:]):
            line.sendall(piece)
            time.sleep(0.05)
        assert b"200 OK" in line.recv(10_000)
    assert [message.message_id for message in world.messages()] == ["m1"]


def test_a_request_leaves_no_circle_of_references_behind(world: GatewayWorld) -> None:
    """A hundred thousand of them a second would keep the collector busy."""
    line = HTTPConnection("127.0.0.1", world.port, timeout=10)
    gc.collect()
    gc.disable()
    before = requests_held()
    try:
        for _ in range(50):
            line.request("POST", "/v1/track", b'{"userId":"u","event":"e"}', {"X-Write-Key": KEY})
            line.getresponse().read()
        assert requests_held() <= before + 2
    finally:
        gc.enable()
        line.close()
    world.messages()


def requests_held() -> int:
    """Requests of this process that have not been let go of; each line holds its last one."""
    return sum(type(thing).__name__ == "RequestResponseCycle" for thing in gc.get_objects())


def test_a_header_with_a_line_break_is_never_sent() -> None:
    scope = {"method": "GET", "zuji.answer": lambda *answer: True}
    broken = Response(200, (("x-a", "b\r\nx-c: d"),))
    with pytest.raises(ValueError, match="line break"):
        asyncio.run(send_response(scope, None, broken))  # type: ignore[arg-type]
