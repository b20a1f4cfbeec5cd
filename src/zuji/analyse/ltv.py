"""Lifetime value: what people acquired in one period bring in, up to so many days after. docs/questions.md, `ltv`."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Any, Literal

from msgspec import Meta, field

from zuji.analyse.kind import Answer, Cell, Kind, People
from zuji.analyse.money import AMOUNTS, refuse_currencies
from zuji.analyse.question import Question
from zuji.analyse.reading import Reading
from zuji.analyse.seen import AT, EVER, has_key, key_sql, matching, property_number, seen
from zuji.analyse.settled import Settled, Surroundings, settle
from zuji.store.statement import Statement
from zuji.terms.dates import Span, written
from zuji.terms.document import EventMatch, Name
from zuji.terms.error import BadQuestion
from zuji.terms.period import DAY_MS, Periods, labels

DAYS = (1, 7, 14, 30, 60, 90, 180, 365)


class Revenue(EventMatch, frozen=True, kw_only=True):
    """The events that bring something in, and where they say how much."""

    property: Name = "$amount"


class Ltv(Question, frozen=True, kw_only=True):
    """Who is acquired by what, and the days up to which their revenue is added up."""

    revenue: Revenue
    acquired: EventMatch = field(default_factory=EventMatch)
    cohort: Literal["day", "week", "month", "quarter", "year"] = "month"
    days: Annotated[tuple[Annotated[int, Meta(ge=1, le=3_660)], ...], Meta(min_length=1, max_length=100)] = DAYS


def settle_ltv(question: Ltv, around: Surroundings) -> Settled[Ltv]:
    """The cohorts of twelve months, unless the question says which."""
    return settle(question, around, first_day="-11mStart")


def members(settled: Settled[Ltv], periods: Periods, *, with_currencies: bool = False) -> Statement:
    """Everybody acquired in one of the periods: a statement whose step `members` has (who, since, place, revenue).

    place is the number of the cohort, from 0; revenue is an array of (at, value[, currency]) from `since` on, read in
    one pass with the acquisition: whole history until the last cohort's longest day is over. An amount is a decimal
    here, so that the sum does not depend on the order in which the engine meets the events; other numbers are doubles.
    """
    statement = Statement(settled)
    question = settled.question
    acquires = matching(statement, settled, question.acquired)
    pays = matching(statement, settled, question.revenue)
    is_amount = question.revenue.property in AMOUNTS
    columns = {
        "who": key_sql(statement, settled),
        "at": AT,
        "acquires": acquires,
        "pays": pays,
        "value": "amount" if is_amount else property_number(statement, settled, question.revenue.property),
    }
    if with_currencies:
        columns["money"] = "toString(currency)"
    span = Span(EVER.from_ms, periods.bounds[-1] + max(question.days) * DAY_MS)
    conditions = [f"({acquires} OR {pays})"]
    statement.step("matched", seen(statement, settled, columns, conditions=conditions, span=span))
    first, last = statement.integer(periods.bounds[0]), statement.integer(periods.bounds[-1])
    statement.step(
        "everybody",
        f"""
SELECT who, minIf(at, acquires) AS since,
    groupArrayIf((at, assumeNotNull(value){", money" if with_currencies else ""}), pays AND isNotNull(value)) AS paid
FROM matched
WHERE {has_key(settled)}
GROUP BY who
HAVING countIf(acquires) > 0 AND since >= {first} AND since < {last}""",
    )
    starts = statement.integers(periods.starts)
    statement.step(
        "members",
        f"""
SELECT who, since, toInt64(indexOf({starts}, roundDown(since, {starts}))) - 1 AS place,
    arrayFilter(one -> one.1 >= since, paid) AS revenue
