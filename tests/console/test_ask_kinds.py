"""Every kind of question, built by hand in the page, gives the numbers that the API gives; its people are counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from ask_stage import Stage, cell_text, stage

pytestmark = [pytest.mark.browser]
__all__ = ["stage"]  # a fixture is found by its name in this module

Figures = dict[str, int]


@dataclass(frozen=True)
class Kind:
    """What is typed into which field (a path of groups, then the label), what is asked thereby, what is shown."""

    name: str
    typed: tuple[tuple[str, ...], ...]
    question: dict[str, Any]
    figures: Callable[[dict[str, Any]], Figures]
    people: dict[str, Any]
    """A cell whose figure counts people."""


def _grid(answer: dict[str, Any], rows: str, values: str, across: str) -> Figures:
    return {
        cell_text({"row": at, across: column}): value
        for at, row in enumerate(answer[rows])
        for column, value in enumerate(row[values])
    }


KINDS = (
    Kind(
        "trend",
        (("Count 1", "Event", "Page Viewed"),),
        {"series": [{"event": "Page Viewed"}]},
        lambda answer: {
            cell_text({"series": 0, "period": period}): value
            for period, value in enumerate(answer["series"][0]["values"])
        },
        {},
    ),
    Kind(
        "funnel",
        (("Steps 1", "Event", "Page Viewed"), ("Steps 2", "Event", "Order Completed")),
        {"steps": [{"event": "Page Viewed"}, {"event": "Order Completed"}]},
        lambda answer: {cell_text({"step": place}): step["count"] for place, step in enumerate(answer["steps"], 1)},
        {"step": 2, "dropped": True},
    ),
    Kind(
        "retention",
        (("People who did", "Event", "Page Viewed"), ("… and came back to do", "Event", "Product Added")),
        {"target": {"event": "Page Viewed"}, "returning": {"event": "Product Added"}},
        lambda answer: _grid(answer, "rows", "values", "column"),
        {"row": 5, "column": 0},
    ),
    Kind(
        "paths",
        (("Starting at", "Page Viewed"),),
        {"start": "Page Viewed"},
        lambda answer: {
            cell_text({"step": edge["step"], "from": edge["from"], "to": edge["to"]}): edge["count"]
            for edge in answer["edges"]
        },
        {},
    ),
    Kind(
        "lifecycle",
        (("Event", "Product Added"),),
        {"event": "Product Added"},
        lambda answer: {
            cell_text({"status": status, "period": period}): value
            for status in ("new", "returning", "resurrecting", "dormant")
            for period, value in enumerate(answer[status])
        },
        {"status": "dormant", "period": 25},
    ),
    Kind(
        "stickiness",
        (("Event", "Page Viewed"),),
        {"event": "Page Viewed"},
        lambda answer: {cell_text({"intervals": place}): value for place, value in enumerate(answer["counts"], 1)},
        {"intervals": 3},
    ),
    Kind(
        "distribution",
        (("Event", "Page Viewed"),),
        {"event": "Page Viewed"},
        lambda answer: {
            cell_text({"period": 0, "bin": place}): value for place, value in enumerate(answer["periods"][0]["counts"])
        },
        {"period": 0, "bin": None},
    ),
    Kind(
        "interval",
        (("From", "Event", "Product Added"), ("To", "Event", "Order Completed")),
        {"from": {"event": "Product Added"}, "to": {"event": "Order Completed"}},
        lambda answer: {cell_text({"period": None}): answer["people"]},
        {"period": None},
    ),
    Kind(
        "attribution",
        (
            ("Touches", "Event", "Campaign Clicked"),
            ("Touches", "Channel from", "channel"),
            ("Goal", "Event", "Order Completed"),
        ),
        {"touch": {"event": "Campaign Clicked", "channel": "channel"}, "goal": {"event": "Order Completed"}},
        lambda answer: {cell_text({"channel": one["channel"]}): one["touches"] for one in answer["channels"]},
        {},
    ),
    Kind(
        "session",
        (("Event", "Product Added"),),
        {"event": "Product Added"},
        lambda answer: {cell_text({"period": period}): one["people"] for period, one in enumerate(answer["periods"])},
        {"period": 27},
    ),
    Kind(
        "ltv",
        (("Revenue", "Event", "Order Completed"),),
        {"revenue": {"event": "Order Completed"}},
        lambda answer: {cell_text({"row": at, "column": None}): row["people"] for at, row in enumerate(answer["rows"])},
        {"row": 11, "column": None},
    ),
    Kind(
        "heat_map",
        (("Event", "Button Clicked"),),
        {"event": "Button Clicked"},
        lambda answer: {
            cell_text({"page": one["page"], "element": one["element"]}): one["people"] for one in answer["elements"]
        },
        {"page": None, "element": "button#buy"},
    ),
    Kind(
        "rfm",
        (("Event", "Order Completed"),),
        {"event": "Order Completed"},
        lambda answer: {cell_text({"group": one["name"]}): one["people"] for one in answer["groups"]},
        {"group": "hibernating"},
    ),
    Kind(
        "engagement",
        (("What counts 1", "Event", "Page Viewed"), ("What counts 1", "Points", "5")),
        {"weights": [{"event": "Page Viewed", "weight": 5}]},
        lambda answer: {cell_text({"bucket": place}): one["people"] for place, one in enumerate(answer["buckets"])},
        {"bucket": 9},
    ),
)


def build_by_hand(page: Any, typed: tuple[tuple[str, ...], ...]) -> None:
    """Type into the fields of the form; a group's field is looked for in that group alone."""
    builder = page.get_by_role("region", name="Question")
    for *groups, label, text in typed:
        place = builder
        for group in groups:
            place = place.get_by_role("group", name=group, exact=True)
        field = place.get_by_label(label, exact=True)
        field.fill(text)
        field.press("Tab")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_question_built_by_hand_gives_the_numbers_of_the_api_and_the_people_behind_them(kind: Kind, stage: Stage):
    page = stage.turn_to(kind.name)
    build_by_hand(page, kind.typed)
    figures = kind.figures(stage.ask(kind.name, kind.question))
    assert figures
    assert any(figures.values())
    page.wait_for_function("([kind, q]) => location.hash.includes(`kind=${kind}`) && location.hash.includes(q)",
                           arg=[kind.name, f"{kind.typed[-1][-1]}".replace(" ", "+")])  # fmt: skip
    expect_figures(stage, kind.name, figures)
    if kind.people:
        shown = stage.figures()[cell_text(kind.people)]
        assert shown == open_people(page, kind.people)


def expect_figures(stage: Stage, kind: str, figures: Figures) -> None:
    """The tables come to show these: what is edited last is asked a moment later."""
    wanted = {cell: f"{figure:,}" for cell, figure in figures.items()}
    stage.page.wait_for_selector(f"[data-answered={kind}]")
    for _ in range(120):
        shown = stage.figures()
        if wanted.items() <= shown.items():
            return
        stage.page.wait_for_timeout(250)
    assert {cell: shown.get(cell) for cell in wanted} == wanted


def open_people(page: Any, cell: dict[str, Any]) -> str:
    """Click a figure; how many people the drawer tells."""
    cells = page.locator("button.cell")
    held = cells.evaluate_all("cells => cells.map(cell => JSON.parse(cell.dataset.cell))")
    cells.nth(held.index(cell)).click()
    count = page.locator("[data-count]")
    count.wait_for()
    number = int(count.get_attribute("data-count"))
    page.keyboard.press("Escape")
    page.locator(".ant-drawer-mask").wait_for(state="hidden")  # it lies over the page until then
    return f"{number:,}"
