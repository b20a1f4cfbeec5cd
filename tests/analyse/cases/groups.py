"""Breakdowns by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from analyse.case import Case
from analyse.hand import DAY, happened, paid, visited, week, world_of
from analyse.reference.world import Event


def case(
    name: str, events: list[Event], breakdown: Any, groups: list[Any], /, *cells: tuple[Any, set[int]], **more: Any
) -> Case:
    """Groups of a trend as (value, kind, totals of the series)."""
    expected = [
        {"value": value, "kind": kind, "series": [{"total": total} for total in totals]}
        for value, kind, *totals in groups
    ]
    traits = more.pop("traits", None)
    question = week(breakdown=breakdown, **{"series": [{"event": "A"}], **more})
    behind = tuple(({"series": 0, "period": None, **cell}, frozenset(who)) for cell, who in cells)
    return Case(name, world_of(*events, traits=traits), "trend", question, {"by_breakdown": expected}, behind)


def with_values(*values: Any, name: str = "A") -> list[Event]:
    """The n-th event is the n-th person's and has the n-th value of `v`."""
    return [happened(name, 0, person, v=value) for person, value in enumerate(values, start=1)]


BY_V = {"property": "v"}
VALUES = [
    case(
        "null, empty and missing are one group, written null, and 0 and false are values",
        [*with_values(None, "", 0, False, "0"), happened("A", 0, 6)],
        BY_V,
        [([None], "null", 3), (["0"], "value", 2), (["false"], "value", 1)],
        ({"group": [None], "group_kind": "null"}, {1, 2, 6}),
        ({"group": ["0"]}, {3, 5}),
    ),
    case(
        "groups of one size are ranked by value, by code point, null last",
        with_values("b", "B", "a", None, "中", "é", "10", "9"),
        BY_V,
        [([value], "value", 1) for value in ("10", "9", "B", "a", "b", "é", "中")] + [([None], "null", 1)],
    ),
    case(
        "what is beyond the limit is one group, not to be confused with a value of its name",
        with_values("other", "other", "x", "y", None),
        {"property": "v", "limit": 1},
        [(["other"], "value", 2), ([], "other", 3)],
        ({"group": ["other"]}, {1, 2}),
        ({"group": [], "group_kind": "other"}, {3, 4, 5}),
    ),
    case(
        "people of other groups count once in other",
        [happened("A", 0, 1, v=value) for value in ("x", "x", "y", "z")],
        {"property": "v", "limit": 1},
        [(["x"], "value", 1), ([], "other", 1)],
        series=[{"event": "A", "math": "unique_users"}],
    ),
    case(
        "as many groups as the limit leave no other",
        with_values("x", "y"),
        {"property": "v", "limit": 2},
        [(["x"], "value", 1), (["y"], "value", 1)],
    ),
    case(
        "groups of several properties are null when every part is",
        [happened("A", 0, 1, v="x"), happened("A", 0, 2, w="y"), happened("A", 0, 3), happened("A", 0, 4, v="x")],
        {"property": ["v", "w"]},
        [(["x", None], "value", 2), ([None, "y"], "value", 1), ([None, None], "null", 1)],
    ),
    case(
        "each event belongs to its own group",
        [happened("A", 0, 1, v="x"), happened("A", DAY, 1, v="y")],
        BY_V,
        [(["x"], "value", 1), (["y"], "value", 1)],
        series=[{"event": "A", "math": "unique_users"}],
    ),
    case(
        "groups are ranked by the first series, and those of the second alone are there too",
        [*with_values("x", "y", "y"), *with_values("z", "x", "x", name="B")],
        BY_V,
        [(["y"], "value", 2, 0), (["x"], "value", 1, 2), (["z"], "value", 0, 1)],
        series=[{"event": "A"}, {"event": "B"}],
    ),
    case(
        "a group without a figure is ranked as 0 and above one below it",
        [happened("A", 0, 1, v="x", w=-1), happened("A", 0, 2, v="y"), happened("A", 0, 3, v="z", w=1)],
        BY_V,
        [(["z"], "value", 1), (["y"], "value", None), (["x"], "value", -1)],
        series=[{"event": "A", "math": "max", "property": "w"}],
    ),
    case(
        "who was active before the range makes a group of weekly active",
        [happened("A", -DAY, 1, v="x"), happened("A", 0, 2, v="y")],
        BY_V,
        [(["x"], "value", 1), (["y"], "value", 1)],
        series=[{"event": "A", "math": "weekly_active"}],
        date_to="2026-03-02",
    ),
    case(
        "traits of a profile make groups, and nobody is null",
        [happened("A", 0, 1), happened("A", 0, 2), happened("A", 0, 0)],
        {"property": "city", "scope": "profile"},
        [([None], "null", 2), (["北京"], "value", 1)],
        traits={1: {"city": "北京"}, 2: {"city": ""}},
    ),
    case(
        "sessions make groups by their own properties",
        [visited("/a", 0, 1, event="A"), visited("/b", 1, 1, event="A"), happened("A", 0, 2)],
        {"property": "entry_page", "scope": "session"},
        [(["/a"], "value", 2), ([None], "null", 1)],
    ),
    case(
        "formulas are there for every group",
        with_values("x", "x", "y"),
        BY_V,
        [(["x"], "value", 2, 20), (["y"], "value", 1, 10)],
        formulas=["A * 10"],
    ),
    case(
        "fields make groups by their names",
        [replace(paid("5", name="A"), anchor=2, person=2), paid("5", name="A", currency="USD")],
        {"property": ["currency", "$amount"]},
        [(["CNY", "5"], "value", 1), (["USD", "5"], "value", 1)],
    ),
]
BINS = [
    case(
        "bins are of equal width from the least to the greatest, the last closed",
        with_values(0, 4, 5, 10, "2.5", "x", None, True),
        {"property": "v", "bins": 2},
        [(["[0, 5)"], "value", 3), ([None], "null", 3), (["[5, 10]"], "value", 2)],
        ({"group": ["[0, 5)"]}, {1, 2, 5}),
        ({"group": [None], "group_kind": "null"}, {6, 7, 8}),
    ),
    case(
        "bounds are written in shortest form",
        with_values(-1, 0, 1.5),
        {"property": "v", "bins": 4},
        [(["[-0.375, 0.25)"], "value", 1), (["[-1, -0.375)"], "value", 1), (["[0.875, 1.5]"], "value", 1)],
    ),
    case("equal numbers are one range", with_values(5, 5.0), {"property": "v", "bins": 3}, [(["[5, 5]"], "value", 2)]),
    case("no numbers have no ranges", with_values("x"), {"property": "v", "bins": 3}, [([None], "null", 1)]),
    case(
        "bins are made from all series and from the range alone",
        [*with_values(0, 4), happened("B", 0, 3, v=8), happened("A", -DAY, 4, v=100), happened("C", 0, 5, v=50)],
        {"property": "v", "bins": 2},
        [(["[0, 4)"], "value", 1, 0), (["[4, 8]"], "value", 1, 1)],
        series=[{"event": "A"}, {"event": "B"}],
    ),
    case(
        "bins beyond the limit are other",
        with_values(0, 0, 5, 10),
        {"property": "v", "bins": 10, "limit": 1},
        [(["[0, 1)"], "value", 2), ([], "other", 2)],
    ),
]
CASES = [*VALUES, *BINS]
