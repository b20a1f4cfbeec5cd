"""The proxy does to a request exactly what its plan says."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from fault_proxy import FaultProxy


class Counting(BaseHTTPRequestHandler):
    """Answers everything with the body it got, and remembers that."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.bodies.append(body)
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_OPTIONS = do_POST

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def upstream() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Counting) as server:
        server.bodies = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def post(proxy: FaultProxy, path: str = "/v1/batch", method: str = "POST") -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=10)
    connection.request(method, path, b"hello", {"Origin": "http://shop"})
    return connection.getresponse()


def test_a_lost_answer_is_lost_after_the_server_took_the_request(upstream):
    with FaultProxy(upstream.server_port, ["lost_answer"]) as proxy:
        with pytest.raises((ConnectionError, http.client.HTTPException)):
            post(proxy)
        assert upstream.bodies == [b"hello"]
        assert post(proxy).read() == b"hello"
        assert (proxy.injected, proxy.data_requests) == (["lost_answer"], 2)


def test_a_reset_never_reaches_the_server(upstream):
    with FaultProxy(upstream.server_port, ["reset"]) as proxy:
        with pytest.raises((ConnectionError, http.client.HTTPException)):
            post(proxy)
        assert upstream.bodies == []
        assert proxy.injected == ["reset"]


def test_refusals_carry_what_browsers_need_to_read_them(upstream):
    with FaultProxy(upstream.server_port, ["pass", "server_error", "too_many"]) as proxy:
        assert post(proxy).status == 200
        assert post(proxy).status == 500
        slow_down = post(proxy)
        assert (slow_down.status, slow_down.headers["retry-after"]) == (429, "1")
        assert slow_down.headers["access-control-allow-origin"] == "http://shop"
        assert upstream.bodies == [b"hello"]


def test_preflights_and_documents_always_pass(upstream):
    with FaultProxy(upstream.server_port, ["reset"]) as proxy:
        assert post(proxy, method="OPTIONS").status == 200
        assert post(proxy, "/v1/projects/k/settings").status == 200
        assert (proxy.injected, proxy.data_requests) == ([], 0)
