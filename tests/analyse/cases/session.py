"""Sessions by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from analyse.case import Case
from analyse.hand import DAY, HOUR, MINUTE, happened, visited, week, world_of
from analyse.reference.world import ROBOT, Event


def case(name: str, events: list[Event], answer: Any, /, *cells: tuple[Any, set[int]], **question: Any) -> Case:
    """A question about the sessions of the week."""
    return Case(
        name,
        world_of(*events),
        "session",
        week(**question),
        answer,
        tuple((cell, frozenset(who)) for cell, who in cells),
    )


def page(path: str, seconds: float = 0, person: int = 1) -> Event:
    return replace(visited(path, seconds, person), type="page")


def count(sessions: int, people: int) -> dict[str, Any]:
    return {"total": {"sessions": sessions, "people": people}}


def entries(*pages: tuple[str | None, str, int]) -> list[dict[str, Any]]:
    return [{"page": path, "kind": kind, "sessions": sessions} for path, kind, sessions in pages]


VISITS = [page("/a", 0), page("/b", 60), happened("A", 90), page("/", 0, 2), page("/", DAY, 2), page("/a", DAY + 1, 2)]
GAP = 30 * MINUTE
OTHER_OWNER = [replace(happened("A", 0, 1), anchor=7), replace(happened("A", 1, 2), anchor=7)]
CASES = [
    case(
        "figures of a few sessions",
        VISITS,
        {
            "total": {"sessions": 3, "people": 2, "average_seconds": 91 / 3, "median_seconds": 1.0}
            | {"average_events": 2.0, "average_pages": 5 / 3, "bounce_rate": 1 / 3},
            "periods": [
                {"start": "2026-03-02", "partial": False, "sessions": 2, "people": 2, "bounce_rate": 0.5},
                {"start": "2026-03-03", "partial": False, "sessions": 1, "people": 1, "bounce_rate": 0.0},
            ],
            "entry_pages": entries(("/", "value", 2), ("/a", "value", 1)),
            "exit_pages": entries(("/", "value", 1), ("/a", "value", 1), ("/b", "value", 1)),
        },
        ({"period": None}, {1, 2}),
        ({"period": 1}, {2}),
        date_to="2026-03-03",
    ),
    case(
        "of no session averages and the bounce rate are null",
        [],
        {
            "total": {"sessions": 0, "people": 0, "average_seconds": None, "median_seconds": None}
            | {"average_events": None, "average_pages": None, "bounce_rate": None},
            "entry_pages": [],
            "exit_pages": [],
        },
    ),
    case("a pause of exactly the gap goes on", [happened("A"), happened("A", GAP)], count(1, 1)),
    case("a longer pause ends it", [happened("A"), happened("A", GAP + 0.001)], count(2, 1)),
    case("pauses are between neighbours", [happened("A"), happened("B", GAP), happened("A", 2 * GAP)], count(1, 1)),
    case("the gap can be set", [happened("A"), happened("A", 61)], count(2, 1), session_gap_minutes=1),
    case(
        "sessions belong to an anchor, so one person has two at once",
        [happened("A", 0, 1), replace(happened("A", 0, 1), anchor=7)],
        count(2, 1),
    ),
    case("a session's person is its first event's", OTHER_OWNER, count(1, 1), ({"period": None}, {1})),
    case(
        "a session counts when one of its events passes, and the others count in it",
        [happened("A"), happened("B", 60), happened("B", 120)],
        {"total": {"sessions": 1, "average_events": 3, "average_seconds": 120.0}},
        event="B",
    ),
    case(
        "where and event are asked of one event together",
        [happened("A", v=1), happened("B", 60)],
        count(0, 0),
        event="B",
        where=[{"property": "v", "op": "is_set"}],
    ),
    case(
        "sessions begin in the range and their events count beyond it",
        [happened("A", 7 * DAY - 60), happened("A", 7 * DAY + 60), happened("B", -60, 2), happened("B", 60, 2)],
        {"total": {"sessions": 1, "average_seconds": 120.0}},
    ),
    case(
        "robots are in no session",
        [happened("A"), replace(happened("A", 60), flags=ROBOT)],
        {"total": {"sessions": 1, "average_events": 1.0, "bounce_rate": 1.0}},
    ),
    case("without an anchor there is no session", [happened("A", 0, 0)], count(0, 0)),
    case(
        "the entry page is that of the first event that has one",
        [happened("A"), page("/a", 1), page("/b", 2), happened("A", 3), happened("A", HOUR * 3)],
        {"entry_pages": entries(("/a", "value", 1)), "exit_pages": entries(("/b", "value", 1))},
    ),
    case(
        "pages beyond the limit are other",
        [page("other", 0, 1), page("/a", 0, 2), page("/a", 0, 3), page("/b", 0, 4)],
        {"entry_pages": entries(("/a", "value", 2), (None, "other", 2))},
        limit=1,
    ),
    case(
        "sessions are grouped by their first event",
        [happened("A", 0, v="x"), happened("A", 1, v="y"), happened("A", 0, 2, v="y"), happened("A", HOUR, 2, v="y")],
        {
            "by_breakdown": [
                {"value": ["y"], "kind": "value", "total": {"sessions": 2, "people": 1}},
                {"value": ["x"], "kind": "value", "total": {"sessions": 1, "average_events": 2}},
            ]
        },
        ({"period": None, "group": ["y"]}, {2}),
        breakdown={"property": "v"},
    ),
]
