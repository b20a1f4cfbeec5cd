"""What a funnel reads: one row for every event that is a step or an exclusion, by person, then in order.

A row is little more than one number. Its `clock` has the person in the high bits and the time since the range began in
the low ones, so that it grows through the whole log, and "later", "of the same person" and "within the window" are one
subtraction: events of two people are always further apart than a window. Where it fits, the marks of the steps are
packed below it, and the engine sorts and hands over a single word for every event.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from zuji.analyse.dates import Span
from zuji.analyse.funnel_question import Funnel, Step
from zuji.analyse.groups import bin_edges, key_of, number_of
from zuji.analyse.question import Breakdown, EventMatch
from zuji.analyse.reading import Reading
from zuji.analyse.seen import AT, EVER, has_key, key_sql, matching, property_text, seen
from zuji.analyse.settled import Settled
from zuji.analyse.statement import Statement
from zuji.store.query import Query

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Marks = npt.NDArray[np.integer[Any]]
NOT_THERE: Final = -1
PEOPLE_BITS: Final = 24
"""A word has room for the numbers of so many people; where one is larger, the wide rows are read."""


@dataclass(frozen=True, slots=True)
class Log:
    """The events of everybody, ordered by (clock, position).

    `marks` has a bit for every step that the event fills; `matched` the same without regard to `first_time`;
    `excluding` a bit for every exclusion. `code` is the number of the event's group in `values`, `held` that of what
    `hold_constant` looks at, or NOT_THERE.
    """

    clock: Ints
    marks: Marks
    matched: Marks
    excluding: Ints
    time_bits: int
    names: npt.NDArray[Any] | None
    """The key of each person by number; None where the number is the key."""
    code: Codes | None = None
    values: tuple[str, ...] = ()
    held: Codes | None = None

    def taken(self, rows: Ints | slice) -> Log:
        """Its rows in this order."""
        return replace(
            self,
            clock=self.clock[rows],
            marks=self.marks[rows],
            matched=self.matched[rows],
            excluding=self.excluding[rows],
            code=None if self.code is None else self.code[rows],
            held=None if self.held is None else self.held[rows],
        )


def read_log(settled: Settled[Funnel], reading: Reading) -> Log:
    """Read the events of a funnel."""
    edges = _edges(settled, reading)
    narrow = _fits_a_word(settled)
    table = reading.table(log_query(settled, edges, narrow=narrow))
    if narrow and len(table) and table["word"][-1].as_py() == 2**64 - 1:
        narrow = False
        table = reading.table(log_query(settled, edges, narrow=False))
    log = _packed(table, settled) if narrow else _wide(table, settled)
    if not len(table) or not _needs_positions(settled.question):
        return log
    positions = table["position"].to_numpy()
    order = _by_receipt(log.clock, positions)
    log = log.taken(order)
    if any(step.first_time for step in settled.question.steps):
        log = _only_first(log, positions[order], settled, reading)
    return log


def _by_receipt(clock: Ints, positions: npt.NDArray[np.uint64]) -> Ints | slice:
    """The order of rows that are ordered by clock, with those at one instant ordered by position.

    They are few, so the engine, which is quicker to sort by one number than by two, is not asked to do it.
    """
    tied = np.flatnonzero(clock[1:] == clock[:-1])
    if not len(tied):
        return slice(None)
    tied = np.union1d(tied, tied + 1)
    order = np.arange(len(clock))
    order[tied] = tied[np.lexsort((positions[tied], clock[tied]))]
    return order


def time_bits(settled: Settled[Funnel]) -> int:
    """Enough for every time of the log, and for a window between the last of one person and the first of the next."""
    window = settled.question.window.milliseconds
    return int(settled.span.to_ms - settled.span.from_ms + 2 * window + 2).bit_length()


def _mark_bits(question: Funnel) -> int:
    return len(question.steps) + len(question.exclusions)


def _fits_a_word(settled: Settled[Funnel]) -> bool:
    is_number = isinstance(settled.question.count_by, str)
    return is_number and time_bits(settled) + _mark_bits(settled.question) + PEOPLE_BITS <= 64


def _span(settled: Settled[Funnel]) -> Span:
    """The range, and the window after it for the later steps."""
    return Span(settled.span.from_ms, settled.span.to_ms + settled.question.window.milliseconds)


def _needs_every_event(question: Funnel) -> bool:
    return question.order == "strict"


def _needs_positions(question: Funnel) -> bool:
    """At one instant the receipt decides between events, but only groups and events of several steps show it."""
    names = [step.event for step in question.steps]
    one_step_each = None not in names and len(set(names)) == len(names)
    firsts = any(step.first_time for step in question.steps)
    return question.breakdown is not None or firsts or not one_step_each or bool(question.hold_constant)


def log_query(settled: Settled[Funnel], edges: Sequence[float], *, narrow: bool) -> Query:
    """The events of a funnel in order: `word` or (`who`, `at`, `marks`), and what else the question needs of them."""
    question = settled.question
    statement = Statement(settled)
    columns = {"who": key_sql(statement, settled), "at": f"{AT} - {statement.integer(settled.span.from_ms)}"}
    columns["marks"] = _marks(statement, settled)
    shown = []
    if _needs_positions(question):
        columns["position"] = "position"
        shown.append("position")
    if question.breakdown is not None:
        columns["group_key"] = f"toLowCardinality({key_of(statement, settled, question.breakdown, edges=edges)})"
        shown.append("group_key")
    if question.hold_constant:
        texts = [property_text(statement, settled, name, "event") for name in question.hold_constant]
        missing = " OR ".join(f"isNull({text})" for text in texts)
        columns["held"] = f"toLowCardinality(if({missing}, NULL, toJSONString([{', '.join(texts)}])))"
        shown.append("held")
    statement.step("marked", _marked(statement, settled, columns))
    every = "1" if _needs_every_event(question) else "marks != 0"
    condition = f"{has_key(settled)} AND {every}"
    also = "".join(f", {name}" for name in shown)
    settings = "SETTINGS output_format_arrow_low_cardinality_as_dictionary = 1"
    if not narrow:
        return statement.query(
            f"SELECT who, at, marks{also}\nFROM marked\nWHERE {condition}\nORDER BY who, at\n{settings}"
        )
    return statement.query(
        f"SELECT {_word(settled)} AS word{also}\nFROM marked\nWHERE {condition}\nORDER BY word\n{settings}"
    )


def _marked(statement: Statement, settled: Settled[Funnel], columns: dict[str, str]) -> str:
    question = settled.question
    scope = question.breakdown.scope if question.breakdown else "event"
    names = [one.event for one in (*question.steps, *question.exclusions)]
    known = [name for name in names if name is not None]
    narrowing = [] if None in names or _needs_every_event(question) else [f"event IN {statement.texts(known)}"]
    return seen(
        statement,
        settled,
        columns,
        conditions=narrowing,
        span=_span(settled),
        traits=scope == "profile",
        sessions=scope == "session",
    )


def _word(settled: Settled[Funnel]) -> str:
    """Person, time and marks in one number; the greatest one where the person's number has no room."""
    marks, times = _mark_bits(settled.question), time_bits(settled)
    person = f"bitShiftLeft(who, {marks + times})"
    packed = f"bitOr(bitOr({person}, bitShiftLeft(toUInt64(at), {marks})), marks)"
    return f"if(who < {2 ** (64 - marks - times) - 1}, {packed}, toUInt64({2**64 - 1}))"


