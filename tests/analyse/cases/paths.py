"""Paths by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from analyse.case import Case
from analyse.hand import HOUR, MINUTE, happened, visited, week, world_of
from analyse.reference.world import Event

A, B, C = "A", "B", "C"
PATHS = [{"event": None, "take": "$url_path"}]


def case(name: str, events: list[Event], answer: dict[str, Any], *cells: tuple[Any, set[int]], **more: Any) -> Case:
    """A case of events by name, unless `items` says otherwise."""
    people = tuple((one, frozenset(who)) for one, who in cells)
    return Case(name, world_of(*events), "paths", week(**more), answer, people)


def walk(letters: str, person: int = 1, start: float = 0) -> list[Event]:
    """One event a minute."""
    return [happened(letter, start + place * MINUTE, person) for place, letter in enumerate(letters)]


def edges(*written: str) -> dict[str, Any]:
    """Edges written as `1 A B 2`: step, from, to, count."""
    parts = [edge.split() for edge in written]
    return {
        "edges": [
            {"step": int(step), "from": start, "to": end, "count": int(count)} for step, start, end, count in parts
        ]
    }


ITEMS = [
    case(
        "an event's item comes from the first rule that is for it",
        [visited("/a"), visited("/b", 5, event="A")],
        edges("1 /a A 1"),
        items=[{"event": "A", "take": "event_name"}, *PATHS],
    ),
    case(
        "an event whose rule finds nothing has no item, and no further rule is asked",
        [happened(A), happened(B, 5, 1, plan="p"), happened(A, 6, 1, plan="")],
        {"edges": [], "trips": 1},
        items=[{"event": "A", "take": "plan"}, {"event": "B", "take": "plan"}, {"event": None, "take": "event_name"}],
    ),
    case(
        "a rule does not hold for the events that it leaves out",
        walk("ABC"),
        edges("1 B C 1"),
        items=[{"event": None, "take": "event_name", "except_events": ["A"]}],
    ),
    case(
        "all trailing slashes go and the bare one stays",
        [visited("/a//"), visited("/a", 1), visited("/", 2), visited("//", 3), visited("/b/", 4)],
        edges("1 /a / 1", "2 / /b 1"),
        items=PATHS,
    ),
    case(
        "slashes stay when that is asked for",
        [visited("/a/"), visited("/a", 1)],
        edges("1 /a/ /a 1"),
        items=PATHS,
        ignore_trailing_slash=False,
    ),
    case(
        "the first pattern that matches the whole item replaces it",
        [visited("/b/1/"), visited("/b/22", 1), visited("/x/b/1", 2), visited("/b", 3)],
        edges("1 /b/* /x/b/1 1", "2 /x/b/1 /b 1"),
        items=PATHS,
        group=["/b/*", "/b/1"],
    ),
    case(
        "items are left out after they were grouped",
        [visited("/a"), visited("/b/1", 1), visited("/c", 2)],
        edges("1 /a /c 1"),
        items=PATHS,
        group=["/b/*"],
        exclude_items=["/b/*", "/b"],
    ),
]
TRIPS = [
    case(
        "repeats of one item in a row are one, at the time of the first",
        walk("AAB"),
        {"edges": [{"from": A, "to": B, "average_seconds": 120.0}], "trips": 1},
    ),
    case(
        "a pause of exactly the gap does not end a trip, a longer one does",
        [happened(A), happened(B, 1800), happened(C, 3600.001)],
        {**edges("1 A B 1"), "trips": 2, "people": 1},
    ),
    case(
        "pauses are measured before repeats become one",
        [happened(A), happened(A, 20 * MINUTE), happened(B, 40 * MINUTE)],
        {"edges": [{"from": A, "to": B, "average_seconds": 2400.0}], "trips": 1},
    ),
    case(
        "a trip is of a person, whatever anchors were used",
        [happened(A), replace(happened(B, 5), anchor=7)],
        edges("1 A B 1"),
    ),
    case(
        "events outside the range are on no trip", [happened(A, -5), happened(B, 5), happened(C, 9)], edges("1 B C 1")
    ),
    case(
        "trips of one item count as trips",
        [happened(A), happened(B, 0, 2)],
        {"edges": [], "nodes": [], "trips": 2, "people": 2, "too_long": 0},
    ),
]
ENDS = [
    case(
        "from the start's first occurrence, and trips without are left out",
        [*walk("CABA"), *walk("CB", 2)],
        {**edges("1 A B 1", "2 B A 1"), "trips": 1},
        start="A",
    ),
    case("to the end's first occurrence", walk("ABCB"), {**edges("1 A B 1"), "trips": 1}, end="B"),
    case(
        "the end may be the start only if it comes again",
        [*walk("ABA"), *walk("A", 2)],
        {**edges("1 A B 1", "2 B A 1"), "trips": 1},
        start="A",
        end="A",
    ),
    case("the end counts after the start's place", walk("BAB"), {**edges("1 A B 1"), "trips": 1}, start="A", end="B"),
    case(
        "with an end alone the last items count", walk("ABC"), {**edges("1 B C 1"), "trips": 1}, end="C", step_limit=2
    ),
    case(
        "with start and end, longer trips are left out and counted",
        [*walk("ACB"), *walk("AB", 2)],
        {**edges("1 A B 1"), "trips": 1, "people": 1, "too_long": 1},
        start="A",
        end="B",
        step_limit=2,
    ),
    case(
        "start and end are items as they are shown",
        [visited("/b/1"), visited("/a/", 5)],
        edges("1 /b/* /a 1"),
        items=PATHS,
        group=["/b/*"],
        start="/b/*",
        end="/a",
    ),
]
RANKED = [
    case(
        "edges are ranked by count, then step, from, to",
        [*walk("AB"), *walk("BA", 2), *walk("AC", 3), *walk("ACA", 4)],
        edges("1 A C 2", "1 A B 1", "1 B A 1", "2 C A 1"),
    ),
    case(
        "the limit comes first, then edges that nothing shown leads to go",
        [*walk("AB"), *walk("AB", 2), *walk("CBA", 3), *walk("CBA", 4), *walk("EDA", 5), *walk("FDA", 6)],
        edges("1 A B 2", "1 C B 2", "2 B A 2"),
        edge_limit=4,
    ),
    case(
        "an edge counts trips, or different people",
        [*walk("AB"), *walk("AB", 1, 2 * HOUR), *walk("CB", 2), *walk("CB", 3)],
        edges("1 C B 2", "1 A B 1"),
        ({"step": 1, "from": "A", "to": "B"}, {1}),
        count="people",
    ),
    case(
        "whoever comes to a node leaves on a shown edge, ends there, or goes on a hidden edge",
        [*walk("AB"), *walk("AB", 2), *walk("AC", 3), *walk("A", 4)],
        {
            **edges("1 A B 2"),
            "nodes": [
                {"step": 1, "item": "A", "inflow": 4, "outflow": 2, "drop_off": 1, "other": 1, "cut": False},
                {"step": 2, "item": "B", "inflow": 2, "outflow": 0, "drop_off": 2, "other": 0, "cut": False},
            ],
        },
        ({"step": 1, "item": "A", "figure": "inflow"}, {1, 2, 3, 4}),
        ({"step": 1, "item": "A", "figure": "drop_off"}, {4}),
        edge_limit=1,
    ),
    case(
        "where a trip went on beyond the step limit its last node is cut",
        walk("ABC"),
        {"nodes": [{"item": "A", "cut": False}, {"item": "B", "drop_off": 1, "cut": True}]},
        step_limit=2,
    ),
    case(
        "nodes are in trips when edges count people",
        [*walk("AB"), *walk("AB", 1, 2 * HOUR)],
        {**edges("1 A B 1"), "nodes": [{"item": "A", "inflow": 2, "outflow": 2}, {"item": "B", "inflow": 2}]},
        count="people",
    ),
]
CASES = [*ITEMS, *TRIPS, *ENDS, *RANKED]
