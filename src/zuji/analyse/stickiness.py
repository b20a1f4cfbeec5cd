"""Stickiness: in how many intervals people are active. docs/questions.md, `stickiness`."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from zuji.analyse.kind import Answer, Cell, Kind, People
from zuji.analyse.places import place_sql
from zuji.analyse.question import Question
from zuji.analyse.reading import Reading
from zuji.analyse.seen import has_key, key_sql, matching, seen
from zuji.analyse.settled import Settled, periods_out
from zuji.store.query import Query
from zuji.store.statement import Statement
from zuji.terms.dates import Span
from zuji.terms.document import Document, EventMatch, Text
from zuji.terms.error import BadQuestion
from zuji.terms.period import Interval, Periods

_OPERATORS = {"gte": ">=", "lte": "<=", "eq": "="}


class PerInterval(Document, frozen=True, kw_only=True):
    """How many matches make an interval an active one."""

    op: Literal["gte", "lte", "eq"] = "gte"
    value: Annotated[int, Meta(ge=1, le=1_000_000)] = 1


class Stickiness(Question, frozen=True, kw_only=True):
    """An event, and the intervals to be active in."""

    event: Text | None = None
    interval: Interval = "day"
    interval_count: Annotated[int, Meta(ge=1, le=1_000)] = 1
    per_interval: PerInterval = PerInterval()
    cumulative: bool = False


def intervals_of(settled: Settled[Stickiness]) -> Periods:
    """The intervals: so many periods each, from the first; the last may reach beyond the range."""
    periods, count = settled.periods(settled.question.interval), settled.question.interval_count
    end = periods.bounds[-1]
    for _ in range(-len(periods) % count):
        end = settled.calendar.starts(periods.interval, end, end + 1)[1]
    return Periods(periods.interval, (*periods.starts[::count], end))


def days_query(settled: Settled[Stickiness], intervals: Periods, *, end: str) -> Query:
    """Everybody with the number of intervals they were active in (`days`, never 0), then `end`: a SELECT over these.

    Of up to 64 intervals those that somebody was active in are the bits of one number: a third less processor time
    than a set takes.
    """
    question = settled.question
    statement = Statement(settled)
    columns = {"who": key_sql(statement, settled), "place": place_sql(statement, intervals)}
    conditions = [matching(statement, settled, EventMatch(event=question.event))]
    statement.step("matched", seen(statement, settled, columns, conditions=conditions))
    if question.per_interval == PerInterval():
        few = "bitCount(groupBitOr(bitShiftLeft(toUInt64(1), place)))"
        days = few if len(intervals) <= 64 else "uniqExact(place)"
        statement.step("active", f"SELECT who, {days} AS days FROM matched WHERE {has_key(settled)} GROUP BY who")
    else:
        passes = f"count() {_OPERATORS[question.per_interval.op]} {statement.integer(question.per_interval.value)}"
        statement.step(
            "active_days",
            f"SELECT who, place FROM matched WHERE {has_key(settled)} GROUP BY who, place HAVING {passes}",
        )
        statement.step("active", "SELECT who, count() AS days FROM active_days GROUP BY who")
    return statement.query(end)


def answer(settled: Settled[Stickiness], reading: Reading) -> Answer:
    """How many people were active in exactly 1, 2, 3 ... intervals (cumulative: in so many or more)."""
    intervals = intervals_of(settled)
    counts = [0] * len(intervals)
    query = days_query(settled, intervals, end="SELECT days, count() AS people FROM active GROUP BY days")
    for row in reading.table(query).to_pylist():
        counts[row["days"] - 1] = row["people"]
    if settled.question.cumulative:
        counts = [sum(counts[number:]) for number in range(len(counts))]
    return {"intervals": periods_out(settled, intervals), "counts": counts}


def people(settled: Settled[Stickiness], cell: Cell, reading: Reading) -> People:
    """Everybody active in that many intervals."""
    intervals = intervals_of(settled)
    wanted = cell.get("intervals")
    if not isinstance(wanted, int) or not 1 <= wanted <= len(intervals):
        raise BadQuestion(f"cell: stickiness has cells {{intervals: 1 to {len(intervals)}}}, got {dict(cell)!r:.200}.")
    fits = f"days {'>=' if settled.question.cumulative else '='} {wanted:d}"
    query = days_query(settled, intervals, end=f"SELECT who, days FROM active WHERE {fits} ORDER BY who")
    table = reading.table(query)
    keys = table["who"].to_pylist()
    reasons = {key: {"intervals": days} for key, days in zip(keys, table["days"].to_pylist(), strict=True)}
    return People(tuple(keys), reasons)


def reach(settled: Settled[Stickiness]) -> Span:
    """The range, and its last interval's end."""
    return Span(settled.span.from_ms, max(settled.span.to_ms, intervals_of(settled).bounds[-1]))


STICKINESS = Kind("stickiness", Stickiness, answer, people, reach=reach)
