"""Heat maps: what people click on a page, where on it, and how far down they read. docs/questions.md, `heat_map`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import pyarrow as pa
from msgspec import Meta

from zuji.analyse.kind import Answer, Cell, Kind, People, range_alone
from zuji.analyse.question import PropertyRef, Question
from zuji.analyse.reading import Reading
from zuji.analyse.seen import has_key, key_sql, matching, property_number, seen
from zuji.analyse.settled import Settled
from zuji.store.statement import Statement
from zuji.terms.document import EventMatch, Name, Text
from zuji.terms.error import BadQuestion

DEPTHS = tuple(range(0, 101, 10))
"""The depths of a scroll curve, in percent."""
Place = tuple[str, str]
"""A page and an element, empty where there is none."""


class Scroll(EventMatch, frozen=True, kw_only=True):
    """Which events tell how far down somebody came, and in which property."""

    property: Name = "$scroll_depth"


class HeatMap(Question, frozen=True, kw_only=True):
    """Which clicks, on which pages, and how finely they are shown."""

    event: Text | None = None
    page: Text | None = None
    x: Name = "$x"
    y: Name = "$y"
    grid: Annotated[int, Meta(ge=1, le=100)] = 10
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 50
    scroll: Scroll | None = None


def on_page(statement: Statement, settled: Settled[HeatMap]) -> str:
    """The condition that an event is on one of the pages; no pattern lets in what has no page."""
    pattern = settled.question.page
    if pattern is None:
        return "1"
    like = pattern.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_").replace("*", "%")
    return f"url_path != '' AND url_path LIKE {statement.text(like)}"


def clicks(
    statement: Statement, settled: Settled[HeatMap], columns: dict[str, str], *, conditions: Sequence[str] = ()
) -> str:
    """A SELECT of the clicks, with whose they are, their page and their element."""
    question = settled.question
    is_click = "element != ''"
    if question.event is not None:
        is_click = matching(statement, settled, EventMatch(event=question.event))
    shown = {"who": key_sql(statement, settled), "page": "url_path", "item": "element", **columns}
    # Whoever counts by a property leaves out events without it; others count the clicks of nobody too.
    owned = [has_key(settled)] if isinstance(question.count_by, PropertyRef) else []
    every = [is_click, on_page(statement, settled), *owned, *conditions]
    return seen(statement, settled, shown, conditions=every)


def elements_of(settled: Settled[HeatMap], reading: Reading) -> pa.Table:
    """First all clicks as one row (`is_all`), then the elements most clicked."""
    statement = Statement(settled)
    statement.step("clicks", clicks(statement, settled, {}))
    limit = statement.integer(settled.question.limit + 1)
    return reading.table(
        statement.query(
            "SELECT grouping(page, item) != 0 AS is_all, page, item, count() AS clicks, "
            f"uniqExactIf(who, {has_key(settled)}) AS people\n"
            "FROM clicks\nGROUP BY GROUPING SETS ((page, item), ())\n"
            f"ORDER BY is_all DESC, clicks DESC, page = '', page, item = '', item\nLIMIT {limit}"
        )
    )


def cells_of(settled: Settled[HeatMap], reading: Reading, places: Sequence[Place]) -> dict[Place, list[dict[str, int]]]:
    """The cells of these elements that were clicked, by row, then column."""
    statement = Statement(settled)
    question = settled.question
    sides = {name: property_number(statement, settled, name) for name in (question.x, question.y)}
    grid = statement.integer(question.grid)
    columns = {
        side: f"least(toUInt32(floor(assumeNotNull({sides[name]}) * {grid})), toUInt32({grid} - 1))"
        for side, name in (("x", question.x), ("y", question.y))
    }
    shown = statement.bind(list(places), "Array(Tuple(String, String))")
    inside = [f"ifNull({number} BETWEEN 0 AND 1, 0)" for number in sides.values()]
    conditions = [f"(url_path, element) IN {shown}", *inside]
    statement.step("clicks", clicks(statement, settled, columns, conditions=conditions))
    table = reading.table(
        statement.query(
            "SELECT page, item, x, y, count() AS clicks FROM clicks GROUP BY page, item, x, y ORDER BY page, item, y, x"
        )
    )
    found: dict[Place, list[dict[str, int]]] = {place: [] for place in places}
    for row in table.to_pylist():
        found[row["page"], row["item"]].append({name: row[name] for name in ("x", "y", "clicks")})
    return found


def deepest(statement: Statement, settled: Settled[HeatMap], scroll: Scroll) -> None:
    """The step `deepest` (who, depth): how far down everybody came on any of the pages."""
    depth = property_number(statement, settled, scroll.property)
    columns = {"who": key_sql(statement, settled), "depth": f"assumeNotNull({depth})"}
    conditions = [
        matching(statement, settled, scroll),
        on_page(statement, settled),
        has_key(settled),
        f"ifNull({depth} BETWEEN 0 AND 100, 0)",
    ]
    statement.step("scrolled", seen(statement, settled, columns, conditions=conditions))
    statement.step("deepest", "SELECT who, max(depth) AS depth FROM scrolled GROUP BY who")


def curve_of(settled: Settled[HeatMap], reading: Reading) -> list[dict[str, Any]] | None:
    """How many came at least so deep; None unless asked."""
    scroll = settled.question.scroll
    if scroll is None:
        return None
    statement = Statement(settled)
    deepest(statement, settled, scroll)
    counts = ", ".join(f"countIf(depth >= {depth}) AS at_{depth}" for depth in DEPTHS)
    [row] = reading.table(statement.query(f"SELECT {counts} FROM deepest")).to_pylist()
    everybody = row["at_0"]
    return [
        {
            "depth": depth,
            "people": row[f"at_{depth}"],
            "share": row[f"at_{depth}"] / everybody if everybody else 0.0,
        }
        for depth in DEPTHS
    ]


def answer(settled: Settled[HeatMap], reading: Reading) -> Answer:
    """The elements most clicked, where on them, and the curve of scrolling."""
    rows = elements_of(settled, reading).to_pylist()
    whole = rows[0] if rows and rows[0]["is_all"] else {"clicks": 0, "people": 0}
    ranked = [row for row in rows if not row["is_all"]]
    cells = cells_of(settled, reading, [(row["page"], row["item"]) for row in ranked]) if ranked else {}
    return {
        "clicks": whole["clicks"],
        "people": whole["people"],
        "elements": [
            {
                "page": row["page"] or None,
                "element": row["item"] or None,
                "clicks": row["clicks"],
                "people": row["people"],
                "share": row["clicks"] / whole["clicks"],
                "cells": cells[row["page"], row["item"]],
            }
            for row in ranked
        ],
        "scroll": curve_of(settled, reading),
    }


def people(settled: Settled[HeatMap], cell: Cell, reading: Reading) -> People:
    """Everybody who clicked an element, or came as deep as this; why: how often, how deep."""
    statement = Statement(settled)
    if "depth" in cell:
        scroll, depth = settled.question.scroll, cell["depth"]
        if scroll is None or isinstance(depth, bool) or depth not in DEPTHS:
            raise BadQuestion(
                f"cell: with `scroll`, a depth is one of {', '.join(map(str, DEPTHS))}; got {depth!r:.80}."
            )
        deepest(statement, settled, scroll)
        return _people(
            "depth", f"SELECT who, depth AS reason FROM deepest WHERE depth >= {depth:d}", statement, reading
        )
    place = [cell.get("page"), cell.get("element")]
    if set(cell) != {"page", "element"} or not all(part is None or isinstance(part, str) for part in place):
        raise BadQuestion(f"cell: a heat map has cells {{page, element}} and {{depth}}, got {dict(cell)!r:.200}.")
    page, element = (statement.text(part or "") for part in place)
    conditions = [f"url_path = {page}", f"element = {element}", has_key(settled)]
    statement.step("clicks", clicks(statement, settled, {}, conditions=conditions))
    return _people("clicks", "SELECT who, count() AS reason FROM clicks GROUP BY who", statement, reading)


def _people(reason: str, select: str, statement: Statement, reading: Reading) -> People:
    table = reading.table(statement.query(f"{select} ORDER BY who"))
    keys = table["who"].to_pylist()
    return People(tuple(keys), {key: {reason: why} for key, why in zip(keys, table["reason"].to_pylist(), strict=True)})


HEAT_MAP = Kind("heat_map", HeatMap, answer, people, reach=range_alone)
