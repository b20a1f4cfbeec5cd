"""Collection points in the console: a place is confirmed, another dismissed, and what is lost on the way is told."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from console_world import LANGUAGES, Office, open_page, settled, signed_in, until

pytestmark = pytest.mark.browser
SAID = {
    "en": {
        "confirm": "Confirm", "dismiss": "Dismiss", "remove": "Remove", "live": "Live", "missing": "Missing",
        "lost": "Lost on the way", "coverage": "Coverage",
    },
    "zh": {
        "confirm": "确认", "dismiss": "忽略", "remove": "移除", "live": "有数据", "missing": "从未采集到",
        "lost": "上报途中丢失", "coverage": "采集覆盖率",
    },
}  # fmt: skip
BUSY = {"code": "busy", "message": "no"}


def looks(office: Office, path: str, page: str, numbers: tuple[int, ...] = tuple(range(1, 13))) -> None:
    """A page of the shop at a path, and which of its messages arrived."""
    body = {"type": "track", "event": "Looked", "userId": "points-console"}
    sent = [{**body, "context": {"page": {"path": path}, "sequence": {"page": page, "n": n}}} for n in numbers]
    with httpx.Client(
        base_url=office.server.url, auth=(office.server.write_key, ""), trust_env=False, timeout=60
    ) as gateway:
        gateway.post("/v1/batch", json={"batch": sent}).raise_for_status()
    office.wait_stored()


def decided(office: Office) -> dict[str, Any]:
    """The policy as it is."""
    with office.api() as api:
        document: dict[str, Any] = api.get("/policies/points").raise_for_status().json()["document"]
    return document


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_place_is_confirmed_and_another_dismissed_and_loss_is_told_by_source(
    browser: Any, office: Office, language: str
) -> None:
    said = SAID[language]
    wanted, unwanted = f"web page /kept-{language}", f"web page /odd-{language}"
    looks(office, f"/kept-{language}", f"console-{language}", (*range(1, 12), 14))
    looks(office, f"/odd-{language}", f"console-odd-{language}")
    with signed_in(browser, office, "/data/points", language=language, viewport={"width": 390, "height": 844}) as page:
        page.get_by_role("button", name=f"{said['confirm']} {wanted}", exact=True).click()
        row = page.get_by_role("row").filter(has_text=wanted)
        row.filter(has_text=said["missing"]).wait_for()  # what came before it was declared does not count
        looks(office, f"/kept-{language}", f"console-again-{language}")
        page.reload()
        row.filter(has_text=said["live"]).wait_for()
        page.get_by_role("button", name=f"{said['dismiss']} {unwanted}", exact=True).click()
        until(lambda: unwanted in decided(office).get("dismissed", []))
        page.get_by_text(unwanted).wait_for(state="detached")
        page.get_by_role("heading", name=said["coverage"], exact=True).wait_for()
        loss = page.locator(".card").filter(has=page.get_by_role("heading", name=said["lost"], exact=True))
        loss.get_by_role("row").filter(has_text="tests").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        row.get_by_role("button", name=f"{said['remove']} {wanted}", exact=True).click()
        page.get_by_role("tooltip").get_by_role("button").last.click()
        until(lambda: wanted not in decided(office)["points"])
        assert unwanted in decided(office)["dismissed"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_register_that_cannot_be_had_says_so_and_is_asked_again(browser: Any, office: Office, language: str) -> None:
    with open_page(browser, office, language=language) as page:
        page.context.add_cookies([office.somebody()])
        page.route("**/api/v1/points?*", lambda route: route.fulfill(status=503, json=BUSY))
        page.goto(f"{office.address}#/data/points")
        page.get_by_role("alert").wait_for()
        page.unroute("**/api/v1/points?*")
        page.get_by_role("alert").get_by_role("button").click()
        page.get_by_role("heading", name=SAID[language]["lost"], exact=True).wait_for()
        settled(page)
