"""A visual event from end to end: clicks on a customer's page, an element pointed at, published in the console."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from console_world import LANGUAGES, Office, go, signed_in, until
from customer_site import PERSON, served

pytestmark = pytest.mark.browser
SAID = {
    "en": {"open": "Open on a page", "address": "Address of the page", "go": "Open the page", "overlay": "Visual event"}
    | {"path": "Pages (", "en": "Name in English", "zh": "Name in Chinese", "save": "Save the draft"}
    | {"saved": "Saved as a draft", "draft": "draft", "publish": "Publish", "published": "version 1"}
    | {"figures": "2 clicks by 1 people", "close": "Close", "ask": "Ask"},
    "zh": {"open": "在页面上定义", "address": "页面地址", "go": "打开页面", "overlay": "可视化事件"}
    | {"path": "页面路径", "en": "英文名称", "zh": "中文名称", "save": "保存草稿"}
    | {"saved": "已存为草稿", "draft": "草稿", "publish": "发布", "published": "第 1 版"}
    | {"figures": "最近 7 天 2 次点击，1 人", "close": "关闭", "ask": "分析"},
}
BODY = """<main><h1>Tea</h1><div class=card><button data-track="buy-{0}" onclick="window.bought = true">
<span>Buy now</span></button></div><a href="#help" id=help>Help</a></main>"""
POLICY = "default-src 'none'; script-src 'nonce-n'; script-src-attr 'unsafe-inline'; connect-src {0}"


@contextmanager
def a_site(office: Office, language: str) -> Iterator[str]:
    """A customer's page on another origin, with the SDK and a policy that allows only that."""
    options = '{"robots": "send", "automatic": {"dwell": false, "frustration": false, "performance": false}}'
    source = f"src='{office.server.url}/sdk/zuji.js' data-key='{office.server.write_key}'"
    tag = f"<script nonce=n {source} data-options='{options}'></script>"
    # What another SDK would see of the address, if it looked when it is loaded after ours.
    witness = "<script nonce=n>window.seen = location.href</script>"
    html = f"<!doctype html><html><head><meta charset=utf-8><title>Shop</title>{tag}{witness}</head>"
    page = f"{html}<body>{BODY.format(language)}</body></html>"
    with served(page, content_security_policy=POLICY.format(office.server.url)) as address:
        yield address


def clicks(office: Office) -> int:
    """How many clicks are stored, those just sent included."""
    with office.api(fresh="true") as api:
        found: int = api.get("/events/count", params={"event": "$click"}).raise_for_status().json()["count"]
    return found


def visit(page: Any, office: Office, address: str, user: str) -> None:
    """Somebody clicks: help once, the button twice."""
    before = clicks(office)
    page.goto(address)
    page.wait_for_function("window.zuji && window.zuji.ready")
    page.evaluate(f"zuji.identify('{user}')")
    page.locator("#help").click()
    page.locator("button span").click()
    page.locator("button").click()
    page.evaluate("zuji.flush()")
    until(lambda: clicks(office) == before + 3)


@pytest.mark.parametrize("language", LANGUAGES)
def test_pointing_at_an_element_makes_an_event_that_a_funnel_finds_in_the_past(
    browser: Any, office: Office, language: str
) -> None:
    said, key = SAID[language], f"buy_{language}"
    with a_site(office, language) as site, signed_in(browser, office, "/data/visual", language=language) as console:
        shop = console.context.browser.new_context(user_agent=PERSON)
        visit(shop.new_page(), office, f"{site}/product/{language}", f"visual-{language}")
        shop.close()
        code = draft(console, site, said, key, language)
        row = console.get_by_role("row").filter(has_text=key)
        row.get_by_text(said["draft"], exact=True).wait_for()
        row.locator(".visual-trend b").filter(has_text=re.compile("^2$")).wait_for()
        row.get_by_role("button", name=re.compile(spaced(said["publish"]))).click()
        console.locator(".ant-popover").get_by_role("button", name=re.compile(spaced(said["publish"]))).click()
        row.get_by_text(said["published"], exact=True).wait_for()
        row.get_by_role("link", name=said["ask"], exact=True).click()
        console.wait_for_selector("[data-answered=trend]")
        assert f"visual:{key}" in console.evaluate("decodeURIComponent(location.hash)")
        assert steps(office, key) == [1, 1]
        again = console.context.new_page()
        again.goto(f"{site}/product/{language}#zuji_overlay={code}")
        again.get_by_text("This link is used or over").wait_for()  # in the browser's language: nobody is known
        again.close()
        go(console, office, "/data/visual")


def draft(console: Any, site: str, said: dict[str, str], key: str, language: str) -> str:
    """Open the page from the console, point at the icon in the button, save. Gives the code that was used."""
    console.get_by_role("button", name=said["open"]).first.click()
    console.get_by_label(said["address"]).fill(f"{site}/product/{language}")
    with console.context.expect_page() as opening:
        console.get_by_role("dialog").get_by_role("button", name=said["go"]).click()
    page = opening.value
    page.set_default_timeout(60_000)
    overlay = page.get_by_role("dialog", name=said["overlay"])
    overlay.get_by_role("button", name="Esc").wait_for()
    assert "zuji_overlay" not in page.url
    assert "zuji_overlay" not in page.evaluate("window.seen")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or "") if "/v1/batch" in request.url else None)
    place = page.locator("button span").bounding_box()
    page.mouse.move(place["x"] + 3, place["y"] + 3)
    page.mouse.click(place["x"] + 3, place["y"] + 3)
    overlay.get_by_text(f'[data-track="buy-{language}"]').first.wait_for()
    overlay.get_by_text(said["figures"]).wait_for()
    assert overlay.get_by_role("radio").first.is_checked()
    overlay.get_by_label(said["path"]).fill("/product/*")
    overlay.get_by_label(said["en"]).fill(key.replace("_", " "))
    overlay.get_by_label(said["zh"]).fill("立即购买")
    overlay.get_by_text(said["figures"]).wait_for()
    overlay.get_by_role("button", name=said["save"]).click()
    overlay.get_by_text(said["saved"]).wait_for()
    assert page.evaluate("window.bought") is None  # what is picked is not clicked
    overlay.get_by_role("button", name=said["close"], exact=True).click()
    page.evaluate("zuji.flush()")
    assert [body for body in sent if "$click" in body] == []
    page.close()
    link = console.get_by_role("dialog").locator("a").get_attribute("href")
    console.keyboard.press("Escape")
    return str(link).split("zuji_overlay=")[1]


def steps(office: Office, key: str) -> list[int]:
    """How many people clicked help and then what was pointed at, all before it was an event."""
    language = key.split("_")[1]
    where = [
        {"property": "$url_path", "op": "equals", "value": f"/product/{language}"},
        {"property": "$elements", "op": "on_element", "value": "#help"},
    ]
    question = {"steps": [{"event": "$click", "where": where}, {"event": f"visual:{key}"}], "date_from": "-1d"}
    with office.api(fresh="true") as api:
        answer = api.post("/questions/run", json={"kind": "funnel", "question": question}).raise_for_status().json()
    return [one["count"] for one in answer["answer"]["steps"]]


def spaced(text: str) -> str:
    """Ant Design puts a blank between two Chinese signs of a button."""
    return r"^\s*" + r"\s?".join(text) + r"\s*$" if len(text) == 2 else f"^{text}$"
