"""A customer's site on another origin, and visitors whose browser does not say that a program drives it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
"""A headless browser says that it is one, and questions leave robots out."""
UNDRIVEN = "Object.defineProperty(navigator, 'webdriver', { get: () => false })"
PAGE = "<!doctype html><html><head><meta charset=utf-8><title>Shop</title></head><body>{0}</body></html>"


@contextmanager
def site_of(body: str) -> Iterator[str]:
    """The address of a site whose every page has this body."""
    with served(PAGE.format(body)) as address:
        yield address


@contextmanager
def served(page: str, **headers: str) -> Iterator[str]:
    """The address of a site whose every page is this one, with these headers; `_` in a name stands for `-`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as web:
        threading.Thread(target=web.serve_forever, daemon=True).start()
        yield f"http://localhost:{web.server_port}"
        web.shutdown()


@contextmanager
def visitor(browser: Any, address: str, **options: Any) -> Iterator[Any]:
    """A page of somebody new who opened the site; what was done there is sent before they leave."""
    context = browser.new_context(user_agent=PERSON, **options)
    context.add_init_script(UNDRIVEN)
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(address)
    page.wait_for_function("window.zuji && window.zuji.ready")
    yield page
    page.evaluate("zuji.flush()")
    page.wait_for_timeout(300)
    context.close()
