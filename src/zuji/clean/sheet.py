"""The batch being cleaned, as columns: every step reads some and writes some.

A sheet lives for one batch and belongs to one caller, so steps may write to it; what they decide with are pure
functions of values. A rejected row stays in place, so that all columns keep their length, and is left out at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from zuji.clean.coded import Coded, Codes, codes_of
from zuji.clean.context import NO_CONTEXT, Context
from zuji.clean.facts import Facts
from zuji.clean.received import Received
from zuji.clean.traits import Object
from zuji.terms.event import Flag
from zuji.terms.identifier import Identifier
from zuji.terms.message import Message
from zuji.terms.rejection import Reason, Rejection
from zuji.terms.source import Source
from zuji.terms.subject import Statement, Subject

Shape = tuple[str, ...]
"""The names of an event's properties, in their order. Few differ: a program writes the same ones again and again."""
NAMED_BY_TYPE = frozenset({"page", "screen", "identify", "group", "alias", "profile"})
"""Messages whose kind is their type: what stands for an event there is named after a page or a thing."""


class Sort(NamedTuple):
    """What many rows have in common: source, kind of event, names of properties; and the first row of the sort."""

    source: Source
    kind: str
    shape: Shape
    first: int


class Sheet:
    """Rows in the order they came; the lists below run parallel to `rows` and are each filled by one step."""

    def __init__(self, rows: Sequence[Received], *, facts: Facts, now_ms: int) -> None:
        count = len(rows)
        self.rows = rows
        self.messages: list[Message] = [row.message for row in rows]
        self.facts = facts
        self.now_ms = now_ms
        self.contexts: list[Context] = [NO_CONTEXT] * count
        self.distinct_contexts: list[Context] = [NO_CONTEXT]
        self.context_codes: list[int] = [0] * count
        """Per row: the number of its context among the distinct ones."""
        self.receipts, self.receipt_codes = _runs_of_receipts(rows)
        """The first row of each run of rows that came in one request, and per row the number of its run."""
        self.properties: list[Object] = [{}] * count
        self.texts: list[bytes] = []
        """The column of properties: each row's in canonical form."""
        self.distinct_shapes: list[Shape] = [()]
        self.shape_codes: list[int] = [0] * count
        """Per row: the number of its properties' shape among the distinct ones."""
        self.traits: list[Object] = [{}] * count
        """Stated facts: `traits` over `context.traits`; empty for messages that state none."""
        self.statements: list[tuple[Statement, ...]] = [()] * count
        self.reports: list[Mapping[str, str]] = [{}] * count
        """What properties say about the surroundings: column -> value."""
        self.occurred_at: npt.NDArray[np.int64] = np.zeros(count, dtype=np.int64)
        self.known: list[tuple[Identifier, ...]] = [()] * count
        self.anonymous: list[tuple[Identifier, ...]] = [()] * count
        self.claimed: list[bool] = [False] * count
        """Whether the known side holds an identifier that the message itself names, not only its traits."""
        self.subjects: list[Subject] = []
        self.flags: npt.NDArray[np.uint32] = np.zeros(count, dtype=np.uint32)
        self.columns: dict[str, Sequence[Any]] = {}
        self.coded: dict[str, Coded] = {}
        """Finished columns of the event table, by name: one value per row, or coded."""
        self._texts_of: dict[str, list[str]] = {}
        self._own_rows: list[Received] = []
        self._shape_numbers: dict[Shape, int] = {}
        self._reasons: dict[int, list[str]] = {}
        self._rejected: dict[int, Rejection] = {}
        self._standing: list[tuple[int, Received]] | None = None
        self._sorts: tuple[list[Sort], npt.NDArray[np.intp]] | None = None

    def fill(self, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Add finished columns, given as one tuple of values per row."""
        columns: Iterable[Sequence[Any]] = zip(*rows, strict=True) if rows else [()] * len(names)
        self.columns.update(zip(names, columns, strict=True))

    def fill_coded(self, names: Sequence[str], distinct: Sequence[Sequence[Any]], codes: Codes) -> None:
        """Add finished columns of which few rows differ: the distinct rows, and per row the number of its own."""
        columns = zip(*distinct, strict=True)
        self.coded.update((name, Coded(column, codes)) for name, column in zip(names, columns, strict=True))

    @property
    def workspaces(self) -> set[str]:
        """Whose rows these are."""
        return {row.receipt.workspace for row in self.receipts}

    def column(self, name: str) -> list[str]:
        """A column of texts of which few rows have one: made when it is first asked for."""
        if name not in self._texts_of:
            self.columns[name] = self._texts_of[name] = [""] * len(self.messages)
        return self._texts_of[name]

    def replace_message(self, row: int, message: Message) -> None:
        """Let a row say something else from here on; what was received stays as it is."""
        if not self._own_rows:
            self.rows = self._own_rows = list(self.rows)
        self._own_rows[row] = msgspec.structs.replace(self._own_rows[row], message=message)
        self.messages[row] = message
        self._standing = self._sorts = None

    def reshape(self, row: int) -> None:
        """Note that a row's properties have other names than before."""
        if len(self._shape_numbers) != len(self.distinct_shapes):
            self._shape_numbers = {shape: number for number, shape in enumerate(self.distinct_shapes)}
        shape = tuple(self.properties[row])
        number = self._shape_numbers.setdefault(shape, len(self.distinct_shapes))
        if number == len(self.distinct_shapes):
            self.distinct_shapes.append(shape)
        self.shape_codes[row] = number
        self._sorts = None

    def reject(self, row: int, reason: Reason, detail: str) -> None:
        """Set a row aside. The first reason stands."""
        self._rejected.setdefault(row, Rejection(row, reason, detail))
        self._standing = None

    def is_rejected(self, row: int) -> bool:
        """Whether a row was set aside."""
        return row in self._rejected

    @property
    def sorts(self) -> tuple[list[Sort], npt.NDArray[np.intp]]:
        """The distinct sorts of rows, and per row the number of its own. To be asked once properties were read."""
        if self._sorts is None:
            self._sorts = _sorts_of(self)
        return self._sorts

    def standing(self) -> list[tuple[int, Received]]:
        """The rows not rejected so far, with their numbers."""
        if self._standing is None:
            rejected = self._rejected
            self._standing = [pair for pair in enumerate(self.rows) if pair[0] not in rejected]
        return self._standing

    def flag(self, row: int, flag: Flag, reason: str) -> None:
        """Note something about a row, and why."""
        self.flags[row] |= np.uint32(flag)
        self._reasons.setdefault(row, []).append(reason)

    @property
    def flag_reasons(self) -> list[str]:
        """The reasons of each row, joined by commas."""
        reasons = [""] * len(self.rows)
        for row, said in self._reasons.items():
            reasons[row] = ",".join(said)
        return reasons

    @property
    def rejections(self) -> list[Rejection]:
        """All rejections, in the order of their rows."""
        return [self._rejected[row] for row in sorted(self._rejected)]


def _sorts_of(sheet: Sheet) -> tuple[list[Sort], npt.NDArray[np.intp]]:
    """By numbers and not by tuples of names, which would take three times as long to compare."""
    kinds = [message.type if message.type in NAMED_BY_TYPE else message.event for message in sheet.messages]
    numbers: dict[str, int] = {}
    codes = np.array([numbers.setdefault(kind, len(numbers)) for kind in kinds], dtype=np.int64)
    sources: dict[tuple[str, str], int] = {}
    of_run = [sources.setdefault((run.source.workspace, run.source.id), len(sources)) for run in sheet.receipts]
    codes += np.array(of_run, dtype=np.int64)[sheet.receipt_codes] * len(numbers)
    codes = codes * len(sheet.distinct_shapes) + np.array(sheet.shape_codes, dtype=np.int64)
    _, firsts, own = np.unique(codes, return_index=True, return_inverse=True)
    sorts = [
        Sort(sheet.rows[first].source, kinds[first], sheet.distinct_shapes[sheet.shape_codes[first]], first)
        for first in firsts.tolist()
    ]
    return sorts, own


def _runs_of_receipts(rows: Sequence[Received]) -> tuple[list[Received], Codes]:
    runs: list[Received] = []
    codes: list[int] = []
    receipt, source = None, None
    for row in rows:
        if row.receipt is not receipt or row.source is not source:
            receipt, source = row.receipt, row.source
            runs.append(row)
        codes.append(len(runs) - 1)
    return runs, codes_of(codes)
