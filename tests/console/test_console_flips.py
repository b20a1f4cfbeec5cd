"""Changes of a tag are followed while its page is seen, and the page says so when they cannot be."""

from __future__ import annotations

from typing import Any

import pytest
from console_world import Office, go, signed_in, until

pytestmark = pytest.mark.browser
HIDE = """hidden => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def published(office: Office, key: str) -> None:
    """A tag of the people who flipped, which the engine keeps."""
    rule = {"when": {"measure": "count", "event": "Flip Made", "op": "gte", "value": 1}}
    tag = {"key": key, "name": {"en": key, "zh": key}, "family": "value_tier", "rule": rule}
    with office.api() as api:
        made = api.post("/tags", json=tag)
        assert made.status_code == 201, made.text
        api.post(f"/tags/{key}/publish").raise_for_status()


def test_a_page_that_nobody_sees_holds_no_line_and_takes_it_up_again(browser: Any, office: Office) -> None:
    published(office, "flip_hidden")
    begun: list[str] = []
    ended: list[str] = []
    with signed_in(browser, office, "/tags") as page:
        page.on("request", lambda one: begun.append(one.url) if "/changes/stream" in one.url else None)
        for over in ("requestfailed", "requestfinished"):
            page.on(over, lambda one: ended.append(one.url) if "/changes/stream" in one.url else None)
        go(page, office, "/tags/flip_hidden")
        until(lambda: page.wait_for_timeout(100) or len(begun) == 1)
        page.evaluate(HIDE, True)
        until(lambda: page.wait_for_timeout(100) or len(ended) == 1)
        page.evaluate(HIDE, False)
        until(lambda: page.wait_for_timeout(100) or len(begun) == 2)
        assert len(ended) == 1


def test_a_line_that_is_refused_is_told_and_tried_again(browser: Any, office: Office) -> None:
    published(office, "flip_refused")
    with signed_in(browser, office, "/tags", language="zh") as page:
        page.route("**/changes/stream*", lambda route: route.fulfill(status=503, body="{}"))
        go(page, office, "/tags/flip_refused")
        page.get_by_text("暂时无法实时显示变化").wait_for()
        page.unroute("**/changes/stream*")
        page.get_by_text("暂时无法实时显示变化").wait_for(state="detached")
