"""The consent stage of the ingest loop: what may an event be used for?

Until a workspace has consent rules, everything passes: an event that came with purposes keeps them as sent (also none
at all), any other carries all purposes. What a rule refuses is counted per source and minute and never kept.
"""

from __future__ import annotations

import polars as pl

from zuji.terms.event import PURPOSES, Flag

Refused = dict[tuple[str, str, int], int]
"""(workspace, source, minute of receipt in milliseconds) -> events refused there."""


def consent(frame: pl.DataFrame) -> tuple[pl.DataFrame, Refused]:
    """The events that may be kept, with their purposes, and the counts of those that may not."""
    every = pl.lit(list(PURPOSES), dtype=pl.List(pl.String))
    if frame["purposes"].null_count() < frame.height:
        forbidden = pl.col("purposes").list.contains("analytics").not_().fill_null(value=False)
        flags = pl.col("flags") | forbidden.cast(pl.UInt32) * int(Flag.NO_ANALYTICS)
        frame = frame.with_columns(flags.cast(pl.UInt32).alias("flags"))
    return frame.with_columns(pl.col("purposes").fill_null(every)), {}
