"""Questions that somebody asks to break us, or to see what is not theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Document = dict[str, Any]

NASTY = (
    "x' OR 1=1 --",
    "x' UNION ALL SELECT properties FROM zuji.events WHERE workspace = 'w2' --",
    "'); DROP TABLE zuji.events; --",
    "{workspace:String} {v1:String} %(v1)s {{v1}} $1 ?",
    "`event`) FROM zuji.events SETTINGS readonly=0 FORMAT CSV #",
    "\\' \\x27 \\N \\\\ \" ` /* */ \\",
    "\u0000secret\u0000",
    "\u202eelbat\u2066 \U0001f469\u200d\U0001f469 e\u0301 \uffff \u2028\r\n\t",
    "\ud800",
    "a" * 9_000,
    "字" * 9_000,
    "",
    "$",
    "$workspace",
    "a.b.c" + ".d" * 200,
    "*%_?[](){}.+^|",
)
"""Injections, places of bound values, odd unicode (a lone surrogate is no unicode at all), nothing, very much."""

WHERE = [{"property": "plan", "op": "equals", "value": "pro"}]
BASE: dict[str, Document] = {
    "attribution": {
        "touch": {"event": "A", "channel": "plan", "where": WHERE},
        "goal": {"event": "B", "value": "price"},
        "direct": ["direct"],
    },
    "distribution": {"event": "A", "math": "avg", "property": "price", "breakdown": {"property": "plan"}},
    "engagement": {"weights": [{"event": "A", "weight": 1, "where": WHERE}]},
    "funnel": {
        "steps": [{"event": "A", "name": "first"}, {"event": "B", "where": WHERE}],
        "exclusions": [{"event": "C"}],
        "hold_constant": ["plan"],
        "breakdown": {"property": ["plan", "n"]},
    },
    "heat_map": {"event": "A", "page": "/*", "x": "x", "y": "y", "scroll": {"event": "B", "property": "depth"}},
    "interval": {"from": {"event": "A"}, "to": {"event": "B", "where": WHERE}, "breakdown": {"property": "plan"}},
    "lifecycle": {"event": "A"},
    "ltv": {"acquired": {"event": "A"}, "revenue": {"event": "B", "property": "price"}},
    "paths": {
        "items": [{"event": "A", "take": "plan", "except_events": ["C"]}, {"take": "event_name"}],
        "start": "pro",
        "exclude_items": ["free"],
        "group": ["/b/*"],
    },
    "retention": {
        "target": {"event": "A"},
        "returning": {"event": "B", "where": WHERE},
        "breakdown": {"property": "plan", "scope": "profile"},
        "measure": {"math": "sum", "property": "price"},
    },
    "rfm": {"event": "A", "value": "price"},
    "session": {"event": "A", "breakdown": {"property": "plan"}},
    "stickiness": {"event": "A"},
    "trend": {
        "series": [{"event": "A", "math": "sum", "property": "price", "name": "worth", "where": WHERE}],
        "formulas": ["A / 2"],
        "breakdown": {"property": "plan", "scope": "profile"},
    },
}
"""One question of each kind with most of its texts."""

SHARED: Document = {
    "date_from": "2026-03-02",
    "date_to": "2026-03-08",
    "now": "2026-03-20T00:00:00Z",
    "timezone": "UTC",
    "week_start": "monday",
    "where": [{"property": "city", "scope": "profile", "op": "contains", "value": "北"}],
    "count_by": {"property": "plan", "scope": "event"},
    "robots": "include",
    "inferred": "include",
    "purposes": "any",
}
"""What every kind takes."""


def spoiled(document: Any, text: str) -> Iterator[Any]:
    """The document with each of its texts replaced, one at a time; and with each of its fields misnamed."""
    if isinstance(document, str):
        yield text
    elif isinstance(document, Mapping):
        for name, value in document.items():
            yield from ({**document, name: changed} for changed in spoiled(value, text))
            yield {text if other == name else other: kept for other, kept in document.items()}
    elif isinstance(document, list):
        for place, value in enumerate(document):
            yield from ([*document[:place], changed, *document[place + 1 :]] for changed in spoiled(value, text))


def nested(depth: int) -> Document:
    """A condition so many levels deep."""
    node: Document = {"property": "plan", "op": "is_set"}
    for level in range(depth):
        node = {"not": node} if level % 3 == 0 else {("all", "any")[level % 2]: [node]}
    return node


def leaves(count: int) -> Document:
    """A condition of so many comparisons."""
    return {"any": [{"property": f"p{number}", "op": "contains", "value": "x"} for number in range(count)]}


def where(*nodes: Document, **question: Any) -> Document:
    """A trend under these conditions."""
    return {"series": [{"event": None}], "where": list(nodes), **question}


def matching(op: str, value: Any, **leaf: Any) -> Document:
    """A trend of events whose plan compares so."""
    return where({"property": "plan", "op": op, "value": value, **leaf})


STEPS = ("A", "B", "C", "D")
TEN_YEARS: Document = {"date_from": "2016-03-10", "date_to": "2026-03-10"}


def funnel(steps: int, **question: Any) -> Document:
    """A funnel of so many steps, any event of the world filling them in turn."""
    return {"steps": [{"event": STEPS[place % 4]} for place in range(steps)], **question}


def any_steps(steps: int, **question: Any) -> Document:
    """A funnel of so many steps that every event fills."""
    return {"steps": [{} for _ in range(steps)], **question}


_COSTLY: dict[str, Callable[[], tuple[str, Document]]] = {
    "32 steps": lambda: ("funnel", funnel(32)),
    "33 steps": lambda: ("funnel", funnel(33)),
    "32 steps of anything, held constant": lambda: ("funnel", any_steps(32, hold_constant=["plan", "n", "price"])),
    "32 steps of anything in any order": lambda: ("funnel", any_steps(32, order="unordered")),
    "32 steps, strictly, with 31 exclusions": lambda: (
        "funnel",
        any_steps(
            32, order="strict", exclusions=[{"event": "C", "from_step": n, "to_step": n + 1} for n in range(1, 32)]
        ),
    ),
    "32 steps in any order with 31 exclusions": lambda: (
        "funnel",
        any_steps(32, order="unordered", exclusions=[{"event": "C"}] * 31),
    ),
    "all steps by one event": lambda: ("funnel", any_steps(32, same_event_may_fill_steps=True)),
    "each value a funnel of its own": lambda: (
        "funnel",
        any_steps(16, breakdown={"property": ["n", "plan", "price"], "limit": 1000}, attribution="all_events"),
    ),
    "a window of ten years": lambda: ("funnel", funnel(5, window={"amount": 87_600, "unit": "hour"}, **TEN_YEARS)),
    "a window of a thousand years": lambda: ("funnel", funnel(5, window={"amount": 365_000, "unit": "day"})),
    "a window of no length": lambda: ("funnel", funnel(5, window={"amount": 0, "unit": "day"})),
    "times in a thousand bins": lambda: ("funnel", funnel(2, view={"type": "time_to_convert", "bins": 1000})),
    "a funnel by the minute of ten years": lambda: (
        "funnel",
        funnel(2, view={"type": "over_time", "interval": "minute"}, **TEN_YEARS),
    ),
    "nested repeats in a pattern": lambda: ("trend", matching("regex", "(((a+)+)+)+$")),
    "a pattern with a million repeats": lambda: ("trend", matching("regex", "((a{1000}){1000}){1000}")),
    "a pattern of ten thousand brackets": lambda: ("trend", matching("regex", "(" * 5_000 + ")" * 5_000)),
    "a pattern of alternatives": lambda: ("trend", matching("regex", "|".join("a" * n for n in range(1, 130)))),
    "a pattern with a look behind": lambda: ("trend", matching("regex", "(?<=a)b\\1")),
    "a pattern with NUL": lambda: ("trend", matching("regex", "a\u0000b")),
    "no pattern below not": lambda: ("trend", where({"not": {"property": "plan", "op": "regex", "value": "("}})),
    "a list of ten thousand values": lambda: ("trend", matching("equals", [f"v{n}" for n in range(10_000)])),
    "a list of a hundred thousand values": lambda: ("trend", matching("equals", list(range(100_000)))),
    "a contains of three thousand": lambda: ("trend", matching("contains", [f"v{n}" for n in range(3_000)])),
    "a number that is none": lambda: ("trend", matching("gt", "nan", property="price")),
    "an endless number": lambda: ("trend", matching("between", [-1e308, 1e308], property="price")),
    "conditions twenty levels deep": lambda: ("trend", where(nested(19))),
    "conditions a hundred levels deep": lambda: ("trend", where(nested(100))),
    "conditions ten thousand levels deep": lambda: ("trend", where(nested(10_000))),
    "five hundred comparisons": lambda: ("trend", where(leaves(500))),
    "ten thousand comparisons": lambda: ("trend", where(leaves(10_000))),
    "five hundred comparisons in each of 26 series": lambda: (
        "trend",
        {"series": [{"event": None, "where": leaves(500)}] * 26},
    ),
    "minutes of ten years": lambda: ("trend", {"series": [{}], "interval": "minute", **TEN_YEARS}),
    "days of ten years": lambda: ("trend", {"series": [{}], "interval": "day", **TEN_YEARS}),
    "ten years of active people by hour": lambda: (
        "trend",
        {
            "series": [{"math": "monthly_active"}],
            "interval": "hour",
            "date_from": "2025-03-10",
            "date_to": "2026-03-10",
        },
    ),
    "all of time by year": lambda: (
        "trend",
        {"series": [{}], "interval": "year", "date_from": "1971-01-01", "date_to": "2199-12-31"},
    ),
    "a thousand groups of five texts in four series": lambda: (
        "trend",
        {"series": [{}] * 4, "breakdown": {"property": ["n", "plan", "price", "when", "x"], "limit": 1000}},
    ),
    "a hundred thousand groups": lambda: ("trend", {"series": [{}], "breakdown": {"property": "n", "limit": 100_000}}),
    "27 series": lambda: ("trend", {"series": [{}] * 27}),
    "a formula of brackets": lambda: ("trend", {"series": [{}], "formulas": ["(" * 499 + "A" + ")" * 499]}),
    "a formula that overflows": lambda: ("trend", {"series": [{}], "formulas": ["9" * 400 + "*" + "9" * 400 + "/A"]}),
    "a formula of code": lambda: ("trend", {"series": [{}], "formulas": ["__import__('os').system('id')"]}),
    "a hundred columns by the minute": lambda: (
        "retention",
        {**BASE["retention"], "period": "minute", "intervals": 100, "date_from": "2026-03-02", "date_to": "2026-03-08"},
    ),
    "twenty steps by a thousand patterns": lambda: (
        "paths",
        {"step_limit": 20, "edge_limit": 1000, "group": ["*a" * 300 + "*"] * 100},
    ),
    "paths of a pattern of stars": lambda: ("paths", {"group": ["*" * 5_000]}),
    "stickiness by the minute": lambda: ("stickiness", {"interval": "minute", **TEN_YEARS}),
    "a thousand bins from end to end": lambda: (
        "distribution",
        {"event": None, "math": "sum", "property": "price", "bins": 1000, "interval": "hour"},
    ),
    "bins between the ends of numbers": lambda: (
        "distribution",
        {"event": None, "math": "sum", "property": "price", "bins": [-1.7e308, 0, 1.7e308]},
    ),
    "an interval of ten years": lambda: (
        "interval",
        {"from": {}, "to": {}, "limit": {"amount": 3_660, "unit": "day"}, "interval": "minute", **TEN_YEARS},
    ),
    "a half-life of a second": lambda: (
        "attribution",
        {"touch": {"channel": "n"}, "goal": {}, "half_life": {"amount": 1, "unit": "second"}},
    ),
    "a half-life of a second for points": lambda: (
        "engagement",
        {"weights": [{"weight": 100_000}] * 50, "half_life": {"amount": 1, "unit": "second"}, **TEN_YEARS},
    ),
    "a thousand days of value": lambda: ("ltv", {**BASE["ltv"], "days": list(range(1, 1_001)), "cohort": "day"}),
    "a grid of a million cells": lambda: ("heat_map", {"event": "A", "x": "x", "y": "y", "grid": 1_000_000}),
    "thresholds without end": lambda: ("rfm", {"event": "A", "bins": 2, "thresholds": {"value": [1e308]}}),
    "a session of a year": lambda: ("session", {"session_gap_minutes": 525_600, "interval": "minute", **TEN_YEARS}),
    "no question": lambda: ("trend", {}),
    "a kind that is none": lambda: ("'; DROP TABLE zuji.events; --", {}),
}
COSTLY: tuple[tuple[str, str, Document], ...] = tuple((name, *make()) for name, make in _COSTLY.items())
"""(name, kind, question)."""
