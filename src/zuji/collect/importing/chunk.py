"""What readers hand on: a piece of a file as columns of text, and the lines in it that were no rows.

Text, because a file says nothing else: a mapping tells what is a number or a time. So an article number keeps its
zeros, and a price the decimals that were written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple, Protocol

import polars as pl

ROWS = 10_000
"""In a chunk, about: enough for columns to pay, little enough that a row of it is soon in the spool."""

Reason = Literal[
    "wrong_columns",
    "not_json",
    "bad_encoding",
    "bad_time",
    "no_time",
    "bad_number",
    "bad_boolean",
    "no_event_name",
    "no_identifier",
    "too_big",
]
"""Why a row is no message. What only the engine can know (a time in the future, ...) shows in its quarantine."""


class Bad(NamedTuple):
    """A row, or a line that is none, that cannot be imported: its number, why, and its cells as they were."""

    number: int
    reason: Reason
    detail: str
    cells: dict[str, str | None]
    rest: str = ""
    """What fits no column."""


class Chunk(NamedTuple):
    """Rows as columns of text, null where there is nothing. `numbers` counts the rows of the file from 1.

    `content` is what tells rows without a key apart; None means all columns. `known_as` are ids that the rows have
    been given already, as the rows of a file of rejects have.
    """

    frame: pl.DataFrame
    numbers: Sequence[int]
    broken: tuple[Bad, ...] = ()
    content: pl.Series | None = None
    known_as: pl.Series | None = None


class Reader(Protocol):
    """One way of reading a file. `columns` are known once it has begun."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in the file's order."""

    def chunks(self) -> Iterator[Chunk]:
        """The file, piece by piece, in bounded memory. The same file gives the same pieces."""
