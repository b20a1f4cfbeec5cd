"""Calls that leave the house reach public addresses, and nothing inside, however the address is dressed up."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import pytest

from zuji.govern.outbound import ANSWER_BYTES, ForbiddenAddress, Outbound, Unreachable, is_reachable
from zuji.terms.error import BadRequest

INSIDE = [
    "127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    "224.0.0.1", "255.255.255.255", "198.18.0.1", "240.0.0.1", "::1", "::", "fe80::1", "fd00:ec2::254", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a9fe:a9fe::",
]  # fmt: skip


class Receiver(BaseHTTPRequestHandler):
    """Keeps what it was sent, answers 200, or redirects, or much too much."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.path, dict(self.headers), body))  # type: ignore[attr-defined]
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "http://169.254.169.254/latest/meta-data")
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"x" * (2 * ANSWER_BYTES if self.path == "/much" else 2))

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.received = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_cannot_be_reached_by_number_or_name(address: str) -> None:
    assert not is_reachable(ip_address(address))
    written = f"[{address}]" if ":" in address else address
    with pytest.raises(BadRequest):
        Outbound().check(f"https://{written}/hook")
    named = Outbound(resolve=lambda host, port: ["93.184.215.14", address])
    with pytest.raises(ForbiddenAddress):
        named.post("https://innocent.example/hook", b"{}", {})


def test_a_number_written_strangely_is_looked_at_as_the_system_resolves_it() -> None:
    for host in ("0x7f000001", "2130706433", "127.1", "localhost"):
        with pytest.raises((ForbiddenAddress, Unreachable)):
            Outbound(timeout_s=2).post(f"https://{host}/", b"", {})


NO_ADDRESS = [
    "ftp://a.example/", "https://", "a.example/x", "https://u:p@a.example/", "http://a.example/", "https://a.example/\n",
    "https://a.example:99999/", "https://a.example/" + "x" * 2000,
]  # fmt: skip


@pytest.mark.parametrize("url", NO_ADDRESS)
def test_what_can_never_be_called_is_refused_when_it_is_entered(url: str) -> None:
    with pytest.raises(BadRequest):
        Outbound().check(url)


def test_a_receiver_in_an_allowed_network_gets_the_body_and_the_headers(receiver: ThreadingHTTPServer) -> None:
    outbound = Outbound(allowed=["127.0.0.0/8"])
    url = f"http://127.0.0.1:{receiver.server_port}/hook"
    answer = outbound.post(url, b'{"a":1}', {"X-Zuji-Delivery": "7", "Content-Type": "application/json"})
    assert (answer.status, answer.is_success, answer.body) == (200, True, b"xx")
    [(path, headers, body)] = receiver.received  # type: ignore[attr-defined]
    assert (path, headers["X-Zuji-Delivery"], body) == ("/hook", "7", b'{"a":1}')


def test_a_redirect_is_an_answer_and_is_not_followed(receiver: ThreadingHTTPServer) -> None:
    outbound = Outbound(allowed=["127.0.0.0/8"])
    assert outbound.post(f"http://127.0.0.1:{receiver.server_port}/away", b"", {}).status == 302
    assert len(receiver.received) == 1  # type: ignore[attr-defined]


def test_of_an_endless_answer_only_the_beginning_is_read(receiver: ThreadingHTTPServer) -> None:
    outbound = Outbound(allowed=["127.0.0.0/8"])
    assert len(outbound.post(f"http://127.0.0.1:{receiver.server_port}/much", b"", {}).body) == ANSWER_BYTES


def test_who_does_not_answer_may_be_tried_again(receiver: ThreadingHTTPServer) -> None:
    port = receiver.server_port
    receiver.shutdown()
    receiver.server_close()
    with pytest.raises(Unreachable) as raised:
        Outbound(allowed=["127.0.0.0/8"]).post(f"http://127.0.0.1:{port}/secret-path", b"", {})
    assert raised.value.retry
    assert "secret-path" not in str(raised.value)
