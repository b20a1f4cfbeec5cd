"""What a funnel reads: one row for every event that is a step or an exclusion, by person, then in order.

A row is little more than one number. Its `clock` has the person in the high bits and the time since the range began in
the low ones, so that it grows through the whole log, and "later", "of the same person" and "within the window" are one
subtraction: events of two people are always further apart than a window. Where it fits, the marks of the steps are
packed below it, and the store hands over a single word for every event: sorting words sorts the log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from zuji.analyse.funnel_events import (
    NO_ROOM,
    extremes_query,
    firsts_query,
    fits_a_word,
    log_query,
    mark_bits,
    needs_positions,
    time_bits,
)
from zuji.analyse.funnel_question import Funnel
from zuji.analyse.groups import bin_edges
from zuji.analyse.reading import Reading
from zuji.analyse.settled import Settled
from zuji.analyse.threads import in_order, parts_of, side_by_side

Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]
Codes = npt.NDArray[np.int32]
Marks = npt.NDArray[np.integer[Any]]
NOT_THERE: Final = -1
MOST_TIED: Final = 10_000
"""People who are read again for ties; for more, all are."""


@dataclass(frozen=True, slots=True)
class Log:
    """The events of everybody, ordered by (clock, position).

    `marks` has a bit for every step that the event fills; `matched` the same without regard to `first_time`;
    `excluding` a bit for every exclusion. `code` is the number of the event's group in `values`, `held` that of what
    `hold_constant` looks at, or NOT_THERE.
    """

    clock: Ints
    marks: Marks
    matched: Marks
    excluding: Ints
    time_bits: int
    names: npt.NDArray[Any] | None
    """The key of each person by number; None where the number is the key."""
    code: Codes | None = None
    values: tuple[str, ...] = ()
    held: Codes | None = None

    def taken(self, rows: Ints | slice) -> Log:
        """Its rows in this order."""
        return replace(
            self,
            clock=self.clock[rows],
            marks=self.marks[rows],
            matched=self.matched[rows],
            excluding=self.excluding[rows],
            code=None if self.code is None else self.code[rows],
            held=None if self.held is None else self.held[rows],
        )


def read_log(settled: Settled[Funnel], reading: Reading) -> Log:
    """Read the events of a funnel."""
    edges = _edges(settled, reading)
    log = None
    if fits_a_word(settled):
        log = _of_words(settled, edges, reading)
    return _of_wide_rows(settled, edges, reading) if log is None else log


def _edges(settled: Settled[Funnel], reading: Reading) -> tuple[float, ...]:
    """The bounds of the breakdown's `bins`, from the events that match a step."""
    breakdown = settled.question.breakdown
    if breakdown is None or breakdown.bins is None:
        return ()
    row = reading.table(extremes_query(settled, breakdown)).to_pylist()[0]
    return bin_edges(row["least"], row["greatest"], breakdown.bins)


def _of_words(settled: Settled[Funnel], edges: Sequence[float], reading: Reading) -> Log | None:
    """The log from words; None where somebody's number has no room in one."""
    if needs_positions(settled.question):
        return _of_words_by_receipt(settled, edges, reading)
    table = reading.table(log_query(settled, edges, shape="words"))
    words = _words(table)
    if words.max(initial=0) == NO_ROOM:
        return None
    code, values = _codes(table, "group_key")
    log = _in_log(words, code, values, settled)
    return log if log.code is None else _ties_by_receipt(log, log.code, settled, edges, reading)


def _of_words_by_receipt(
    settled: Settled[Funnel], edges: Sequence[float], reading: Reading, people: Sequence[int] | None = None
) -> Log | None:
    """The same, events at one instant in the order of receipt."""
    table = reading.table(log_query(settled, edges, shape="words_and_positions", people=people))
    words = _words(table)
    if words.max(initial=0) == NO_ROOM:
        return None
    order = np.argsort(words, kind="stable")
    return _by_receipt(_unpacked(words[order], 0, settled), table, order, settled, reading)


