"""Funnels by hand: which group a person is in."""

from __future__ import annotations

from typing import Any

from analyse.case import Case
from analyse.hand import DAY, happened, week, world_of
from analyse.reference.world import Event

A, B, C = "A", "B", "C"


def group(value: str | None, *numbers: int) -> dict[str, Any]:
    """A group of one property by its counts."""
    kind = "null" if value is None else "value"
    return {"value": [value], "kind": kind, "steps": [{"count": number} for number in numbers]}


def other(*numbers: int) -> dict[str, Any]:
    """The rest."""
    return {"value": [], "kind": "other", "steps": [{"count": number} for number in numbers]}


def case(
    name: str, events: list[Event], expected: list[dict[str, Any]], *cells: tuple[Any, set[int]], **more: Any
) -> Case:
    """A funnel from A to B by the property `p`."""
    question = week(**{"steps": [{"event": A}, {"event": B}], "breakdown": {"property": "p"}, **more})
    people = tuple((one, frozenset(who)) for one, who in cells)
    return Case(name, world_of(*events), "funnel", question, {"by_breakdown": expected}, people)


CHANGED = [happened(A, 0, 1, p="x"), happened(B, 9, 1, p="y")]
MIXED = [happened(A, 0, 1, p="x"), happened(A, 1, 1, p="y"), happened(B, 9, 1, p="x")]
CASES = [
    case("first touch is the value on the attempt's first event", CHANGED, [group("x", 1, 1)]),
    case(
        "of events at one instant the last received is taken, also where there are more of them later",
        [happened(A, 0, 1, p="x"), happened(A, 0, 1, p="y"), happened(A, 9, 1, p="z")],
        [group("y", 1, 0)],
    ),
    case("last touch is the value on the attempt's last event", CHANGED, [group("y", 1, 1)], attribution="last_touch"),
    case(
        "all events: an attempt whose values differ does not count, its beginning does",
        CHANGED,
        [group("x", 1, 0)],
        attribution="all_events",
    ),
    case(
        "all events: each value has its own attempts",
        MIXED,
        [group("x", 1, 1), group("y", 1, 0)],
        attribution="all_events",
    ),
    case(
        "step attribution may count a person in several groups",
        MIXED,
        [group("x", 1, 1), group("y", 1, 1)],
        ({"step": 2, "group": ["y"]}, {1}),
        attribution="step",
        step=1,
    ),
    case(
        "step attribution: who did not reach the step is null",
        [*CHANGED, happened(A, 0, 2, p="x")],
        [group("y", 1, 1), group(None, 1, 0)],
        ({"step": 1, "group": [None], "group_kind": "null"}, {2}),
        attribution="step",
        step=2,
    ),
    case(
        "null, empty and missing are one group and 0 is a value",
        [happened(A, 0, 1, p=None), happened(A, 0, 2, p=""), happened(A, 0, 3), happened(A, 0, 4, p=0)],
        [group(None, 3, 0), group("0", 1, 0)],
    ),
    case(
        "groups are ranked by step 1, then by value, and the rest is one group",
        [
            happened(A, 0, 1, p="b"),
            happened(A, 0, 2, p="b"),
            happened(A, 0, 3, p="other"),
            happened(A, 0, 4, p="z"),
            happened(A, 0, 5),
        ],
        [group("b", 2, 0), group("other", 1, 0), other(2, 0)],
        ({"step": 1, "group": ["other"]}, {3}),
        ({"step": 1, "group": [], "group_kind": "other"}, {4, 5}),
        breakdown={"property": "p", "limit": 2},
    ),
    case(
        "in the rest a person counts once, with the best attempt",
        [
            happened(A, 0, 1, p="x"),
            happened(A, 1, 1, p="y"),
            happened(B, 9, 1, p="y"),
            happened(A, 0, 2, p="a"),
            happened(A, 0, 3, p="a"),
        ],
        [group("a", 2, 0), other(1, 1)],
        attribution="all_events",
        breakdown={"property": "p", "limit": 1},
    ),
    case(
        "bins are made from the events that match a step, later ones too",
        [happened(A, 0, 1, p=0), happened(B, 8 * DAY, 1, p=10), happened(C, 3, 1, p=99), happened(A, 0, 2, p=5)],
        [group("[0, 5)", 1, 1), group("[5, 10]", 1, 0)],
        breakdown={"property": "p", "bins": 2},
    ),
    case(
        "the groups of another view have its figures",
        CHANGED,
        [{"value": ["x"], "kind": "value", "average_seconds": 9.0, "bins": [{"from_seconds": 9, "count": 1}]}],
        view={"type": "time_to_convert"},
    ),
]
