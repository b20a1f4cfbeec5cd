"""The events that a series of a trend counts, with what its math needs of them."""

from __future__ import annotations

from zuji.analyse.group_ranking import RankedGroups, needs
from zuji.analyse.question import PropertyRef
from zuji.analyse.seen import has_key, key_sql, matching, property_number, property_text, seen
from zuji.analyse.settled import Settled
from zuji.analyse.trend_series import ACTIVE_DAYS, OF_NUMBERS, Math, Series, Trend
from zuji.store.statement import Statement
from zuji.terms.dates import Span

OF_PERSONS: frozenset[Math] = frozenset({"unique_users", "per_user_average", "max_per_user", *ACTIVE_DAYS})
"""Maths that events of nobody are left out of."""


def counted_columns(statement: Statement, settled: Settled[Trend], series: Series) -> dict[str, str]:
    """What the math of a series looks at: `who`, the `text` or the `number` of its property."""
    columns: dict[str, str] = {}
    if series.math in OF_PERSONS or isinstance(settled.question.count_by, PropertyRef):
        columns["who"] = key_sql(statement, settled)
    name = series.measured()
    if name is not None and series.math in OF_NUMBERS:
        columns["number"] = property_number(statement, settled, name)
    elif name is not None:
        columns["text"] = property_text(statement, settled, name, "event")
    return columns


def counted(settled: Settled[Trend], series: Series) -> list[str]:
    """The conditions, over these columns, that the math of a series counts an event."""
    conditions = []
    if series.math in OF_PERSONS or isinstance(settled.question.count_by, PropertyRef):
        conditions.append(has_key(settled))
    if series.measured() is not None:
        conditions.append(f"isNotNull({'number' if series.math in OF_NUMBERS else 'text'})")
    return conditions


def add_matched(
    statement: Statement,
    settled: Settled[Trend],
    series: Series,
    columns: dict[str, str],
    *,
    span: Span,
    grouping: RankedGroups | None,
) -> None:
    """The step `matched`: the events of this time that a series counts; with a grouping also `grp`.

    `grp` is the number of an event's group from 1, because 0 stands for all events together.
    """
    columns = {**columns, **counted_columns(statement, settled, series)}
    if grouping is not None:
        columns["grp"] = f"toUInt32({grouping.number_sql(statement, settled)} + 1)"
    body = seen(
        statement,
        settled,
        columns,
        conditions=[matching(statement, settled, series), *counted(settled, series)],
        span=span,
        **needs(grouping.breakdown if grouping else None),
    )
    statement.step("matched", body)
