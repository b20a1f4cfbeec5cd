"""What a Segment or RudderStack client is told, case by case, over a real socket with a real spool."""

from __future__ import annotations

import gzip
import json
import socket
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from gateway_world import DISABLED_KEY, KEY, NOON, SMALL_KEY, GatewayWorld, a_gateway, a_track, an_entry, basic

from zuji.collect.spool import SpoolLimits
from zuji.terms.source import SourceSettings

ORIGIN = {"origin": "https://shop.example"}
TYPES = ("track", "identify", "page", "screen", "group", "alias")
SINGLE_PATHS = [f"/v1/{name}" for kind in TYPES for name in (kind, kind[0])]
BATCH_PATHS = ["/v1/batch", "/v1/b", "/v1/import", "/beacon/v1/batch"]


def send(world: GatewayWorld, path: str = "/v1/batch", body: Any = None, **options: Any) -> httpx.Response:
    url = f"http://127.0.0.1:{world.port}{path}"
    content = body if isinstance(body, bytes) else json.dumps({"batch": [a_track()]} if body is None else body)
    headers = {**basic(options.pop("key", KEY)), **options.pop("headers", {})}
    return world.http.post(url, content=content, headers=headers, **options)


def refusal(response: httpx.Response) -> tuple[int, str]:
    """Status and code of an error answer, which must carry a message too."""
    said = response.json()
    assert said["message"]
    return response.status_code, said["code"]


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("path", SINGLE_PATHS)
def test_a_single_message_is_in_the_spool_when_it_is_acknowledged(world: GatewayWorld, path: str, slash: str) -> None:
    response = send(world, path + slash, a_track(previousId="p"))
    assert (response.status_code, response.json()) == (200, {"success": True})
    assert [message.message_id for message in world.messages()] == ["m1"]


@pytest.mark.parametrize("path", [*BATCH_PATHS, "//v1/batch", "/v1//batch/"])
def test_a_batch_is_in_the_spool_when_it_is_acknowledged(world: GatewayWorld, path: str) -> None:
    response = send(world, path, {"batch": [a_track(messageId=f"m{n}") for n in range(3)], "sentAt": "s"})
    assert (response.status_code, response.json()) == (200, {"success": True})
    assert [message.message_id for message in world.messages()] == ["m0", "m1", "m2"]


def test_the_receipt_says_who_sent_it_when_and_how(world: GatewayWorld) -> None:
    send(world, body={"batch": [a_track()], "sentAt": "2026-11-21T10:00:00Z"}, headers={"user-agent": "x" * 5000})
    (row,) = world.rows()
    receipt = row.receipt
    assert (receipt.workspace, receipt.source, receipt.key, receipt.protocol) == (
        "default",
        "shop",
        "public",
        "segment",
    )
    assert (receipt.received_at, receipt.sent_at, receipt.ip) == (NOON, "2026-11-21T10:00:00Z", "127.0.0.1")
    assert (receipt.from_browser, len(receipt.user_agent), row.count) == (False, 1024, 1)


@pytest.mark.parametrize(
    ("path", "headers", "from_browser"),
    [("/v1/t", ORIGIN, True), ("/beacon/v1/batch", {}, True), ("/v1/batch", {}, False)],
)
def test_a_call_from_a_page_is_known_as_such(world: GatewayWorld, path: str, headers: Any, from_browser: bool) -> None:
    send(world, path, {"batch": [a_track()], **a_track()}, headers=headers)
    assert [row.receipt.from_browser for row in world.rows()] == [from_browser]


@pytest.mark.parametrize(
    ("path", "headers", "extra"),
    [
        ("/v1/batch", basic(KEY), {}),
        ("/v1/batch", {"authorization": f"Bearer {KEY}"}, {}),
        ("/v1/batch", {"x-write-key": KEY}, {"writeKey": "***"}),
        ("/v1/batch", {}, {"writeKey": KEY}),
        (f"/beacon/v1/batch?writeKey={KEY}", {}, {}),
    ],
)
def test_the_key_counts_wherever_it_stands(world: GatewayWorld, path: str, headers: Any, extra: Any) -> None:
    assert world.http.post(path, json={"batch": [a_track()], **extra}, headers=headers).status_code == 200
    assert len(world.messages()) == 1


