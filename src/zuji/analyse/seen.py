"""The events as a question sees them: those it may use, with the person each belongs to now.

Every kind reads events through `seen`, so that robots, purposes, time zones and merges mean the same everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from zuji.analyse.question import Breakdown, PropertyRef
from zuji.analyse.settled import OF_TAGS, Settled, wheres
from zuji.store.condition_sql import condition_sql
from zuji.store.profiles import CURRENT_PROFILES
from zuji.store.property_sql import event_value, trait_value
from zuji.store.statement import Statement
from zuji.store.tag_rows import TAG_NOW
from zuji.tag.visual_event import CLICKS
from zuji.terms.condition import Where
from zuji.terms.dates import Span
from zuji.terms.document import EventMatch
from zuji.terms.event import Flag
from zuji.terms.period import MINUTE_MS

EVER = Span(-(2**53), 2**53)
"""Whole history."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_SECOND, _LAST_SECOND = -2_208_988_800, 10_413_791_999
"""The engine's times reach from 1900 to 2299."""
AT = "toUnixTimestamp64Milli(occurred_at)"


def admitted(settled: Settled[Any]) -> str:
    """The condition of the question's defaults: robots, inferred events, purposes."""
    question = settled.question
    unwanted = (
        (Flag.ROBOT if question.robots == "leave_out" else 0)
        | (Flag.INFERRED if question.inferred == "leave_out" else 0)
        | (Flag.NO_ANALYTICS if question.purposes == "analytics" else 0)
    )
    return "workspace = {workspace:String}" + (f" AND bitAnd(flags, {int(unwanted)}) = 0" if unwanted else "")


def within(statement: Statement, span: Span) -> str:
    """The condition that an event lies in a range."""
    if span == EVER:
        return "1"
    first, last = statement.integer(span.from_ms), statement.integer(span.to_ms)
    return f"occurred_at >= fromUnixTimestamp64Milli({first}) AND occurred_at < fromUnixTimestamp64Milli({last})"


def in_months_of(statement: Statement, span: Span) -> str:
    """The condition that an event lies in one of the months that a range touches, true of more events than `within`.

    Events are stored by month, so this is known of them without reading when each occurred, which costs as much as
    reading three narrow columns. For first looks at which values there may be.
    """
    first, last = (_month(at) for at in (span.from_ms, span.to_ms - 1))
    return f"_partition_id >= {statement.text(first)} AND _partition_id <= {statement.text(last)}"


