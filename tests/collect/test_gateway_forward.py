"""What is not collecting goes to the engine and comes back untouched; without an engine collecting goes on."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import socket
import struct
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from gateway_world import KEY, GatewayWorld, a_gateway, a_server, a_track, an_entry, basic


@dataclass
class Engine:
    """A stand-in at the other end of the socket that says what it got, and notices who leaves."""

    left: list[str] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        if scope["path"] == "/tail":
            await self._tail(receive, send)
            return
        if scope["path"] == "/full":
            await send({"type": "http.response.start", "status": 413, "headers": []})
            await send({"type": "http.response.body", "body": b"too much"})
            return
        if scope["path"].startswith("/large/"):
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"l" * int(scope["path"].removeprefix("/large/"))})
            return
        if scope["path"] == "/torn":
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100")]})
            await send({"type": "http.response.body", "body": b"half", "more_body": True})
            raise RuntimeError("the engine breaks")
        body = b""
        while True:
            message = await receive()
            body += message["body"]
            if not message["more_body"]:
                break
        said = {
            "method": scope["method"],
            "path": scope["raw_path"].decode(),
            "query": scope["query_string"].decode(),
            "headers": [[name.decode(), value.decode()] for name, value in scope["headers"]],
            "length": len(body),
        }
        headers = [(b"content-type", b"application/json"), (b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")]
        await send({"type": "http.response.start", "status": 418, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(said).encode()})

    async def _tail(self, receive: Any, send: Any) -> None:
        """Events for ever, until the listener leaves."""
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        gone = asyncio.ensure_future(receive())
        while not gone.done():
            await send({"type": "http.response.body", "body": b"data: tick\n\n", "more_body": True})
            await asyncio.wait({gone}, timeout=0.02)
        self.left.append(gone.result()["type"])


@dataclass
class Pair:
    gateway: GatewayWorld
    engine: Engine


@pytest.fixture
def pair(data: Path) -> Iterator[Pair]:
    path, engine = data / "engine.sock", Engine()
    server = uvicorn.Server(uvicorn.Config(engine, uds=str(path), log_config=None, lifespan="off"))
    with a_server(server), a_gateway(data, engine_socket=path, base_path="/zuji") as gateway:
        yield Pair(gateway, engine)


def test_a_request_arrives_byte_for_byte_and_its_answer_too(pair: Pair) -> None:
    url = "/zuji/api/v1/profiles/email:a%2Fb@x.cn//?a=1&a=%20&plus=+"
    response = pair.gateway.http.patch(url, content=b"x" * 300_000, headers={"authorization": "Bearer zt_1"})
    said = response.json()
    assert (response.status_code, said["method"], said["length"]) == (418, "PATCH", 300_000)
    assert (said["path"], said["query"]) == ("/api/v1/profiles/email:a%2Fb@x.cn//", "a=1&a=%20&plus=+")
    assert ["authorization", "Bearer zt_1"] in said["headers"]
    assert response.headers.get_list("set-cookie") == ["a=1", "b=2"]


def test_the_engine_is_told_who_called_and_cannot_be_lied_to(pair: Pair) -> None:
    lies = {"x-forwarded-for": "6.6.6.6", "forwarded": "for=6.6.6.6", "x-real-ip": "6.6.6.6", "te": "trailers"}
    said = pair.gateway.http.get(
        "/zuji/api", headers={**lies, "x-forwarded-host": "evil", "accept-encoding": "br"}
    ).json()
    headers = said["headers"]
    host = f"127.0.0.1:{pair.gateway.port}"
    assert [value for name, value in headers if name.startswith("x-forwarded")] == ["127.0.0.1", "http", host, "/zuji"]
    assert not {"forwarded", "x-real-ip", "te"} & {name for name, _ in headers}
    assert [value for name, value in headers if name == "accept-encoding"] == ["br"]
    assert [value for name, value in headers if name == "host"] == [host]


def test_a_body_without_a_length_is_streamed(pair: Pair) -> None:
    chunks = (b"y" * 10_000 for _ in range(50))
    assert pair.gateway.http.post("/api/import", content=chunks).json()["length"] == 500_000


def slowly(piece: bytes, *, times: int) -> Iterator[bytes]:
    """A body that takes its time."""
    for _ in range(times):
        yield piece
        time.sleep(0.01)


def test_an_answer_that_comes_before_the_whole_body_is_passed_on(pair: Pair) -> None:
    for _ in range(3):
        response = pair.gateway.http.post("/full", content=slowly(b"z" * 10_000, times=20))
        assert (response.status_code, response.text) == (413, "too much")
        assert pair.gateway.http.get("/api").json()["method"] == "GET"


def test_an_answer_that_breaks_off_is_not_taken_for_a_whole_one(pair: Pair) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        pair.gateway.http.get("/torn")
    assert pair.gateway.http.get("/api").status_code == 418


def test_a_line_that_brought_a_large_answer_brings_the_next_one_too(pair: Pair) -> None:
    for size in range(100_000, 1_500_000, 20_000):
        assert len(pair.gateway.http.get(f"/large/{size}").content) == size, size
        assert pair.gateway.http.get("/api", timeout=5).status_code == 418, size


def test_head_gets_the_head_alone_and_the_line_goes_on(pair: Pair) -> None:
    for _ in range(3):
        response = pair.gateway.http.head("/api")
        assert (response.status_code, response.content) == (418, b"")
        assert pair.gateway.http.get("/api").json()["method"] == "GET"


def test_a_hundred_requests_at_once_get_each_their_own_answer(pair: Pair) -> None:
    def ask(number: int) -> str:
        url = f"http://127.0.0.1:{pair.gateway.port}/api/{number}"
        said = httpx.post(url, content=b"x" * (number * 1_000), trust_env=False, timeout=60).json()
        return f"{said['path']} {said['length']}"

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(ask, range(100)))
    assert answers == [f"/api/{number} {number * 1000}" for number in range(100)]


def test_a_stream_arrives_as_it_is_made_and_ends_when_the_listener_leaves(pair: Pair) -> None:
    with pair.gateway.http.stream("GET", "/tail") as response:
        pieces = response.iter_raw()
        assert b"tick" in next(pieces)
        assert b"tick" in next(pieces)
    deadline = time.monotonic() + 3
    while not pair.engine.left:
        assert time.monotonic() < deadline, "the engine still talks to nobody"
        time.sleep(0.02)
    assert pair.gateway.http.get("/api").status_code == 418


@pytest.mark.parametrize("path", ["/", "/api/v1/events", "/v1/unknown", "/static/array.js", "/metrics"])
def test_everything_that_is_not_collecting_is_the_engines(pair: Pair, path: str) -> None:
    assert pair.gateway.http.get(path).json()["path"] == path


def test_with_the_engine_down_collecting_goes_on(data: Path) -> None:
    with a_gateway(data, engine_socket=data / "engine.sock") as gateway:
        response = gateway.http.get("/api/v1/events")
        assert (response.status_code, response.json()["code"]) == (503, "engine_down")
        assert int(response.headers["retry-after"]) >= 1
        assert gateway.http.post("/v1/track", json=a_track(), headers=basic(KEY)).status_code == 200


def test_an_engine_that_starts_later_is_found(data: Path) -> None:
    path = data / "engine.sock"
    with a_gateway(data, engine_socket=path) as gateway:
        assert gateway.http.get("/api").status_code == 503
        with a_server(uvicorn.Server(uvicorn.Config(Engine(), uds=str(path), lifespan="off", log_config=None))):
            assert gateway.http.get("/api").status_code == 418
        assert gateway.http.get("/api").status_code == 503


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        ((), "6.6.6.6", "127.0.0.1"),
        (("10.0.0.0/8",), "6.6.6.6", "127.0.0.1"),
        (("127.0.0.0/8",), "203.0.113.9", "203.0.113.9"),
        (("127.0.0.0/8", "10.0.0.0/8"), "6.6.6.6, 203.0.113.9, 10.1.2.3", "203.0.113.9"),
        (("127.0.0.0/8",), "6.6.6.6, 203.0.113.9:4711", "203.0.113.9"),
        (("127.0.0.0/8",), "[2001:db8::1]:80", "2001:db8::1"),
        (("127.0.0.0/8",), "nonsense", "127.0.0.1"),
        (("127.0.0.0/8", "10.0.0.0/8"), "nonsense, 10.1.2.3", "10.1.2.3"),
        (("127.0.0.0/8",), "", "127.0.0.1"),
    ],
)
def test_forwarded_addresses_count_only_from_trusted_proxies(
    own_world: GatewayWorld, proxies: tuple[str, ...], forwarded: str, address: str
) -> None:
    own_world.write_keys(an_entry("zp_proxied"), proxies=proxies)
    headers = {**basic("zp_proxied"), "x-forwarded-for": forwarded}
    for _ in range(2):  # the first one makes the gateway look at the keys, proxies among them
        assert own_world.http.post("/v1/track", json=a_track(), headers=headers).status_code == 200
    assert own_world.rows()[-1].receipt.ip == address


def test_a_trusted_proxy_also_says_by_which_name_we_were_reached(own_world: GatewayWorld) -> None:
    path = "/v1/projects/zp_proxied/settings"
    headers = {"x-forwarded-proto": "https", "x-forwarded-host": "cdp.example.cn"}
    own_world.write_keys(an_entry("zp_proxied"))
    cloud = own_world.http.get(path, headers=headers).json()["integrations"]["Segment.io"]
    assert (cloud["protocol"], cloud["apiHost"]) == ("http", f"127.0.0.1:{own_world.port}/v1")
    own_world.write_keys(an_entry("zp_proxied"), proxies=("127.0.0.1/32",))
    time.sleep(0.6)
    cloud = own_world.http.get(path, headers=headers).json()["integrations"]["Segment.io"]
    assert (cloud["protocol"], cloud["apiHost"]) == ("https", "cdp.example.cn/v1")


STATUS = {"pid": 7, "at": 0, "requests_waiting": 3, "rows_waiting": 2, "lag_ms": 40, "lost": 0, "alarms": []}


@pytest.mark.parametrize(
    ("age_ms", "status", "engine"),
    [(900, "ok", "running"), (8_000, "degraded", "stale"), (60_000, "degraded", "down"), (None, "degraded", "down")],
)
def test_health_tells_lag_and_loss_and_how_the_engine_is(
    own_world: GatewayWorld, age_ms: int | None, status: str, engine: str
) -> None:
    if age_ms is not None:
        said = {**STATUS, "at": own_world.now_ms - age_ms}
        (own_world.data / "status.json").write_text(json.dumps(said))
    response = own_world.http.get("/health")
    health = response.json()
    assert (response.status_code, health["status"], health["engine"]) == (200, status, engine)
    assert health["accepting"] is True
    assert (health.get("lag_ms"), health.get("lost")) == ((40, 0) if age_ms is not None else (None, None))


def test_health_tells_everybody_how_many_alarms_stand_and_not_which(own_world: GatewayWorld) -> None:
    alarm = {"code": "event_silent", "said": "source till: event Wages Paid: event silent", "event": "Wages Paid"}
    report = {**STATUS, "at": own_world.now_ms, "totals": {"accepted": 70_401}, "alarms": [alarm["said"]]}
    (own_world.data / "status.json").write_text(json.dumps({**report, "alarm_facts": [alarm]}))
    response = own_world.http.get("/health")
    assert (response.json()["status"], response.json()["alarms"]) == ("degraded", 1)
    assert (response.json()["requests_waiting"], response.json()["rows_waiting"]) == (3, 2)
    assert not [word for word in ("Wages", "till", "70401", "alarm_facts", "totals") if word in response.text]


def test_a_torn_status_file_is_no_reason_to_be_unwell(own_world: GatewayWorld) -> None:
    (own_world.data / "status.json").write_bytes(b'{"pid": 7, "at"')
    assert own_world.http.get("/health").status_code == 200
    assert own_world.http.head("/health").content == b""
    assert own_world.http.post("/health").status_code == 405


def talk_on(line: socket.socket) -> None:
    """Ten megabytes of header, or until nobody listens any more."""
    for _ in range(1000):
        line.sendall(b"y" * 10_000)
        time.sleep(0.001)


def test_a_head_that_never_ends_is_cut_off(world: GatewayWorld) -> None:
    with socket.create_connection(("127.0.0.1", world.port)) as line:
        line.sendall(b"POST /v1/batch HTTP/1.1\r\nHost: x\r\nX-Long: ")
        with pytest.raises(OSError):
            talk_on(line)


def test_a_head_that_is_too_slow_is_cut_off(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    monkeypatch.setattr("zuji.collect.bounded_http.HEAD_TIMEOUT_S", 0.3)
    with a_gateway(data) as world, socket.create_connection(("127.0.0.1", world.port)) as line:
        line.sendall(b"POST /v1/batch HTTP/1.1\r\nHost: x\r\n")
        began = time.monotonic()
        line.settimeout(5)
        assert line.recv(100) == b""
        assert time.monotonic() - began < 2


def test_a_head_that_is_too_slow_is_cut_off_on_a_line_that_was_quick_before(
    monkeypatch: pytest.MonkeyPatch, data: Path
) -> None:
    monkeypatch.setattr("zuji.collect.bounded_http.HEAD_TIMEOUT_S", 0.3)
    with a_gateway(data) as world, socket.create_connection(("127.0.0.1", world.port)) as line:
        line.settimeout(5)
        line.sendall(b"HEAD /health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert line.recv(1000).startswith(b"HTTP/1.1 200 ")
        line.sendall(b"GET /health HTTP/1.1\r\nHost: ")
        began = time.monotonic()
        assert line.recv(1000) == b""
        assert time.monotonic() - began < 2


def test_requests_one_after_the_other_on_one_line_are_not_cut_off(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    monkeypatch.setattr("zuji.collect.bounded_http.HEAD_TIMEOUT_S", 0.3)
    with a_gateway(data) as world, contextlib.closing(HTTPConnection("127.0.0.1", world.port)) as line:
        for _ in range(3):
            line.request("GET", "/health")
            assert line.getresponse().read().startswith(b"{")
            time.sleep(0.5)


def packets_received(line: socket.socket) -> int:
    """Those with data in them, as the kernel counted them: `tcpi_data_segs_in`."""
    (count,) = struct.unpack_from("I", line.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 160), 152)
    return int(count)


def test_the_head_and_the_body_of_an_answer_arrive_together(world: GatewayWorld) -> None:
    with socket.create_connection(("127.0.0.1", world.port)) as line:
        for _ in range(20):
            line.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
            answer = b""
            while not answer.endswith(b"}"):
                answer += line.recv(10_000)
        assert packets_received(line) == 20


def test_requests_sent_in_one_go_are_answered_in_their_order(world: GatewayWorld) -> None:
    with socket.create_connection(("127.0.0.1", world.port)) as line:
        asked = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
        line.sendall(
            asked
            + b"HEAD /v1/batch HTTP/1.1\r\nHost: x\r\n\r\n"
            + asked.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
        )
        answers = b"".join(iter(lambda: line.recv(10_000), b""))
    assert re.findall(rb"HTTP/1.1 (\d+)", answers) == [b"200", b"405", b"200"]
