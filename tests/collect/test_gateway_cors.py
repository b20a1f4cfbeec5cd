"""What browsers on other sites must be told before their events can arrive, and what they must not be told."""

from __future__ import annotations

from typing import Any

import pytest
from gateway_world import KEY, GatewayWorld, basic

ORIGIN = "https://shop.example"
COLLECT_PATHS = ["/v1/batch", "/v1/t", "/v1/m", "/sourceConfig/", f"/v1/projects/{KEY}/settings", "/beacon/v1/batch"]
FIRST_TIME = "anonymousid,authorization,content-type,sentat"
RETRIED = (
    f"{FIRST_TIME},rsa-retry-attempt,rsa-retry-reason,rsa-since-first-attempt,rsa-since-last-attempt,x-retry-count"
)


def preflight(world: GatewayWorld, path: str, asked: str | None, origin: str = ORIGIN) -> Any:
    headers = {"origin": origin, "access-control-request-method": "POST"}
    if asked is not None:
        headers["access-control-request-headers"] = asked
    return world.http.options(path, headers=headers)


@pytest.mark.parametrize("path", [*COLLECT_PATHS, "/e/", "/batch/", "/flags/", "/sa", "/sa.gif", "/pixel/v1/page"])
@pytest.mark.parametrize("asked", [FIRST_TIME, RETRIED])
def test_a_preflight_is_granted_what_it_asks_also_on_a_retry(world: GatewayWorld, path: str, asked: str) -> None:
    response = preflight(world, path, asked)
    assert response.status_code == 204
    assert response.headers["access-control-allow-headers"] == asked
    assert response.headers["access-control-allow-origin"] == ORIGIN
    assert response.headers["access-control-allow-credentials"] == "true"
    assert int(response.headers["access-control-max-age"]) >= 600
    assert "Origin" in response.headers["vary"]


def test_a_preflight_without_headers_is_granted_the_usual_ones(world: GatewayWorld) -> None:
    assert preflight(world, "/v1/t", None).headers["access-control-allow-headers"] == "authorization, content-type"


@pytest.mark.parametrize("asked", ["x-" + "y" * 2000, "x-a;b", 'x-"quoted"', "<script>"])
def test_what_is_echoed_is_bounded_and_looks_like_names_of_headers(world: GatewayWorld, asked: str) -> None:
    assert preflight(world, "/v1/t", asked).headers["access-control-allow-headers"] == "authorization, content-type"


@pytest.mark.parametrize("origin", ["null", "http://localhost:3000", "https://[2001:db8::1]:8443", "app://bundle"])
def test_any_origin_may_send(world: GatewayWorld, origin: str) -> None:
    response = world.http.post("/v1/m", headers={"origin": origin})
    assert response.headers["access-control-allow-origin"] == origin
    assert "Retry-After" in response.headers["access-control-expose-headers"]


@pytest.mark.parametrize("origin", ["", "*", "https://a b", "https://x" + "y" * 400, "javascript:alert(1)"])
def test_an_origin_that_is_none_is_not_echoed(world: GatewayWorld, origin: str) -> None:
    response = world.http.post("/v1/m", headers={"origin": origin})
    assert "access-control-allow-origin" not in response.headers
    assert "access-control-allow-credentials" not in response.headers
    assert "Origin" in response.headers["vary"]


@pytest.mark.parametrize("path", ["/health", "/api/v1/events", "/"])
def test_outside_collecting_no_origin_is_echoed(world: GatewayWorld, path: str) -> None:
    assert "access-control-allow-origin" not in world.http.get(path, headers={"origin": ORIGIN}).headers
    assert "access-control-allow-origin" not in preflight(world, path, "authorization").headers


def test_a_cookie_is_never_a_key(world: GatewayWorld) -> None:
    response = world.http.post("/v1/batch", json={"batch": [{}]}, headers={"cookie": f"writeKey={KEY}; key={KEY}"})
    assert response.status_code == 401
    assert "set-cookie" not in world.http.post("/v1/batch", json={"batch": [{}]}, headers=basic(KEY)).headers