@pytest.mark.parametrize(
    ("content_type", "encoding", "packed"),
    [
        ("text/plain", None, False),
        ("application/x-www-form-urlencoded", "gzip", True),
        ("application/x-www-form-urlencoded", None, True),
        ("text/plain;charset=UTF-8", None, True),
        ("", None, False),
    ],
)
def test_labels_of_bodies_are_not_believed(world: GatewayWorld, content_type: str, encoding: Any, packed: bool) -> None:
    body = json.dumps({"batch": [a_track()]}).encode()
    headers = {"content-type": content_type} | ({"content-encoding": encoding} if encoding else {})
    assert send(world, body=gzip.compress(body) if packed else body, headers=headers).status_code == 200
    assert len(world.messages()) == 1


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("zp_nobody", (401, "unknown_write_key")),
        ("x" * 5000, (401, "unknown_write_key")),
        ("", (401, "no_write_key")),
        (DISABLED_KEY, (404, "source_disabled")),
    ],
)
def test_a_key_that_opens_nothing_is_told_so(world: GatewayWorld, key: str, expected: tuple[int, str]) -> None:
    response = send(world, key=key, headers=ORIGIN)
    assert refusal(response) == expected
    assert response.headers["access-control-allow-origin"] == ORIGIN["origin"]
    assert world.rows() == []


@pytest.mark.parametrize(
    ("path", "body", "headers", "expected"),
    [
        ("/v1/batch", b"{", {}, (400, "invalid_json")),
        ("/v1/batch", b"", {}, (400, "empty_body")),
        ("/v1/batch", {"batch": []}, {}, (400, "empty_batch")),
        ("/v1/batch", [a_track()], {}, (400, "not_a_batch")),
        ("/v1/track", b"", {}, (400, "empty_body")),
        ("/v1/track", [1], {}, (400, "not_an_object")),
        ("/v1/track", a_track(properties={"x": "y" * 40_000}), {}, (400, "event_too_big")),
        ("/v1/batch", b"no gzip", {"content-encoding": "gzip"}, (400, "bad_compression")),
        ("/v1/batch", gzip.compress(b"{}" * 100)[:-5], {}, (400, "bad_compression")),
        ("/v1/batch", b"{}", {"content-encoding": "br"}, (415, "unknown_encoding")),
        ("/v1/batch", b"x" * (5 * 2**20 + 1), {}, (413, "body_too_big")),
        ("/v1/batch", gzip.compress(b"\0" * 100_000_000), {}, (413, "body_too_big")),
    ],
)
def test_a_useless_request_is_refused(world: GatewayWorld, path: str, body: Any, headers: Any, expected: Any) -> None:
    response = send(world, path, body, headers={**headers, **ORIGIN})
    assert refusal(response) == expected
    assert response.headers["access-control-allow-origin"] == ORIGIN["origin"]
    assert world.rows() == []


def test_a_chunked_body_without_a_length_is_bounded_too(world: GatewayWorld) -> None:
    chunks = (b"x" * 65_536 for _ in range(100))
    response = world.http.post("/v1/batch", content=chunks, headers=basic(KEY))
    assert refusal(response) == (413, "body_too_big")


def test_a_body_beyond_what_its_own_source_takes_is_refused(world: GatewayWorld) -> None:
    body = {"batch": [a_track(messageId=f"m{n}") for n in range(1000)]}
    assert refusal(send(world, body=body, key=SMALL_KEY)) == (413, "body_too_big")
    assert send(world, body=body).status_code == 200


def test_more_than_2500_events_are_taken_up_to_the_limit_of_the_body(world: GatewayWorld) -> None:
    assert send(world, body={"batch": [a_track(messageId=f"m{n}") for n in range(5000)]}).status_code == 200
    assert len(world.messages()) == 5000


def test_rejected_items_travel_to_quarantine_and_their_neighbours_on(world: GatewayWorld) -> None:
    items = [a_track(), a_track(userId=None), a_track(event=None), 5, a_track(properties={"x": "y" * 2000})]
    assert send(world, body={"batch": items}, key=SMALL_KEY).json() == {"success": True}
    problems = [message.problem for message in world.messages()]
    assert problems == ["", "no_identifier", "no_event_name", "not_an_object", "event_too_big"]


