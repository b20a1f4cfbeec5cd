"""Distribution: how many people did it once, twice, more often; or how much it came to. docs/questions.md."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Any, Literal

import msgspec
import numpy as np
from msgspec import Meta

from zuji.analyse.figures import Bins, Figures, bins_of
from zuji.analyse.group_ranking import RankedGroups, group_of_cell, needs, place_of_cell, ranked_groups
from zuji.analyse.kind import Answer, Cell, Kind, People
from zuji.analyse.money import refuse_mixed_currencies
from zuji.analyse.places import place_sql
from zuji.analyse.question import Breakdown, Question
from zuji.analyse.reading import Reading
from zuji.analyse.seen import has_key, key_sql, matching, property_number, seen
from zuji.analyse.settled import Settled, Surroundings, periods_out, settle
from zuji.store.statement import Statement
from zuji.terms.dates import Span
from zuji.terms.document import EventMatch, Name, Text
from zuji.terms.error import BadQuestion
from zuji.terms.period import Interval, Periods

COUNTS = (1.0, 2.0, 3.0, 6.0, 11.0, 21.0, 51.0, 101.0)
MOST_FIGURES = 1_000_000
"""Bins x periods x groups of one answer: more is no answer that anybody reads."""
_AGGREGATES = {
    "count": "toFloat64(count())",
    # Summed with the rounding errors: a sum must not depend on the order in which the engine meets the events.
    "sum": "sumKahan(measured)",
    "avg": "sumKahan(measured) / count()",
    "min": "min(measured)",
    "max": "max(measured)",
}
Bounds = Annotated[tuple[float, ...], Meta(min_length=1, max_length=1_000)]


class Distribution(Question, frozen=True, kw_only=True):
    """An event, what of it is each person's figure, and the bins that figures fall into."""

    event: Text | None = None
    math: Literal["count", "sum", "avg", "min", "max"] = "count"
    property: Name | None = None
    interval: Interval | None = None
    bins: Bounds | Annotated[int, Meta(ge=1, le=1_000)] | None = None
    breakdown: Breakdown | None = None

    def __post_init__(self) -> None:
        if (self.math == "count") != (self.property is None):
            needs_it = "takes no property" if self.math == "count" else "needs a property"
            raise ValueError(f"math {self.math} {needs_it}")
        if isinstance(self.bins, tuple) and any(low >= high for low, high in pairwise(self.bins)):
            raise ValueError(f"bins: lower bounds ascend, got {list(self.bins)!r:.200}")


def settle_distribution(question: Distribution, around: Surroundings) -> Settled[Distribution]:
    """Without bins: those for counts, or ten of equal width."""
    bins = question.bins or (COUNTS if question.math == "count" else 10)
    return settle(msgspec.structs.replace(question, bins=bins), around)


def periods_of(settled: Settled[Distribution]) -> Periods:
    """The periods; without an interval the range is one, written by its first day."""
    interval = settled.question.interval
    return Periods("day", (settled.span.from_ms, settled.span.to_ms)) if not interval else settled.periods(interval)


def matched(statement: Statement, settled: Settled[Distribution], columns: dict[str, str]) -> str:
    """A SELECT of the events that have a figure, with whose they are and these columns."""
    question = settled.question
    conditions = [matching(statement, settled, EventMatch(event=question.event)), has_key(settled)]
    shown = {"who": key_sql(statement, settled), **columns}
    if question.property is not None:
        number = property_number(statement, settled, question.property)
        shown["measured"] = f"assumeNotNull({number})"
        conditions.append(f"isNotNull({number})")
    return seen(statement, settled, shown, conditions=conditions, **needs(question.breakdown))


def figures_statement(settled: Settled[Distribution], periods: Periods, ranked: RankedGroups | None) -> Statement:
    """The step `figures` (who, place, number, figure): of every person in every period and group; group -1 is all."""
    statement = Statement(settled)
    number = "toInt32(-1)"
    if ranked is not None:
        number = f"arrayJoin([toInt32(-1), toInt32({ranked.number_sql(statement, settled)})])"
    columns = {"place": place_sql(statement, periods), "group_number": number}
    statement.step("matched", matched(statement, settled, columns))
    by = [
        *(["place"] if len(periods) > 1 else []),
        *(["group_number"] if ranked is not None else []),
    ]
    constant = {"place": "toUInt16(0) AS place", "group_number": "toInt32(-1) AS group_number"}
    shown = ", ".join(name if name in by else sql for name, sql in constant.items())
    statement.step(
        "figures",
        f"SELECT who, {shown}, {_AGGREGATES[settled.question.math]} AS figure\nFROM matched\n"
        f"GROUP BY {', '.join(['who', *by])}",
    )
    return statement


