"""What our own script notices by itself, seen from the wire and from the questions that read it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from bookkeeper import Bookkeeper
from browser_shop import Shop, Wire, enter, html, open_shop, tag, wait_until

pytestmark = [pytest.mark.sdk, pytest.mark.browser]

PAGE = """<main style="height:3000px"><div class="card" data-sku="A1"><h2>Tea pot</h2>
<button id="buy" class="btn big" onclick="document.title = 'Bought'"><span>Buy now</span></button></div>
<button id="dead">Nothing</button> <div id="host"></div></main>
<script>host.attachShadow({mode: 'open'}).innerHTML = '<button id="within">Within</button>'</script>"""

MEASURES = ("element_left", "element_top", "element_width", "element_height", "viewport_width", "page_height")
WHERE = """() => {
  const { left, top, width, height } = document.querySelector('#buy span').getBoundingClientRect()
  return [left + scrollX, top + scrollY, width, height, innerWidth, document.documentElement.scrollHeight]
}"""


@pytest.fixture(scope="module")
def shop(browser: Any, server: Bookkeeper) -> Iterator[Shop]:
    with open_shop(browser, server) as shop:
        yield shop


def test_a_click_tells_its_chain_its_selector_and_its_place_and_the_heat_map_shows_it(server: Bookkeeper, shop: Shop):
    keys = server.new_source("zuji-js-clicks")
    with Wire(server.port) as wire:
        shop.put("/clicks", html(tag(wire, keys, automatic={"frustration": False}), PAGE))
        context = shop.visitor()
        page = enter(context, f"{shop.url}/clicks")
        page.click("#buy span")
        page.click("#within")
        wait_until(page, lambda: len(wire.named("$click")) == 2, "two clicks")
        bought, within = (each["properties"] for each in wire.named("$click"))
        assert (bought["$el_text"], bought["$element_selector"]) == ("Buy now", "#buy > span:nth-of-type(1)")
        assert [each["tag_name"] for each in bought["$elements"]] == ["span", "button", "div", "main", "body"]
        assert bought["$elements"][1] == {
            "tag_name": "button", "nth_child": 2, "nth_of_type": 1, "classes": ["btn", "big"], "attr__id": "buy",
        }  # fmt: skip
        assert bought["$elements"][2]["attr__data-sku"] == "A1"
        assert (bought["$x"], bought["$y"]) == (pytest.approx(0.5, abs=0.1), pytest.approx(0.5, abs=0.1))
        assert (within["$el_text"], within["$element_selector"]) == ("Within", "#within")
        at = page.evaluate(WHERE)
        told = [bought[f"${name}"] for name in MEASURES]
        assert told == pytest.approx(at, abs=20)  # a scroll bar has a width
        assert told[5] > 3000
        wait_until(page, lambda: server.count(keys, event="$click") == 2, "two stored clicks")
        asked = {"kind": "heat_map", "question": {"page": "/clicks", "date_from": "-1d"}}
        answer = server.ask("POST", f"/api/v1/questions/run?workspace={keys.workspace}&fresh=true", asked)["answer"]
        shown = {each["element"]: (each["clicks"], len(each["cells"])) for each in answer["elements"]}
        assert shown == {"#buy > span:nth-of-type(1)": (1, 1), "#within": (1, 1)}
        context.close()


def test_views_of_a_single_page_app_are_told_apart_and_tokens_taken_out_are_no_view(server: Bookkeeper, shop: Shop):
    keys = server.new_source("zuji-js-routes")
    with Wire(server.port) as wire:
        shop.put("/app", html(tag(wire, keys, automatic={"dwell": False})))
        context = shop.visitor()
        page = enter(context, f"{shop.url}/app?code=abc")
        page.evaluate("history.replaceState({}, '', '/app')")
        for path, title in (("/app/tea", "Tea"), ("/app/pots", "Pots")):
            page.evaluate(
                "([path, title]) => { history.pushState({}, '', path); document.title = title }", [path, title]
            )
            page.wait_for_timeout(100)
        page.evaluate("history.back()")
        wait_until(page, lambda: len(wire.named("page")) == 4, "four views")
        told = [each["context"]["page"] for each in wire.named("page")]
        assert [each["path"] for each in told] == ["/app", "/app/tea", "/app/pots", "/app/tea"]
        assert [each["title"] for each in told[:3]] == ["Shop", "Tea", "Pots"]
        assert [each["referrer"].removeprefix(shop.url) for each in told[1:]] == ["/app", "/app/tea", "/app/pots"]
        context.close()


def test_visible_time_depth_and_speed_are_told_when_a_view_is_left(server: Bookkeeper, shop: Shop):
    keys = server.new_source("zuji-js-dwell")
    with Wire(server.port) as wire:
        shop.put("/read", html(tag(wire, keys, automatic=True), PAGE))
        shop.put("/after", html(""))
        context = shop.visitor()
        page = enter(context, f"{shop.url}/read")
        page.wait_for_timeout(700)
        page.evaluate("scrollTo(0, 1e6)")
        page.wait_for_timeout(300)
        page.goto(f"{shop.url}/after")
        wait_until(page, lambda: bool(wire.named("$dwell") and wire.named("$performance")), "the farewell")
        [dwell], [speed] = wire.named("$dwell"), wire.named("$performance")
        assert dwell["context"]["page"]["path"] == "/read"
        assert dwell["properties"]["$scroll_depth"] == 100
        assert dwell["properties"]["$dwell_ms"] >= 900
        assert {"$ttfb_ms", "$fcp_ms"} <= set(speed["properties"])
        context.close()


def test_rage_and_dead_clicks_and_errors_are_noticed(server: Bookkeeper, shop: Shop):
    keys = server.new_source("zuji-js-rage")
    with Wire(server.port) as wire:
        shop.put("/rage", html(tag(wire, keys, automatic=True), PAGE))
        context = shop.visitor()
        page = enter(context, f"{shop.url}/rage")
        page.click("#buy", click_count=4, delay=5)
        page.wait_for_timeout(100)
        page.click("#dead")
        page.evaluate("setTimeout(() => { throw new TypeError('no tea') }); Promise.reject(new Error('no pot')); 0")
        wait_until(page, lambda: bool(wire.named("$dead_click")), "the dead click")
        [rage], [dead] = wire.named("$rage_click"), wire.named("$dead_click")
        raged = (rage["properties"]["$target_selector"], rage["properties"]["$clicks"])
        assert raged == ("#buy > span:nth-of-type(1)", 3)
        assert dead["properties"]["$target_selector"] == "#dead"
        errors = {(each["properties"]["$kind"], each["properties"]["$message"]) for each in wire.named("$error")}
        assert errors == {("error", "Uncaught TypeError: no tea"), ("rejection", "no pot")}
        context.close()


def test_what_is_switched_off_is_not_noticed(server: Bookkeeper, shop: Shop):
    keys = server.new_source("zuji-js-off")
    with Wire(server.port) as wire:
        off = dict.fromkeys(("pages", "clicks", "forms", "dwell", "frustration", "performance", "errors"), False)
        shop.put("/off", html(tag(wire, keys, automatic=off), PAGE))
        context = shop.visitor()
        page = enter(context, f"{shop.url}/off")
        page.click("#buy", click_count=4, delay=5)
        page.evaluate("setTimeout(() => { throw new Error('off') }); zuji.track('On')")
        page.goto("about:blank")
        wait_until(page, lambda: bool(wire.named("On")), "the call")
        assert {each.get("event") for each in wire.messages.values()} == {"On"}
        context.close()
