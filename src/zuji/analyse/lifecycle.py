"""Lifecycle: who is new, comes back, returns after a pause, stays away. docs/questions.md, `lifecycle`.

Read as a newcomer to this room: a kind is a document (`Lifecycle`), queries (`activity_query`, one statement of named
steps), and an answer made of their tables (`answer`); the people of a figure come from the same steps.
"""

from __future__ import annotations

from typing import Literal, get_args

from zuji.analyse.kind import Answer, Cell, Kind, People
from zuji.analyse.places import place_sql
from zuji.analyse.question import Question
from zuji.analyse.reading import Reading
from zuji.analyse.seen import AT, EVER, has_key, key_sql, matching, seen
from zuji.analyse.settled import Settled, Surroundings, periods_out, settle
from zuji.store.query import Query
from zuji.store.statement import Statement
from zuji.terms.dates import Span
from zuji.terms.document import EventMatch, Text
from zuji.terms.error import BadQuestion
from zuji.terms.period import Interval, Periods

Status = Literal["new", "returning", "resurrecting", "dormant"]
STATUSES: tuple[Status, ...] = get_args(Status)


class Lifecycle(Question, frozen=True, kw_only=True):
    """An event, and the periods to look at."""

    event: Text | None = None
    interval: Interval = "day"


def settle_lifecycle(question: Lifecycle, around: Surroundings) -> Settled[Lifecycle]:
    """The range begins at the start of its first period."""
    if question.interval == "minute":
        raise BadQuestion("interval: a lifecycle is asked by hour, day, week, month, quarter or year, not by minute.")
    return settle(question, around).begun_with(question.interval)


def activity_query(settled: Settled[Lifecycle], periods: Periods, *, end: str) -> Query:
    """Everybody's status in every period, then `end`: a SELECT over (who, place, status).

    place is the number of the period, from 0. A person's active periods are one sorted array; a status follows from
    the neighbours in it.
    """
    statement = Statement(settled)
    before = settled.calendar.start(periods.interval, periods.bounds[0] - 1)
    looked_at = Periods(periods.interval, (before, *periods.bounds))
    bounds = statement.integers(looked_at.starts)
    columns = {"who": key_sql(statement, settled), "at": AT}
    conditions = [matching(statement, settled, EventMatch(event=settled.question.event))]
    statement.step(
        "matched", seen(statement, settled, columns, conditions=conditions, span=Span(EVER.from_ms, settled.span.to_ms))
    )
    statement.step(
        "active",
        f"""
SELECT who, min(at) AS first_at,
    arrayMap(place -> toInt32(place) + 1, {_places(statement, looked_at)}) AS places
FROM matched
WHERE {has_key(settled)}
GROUP BY who
HAVING notEmpty(places)""",
    )
    statement.step(
        "stated",
        f"""
SELECT who,
    arrayJoin(arrayConcat(
        arrayMap((place, before) -> (place, multiIf(
            {bounds}[place] <= first_at, 'new', before = place - 1, 'returning', 'resurrecting'
        )), places, arrayPopBack(arrayPushFront(places, 0))),
        arrayMap(place -> (place + 1, 'dormant'), arrayFilter(place -> NOT has(places, place + 1), places))
    )) AS stated,
    stated.1 - 2 AS place, stated.2 AS status
FROM active
WHERE place >= 0 AND place < {statement.integer(len(periods))}""",
    )
    return statement.query(end)


def _places(statement: Statement, periods: Periods) -> str:
    """The numbers of the periods that hold one of somebody's events, ascending, from 0: an aggregate over `at`.

    Of up to 64 periods they are the bits of one number: a fifth less processor time than a set takes.
    """
    first = statement.integer(periods.bounds[0])
    place = place_sql(statement, periods, f"greatest(at, {first})")
    if len(periods) > 64:
        return f"arraySort(groupUniqArrayIf({place}, at >= {first}))"
    return f"bitPositionsToArray(groupBitOr(bitShiftLeft(toUInt64(at >= {first}), {place})))"


def answer(settled: Settled[Lifecycle], reading: Reading) -> Answer:
    """Four lists, a number for each period."""
    periods = settled.periods(settled.question.interval)
    end = "SELECT place, status, count() AS people FROM stated GROUP BY place, status"
    lists: dict[str, list[int]] = {status: [0] * len(periods) for status in STATUSES}
    for row in reading.table(activity_query(settled, periods, end=end)).to_pylist():
        lists[row["status"]][row["place"]] = row["people"]
    return {"periods": periods_out(settled, periods), **lists}


def people(settled: Settled[Lifecycle], cell: Cell, reading: Reading) -> People:
    """Everybody of one status in one period."""
    periods = settled.periods(settled.question.interval)
    status, place = cell.get("status"), cell.get("period")
    if status not in STATUSES or not isinstance(place, int) or not 0 <= place < len(periods):
        raise BadQuestion(
            f"cell: a lifecycle has cells {{status: {', '.join(STATUSES)}; period: 0 to {len(periods) - 1}}}, "
            f"got {dict(cell)!r:.200}."
        )
    end = f"SELECT who FROM stated WHERE status = '{status}' AND place = {place:d} ORDER BY who"
    return People(tuple(reading.table(activity_query(settled, periods, end=end))["who"].to_pylist()))


def reach(settled: Settled[Lifecycle]) -> Span:
    """All of history before the range's end; its periods are over when the last one is."""
    return Span(EVER.from_ms, max(settled.span.to_ms, settled.periods(settled.question.interval).bounds[-1]))


LIFECYCLE = Kind("lifecycle", Lifecycle, answer, people, settle_lifecycle, reach)
