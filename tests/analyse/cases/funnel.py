"""Funnels by hand: which attempt counts."""

from __future__ import annotations

from typing import Any

from analyse.case import Case
from analyse.hand import DAY, HOUR, MINUTE, happened, week, world_of
from analyse.reference.world import Event


def counts(*numbers: int) -> dict[str, Any]:
    """Steps of an answer by their counts alone."""
    return {"steps": [{"count": number} for number in numbers]}


def case(
    name: str, events: list[Event], letters: str, answer: dict[str, Any], /, *cells: tuple[Any, set[int]], **more: Any
) -> Case:
    """A case whose steps are events by name, one letter each; `more` are fields of the question."""
    question = week(**{"steps": [{"event": letter} for letter in letters], **more})
    return Case(name, world_of(*events), "funnel", question, answer, tuple((one, frozenset(who)) for one, who in cells))


A, B, C = "A", "B", "C"
ATTEMPTS = [
    case(
        "rates, names and times of a plain funnel",
        [happened(A), happened(B, 10), happened(A, 0, 2), happened(B, 20, 2), happened(C, 50, 2), happened(A, 0, 3)],
        "ABC",
        {
            "steps": [
                {"name": "A", "count": 3, "conversion_rate": 1.0, "step_rate": 1.0}
                | {"average_seconds": None, "median_seconds": None},
                {"name": "B", "count": 2, "conversion_rate": 2 / 3, "step_rate": 2 / 3}
                | {"average_seconds": 15.0, "median_seconds": 15.0},
                {"name": "C", "count": 1, "conversion_rate": 1 / 3, "step_rate": 0.5}
                | {"average_seconds": 30.0, "median_seconds": 30.0},
            ]
        },
        ({"step": 1}, {1, 2, 3}),
        ({"step": 3}, {2}),
        ({"step": 2, "dropped": True}, {3}),
        ({"step": 3, "dropped": True}, {1}),
    ),
    case(
        "rates of nobody are 0 and their times null",
        [happened(B)],
        "AB",
        {
            "steps": [
                {"count": 0, "conversion_rate": 0, "step_rate": 0, "average_seconds": None, "median_seconds": None},
                {"count": 0, "conversion_rate": 0, "step_rate": 0, "average_seconds": None, "median_seconds": None},
            ]
        },
    ),
    case("exactly the window still counts", [happened(A), happened(B, 14 * DAY)], "AB", counts(1, 1)),
    case(
        "a millisecond more than the window does not count",
        [happened(A), happened(B, 14 * DAY + 0.001)],
        "AB",
        counts(1, 0),
    ),
    case(
        "the window runs from the first step, not from the one before",
        [happened(A), happened(B, 50), happened(C, 70)],
        "ABC",
        counts(1, 1, 0),
        window={"amount": 1, "unit": "minute"},
    ),
    case(
        "a day of the window is 24 hours, also across a clock change",
        [
            *(happened(A, 5 * DAY + 12 * HOUR, who) for who in (1, 2)),
            happened(B, 6 * DAY + 12 * HOUR, 1),
            happened(B, 6 * DAY + 12 * HOUR + 0.001, 2),
        ],
        "AB",
        counts(2, 1),
        ({"step": 2}, {1}),
        window={"amount": 1, "unit": "day"},
        timezone="America/New_York",
    ),
    case("only the first step must lie in the range", [happened(A, 6 * DAY), happened(B, 8 * DAY)], "AB", counts(1, 1)),
    case("a first step after the range does not count", [happened(A, 7 * DAY)], "AB", counts(0, 0)),
    case("a first step before the range does not count", [happened(A, -1), happened(B, 5)], "AB", counts(0, 0)),
    case("events at one instant may be taken in either order", [happened(B), happened(A)], "AB", counts(1, 1)),
    case(
        "with increasing time each step must be later than the one before",
        [happened(A), happened(B)],
        "AB",
        counts(1, 0),
        require_increasing_time=True,
    ),
    case("one event fills one step", [happened(A)], "AA", counts(1, 0)),
    case(
        "one event may fill consecutive steps when that is asked for",
        [happened(A)],
        "AA",
        counts(1, 1),
        same_event_may_fill_steps=True,
    ),
    case(
        "one event does not fill steps with another between them",
        [happened(A), happened(B)],
        "ABA",
        counts(1, 1, 0),
        same_event_may_fill_steps=True,
    ),
    case(
        "increasing time holds between different events when one may fill several steps",
        [happened(A), happened(B)],
        "AAB",
        counts(1, 1, 0),
        same_event_may_fill_steps=True,
        require_increasing_time=True,
    ),
    case(
        "the deepest attempt counts even when a later start is shallow",
        [happened(A), happened(B, 10), happened(C, 20), happened(A, 30), happened(B, 40)],
        "ABC",
        counts(1, 1, 1),
    ),
    case(
        "among equal ones the earliest completion counts and time runs from the latest start that yields it",
        [happened(A), happened(A, 30), happened(B, 40), happened(A, 50), happened(B, 51)],
        "AB",
        {"steps": [{"count": 1}, {"count": 1, "average_seconds": 10.0}]},
    ),
    case(
        "steps between are as late as possible",
        [happened(A), happened(B, 10), happened(B, 20), happened(C, 50)],
        "ABC",
        {"steps": [{"count": 1}, {"average_seconds": 20.0}, {"average_seconds": 30.0}]},
    ),
    case(
        "a person who only enters counts from the earliest entry",
        [happened(A, HOUR), happened(A, 3 * DAY)],
        "AB",
        {"over_time": [{"period": "2026-03-02", "entered": 1}] + [{"entered": 0}] * 6},
        view={"type": "over_time"},
    ),
    case(
        "at one instant the highest position counts",
        [happened(A, 0, 1, shop="x"), happened(A, 0, 1, shop="y"), happened(B, 5)],
        "AB",
        {"by_breakdown": [{"value": ["y"], "kind": "value"}]},
        breakdown={"property": "shop"},
    ),
    case(
        "events that the question's where keeps out do not exist",
        [happened(A, 0, 1, ok=1), happened(C, 5), happened(B, 10, 1, ok=1)],
        "AB",
        counts(1, 1),
        order="strict",
        where=[{"property": "ok", "op": "is_set"}],
    ),
]
HELD = [
    case(
        "all events of an attempt have the same held values",
        [happened(A, 0, 1, cart=1), happened(B, 5, 1, cart=2), happened(A, 0, 2, cart=1), happened(B, 5, 2, cart="1")],
        "AB",
        counts(2, 1),
        hold_constant=["cart"],
    ),
    case(
        "a held value must be there, an empty text is",
        [happened(A), happened(B, 5), happened(A, 0, 2, cart=""), happened(B, 5, 2, cart="")],
        "AB",
        counts(1, 1),
        hold_constant=["cart"],
    ),
]
STRICT = [
    case(
        "adjacent allows nothing between",
        [happened(A), happened(C, 5), happened(B, 10)],
        "AB",
        counts(1, 0),
        order="strict",
    ),
    case(
        "adjacent does not allow a repeat either, but a later start does it",
        [happened(A), happened(A, 5), happened(B, 10)],
        "AB",
        {"steps": [{"count": 1}, {"count": 1, "average_seconds": 5.0}]},
        order="strict",
    ),
    case(
        "a repeat of a step between two others breaks adjacency",
        [happened(A), happened(B, 5), happened(B, 6), happened(C, 9)],
        "ABC",
        counts(1, 1, 0),
        order="strict",
    ),
    case(
        "what happens at the instant of a step is not between",
        [happened(A), happened(C, 0), happened(C, 10), happened(B, 10)],
        "AB",
        counts(1, 1),
        order="strict",
    ),
    case(
        "no foreign events allows repeats of the current step and the next",
        [
            happened(A),
            happened(A, 1),
            happened(B, 5),
            happened(B, 6),
            happened(C, 9),
            happened(A, 0, 2),
            happened(C, 4, 2),
            happened(B, 5, 2),
        ],
        "ABC",
        counts(2, 1, 1),
        order="strict",
        strict_mode="no_foreign_events",
    ),
    case(
        "no foreign events: the first event of the next step is that step, later ones are its repeats",
        [happened(A), happened(B, 5), happened(B, 6), happened(C, 9)],
        "ABC",
        {"steps": [{"count": 1}, {"average_seconds": 5.0}, {"average_seconds": 4.0}]},
        order="strict",
        strict_mode="no_foreign_events",
    ),
    case(
        "no foreign events: one of the next step that does not fill it is foreign",
        [
            happened(A, p="x"),
            happened(B, 5, p="y"),
            happened(B, 6, p="x"),
            happened(A, 0, 2, p="x"),
            happened(B, 6, 2, p="x"),
        ],
        "AB",
        counts(2, 1),
        order="strict",
        strict_mode="no_foreign_events",
        hold_constant=["p"],
    ),
    case(
        "adjacent: of repeats one in the middle can be the one with nothing on either side",
        [happened(A, 1), happened(B, 1), happened(B, 2), happened(B, 3), happened(C, 3)],
        "ABC",
        counts(1, 1, 1),
        order="strict",
    ),
    case(
        "a repeat is not foreign although first_time keeps it from filling the step",
        [happened(A), happened(A, 1), happened(B, 5)],
        "AB",
        counts(1, 1),
        order="strict",
        strict_mode="no_foreign_events",
        steps=[{"event": "A", "first_time": "matching"}, {"event": "B"}],
    ),
]
UNORDERED = [
    case(
        "any k of the steps are filled, whichever comes first",
        [happened(C), happened(A, 5)],
        "ABC",
        counts(1, 1, 0),
        order="unordered",
    ),
    case(
        "step k is the k-th to happen",
        [happened(B), happened(A, 7)],
        "AB",
        {"steps": [{"count": 1}, {"count": 1, "average_seconds": 7.0}]},
        order="unordered",
    ),
    case(
        "the first to happen must lie in the range and the window runs from it",
        [happened(B, -10), happened(A, 5), happened(B, 5 + 60, 1), happened(B, -5, 2)],
        "AB",
        counts(1, 1),
        order="unordered",
        window={"amount": 1, "unit": "minute"},
    ),
    case(
        "one event fills one of the steps it matches",
        [happened(A), happened(A, 5)],
        "AAB",
        counts(1, 1, 0),
        order="unordered",
    ),
    case("two events do not fill one step", [happened(A), happened(A, 5)], "AB", counts(1, 0), order="unordered"),
    case(
        "unordered, one event may fill all steps that it matches",
        [happened(A), happened(B, 4)],
        "ABA",
        counts(1, 1, 1),
        order="unordered",
        same_event_may_fill_steps=True,
    ),
]
FIRST_TIME = [
    case(
        "by name the first event ever of that name must also pass",
        [happened(A, -DAY, 1, ok=0), happened(A, 5, 1, ok=1), happened(A, 0, 2, ok=1)],
        "AB",
        counts(1, 0),
        ({"step": 1}, {2}),
        steps=[
            {"event": "A", "where": [{"property": "ok", "op": "equals", "value": 1}], "first_time": "by_name"},
            {"event": "B"},
        ],
    ),
    case(
        "matching looks for the first that passes name and filter",
        [happened(A, -DAY, 1, ok=0), happened(A, 5, 1, ok=1), happened(A, -DAY, 2, ok=1), happened(A, 5, 2, ok=1)],
        "AB",
        counts(1, 0),
        ({"step": 1}, {1}),
        steps=[
            {"event": "A", "where": [{"property": "ok", "op": "equals", "value": 1}], "first_time": "matching"},
            {"event": "B"},
        ],
    ),
    case(
        "the first of several at one instant is the one received first",
        [happened(A, 0, 1, ok=0), happened(A, 0, 1, ok=1)],
        "AB",
        counts(0, 0),
        steps=[
            {"event": "A", "where": [{"property": "ok", "op": "equals", "value": 1}], "first_time": "by_name"},
            {"event": "B"},
        ],
    ),
    case(
        "a later step for the first time may come before the first step and is then never reached",
        [happened(B), happened(A, 5), happened(B, 10)],
        "AB",
        counts(1, 0),
        steps=[{"event": "A"}, {"event": "B", "first_time": "matching"}],
    ),
]
VIEWS = [
    case(
        "a person is dated by step 1 even when the rate starts at a later step",
        [happened(A, DAY - 5), happened(B, DAY + 5), happened(C, 2 * DAY), happened(A, DAY, 2)],
        "ABC",
        {
            "over_time": [
                {"period": "2026-03-02", "entered": 1, "converted": 1, "conversion_percent": 100.0, "partial": False},
                {"period": "2026-03-03", "entered": 0, "converted": 0, "conversion_percent": 0.0, "partial": False},
                *[{"entered": 0}] * 5,
            ]
        },
        ({"period": 0, "figure": "entered"}, {1}),
        ({"period": 1, "figure": "entered"}, set()),
        view={"type": "over_time", "interval": "day", "from_step": 2, "to_step": 3},
    ),
    case(
        "bins start at the shortest time and one more holds the longest where it does not fit",
        [
            *(happened(A, 0, person) for person in (1, 2, 3)),
            happened(B, 10.9, 1),
            happened(B, 12, 2),
            happened(B, 14, 3),
        ],
        "AB",
        {
            "average_seconds": 12.3,
            "median_seconds": 12.0,
            "bins": [
                {"from_seconds": 10, "to_seconds": 12, "count": 1},
                {"from_seconds": 12, "to_seconds": 14, "count": 1},
                {"from_seconds": 14, "to_seconds": 16, "count": 1},
            ],
        },
        ({"bin": 1}, {2}),
        view={"type": "time_to_convert", "bins": 2},
    ),
    case(
        "without bins there are as many as the cube root of conversions, rounded up",
        [event for person in range(1, 11) for event in (happened(A, 0, person), happened(B, person * MINUTE, person))],
        "AB",
        {
            "bins": [
                {"from_seconds": 60, "to_seconds": 240, "count": 3},
                {"from_seconds": 240, "to_seconds": 420, "count": 3},
                {"from_seconds": 420, "to_seconds": 600, "count": 3},
                {"from_seconds": 600, "to_seconds": 780, "count": 1},
            ]
        },
        view={"type": "time_to_convert"},
    ),
    case(
        "one time gives one bin of a second, and one more for itself does not come",
        [happened(A), happened(B, 3.5)],
        "AB",
        {"bins": [{"from_seconds": 3, "to_seconds": 4, "count": 1}]},
        view={"type": "time_to_convert"},
    ),
    case(
        "nobody takes no time and has no bins",
        [happened(A)],
        "AB",
        {"average_seconds": None, "median_seconds": None, "bins": []},
        view={"type": "time_to_convert"},
    ),
]
CASES = [*ATTEMPTS, *HELD, *STRICT, *UNORDERED, *FIRST_TIME, *VIEWS]
