"""Paths: from where to where people go, step by step. docs/questions.md, `paths`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeVar

import numpy as np
from msgspec import Meta

from zuji.analyse.journeys import MOST_TEXTS, Bounds, Texts, texts_of
from zuji.analyse.kind import Answer, Cell, Kind, People, range_alone
from zuji.analyse.paths_flow import Flow, Tally, flow_of, tally_of, together
from zuji.analyse.paths_trips import Trips, trips_of
from zuji.analyse.question import Question
from zuji.analyse.reading import Reading
from zuji.analyse.seen import AT, EVER, in_months_of, key_sql, looks_at_sessions, named_sql, seen
from zuji.analyse.settled import Settled
from zuji.analyse.visual_events import is_visual
from zuji.analyse.walks import Walks, in_parts
from zuji.store.property_sql import event_value
from zuji.store.statement import Statement
from zuji.terms.document import Document, Name, Text
from zuji.terms.error import BadQuestion
from zuji.terms.period import MINUTE_MS

EVENT_NAME = "event_name"
Result = TypeVar("Result")


class ItemRule(Document, frozen=True, kw_only=True):
    """What events of a name (null: any but the excepted) are called in a path."""

    event: Text | None = None
    take: Name = EVENT_NAME
    except_events: Annotated[tuple[Text, ...], Meta(max_length=100)] = ()

    def __post_init__(self) -> None:
        if any(map(is_visual, self.except_events)):
            raise ValueError("except_events names stored events; give a visual event a rule of its own before this one")


class Paths(Question, frozen=True, kw_only=True):
    """How events are named, which part of a trip to look at, and how much to show."""

    items: Annotated[tuple[ItemRule, ...], Meta(min_length=1, max_length=20)] = (ItemRule(),)
    step_limit: Annotated[int, Meta(ge=2, le=20)] = 5
    start: Text | None = None
    end: Text | None = None
    exclude_items: Annotated[tuple[Text, ...], Meta(max_length=1_000)] = ()
    group: Annotated[tuple[Text, ...], Meta(max_length=100)] = ()
    ignore_trailing_slash: bool = True
    edge_limit: Annotated[int, Meta(ge=1, le=1_000)] = 50
    count: Literal["trips", "people"] = "trips"


def item_sql(statement: Statement, settled: Settled[Paths]) -> str:
    """The item of an event before it is dressed, by the first rule that is for it; empty where there is none."""
    cases = []
    for rule in settled.question.items:
        taken = "event"
        if rule.take != EVENT_NAME:
            taken = f"ifNull({event_value(statement, rule.take, zone=settled.calendar.zone.key).text}, '')"
        if rule.take == EVENT_NAME and rule.event is not None and is_visual(rule.event):
            taken = statement.text(rule.event)
        named = [] if rule.event is None else [named_sql(statement, settled, rule.event)]
        left = [f"event NOT IN {statement.texts(rule.except_events)}"] if rule.except_events else []
        condition = " AND ".join(named + left)
        if not condition:
            cases.append(taken)
            break
        cases += [condition, taken]
    else:
        cases.append("''")
    return cases[0] if len(cases) == 1 else f"multiIf({', '.join(cases)})"


def _like(pattern: str) -> str:
    """The pattern, in which only `*` is special, as LIKE writes it."""
    for special in ("\\", "%", "_"):
        pattern = pattern.replace(special, f"\\{special}")
    return pattern.replace("*", "%")


def _named(statement: Statement, settled: Settled[Paths]) -> str:
    """The step of every event with its item as it is."""
    columns = {"who": key_sql(statement, settled), "anchor": "anchor", "at": AT, "position": "position"}
    return statement.step("named", seen(statement, settled, columns | {"item": item_sql(statement, settled)}))


def _named_about(statement: Statement, settled: Settled[Paths]) -> str:
    """The same of the months of the range and without times: a few more events, quickly read."""
    if looks_at_sessions(settled):
        return _named(statement, settled)
    columns = {"anchor": "anchor", "item": item_sql(statement, settled)}
    months = in_months_of(statement, settled.span)
    return statement.step("named", seen(statement, settled, columns, conditions=[months], span=EVER))


def _dressed(statement: Statement, settled: Settled[Paths], source: str, columns: str) -> str:
    """The steps to items as they are shown (`text`): without slashes at their end, grouped; empty where left out."""
    question = settled.question
    bare, shown = "toString(item)", "bare"
    if question.ignore_trailing_slash:
        bare = "if(endsWith(item, '/'), ifNull(nullIf(trimRight(item, '/'), ''), '/'), toString(item))"
    if question.group:
        cases = ", ".join(f"bare LIKE {statement.text(_like(one))}, {statement.text(one)}" for one in question.group)
        shown = f"multiIf(bare = '', '', {cases}, bare)"
    source = statement.step("stripped", f"SELECT {columns}, {bare} AS bare FROM {source}")
    source = statement.step("dressed", f"SELECT {columns}, {shown} AS text FROM {source}")
    if not question.exclude_items:
        return source
    left_out = statement.texts(question.exclude_items)
    return statement.step("staying", f"SELECT {columns}, text FROM {source} WHERE text NOT IN {left_out}")


def _items(settled: Settled[Paths], reading: Reading) -> tuple[Texts, Callable[[Statement], str]]:
    """The different texts, and how a statement gets the step of every event with the number of its text (`mark`).

    Where the items are not too many, each different one is dressed once; else that of every event.
    """
    statement = Statement(settled)
    # Most people have the number of one of their anchors; where one has a greater one all is read plainly.
    statement.step(
        "different",
        f"SELECT item, max(anchor) AS greatest FROM {_named_about(statement, settled)}\n"
        f"GROUP BY item LIMIT {statement.integer(MOST_TEXTS + 1)}",
    )
    dressed = _dressed(statement, settled, "different", "item, greatest")
    rows = reading.table(statement.query(f"SELECT item, text, greatest FROM {dressed}"))
    if rows.num_rows > MOST_TEXTS:
        return _items_of_events(settled, reading)
    pairs = [
        (item, text) for item, text in zip(rows["item"].to_pylist(), rows["text"].to_pylist(), strict=True) if text
    ]
    texts = Texts(tuple(sorted({text for _, text in pairs})), max(rows["greatest"].to_pylist(), default=0))
    places = {text: number for number, text in enumerate(texts.texts, start=1)}

    def marked(statement: Statement) -> str:
        numbers = statement.bind([places[text] for _, text in pairs], "Array(UInt64)")
        items = statement.texts([item for item, _ in pairs])
        mark = f"transform(item, {items}, {numbers}, toUInt64(0))"
        return f"SELECT who, at, position, {mark} AS mark FROM {_named(statement, settled)} WHERE mark != 0"

    return texts, marked


def _items_of_events(settled: Settled[Paths], reading: Reading) -> tuple[Texts, Callable[[Statement], str]]:
    def source(statement: Statement) -> str:
        return _dressed(statement, settled, _named(statement, settled), "who, at, position")

    statement = Statement(settled)
    advice = 'Group them by patterns, as in "group": ["/product/*"].'
    texts = texts_of(settled, reading, statement, source(statement), what="items", advice=advice)

    def marked(statement: Statement) -> str:
        mark = texts.number_sql(statement, "text")
        return f"SELECT who, at, position, {mark} AS mark FROM {source(statement)} WHERE mark != 0"

    return texts, marked


def _in_parts(
    settled: Settled[Paths], reading: Reading, look: Callable[[Walks, Trips, Texts], Result]
) -> tuple[list[Result], Texts]:
    """What is found in everybody's trips as they are asked for; an item is the number of its text."""
    question, (texts, marked) = settled.question, _items(settled, reading)
    gap_ms = question.session_gap_minutes * MINUTE_MS

    def mark(statement: Statement) -> tuple[()]:
        statement.step("marked", marked(statement))
        return ()

    def walked(walks: Walks) -> Result:
        found = trips_of(
            walks,
            gap_ms=gap_ms,
            start=None if question.start is None else texts.number(question.start),
            end=None if question.end is None else texts.number(question.end),
            step_limit=question.step_limit,
        )
        return look(walks, found, texts)

    bounds = Bounds(settled.span, len(texts.texts), texts.greatest, pause_ms=gap_ms)
    return in_parts(settled, reading, mark, walked, bounds=bounds, differ=np.not_equal), texts


