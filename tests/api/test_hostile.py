"""What strangers send: every answer is one of ours, in the one shape, with the security headers, and never a 5xx."""

from __future__ import annotations

import json
import re
import socket
from urllib.parse import urlsplit

import httpx
import pytest
from api_world import ApiWorld

NASTY = [
    "'; DROP TABLE events; --",
    "{x:String}",
    "%s%n\\x00",
    "\u202e\u0000\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "../../../../etc/passwd",
    "a" * 5000,
    "-1",
    "18446744073709551616",
    "null",
    "[]",
]
FILTERS = ("user", "type", "event", "message_id", "source", "from", "to", "limit", "cursor", "fresh", "workspace")


def raw_exchange(url: str, request: bytes) -> bytes:
    """Bytes in, bytes out, for what no HTTP client would send."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as line:
        line.sendall(request)
        line.settimeout(5)
        received = b""
        try:
            while piece := line.recv(65536):
                received += piece
        except TimeoutError:
            pass
        return received


def must_be_a_proper_refusal(answer: httpx.Response) -> None:
    assert 400 <= answer.status_code < 500, answer.text
    assert set(answer.json()) == {"code", "message"}
    assert len(answer.text) < 2000


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("path", ["/events/count", "/events", "/profiles", "/quarantine", "/accounting"])
def test_no_filter_value_breaks_a_route_or_reaches_a_query_as_text(
    world: ApiWorld, workspace: str, path: str, name: str
) -> None:
    with world.client() as owner:
        for value in NASTY:
            answer = owner.get(path, params={"workspace": workspace, name: value})
            if answer.status_code != 200:
                must_be_a_proper_refusal(answer)


@pytest.mark.parametrize("value", NASTY)
def test_no_identifier_in_a_path_breaks_a_route(world: ApiWorld, workspace: str, value: str) -> None:
    with world.client(workspace=workspace) as owner:
        quoted = httpx.URL("http://x", params={"v": value}).query.decode().removeprefix("v=").replace("+", "%20")
        for path in (f"/profiles/user_id:{quoted}", f"/profiles/user_id:{quoted}/timeline", f"/sources/{quoted}"):
            must_be_a_proper_refusal(owner.get(path))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"\xff\xfe\x00",
        b'{"name": NaN}',
        b'{"name": "\\ud800"}',
        b"[" * 100_000,
        b'{"name": 1e999}',
        json.dumps({"name": {"a": 1}}).encode(),
    ],
)
def test_no_body_breaks_a_route(world: ApiWorld, workspace: str, body: bytes) -> None:
    with world.client(workspace=workspace, **{"Content-Type": "application/json"}) as owner:
        for path in ("/sources", "/identity/merge", "/identity/split", "/tokens", "/profiles/lookup"):
            must_be_a_proper_refusal(owner.post(path, content=body))


def test_a_body_beyond_the_limit_is_refused_whether_or_not_its_length_is_told(world: ApiWorld) -> None:
    big = b'{"name": "' + b"x" * (2 * 1024 * 1024) + b'"}'

    def in_pieces() -> list[bytes]:
        return [big[start : start + 65536] for start in range(0, len(big), 65536)]

    with world.client(**{"Content-Type": "application/json"}) as owner:
        told = owner.post("/workspaces", content=big)
        assert (told.status_code, told.json()["code"]) == (413, "body_too_big")
        untold = owner.post("/workspaces", content=iter(in_pieces()))
        assert untold.status_code == 413


def test_without_a_token_a_body_is_not_even_read(world: ApiWorld) -> None:
    head = (
        b"POST /api/v1/workspaces HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Content-Length: 1000000\r\nConnection: close\r\n\r\n"
    )
    assert raw_exchange(world.url, head).startswith(b"HTTP/1.1 401")


def test_every_answer_carries_the_security_headers_and_none_allows_another_origin(world: ApiWorld) -> None:
    origin = {"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
    with (
        world.client(**origin) as owner,
        httpx.Client(base_url=world.url, headers=origin, trust_env=False, timeout=60) as stranger,
    ):
        answers = [
            owner.get("/workspaces"),
            owner.get("/no-such-path"),
            owner.delete("/events/count"),
            owner.options("/events/count"),
            owner.post("/workspaces", content=b"{"),
            stranger.get("/api/v1/workspaces"),
            stranger.options("/api/v1/workspaces"),
            stranger.get("/api/v1/docs"),
        ]
    for answer in answers:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert not [name for name in answer.headers if name.lower().startswith("access-control-")]
        assert "server" not in answer.headers or "uvicorn" in answer.headers["server"]
    assert [answer.status_code for answer in answers[1:4]] == [404, 405, 405]
    assert all(set(answer.json()) == {"code", "message"} for answer in answers[1:6])


def test_the_documentation_is_one_page_without_scripts_or_anything_from_elsewhere(world: ApiWorld) -> None:
    page = httpx.get(f"{world.url}/api/v1/docs", trust_env=False, timeout=60)
    assert page.status_code == 200
    assert "/api/v1/events/count" in page.text
    assert "<script" not in page.text
    assert re.findall(r'(?:src|href)="([^"]*)"', page.text) == ["openapi.json"]


def test_every_operation_is_described_with_a_sentence_and_its_errors(world: ApiWorld) -> None:
    described = httpx.get(f"{world.url}/api/v1/openapi.json", trust_env=False, timeout=60).json()
    operations = [
        (method, path, one) for path, methods in described["paths"].items() for method, one in methods.items()
    ]
    assert len(operations) > 30
    for method, path, one in operations:
        assert one.get("description", "").endswith((".", "`")), (method, path)
        assert {"401", "403", "404", "422", "503"} <= set(one["responses"]), (method, path)


def test_a_request_line_or_header_of_megabytes_is_cut_off(world: ApiWorld) -> None:
    endless = b"GET /api/v1/events?x=" + b"a" * 2_000_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n"
    try:
        received = raw_exchange(world.url, endless)
    except OSError:
        return
    assert received == b"" or received.startswith((b"HTTP/1.1 4", b"Invalid"))