def _of_wide_rows(settled: Settled[Funnel], edges: Sequence[float], reading: Reading) -> Log:
    """The log from rows with persons, times and marks side by side."""
    table = reading.table(log_query(settled, edges, shape="wide"))
    times = time_bits(settled)
    if not len(table):
        nobody = replace(_unpacked(_words(table), 0, settled), names=np.empty(0, dtype=np.uint64))
        return _by_receipt(nobody, table, nobody.clock, settled, reading)
    who = table["who"].combine_chunks().dictionary_encode()
    # Rows come ordered by person, so the first one met has the number 0, and numbers are in the order of the keys.
    clock = (who.indices.to_numpy().astype(np.int64) << times) | table["at"].to_numpy()
    names = who.dictionary.to_numpy(zero_copy_only=False)
    log = _log(clock, table["marks"].to_numpy(), settled, names)
    return _by_receipt(log, table, np.arange(len(clock)), settled, reading)


def _words(table: pa.Table) -> Words:
    return table["word"].to_numpy() if len(table) else np.empty(0, dtype=np.uint64)


def _in_log(words: Words, code: Codes | None, values: tuple[str, ...], settled: Settled[Funnel]) -> Log:
    """The log of words in any order, each with its code."""
    if code is None or not len(code):
        return replace(_unpacked(in_order(words), 0, settled), code=code, values=values)
    bits = len(values).bit_length()
    if int(words.max(initial=0)).bit_length() + bits > 64:
        order = np.argsort(words, kind="stable")
        return replace(_unpacked(words[order], 0, settled), code=code[order], values=values)
    both = words << np.uint64(bits)
    both |= code.view(np.uint32)  # below the word, so that one sort moves both
    return replace(_unpacked(in_order(both), bits, settled), values=values)


def _unpacked(words: Words, code_bits: int, settled: Settled[Funnel]) -> Log:
    """The log of words in order, below each of which there may be a code."""
    low, question = np.uint64(code_bits + mark_bits(settled.question)), settled.question
    steps = len(question.steps)
    clock = np.empty(len(words), dtype=np.int64)
    marks: Marks = np.empty(len(words), dtype=_narrow(steps))
    code = np.empty(len(words), dtype=np.int32) if code_bits else None
    excluding = np.empty(len(words), dtype=np.int64) if question.exclusions else _nothing(words)

    def unpack(part: slice) -> None:
        some = words[part]
        clock[part] = some >> low
        marks[part] = (some >> np.uint64(code_bits)) & np.uint64(2**steps - 1)
        if code is not None:
            code[part] = some & np.uint64(2**code_bits - 1)
        if question.exclusions:
            below = np.uint64(code_bits + steps)
            excluding[part] = (some >> below) & np.uint64(2 ** len(question.exclusions) - 1)

    side_by_side(unpack, parts_of(words))
    return Log(clock, marks, marks, excluding, time_bits(settled), None, code)


def _narrow(steps: int) -> type[np.uint8] | type[np.int64]:
    """Marks of up to eight steps are bytes: the passes over them are bound by memory."""
    return np.uint8 if steps <= 8 else np.int64


def _log(clock: Ints, marks: Words, settled: Settled[Funnel], names: npt.NDArray[Any] | None) -> Log:
    steps = len(settled.question.steps)
    filled: Marks = (marks & np.uint64(2**steps - 1)).astype(_narrow(steps))
    excluding = (marks >> np.uint64(steps)).astype(np.int64) if settled.question.exclusions else _nothing(marks)
    return Log(clock, filled, filled, excluding, time_bits(settled), names)


def _nothing(like: Words) -> Ints:
    """As many zeros, which take no memory."""
    return np.broadcast_to(np.int64(0), like.shape)