def ranked_of(settled: Settled[Distribution], reading: Reading) -> RankedGroups | None:
    """The groups by the number of their people over the whole range."""

    def deciding(statement: Statement, columns: dict[str, str]) -> str:
        return matched(statement, settled, columns)

    return ranked_groups(settled, reading, settled.question.breakdown, deciding=deciding, size="uniqExact(who)")


def read_figures(
    settled: Settled[Distribution], reading: Reading, periods: Periods, ranked: RankedGroups | None
) -> Figures:
    """How many people have each figure, by period and group."""
    _refuse_mixed(settled, reading)
    statement = figures_statement(settled, periods, ranked)
    table = reading.table(
        statement.query(
            "SELECT group_number, place, figure, count() AS people FROM figures GROUP BY group_number, place, figure"
        )
    )
    columns = {name: table[name].to_numpy() for name in ("group_number", "place", "figure", "people")}
    places = (columns["group_number"].astype(np.int64) + 1) * len(periods) + columns["place"]
    return Figures.of(places, columns["figure"], columns["people"].astype(np.int64))


def _refuse_mixed(settled: Settled[Distribution], reading: Reading) -> None:
    if settled.question.math not in ("sum", "avg"):
        return
    statement = Statement(settled)
    condition = matching(statement, settled, EventMatch(event=settled.question.event))
    who = key_sql(statement, settled)
    owned = has_key(settled, f"({who})")
    refuse_mixed_currencies(
        settled, reading, settled.question.property, f"{condition} AND {owned}", statement, settled.span
    )


def answer(settled: Settled[Distribution], reading: Reading) -> Answer:
    """Bins, and per period how many people fall into each; the same for every group."""
    periods = periods_of(settled)
    ranked = ranked_of(settled, reading)
    figures = read_figures(settled, reading, periods, ranked)
    bins = bins_of(settled.question.bins, figures.values)
    rows = (1 + len(ranked or ())) * len(periods)
    if rows * (len(bins) + 1) > MOST_FIGURES:
        raise BadQuestion(
            f"{len(periods)} periods, {len(ranked or ())} groups and {len(bins)} bins are more than {MOST_FIGURES} "
            "figures. Ask for fewer of them."
        )
    written = _written(figures, bins, rows, periods_out(settled, periods))
    answered: Answer = {"bins": bins.document, "periods": written[0]}
    if ranked is not None:
        answered["by_breakdown"] = [
            {**ranked.document(number), "periods": of_group} for number, of_group in enumerate(written[1:])
        ]
    return answered


def _written(figures: Figures, bins: Bins, rows: int, periods: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The periods of the whole, then those of each group."""
    told = [
        {"counts": counts, "people": people, "average": average, "median": median}
        for counts, people, average, median in zip(
            figures.counts(bins, rows).tolist(),
            figures.people(rows).tolist(),
            figures.averages(rows),
            figures.medians(rows),
            strict=True,
        )
    ]
    return [
        [{**period, **row} for period, row in zip(periods, told[start : start + len(periods)], strict=True)]
        for start in range(0, rows, len(periods))
    ]


def people(settled: Settled[Distribution], cell: Cell, reading: Reading) -> People:
    """Everybody whose figure of a period lies in a bin; why: the figure."""
    periods = periods_of(settled)
    place = place_of_cell(cell, "period", len(periods)) or 0
    ranked = ranked_of(settled, reading)
    group = group_of_cell(cell, ranked)
    bins = bins_of(settled.question.bins, read_figures(settled, reading, periods, ranked).values)
    chosen = place_of_cell(cell, "bin", len(bins))
    statement = figures_statement(settled, periods, ranked)
    number = statement.integer(-1 if group is None else group)
    table = reading.table(
        statement.query(
            f"SELECT who, figure FROM figures WHERE place = {place:d} AND group_number = {number} ORDER BY who"
        )
    )
    there = zip(
        table["who"].to_pylist(), table["figure"].to_pylist(), bins.index(table["figure"].to_numpy()), strict=True
    )
    found = {who: {"figure": figure} for who, figure, index in there if chosen is None or index == chosen}
    return People(tuple(found), found)


def reach(settled: Settled[Distribution]) -> Span:
    """The range, to the end of its last period."""
    return Span(settled.span.from_ms, max(settled.span.to_ms, periods_of(settled).bounds[-1]))


DISTRIBUTION = Kind("distribution", Distribution, answer, people, settle_distribution, reach=reach)
