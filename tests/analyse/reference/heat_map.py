"""Heat maps: where on a page do people click, and how far down do they read?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from analyse.reference.admitted import Asked, is_match, key_of, numbers_of, settle
from analyse.reference.trips import is_like
from analyse.reference.values import field_of
from analyse.reference.world import Event, World

Place = tuple[str | None, str | None]


def answer(world: World, question: Mapping[str, Any]) -> dict[str, Any]:
    """The `answer` object of docs/questions.md."""
    asked = settle(world, question)
    clicks = clicks_of(asked)
    places: dict[Place, list[Event]] = {}
    for event in clicks:
        places.setdefault(place_of(event), []).append(event)
    ranked = sorted(places, key=lambda place: (-len(places[place]), [(part is None, part or "") for part in place]))
    return {
        "clicks": len(clicks),
        "people": len(people_of(asked, clicks)),
        "elements": [
            element_row(asked, place, places[place], len(clicks)) for place in ranked[: question.get("limit", 50)]
        ],
        "scroll": scroll_curve(asked) if question.get("scroll") else None,
    }


def people(world: World, question: Mapping[str, Any], cell: Mapping[str, Any]) -> set[Any]:
    """The persons who clicked an element, or came as deep as this."""
    asked = settle(world, question)
    if "depth" in cell:
        return {person for person, deepest in deepest_of(asked).items() if deepest >= cell["depth"]}
    wanted = (cell["page"], cell["element"])
    return people_of(asked, [event for event in clicks_of(asked) if place_of(event) == wanted])


def place_of(event: Event) -> Place:
    """The page and the element of an event."""
    return field_of(event, "url_path"), field_of(event, "element")


def is_on_page(asked: Asked, event: Event) -> bool:
    """Whether the event's page is one of those asked for."""
    pattern, page = asked.question.get("page"), field_of(event, "url_path")
    return pattern is None or (page is not None and is_like(pattern, page))


def clicks_of(asked: Asked) -> list[Event]:
    """The clicks in the range: of one name, or else everything that has an element."""
    name = asked.question.get("event")
    return [
        event
        for event in asked.events
        if asked.in_range(event)
        and is_on_page(asked, event)
        and (event.event == name if name is not None else field_of(event, "element") is not None)
    ]


def people_of(asked: Asked, events: Iterable[Event]) -> set[Any]:
    """The different persons of these events."""
    return {key_of(asked, event) for event in events} - {None}


def element_row(asked: Asked, place: Place, clicks: Sequence[Event], all_clicks: int) -> dict[str, Any]:
    """One element as the answer has it."""
    cells: dict[tuple[int, int], int] = {}
    for event in clicks:
        cell = cell_of(asked, event)
        if cell is not None:
            cells[cell] = cells.get(cell, 0) + 1
    return {
        "page": place[0],
        "element": place[1],
        "clicks": len(clicks),
        "people": len(people_of(asked, clicks)),
        "share": len(clicks) / all_clicks,
        "cells": [{"x": x, "y": y, "clicks": cells[y, x]} for y, x in sorted(cells)],
    }


def cell_of(asked: Asked, event: Event) -> tuple[int, int] | None:
    """Row and column of the grid in which a click lies; None without a position on the element."""
    grid = asked.question.get("grid", 10)
    found = []
    for name in (asked.question.get("y", "$y"), asked.question.get("x", "$x")):
        numbers = numbers_of(asked, [event], name)
        if not numbers or not 0 <= numbers[0] <= 1:
            return None
        found.append(min(int(numbers[0] * grid), grid - 1))
    return found[0], found[1]


def deepest_of(asked: Asked) -> dict[Any, float]:
    """How far down each person came on any of the pages."""
    scroll = asked.question["scroll"]
    deepest: dict[Any, float] = {}
    for event in asked.events:
        person = key_of(asked, event)
        if person is None or not asked.in_range(event) or not is_on_page(asked, event):
            continue
        for depth in numbers_of(asked, [event], scroll.get("property", "$scroll_depth")):
            if is_match(asked, event, scroll) and 0 <= depth <= 100:
                deepest[person] = max(depth, deepest.get(person, 0))
    return deepest


def scroll_curve(asked: Asked) -> list[dict[str, Any]]:
    """How many came at least so deep."""
    deepest = deepest_of(asked)
    rows = []
    for depth in range(0, 101, 10):
        reached = sum(one >= depth for one in deepest.values())
        rows.append({"depth": depth, "people": reached, "share": reached / len(deepest) if deepest else 0.0})
    return rows
