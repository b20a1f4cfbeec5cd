"""A page in a real browser says what its visitor does, and shows the tag flip in the answer: nothing else is asked."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest

from servers import RunningServer
from zuji.govern.page_proof import page_proof
from zuji.terms.secret import sha256_hex

HOT = {
    "key": "hot_now",
    "name": {"en": "Hot now", "zh": "此刻热切"},
    "family": "demand_intent",
    "visibility": "public",
    "rule": {
        "when": {
            "measure": "count",
            "event": "Product Viewed",
            "window": {"last": {"amount": 30, "unit": "minute"}},
            "op": "gte",
            "value": 3,
        }
    },
}
PAGE = """<!doctype html><meta charset="utf-8"><title>shop</title>
<button id="view">look at it</button> <p id="tag">nothing yet</p>
<script>
const asked = %s;
document.getElementById("view").onclick = async () => {
  const began = performance.now();
  const body = {...asked, event: {event: "Product Viewed", properties: {sku: "A-1"}}};
  const headers = {"Content-Type": "application/json"};
  const answer = await fetch(asked_url, {method: "POST", headers, body: JSON.stringify(body)});
  const known = await answer.json();
  const took = Math.round(performance.now() - began);
  document.getElementById("tag").textContent = (known.tags.hot_now ? "hot" : "cold") + " after " + took + " ms";
};
</script>"""


@pytest.fixture
def shop() -> Iterator[tuple[str, dict[str, str]]]:
    """A site of somebody's own: its origin, and the page it shows."""
    pages: dict[str, str] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(pages.get(self.path, "").encode())

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", pages
    server.shutdown()
    server.server_close()


def test_a_visitor_turns_hot_on_the_third_view_and_the_page_shows_it_at_once(
    browser: Any, shop: tuple[str, dict[str, str]], tmp_path: Path
) -> None:
    origin, pages = shop
    with RunningServer(tmp_path / "data") as server:
        owner = {"Authorization": f"Bearer {server.token}"}
        with httpx.Client(base_url=f"{server.url}/api/v1", headers=owner, timeout=30, trust_env=False) as api:
            settings = {"page_origins": [origin]}
            source = api.post("/sources", json={"name": "page", "channel": "web", "settings": settings}).json()
            api.post("/tags", json=HOT).raise_for_status()
            api.post("/tags/hot_now/publish", json={}).raise_for_status()
            until = int(time.time()) + 3600
            proof = page_proof(sha256_hex(source["secret_key"]), "anonymous_id", "visitor-1", until)
            asked = {"key": source["write_key"], "anonymous_id": "visitor-1", "until": until, "proof": proof}
            page_text = PAGE.replace("asked_url", json.dumps(f"{server.url}/page/v1/context"))
            pages["/"] = page_text.replace("%s", json.dumps(asked))
            page = browser.new_page()
            page.goto(origin)
            shown = []
            for _ in range(3):
                page.evaluate("document.getElementById('tag').textContent = ''")
                page.click("#view")
                page.wait_for_function("document.getElementById('tag').textContent.includes('ms')")
                shown.append(page.inner_text("#tag"))
            page.close()
            assert [text.split(" after ")[0] for text in shown] == ["cold", "cold", "hot"], shown
            [change] = [one for one in api.get("/changes").json()["changes"] if one["key"] == "hot_now"]
            assert (change["old"], change["new"], change["cause"]) == (None, True, "event")
            assert change["latency_ms"] is not None
            who = api.get("/profiles/anonymous_id:visitor-1").json()
            assert {key: one["value"] for key, one in who["tags"].items()} == {"hot_now": True}
