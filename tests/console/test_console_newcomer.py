"""A newcomer's first minutes: from an empty folder to one's own events, a funnel, a person, a live tag and a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from console_world import PASSWORD, Office, open_page, settled, until
from customer_site import site_of, visitor

from servers import RunningServer

pytestmark = pytest.mark.browser
ROWS = "user_id,time,event,total\n" + "".join(f"till-{n},2026-03-0{n} 10:00:00,Paid At Till,{n}\n" for n in (1, 2, 3))


@pytest.fixture
def fresh(built: Path, tmp_path: Path) -> Iterator[Office]:
    """A zuji that has never seen anything."""
    assert built.is_dir()
    with RunningServer(tmp_path / "fresh") as running:
        yield Office(running)


def test_a_newcomer_gets_from_an_empty_folder_to_a_tag_that_flips_and_a_file_with_its_quality(
    browser: Any, fresh: Office, tmp_path: Path
) -> None:
    with open_page(browser, fresh) as page:
        become_owner(page, fresh)
        snippet = copied_snippet(page)
        with site_of(snippet) as site:
            with visitor(browser, site) as shop:
                shop.evaluate("zuji.identify('new-ada')")
                shop.get_by_role("button", name="Hello").click()
            page.locator(".trace").filter(has_text="Hello").first.wait_for()
            with visitor(browser, site) as shop:
                shop.evaluate("zuji.identify('new-bo')")
            fresh.wait_stored()
            people_behind_a_funnel(page)
            merged_and_undone(page)
            flips_live(page, browser, site)
        comes_from_a_file(page, tmp_path)


def become_owner(page: Any, fresh: Office) -> None:
    """By the link that the first start printed."""
    printed = fresh.server.data.parent / f"{fresh.server.data.name}.log"
    link = until(lambda: re.search(r"http://\S+welcome\S+", printed.read_text(errors="replace")))
    page.goto(link.group())
    page.fill("#name", "Ada")
    page.fill("#login", "ada@shop.cn")
    page.fill("#password", PASSWORD)
    page.click("button[type=submit]")
    page.get_by_role("button", name="Send the first event").click()


def copied_snippet(page: Any) -> str:
    """What the Live page tells to put on a page, with a key of its own."""
    page.get_by_text("Waiting for your first event").wait_for()
    page.get_by_role("button", name="Make a write key").click()
    page.get_by_text("This key is shown this once").wait_for()
    snippet: str = page.get_by_role("tabpanel", name="HTML").locator("pre").inner_text()
    assert "WRITE_KEY" not in snippet
    return snippet


def people_behind_a_funnel(page: Any) -> None:
    """Who was seen at all, and then said hello."""
    page.get_by_role("link", name="Ask", exact=True).click()
    page.locator(".kind").filter(has_text="Funnel").click()
    page.get_by_role("combobox", name="Event").nth(1).fill("Hello")
    page.keyboard.press("Escape")
    page.wait_for_selector("[data-answered=funnel]")
    page.locator("button.cell").filter(has_text=re.compile("^2$")).first.wait_for()
    page.locator("button.cell").filter(has_text=re.compile("^1$")).first.click()
    page.get_by_role("dialog").get_by_role("link", name="new-ada").click()


def merged_and_undone(page: Any) -> None:
    page.get_by_role("heading", name="new-ada").wait_for()
    page.get_by_role("button", name="Merge with another").click()
    page.get_by_label("The other one").fill("user_id:new-bo")
    page.get_by_role("dialog").get_by_role("button", name="Merge").click()
    page.get_by_text("new-bo", exact=True).first.wait_for()
    page.get_by_role("button", name="Undo").click()
    until(lambda: page.get_by_text("new-bo", exact=True).count() == 0)


def flips_live(page: Any, browser: Any, site: str) -> None:
    """A tag of those who said hello twice: somebody says it once more, and it is there with its milliseconds."""
    page.get_by_role("link", name="Tags", exact=True).click()
    page.get_by_role("button", name="New tag").first.click()
    page.fill("#name-en", "Greeter")
    page.fill("#name-zh", "打招呼的人")
    page.locator(".condition input[type=search], .condition .ant-select-auto-complete input").first.fill("Hello")
    page.locator(".card .figure .value").filter(has_text="1").wait_for()
    page.get_by_role("button", name="Save and publish").click()
    page.wait_for_url("**/tags/greeter")
    page.get_by_text("Nobody yet since this page is open").wait_for()
    with visitor(browser, site) as shop:
        shop.evaluate("zuji.identify('new-cy')")
        shop.get_by_role("button", name="Hello").click()
        shop.evaluate("zuji.flush()")
        flip = page.locator(".flips li").filter(has_text=re.compile(r"has it\s*\d+ ms after receipt"))
        flip.first.wait_for()
    flip.first.get_by_role("link").click()
    page.get_by_role("heading", name="new-cy").wait_for()


def comes_from_a_file(page: Any, folder: Path) -> None:
    rows = folder / "till.csv"
    rows.write_text(ROWS, encoding="utf-8")
    page.get_by_role("link", name="Data", exact=True).click()
    page.get_by_role("tab", name="Imports").click()
    page.get_by_role("button", name="Import a file").first.click()
    page.locator("input[type=file]").set_input_files(rows)
    page.get_by_role("button", name="Check the rows", exact=True).click()
    before = page.get_by_role("region", name="Quality before").locator(".quality-number b").inner_text()
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_text("3 rows came in").first.wait_for()
    after = page.get_by_role("region", name="Quality after").locator(".quality-number b").inner_text()
    assert 0 < float(before) <= float(after) <= 100
    settled(page)
