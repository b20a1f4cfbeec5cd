"""Every page of the console does its main job in Chromium, in Chinese and in English, and text stays text."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from console_world import LANGUAGES, PASSWORD, Office, go, open_page, settled, signed_in, until

pytestmark = pytest.mark.browser
SAID = {
    "en": {"welcome": "Welcome to zuji", "wrong": "wrong", "live": "Live", "out": "Sign out", "holds": "holds"},
    "zh": {"welcome": "欢迎使用足迹", "wrong": "不正确", "live": "实时", "out": "退出登录", "holds": "满足"},
}
HOSTILE = '<img src=x onerror="window.broken=1"><b>bold</b>'
PHONE = {"width": 390, "height": 844}
PLACES = ("/", "/live", "/people", "/tags", "/tags/new", "/segments", "/data", "/data/points", "/data/quarantine")
PLACES += ("/operate/users",)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_invitation_becomes_an_account_that_signs_out_and_in_again(
    browser: Any, office: Office, language: str
) -> None:
    login = office.new_login()
    with open_page(browser, office, language=language) as page:
        page.goto(office.invitation())
        page.get_by_role("heading", name=SAID[language]["welcome"]).wait_for()
        page.fill("#name", "Ada")
        page.fill("#login", login)
        page.fill("#password", PASSWORD)
        page.click("button[type=submit]")
        page.wait_for_selector("main h1")
        assert "code=" not in page.url
        page.locator(".top button").last.click()
        page.get_by_role("menuitem", name=SAID[language]["out"]).click()
        page.wait_for_selector("#password")
        page.fill("#login", login)
        page.fill("#password", "not my password")
        page.click("button[type=submit]")
        page.get_by_role("alert").filter(has_text=SAID[language]["wrong"]).wait_for()
        page.fill("#password", PASSWORD)
        inside = page.get_by_role("link", name=SAID[language]["live"], exact=True)
        for _ in range(30):  # after a wrong password the next try may be told to wait
            page.click("button[type=submit]")
            page.wait_for_timeout(1_000)
            if inside.count():
                break
        inside.wait_for()


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_event_appears_live_with_what_was_done_to_it_and_leads_to_its_person(
    browser: Any, office: Office, language: str
) -> None:
    user, event = f"live-{language}", f"Teapot Seen {language}"
    with signed_in(browser, office, "/live", language=language) as page:
        office.track(event, user)
        row = page.locator(".trace").filter(has_text=event).first
        row.get_by_role("button").click()
        page.locator(".trace-stages").first.wait_for()
        row.get_by_role("link").click()
        page.get_by_role("heading", name=user).wait_for()


def test_a_person_is_found_by_any_identifier_merged_with_another_and_the_merge_is_undone(
    browser: Any, office: Office
) -> None:
    office.track("Order Completed", "merge-one", total=20)
    office.track("Order Completed", "merge-two", total=30)
    office.wait_stored()
    with signed_in(browser, office, "/people") as page:
        page.get_by_role("searchbox").fill("merge-one")
        page.keyboard.press("Enter")
        page.get_by_role("link", name="merge-one").click()
        page.get_by_role("button", name="Merge with another").click()
        page.get_by_label("The other one").fill("user_id:merge-two")
        page.get_by_role("dialog").get_by_role("button", name="Merge").click()
        page.get_by_text("Merged.").wait_for()
        until(lambda: held_by(office, "merge-one") == {"merge-one", "merge-two"})
        page.get_by_text("merge-two", exact=True).first.wait_for()
        page.get_by_role("button", name="Undo").click()
        until(lambda: held_by(office, "merge-one") == {"merge-one"})
        until(lambda: held_by(office, "merge-two") == {"merge-two"})


def held_by(office: Office, user: str) -> set[str]:
    """The user ids of somebody, as the API tells them."""
    with office.api() as api:
        found = api.get(f"/profiles/user_id:{user}", params={"fresh": "true"}).raise_for_status().json()
    return {one["value"] for one in found["identifiers"] if one["type"] == "user_id"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_tag_is_written_by_conditions_published_and_flips_with_the_next_event(
    browser: Any, office: Office, language: str
) -> None:
    event, user, key = f"Cup Turned {language}", f"flip-{language}", f"cup_turned_{language}"
    office.track(event, f"other-{language}")
    office.wait_stored()
    with signed_in(browser, office, "/tags/new", language=language) as page:
        page.fill("#name-en", key.replace("_", " "))
        page.fill("#name-zh", "转了杯子")
        page.locator(".condition input[type=search], .condition .ant-select-auto-complete input").first.fill(event)
        page.locator(".card .figure .value").filter(has_text="1").wait_for()
        page.locator(".page-head .ant-btn-primary").click()
        page.wait_for_url(f"**/tags/{key}")
        page.locator(".versions li").first.wait_for()
        office.track(event, user)
        until(lambda: tag_of(office, user, key))
        go(page, office, f"/people/user_id:{user}")
        page.locator(".holdings").first.get_by_role("button").first.click()
        page.locator(".reason").filter(has_text=SAID[language]["holds"]).filter(has_text=event).wait_for()


def tag_of(office: Office, user: str, key: str) -> Any:
    """The value somebody has of a tag, if any."""
    with office.api() as api:
        found = api.get(f"/profiles/user_id:{user}", params={"fresh": "true"})
    return found.json()["tags"].get(key, {}).get("value") if found.is_success else None


def test_what_somebody_sent_is_shown_as_text_wherever_it_appears(browser: Any, office: Office) -> None:
    user = f"hostile{HOSTILE}"
    traits = {"name": HOSTILE, "city": HOSTILE}
    with httpx.Client(
        base_url=office.server.url, auth=(office.server.write_key, ""), trust_env=False, timeout=60
    ) as gateway:
        gateway.post("/v1/identify", json={"userId": user, "traits": traits}).raise_for_status()
    office.track(HOSTILE, user, **{HOSTILE: HOSTILE, "page_title": HOSTILE})
    office.wait_stored()
    with signed_in(browser, office, "/live") as page:
        page.locator(".trace").filter(has_text=HOSTILE).first.wait_for()
        page.locator(".trace a").first.click()
        page.get_by_role("heading", name=HOSTILE).wait_for()
        page.locator(".moment button").first.click()
        page.locator(".moment-facts").filter(has_text=HOSTILE).wait_for()
        assert page.evaluate("window.broken") is None
        assert page.locator("main img, main dd b").count() == 0


def test_a_role_sees_only_what_it_may_and_is_told_so_in_words(browser: Any, office: Office) -> None:
    with signed_in(browser, office, "/", role="viewer") as page:
        menu = page.get_by_role("navigation").first
        assert menu.get_by_role("link", name="Live").count() == 1
        assert menu.get_by_role("link", name="People").count() == 0
        go(page, office, "/people")
        page.get_by_text("Your role does not include this").wait_for()
        go(page, office, "/tags")
        assert page.get_by_role("button", name="New tag").count() == 0


def test_every_page_can_be_read_on_a_phone(browser: Any, office: Office) -> None:
    with signed_in(browser, office, "/", viewport=PHONE) as page:
        for place in PLACES:
            go(page, office, place)
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], place
        page.get_by_role("button", name="Open the menu").click()
        page.get_by_role("dialog").get_by_role("link", name="Live").click()
        page.get_by_role("heading", name="Live").wait_for()


def test_what_was_being_written_is_there_again_after_the_page_was_left(browser: Any, office: Office) -> None:
    with signed_in(browser, office, "/tags/new") as page:
        page.fill("#name-en", "Half a thought")
        until(lambda: "Half a thought" in page.evaluate("JSON.stringify(localStorage)"))
        page.reload()
        settled(page)
        assert page.input_value("#name-en") == "Half a thought"
        page.get_by_role("button", name="Discard them").click()
        until(lambda: page.input_value("#name-en") == "")
