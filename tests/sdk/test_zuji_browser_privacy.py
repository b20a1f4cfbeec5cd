"""What our own script never sends, and what it sends only when it may."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from bookkeeper import Bookkeeper
from browser_shop import Shop, Wire, enter, html, open_shop, tag, wait_until
from survival import assert_all_arrived_once

pytestmark = [pytest.mark.sdk, pytest.mark.browser]

TYPED = {
    "#name": "Wilhelmina Typed",
    "#password": "hunter2-typed",
    "#card": "4111 1111 1111 1111",
    "#email": "typed@private.example",
    "#note": "a typed note",
    "#free": "typed freely",
}
HIDDEN = [
    *TYPED.values(), "chosen-option", "Chosen Text", "default-value", "a prefilled area", "Private Words", "Shut Words",
    "4111-1111", "4111111111111111", "11010519491231002X", "138 0013 8000", "13800138000", "owner@private.example",
    "6217000010001234569", "13912345678", "138-0013-8000",
    "s3cret-token", "s3cret-code", "s3cret-attr", "s3cret-fragment", "reset-me",
]  # fmt: skip
KEPT = "item/4111111111111112/order/202611221234567890/uuid/550e8400-e29b-41d4-a716-446655440000/12320000000"
"""Numbers of things: a card's but for its last digit, a day and a count, a name of no meaning, and one no phone has."""
NUMBERED = (
    f"/user/13800138000/card/4111-1111-1111-1111/of/id11010519491231002X/call/%2B86%20138-0013-8000;at=13800138000/{KEPT}"
    "?mobile=13912345678&idno=11010519491231002x&pay=6217000010001234569&sku=4111111111111112&t=1732145678901"
)
PAGE = """
<form id="checkout" onsubmit="return false">
  <label>Name <input id="name" name="name" value="default-value"></label>
  <input id="password" type="password"> <input id="card" autocomplete="cc-number"> <input id="email" type="email">
  <textarea id="note">a prefilled area</textarea>
  <select id="choice"><option>One</option><option value="chosen-option">Chosen Text</option></select>
  <button id="pay" class="btn primary" data-sku="A-1" data-api-key="s3cret-attr">Pay <b>now</b></button>
</form>
<div id="free" contenteditable="true"></div>
<div data-private><button id="inner">Private Words</button></div>
<div class="zuji-private">
  <form id="shut" onsubmit="return false"><button id="shutbutton">Shut Words</button></form>
</div>
<button id="kept">Card 4111-1111-1111-1111, ID 11010519491231002X, call 138 0013 8000 or owner@private.example</button>
<a id="link" href="/next/4111-1111-1111-1111?token=s3cret-token&page=2#s3cret-fragment" onclick="return false">Next</a>
<button id="around">Beside <span data-private>Private Words</span></button>
"""


@pytest.fixture(scope="module")
def shop(browser: Any, server: Bookkeeper) -> Iterator[Shop]:
    with open_shop(browser, server) as shop:
        yield shop


def stored(page: Any) -> tuple[list[Any], int]:
    return page.context.cookies(), page.evaluate("localStorage.length + sessionStorage.length")


def test_nothing_typed_chosen_private_or_secret_is_ever_on_the_wire(server: Bookkeeper, shop: Shop):
    keys = server.new_source("zuji-js-secrets")
    with Wire(server.port) as wire:
        shop.put("/secrets", html(tag(wire, keys, automatic=True), PAGE))
        context = shop.visitor()
        page = enter(context, f"{shop.url}/secrets?code=s3cret-code&q=tea&mail=owner@private.example#s3cret-fragment")
        for selector, value in TYPED.items():
            page.click(selector)
            page.locator(selector).press_sequentially(value)
        page.press("#name", "End")
        page.press("#name", "Backspace")
        page.select_option("#choice", "chosen-option")
        for selector in ("#choice", "#pay", "#inner", "#shutbutton", "#kept", "#link"):
            page.click(selector)
        page.click("#around", position={"x": 4, "y": 4})
        page.evaluate("setTimeout(() => { throw new Error('mail owner@private.example, card 4111111111111111') })")
        page.evaluate("history.pushState({}, '', '/secrets/two?session_id=reset-me&q=pot')")
        page.wait_for_timeout(100)
        page.evaluate("address => history.pushState({}, '', address)", NUMBERED)
        wait_until(page, lambda: len(wire.named("page")) == 3 and bool(wire.named("$error")), "the second view")
        wire_text = "\n".join(wire.bodies)
        assert [secret for secret in HIDDEN if secret in wire_text] == []
        wait_until(page, lambda: server.count(keys) == len(wire.messages), "everything that was sent")
        texts = {each["properties"]["$el_text"] for each in wire.named("$click")}
        assert {"Pay now", "Card ***, ID ***, call *** or ***", "Next", "Beside"} <= texts
        assert [each["context"]["page"]["url"] for each in wire.named("page")] == [
            f"{shop.url}/secrets?q=tea", f"{shop.url}/secrets/two?q=pot",
            f"{shop.url}/user/***/card/***/of/***/call/***/{KEPT}?sku=4111111111111112&t=1732145678901",
        ]  # fmt: skip
        assert wire.named("page")[-1]["context"]["page"]["path"] == f"/user/***/card/***/of/***/call/***/{KEPT}"
        [form] = [each["properties"] for each in wire.named("$form_submit")]
        assert (form["$form_selector"], form["$form_fields"], form["$form_corrections"]) == ("#checkout", 6, 1)
        context.close()


