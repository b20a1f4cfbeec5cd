"""The rows of inferred steps, each right before the row of the event that implies it.

An inferred row says only what the event says about who, where from and with what: no page, no element, no amount. Its
id is made from that of the event, so it is the same whenever the event is taken in. It lies under the event's source
and anchor, so whatever erases the event erases it too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import msgspec
import polars as pl

from zuji.clean.missing_steps import Implied
from zuji.terms.event import Flag

IMPLIED_BY = "$implied_by"
"""The property that names the event from which a step was inferred, by its id."""
_KEPT_FLAGS = int(
    Flag.LATE
    | Flag.TIME_CORRECTED
    | Flag.TIME_CLAMPED
    | Flag.TIME_GUESSED
    | Flag.BLOCKED_IDENTIFIER
    | Flag.NO_ANALYTICS
)
"""What holds for the event's time, its identifiers and its purposes holds for the step's as well."""
_UNKNOWN = ("url", "url_host", "url_path", "page_title", "referrer", "referrer_host", "currency", "element", "text_ref")
"""Where the step was done nobody saw; and an amount would be counted twice."""


@dataclass(frozen=True)
class Completed:
    """A batch with what was inferred."""

    frame: pl.DataFrame
    origins: Sequence[int]
    """Per row: which row of the batch it is, or was inferred from."""
    inferred: Sequence[int] = ()
    """The rows that were inferred."""


def with_inferred(frame: pl.DataFrame, implied: Sequence[Implied]) -> Completed:
    """The rows of a batch and those of the steps they imply, each before the row that implies it."""
    if not implied:
        return Completed(frame, range(frame.height))
    own = len(implied)  # a batch's own rows come behind the steps they imply
    places = sorted([*((step.row, number) for number, step in enumerate(implied)),
                     *((row, own) for row in range(frame.height))])  # fmt: skip
    both = pl.concat([frame, _rows_of(frame, implied)])
    chosen = [row if number == own else frame.height + number for row, number in places]
    inferred = [place for place, (_, number) in enumerate(places) if number != own]
    return Completed(both[chosen], [row for row, _ in places], inferred)


def inferred_id(workspace: str, source: str, event_id: str, step: str) -> str:
    """The id of the step that an event implies."""
    said = "\0".join((workspace, source, event_id, step)).encode(errors="surrogatepass")
    return f"inferred-{blake2b(said, digest_size=16).hexdigest()}"


def _rows_of(frame: pl.DataFrame, implied: Sequence[Implied]) -> pl.DataFrame:
    """What is implied, with all columns of the batch."""
    rows = frame[[step.row for step in implied]]
    causes = list(rows.select("workspace", "source", "event_id", "event").iter_rows())
    changed: Mapping[str, Sequence[Any]] = {
        "position": [step.position for step in implied],
        "event_id": [
            inferred_id(workspace, source, event_id, step.step)
            for (workspace, source, event_id, _), step in zip(causes, implied, strict=True)
        ],
        "event": [step.step for step in implied],
        "occurred_at": [step.at for step in implied],
        "flag_reason": [f"inferred:{event}" for _, _, _, event in causes],
        "properties": [msgspec.json.encode({IMPLIED_BY: event_id}).decode() for _, _, event_id, _ in causes],
    }
    schema = rows.schema
    columns = [_column(name, values, schema[name]) for name, values in changed.items()]
    flags = ((pl.col("flags") & _KEPT_FLAGS) | int(Flag.INFERRED)).cast(pl.UInt32)
    rows = rows.with_columns(*columns, flags)
    unknown = [pl.lit("", dtype=pl.String).alias(name) for name in _UNKNOWN]
    nothing = pl.lit(None, dtype=schema["amount"]).alias("amount")
    return rows.with_columns(*unknown, nothing, pl.lit("{}").alias("context"))


def _column(name: str, values: Sequence[Any], dtype: pl.DataType) -> pl.Series:
    is_time = isinstance(dtype, pl.Datetime)
    return pl.Series(name, values, dtype=pl.Int64).cast(dtype) if is_time else pl.Series(name, values, dtype=dtype)
