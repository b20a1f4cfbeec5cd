"""Lifecycle and stickiness by hand."""

from __future__ import annotations

from typing import Any

from analyse.case import Case
from analyse.hand import DAY, HOUR, happened, week, world_of
from analyse.reference.world import Event


def cycle(
    name: str, events: list[Event], figures: dict[str, list[int]], /, *cells: tuple[Any, set[int]], **question: Any
) -> Case:
    """A lifecycle of A, Monday to Wednesday."""
    behind = tuple(({"status": status, "period": period}, frozenset(who)) for (status, period), who in cells)
    asked = week(**{"event": "A", "date_to": "2026-03-04", **question})
    return Case(name, world_of(*events), "lifecycle", asked, figures, behind)


def sticky(name: str, events: list[Event], counts: list[int], /, *cells: tuple[int, set[int]], **question: Any) -> Case:
    """Stickiness of A, Monday to Wednesday."""
    behind = tuple(({"intervals": number}, frozenset(who)) for number, who in cells)
    asked = week(**{"event": "A", "date_to": "2026-03-04", **question})
    return Case(name, world_of(*events), "stickiness", asked, {"counts": counts}, behind)


PAUSE = [happened("A"), happened("A", 2 * DAY)]
LIFECYCLE = [
    cycle(
        "new, dormant, resurrecting after a pause",
        PAUSE,
        {"new": [1, 0, 0], "returning": [0, 0, 0], "resurrecting": [0, 0, 1], "dormant": [0, 1, 0]},
        (("new", 0), {1}),
        (("dormant", 1), {1}),
        (("resurrecting", 2), {1}),
        (("returning", 2), set()),
    ),
    cycle(
        "the period before the range is looked at",
        [happened("A", -1), happened("A", 0), happened("A", -2, 2)],
        {"new": [0, 0, 0], "returning": [1, 0, 0], "resurrecting": [0, 0, 0], "dormant": [1, 1, 0]},
    ),
    cycle(
        "new is who never did it before, however long ago",
        [happened("A", -900 * DAY), happened("A", 0)],
        {"new": [0, 0, 0], "resurrecting": [1, 0, 0]},
    ),
    cycle(
        "doing something else before does not make less new",
        [happened("B", -DAY), happened("A", 0)],
        {"new": [1, 0, 0], "dormant": [0, 1, 0]},
    ),
    cycle(
        "the range begins at its first period's start",
        [happened("A", HOUR)],
        {"new": [1, 0, 0], "periods": [{"start": "2026-03-02", "partial": False}, *[{"partial": False}] * 2]},
        date_from="2026-03-02T12:00",
    ),
    cycle(
        "what date_to cuts off does not count",
        [happened("A", 2 * DAY + HOUR), happened("A", 2 * DAY + HOUR + 0.001, 2), happened("A", DAY, 2)],
        {"new": [0, 1, 1], "returning": [0, 0, 0], "dormant": [0, 0, 1]}
        | {"periods": [{"partial": False}, {"partial": False}, {"partial": True}]},
        date_to="2026-03-04T01:00",
    ),
    cycle(
        "weeks before are weeks",
        [happened("A", -0.001), happened("A", 6 * DAY)],
        {"new": [0], "returning": [1], "resurrecting": [0], "dormant": [0]},
        interval="week",
        date_to="2026-03-08",
    ),
    cycle(
        "nobody is never new",
        [happened("A", 0, 0)],
        {"new": [0, 0, 0]},
    ),
    cycle(
        "a skipped hour is not a pause",
        [happened("A", 6 * DAY + 6.5 * HOUR), happened("A", 6 * DAY + 7.5 * HOUR)],
        {"new": [1, 0], "returning": [0, 1], "dormant": [0, 0]},
        interval="hour",
        timezone="America/New_York",
        date_from="2026-03-08T01:00",
        date_to="2026-03-08T03:30",
    ),
]
OFTEN = [happened("A", 0, 1), happened("A", HOUR, 1), happened("A", DAY, 1), happened("A", DAY, 2)]
EIGHT = {"date_to": "2026-03-09", "interval_count": 3}
STICKINESS = [
    sticky("people are counted by the number of their days", OFTEN, [1, 1, 0], (1, {2}), (2, {1}), (3, set())),
    sticky("cumulative counts so many days or more", OFTEN, [2, 1, 0], (1, {1, 2}), (2, {1}), cumulative=True),
    sticky(
        "a day without events never counts, also for at most", OFTEN, [2, 0, 0], per_interval={"op": "lte", "value": 1}
    ),
    sticky("exactly so often", OFTEN, [1, 0, 0], (1, {1}), per_interval={"op": "eq", "value": 2}),
    sticky("at least so often", [*OFTEN, happened("A", 0, 1)], [1, 0, 0], per_interval={"op": "gte", "value": 2}),
    sticky("only events inside the range count", [happened("A", HOUR)], [0, 0, 0], date_from="2026-03-02T12:00"),
    sticky(
        "intervals of several days count from the first day and the last is cut",
        [happened("A", 2 * DAY), happened("A", 3 * DAY, 1), happened("A", 7 * DAY, 2), happened("A", 8 * DAY, 3)],
        [1, 1, 0],
        (1, {2}),
        (2, {1}),
        **EIGHT,
    ),
    Case(
        "an interval that the range ends before its last period is partial",
        world_of(),
        "stickiness",
        week(event="A", **EIGHT),
        {
            "intervals": [
                {"start": "2026-03-02", "partial": False},
                {"start": "2026-03-05", "partial": False},
                {"start": "2026-03-08", "partial": True},
            ]
        },
    ),
    sticky("nobody is not sticky", [happened("A", 0, 0)], [0, 0, 0]),
]
CASES = [*LIFECYCLE, *STICKINESS]
