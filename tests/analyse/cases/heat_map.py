"""Heat maps by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from analyse.case import Case
from analyse.hand import happened, visited, week, world_of
from analyse.reference.world import Event


def click(page: str, element: str, person: int = 1, /, **position: Any) -> Event:
    """A click somewhere on an element."""
    return replace(
        visited(page, 0, person, event="click", element=element),
        properties={f"${name}": at for name, at in position.items()},
    )


def case(name: str, events: list[Event], answer: dict[str, Any], *cells: tuple[Any, set[int]], **more: Any) -> Case:
    return Case(
        name, world_of(*events), "heat_map", week(**more), answer, tuple((one, frozenset(who)) for one, who in cells)
    )


def scrolled(depth: Any, person: int = 1, page: str = "/a") -> Event:
    """How far down somebody came on a page."""
    return replace(visited(page, 0, person, event="scroll"), properties={"$scroll_depth": depth})


SCROLL = {"event": "scroll"}
CASES = [
    case(
        "elements are ranked by clicks, page and element",
        [click("/b", "#x"), click("/a", "#y", 2), click("/a", "#x", 2), click("/b", "#z"), click("/b", "#z", 3)],
        {
            "clicks": 5,
            "people": 3,
            "elements": [
                {"page": "/b", "element": "#z", "clicks": 2, "people": 2, "share": 0.4},
                {"page": "/a", "element": "#x", "clicks": 1, "people": 1, "share": 0.2},
                {"page": "/a", "element": "#y"},
                {"page": "/b", "element": "#x"},
            ],
            "scroll": None,
        },
        ({"page": "/b", "element": "#z"}, {1, 3}),
    ),
    case(
        "without a name a click is anything with an element, and may be on no page",
        [click("/a", "#x"), click("/a", ""), click("", "#x")],
        {"clicks": 2, "elements": [{"page": "/a"}, {"page": None}]},
    ),
    case(
        "a named event may be without an element",
        [click("/a", ""), happened("other")],
        {"clicks": 1, "elements": [{"page": "/a", "element": None, "share": 1.0}]},
        event="click",
    ),
    case(
        "clicks of nobody count as clicks",
        [click("/a", "#x", 0), click("/a", "#x")],
        {"clicks": 2, "people": 1, "elements": [{"clicks": 2, "people": 1}]},
    ),
    case(
        "a page pattern is for the whole path and never passed by none",
        [click("/a", "#x"), click("/a/b", "#x"), click("/b/a/c", "#x"), click("", "#x")],
        {"elements": [{"page": "/a/b"}]},
        page="/a/*",
    ),
    case(
        "elements beyond the limit are not shown, and shares are of all clicks",
        [click("/a", "#x"), click("/a", "#x"), click("/a", "#y")],
        {"clicks": 3, "elements": [{"element": "#x", "share": 2 / 3}]},
        limit=1,
    ),
    case(
        "1 belongs to the last cell and clicks without a position have none",
        [
            click("/a", "#x", x=1, y=0),
            click("/a", "#x", x="0.95", y=0.05),
            click("/a", "#x", x=0.1, y=0.99),
            click("/a", "#x", x=0.5),
            click("/a", "#x", x=1.01, y=0.5),
            click("/a", "#x", x=0.5, y=True),
        ],
        {
            "elements": [
                {"clicks": 6, "cells": [{"x": 9, "y": 0, "clicks": 2}, {"x": 1, "y": 9, "clicks": 1}]},
            ]
        },
    ),
    case(
        "scroll counts people by the deepest they came on any matching page",
        [
            scrolled(25),
            scrolled(55, 1, "/b"),
            scrolled(30, 1),
            scrolled(100, 2),
            scrolled(0, 3),
            scrolled(101, 4),
            scrolled(None, 5),
        ],
        {
            "scroll": [
                {"depth": depth, "people": people, "share": people / 3}
                for depth, people in [
                    (0, 3),
                    *((depth, 2) for depth in (10, 20, 30)),
                    *((depth, 1) for depth in range(40, 101, 10)),
                ]
            ]
        },
        ({"depth": 30}, {1, 2}),
        page="/a",
        scroll=SCROLL,
    ),
    case(
        "the question's where holds for scroll too",
        [scrolled(50), replace(scrolled(50, 2), fields={"url_path": "/a", "browser": "Firefox"})],
        {"scroll": [{"depth": depth, "people": int(depth <= 50)} for depth in range(0, 101, 10)]},
        where=[{"property": "$browser", "op": "equals", "value": "Firefox"}],
        scroll=SCROLL,
    ),
]
