"""Segments laid over one another: a bar, a dot and a figure each open exactly the people they stand for."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from console_world import LANGUAGES, Office, signed_in, until

pytestmark = pytest.mark.browser
LEFT, RIGHT, BARS_END = 148, 16, 178
"""Of the picture: where its bars begin, end, and stand."""
SAID = {"en": {"only": "Only {}", "and": " and "}, "zh": {"only": "仅“{}”", "and": " 且 "}}
PHONE = {"width": 390, "height": 844}


def laid_out(office: Office, language: str) -> tuple[str, str]:
    """Two segments of lists: three people in the first, two in the second, one in both. Their names."""
    users = [f"overlap-{language}-{number}" for number in range(4)]
    for user in users:
        office.track("Overlap Seen", user)
    office.wait_stored()
    names = (f"Overlap one {language}", f"Overlap two {language}")
    with office.api() as api:
        for name, held in zip(names, (users[:3], users[2:]), strict=True):
            identifiers = [{"type": "user_id", "value": user} for user in held]
            key = name.lower().replace(" ", "_")
            if api.get(f"/segments/{key}").status_code == 404:
                document = {"key": key, "name": {"en": name, "zh": name}, "identifiers": identifiers}
                api.post("/segments", json=document).raise_for_status()
                api.post(f"/segments/{key}/publish").raise_for_status()
    return names


def choose(page: Any, names: tuple[str, ...]) -> None:
    """These segments and no other."""
    field = page.locator(".overlap input").first
    field.focus()
    chosen = page.locator(".overlap .ant-select-selection-item")
    while chosen.count():
        page.keyboard.press("Backspace")
    for name in names:
        field.fill(name)
        page.locator(".ant-select-item-option").filter(has_text=name).first.click()
    page.keyboard.press("Escape")


def people_listed(page: Any) -> set[str]:
    page.locator(".ant-drawer .people li").first.wait_for()
    return set(page.locator(".ant-drawer .people a").all_inner_texts())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_bar_and_a_figure_open_the_people_in_exactly_these_segments(
    browser: Any, office: Office, language: str
) -> None:
    one, two = laid_out(office, language)
    with signed_in(browser, office, "/segments", language=language) as page:
        choose(page, (one, two))
        both = SAID[language]["and"].join((one, two))
        page.get_by_role("button", name=f"{both}: 1", exact=True).click()
        assert people_listed(page) == {f"overlap-{language}-2"}
        page.keyboard.press("Escape")
        page.locator(".ant-drawer .people").wait_for(state="hidden")
        picture = page.locator(".overlap-picture .chart")
        picture.locator("canvas").wait_for()
        column = (picture.bounding_box()["width"] - LEFT - RIGHT) / 3
        # The first bar is the largest: the two who are in the first segment alone.
        until(lambda: clicked(page, picture, {"x": LEFT + column / 2, "y": BARS_END - 12}))
        assert people_listed(page) == {f"overlap-{language}-0", f"overlap-{language}-1"}


def clicked(page: Any, picture: Any, position: dict[str, float]) -> bool:
    """Whether a click there opened a list; the picture may not be drawn yet."""
    picture.click(position=position)
    page.wait_for_timeout(500)
    return bool(page.locator(".ant-drawer .people").count())


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("zh", "dark")])
def test_the_overlap_has_no_serious_fault_of_accessibility(
    browser: Any, office: Office, language: str, theme: str
) -> None:
    names = laid_out(office, language)
    with signed_in(browser, office, "/segments", language=language, theme=theme) as page:
        choose(page, names)
        page.get_by_text(SAID[language]["only"].format(names[0])).wait_for()
        page.locator(".overlap-picture canvas").wait_for()
        page.wait_for_timeout(400)  # what moves into place has another contrast meanwhile
        found = Axe().run(page).response["violations"]
        assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []


def test_the_overlap_can_be_read_on_a_phone(browser: Any, office: Office) -> None:
    names = laid_out(office, "en")
    with signed_in(browser, office, "/segments", viewport=PHONE) as page:
        choose(page, names)
        page.locator(".overlap-picture canvas").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