def _codes(table: pa.Table, column: str) -> tuple[Codes | None, tuple[str, ...]]:
    """Each row's text as a number, and the texts."""
    if column not in table.column_names:
        return None, ()
    if not len(table):
        return np.empty(0, dtype=np.int32), ()
    encoded = table[column].unify_dictionaries().combine_chunks()
    texts = pa.concat_arrays(encoded.chunks) if isinstance(encoded, pa.ChunkedArray) else encoded
    return texts.indices.fill_null(NOT_THERE).to_numpy().astype(np.int32), tuple(texts.dictionary.to_pylist())


def _by_receipt(log: Log, table: pa.Table, order: Ints, settled: Settled[Funnel], reading: Reading) -> Log:
    """The log ordered by clock (`order` are its rows in the table), with all columns and ties in order of receipt."""
    if not len(table):
        return replace(log, code=_codes(table, "group_key")[0], held=_codes(table, "held")[0])
    positions = table["position"].to_numpy()[order]
    tied = np.flatnonzero(log.clock[1:] == log.clock[:-1])
    tied = np.union1d(tied, tied + 1)
    inner = np.arange(len(order))
    inner[tied] = tied[np.lexsort((positions[tied], log.clock[tied]))]
    log, order = log.taken(inner), order[inner]
    code, values = _codes(table, "group_key")
    held, _ = _codes(table, "held")
    log = replace(
        log, code=None if code is None else code[order], values=values, held=None if held is None else held[order]
    )
    return _only_first(log, positions[inner], settled, reading)


def _in_doubt(log: Log, code: Codes, question: Funnel) -> Ints:
    """Rows at the instant of the row before, in another group, where the receipt may decide which of the two counts."""
    differ = (log.clock[1:] == log.clock[:-1]) & (code[1:] != code[:-1])
    if question.order == "unordered" or question.exclusions:
        return np.flatnonzero(differ) + 1
    # Steps in order: only two events for one step are in doubt (rows are sorted by their marks too).
    differ &= log.marks[1:] == log.marks[:-1]
    if question.attributed_by == "first_touch":
        differ &= log.marks[1:] & 1 != 0
    return np.flatnonzero(differ) + 1


def _ties_by_receipt(log: Log, code: Codes, settled: Settled[Funnel], edges: Sequence[float], reading: Reading) -> Log:
    """Where events of different groups are at one instant the order of receipt counts: read it, for those people."""
    people = np.unique(log.clock[_in_doubt(log, code, settled.question)] >> log.time_bits)
    if not len(people):
        return log
    again = _of_words_by_receipt(settled, edges, reading, people.tolist() if len(people) <= MOST_TIED else None)
    rows = np.flatnonzero(np.isin(log.clock >> log.time_bits, people))
    if again is None or again.code is None or len(people) > MOST_TIED or len(again.clock) != len(rows):
        # Too many, or events came in between: all of the second reading is at least of one moment.
        return again if again is not None and len(people) > MOST_TIED else _of_wide_rows(settled, edges, reading)
    place = {value: number for number, value in enumerate(log.values)}
    renumbered = np.array([place.get(value, NOT_THERE) for value in again.values], dtype=np.int32)
    code, marks, excluding = code.copy(), log.marks.copy(), log.excluding.copy()
    code[rows], marks[rows], excluding[rows] = renumbered[again.code], again.marks, again.excluding
    return replace(log, code=code, marks=marks, matched=marks, excluding=excluding)


def _only_first(log: Log, positions: Words, settled: Settled[Funnel], reading: Reading) -> Log:
    """Steps with `first_time` are filled by one event of each person's whole history."""
    marks = log.marks
    for place, step in enumerate(settled.question.steps):
        if step.first_time:
            firsts = reading.table(firsts_query(settled, step))["position"].to_numpy()
            marks = np.where(np.isin(positions, firsts), marks, marks & ~np.int64(1 << place))
    return replace(log, marks=marks)
