"""Our own script on a page in Chromium: what the page did is what the server has, also with faults on the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from bookkeeper import Bookkeeper
from browser_shop import OPTIONS, POLL_MS, Shop, Wire, enter, html, left_over, open_shop, tag, wait_until
from survival import assert_all_arrived_once

pytestmark = [pytest.mark.sdk, pytest.mark.browser]

SNIPPET = """<script>{snippet}</script>
<script>
zuji.load("{host}", "{key}", {options});
zuji.page("Home", {{kind: "front"}});
for (let number = 0; number < 5; number++) zuji.track("Item Viewed", {{number, name: "茶壶"}});
zuji.identify("early-user", {{plan: "pro"}});
zuji.group("acme", {{name: "Acme"}});
zuji.alias("early-other");
</script>"""
STORM = ["server_error", "server_error", "pass", "lost_answer", "pass", "too_many", "pass", "reset"]


@pytest.fixture(scope="module")
def shop(browser: Any, server: Bookkeeper) -> Iterator[Shop]:
    with open_shop(browser, server) as shop:
        yield shop


def test_calls_made_before_the_script_has_arrived_are_kept_and_sent_in_their_order(server: Bookkeeper, shop: Shop):
    keys = server.new_source("zuji-js-early")
    with Wire(server.port) as wire:
        snippet = server.text("/sdk/snippet.js")
        options = '{"robots": "send", "automatic": false}'
        shop.put("/early", html(SNIPPET.format(snippet=snippet, host=wire.url, key=keys.write_key, options=options)))
        context = shop.visitor()
        enter(context, f"{shop.url}/early")
        assert_all_arrived_once(server, keys, {"page": 1, "track": 5, "identify": 1, "group": 1, "alias": 1})
        kinds = [each["type"] for each in wire.ordered]
        assert kinds == ["page", *["track"] * 5, "identify", "group", "alias"]
        assert [each["context"]["sequence"]["n"] for each in wire.ordered] == list(range(1, 10))
        assert wire.named("group")[0]["groupId"] == "acme"
        context.close()


def test_faults_on_the_way_neither_lose_nor_double_a_call(server: Bookkeeper, shop: Shop):
    keys = server.new_source("zuji-js-storm")
    with Wire(server.port, STORM) as wire:
        shop.put("/storm", html(tag(wire, keys)))
        context = shop.visitor()
        page = enter(context, f"{shop.url}/storm")
        faults, number = [step for step in STORM if step != "pass"], 0
        while wire.injected != faults and number < 300:
            page.evaluate("number => zuji.track('Item Viewed', {number})", number)
            page.wait_for_timeout(POLL_MS)
            number += 1
        assert wire.injected == faults
        assert_all_arrived_once(server, keys, {"track": number})
        wait_until(page, lambda: left_over(page) == 0, "an answer to every message")
        assert server.books(keys)["total"]["duplicate"] > 0  # the lost answer's
        assert sorted(each["context"]["sequence"]["n"] for each in wire.ordered) == list(range(1, number + 1))
        context.close()


def test_nothing_waits_longer_than_its_batch_and_what_is_urgent_does_not_wait(server: Bookkeeper, shop: Shop):
    keys = server.new_source("zuji-js-batches")
    with Wire(server.port) as wire:
        shop.put("/batches", html(tag(wire, keys)))
        context = shop.visitor()
        page = enter(context, f"{shop.url}/batches")
        page.evaluate("for (let number = 0; number < 30; number++) zuji.track('Item Viewed', {number})")
        wait_until(page, lambda: len(wire.messages) == 30, "thirty messages")
        assert len(wire.bodies) == 1
        page.evaluate("zuji.track('Item Viewed', {late: true}); zuji.track('Order Completed', {total: 9})")
        wait_until(page, lambda: len(wire.messages) == 32, "the order, and what waited before it")
        assert len(wire.bodies) == 2
        context.close()


def test_what_is_said_twice_within_a_second_and_traits_that_stay_the_same_are_sent_once(server: Bookkeeper, shop: Shop):
    keys = server.new_source("zuji-js-repeats")
    with Wire(server.port) as wire:
        shop.put("/repeats", html(tag(wire, keys)))
        context = shop.visitor()
        page = enter(context, f"{shop.url}/repeats")
        page.evaluate("for (let time = 0; time < 3; time++) zuji.track('Item Viewed', {sku: 'A-1'})")
        page.evaluate("zuji.identify('u-1', {plan: 'free'}); zuji.identify('u-1', {plan: 'free'})")
        page.reload()
        page.wait_for_function("window.zuji && window.zuji.ready")
        page.evaluate("zuji.identify('u-1', {plan: 'free'}); zuji.identify('u-1', {plan: 'pro'})")
        assert_all_arrived_once(server, keys, {"track": 1, "identify": 2})
        context.close()


def test_a_visitor_who_logs_in_is_one_person_and_the_next_user_of_the_device_another(server: Bookkeeper, shop: Shop):
    keys = server.new_source("zuji-js-people")
    with Wire(server.port) as wire:
        shop.put("/people", html(tag(wire, keys)))
        context = shop.visitor()
        page = enter(context, f"{shop.url}/people")
        page.evaluate("zuji.track('Item Viewed'); zuji.identify('ada')")
        ada = page.evaluate("zuji.anonymousId()")
        page.evaluate("zuji.identify('bob'); zuji.track('Item Viewed')")
        bob = page.evaluate("zuji.anonymousId()")
        page.evaluate("zuji.reset()")
        assert len({ada, bob, page.evaluate("zuji.anonymousId()")}) == 3
        assert_all_arrived_once(server, keys, {"track": 2, "identify": 2})
        assert server.identifiers(keys, "user_id:ada") == {"user_id:ada", f"anonymous_id:{ada}"}
        assert server.identifiers(keys, "user_id:bob") == {"user_id:bob", f"anonymous_id:{bob}"}
        context.close()


def test_subdomains_of_one_site_know_the_same_visitor(server: Bookkeeper, shop: Shop):
    keys = server.new_source("zuji-js-subdomains")
    with Wire(server.port) as wire:
        shop.put("/where", html(tag(wire, keys)))
        context = shop.visitor()
        seen = [
            enter(context, f"http://{host}.shop.localhost:{shop.port}/where").evaluate("zuji.anonymousId()")
            for host in ("www", "pay")
        ]
        assert seen[0] == seen[1]
        [cookie] = context.cookies()
        assert (cookie["domain"], cookie["sameSite"]) == (".shop.localhost", "Lax")
        context.close()


def test_two_clients_on_one_page_keep_apart(server: Bookkeeper, shop: Shop):
    first, second = server.new_source("zuji-js-first"), server.new_source("zuji-js-second")
    with Wire(server.port) as wire:
        shop.put("/both", html(tag(wire, first)))
        context = shop.visitor()
        page = enter(context, f"{shop.url}/both")
        page.evaluate(
            "([host, key, options]) => { window.other = zuji.load(host, key, options); other.track('Of The Other') }",
            [wire.url, second.write_key, OPTIONS],
        )
        page.evaluate("zuji.track('Of The First')")
        assert page.evaluate("zuji.anonymousId() !== other.anonymousId()")
        assert_all_arrived_once(server, first, {"track": 1})
        assert_all_arrived_once(server, second, {"track": 1})
        assert server.count(second, event="Of The Other") == 1
        context.close()


def test_a_browser_that_a_program_drives_sends_nothing_unless_told_to(server: Bookkeeper, shop: Shop):
    keys = server.new_source("zuji-js-robot")
    with Wire(server.port) as wire:
        shop.put("/robot", html(tag(wire, keys, robots="drop", automatic=True)))
        context = shop.visitor()
        page = enter(context, f"{shop.url}/robot")
        page.evaluate("zuji.consent({analytics: true}); zuji.track('Item Viewed')")
        page.wait_for_timeout(1500)
        assert (wire.bodies, context.cookies(), page.evaluate("localStorage.length")) == ([], [], 0)
        context.close()
