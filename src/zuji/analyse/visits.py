"""Sessions as rows: one for every session that begins in the range, made of sorted arrays of its anchor's events.

Whether an event begins a session is decided by the one before it, so no more than a pause before the range is read;
what comes after the range is, because it may belong to a session that began in it.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import msgspec
import polars as pl

from zuji.analyse.group_ranking import needs
from zuji.analyse.places import place_sql
from zuji.analyse.question import PropertyRef
from zuji.analyse.reading import Reading
from zuji.analyse.row_groups import COLUMN, deciding_sql
from zuji.analyse.seen import AT, EVER, key_sql, matching, seen, where_sql, within
from zuji.analyse.session_question import Session
from zuji.analyse.settled import Settled, wheres
from zuji.store.query import Query
from zuji.store.statement import Statement
from zuji.terms.condition import Where
from zuji.terms.dates import Span
from zuji.terms.document import EventMatch
from zuji.terms.period import MINUTE_MS, Periods

EVENTS_AT_ONCE = 3_000_000
"""Events whose arrays are held in memory at a time: with pages of a hundred letters some 500 MB."""
_PAGE, _PASSES = 1, 2


def read_visits(settled: Settled[Session], reading: Reading, periods: Periods) -> pl.DataFrame:
    """A row (place, who, ms, events, pages, entry, exit) for every session; with a breakdown what decides its group."""
    parts = [
        pl.DataFrame(reading.table(visits_statement(settled, periods, first, last)))
        for first, last in _stretches(settled, reading)
    ]
    return pl.concat(parts)


def _stretches(settled: Settled[Session], reading: Reading) -> list[tuple[int, int]]:
    """Stretches of anchors with about so many events as are held at a time: [first, last)."""
    statement = Statement(settled)
    asked = ", ".join(f"{part / 64}" for part in range(1, 64))
    [row] = reading.table(
        statement.query(
            f"SELECT count() AS events, quantiles({asked})(anchor) AS anchors FROM zuji.events\n"
            f"WHERE workspace = {{workspace:String}} AND {within(statement, _read(settled))}"
        )
    ).to_pylist()
    count = min(64, 1 + row["events"] // EVENTS_AT_ONCE)
    between = [int(row["anchors"][64 * part // count - 1]) for part in range(1, count)]
    bounds = [1, *sorted({bound for bound in between if bound > 1}), 2**63 - 1]
    return list(pairwise(bounds))


def _read(settled: Settled[Session]) -> Span:
    return Span(settled.span.from_ms - settled.question.session_gap_minutes * MINUTE_MS, EVER.to_ms)


def visits_statement(settled: Settled[Session], periods: Periods, first: int, last: int) -> Query:
    """The query for the sessions of a stretch of anchors."""
    question = settled.question
    statement = Statement(settled)
    carried = _carried(statement, settled)
    statement.step("logged", _logged(statement, settled, carried, first, last))
    columns = ", ".join(["at", "position", "bits", "path", *carried])
    statement.step("logs", f"SELECT anchor, arraySort(groupArray(({columns}))) AS log FROM logged GROUP BY anchor")
    gap = statement.integer(question.session_gap_minutes * MINUTE_MS)
    statement.step(
        "visits",
        f"SELECT anchor, arrayJoin(arraySplit((one, pause) -> pause > {gap}, log, arrayDifference(log.1))) AS visit\n"
        "FROM logs",
    )
    extra = "".join(f",\n    visit[1].{place} AS {name}" for place, name in enumerate(carried, start=5))
    from_ms, to_ms = statement.integer(settled.span.from_ms), statement.integer(settled.span.to_ms)
    statement.step(
        "sessions",
        f"""
SELECT anchor, visit[1].1 AS at, fromUnixTimestamp64Milli(at, 'UTC') AS occurred_at, visit[1].2 AS position,
    visit[-1].1 - at AS ms, length(visit) AS events, arrayCount(bits -> bitAnd(bits, {_PAGE}) != 0, visit.3) AS pages,
    arrayFirst(path -> path != '', visit.4) AS entry, arrayLast(path -> path != '', visit.4) AS exit{extra}
FROM visits
WHERE at >= {from_ms} AND at < {to_ms} AND arrayExists(bits -> bitAnd(bits, {_PASSES}) != 0, visit.3)""",
    )
    shown = ", ".join([f"{_who(settled)} AS who", f"{place_sql(statement, periods, 'at')} AS place"])
    also = f", {COLUMN}" if COLUMN in carried else ""
    condition = "isNotNull(who)" if "key" in carried else "1"
    return statement.query(f"SELECT {shown}, ms, events, pages, entry, exit{also}\nFROM sessions\nWHERE {condition}")


def _logged(statement: Statement, settled: Settled[Session], carried: dict[str, str], first: int, last: int) -> str:
    """Every event let in, whatever `where`: that is only asked whether one of a session's events passes."""
    question = settled.question
    passes = matching(statement, settled, EventMatch(event=question.event))
    if question.where:
        passes = f"{passes} AND {where_sql(statement, settled, question.where)}"
    columns = {
        "anchor": "anchor",
        "at": AT,
        "position": "position",
        "bits": f"toUInt8((type IN ('page', 'screen')) * {_PAGE} + ({passes}) * {_PASSES})",
        "path": "url_path",
        **carried,
    }
    asks = any(leaf.scope == "session" for where in wheres(question) for leaf in where.leaves())
    beside = needs(question.breakdown)
    everything = replace(settled, question=msgspec.structs.replace(question, where=Where()))
    return seen(
        statement,
        everything,
        columns,
        conditions=[f"anchor >= {statement.integer(first)} AND anchor < {statement.integer(last)}"],
        span=_read(settled),
        traits=beside["traits"],
        sessions=asks or beside["sessions"],
    )


def _carried(statement: Statement, settled: Settled[Session]) -> dict[str, str]:
    """What is taken along from every event because a session needs it of its first one."""
    question = settled.question
    carried = {}
    if isinstance(question.count_by, PropertyRef):
        carried["key"] = key_sql(statement, settled)
    if question.breakdown is not None:
        carried[COLUMN] = deciding_sql(statement, settled, question.breakdown)
    return carried


def _who(settled: Settled[Session]) -> str:
    """Whose a session is: its first event's; to count by sessions or events is to count its first event."""
    if isinstance(settled.question.count_by, PropertyRef):
        return "key"
    return settled.whose.sql if settled.question.count_by == "user" else "position"
