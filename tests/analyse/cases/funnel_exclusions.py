"""Funnels by hand: what an excluding event does."""

from __future__ import annotations

from typing import Any

from analyse.case import Case
from analyse.cases.funnel import counts
from analyse.hand import DAY, happened, week, world_of

A, B, C, X = "A", "B", "C", "X"


def case(
    name: str, events: list[Any], steps: str, answer: dict[str, Any], exclusion: dict[str, Any], **more: Any
) -> Case:
    """A case with one exclusion of X."""
    question = week(steps=[{"event": letter} for letter in steps], exclusions=[{"event": "X", **exclusion}], **more)
    return Case(name, world_of(*events), "funnel", question, answer)


WHOLE: dict[str, Any] = {}
CASES = [
    case(
        "whose deepest attempt is only ever void is not counted at all",
        [happened(A), happened(X, 5), happened(B, 10), happened(A, 0, 2), happened(B, 10, 2)],
        "AB",
        counts(1, 1),
        WHOLE,
    ),
    case(
        "another attempt as deep that is clean counts",
        [happened(A), happened(X, 5), happened(B, 10), happened(A, 20), happened(B, 50)],
        "AB",
        {"steps": [{"count": 1}, {"count": 1, "average_seconds": 30.0}]},
        WHOLE,
    ),
    case(
        "a later start leaves the exclusion before it",
        [happened(A), happened(X, 5), happened(A, 7), happened(B, 10)],
        "AB",
        {"steps": [{"count": 1}, {"count": 1, "average_seconds": 3.0}]},
        WHOLE,
    ),
    case(
        "an exclusion at a step's exact instant has no effect",
        [happened(A), happened(X), happened(X, 10), happened(B, 10)],
        "AB",
        counts(1, 1),
        WHOLE,
    ),
    case(
        "where the later step never comes an exclusion voids until the window's end",
        [happened(A), happened(X, 14 * DAY - 0.001)],
        "AB",
        counts(0, 0),
        WHOLE,
    ),
    case(
        "from the very end of the window on an exclusion does nothing",
        [happened(A), happened(X, 14 * DAY)],
        "AB",
        counts(1, 0),
        WHOLE,
    ),
    case(
        "an exclusion from a step that was not reached does nothing",
        [happened(A), happened(X, 5)],
        "ABC",
        counts(1, 0, 0),
        {"from_step": 2, "to_step": 3},
    ),
    case(
        "an exclusion looks only between its own steps",
        [
            happened(A),
            happened(X, 5),
            happened(B, 10),
            happened(C, 20),
            happened(A, 0, 2),
            happened(B, 10, 2),
            happened(X, 15, 2),
            happened(C, 20, 2),
        ],
        "ABC",
        counts(1, 1, 1),
        {"from_step": 2, "to_step": 3},
    ),
    case(
        "another event for the step between makes an attempt clean",
        [happened(A), happened(B, 5), happened(X, 10), happened(B, 15), happened(C, 20)],
        "ABC",
        {"steps": [{"count": 1}, {"count": 1, "average_seconds": 15.0}, {"count": 1, "average_seconds": 5.0}]},
        {"from_step": 2, "to_step": 3},
    ),
    case(
        "a clean attempt that is less deep does not count",
        [happened(A), happened(X, 5), happened(B, 10), happened(A, 20)],
        "AB",
        counts(0, 0),
        WHOLE,
    ),
    case(
        "unordered, an exclusion voids the attempts that began before it, and a less deep one counts",
        [happened(A), happened(X, 5), happened(B, 10)],
        "AB",
        counts(1, 0),
        WHOLE,
        order="unordered",
    ),
    case(
        "unordered, what was complete before the exclusion stays",
        [happened(B), happened(A, 5), happened(X, 10)],
        "AB",
        counts(1, 1),
        WHOLE,
        order="unordered",
    ),
    case(
        "unordered, an attempt with a step missing is void when the exclusion comes within its window",
        [happened(A), happened(B, 5), happened(X, 10)],
        "ABC",
        counts(0, 0, 0),
        WHOLE,
        order="unordered",
    ),
    case(
        "unordered, the steps of an exclusion are not looked at",
        [happened(A), happened(X, 3), happened(B, 5), happened(C, 10)],
        "ABC",
        counts(1, 1, 0),
        {"from_step": 2, "to_step": 3},
        order="unordered",
    ),
]
