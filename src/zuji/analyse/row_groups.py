"""Groups of rows that were read: pairs of events, sessions. They are ranked here by how many rows each has.

What `group_ranking` asks of the engine for events, this works out for rows that exist only in an answer's own tables.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from zuji.analyse.figures import bins_of
from zuji.analyse.group_ranking import RankedGroups
from zuji.analyse.groups import key_of, number_of, range_labels, rank
from zuji.analyse.question import Breakdown
from zuji.analyse.settled import Settled
from zuji.store.statement import Statement

COLUMN = "deciding"
"""The column of the rows that decides each one's group."""
NUMBER = "group_number"


def deciding_sql(statement: Statement, settled: Settled[Any], breakdown: Breakdown) -> str:
    """What decides an event's group: its number where groups are ranges, else its key."""
    if breakdown.bins is not None:
        return number_of(statement, settled, breakdown)
    return key_of(statement, settled, breakdown)


def grouped(rows: pl.DataFrame, breakdown: Breakdown | None) -> tuple[pl.DataFrame, RankedGroups | None]:
    """The rows with the number of their group, and the groups by how many rows they have."""
    if breakdown is None:
        return rows, None
    edges, keys = (
        ((), rows[COLUMN].cast(pl.String)) if breakdown.bins is None else _ranges(rows[COLUMN], breakdown.bins)
    )
    sizes = dict(keys.value_counts(name="size").iter_rows())
    ranked = RankedGroups(breakdown, rank(sizes, breakdown), edges)
    shown = ranked.groups.keys
    numbers = keys.replace_strict(list(shown), list(range(len(shown))), default=len(shown), return_dtype=pl.Int64)
    return rows.with_columns(numbers.alias(NUMBER)), ranked


def _ranges(numbers: pl.Series, count: int) -> tuple[tuple[float, ...], pl.Series]:
    """The bounds of the ranges, and each row's range as a text; empty for what is no number."""
    there = numbers.is_not_null().to_numpy()
    values = numbers.fill_null(0.0).to_numpy().astype(np.float64)
    bins = bins_of(count, values[there])
    if not len(bins):
        return (), pl.Series([""] * len(numbers), dtype=pl.String)
    labels = np.array([*range_labels(bins.bounds), ""], dtype=object)
    places = np.where(there, bins.index(values), len(labels) - 1)
    return bins.bounds, pl.Series(labels[places], dtype=pl.String)
