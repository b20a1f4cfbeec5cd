"""Retention: of the people of a period, how many came back in each later one. docs/questions.md, `retention`.

The document and its periods are in `retention_question.py`, the statements in `retention_steps.py`.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from zuji.analyse.group_ranking import RankedGroups, group_of_cell, place_of_cell, ranked_groups
from zuji.analyse.kind import Answer, Cell, Kind, People
from zuji.analyse.money import refuse_currencies
from zuji.analyse.reading import Reading
from zuji.analyse.retention_bits import bits_tell, totals_of_bits
from zuji.analyse.retention_question import Cohorts, Measure, Retention, cohorts_of, settle_retention
from zuji.analyse.retention_steps import add_marked, deciding_sql, totals_sql
from zuji.analyse.settled import Settled
from zuji.store.statement import Statement
from zuji.terms.dates import Span
from zuji.terms.error import BadQuestion
from zuji.terms.period import labels

MOST_FIGURES = 1_000_000
"""Of one answer, groups included: about 10 MB of JSON."""


def answer(settled: Settled[Retention], reading: Reading) -> Answer:
    """A row for every cohort; the same again for every group."""
    cohorts = cohorts_of(settled)
    ranked = _ranked(settled, reading, cohorts)
    groups = len(ranked) if ranked else 0
    if (1 + groups) * cohorts.rows * cohorts.columns > MOST_FIGURES:
        raise BadQuestion(
            f"the answer would have {1 + groups} tables of {cohorts.rows} rows and {cohorts.columns} columns, more "
            f"than {MOST_FIGURES} figures. Ask for fewer groups, longer periods or a shorter range."
        )
    totals = _totals(settled, reading, cohorts, ranked)
    _refuse_mixed_money(settled.question.measure, totals)
    tables = [_rows(settled, cohorts, totals, number) for number in range(max(1, groups))]
    if ranked is None:
        return {"rows": tables[0]}
    return {
        "rows": _rows(settled, cohorts, totals, None),
        "by_breakdown": [{**ranked.document(number), "rows": tables[number]} for number in range(groups)],
    }


def _totals(settled: Settled[Retention], reading: Reading, cohorts: Cohorts, ranked: RankedGroups | None) -> pa.Table:
    if ranked is None and bits_tell(settled.question, cohorts):
        return totals_of_bits(settled, reading, cohorts)
    statement = Statement(settled)
    add_marked(statement, settled, cohorts, ranked)
    return reading.table(statement.query(totals_sql(settled.question)))


def _ranked(settled: Settled[Retention], reading: Reading, cohorts: Cohorts) -> RankedGroups | None:
    """The groups, by how many people are in all cohorts together."""
    deciding = partial(deciding_sql, settled, cohorts)
    return ranked_groups(settled, reading, settled.question.breakdown, deciding=deciding, size="count()")


def _refuse_mixed_money(measure: Measure | None, totals: pa.Table) -> None:
    if measure is not None and "currencies" in totals.column_names:
        every = {one for currencies in totals["currencies"].to_pylist() for one in currencies}
        refuse_currencies(measure.property, every)


def _rows(settled: Settled[Retention], cohorts: Cohorts, totals: pa.Table, group: int | None) -> list[dict[str, Any]]:
    """The rows of one group, or of all people."""
    question = settled.question
    people = _dense(totals, "people", cohorts, group)
    if question.cumulative:
        # Somebody is marked in their last column: who came in a column or later is everybody marked from there on.
        people[:, 1:] = people[:, :0:-1].cumsum(axis=1)[:, ::-1]
    starts = labels(settled.calendar, question.period, cohorts.periods.starts[: cohorts.rows])
    cut = cohorts.partial(settled.now_ms)
    measures = None if question.measure is None else _measures(question.measure, cohorts, totals, group)
    rows = []
    for row, start in enumerate(starts):
        width = cohorts.width(row)
        figures = {
            "start": start,
            "values": people[row, :width].astype(int).tolist(),
            "partial": cut[row : row + width],
        }
        rows.append(figures if measures is None else figures | {"measures": measures[row][:width]})
    return rows


def _measures(measure: Measure, cohorts: Cohorts, totals: pa.Table, group: int | None) -> list[list[float | None]]:
    sums = _dense(totals, "total", cohorts, group)
    if measure.math == "sum":
        found: list[list[float | None]] = sums.tolist()
        return found
    counts = _dense(totals, "numbers", cohorts, group)
    if measure.math == "per_person":
        counts = np.repeat(_dense(totals, "people", cohorts, group)[:, :1], cohorts.columns, axis=1)
    return [
        [total / count if count else None for total, count in zip(*row, strict=True)]
        for row in zip(sums.tolist(), counts.tolist(), strict=True)
    ]


def _dense(totals: pa.Table, name: str, cohorts: Cohorts, group: int | None) -> NDArray[np.float64]:
    """A figure by row and column: of one group, or added up over all. Whole numbers are exact up to 2^53."""
    places = totals["cohort"].to_numpy().astype(np.int64) - 1
    cells = places * cohorts.columns + totals["in_column"].to_numpy()
    weights = totals[name].to_numpy().astype(np.float64)
    if group is not None:
        weights = weights * (totals["grp"].to_numpy() == group)
    found = np.bincount(cells, weights=weights, minlength=cohorts.rows * cohorts.columns)
    return found.astype(np.float64).reshape(cohorts.rows, cohorts.columns)


def people(settled: Settled[Retention], cell: Cell, reading: Reading) -> People:
    """Everybody of a cohort who came back in a column."""
    cohorts = cohorts_of(settled)
    row = place_of_cell(cell, "row", cohorts.rows)
    column = None if row is None else place_of_cell(cell, "column", cohorts.width(row))
    if row is None or column is None:
        raise BadQuestion(f"cell: retention has cells {{row, column}}, got {dict(cell)!r:.200}.")
    ranked = _ranked(settled, reading, cohorts) if "group" in cell else None
    group = group_of_cell(cell, ranked)
    statement = Statement(settled)
    add_marked(statement, settled, cohorts, ranked)
    number = statement.integer(column)
    later = f"in_column >= {number}" if settled.question.cumulative and column else f"in_column = {number}"
    conditions = [f"cohort = {statement.integer(row + 1)}", later, "came"]
    if group is not None:
        conditions.append(f"grp = {statement.integer(group)}")
    query = statement.query(f"SELECT DISTINCT who FROM marked WHERE {' AND '.join(conditions)} ORDER BY who")
    return People(tuple(reading.table(query)["who"].to_pylist()))


def reach(settled: Settled[Retention]) -> Span:
    """To the end of the last column of the last row, also where returns end before it."""
    cohorts = cohorts_of(settled)
    return Span(cohorts.first_ms, max(cohorts.end_ms, cohorts.last_ms, cohorts.periods.bounds[-1]))


RETENTION = Kind("retention", Retention, answer, people, settle_retention, reach=reach)