@pytest.mark.parametrize("slow_for_ms", [90_500, 10**9])
def test_a_key_that_the_engine_slows_waits_as_long_as_told(own_world: GatewayWorld, slow_for_ms: int) -> None:
    own_world.write_keys(an_entry(KEY, slow_until=NOON + slow_for_ms))
    settle(own_world, 429)
    response = send(own_world, headers=ORIGIN)
    assert refusal(response) == (429, "too_many")
    expected = str(min(slow_for_ms // 1000 + 1, 300))
    assert (response.headers["retry-after"], response.headers["x-ratelimit-reset"]) == (expected, expected)
    assert "Retry-After" in response.headers["access-control-expose-headers"]
    own_world.now_ms = NOON + slow_for_ms
    assert send(own_world).status_code == 200


@pytest.mark.parametrize("cap", ["requests_per_minute_per_key", "requests_per_minute_per_address"])
def test_requests_over_a_cap_are_told_when_to_come_again(data: Path, cap: str) -> None:
    with a_gateway(data, entries=[an_entry(KEY, settings=SourceSettings(**{cap: 3}))]) as world:
        assert [send(world).status_code for _ in range(4)] == [200, 200, 200, 429]
        response = send(world)
        assert refusal(response) == (429, "too_many")
        assert 15 <= int(response.headers["retry-after"]) <= 20
        assert len(world.rows()) == 3


def test_a_full_spool_says_503_and_when_to_come_again(data: Path) -> None:
    with a_gateway(data, limits=SpoolLimits(max_bytes=1, min_free_bytes=0)) as world:
        time.sleep(0.6)  # until the spool has measured itself
        send(world)
        response = send(world, headers=ORIGIN)
        assert refusal(response) == (503, "unavailable")
        assert 1 <= int(response.headers["retry-after"]) <= 300
        assert response.headers["access-control-allow-origin"] == ORIGIN["origin"]
        health = world.http.get("/health")
        assert (health.status_code, health.json()["status"], health.json()["accepting"]) == (503, "refusing", False)


def test_a_spool_that_cannot_write_acknowledges_nothing(data: Path) -> None:
    with a_gateway(data) as world:
        world.spool.close()
        assert refusal(send(world)) == (503, "unavailable")
        assert world.rows() == []


def test_before_any_key_is_known_nobody_is_told_that_theirs_is_wrong(data: Path) -> None:
    with a_gateway(data, entries=[]) as world:
        assert refusal(send(world)) == (503, "unavailable")
        world.write_keys(an_entry(KEY))
        settle(world, 200)


def test_a_body_that_does_not_arrive_in_time_is_given_up(data: Path) -> None:
    with a_gateway(data, body_timeout_s=0.2) as world, socket.create_connection(("127.0.0.1", world.port)) as line:
        line.sendall(b"POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        answer = line.makefile("rb").read()  # to the end: the connection is closed
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert b'"code":"slow_body"' in answer


def test_a_client_that_hangs_up_leaves_nothing_behind(world: GatewayWorld) -> None:
    with socket.create_connection(("127.0.0.1", world.port)) as line:
        line.sendall(b"POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
    assert send(world).status_code == 200
    assert len(world.rows()) == 1


PIXEL_QUERY = {"writeKey": KEY, "userId": "u", "event": "Opened", "properties.campaign": "spring"}


@pytest.mark.parametrize("path", ["/pixel/v1/track", "/pixel/v1/page", "/pixel/v1/track/"])
def test_a_pixel_is_an_image_and_an_event(world: GatewayWorld, path: str) -> None:
    response = world.http.get(path, params=PIXEL_QUERY)
    assert (response.status_code, response.headers["content-type"]) == (200, "image/gif")
    assert response.content.startswith(b"GIF89a")
    (message,) = world.messages()
    assert (message.type, message.event) == (path.split("/")[3], "Opened")
    assert json.loads(bytes(message.properties)) == {"campaign": "spring"}


@pytest.mark.parametrize("query", [{}, {"writeKey": "zp_nobody"}, {"writeKey": DISABLED_KEY}, {"writeKey": KEY}])
def test_a_pixel_is_an_image_even_when_it_is_useless(world: GatewayWorld, query: dict[str, str]) -> None:
    response = world.http.get("/pixel/v1/track", params=query)
    assert (response.status_code, response.content[:6]) == (200, b"GIF89a")
    assert [message.problem for message in world.messages()] in ([], ["no_identifier"])


def test_asking_for_the_head_of_a_pixel_is_no_event(world: GatewayWorld) -> None:
    assert world.http.head("/pixel/v1/track", params=PIXEL_QUERY).status_code == 200
    assert world.rows() == []


def test_a_clients_metrics_about_itself_are_swallowed(world: GatewayWorld) -> None:
    response = world.http.post("/v1/m", json={"series": []}, headers=ORIGIN)
    assert (response.status_code, response.headers["access-control-allow-origin"]) == (200, ORIGIN["origin"])
    assert world.rows() == []


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/batch", "POST, OPTIONS"),
        ("PUT", "/v1/track", "POST, OPTIONS"),
        ("DELETE", "/beacon/v1/batch", "POST, OPTIONS"),
        ("POST", "/pixel/v1/track", "GET, HEAD, OPTIONS"),
        ("POST", "/sourceConfig", "GET, HEAD, OPTIONS"),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(world: GatewayWorld, method: str, path: str, allowed: str) -> None:
    response = world.http.request(method, path, headers={**basic(KEY), **ORIGIN})
    assert refusal(response) == (405, "wrong_method")
    assert response.headers["allow"] == allowed
    assert response.headers["access-control-allow-origin"] == ORIGIN["origin"]


def test_the_base_path_is_tolerated(data: Path) -> None:
    with a_gateway(data, base_path="/zuji/") as world:
        assert send(world, "/zuji/v1/batch").status_code == 200
        assert send(world, "/v1/batch").status_code == 200
        assert world.http.get("/zuji/health").status_code == 200
        settings = world.http.get(f"/zuji/v1/projects/{KEY}/settings").json()
        assert settings["integrations"]["Segment.io"]["apiHost"] == f"127.0.0.1:{world.port}/zuji/v1"


def test_segments_settings_send_a_browser_here_and_nowhere_else(world: GatewayWorld) -> None:
    response = world.http.get(f"/v1/projects/{KEY}/settings", headers=ORIGIN)
    host = f"127.0.0.1:{world.port}/v1"
    said = response.json()
    assert said["integrations"] == {"Segment.io": {"apiKey": KEY, "apiHost": host, "protocol": "http"}}
    assert said["metrics"] == {"sampleRate": 0, "host": host}
    assert response.headers["access-control-allow-origin"] == ORIGIN["origin"]


@pytest.mark.parametrize("slash", ["", "/"])
def test_rudders_source_configuration_lets_a_browser_send(world: GatewayWorld, slash: str) -> None:
    response = world.http.get(f"/sourceConfig{slash}?p=npm&v=3&writeKey={KEY}", headers={**basic(KEY), **ORIGIN})
    assert response.json() == {
        "source": {
            "id": "shop",
            "name": "shop",
            "workspaceId": "default",
            "enabled": True,
            "config": {},
            "destinations": [],
        }
    }
    assert response.headers["access-control-allow-origin"] == ORIGIN["origin"]


def test_documents_of_unknown_and_disabled_sources_keep_a_browser_silent(world: GatewayWorld) -> None:
    assert refusal(world.http.get("/v1/projects/zp_nobody/settings")) == (401, "unknown_write_key")
    assert refusal(world.http.get(f"/v1/projects/{DISABLED_KEY}/settings")) == (404, "source_disabled")
    assert refusal(world.http.get("/sourceConfig", headers=basic("zp_nobody"))) == (401, "unknown_write_key")
    disabled = world.http.get("/sourceConfig", headers=basic(DISABLED_KEY)).json()
    assert disabled["source"]["enabled"] is False


def settle(world: GatewayWorld, status: int) -> None:
    """Wait until a change of keys acts; it must within two seconds."""
    deadline = time.monotonic() + 2
    while send(world).status_code != status:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    world.rows()


def test_a_revoked_key_is_refused_within_two_seconds_and_a_new_one_is_taken_at_once(own_world: GatewayWorld) -> None:
    assert send(own_world).status_code == 200
    own_world.write_keys(an_entry("zp_new"))
    assert send(own_world, key="zp_new").status_code == 200
    settle(own_world, 401)


@pytest.mark.parametrize("harm", ["torn", "missing", "bad network"])
def test_a_snapshot_that_cannot_be_read_leaves_the_last_good_one_in_force(own_world: GatewayWorld, harm: str) -> None:
    assert send(own_world).status_code == 200
    file = own_world.data / "keys.json"
    if harm == "missing":
        file.unlink()
    elif harm == "torn":
        file.write_bytes(file.read_bytes()[:40])
    else:
        own_world.write_keys(proxies=("not a network",))
    time.sleep(0.6)
    assert send(own_world).status_code == 200
    own_world.write_keys(an_entry("zp_other"))
    settle(own_world, 401)
