"""神策 and PostHog clients at the same port, each answered as it understands; and the gateway as a process."""

from __future__ import annotations

import base64
import gzip
import json
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from gateway_world import KEY, NOON, GatewayWorld, a_gateway, a_track, an_entry, basic, write_keys

from zuji.collect.gateway_process import GatewayProcess
from zuji.collect.serve import run_gateway
from zuji.collect.spool_reader import SqliteSpoolReader
from zuji.terms.message import decode_messages
from zuji.terms.source import SourceSettings

SENSORS_EVENT = {
    "type": "track",
    "event": "ViewProduct",
    "distinct_id": "cookie-1",
    "time": NOON,
    "_track_id": 7,
    "lib": {"$lib": "js"},
    "properties": {"$url": "https://shop.example/"},
}
POSTHOG_EVENT = {"event": "$pageview", "distinct_id": "d1", "uuid": "0190f1c2-0000-7000-8000-000000000001"}


def sensors_data(event: object = SENSORS_EVENT, *, packed: bool = False) -> str:
    raw = json.dumps(event).encode()
    return base64.b64encode(gzip.compress(raw) if packed else raw).decode()


def send_sensors(world: GatewayWorld, method: str, path: str) -> httpx.Response:
    query = {"token": KEY, "project": "default"}
    if method == "GET":
        return world.http.get(path, params={**query, "data": sensors_data()})
    return world.http.post(
        path, params=query, data={"data_list": sensors_data([SENSORS_EVENT], packed=True), "gzip": "1"}
    )


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", ["/sa", "/sa.gif", "/debug", "/sa/"])
def test_sensors_clients_reach_the_spool(world: GatewayWorld, method: str, path: str) -> None:
    assert send_sensors(world, method, path).status_code == 200
    (row,) = world.rows()
    (message,) = decode_messages(row.body)
    assert (message.type, message.event, row.receipt.protocol) == ("track", "ViewProduct", "sensors")
    assert row.receipt.from_browser is (path == "/sa.gif")


def test_an_image_of_a_sensors_page_is_an_image(world: GatewayWorld) -> None:
    response = send_sensors(world, "GET", "/sa.gif")
    assert (response.headers["content-type"], response.content[:6]) == ("image/gif", b"GIF89a")


def test_visual_definitions_are_none_and_remote_configuration_is_absent(world: GatewayWorld) -> None:
    path = "/config/visualized/Web.conf"
    answer = world.http.get(path, params={"callbackName": "saJSSDKVtrackCollectConfig", "app_id": "x"})
    assert (answer.status_code, answer.text) == (200, "saJSSDKVtrackCollectConfig(205,{})")
    assert answer.headers["content-type"] == "application/javascript"
    assert world.http.get("/config/Android.conf").status_code == 404


@pytest.mark.parametrize("callback", ["alert(1)//", "a.b", "x" * 101, "<script>"])
def test_a_callback_that_is_no_name_is_not_written_into_a_script(world: GatewayWorld, callback: str) -> None:
    answer = world.http.get("/config/visualized/Web.conf", params={"callbackName": callback})
    assert answer.status_code == 404
    assert callback not in answer.text


def posthog_body() -> dict[str, Any]:
    return {"api_key": KEY, "batch": [POSTHOG_EVENT], "sent_at": "2026-11-21T10:00:00Z"}


@pytest.mark.parametrize("path", ["/batch/", "/e/", "/capture/", "/i/v0/e/", "/batch?retry_count=1"])
@pytest.mark.parametrize("packed", [False, True])
def test_posthog_clients_reach_the_spool(world: GatewayWorld, path: str, packed: bool) -> None:
    body = json.dumps(posthog_body()).encode()
    content = gzip.compress(body) if packed else body
    response = world.http.post(path, content=content, headers={"content-type": "text/plain"})
    assert (response.status_code, response.json()["status"]) == (200, 1)
    (row,) = world.rows()
    (message,) = decode_messages(row.body)
    assert (message.type, message.message_id) == ("page", POSTHOG_EVENT["uuid"])
    assert (row.receipt.protocol, row.receipt.sent_at) == ("posthog", "2026-11-21T10:00:00Z")


