"""Our own script where pages are hostile: strict rules, bad networks, closed tabs, full storage, wrong clocks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from bookkeeper import Bookkeeper, Keys
from browser_shop import Shop, Wire, enter, html, left_over, open_shop, tag, wait_until
from node_toolbox import chromium
from survival import assert_all_arrived_once

pytestmark = [pytest.mark.sdk, pytest.mark.browser]

NONCED = """<script nonce="n0nce">{snippet};
zuji.load("{host}", "{key}", {{robots: "send"}}); zuji.track("Early");</script>"""
FILL = """() => {
  let size = 1 << 20, number = 0
  while (size) { try { localStorage.setItem('fill' + number++, 'x'.repeat(size)) } catch { size >>= 1 } }
}"""


@pytest.fixture(scope="module")
def shop(browser: Any, server: Bookkeeper) -> Iterator[Shop]:
    with open_shop(browser, server) as shop:
        yield shop


def track(page: Any, first: int, last: int) -> None:
    page.evaluate(
        "([a, z]) => { for (let number = a; number < z; number++) zuji.track('Seen', {number}) }", [first, last]
    )


def times_of(server: Bookkeeper, keys: Keys) -> list[float]:
    """When the stored events happened, in seconds since 1970."""
    query = urlencode({"workspace": keys.workspace, "fresh": "true"})
    events = server.ask("GET", f"/api/v1/events?{query}")["events"]
    return [datetime.fromisoformat(each["occurred_at"]).timestamp() for each in events]


def test_a_strict_content_security_policy_is_kept_with_a_nonce(server: Bookkeeper, shop: Shop):
    keys = server.new_source("zuji-js-csp")
    with Wire(server.port) as wire:
        snippet = server.text("/sdk/snippet.js")
        policy = f"default-src 'none'; script-src 'nonce-n0nce'; connect-src {wire.url}"
        page_html = html(NONCED.format(snippet=snippet, host=wire.url, key=keys.write_key), "<button>Buy</button>")
        shop.put("/strict", page_html, Content_Security_Policy=policy)
        context = shop.visitor()
        complaints: list[str] = []
        context.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page = enter(context, f"{shop.url}/strict")
        page.click("button")
        assert_all_arrived_once(server, keys, {"page": 1, "track": 2})
        assert [text for text in complaints if "favicon" not in text] == []
        context.close()


def test_a_slow_network_delays_and_loses_nothing(server: Bookkeeper, shop: Shop):
    keys = server.new_source("zuji-js-slow")
    with Wire(server.port, slow_s=1.5) as wire:
        shop.put("/slow", html(tag(wire, keys)))
        context = shop.visitor()
        page = enter(context, f"{shop.url}/slow")
        for number in range(8):
            track(page, number, number + 1)
            page.wait_for_timeout(300)
        assert_all_arrived_once(server, keys, {"track": 8})
        assert server.books(keys)["total"]["duplicate"] == 0
        context.close()


def test_what_happens_offline_is_sent_when_the_network_is_back(server: Bookkeeper, shop: Shop):
    keys = server.new_source("zuji-js-offline")
    with Wire(server.port) as wire:
        shop.put("/offline", html(tag(wire, keys)))
        context = shop.visitor()
        page = enter(context, f"{shop.url}/offline")
        context.set_offline(True)
        track(page, 0, 150)
        page.wait_for_timeout(2500)
        assert (wire.bodies, left_over(page)) == ([], 150)
        context.set_offline(False)
        wait_until(page, lambda: left_over(page) == 0, "an answer to every message")
        assert_all_arrived_once(server, keys, {"track": 150})
        context.close()


def test_the_tab_closed_in_the_moment_of_the_event_still_sends_it(server: Bookkeeper, shop: Shop):
    keys = server.new_source("zuji-js-closed")
    with Wire(server.port) as wire:
        shop.put("/closed", html(tag(wire, keys)))
        context = shop.visitor()
        page = enter(context, f"{shop.url}/closed")
        keeper = context.new_page()  # a browser whose last tab closes takes its requests with it
        track(page, 0, 3)
        page.close(run_before_unload=True)
        wait_until(keeper, lambda: len(wire.messages) == 3, "what the closing tab sent")
        assert_all_arrived_once(server, keys, {"track": 3})
        context.close()


def test_a_page_left_in_the_moment_of_the_event_still_sends_it(server: Bookkeeper, shop: Shop):
    keys = server.new_source("zuji-js-gone")
    with Wire(server.port) as wire:
        shop.put("/gone", html(tag(wire, keys)))
        context = shop.visitor()
        page = enter(context, f"{shop.url}/gone")
        page.evaluate("for (let n = 0; n < 3; n++) zuji.track('Seen', {n}); location.href = 'about:blank'")
        wait_until(page, lambda: len(wire.messages) == 3, "what the page sent with its last breath")
        assert_all_arrived_once(server, keys, {"track": 3})
        context.close()


def test_what_a_closing_tab_could_not_send_the_next_visit_sends(server: Bookkeeper, shop: Shop):
    keys = server.new_source("zuji-js-left")
    with Wire(server.port, ["reset", "reset"]) as wire:
        shop.put("/left", html(tag(wire, keys)))
        context = shop.visitor()
        page = enter(context, f"{shop.url}/left")
        track(page, 0, 3)
        page.goto("about:blank")
        page.wait_for_timeout(500)
        assert wire.injected
        back = enter(context, f"{shop.url}/left")
        wait_until(back, lambda: left_over(back) == 0, "an answer to every message")
        assert_all_arrived_once(server, keys, {"track": 3})
        context.close()


def test_a_full_storage_loses_nothing_that_the_page_lives_to_send(server: Bookkeeper, shop: Shop):
    keys = server.new_source("zuji-js-full")
    with Wire(server.port) as wire:
        shop.put("/full", html(tag(wire, keys)))
        context = shop.visitor()
        page = enter(context, f"{shop.url}/full")
        page.evaluate(FILL)
        track(page, 0, 20)
        assert left_over(page) == 0
        assert_all_arrived_once(server, keys, {"track": 20})
        context.close()


def test_where_storage_and_cookies_are_forbidden_everything_is_still_sent(server: Bookkeeper, shop: Shop):
    keys = server.new_source("zuji-js-forbidden")
    with Wire(server.port) as wire:
        shop.put("/inside", html(tag(wire, keys)))
        shop.put("/forbidden", html("", '<iframe src="/inside" sandbox="allow-scripts"></iframe>'))
        context = shop.visitor()
        page = context.new_page()
        page.goto(f"{shop.url}/forbidden")
        frame = page.frames[1]
        frame.wait_for_function("window.zuji && window.zuji.ready")
        assert frame.evaluate("(() => { try { return !!localStorage } catch { return 'forbidden' } })()") == "forbidden"
        frame.evaluate("zuji.identify('sandboxed'); zuji.track('Seen'); zuji.track('Seen again')")
        assert_all_arrived_once(server, keys, {"identify": 1, "track": 2})
        assert len({each["anonymousId"] for each in wire.ordered}) == 1
        context.close()


def test_a_clock_that_is_days_wrong_does_not_move_the_events(server: Bookkeeper, shop: Shop):
    keys = server.new_source("zuji-js-clock")
    with Wire(server.port) as wire:
        shop.put("/clock", html(tag(wire, keys)))
        context = shop.visitor()
        context.add_init_script("const now = Date.now; Date.now = () => now() + 3 * 86400000")
        page = enter(context, f"{shop.url}/clock")
        track(page, 0, 3)
        assert_all_arrived_once(server, keys, {"track": 3})
        assert max(abs(at - time.time()) for at in times_of(server, keys)) < 300
        context.close()


def test_two_tabs_are_one_visitor_and_each_counts_its_own_messages(server: Bookkeeper, shop: Shop):
    keys = server.new_source("zuji-js-tabs")
    with Wire(server.port, ["pass", "server_error", "lost_answer"]) as wire:
        shop.put("/tabs", html(tag(wire, keys)))
        context = shop.visitor()
        tabs = [enter(context, f"{shop.url}/tabs") for _ in range(2)]
        for number in range(10):
            for tab in tabs:
                track(tab, number, number + 1)
        assert_all_arrived_once(server, keys, {"track": 20})
        assert len({each["anonymousId"] for each in wire.ordered}) == 1
        by_page: dict[str, list[int]] = {}
        for each in wire.ordered:
            by_page.setdefault(each["context"]["sequence"]["page"], []).append(each["context"]["sequence"]["n"])
        assert sorted(map(sorted, by_page.values())) == [list(range(1, 11))] * 2
        context.close()


@pytest.fixture
def keeping_browser(browser: Any) -> Iterator[Any]:
    """A driven Chromium throws pages away that it leaves; this one keeps them, as everybody's does."""
    arguments = ["--headless", "--no-sandbox", "--disable-gpu"]
    leave_out = ["--disable-back-forward-cache"]
    kept = browser.browser_type.launch(executable_path=chromium(), args=arguments, ignore_default_args=leave_out)
    yield kept
    kept.close()


def test_a_page_that_comes_back_from_the_cache_goes_on_where_it_was(
    server: Bookkeeper, shop: Shop, keeping_browser: Any
):
    keys = server.new_source("zuji-js-back")
    with Wire(server.port) as wire:
        for path in ("/one", "/two"):
            shop.put(path, html(tag(wire, keys, automatic={"dwell": False, "performance": False})))
        context = keeping_browser.new_context()
        page = enter(context, f"{shop.url}/one")
        page.evaluate("addEventListener('pageshow', event => window.cameBack = event.persisted)")
        track(page, 0, 1)
        wait_until(page, lambda: left_over(page) == 0, "an answer to every message")
        page.goto(f"{shop.url}/two")
        page.wait_for_function("window.zuji && window.zuji.ready")
        track(page, 1, 2)
        page.go_back(wait_until="commit")
        page.wait_for_function("window.cameBack === true")
        track(page, 2, 3)
        assert_all_arrived_once(server, keys, {"page": 3, "track": 3})
        told = [(each["type"], each["context"]["sequence"]["n"]) for each in wire.ordered if "/one" in str(each)]
        assert told == [("page", 1), ("track", 2), ("page", 3), ("track", 4)]
        context.close()
