"""A Chinese page says in Chinese what the server says in English, and keeps the server's words to open."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from console_world import Office, signed_in, until

pytestmark = pytest.mark.browser
SENTENCE = re.compile(r"\b[A-Za-z]+ [a-z]+ [a-z]+ [a-z]+\b")
"""Four English words on end: names of things have fewer."""


def shown(page: Any) -> str:
    """What can be read on the page without opening anything."""
    text: str = page.locator("main").inner_text()
    return text


def send(office: Office, *events: dict[str, Any]) -> None:
    """One batch through the gateway, stored."""
    with httpx.Client(
        base_url=office.server.url, auth=(office.server.write_key, ""), trust_env=False, timeout=60
    ) as gateway:
        gateway.post("/v1/batch", json={"batch": list(events)}).raise_for_status()
    office.wait_stored()


def test_a_refusal_is_told_in_chinese_with_the_words_of_the_server_to_open(browser: Any, office: Office) -> None:
    with signed_in(browser, office, "/people/user_id:words-nobody", language="zh") as page:
        page.get_by_text("当前项目中没有该内容").wait_for()
        assert not SENTENCE.search(shown(page)), shown(page)
        page.get_by_text("服务器原文").click()
        page.get_by_text("nobody has user_id:words-nobody in this workspace.").wait_for()


def test_an_alarm_is_told_in_chinese_and_names_its_source(browser: Any, office: Office) -> None:
    event = {"type": "track", "event": "Words Sold", "userId": "words-alarm"}
    for number in range(6):
        send(office, *({**event, "properties": {"price": number + one / 10}} for one in range(10)))
    send(office, *({**event, "properties": {"price": "free"}} for _ in range(10)))
    with office.api() as api:
        until(lambda: [one for one in api.get("/health").json()["alarm_facts"] if one["event"] == "Words Sold"])
    with signed_in(browser, office, "/operate", language="zh") as page:
        page.get_by_text("数据源“tests”的事件 Words Sold 的属性 price 类型已改变。").first.wait_for()
        assert "type changed" not in shown(page)


@pytest.mark.parametrize(("language", "said"), [("en", "without a usable time"), ("zh", "没有可用的发生时间")])
def test_what_was_noticed_about_an_event_is_explained_in_words(
    browser: Any, office: Office, language: str, said: str
) -> None:
    user = f"words-flags-{language}"
    send(office, {"type": "track", "event": "Words Timeless", "userId": user})
    with signed_in(browser, office, f"/people/user_id:{user}", language=language) as page:
        row = page.locator(".moment").filter(has_text="Words Timeless")
        row.get_by_role("button").click()
        row.locator(".noticed").filter(has_text=said).wait_for()
        assert "time_guessed" not in shown(page)


def test_what_every_stage_did_is_told_in_chinese(browser: Any, office: Office) -> None:
    with signed_in(browser, office, "/live", language="zh") as page:
        office.track("Words Staged", "words-staged")
        row = page.locator(".trace").filter(has_text="Words Staged").first
        row.get_by_role("button").click()
        row.locator(".trace-stages").filter(has_text="首次收到").filter(has_text="客户 #").wait_for()
        assert not re.search("seen before|nothing to mend|person|no usable time", row.inner_text())
