"""One person's page, whole: the evidence drawn and as a table, what was refused, and what the person allows."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from console_world import LANGUAGES, Office, go, signed_in, until

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
GRID_TOP, GRID_BOTTOM = 8, 24
"""Of the drawing: above and below its rows."""
SAID = {
    "en": {"graph": "Identity graph", "rule": "a sign-in", "strong": "strong", "weak": "weak", "past": "past",
           "times": "2×", "marketing": "Marketing", "allowed": "allowed", "refused": "not allowed",
           "event": "said by event"},
    "zh": {"graph": "身份图谱", "rule": "登录识别", "strong": "强", "weak": "弱", "past": "已过去",
           "times": "2 次", "marketing": "营销", "allowed": "已允许", "refused": "未允许", "event": "依据事件"},
}  # fmt: skip


def identify(office: Office, user: str, anonymous: str) -> None:
    """A sign-in, as a page sends it."""
    with httpx.Client(
        base_url=office.server.url, auth=(office.server.write_key, ""), trust_env=False, timeout=60
    ) as gateway:
        gateway.post("/v1/identify", json={"userId": user, "anonymousId": anonymous}).raise_for_status()


def evidence_of(office: Office, user: str) -> list[dict[str, Any]]:
    with office.api(fresh="true") as api:
        found = api.get("/identity/evidence", params={"of": f"user_id:{user}"}).raise_for_status().json()
    links: list[dict[str, Any]] = found["links"]
    return links


def faults(page: Any) -> list[str]:
    """What axe holds to be serious."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in ("serious", "critical")]


def in_drawer(page: Any, click: Any) -> Any:
    """The drawer that a click opens; a drawing comes in late, so the click is repeated until it hits."""
    drawer = page.locator(".ant-drawer-section, .ant-drawer-content")

    def opened() -> bool:
        click()
        page.wait_for_timeout(500)
        return bool(drawer.count())

    until(opened)
    drawer.wait_for()
    return drawer


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_line_of_the_drawing_opens_its_evidence(browser: Any, office: Office, language: str) -> None:
    words, user = SAID[language], f"graph-line-{language}"
    for _ in range(2):
        identify(office, user, f"cookie of {user}")
    [link] = evidence_of(office, user)
    with signed_in(browser, office, f"/people/user_id:{user}", language=language) as page:
        page.get_by_role("heading", name=words["graph"]).wait_for()
        drawing = page.locator(".identity-graph .chart")
        drawing.locator("canvas").wait_for()
        box = drawing.bounding_box()
        # Two identifiers are a column each, in the middle: so is the line between them.
        middle = {"x": box["width"] / 2, "y": GRID_TOP + (box["height"] - GRID_TOP - GRID_BOTTOM) / 2}
        drawer = in_drawer(page, lambda: drawing.click(position=middle))
        drawer.get_by_text(words["rule"], exact=True).first.wait_for()
        drawer.get_by_text(words["times"], exact=True).wait_for()
        drawer.get_by_text(words["strong" if link["key"] == "secret" else "weak"]).first.wait_for()
        drawer.locator(".chain li").filter(has_text=user).wait_for()


@pytest.mark.parametrize(("language", "theme"), [("en", "dark"), ("zh", "light")])
def test_what_moved_on_is_told_as_past_in_the_table_and_by_keys(
    browser: Any, office: Office, language: str, theme: str
) -> None:
    words, user, other = SAID[language], f"graph-past-{language}", f"graph-next-{language}"
    identify(office, user, f"shared {language}")
    evidence_of(office, user)
    identify(office, other, f"shared {language}")
    assert {one["standing"] for one in evidence_of(office, user)} == {"past", "elsewhere"}
    with signed_in(browser, office, f"/people/user_id:{user}", language=language, theme=theme) as page:
        row = page.locator(".identity-graph tbody tr").filter(has_text=user)
        row.get_by_text(words["past"], exact=True).wait_for()
        row.get_by_role("button").focus()
        page.keyboard.press("Enter")
        page.locator(".ant-drawer .pill.warn").get_by_text(words["past"], exact=True).wait_for()
        page.wait_for_timeout(400)  # what moves into place has another contrast meanwhile
        assert faults(page) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_consent_is_told_by_purpose_with_the_event_that_said_so(browser: Any, office: Office, language: str) -> None:
    words, user = SAID[language], f"consent-{language}"
    office.track("Consent Given", user, **{"$purposes": ["analytics", "service"]})
    office.wait_stored()
    with office.api(fresh="true") as api:
        told = api.get(f"/profiles/user_id:{user}").raise_for_status().json()["consent"]["marketing"]
    assert told["granted"] is False
    with signed_in(browser, office, f"/people/user_id:{user}", language=language) as page:
        purpose = page.locator(".consent li").filter(has_text=words["marketing"])
        purpose.get_by_text(words["refused"], exact=True).wait_for()
        purpose.filter(has_text=words["event"]).filter(has_text=told["event_id"]).wait_for()
        assert page.locator(".consent .pill.on").filter(has_text=words["allowed"]).count() == 2


def test_the_whole_page_fits_a_phone(browser: Any, office: Office) -> None:
    for number in range(4):
        identify(office, "graph-phone", f"a rather long cookie of a telephone, number {number}")
    evidence_of(office, "graph-phone")
    with signed_in(browser, office, "/people/user_id:graph-phone", viewport=PHONE) as page:
        page.locator(".identity-graph canvas").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_somebody_who_is_known_by_one_identifier_is_told_so(browser: Any, office: Office) -> None:
    office.track("Graph Alone", "graph-alone")
    office.wait_stored()
    with signed_in(browser, office, "/", language="zh") as page:
        go(page, office, "/people/user_id:graph-alone")
        page.get_by_text("暂无证据将该标识与其他标识关联").wait_for()
        assert page.locator(".identity-graph canvas").count() == 0