def _marks(statement: Statement, settled: Settled[Funnel]) -> str:
    """A bit for each step and, above them, each exclusion that the event is: those of a mere name are one look-up."""
    by_name: dict[str, int] = {}
    always, rest = 0, []
    for place, one in enumerate((*settled.question.steps, *settled.question.exclusions)):
        if one.where:
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


def _edges(settled: Settled[Funnel], reading: Reading) -> tuple[float, ...]:
    """The bounds of the breakdown's `bins`, from the events that match a step."""
    breakdown = settled.question.breakdown
    if breakdown is None or breakdown.bins is None:
        return ()
    least, greatest = _extremes(settled, reading, breakdown)
    return bin_edges(least, greatest, breakdown.bins)


def _extremes(settled: Settled[Funnel], reading: Reading, breakdown: Breakdown) -> tuple[float | None, float | None]:
    statement = Statement(settled)
    columns = {"who": key_sql(statement, settled), "marks": _marks(statement, settled)}
    columns["number"] = number_of(statement, settled, breakdown)
    scope = breakdown.scope
    body = seen(
        statement, settled, columns, span=_span(settled), traits=scope == "profile", sessions=scope == "session"
    )
    statement.step("marked", body)
    steps = 2 ** len(settled.question.steps) - 1
    row = reading.table(
        statement.query(
            "SELECT min(number) AS least, max(number) AS greatest\nFROM marked\n"
            f"WHERE {has_key(settled)} AND bitAnd(marks, toUInt64({steps})) != 0"
        )
    ).to_pylist()[0]
    return row["least"], row["greatest"]


