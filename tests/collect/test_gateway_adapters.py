"""The adapters behind the real server: recorded requests reach the spool, and pages of other sites may send."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from gateway_world import KEY, SMALL_KEY, GatewayWorld, a_gateway, an_entry
from recordings import RECORDED

RECORDED_KEY = "T"
ADAPTERS = ("webhook", "snowplow", "ga4", "matomo", "mixpanel")
PATHS = (
    "/v1/webhook", f"/v1/webhook/{KEY}", "/com.snowplowanalytics.snowplow/tp2", "/i", "/mp/collect", "/matomo.php",
    "/track/", "/engage/", "/groups/", "/import",
)  # fmt: skip


@pytest.mark.parametrize("protocol", ADAPTERS)
def test_every_recorded_request_reaches_the_spool_under_its_protocol(data: Path, protocol: str) -> None:
    with a_gateway(data, entries=[an_entry(RECORDED_KEY)]) as world:
        for row in map(json.loads, (RECORDED / f"{protocol}.jsonl").read_text().splitlines()):
            body = base64.b64decode(row["body"])
            answer = world.http.request(row["method"], row["target"], content=body, headers=row["headers"])
            assert answer.status_code in {200, 204}, answer.text
            [spooled] = world.rows()
            assert spooled.receipt.protocol == protocol


@pytest.mark.parametrize("path", PATHS)
def test_a_page_of_another_site_may_send_and_read_the_answer(world: GatewayWorld, path: str) -> None:
    asks = {
        "origin": "https://shop.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,x-retry-count",
    }
    allowed = world.http.options(path, headers=asks)
    assert (allowed.status_code, allowed.headers["access-control-allow-headers"]) == (204, "content-type,x-retry-count")
    method = "GET" if path == "/i" else "POST"
    answer = world.http.request(method, path, content=b"{}", headers={"origin": "https://shop.example"})
    assert answer.headers["access-control-allow-origin"] == "https://shop.example"


def test_a_body_larger_than_its_source_takes_is_refused_even_where_everything_else_is_a_204(
    world: GatewayWorld,
) -> None:
    body = json.dumps({"client_id": "c", "events": [{"name": "a", "params": {"x": "y" * 30_000}}]})
    assert world.http.post(f"/mp/collect?api_secret={SMALL_KEY}", content=body).status_code == 413
    unknown = world.http.post("/mp/collect?api_secret=nobody", content=b"{}")
    assert (unknown.status_code, unknown.headers["x-refused"]) == (204, "unknown_write_key")
    assert world.rows() == []