def test_before_consent_nothing_is_stored_or_sent_and_afterwards_what_was_done_comes_with_its_purposes(
    server: Bookkeeper, shop: Shop
):
    keys = server.new_source("zuji-js-consent")
    with Wire(server.port) as wire:
        options = {"consent": "required", "automatic": {"dwell": False, "performance": False, "frustration": False}}
        shop.put("/consent", html(tag(wire, keys, **options), "<button>Tea</button>"))
        context = shop.visitor()
        page = enter(context, f"{shop.url}/consent")
        page.evaluate("zuji.track('Item Viewed'); zuji.identify('careful')")
        page.click("button")
        page.wait_for_timeout(2000)
        assert (wire.bodies, stored(page), page.evaluate("zuji.anonymousId()")) == ([], ([], 0), None)
        page.evaluate("zuji.consent({analytics: true, service: true, marketing: false})")
        assert_all_arrived_once(server, keys, {"page": 1, "track": 3, "identify": 1})
        assert {tuple(each["context"]["purposes"]) for each in wire.ordered} == {("analytics", "service")}
        page.reload()
        page.wait_for_function("window.zuji && window.zuji.ready")
        assert_all_arrived_once(server, keys, {"page": 2, "track": 3, "identify": 1})
        context.close()


def test_a_refusal_forgets_the_visitor_and_holds_on_the_next_page(server: Bookkeeper, shop: Shop):
    keys = server.new_source("zuji-js-refusal")
    with Wire(server.port) as wire:
        shop.put("/refusal", html(tag(wire, keys)))
        context = shop.visitor()
        page = enter(context, f"{shop.url}/refusal")
        page.evaluate("zuji.identify('regretful'); zuji.consent({analytics: false}); zuji.track('Item Viewed')")
        [cookie] = context.cookies()
        assert "regretful" not in cookie["value"]
        assert re.fullmatch(r"%7B%22a%22%3A%22%22%2C%22p%22%3A%5B%5D%7D", cookie["value"])
        page.reload()
        page.wait_for_function("window.zuji && window.zuji.ready")
        page.evaluate("zuji.track('Item Viewed')")
        page.wait_for_timeout(1500)
        assert "Item Viewed" not in "".join(wire.bodies)
        assert page.evaluate("localStorage.length") == 0
        context.close()


def test_a_refusal_in_one_tab_silences_the_others_and_a_later_yes_wakes_them(server: Bookkeeper, shop: Shop):
    keys = server.new_source("zuji-js-tabs-refuse")
    with Wire(server.port) as wire:
        shop.put("/refusing", html(tag(wire, keys)))
        context = shop.visitor()
        one, other = (enter(context, f"{shop.url}/refusing") for _ in range(2))
        other.evaluate("zuji.track('Before')")
        assert_all_arrived_once(server, keys, {"track": 1})
        one.evaluate("zuji.consent({analytics: false})")
        other.evaluate("zuji.track('Between'); zuji.identify('nobody')")
        assert other.evaluate("zuji.anonymousId()") is None
        one.evaluate("zuji.consent({analytics: true})")
        other.evaluate("zuji.track('After')")
        assert_all_arrived_once(server, keys, {"track": 3})
        named = [(each["event"], each["context"].get("purposes")) for each in wire.messages.values()]
        assert sorted(named) == [("$consent", ["analytics"]), ("After", ["analytics"]), ("Before", None)]
        assert len({each["anonymousId"] for each in wire.messages.values()}) == 2
        context.close()


def test_global_privacy_control_takes_the_purposes_away_that_it_forbids(server: Bookkeeper, shop: Shop):
    keys = server.new_source("zuji-js-gpc")
    with Wire(server.port) as wire:
        shop.put("/gpc", html(tag(wire, keys)))
        context = shop.visitor()
        context.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})")
        page = enter(context, f"{shop.url}/gpc")
        page.evaluate("zuji.track('Item Viewed')")
        assert_all_arrived_once(server, keys, {"track": 1})
        page.evaluate("zuji.consent({analytics: true, marketing: true, personalisation: true})")
        assert_all_arrived_once(server, keys, {"track": 2})
        assert [each["context"]["purposes"] for each in wire.ordered] == [
            ["analytics", "service", "risk"],
            ["analytics"],
        ]
        context.close()
