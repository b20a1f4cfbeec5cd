"""Interval: how long people take from one event to another. docs/questions.md, `interval`."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import polars as pl

from zuji.analyse.group_ranking import RankedGroups, group_of_cell, needs, place_of_cell
from zuji.analyse.kind import Answer, Cell, Kind, People
from zuji.analyse.pairs import CLOSES, OPENS, paired
from zuji.analyse.question import Breakdown, Question
from zuji.analyse.reading import Reading
from zuji.analyse.row_groups import COLUMN, NUMBER, deciding_sql, grouped
from zuji.analyse.seen import AT, has_key, key_sql, matching, seen
from zuji.analyse.settled import Settled, periods_out
from zuji.store.query import Query
from zuji.store.statement import Statement
from zuji.terms.dates import Span
from zuji.terms.document import Duration, EventMatch
from zuji.terms.period import Interval, Periods


class TimeBetween(Question, frozen=True, kw_only=True):
    """From which event to which, and at most how long."""

    from_event: EventMatch = msgspec.field(name="from")
    to_event: EventMatch = msgspec.field(name="to")
    limit: Duration = Duration(amount=1, unit="day")
    interval: Interval | None = None
    breakdown: Breakdown | None = None


_SECONDS = pl.col("ms") / 1000
_FIGURES = (
    pl.len().alias("count"),
    _SECONDS.mean().alias("average_seconds"),
    _SECONDS.min().alias("minimum_seconds"),
    _SECONDS.quantile(0.25, "linear").alias("p25_seconds"),
    _SECONDS.median().alias("median_seconds"),
    _SECONDS.quantile(0.75, "linear").alias("p75_seconds"),
    _SECONDS.max().alias("maximum_seconds"),
    pl.col("who").n_unique().alias("people"),
)


def log_query(settled: Settled[TimeBetween]) -> Query:
    """Every event that opens or closes, by person and in order.

    Nothing before the range is read: an open `from` of the range is always later than one before it, and taken first.
    """
    question = settled.question
    statement = Statement(settled)
    opens, closes = (matching(statement, settled, one) for one in (question.from_event, question.to_event))
    columns = {
        "who": key_sql(statement, settled),
        "at": AT,
        "position": "position",
        "marks": f"toUInt8(({opens}) * {OPENS} + ({closes}) * {CLOSES})",
    }
    if question.breakdown is not None:
        columns[COLUMN] = deciding_sql(statement, settled, question.breakdown)
    span = Span(settled.span.from_ms, settled.span.to_ms + question.limit.milliseconds)
    conditions = [f"({opens} OR {closes})", has_key(settled)]
    statement.step(
        "logged", seen(statement, settled, columns, conditions=conditions, span=span, **needs(question.breakdown))
    )
    also = f", {COLUMN}" if COLUMN in columns else ""
    return statement.query(f"SELECT who, at, marks{also} FROM logged ORDER BY who, at, position")


def read_pairs(settled: Settled[TimeBetween], reading: Reading, periods: Periods | None) -> pl.DataFrame:
    """A row (who, ms, place) for every pair whose `from` lies in the range; with a breakdown what decides its group."""
    log = pl.DataFrame(reading.table(log_query(settled)))
    person, at = log["who"].rle_id().to_numpy().astype(np.int64), log["at"].to_numpy()
    pairs = paired(person, log["marks"].to_numpy().astype(np.int64))
    took = at[pairs.closed] - at[pairs.opened]
    counts = (took <= settled.question.limit.milliseconds) & (at[pairs.opened] < settled.span.to_ms)
    opened = pairs.opened[counts]
    starts = np.array(periods.starts if periods else (settled.span.from_ms,))
    rows = log[opened].select("who", *([COLUMN] if COLUMN in log.columns else []))
    found: pl.DataFrame = rows.with_columns(
        pl.Series("ms", took[counts]), pl.Series("place", np.searchsorted(starts, at[opened], side="right") - 1)
    )
    return found


def periods_of(settled: Settled[TimeBetween]) -> Periods | None:
    """The periods of the range, where the question has any."""
    interval = settled.question.interval
    return None if interval is None else settled.periods(interval)


def read_grouped(settled: Settled[TimeBetween], reading: Reading) -> tuple[pl.DataFrame, RankedGroups | None]:
    """All pairs, numbered by group."""
    return grouped(read_pairs(settled, reading, periods_of(settled)), settled.question.breakdown)


def answer(settled: Settled[TimeBetween], reading: Reading) -> Answer:
    """The figures of all pairs, of those of each period, and the same for every group."""
    pairs, ranked = read_grouped(settled, reading)
    periods = periods_of(settled)
    told = [] if periods is None else periods_out(settled, periods)
    answered: Answer = _figures(pairs, told)
    if ranked is not None:
        by_group = pairs.partition_by(NUMBER, as_dict=True)
        answered["by_breakdown"] = [
            {**ranked.document(number), **_figures(by_group[number,], told)} for number in range(len(ranked))
        ]
    return answered


def _figures(pairs: pl.DataFrame, periods: list[dict[str, Any]]) -> dict[str, Any]:
    """The figures of some pairs, and per period of their `from`."""
    nothing = pairs.clear().select(_FIGURES).row(0, named=True)
    by_place = {row.pop("place"): row for row in pairs.group_by("place").agg(_FIGURES).to_dicts()} if periods else {}
    return {
        **pairs.select(_FIGURES).row(0, named=True),
        "periods": [{**period, **by_place.get(place, nothing)} for place, period in enumerate(periods)],
    }


def people(settled: Settled[TimeBetween], cell: Cell, reading: Reading) -> People:
    """Everybody with a pair; why: how many, and the shortest."""
    periods = periods_of(settled)
    place = place_of_cell(cell, "period", len(periods) if periods else 0)
    pairs, ranked = read_grouped(settled, reading)
    group = group_of_cell(cell, ranked)
    if place is not None:
        pairs = pairs.filter(pl.col("place") == place)
    if group is not None:
        pairs = pairs.filter(pl.col(NUMBER) == group)
    found = pairs.group_by("who").agg(_FIGURES[0], _FIGURES[2]).sort("who")
    reasons = {row.pop("who"): row for row in found.to_dicts()}
    return People(tuple(reasons), reasons)


def reach(settled: Settled[TimeBetween]) -> Span:
    """The range and the limit after it, within which its last `from` may be taken; at least its last period's end."""
    interval = settled.question.interval
    end = settled.span.to_ms + settled.question.limit.milliseconds
    return Span(settled.span.from_ms, max(end, settled.periods(interval).bounds[-1]) if interval else end)


INTERVAL = Kind("interval", TimeBetween, answer, people, reach=reach)
