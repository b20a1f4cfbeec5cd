"""Sessions: how many, how long, how deep, where they begin and end. docs/questions.md, `session`."""

from __future__ import annotations

from typing import Any

import polars as pl

from zuji.analyse.group_ranking import group_of_cell, place_of_cell
from zuji.analyse.kind import Answer, Cell, Kind, People
from zuji.analyse.question import PropertyRef
from zuji.analyse.reading import Reading
from zuji.analyse.row_groups import NUMBER, grouped
from zuji.analyse.session_question import Session
from zuji.analyse.settled import Settled, periods_out
from zuji.analyse.visits import read_visits

_FIGURES = (
    pl.len().alias("sessions"),
    (pl.col("ms").mean() / 1000).alias("average_seconds"),
    (pl.col("ms").median() / 1000).alias("median_seconds"),
    pl.col("events").mean().alias("average_events"),
    pl.col("pages").mean().alias("average_pages"),
    (pl.col("events") == 1).mean().alias("bounce_rate"),
)


def answer(settled: Settled[Session], reading: Reading) -> Answer:
    """Figures per period and for the whole range, the pages at both ends, and the figures of every group."""
    question = settled.question
    periods = settled.periods(question.interval)
    visits, ranked = grouped(read_visits(settled, reading, periods), question.breakdown)
    figures = (*_FIGURES, _people(settled).alias("people"))
    nothing = visits.clear().select(figures).row(0, named=True)
    by_place = _rows_by(visits, "place", figures)
    answered: Answer = {
        "periods": [
            {**period, **by_place.get(place, nothing)} for place, period in enumerate(periods_out(settled, periods))
        ],
        "total": visits.select(figures).row(0, named=True),
        "entry_pages": _pages(visits["entry"], question.limit),
        "exit_pages": _pages(visits["exit"], question.limit),
    }
    if ranked is not None:
        by_group = _rows_by(visits, NUMBER, figures)
        answered["by_breakdown"] = [
            {**ranked.document(number), "total": by_group[number]} for number in range(len(ranked))
        ]
    return answered


def _people(settled: Settled[Session]) -> pl.Expr:
    """How many different people; an anchor may be nobody's for a while."""
    who = pl.col("who")
    return who.n_unique() if isinstance(settled.question.count_by, PropertyRef) else who.filter(who != 0).n_unique()


def _rows_by(visits: pl.DataFrame, name: str, figures: tuple[pl.Expr, ...]) -> dict[int, dict[str, Any]]:
    """The figures of the sessions with each number in a column."""
    rows = visits.group_by(name).agg(figures).to_dicts()
    return {row.pop(name): row for row in rows}


def _pages(found: pl.Series, limit: int) -> list[dict[str, Any]]:
    """The pages of most sessions, then by name; those beyond the limit are one entry."""
    counts = found.rename("page").filter(found != "").value_counts(name="sessions")
    ordered = counts.sort(["sessions", "page"], descending=[True, False])
    rows = [{**row, "kind": "value"} for row in ordered.head(limit).to_dicts()]
    if len(ordered) > limit:
        rows.append({"page": None, "sessions": int(ordered["sessions"][limit:].sum()), "kind": "other"})
    return rows


def people(settled: Settled[Session], cell: Cell, reading: Reading) -> People:
    """Everybody with a session that begins in a period; why: how many."""
    question = settled.question
    periods = settled.periods(question.interval)
    place = place_of_cell(cell, "period", len(periods))
    visits, ranked = grouped(read_visits(settled, reading, periods), question.breakdown)
    group = group_of_cell(cell, ranked)
    if place is not None:
        visits = visits.filter(pl.col("place") == place)
    if group is not None:
        visits = visits.filter(pl.col(NUMBER) == group)
    if not isinstance(question.count_by, PropertyRef):
        visits = visits.filter(pl.col("who") != 0)
    found = visits.group_by("who").len(name="sessions").sort("who")
    return People(
        tuple(found["who"].to_list()),
        {who: {"sessions": sessions} for who, sessions in found.iter_rows()},
    )


SESSION = Kind("session", Session, answer, people)