def _packed(table: pa.Table, settled: Settled[Funnel]) -> Log:
    """The log of a table of words."""
    bits, times = _mark_bits(settled.question), time_bits(settled)
    words = table["word"].to_numpy() if len(table) else np.empty(0, dtype=np.uint64)
    marks = words & np.uint64(2**bits - 1)
    clock = (words >> np.uint64(bits)).view(np.int64)
    return _log(table, settled, clock, marks, times, None)


def _wide(table: pa.Table, settled: Settled[Funnel]) -> Log:
    """The log of a table with persons, times and marks side by side."""
    times = time_bits(settled)
    if not len(table):
        none = np.empty(0, dtype=np.uint64)
        return _log(table, settled, none.view(np.int64), none, times, none)
    who = table["who"].combine_chunks().dictionary_encode()
    # Rows come ordered by person, so the first one met has the number 0, and numbers are in the order of the keys.
    number = who.indices.to_numpy().astype(np.int64)
    clock = (number << times) | table["at"].to_numpy()
    marks = table["marks"].to_numpy()
    return _log(table, settled, clock, marks, times, who.dictionary.to_numpy(zero_copy_only=False))


def _log(
    table: pa.Table,
    settled: Settled[Funnel],
    clock: Ints,
    marks: npt.NDArray[np.uint64],
    times: int,
    names: npt.NDArray[Any] | None,
) -> Log:
    steps = len(settled.question.steps)
    # Up to eight steps are bytes: the passes over them are bound by memory.
    filled: Marks = (marks & np.uint64(2**steps - 1)).astype(np.uint8 if steps <= 8 else np.int64)
    excluding = (marks >> np.uint64(steps)).astype(np.int64) if settled.question.exclusions else _nothing(marks)
    code, values = _codes(table, "group_key")
    held, _ = _codes(table, "held")
    return Log(clock, filled, filled, excluding, times, names, code, values, held)


def _nothing(like: npt.NDArray[np.uint64]) -> Ints:
    """As many zeros, which take no memory."""
    return np.broadcast_to(np.int64(0), like.shape)


def _codes(table: pa.Table, column: str) -> tuple[Codes | None, tuple[str, ...]]:
    """Each row's text as a number, and the texts."""
    if column not in table.column_names:
        return None, ()
    if not len(table):
        return np.empty(0, dtype=np.int32), ()
    encoded = table[column].unify_dictionaries().combine_chunks()
    texts = pa.concat_arrays(encoded.chunks) if isinstance(encoded, pa.ChunkedArray) else encoded
    return texts.indices.fill_null(NOT_THERE).to_numpy().astype(np.int32), tuple(texts.dictionary.to_pylist())


def _only_first(log: Log, positions: npt.NDArray[np.uint64], settled: Settled[Funnel], reading: Reading) -> Log:
    """Steps with `first_time` are filled by one event of each person's whole history."""
    marks = log.marks
    for place, step in enumerate(settled.question.steps):
        if step.first_time:
            firsts = reading.table(_firsts(settled, step))["position"].to_numpy()
            others = ~np.isin(positions, firsts)
            marks = np.where(others, marks & ~np.int64(1 << place), marks)
    return replace(log, marks=marks)


def _firsts(settled: Settled[Funnel], step: Step) -> Query:
    statement = Statement(settled)
    match = EventMatch(event=step.event, where=step.where if step.first_time == "matching" else EventMatch().where)
    columns = {"who": key_sql(statement, settled), "at": "occurred_at", "position": "position"}
    conditions = [matching(statement, settled, match)]
    span = Span(EVER.from_ms, _span(settled).to_ms)
    statement.step("candidates", seen(statement, settled, columns, conditions=conditions, span=span))
    return statement.query(
        f"SELECT argMin(position, (at, position)) AS position\nFROM candidates\nWHERE {has_key(settled)}\nGROUP BY who"
    )
