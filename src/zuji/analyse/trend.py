"""Trends: how much of something happened, period by period. docs/questions.md, `trend`.

The document is in `trend_series.py`, the times that figures look at in `trend_window.py`, the statements in
`trend_matched.py`, `trend_figures.py` and `trend_groups.py`. Here the lines become the answer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from zuji.analyse.formula import Formula, read_formula
from zuji.analyse.group_ranking import RankedGroups, group_of_cell
from zuji.analyse.kind import Answer, Cell, Kind, People
from zuji.analyse.money import refuse_mixed_currencies
from zuji.analyse.reading import Reading
from zuji.analyse.seen import has_key, key_sql, matching
from zuji.analyse.settled import Settled, periods_out
from zuji.analyse.trend_figures import Figure, Line, lines_of
from zuji.analyse.trend_groups import candidates_of, grouping_of, in_order
from zuji.analyse.trend_matched import add_matched
from zuji.analyse.trend_series import WHOLE, Series, Trend
from zuji.analyse.trend_window import compared_with, settle_trend, window_of
from zuji.store.statement import Statement
from zuji.terms.dates import Span
from zuji.terms.error import BadQuestion

MOST_FIGURES = 1_000_000
"""Of one answer, groups and comparison included: about 10 MB of JSON."""

Entry = dict[str, Any]


def answer(settled: Settled[Trend], reading: Reading) -> Answer:
    """The series, then the formulas; the same for the range compared with, and for every group."""
    before = compared_with(settled)
    for asked in (settled, before) if before else (settled,):
        _refuse_mixed_money(asked, reading)
    candidates = candidates_of(settled, reading)
    grouping = grouping_of(settled, reading) if candidates is None else candidates
    _refuse_too_many(settled, grouping)
    lines = [lines_of(settled, reading, series, grouping) for series in settled.question.series]
    if candidates is not None:
        grouping, lines = in_order(settled, reading, candidates, lines)
    groups = _entries(settled, lines)
    found: Answer = {"periods": _periods(settled), "series": groups[0], "previous": None}
    if before is not None:
        compared = [lines_of(before, reading, series, None) for series in before.question.series]
        found["previous"] = {"periods": _periods(before), "series": _entries(before, compared)[0]}
    if grouping is not None:
        found["by_breakdown"] = [
            {**grouping.groups.group(number).document, "series": entries} for number, entries in enumerate(groups[1:])
        ]
    return found


def _entries(settled: Settled[Trend], lines: Sequence[Sequence[Line]]) -> list[list[Entry]]:
    """The entries of `series`, from the lines of each: those of all events, and behind them those of every group."""
    question = settled.question
    formulas = [read_formula(text, len(question.series)) for text in question.formulas]
    found = []
    for of_group in zip(*lines, strict=True):
        entries = [_entry(question, series, line) for series, line in zip(question.series, of_group, strict=True)]
        found.append(entries + [_formula_entry(formula, entries) for formula in formulas])
    return found


def _entry(question: Trend, series: Series, line: Line) -> Entry:
    values = line.cumulative if question.cumulative else line.plain
    return {
        "name": series.name or series.event,
        "values": _smoothed(values, question.smoothing, series),
        "sum": _sum(line.plain),
        "total": line.total,
    }


def _formula_entry(formula: Formula, entries: Sequence[Entry]) -> Entry:
    values = [formula.value(operands) for operands in zip(*(entry["values"] for entry in entries), strict=True)]
    total = formula.value([entry["total"] for entry in entries])
    return {"name": formula.text, "values": values, "sum": _sum(values), "total": total}


def _smoothed(values: Sequence[Figure], periods: int, series: Series) -> list[Figure]:
    """The mean of so many last values, null left out; counts stay whole."""
    if periods == 1:
        return list(values)
    found: list[Figure] = []
    for end in range(1, len(values) + 1):
        known = [value for value in values[max(0, end - periods) : end] if value is not None]
        mean = _sum(known) / len(known) if known else None
        found.append(mean if mean is None or series.math not in WHOLE else math.floor(mean))
    return found


def _sum(values: Sequence[Figure]) -> float:
    """Whole numbers stay whole; others are added without losing digits."""
    known = [value for value in values if value is not None]
    if not any(isinstance(value, float) for value in known):
        return sum(known)
    try:
        return math.fsum(known)
    except (OverflowError, ValueError):  # beyond what a double holds, or endless both ways
        return math.nan


def _periods(settled: Settled[Trend]) -> list[dict[str, Any]]:
    return periods_out(settled, settled.periods(settled.question.interval))


def _refuse_mixed_money(settled: Settled[Trend], reading: Reading) -> None:
    for series in settled.question.series:
        if series.math in ("sum", "avg"):
            statement = Statement(settled)
            condition = matching(statement, settled, series)
            refuse_mixed_currencies(settled, reading, series.property, condition, statement, settled.span)


def _refuse_too_many(settled: Settled[Trend], grouping: RankedGroups | None) -> None:
    question = settled.question
    groups = 1 + (len(grouping.groups) if grouping else 0) + (question.compare_to is not None)
    lines = groups * (len(question.series) + len(question.formulas))
    figures = lines * len(settled.periods(question.interval))
    if figures > MOST_FIGURES:
        raise BadQuestion(
            f"the answer would have {figures} figures ({lines} lines), more than {MOST_FIGURES}. "
            "Ask for fewer groups, longer periods or a shorter range."
        )


def people(settled: Settled[Trend], cell: Cell, reading: Reading) -> People:
    """Everybody with an event behind one figure of one series."""
    series = settled.question.series[_index(cell, "series", len(settled.question.series))]
    grouping = grouping_of(settled, reading) if "group" in cell else None
    group = group_of_cell(cell, grouping)
    if cell.get("of") not in (None, "previous"):
        raise BadQuestion(f'cell.of: {cell["of"]!r:.80} is nothing to look at. Write "previous", or leave it out.')
    if cell.get("of") == "previous":
        settled = _compared(settled, cell)
    statement = Statement(settled)
    columns = {"who": key_sql(statement, settled)}
    add_matched(statement, settled, series, columns, span=_span_of(settled, series, cell), grouping=grouping)
    conditions = [has_key(settled)]
    if group is not None:
        conditions.append(f"grp = {statement.integer(group + 1)}")
    query = statement.query(f"SELECT DISTINCT who FROM matched WHERE {' AND '.join(conditions)} ORDER BY who")
    return People(tuple(reading.table(query)["who"].to_pylist()))


def _compared(settled: Settled[Trend], cell: Cell) -> Settled[Trend]:
    before = compared_with(settled)
    if before is None or "group" in cell:
        raise BadQuestion('cell.of: "previous" is for questions with `compare_to`, and has no groups.')
    return before


def _span_of(settled: Settled[Trend], series: Series, cell: Cell) -> Span:
    """The time that the figure of a cell looks at."""
    window = window_of(settled, series)
    if cell.get("period") is None:
        return window.total
    span = window.span_of(_index(cell, "period", len(settled.periods(settled.question.interval))))
    return Span(settled.span.from_ms, span.to_ms) if settled.question.cumulative else span


def _index(cell: Cell, name: str, count: int) -> int:
    index = cell.get(name)
    if not isinstance(index, int) or isinstance(index, bool) or not 0 <= index < count:
        raise BadQuestion(f"cell.{name}: a trend's cell has 0 to {count - 1} here, got {index!r:.80}.")
    return index


def reach(settled: Settled[Trend]) -> Span:
    """The range, to the end of its last period; what the range is compared with ends before."""
    return Span(settled.span.from_ms, max(settled.span.to_ms, settled.periods(settled.question.interval).bounds[-1]))


TREND = Kind("trend", Trend, answer, people, settle_trend, reach=reach)
