"""Who is in which cohort and who came back when, as steps of a statement.

One pass over the events makes a row per person and period (`by_period`), one over those a row per person (`by_person`)
with the periods of their targets and of their returns; `marked` is a row for every column of a row of the answer that
a person counts in. Periods are numbered from 1; 0 is the time before the first.
"""

from __future__ import annotations

from collections.abc import Mapping

from zuji.analyse.group_ranking import RankedGroups, needs
from zuji.analyse.money import AMOUNTS
from zuji.analyse.places import place_sql
from zuji.analyse.question import Breakdown
from zuji.analyse.retention_question import Cohorts, Retention
from zuji.analyse.seen import AT, has_key, key_sql, matching, property_number, seen
from zuji.analyse.settled import Settled
from zuji.store.property_sql import event_value
from zuji.store.statement import Statement


def deciding_sql(
    settled: Settled[Retention], cohorts: Cohorts, statement: Statement, columns: Mapping[str, str]
) -> str:
    """The SELECT of the first target of every person in every cohort, with these columns of it."""
    add_matched(statement, settled, cohorts, columns, settled.question.breakdown, which="target")
    # In a tuple, because the engine skips a null argument of argMin.
    firsts = ", ".join(f"argMin(tuple({name}), (at, position)).1 AS {name}" for name in columns)
    statement.step("firsts", f"SELECT who, period, {firsts}\nFROM matched\nGROUP BY who, period")
    if settled.question.mode == "recurring":
        return "SELECT * FROM firsts"
    statement.step("first_ever", "SELECT * FROM firsts ORDER BY period LIMIT 1 BY who")
    return "SELECT * FROM first_ever WHERE period > 0"


def add_marked(
    statement: Statement, settled: Settled[Retention], cohorts: Cohorts, ranked: RankedGroups | None
) -> None:
    """The step `marked`: (who, cohort, grp, in_column, came, measured).

    `cohort` is from 1, `in_column` from 0. With `cumulative` somebody came in their last column only: who counts is
    whoever came in it or later. Without a measure there are only rows of people who came. `measured` is the sum, how
    many numbers, and for amounts their currencies.
    """
    question = settled.question
    columns: dict[str, str] = {}
    if ranked is not None:
        columns["grp"] = ranked.number_sql(statement, settled)
    if question.measure is not None:
        columns["number"] = property_number(statement, settled, question.measure.property)
    if question.measure is not None and question.measure.property in AMOUNTS:
        columns["currency_text"] = event_value(statement, "$currency", zone=settled.calendar.zone.key).text
    add_matched(
        statement, settled, cohorts, columns, ranked.breakdown if ranked else None, which="(target OR returning)"
    )
    statement.step("by_period", _by_period(statement, question, columns))
    statement.step("by_person", _by_person(question))
    statement.step("aimed", "SELECT who, returns, arrayJoin(targets) AS aim FROM by_person WHERE aim.1 > 0")
    width = statement.integer(cohorts.columns)
    later = f"arrayFilter(one -> one.1 > aim.1 AND one.1 < aim.1 + {width}, returns)"
    came, last = "one.2", ""
    if question.cumulative:
        came = "one.2 AND one.1 = last"
        last = "arrayMax(arrayPushBack(arrayMap(one -> if(one.2, one.1, 0), later), 0)) AS last,\n    "
    marks = f"arrayMap(one -> (toInt64(one.1) - aim.1, {came}, one.3), later)"
    if question.measure is None:
        marks = f"arrayFilter(mark -> mark.2, {marks})"
    statement.step(
        "marked",
        f"""
SELECT who, aim.1 AS cohort, aim.2 AS grp,
    {later} AS later,
    {last}arrayJoin(arrayPushFront({marks}, (toInt64(0), toUInt8(1), aim.3))) AS mark,
    mark.1 AS in_column, mark.2 AS came, mark.3 AS measured
FROM aimed""",
    )


def add_matched(
    statement: Statement,
    settled: Settled[Retention],
    cohorts: Cohorts,
    columns: Mapping[str, str],
    breakdown: Breakdown | None,
    *,
    which: str,
) -> None:
    """The step `matched`: targets and returns (`which` of them), each with its period."""
    question = settled.question
    first, end = statement.integer(cohorts.first_ms), statement.integer(cohorts.end_ms)
    targets = matching(statement, settled, question.target)
    returns = matching(statement, settled, question.returning)
    place = place_sql(statement, cohorts.periods)
    body = seen(
        statement,
        settled,
        {
            "who": key_sql(statement, settled),
            "at": AT,
            "position": "position",
            "target": f"{targets} AND at < {end}",
            "returning": f"{returns} AND at >= {first}",
            "period": f"if(at < {first}, toUInt16(0), toUInt16({place} + 1))",
            **columns,
        },
        conditions=[which, has_key(settled)],
        span=cohorts.seen_span(first_time=question.mode == "first_time"),
        **needs(breakdown),
    )
    statement.step("matched", body)


def _by_period(statement: Statement, question: Retention, columns: Mapping[str, str]) -> str:
    """(who, period, targeted, came, grp, aimed_at, returned): the last two are what is measured."""
    grp = "argMinIf(grp, (at, position), target)" if "grp" in columns else "toUInt32(0)"
    least = statement.integer(question.min_occurrences)

    def measured(which: str) -> str:
        if "number" not in columns:
            return "toUInt8(0)"
        found = [f"sumKahanIf(ifNull(number, 0), {which})", f"countIf({which} AND isNotNull(number))"]
        if "currency_text" in columns:
            found.append(f"groupUniqArrayIf(currency_text, {which} AND isNotNull(number) AND isNotNull(currency_text))")
        return f"tuple({', '.join(found)})"

    return f"""
SELECT who, period, max(target) AS targeted, countIf(returning) >= {least} AS came, countIf(returning) > 0 AS returned,
    {grp} AS grp, {measured("target")} AS of_targets, {measured("returning")} AS of_returns
FROM matched
GROUP BY who, period"""


def _by_person(question: Retention) -> str:
    """(who, targets, returns): (period, grp, measured) of each target, (period, came, measured) of each return."""
    first_time = question.mode == "first_time"
    targets = "groupArrayIf((period, grp, of_targets), targeted)"
    returned = "came" if question.measure is None else "returned"
    return f"""
SELECT who, {f"arraySlice(arraySort(one -> one.1, {targets}), 1, 1)" if first_time else targets} AS targets,
    groupArrayIf((period, toUInt8(came), of_returns), {returned}) AS returns
FROM by_period
GROUP BY who
HAVING notEmpty(targets)"""


def totals_sql(question: Retention) -> str:
    """(cohort, grp, in_column, people[, total, numbers[, currencies]])."""
    figures = "countIf(came) AS people"
    if question.measure is not None:
        figures += ", sumKahan(measured.1) AS total, sum(measured.2) AS numbers"
        if question.measure.property in AMOUNTS:
            figures += ", groupUniqArrayArray(measured.3) AS currencies"
    return f"SELECT cohort, grp, in_column, {figures}\nFROM marked\nGROUP BY cohort, grp, in_column"