def answer(settled: Settled[Paths], reading: Reading) -> Answer:
    """The edges used most, and what became of everybody at each of their ends."""
    question = settled.question

    def tallied(_: Walks, trips: Trips, texts: Texts) -> Tally:
        return tally_of(trips, len(texts.texts), count=question.count, steps=question.step_limit)

    tallies, texts = _in_parts(settled, reading, tallied)
    tally = together(tallies)
    flow = flow_of(tally, len(texts.texts), edge_limit=question.edge_limit)
    return {
        "edges": _edges(flow, texts),
        "nodes": _nodes(flow, texts),
        "trips": tally.trips,
        "people": tally.people,
        "too_long": tally.too_long,
    }


def _edges(flow: Flow, texts: Texts) -> list[dict[str, Any]]:
    return [
        {
            "step": edge.step,
            "from": texts.texts[edge.start - 1],
            "to": texts.texts[edge.end - 1],
            "count": edge.count,
            "average_seconds": edge.milliseconds / (1000 * edge.trips),
        }
        for edge in flow.edges
    ]


def _nodes(flow: Flow, texts: Texts) -> list[dict[str, Any]]:
    return [
        {
            "step": node.step,
            "item": texts.texts[node.item - 1],
            "inflow": node.inflow,
            "outflow": node.outflow,
            "drop_off": node.drop_off,
            "other": node.inflow - node.outflow - node.drop_off,
            "cut": node.cut,
        }
        for node in flow.nodes
    ]


def people(settled: Settled[Paths], cell: Cell, reading: Reading) -> People:
    """Everybody on an edge, or at a node, or leaving there."""
    step = cell.get("step")
    is_edge = set(cell) == {"step", "from", "to"}
    is_node = set(cell) == {"step", "item", "figure"} and cell["figure"] in ("inflow", "drop_off")
    if not isinstance(step, int) or not 1 <= step <= settled.question.step_limit or not (is_edge or is_node):
        raise BadQuestion(
            f"cell: paths have cells {{step: 1 to {settled.question.step_limit}, from, to}} and "
            f"{{step, item, figure: inflow or drop_off}}, got {dict(cell)!r:.200}."
        )

    def there(walks: Walks, trips: Trips, texts: Texts) -> list[int | str]:
        if is_edge:
            first, then = texts.number(cell["from"]), texts.number(cell["to"])
            chosen = trips.at_step(step, first) & trips.at_step(step + 1, then)
        else:
            chosen = trips.at_step(step, texts.number(cell["item"]))
            if cell["figure"] == "drop_off":
                chosen &= trips.lengths == step
        return walks.keys_of(trips.person[chosen])

    found, _ = _in_parts(settled, reading, there)
    return People(tuple(sorted(key for part in found for key in part)))


PATHS = Kind("paths", Paths, answer, people, reach=range_alone)
