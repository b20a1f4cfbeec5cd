"""Clicks are shown over the page they were made on: elements where they stood, by width, with who clicked."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from console_world import LANGUAGES, Office, signed_in, until
from customer_site import site_of, visitor

pytestmark = pytest.mark.browser
SAID = {
    "en": {"desktop": "Desktop · 2", "phone": "Phone · 1", "buy": "#buy: 2 clicks by 1 people", "one": "1 people"},
    "zh": {"desktop": "桌面 · 2", "phone": "手机 · 1", "buy": "#buy：1 位客户点击 2 次", "one": "1 位客户"},
}
BODY = """<script async src="{0}/sdk/zuji.js" data-key="{1}"></script>
<style>body {{ margin: 0 }} main {{ position: relative; height: 2000px }}
#buy {{ position: absolute; left: 50%; top: 1000px; width: 25%; height: 100px }}</style>
<main><button id=buy>Buy</button></main>"""
PLACED = """[".page-sheet", ".page-box"].map((of) => document.querySelector(of).getBoundingClientRect())
  .map(({ x, y, width, height }) => ({ x, y, width, height }))"""
"""Where the sheet and the element on it stand at one moment: pages move while they are filled."""
WIDE, PHONE = {"width": 1200, "height": 800}, {"width": 400, "height": 800}


def clicked(browser: Any, office: Office, path: str) -> None:
    """Twice by one visitor at a desk, once by another on a phone."""
    with site_of(BODY.format(office.server.url, office.server.write_key)) as site:
        for viewport, times in ((WIDE, 2), (PHONE, 1)):
            with visitor(browser, site + path, viewport=viewport) as shop:
                for _ in range(times):
                    shop.locator("#buy").click(position={"x": 30, "y": 30})  # no two places of the grid meet there
    question = {"page": path, "date_from": "-1d"}
    with office.api(fresh="true") as api:
        until(lambda: asked(api, question)["clicks"] == 3)


def asked(api: Any, question: dict[str, Any]) -> dict[str, Any]:
    answer = api.post("/questions/run", json={"kind": "heat_map", "question": question}).raise_for_status()
    found: dict[str, Any] = answer.json()["answer"]
    return found


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("zh", "dark")])
def test_an_element_stands_on_the_frame_where_it_stood_on_the_page(
    browser: Any, office: Office, language: str, theme: str
) -> None:
    assert language in LANGUAGES
    said, path = SAID[language], f"/heat/{language}"
    clicked(browser, office, path)
    place = urlencode({"kind": "heat_map", "q": json.dumps({"page": path, "date_from": "-1d"})})
    with signed_in(browser, office, f"/ask?{place}", language=language, theme=theme) as page:
        widths = page.get_by_text(said["desktop"])
        until(widths.is_visible, within_s=120, otherwise=page.locator("main").inner_text)
        box = page.get_by_role("button", name=said["buy"])
        box.wait_for()
        sheet, on_it = page.evaluate(PLACED)
        assert sheet["height"] / sheet["width"] == pytest.approx(2000 / 1200, rel=0.05)
        assert (on_it["x"] - sheet["x"]) / sheet["width"] == pytest.approx(0.5, abs=0.02)
        assert (on_it["y"] - sheet["y"]) / sheet["height"] == pytest.approx(0.5, abs=0.02)
        assert on_it["width"] / sheet["width"] == pytest.approx(0.25, abs=0.02)
        assert page.locator(".page-heat circle").count() == 1
        until(lambda: not faults(page), otherwise=lambda: faults(page))  # what moves into place has another contrast
        box.click()
        page.get_by_role("dialog").get_by_text(said["one"]).wait_for()
        page.keyboard.press("Escape")
        page.get_by_text(said["phone"]).click()
        page.locator(".page-window.narrow").wait_for()
        phone = page.locator(".page-sheet").bounding_box()
        assert phone["height"] / phone["width"] == pytest.approx(2000 / 400, rel=0.05)
        page.set_viewport_size({"width": 390, "height": 844})
        until(lambda: page.evaluate("document.documentElement.scrollWidth") <= 390)  # charts follow a little later


def test_pages_whose_paths_are_masked_for_a_role_are_left_out_and_said(browser: Any, office: Office) -> None:
    event = "Masked Page Clicked"
    for path in ("/u/13812348000", "/heat/unmasked"):
        unplaced_click(office, event, path)
    place = urlencode({"kind": "heat_map", "q": json.dumps({"event": event})})
    with signed_in(browser, office, f"/ask?{place}", role="viewer") as page:
        page.locator(".page-masked").filter(has_text="left out: 1").wait_for()
        assert "/heat/unmasked" in page.locator(".page-choices").inner_text()
    with signed_in(browser, office, f"/ask?{place}") as page:
        page.locator(".page-unknown").wait_for()
        assert page.locator(".page-masked").count() == 0


def test_clicks_that_do_not_tell_where_they_were_are_said_to_be_unplaced(browser: Any, office: Office) -> None:
    unplaced_click(office, "Unplaced Clicked", "/heat/unplaced")
    question = {"event": "Unplaced Clicked", "page": "/heat/unplaced"}
    place = urlencode({"kind": "heat_map", "q": json.dumps(question)})
    with signed_in(browser, office, f"/ask?{place}") as page:
        page.locator(".page-unknown").filter(has_text=re.compile("do not tell where")).wait_for()


def unplaced_click(office: Office, event: str, path: str) -> None:
    """A click as a program tells it: on which element of which page, and not where that stood."""
    click = {"event": event, "userId": "heat-unplaced", "context": {"page": {"path": path}}}
    sent = httpx.post(
        f"{office.server.url}/v1/track",
        auth=(office.server.write_key, ""),
        json={**click, "properties": {"element": "#buy", "$x": 0.5, "$y": 0.5}},
        trust_env=False,
        timeout=60,
    )
    sent.raise_for_status()
    office.wait_stored()


def faults(page: Any) -> list[str]:
    """What axe holds to be serious."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in ("serious", "critical")]
