"""The groups of a trend's breakdown: of all events that match any series, ranked by the first series' total."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zuji.analyse.group_ranking import RankedGroups, candidate_groups, needs
from zuji.analyse.groups import Groups, bin_edges, key_of, number_of, rank, rank_table, ranking
from zuji.analyse.question import Breakdown, PropertyRef
from zuji.analyse.reading import Reading
from zuji.analyse.seen import has_key, key_sql, matching, seen, within
from zuji.analyse.settled import Settled
from zuji.analyse.trend_figures import FEW_GROUPS, Line
from zuji.analyse.trend_matched import counted, counted_columns
from zuji.analyse.trend_series import ACTIVE_DAYS, PERCENTILES, Math, Trend
from zuji.analyse.trend_window import window_of
from zuji.store.statement import Statement
from zuji.terms.dates import Span

_SIZES: dict[Math, str] = {
    "total": "countIf(counted)",
    "unique_users": "uniqExactIf(who, counted)",
    **dict.fromkeys(ACTIVE_DAYS, "uniqExactIf(who, counted)"),
    "unique_values": "uniqExactIf(text, counted)",
    "per_user_average": "ifNotFinite(countIf(counted) / uniqExactIf(who, counted), 0)",
    "max_per_user": "max(events)",
    "sum": "sumKahanIf(number, counted)",
    "avg": "sumKahanIf(number, counted) / countIf(counted)",
    "min": "minIf(number, counted)",
    "max": "maxIf(number, counted)",
    **{math: f"quantileExactInclusiveIf({level})(number, counted)" for math, level in PERCENTILES.items()},
}


def grouping_of(settled: Settled[Trend], reading: Reading) -> RankedGroups | None:
    """The groups of the question, largest first, or None without a breakdown."""
    breakdown = settled.question.breakdown
    if breakdown is None:
        return None
    edges: tuple[float, ...] = ()
    if breakdown.bins is not None:
        statement = Statement(settled)
        _add_deciding(statement, settled, breakdown, {"number": number_of(statement, settled, breakdown)})
        [row] = reading.table(
            statement.query("SELECT min(number) AS least, max(number) AS greatest FROM deciding")
        ).to_pylist()
        edges = bin_edges(row["least"], row["greatest"], breakdown.bins)
    return RankedGroups(breakdown, _ranked(settled, reading, breakdown, edges), edges)


def candidates_of(settled: Settled[Trend], reading: Reading) -> RankedGroups | None:
    """All values that may be groups, where they are few: to be ranked when their figures are known, `in_order`."""
    return candidate_groups(settled, reading, settled.question.breakdown, span=_looked_at(settled), most=FEW_GROUPS)


def _looked_at(settled: Settled[Trend]) -> Span:
    """The time that any series looks at."""
    starts = [window_of(settled, series).span.from_ms for series in settled.question.series]
    return Span(min(starts), settled.span.to_ms)


def in_order(
    settled: Settled[Trend], reading: Reading, candidates: RankedGroups, lines: Sequence[Sequence[Line]]
) -> tuple[RankedGroups, list[list[Line]]]:
    """The candidates that are groups, ranked, and the lines of every series again (that of all events stays first).

    Figures say of most that there are such events. Of those without any it is asked: an event may decide a group and
    count for nothing, as one of nobody does where people are counted.
    """
    keys = candidates.groups.keys
    there = {key for of_group, key in zip(_of_groups(lines), keys, strict=True) if any(map(_says_something, of_group))}
    there |= _existing(settled, reading, candidates.breakdown, [key for key in keys if key not in there])
    totals = {key: line.total or 0 for key, line in zip(keys, lines[0][1:], strict=True) if key in there}
    ranked = rank(totals, candidates.breakdown)
    places = [0, *(1 + keys.index(key) for key in ranked.keys)]
    return RankedGroups(candidates.breakdown, ranked, ()), [[of[place] for place in places] for of in lines]


def _of_groups(lines: Sequence[Sequence[Line]]) -> Iterator[tuple[Line, ...]]:
    return zip(*(of_series[1:] for of_series in lines), strict=True)


def _says_something(line: Line) -> bool:
    return any(line.plain) or bool(line.total)


def _existing(settled: Settled[Trend], reading: Reading, breakdown: Breakdown, doubtful: list[str]) -> set[str]:
    """Those of these groups that an event decides."""
    if not doubtful:
        return set()
    statement = Statement(settled)
    _add_deciding(statement, settled, breakdown, {"group_key": key_of(statement, settled, breakdown)})
    query = f"SELECT DISTINCT group_key FROM deciding WHERE group_key IN {statement.texts(doubtful)}"
    return set(reading.table(statement.query(query))["group_key"].to_pylist())


def _ranked(settled: Settled[Trend], reading: Reading, breakdown: Breakdown, edges: tuple[float, ...]) -> Groups:
    first = settled.question.series[0]
    statement = Statement(settled)
    columns = {
        "group_key": key_of(statement, settled, breakdown, edges=edges),
        **counted_columns(statement, settled, first),
    }
    conditions = [
        matching(statement, settled, first),
        within(statement, window_of(settled, first).total),
        *counted(settled, first),
    ]
    columns["counted"] = " AND ".join(conditions)
    _add_deciding(statement, settled, breakdown, columns)
    source = "deciding"
    if first.math == "max_per_user":
        source = statement.step(
            "own", "SELECT group_key, who, countIf(counted) AS events FROM deciding GROUP BY group_key, who"
        )
    size = f"ifNull(toFloat64({_SIZES[first.math]}), 0)"
    return rank_table(reading.table(statement.query(ranking(statement, source, breakdown, size=size))), breakdown)


def _add_deciding(statement: Statement, settled: Settled[Trend], breakdown: Breakdown, columns: dict[str, str]) -> None:
    """The step `deciding`: the events that decide groups, those of every series in the time that its math looks at."""
    spans = [window_of(settled, series).span for series in settled.question.series]
    union = _looked_at(settled)
    cases = [
        " AND ".join([matching(statement, settled, series), *([] if span == union else [within(statement, span)])])
        for series, span in zip(settled.question.series, spans, strict=True)
    ]
    conditions = [f"({' OR '.join(f'({case})' for case in cases)})" if "1" not in cases else "1"]
    if isinstance(settled.question.count_by, PropertyRef):
        columns = {**columns, "who": key_sql(statement, settled)}
        conditions.append(has_key(settled))
    body = seen(statement, settled, columns, conditions=conditions, span=union, **needs(breakdown))
    statement.step("deciding", body)