def _month(at: int) -> str:
    """The month of a moment as the store names it; times outside of what the engine knows are at its ends."""
    second = min(max(at // 1000, _FIRST_SECOND), _LAST_SECOND)
    return f"{EPOCH + timedelta(seconds=second):%Y%m}"


def matching(statement: Statement, settled: Settled[Any], match: EventMatch) -> str:
    """The condition that an event is of this name and passes these conditions."""
    named = "1" if match.event is None else named_sql(statement, settled, match.event)
    return f"({named} AND {where_sql(statement, settled, match.where)})" if match.where else named


def named_sql(statement: Statement, settled: Settled[Any], event: str) -> str:
    """The condition that an event is of this name, which may be that of a visual event."""
    visual = settled.visual.get(event)
    if visual is None:
        return f"event = {statement.text(event)}"
    # The bare column first: the engine finds names in the table's order, and reads chains of clicks alone.
    return f"(event IN {statement.texts(CLICKS)} AND {where_sql(statement, settled, visual)})"


def where_sql(statement: Statement, settled: Settled[Any], where: Where) -> str:
    """A condition over the columns of `source`."""
    return condition_sql(statement, settled, where.node)


def key_sql(statement: Statement, settled: Settled[Any]) -> str:
    """What is counted (`count_by`), as `who`: a UInt64 (0: nobody), or a Nullable(String) for a property."""
    by = settled.question.count_by
    if isinstance(by, PropertyRef):
        return f"nullIf({property_text(statement, settled, by.property, by.scope)}, '')"
    return {"user": settled.whose.sql, "event": "position", "session": "session_id"}[by]


def has_key(settled: Settled[Any], who: str = "who") -> str:
    """The condition that an event has somebody to count."""
    return f"isNotNull({who})" if isinstance(settled.question.count_by, PropertyRef) else f"{who} != 0"


def property_text(statement: Statement, settled: Settled[Any], name: str, scope: str) -> str:
    """The text of a property, Nullable(String). Scope profile needs `source(..., traits=True)`."""
    zone = settled.calendar.zone.key
    return (event_value if scope == "event" else trait_value)(statement, name, zone=zone).text


def property_number(statement: Statement, settled: Settled[Any], name: str) -> str:
    """The number of an event's property, Nullable(Float64)."""
    return event_value(statement, name, zone=settled.calendar.zone.key).number


def seen(
    statement: Statement,
    settled: Settled[Any],
    columns: Mapping[str, str],
    *,
    conditions: Sequence[str] = (),
    span: Span | None = None,
    traits: bool = False,
    sessions: bool = False,
) -> str:
    """A SELECT of these columns (name -> SQL over a row of zuji.events) from the events that the question sees.

    The question's own `where` applies. `span` is the question's unless another is given. With `traits` the column
    `traits` of the person is there, with `sessions` the session columns; both come by themselves where `count_by` or a
    condition needs them.
    """
    question = settled.question
    traits = traits or (isinstance(question.count_by, PropertyRef) and question.count_by.scope == "profile")
    every = [
        within(statement, span or settled.span),
        admitted(settled),
        where_sql(statement, settled, question.where),
        *conditions,
    ]
    shown = ",\n    ".join(f"{sql} AS {name}" for name, sql in columns.items())
    condition = "\n    AND ".join(one for one in every if one != "1") or "1"
    return f"SELECT {shown}\nFROM {_source(statement, settled, traits=traits, sessions=sessions)}\nWHERE {condition}"


def _source(statement: Statement, settled: Settled[Any], *, traits: bool, sessions: bool) -> str:
    source = "zuji.events"
    if sessions or looks_at_sessions(settled):
        source = (
            statement.step("in_sessions", _in_sessions(statement, settled))
            if not statement.has_step("in_sessions")
            else "in_sessions"
        )
    breakdown = getattr(settled.question, "breakdown", None)
    if breakdown is not None and breakdown.scope in OF_TAGS:
        source += f" LEFT ANY JOIN ({_tagged(statement, breakdown)}) AS labels ON labels.person = {settled.whose.sql}"
    if traits:
        source += f" LEFT ANY JOIN ({CURRENT_PROFILES}) AS known ON known.person = {settled.whose.sql}"
    return source


def _tagged(statement: Statement, breakdown: Breakdown) -> str:
    """What people have of the tags or segments that a breakdown names, as a map from key to text."""
    return f"""
SELECT person, CAST(groupArray((toString(key), text)), 'Map(String, String)') AS tagged
FROM {TAG_NOW}
WHERE workspace = {{workspace:String}} AND gone = 0 AND kind = {statement.text(breakdown.scope)}
    AND key IN {statement.texts(breakdown.names())}
GROUP BY person"""


def looks_at_sessions(settled: Settled[Any]) -> bool:
    """Whether the question needs to know the session of an event; it then reads a table made of all of history."""
    if settled.question.count_by == "session":
        return True
    return any(leaf.scope == "session" for where in wheres(settled.question) for leaf in where.leaves())


def _in_sessions(statement: Statement, settled: Settled[Any]) -> str:
    """Every admitted event of history with its session, whatever the range and `where`; without an anchor, none."""
    gap = statement.integer(settled.question.session_gap_minutes * MINUTE_MS)
    return f"""
SELECT *,
    if(anchor = 0, 0, first_value(position) OVER session) AS session_id,
    max({AT}) OVER session - min({AT}) OVER session AS session_ms,
    count() OVER session AS session_events,
    countIf(type IN ('page', 'screen')) OVER session AS session_pages,
    argMinIf(url_path, (occurred_at, position), url_path != '') OVER session AS session_entry_page,
    argMaxIf(url_path, (occurred_at, position), url_path != '') OVER session AS session_exit_page
FROM (
    SELECT *, sum(begins) OVER (PARTITION BY anchor ORDER BY occurred_at, position ROWS UNBOUNDED PRECEDING) AS number
    FROM (
        SELECT *, {AT} - lagInFrame({AT}, 1, {AT}) OVER (
            PARTITION BY anchor ORDER BY occurred_at, position ROWS BETWEEN 1 PRECEDING AND CURRENT ROW
        ) > {gap} AS begins
        FROM zuji.events
        WHERE {admitted(settled)}
    )
)
WINDOW session AS (PARTITION BY anchor, number ORDER BY occurred_at, position
    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
"""
