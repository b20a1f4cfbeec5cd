"""A source that takes signed webhooks, from its setting to its accounts; and what is seen of its secret: nothing."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import time
from typing import Any
from urllib.parse import urlencode

import pytest
from bookkeeper import Bookkeeper, Keys

pytestmark = pytest.mark.sdk
SECRET = "whsec_end_to_end"
SIGNATURE = {
    "header": "X-Signature",
    "prefix": "sha256=",
    "signed": "timestamp.body",
    "timestamp_header": "X-Time",
}
MAPPING = {
    "items": "$.lines",
    "event": "$.what",
    "event_names": {"sale": "Product Bought"},
    "user_id": "$.buyer",
    "timestamp": "$.at",
    "properties": {"sku": "@.sku", "price": "@.price", "order_id": "$.order"},
    "signature": SIGNATURE,
}


def change_settings(server: Bookkeeper, keys: Keys, name: str, settings: dict[str, Any]) -> dict[str, Any]:
    path = f"/api/v1/sources/{name}?{urlencode({'workspace': keys.workspace})}"
    changed: dict[str, Any] = server.ask("PATCH", path, {"settings": settings})["settings"]
    return changed


def a_sale(order: int) -> bytes:
    lines = [{"sku": f"s{order}", "price": 9.9}, {"sku": "s0", "price": 1}]
    if order % 10 == 0:
        lines.append("broken")  # type: ignore[arg-type]
    return json.dumps({"what": "sale", "buyer": f"u{order}", "order": f"o{order}", "lines": lines}).encode()


def headers_for(body: bytes, *, secret: str = SECRET) -> dict[str, str]:
    at = str(int(time.time()))
    digest = hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"X-Signature": f"sha256={digest}", "X-Time": at}


def post(server: Bookkeeper, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def wait_until_signed(server: Bookkeeper, path: str) -> None:
    """Gateways follow a changed setting within 2 s: from then on an unsigned call is refused."""
    deadline = time.monotonic() + 30
    while post(server, path, b"{}", {})[0] != 401:
        assert time.monotonic() < deadline, "the gateway never learnt the new setting"
        time.sleep(0.1)


@pytest.fixture
def shop(server: Bookkeeper) -> Keys:
    keys = server.new_source("webhook-shop", "server")
    shown = change_settings(server, keys, "webhook-shop", {"webhook": MAPPING, "webhook_secret": SECRET})
    assert shown["webhook_secret"] == "(set)"
    return keys


def test_signed_sales_arrive_once_and_what_was_forged_never(server: Bookkeeper, shop: Keys):
    path = f"/v1/webhook/{shop.secret_key}"
    wait_until_signed(server, path)
    sales = [a_sale(order) for order in range(50)]
    recorded = [(body, headers_for(body)) for body in sales]
    assert {post(server, path, body, headers)[0] for body, headers in recorded} == {200}
    assert {post(server, path, body, headers)[0] for body, headers in recorded[:20]} == {200}  # replayed as recorded
    assert {post(server, path, body, headers_for(body))[0] for body in sales[:5]} == {200}  # sent again, signed anew
    assert {post(server, path, body, headers_for(body, secret="guess"))[0] for body in sales} == {401}
    books = server.books(shop)
    assert books["closed"]
    total = books["total"]
    # 50 bodies of two lines, every tenth with a third that is broken; 25 bodies again, three of them with a broken line
    assert (total["stored"], total["quarantined"], total["duplicate"]) == (100, 5, 53)
    query = urlencode({"workspace": shop.workspace, "fresh": "true", "event": "Product Bought"})
    assert server.ask("GET", f"/api/v1/events/count?{query}")["count"] == 100


def test_the_secret_is_never_shown_and_stays_when_what_was_shown_is_sent_back(server: Bookkeeper):
    keys = server.new_source("webhook-secret", "server")
    settings = {"webhook": MAPPING, "webhook_secret": SECRET}
    shown = change_settings(server, keys, "webhook-secret", settings)
    assert change_settings(server, keys, "webhook-secret", shown) == shown
    path = f"/v1/webhook/{keys.secret_key}"
    wait_until_signed(server, path)
    body = a_sale(1)
    assert post(server, path, body, headers_for(body))[0] == 200
    assert post(server, path, body, headers_for(body, secret="(set)"))[0] == 401
    for asked in ("sources", "audit"):
        query = urlencode({"workspace": keys.workspace})
        assert SECRET not in json.dumps(server.ask("GET", f"/api/v1/{asked}?{query}"))
    assert change_settings(server, keys, "webhook-secret", {"webhook_secret": ""})["webhook_secret"] == ""