FROM everybody""",
    )
    return statement


def answer(settled: Settled[Ltv], reading: Reading) -> Answer:
    """A row for every cohort: its people, and their revenue per head up to each of the days."""
    periods, name = settled.periods(settled.question.cohort), settled.question.revenue.property
    lengths = [days * DAY_MS for days in settled.question.days]
    with_currencies = name in AMOUNTS and reading.several_currencies(settled.workspace)
    statement = members(settled, periods, with_currencies=with_currencies)
    longest = statement.integer(max(lengths))
    figures = {
        "people": "count()",
        "sums": f"{'sumForEach' if name in AMOUNTS else 'sumKahanForEach'}"
        f"(arrayMap(length -> {_sum('one.1 < since + length')}, {statement.integers(lengths)}))",
    }
    if with_currencies:
        in_time = f"arrayFilter(one -> one.1 < since + {longest}, revenue)"
        figures["currencies"] = f"groupUniqArrayArray(arrayMap(one -> one.3, {in_time}))"
    shown = "".join(f",\n    {sql} AS {figure}" for figure, sql in figures.items())
    table = reading.table(statement.query(f"SELECT place{shown}\nFROM members\nGROUP BY place"))
    found = {row["place"]: row for row in table.to_pylist()}
    refuse_currencies(name, {name for row in found.values() for name in row.get("currencies", ()) if name})
    starts = labels(settled.calendar, periods.interval, periods.starts)
    return {
        "rows": [
            _row(start, found.get(place), lengths, since_end_ms=settled.now_ms - period_end)
            for place, (start, (_, period_end)) in enumerate(zip(starts, pairwise(periods.bounds), strict=True))
        ]
    }


def _sum(condition: str) -> str:
    """What a person brought in where this holds."""
    return f"arraySum(one -> if({condition}, one.2, 0), revenue)"


def _row(start: str, found: dict[str, Any] | None, lengths: list[int], *, since_end_ms: int) -> dict[str, Any]:
    """One cohort. A value is known once its days are over for whoever was acquired last."""
    if found is None:
        return {"start": start, "people": 0, "values": [None] * len(lengths)}
    values = [
        _per_head(total, found["people"]) if length <= since_end_ms else None
        for length, total in zip(lengths, found["sums"], strict=True)
    ]
    return {"start": start, "people": found["people"], "values": values}


def _per_head(total: Decimal | float, people: int) -> float:
    return float(Fraction(total) / people)


def people(settled: Settled[Ltv], cell: Cell, reading: Reading) -> People:
    """Everybody of a cohort, or those of them with revenue by a day; and since when, and how much."""
    periods = settled.periods(settled.question.cohort)
    days = settled.question.days
    row, column = cell.get("row"), cell.get("column")
    if not isinstance(row, int) or not 0 <= row < len(periods) or not _is_column(column, len(days)):
        raise BadQuestion(
            f"cell: this lifetime value has cells {{row: 0 to {len(periods) - 1}; column: 0 to {len(days) - 1} or "
            f"null}}, got {dict(cell)!r:.200}."
        )
    statement = members(settled, periods)
    length = statement.integer((max(days) if column is None else days[column]) * DAY_MS)
    end = f"""
SELECT who, since, arrayFilter(one -> one.1 < since + {length}, revenue) AS brought,
    {_sum(f"one.1 < since + {length}")} AS value
FROM members
WHERE place = {statement.integer(row)}{"" if column is None else " AND notEmpty(brought)"}
ORDER BY who"""
    table = reading.table(statement.query(end))
    keys, since, values = (table[name].to_pylist() for name in ("who", "since", "value"))
    reasons = {
        key: {"acquired_at": written(at, settled.calendar), "value": float(value)}
        for key, at, value in zip(keys, since, values, strict=True)
    }
    return People(tuple(keys), reasons)


def _is_column(column: object, count: int) -> bool:
    return column is None or (isinstance(column, int) and 0 <= column < count)


def reach(settled: Settled[Ltv]) -> Span:
    """From ever until the last cohort's longest day is over."""
    periods = settled.periods(settled.question.cohort)
    return Span(EVER.from_ms, max(settled.span.to_ms, periods.bounds[-1] + max(settled.question.days) * DAY_MS))


LTV = Kind("ltv", Ltv, answer, people, settle_ltv, reach=reach)
