"""Our own script asks the visitor a question, under a strict policy, once; the answer is an event."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from bookkeeper import Bookkeeper
from browser_shop import OPTIONS, Shop, Wire, enter, html, open_shop, wait_until
from survival import assert_all_arrived_once

pytestmark = [pytest.mark.sdk, pytest.mark.browser]

CHOOSE = {
    "id": "price",
    "question": "Is tea too dear?",
    "choices": ["Yes", "No <b>"],
    "event": "Left Cart",
    "path": "/t",
}
WRITE = {"id": "why", "question": "你为什么来？", "afterSeconds": 0.2, "send": "发送"}


@pytest.fixture(scope="module")
def shop(browser: Any, server: Bookkeeper) -> Iterator[Shop]:
    with open_shop(browser, server) as shop:
        yield shop


def put(shop: Shop, wire: Wire, path: str, write_key: str, **options: Any) -> None:
    """A page whose policy allows scripts by nonce alone, and no style of anybody's."""
    told = json.dumps({**OPTIONS, **options}).replace("'", "&#39;")
    tag = f"<script nonce=n src='{wire.url}/sdk/zuji.js' data-key='{write_key}' data-options='{told}'></script>"
    policy = f"default-src 'none'; script-src 'nonce-n'; connect-src {wire.url}"
    shop.put(path, html(tag), Content_Security_Policy=policy)


def test_a_question_is_asked_once_after_its_event_and_the_choice_is_an_event(server: Bookkeeper, shop: Shop):
    keys = server.new_source("zuji-js-survey")
    with Wire(server.port) as wire:
        put(shop, wire, "/tea", keys.write_key, surveys=[CHOOSE], automatic={"frustration": False, "dwell": False})
        context = shop.visitor()
        complaints: list[str] = []
        context.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page = enter(context, f"{shop.url}/tea")
        page.wait_for_function("window.zujiSurveys && !Array.isArray(window.zujiSurveys)")
        assert page.get_by_role("dialog").count() == 0
        page.evaluate("zuji.track('Left Cart')")
        page.get_by_role("dialog", name="Is tea too dear?").get_by_role("button", name="No <b>").click()
        wait_until(page, lambda: bool(wire.named("$survey_answered")), "the answer")
        [answer] = wire.named("$survey_answered")
        assert answer["properties"] == {"$survey": "price", "$question": "Is tea too dear?", "$answer": "No <b>"}
        assert page.get_by_role("dialog").count() == 0
        page.reload()
        page.wait_for_function("window.zujiSurveys && !Array.isArray(window.zujiSurveys)")
        page.evaluate("zuji.track('Left Cart')")
        page.wait_for_timeout(1000)
        assert page.get_by_role("dialog").count() == 0
        assert wire.named("$click") == []  # the card is not the page's
        assert [text for text in complaints if "favicon" not in text] == []
        context.close()


def test_a_text_is_asked_for_where_there_is_nothing_to_choose_and_escape_closes(server: Bookkeeper, shop: Shop):
    keys = server.new_source("zuji-js-survey-text")
    with Wire(server.port) as wire:
        put(shop, wire, "/write", keys.write_key, surveys=[WRITE, WRITE | {"id": "again", "event": "$survey_answered"}])
        context = shop.visitor()
        page = enter(context, f"{shop.url}/write")
        page.get_by_role("textbox", name="你为什么来？").fill("为了茶")
        page.get_by_role("button", name="发送").click()
        page.get_by_role("dialog").wait_for()
        page.keyboard.press("Escape")
        assert_all_arrived_once(server, keys, {"track": 4})
        told = [(each["event"], each["properties"].get("$answer")) for each in wire.ordered]
        shown, closed = ("$survey_shown", None), ("$survey_closed", None)
        assert told == [shown, ("$survey_answered", "为了茶"), shown, closed]
        context.close()


def test_who_may_not_be_recorded_is_not_asked(server: Bookkeeper, shop: Shop):
    keys = server.new_source("zuji-js-survey-consent")
    with Wire(server.port) as wire:
        put(shop, wire, "/shy", keys.write_key, surveys=[CHOOSE | {"path": "/"}], consent="required")
        context = shop.visitor()
        page = enter(context, f"{shop.url}/shy")
        page.wait_for_function("window.zujiSurveys && !Array.isArray(window.zujiSurveys)")
        page.evaluate("zuji.track('Left Cart')")
        page.wait_for_timeout(500)
        assert (page.get_by_role("dialog").count(), page.evaluate("localStorage.length")) == (0, 0)
        page.evaluate("zuji.consent({analytics: true}); zuji.track('Left Cart', {again: true})")
        page.get_by_role("dialog").wait_for()
        context.close()
