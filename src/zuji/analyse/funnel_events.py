"""The SQL of a funnel: which events it reads, and how each becomes a row of the log (funnel_log.py)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from zuji.analyse.funnel_question import Funnel, Step
from zuji.analyse.group_ranking import needs
from zuji.analyse.groups import key_of, number_of
from zuji.analyse.question import Breakdown
from zuji.analyse.seen import AT, EVER, has_key, key_sql, matching, property_text, seen
from zuji.analyse.settled import Settled
from zuji.analyse.visual_events import is_visual, raw_names
from zuji.store.query import Query
from zuji.store.statement import Statement
from zuji.terms.dates import Span
from zuji.terms.document import EventMatch

PEOPLE_BITS: Final = 24
"""A word has room for the numbers of so many people; where one is larger, the wide rows are read."""
NO_ROOM: Final = 2**64 - 1
"""The word of an event whose person's number has no room."""

Shape = Literal["words", "words_and_positions", "wide"]
"""Rows of one word each, in no order; the same with the order of receipt; or all of it side by side, in order."""


def time_bits(settled: Settled[Funnel]) -> int:
    """Enough for every time of the log, and for a window between the last of one person and the first of the next."""
    window = settled.question.window.milliseconds
    return int(settled.span.to_ms - settled.span.from_ms + 2 * window + 2).bit_length()


def mark_bits(question: Funnel) -> int:
    return len(question.steps) + len(question.exclusions)


def fits_a_word(settled: Settled[Funnel]) -> bool:
    is_number = isinstance(settled.question.count_by, str)
    return is_number and time_bits(settled) + mark_bits(settled.question) + PEOPLE_BITS <= 64


def _span(settled: Settled[Funnel]) -> Span:
    """The range, and the window after it for the later steps."""
    return Span(settled.span.from_ms, settled.span.to_ms + settled.question.window.milliseconds)


def _needs_every_event(question: Funnel) -> bool:
    return question.order == "strict"


def needs_positions(question: Funnel) -> bool:
    """At one instant the receipt decides between events, which shows where they fill the same step.

    Groups show it too, but there it matters so rarely that only those people are read again (funnel_log.py).
    """
    names = [step.event for step in question.steps]
    # One click may be several visual events.
    one_step_each = None not in names and len(set(names)) == len(names) and not any(map(is_visual, names))
    firsts = any(step.first_time for step in question.steps)
    return firsts or not one_step_each or bool(question.hold_constant)


def log_query(
    settled: Settled[Funnel], edges: Sequence[float], *, shape: Shape, people: Sequence[int] | None = None
) -> Query:
    """The events of a funnel: `word` or (`who`, `at`, `marks`), and what else the question needs of them.

    `edges` are the bounds of the breakdown's `bins`; with `people` only their events are read.
    """
    question = settled.question
    statement = Statement(settled)
    columns = {
        "who": key_sql(statement, settled),
        "at": f"{AT} - {statement.integer(settled.span.from_ms)}",
        "marks": _marks(statement, settled),
    }
    shown = _more_columns(statement, settled, edges, shape)
    statement.step("marked", _marked(statement, settled, {**columns, **shown}))
    conditions = [has_key(settled)]
    if not _needs_every_event(question):
        conditions.append("marks != 0")
    if people is not None:
        conditions.append(f"who IN {statement.bind(list(people), 'Array(UInt64)')}")
    selected = ", ".join(["who, at, marks" if shape == "wide" else f"{_word(settled)} AS word", *shown])
    # A single word is sorted sooner outside of the engine, which moves whole rows.
    order = "ORDER BY who, at\n" if shape == "wide" else ""
    return statement.query(
        f"SELECT {selected}\nFROM marked\nWHERE {' AND '.join(conditions)}\n{order}"
        "SETTINGS output_format_arrow_low_cardinality_as_dictionary = 1"
    )


