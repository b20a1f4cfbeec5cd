"""Unmodified browser clients in Chromium against a running server, across sites, with and without faults on the way."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from bookkeeper import Bookkeeper
from fault_proxy import FaultProxy
from node_toolbox import bundle_page
from survival import (
    BROWSER_CLIENTS,
    TRACKS,
    Client,
    assert_all_arrived_once,
    assert_faults_happened,
    plan_of,
)

pytestmark = [pytest.mark.sdk, pytest.mark.browser]
PAGE = """<!doctype html><title>Shop</title>
<div class="card" data-sku="A1"><h2>Tea pot</h2><button id="buy" class="btn"><span>Buy now</span></button></div>
<script src="/{name}.js"></script>"""


class Quiet(SimpleHTTPRequestHandler):
    """A shop's web server."""

    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, npm_clients: Path) -> Iterator[tuple[str, Path]]:
    """The shop's address and its folder. `localhost` beside the server's 127.0.0.1 makes it another site."""
    folder = tmp_path_factory.mktemp("shop")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as web:
        threading.Thread(target=web.serve_forever, daemon=True).start()
        yield f"http://localhost:{web.server_port}", folder
        web.shutdown()


def visit(browser, shop: tuple[str, Path], client: Client, base: str, write_key: str):
    """Open the page in a browser that was never here before and let it send; returns the open context and the list."""
    address, folder = shop
    name, *how = client.command
    bundle_page(name, folder)
    (folder / f"{name}.html").write_text(PAGE.format(name=name))
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/{name}.html")
    told = {"base": base, "key": write_key, "user": f"user-{client.name}", "tracks": TRACKS, "how": "".join(how)}
    return context, page.evaluate("told => window.send(told)", told)


@pytest.mark.parametrize("client", BROWSER_CLIENTS, ids=lambda client: client.name)
def test_every_message_of_a_page_arrives_once(client: Client, server: Bookkeeper, browser, shop):
    keys = server.new_source(f"{client.name}-calm")
    with FaultProxy(server.port) as proxy:
        context, sent = visit(browser, shop, client, proxy.url, keys.write_key)
        assert_all_arrived_once(server, keys, sent)
        assert server.books(keys)["total"]["duplicate"] == 0
        context.close()


@pytest.mark.parametrize("client", [c for c in BROWSER_CLIENTS if c.survives], ids=lambda client: client.name)
def test_faults_on_the_way_neither_lose_nor_double_a_message(client: Client, server: Bookkeeper, browser, shop):
    keys = server.new_source(f"{client.name}-storm")
    with FaultProxy(server.port, plan_of(client)) as proxy:
        context, sent = visit(browser, shop, client, proxy.url, keys.write_key)
        assert_all_arrived_once(server, keys, sent)
        assert_faults_happened(server, keys, proxy, client)
        context.close()


def test_a_click_on_the_page_is_an_event_that_names_its_element(server: Bookkeeper, browser, shop):
    client = next(c for c in BROWSER_CLIENTS if c.name == "posthog-browser")
    keys = server.new_source("posthog-browser-click")
    with FaultProxy(server.port) as proxy:
        context, sent = visit(browser, shop, client, proxy.url, keys.write_key)
        assert_all_arrived_once(server, keys, sent)
        context.close()
    assert server.count(keys, event="$autocapture") == 1


VISITORS = [("sensors-browser-ajax", "user_id", "cookie_id"), ("posthog-browser", "distinct_id", "distinct_id")]


@pytest.mark.parametrize(("name", "user_type", "visitor_type"), VISITORS)
def test_a_visitor_and_the_user_he_turns_out_to_be_are_one_profile(
    name: str, user_type: str, visitor_type: str, server: Bookkeeper, browser, shop
):
    client = next(c for c in BROWSER_CLIENTS if c.name == name)
    keys = server.new_source(f"{name}-profile")
    with FaultProxy(server.port) as proxy:
        context, sent = visit(browser, shop, client, proxy.url, keys.write_key)
        assert_all_arrived_once(server, keys, sent)
        context.close()
    user = f"{user_type}:user-{name}"
    identifiers = server.identifiers(keys, user)
    visitors = {each for each in identifiers if each.startswith(visitor_type) and not each.endswith(f"-{name}")}
    assert user in identifiers
    assert len(visitors) == 1
    assert server.identifiers(keys, visitors.pop()) == identifiers
