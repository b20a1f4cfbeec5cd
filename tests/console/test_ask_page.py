"""Ask and Dashboards as people use them: links, lists, saved questions, mistakes, both languages, hostile names."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ask_stage import Stage, stage
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
