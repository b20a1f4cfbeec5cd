"""A shop whose pages carry the zuji script, and the wire that its messages leave by."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bookkeeper import Bookkeeper, Keys
from fault_proxy import FaultProxy, Head
from survival import SETTLE_S

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

POLL_MS = 200
OPTIONS = {"robots": "send", "automatic": False}
"""A driven browser says that it is one; and a test counts its own calls first, without what is noticed by itself."""

USER_AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"


@dataclass
class Wire(FaultProxy):
    """The proxy, and everything that passed it towards the server."""

    bodies: list[str] = field(default_factory=list)
    slow_s: float = 0

    async def _handle(self, request: Head, writer: Any) -> bool:
        if "/v1/batch" in request.first_line:
            self.bodies.append(request.body.decode())
            await asyncio.sleep(self.slow_s)
        return await super()._handle(request, writer)

    @property
    def messages(self) -> dict[str, dict[str, Any]]:
        """Every message that was ever sent, once, by its id."""
        found: dict[str, dict[str, Any]] = {}
        for body in self.bodies:
            if body:
                found.update({message["messageId"]: message for message in json.loads(body)["batch"]})
        return found

    @property
    def ordered(self) -> list[dict[str, Any]]:
        """The same in the order in which a page numbered them."""
        return sorted(self.messages.values(), key=lambda each: each["context"]["sequence"]["n"])

    def named(self, name: str) -> list[dict[str, Any]]:
        """The messages of one event, or of one type, in the order of their numbers."""
        return [each for each in self.ordered if name in (each.get("event"), each["type"])]


@dataclass
class Shop:
    """A web site on `localhost`: a page for every path, each with the same head and its own body."""

    browser: Browser
    server: Bookkeeper
    port: int = 0
    pages: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def put(self, path: str, html: str, **headers: str) -> None:
        """Show this at a path; `_` in the name of a header stands for `-`."""
        self.pages[path] = (html, {name.replace("_", "-"): value for name, value in headers.items()})

    def visitor(self, **settings: Any) -> BrowserContext:
        """A browser that was never here before; a headless one says so, and questions leave robots out."""
        return self.browser.new_context(**{"user_agent": USER_AGENT, **settings})


def tag(wire: FaultProxy, keys: Keys, **options: Any) -> str:
    """The one script tag that a page needs."""
    told = json.dumps({**OPTIONS, **options})
    return f"<script async src='{wire.url}/sdk/zuji.js' data-key='{keys.write_key}' data-options='{told}'></script>"


def html(head: str, body: str = "") -> str:
    return f"<!doctype html><html><head><meta charset=utf-8><title>Shop</title>{head}</head><body>{body}</body></html>"


@contextmanager
def open_shop(browser: Browser, server: Bookkeeper) -> Iterator[Shop]:
    """Open for one test or for many: pages are put and replaced at any time."""
    shop = Shop(browser, server)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            text, headers = shop.pages.get(urlsplit(self.path).path, ("", {}))
            self.send_response(200 if text else 404)
            for name, value in {"content-type": "text/html; charset=utf-8", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as web:
        shop.port = web.server_port
        threading.Thread(target=web.serve_forever, daemon=True).start()
        yield shop
        web.shutdown()


def enter(context: BrowserContext, url: str) -> Page:
    """Open a page and wait until zuji has taken over there."""
    page = context.new_page()
    page.goto(url)
    page.wait_for_function("window.zuji && window.zuji.ready")
    return page


def wait_until(page: Page, holds: Callable[[], bool], what: str) -> None:
    """Look again and again, the browser going on meanwhile."""
    for _ in range(int(SETTLE_S * 1000 / POLL_MS)):
        if holds():
            return
        page.wait_for_timeout(POLL_MS)
    raise AssertionError(f"never came: {what}")


def left_over(page: Page) -> int:
    """How many messages still wait in the page's storage for a server's answer."""
    return page.evaluate("Object.keys(localStorage).filter(key => /^zuji_[^.]+[.]/.test(key)).length")
