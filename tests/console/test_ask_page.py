"""Ask and Dashboards as people use them: links, lists, saved questions, mistakes, both languages, hostile names."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from ask_stage import PATIENCE_MS, Stage, stage
from ask_world import HOSTILE_CITY
from axe_playwright_python.sync_playwright import Axe

pytestmark = [pytest.mark.browser]
__all__ = ["stage"]  # a fixture is found by its name in this module
FUNNEL: dict[str, Any] = {"steps": [{"event": "Page Viewed"}, {"event": "Product Added"}], "date_from": "-29d"}
BY_CITY: dict[str, Any] = {"series": [{"event": "Page Viewed"}], "breakdown": {"property": "city"}}


def answered(page: Any, kind: str) -> None:
    page.wait_for_selector(f"[data-answered={kind}]")


def test_a_link_opens_the_same_question_with_the_same_figures(stage: Stage):
    page = stage.open("funnel", FUNNEL)
    answered(page, "funnel")
    stage.page.get_by_role("group", name="Steps 2", exact=True).get_by_label("Event", exact=True).fill(
        "Order Completed"
    )
    page.wait_for_function("() => location.hash.includes('Order+Completed')")
    stage.page.wait_for_timeout(500)  # the answer to what was typed is asked for a moment later
    answered(page, "funnel")
    kind, question = stage.held()
    assert (kind, question["steps"][1]["event"]) == ("funnel", "Order Completed")
    other = page.context.new_page()
    stage.open(kind, question, other)
    answered(other, "funnel")
    steps = stage.ask("funnel", question)["steps"]
    assert stage.figures(other)['{"step": 2}'] == str(steps[1]["count"])
    field = other.get_by_role("group", name="Steps 2", exact=True).get_by_label("Event", exact=True)
    assert field.input_value() == "Order Completed"
    other.close()


def test_names_that_are_html_are_shown_as_text(stage: Stage):
    page = stage.open("trend", BY_CITY)
    answered(page, "trend")
    page.get_by_role("rowheader", name=HOSTILE_CITY).wait_for()
    assert page.evaluate("window.broken") is None


def test_conditions_go_into_the_question_and_change_its_answer(stage: Stage):
    page = stage.open("trend", {"series": [{"event": "Page Viewed"}]})
    answered(page, "trend")
    builder = page.get_by_role("region", name="Question")
    builder.get_by_role("button", name="Condition").last.click()
    condition = builder.get_by_role("group", name="Condition")
    condition.get_by_label("Property", exact=True).fill("city")
    value = condition.get_by_label("Value", exact=True)
    value.fill("上海")
    value.press("Enter")
    page.wait_for_function("() => decodeURIComponent(location.hash).includes('上海')")
    where = [{"property": "city", "op": "equals", "value": ["上海"]}]
    total = stage.ask("trend", {"series": [{"event": "Page Viewed"}], "where": where})["series"][0]["total"]
    page.locator("button.cell", has_text=re.compile(f"^{total}$")).first.wait_for()


def test_what_the_api_refuses_stands_beside_the_field_it_names(stage: Stage):
    page = stage.open("trend", {"series": [{"event": "Page Viewed"}], "formulas": ["A +"]})
    field = page.locator(".field", has_text="Formulas")
    field.get_by_role("alert").wait_for()
    assert "formula" in field.get_by_role("alert").inner_text().lower()


def test_a_question_that_lacks_something_is_not_asked_and_says_where(stage: Stage):
    page = stage.open("attribution", {"touch": {"event": "Campaign Clicked"}, "goal": {}})
    page.get_by_text("Choose what is marked").wait_for()
    assert page.locator(".ant-select-status-error").count() == 1


def test_the_people_behind_a_figure_are_kept_as_a_list(stage: Stage):
    page = stage.open("funnel", FUNNEL)
    answered(page, "funnel")
    figure = stage.figures()['{"step": 2}']
    page.locator("""button.cell[data-cell='{"step":2}']""").click()
    page.get_by_label("Name of the list").fill("Added something")
    page.get_by_role("button", name="Save as a list").click()
    page.get_by_text(f"{figure} people are on the list").wait_for()
    kept = stage.server.get("lists")["lists"]
    assert [(one["name"], one["saved"]) for one in kept] == [("Added something", int(figure))]


def test_a_saved_question_stands_on_a_dashboard_and_is_taken_from_it(stage: Stage):
    board = stage.post("dashboards", {"name": "Shop today", "shared": "workspace", "tiles": []})["id"]
    page = stage.open("funnel", FUNNEL)
    answered(page, "funnel")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_label("Name", exact=True).fill("From page to cart")
    page.get_by_label("Add to a dashboard").press("ArrowDown")  # a click on a list that still unfolds may miss
    page.locator(".ant-select-item-option", has_text="Shop today").wait_for()
    page.keyboard.press("ArrowDown")  # past "No dashboard"
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_title("Shop today").wait_for()
    page.get_by_role("dialog").get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Saved.", exact=True).wait_for()
    page.goto(f"{stage.server.url}/console/#/dashboards/{board}")
    tile = page.get_by_role("region", name="From page to cart")
    count = stage.ask("funnel", FUNNEL)["steps"][0]["count"]
    tile.get_by_role("button", name=str(count), exact=True).wait_for()
    with page.expect_download() as download:
        tile.get_by_role("button", name="CSV").click()
    rows = download.value.path().read_text().splitlines()
    assert len(rows) == 3  # the head, and two steps
    page.get_by_role("button", name="Arrange").click()
    tile.get_by_role("button", name="Wider").click()
    page.wait_for_function("() => document.querySelector('.tile').style.gridColumn === 'span 8'")
    [kept] = stage.server.get(f"dashboards/{board}")["tiles"]
    assert kept["width"] == 8


def test_the_page_speaks_chinese_and_has_no_serious_barrier(stage: Stage):
    page = stage.open("funnel", FUNNEL)
    answered(page, "funnel")
    page.evaluate("localStorage.setItem('zuji.language', 'zh')")
    try:
        stage.open("funnel", FUNNEL)
        answered(page, "funnel")
        page.get_by_role("heading", name="分析").wait_for()
        page.get_by_role("columnheader", name="总转化率").first.wait_for()
        found = Axe().run(page).response["violations"]
        serious = [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")]
        assert serious == []
    finally:
        page.evaluate("localStorage.setItem('zuji.language', 'en')")


def test_a_choice_is_asked_at_once_and_what_is_typed_a_moment_after(stage: Stage):
    signed_in = stage.page.context.storage_state()
    context = stage.page.context.browser.new_context(storage_state=signed_in, locale="en-GB")  # a clock is a context's
    context.set_default_timeout(PATIENCE_MS)
    page, asked = context.new_page(), []
    page.on(
        "request", lambda request: asked.append(request.post_data or "") if "questions/run" in request.url else None
    )
    page.clock.install()
    stage.open("lifecycle", page=page)
    answered(page, "lifecycle")
    page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=5))  # from here on nothing waits to its end
    with page.expect_request(lambda request: '"kind":"trend"' in (request.post_data or "")):
        page.get_by_role("radiogroup").locator("label", has=page.locator("input[value=trend]")).click()
    page.locator(".builder").get_by_label("Event", exact=True).first.fill("Order Completed")
    page.wait_for_timeout(500)
    assert [told for told in asked if "Order Completed" in told] == []
    with page.expect_request(lambda request: "Order Completed" in (request.post_data or "")):
        page.clock.run_for(400)
    context.close()


@contextmanager
def board_of(stage: Stage, **tiles: str) -> Iterator[Any]:
    """A page with a dashboard, of the funnel as often as told: its title, and how it is shown. Gone afterwards."""
    shown = [
        {"question": {"kind": "funnel", "question": FUNNEL}, "title": title, "chart": chart, "y": place * 4}
        for place, (title, chart) in enumerate(tiles.items())
    ]
    board = stage.post("dashboards", {"name": "Seen large", "shared": "workspace", "tiles": shown})["id"]
    page = stage.page.context.new_page()
    page.goto(f"{stage.server.url}/console/#/dashboards/{board}")
    yield page
    page.close()
    headers = {"Authorization": f"Bearer {stage.server.token}"}
    httpx.delete(f"{stage.server.url}/api/v1/dashboards/{board}", headers=headers, timeout=60).raise_for_status()


def test_the_people_behind_a_figure_are_seen_in_full_screen(stage: Stage):
    count = stage.ask("funnel", FUNNEL)["steps"][0]["count"]
    with board_of(stage, Cart="auto") as page:
        page.get_by_role("button", name="Full screen").click()
        page.locator(".board:fullscreen").wait_for()
        page.get_by_role("region", name="Cart").get_by_role("button", name=str(count), exact=True).click()
        assert page.locator(".board:fullscreen .ant-drawer [data-count]").inner_text().startswith(f"{count} ")


def saved_picture(page: Any) -> Path:
    with page.expect_download() as download:
        page.get_by_role("region", name="Cart").get_by_role("button", name="Picture").click()
    path: Path = download.value.path()
    return path


def dark_dots(page: Any, picture: bytes, rows: int) -> int:
    """How many dots of the first rows of a picture are written in dark ink."""
    page.goto("about:blank")
    found: int = page.evaluate(
        """async ([data, rows]) => {
            const image = new Image();
            image.src = `data:image/png;base64,${data}`;
            await image.decode();
            const pen = new OffscreenCanvas(image.width, rows).getContext("2d");
            pen.drawImage(image, 0, 0);
            const dots = pen.getImageData(0, 0, image.width, rows).data;
            return dots.filter((value, place) => place % 4 === 0 && value < 90).length;
        }""",
        [base64.b64encode(picture).decode(), rows],
    )
    return found


def test_a_saved_picture_is_of_ink_on_paper_with_its_title_however_the_page_looks(stage: Stage):
    with board_of(stage, Cart="auto", Rows="table", Figures="number") as page:
        page.get_by_role("region", name="Cart").get_by_role("button", name="Picture").wait_for()
        assert page.get_by_role("button", name="Picture").count() == 1  # no picture where there is no chart
        light = saved_picture(page).read_bytes()
        page.emulate_media(color_scheme="dark")
        page.locator("html[data-theme=dark]").wait_for()
        assert saved_picture(page).read_bytes() == light
        assert dark_dots(page, light, 80) > 50