@pytest.mark.parametrize("path", ["/flags/?v=2", "/decide/?v=3"])
def test_flags_answer_none_without_a_key(world: GatewayWorld, path: str) -> None:
    response = world.http.post(path, json={"distinct_id": "d", "api_key": "any"}, headers={"origin": "https://a.cn"})
    assert (response.status_code, response.json()["flags"]) == (200, {})
    assert response.headers["access-control-allow-origin"] == "https://a.cn"


@pytest.mark.parametrize("path", [f"/array/{KEY}/config", f"/array/{KEY}/config.js"])
def test_the_configuration_of_a_posthog_page_is_served(world: GatewayWorld, path: str) -> None:
    assert world.http.get(path).status_code == 200


def overloaded(data: Path, path: str, **options: Any) -> httpx.Response:
    """The second of two requests where one a minute is allowed."""
    entry = an_entry(KEY, settings=SourceSettings(requests_per_minute_per_key=1))
    with a_gateway(data, entries=[entry]) as world:
        assert world.http.post(path, **options).status_code == 200
        return world.http.post(path, **options)


def test_a_posthog_client_over_its_cap_hears_503_because_it_would_drop_events_on_a_429(data: Path) -> None:
    response = overloaded(data, "/batch/", json=posthog_body())
    assert response.status_code == 503
    assert int(response.headers["retry-after"]) >= 1


def test_a_segment_client_over_its_cap_hears_429(data: Path) -> None:
    response = overloaded(data, "/v1/batch", json={"batch": [a_track()]}, headers=basic(KEY))
    assert response.status_code == 429


@pytest.mark.parametrize(
    ("method", "path", "options"),
    [
        ("GET", "/sa.gif?token=zp_nobody&data=e30=", {}),
        ("POST", "/batch/", {"json": {"api_key": "zp_nobody", "batch": [POSTHOG_EVENT]}}),
        ("POST", "/i/v1/analytics/events", {"json": {"batch": [POSTHOG_EVENT]}}),
    ],
)
def test_an_unknown_key_is_told_so_in_every_protocol(world: GatewayWorld, method: str, path: str, options: Any) -> None:
    response = world.http.request(method, path, headers={"origin": "https://a.cn"}, **options)
    assert response.status_code == 401
    assert response.headers["access-control-allow-origin"] == "https://a.cn"
    assert world.rows() == []


def noon() -> int:
    return NOON


@pytest.mark.slow
def test_a_gateway_process_ends_in_good_order_with_everything_it_acknowledged(data: Path) -> None:
    write_keys(data, an_entry(KEY))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        process = multiprocessing.get_context("spawn").Process(
            target=run_gateway, args=(GatewayProcess(data=data, name="gateway-1"), listener, noon)
        )
        process.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        try:
            for number in range(20):
                body = {"batch": [a_track(messageId=f"m{number}")]}
                assert httpx.post(url + "/v1/batch", json=body, headers=basic(KEY), timeout=30).status_code == 200
            os.kill(process.pid or 0, signal.SIGTERM)
            process.join(20)
            assert process.exitcode == 0
        finally:
            process.kill()
    reader = SqliteSpoolReader(data / "spool")
    rows = reader.read({}, max_messages=10**6)
    reader.close()
    assert [decode_messages(row.body)[0].message_id for row in rows] == [f"m{number}" for number in range(20)]


def test_nothing_heavy_is_loaded_into_a_gateway() -> None:
    heavy = "chdb clickhouse_connect sqlalchemy pyarrow polars numpy fastapi zuji.store zuji.govern"
    script = f"import sys, zuji.collect.serve; print([m for m in {heavy.split()!r} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_the_clock_of_the_receipt_is_the_gateways(own_world: GatewayWorld) -> None:
    own_world.now_ms = NOON + 5
    own_world.http.post("/v1/track", json=a_track(), headers=basic(KEY))
    assert [row.receipt.received_at for row in own_world.rows()] == [NOON + 5]


def test_a_defect_answers_500_with_cors_and_is_no_end(world: GatewayWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.spool, "append", None)
    response = world.http.post("/v1/track", json=a_track(), headers={**basic(KEY), "origin": "https://a.cn"})
    assert (response.status_code, response.json()["code"]) == (500, "internal")
    assert response.headers["access-control-allow-origin"] == "https://a.cn"
    monkeypatch.undo()
    assert world.http.post("/v1/track", json=a_track(), headers=basic(KEY)).status_code == 200