def _more_columns(
    statement: Statement, settled: Settled[Funnel], edges: Sequence[float], shape: Shape
) -> dict[str, str]:
    """The columns beside person, time and marks."""
    question, columns = settled.question, {}
    if shape != "words":
        columns["position"] = "position"
    if question.breakdown is not None:
        columns["group_key"] = f"toLowCardinality({key_of(statement, settled, question.breakdown, edges=edges)})"
    if question.hold_constant:
        texts = [property_text(statement, settled, name, "event") for name in question.hold_constant]
        missing = " OR ".join(f"isNull({text})" for text in texts)
        columns["held"] = f"toLowCardinality(if({missing}, NULL, toJSONString([{', '.join(texts)}])))"
    return columns


def _marked(statement: Statement, settled: Settled[Funnel], columns: dict[str, str]) -> str:
    question = settled.question
    names = [one.event for one in (*question.steps, *question.exclusions)]
    known = [name for name in names if name is not None]
    narrowing = (
        [] if None in names or _needs_every_event(question) else [f"event IN {statement.texts(raw_names(known))}"]
    )
    return seen(
        statement,
        settled,
        columns,
        conditions=narrowing,
        span=_span(settled),
        **needs(question.breakdown),
    )


def _word(settled: Settled[Funnel]) -> str:
    """Person, time and marks in one number; the greatest one where the person's number has no room."""
    marks, times = mark_bits(settled.question), time_bits(settled)
    person = f"bitShiftLeft(who, {marks + times})"
    packed = f"bitOr(bitOr({person}, bitShiftLeft(toUInt64(at), {marks})), marks)"
    return f"if(who < {2 ** (64 - marks - times) - 1}, {packed}, toUInt64({NO_ROOM}))"


def _marks(statement: Statement, settled: Settled[Funnel]) -> str:
    """A bit for each step and, above them, each exclusion that the event is: those of a mere name are one look-up."""
    by_name: dict[str, int] = {}
    always, rest = 0, []
    for place, one in enumerate((*settled.question.steps, *settled.question.exclusions)):
        if one.where or is_visual(one.event):
            match = EventMatch(event=one.event, where=one.where)
            rest.append(f"bitShiftLeft(toUInt64({matching(statement, settled, match)}), {place})")
        elif one.event is None:
            always |= 1 << place
        else:
            by_name[one.event] = by_name.get(one.event, 0) | 1 << place
    if by_name:
        bits = statement.bind(list(by_name.values()), "Array(UInt64)")
        rest.append(f"transform(event, {statement.texts(list(by_name))}, {bits}, toUInt64(0))")
    if always:
        rest.append(f"toUInt64({always})")
    marks = rest[0]
    for one_more in rest[1:]:
        marks = f"bitOr({marks}, {one_more})"
    return marks


def extremes_query(settled: Settled[Funnel], breakdown: Breakdown) -> Query:
    """The least and the greatest number of the breakdown among the events that match a step."""
    statement = Statement(settled)
    columns = {"who": key_sql(statement, settled), "marks": _marks(statement, settled)}
    columns["number"] = number_of(statement, settled, breakdown)
    body = seen(statement, settled, columns, span=_span(settled), **needs(breakdown))
    statement.step("marked", body)
    steps = 2 ** len(settled.question.steps) - 1
    return statement.query(
        "SELECT min(number) AS least, max(number) AS greatest\nFROM marked\n"
        f"WHERE {has_key(settled)} AND bitAnd(marks, toUInt64({steps})) != 0"
    )


def firsts_query(settled: Settled[Funnel], step: Step) -> Query:
    """The one event of each person, over all of history, that a step with `first_time` lets through."""
    statement = Statement(settled)
    match = EventMatch(event=step.event, where=step.where if step.first_time == "matching" else EventMatch().where)
    columns = {"who": key_sql(statement, settled), "at": "occurred_at", "position": "position"}
    conditions = [matching(statement, settled, match)]
    span = Span(EVER.from_ms, _span(settled).to_ms)
    statement.step("candidates", seen(statement, settled, columns, conditions=conditions, span=span))
    return statement.query(
        f"SELECT argMin(position, (at, position)) AS position\nFROM candidates\nWHERE {has_key(settled)}\nGROUP BY who"
    )
