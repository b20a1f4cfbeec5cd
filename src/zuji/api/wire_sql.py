"""The shapes of SQL on the wire: a statement, its answer, and the views it may read."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from zuji.api.wire import In, Out

LONGEST_STATEMENT = 20_000


class SqlIn(In):
    """A statement. `limit` cuts the answer; a role has a limit of its own. With a ticket it can be cancelled."""

    sql: str = Field(
        min_length=1,
        max_length=LONGEST_STATEMENT,
        examples=["SELECT event, uniqExact(person) AS people FROM events GROUP BY event ORDER BY people DESC"],
    )
    limit: int | None = Field(default=None, ge=1, le=1_000_000)
    ticket: str = Field(default="", max_length=64, pattern=r"^[0-9A-Za-z_-]*$", examples=["report-7"])


class SqlColumnOut(Out):
    """A column of an answer, with its type in ClickHouse's words."""

    name: str = Field(examples=["people"])
    type: str = Field(examples=["UInt64"])


class SqlOut(Out):
    """An answer. Decimals and times are texts, times in UTC; whole numbers may exceed what JavaScript holds exactly."""

    columns: list[SqlColumnOut]
    rows: list[list[Any]] = Field(examples=[[["purchase", 412]]])
    truncated: bool = Field(description="Whether there are more rows than these.")
    sql_run: str = Field(description="The SQL that ran, with its places for bound values.")
    milliseconds: float
    rows_read: int
    identity_version: int = Field(description="Grows with every change of who is who.")
    exactness: str | dict[str, Any] = Field(
        description="`exact`, or the approximate functions with their errors.", examples=["exact"]
    )
    freshness: str | None = Field(description="When the newest event happened that the answer could see.")


class ViewColumnOut(Out):
    """A column of a view. `masked` says that you see its personal values masked."""

    name: str
    type: str
    meaning: str
    masked: bool


class ViewOut(Out):
    """What statements may read from."""

    name: str
    meaning: str
    columns: list[ViewColumnOut]


class ViewsOut(Out):
    """The views, the functions by their kind, and how many rows an answer may have for this role."""

    views: list[ViewOut]
    functions: dict[str, list[str]]
    combinators: list[str] = Field(description="Endings that any aggregate may have, such as sumIf.")
    most_rows: int


class CancelledOut(Out):
    """Whether a running statement with that ticket was found and stopped."""

    cancelled: bool
