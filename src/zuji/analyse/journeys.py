"""What each person did, in order, as columns: read once from the store, then walked by numpy.

Paths and attribution both look at a person's events in the order in which they happened. A kind says which events and
gives each a mark (a whole number above 0: the item, the channel); here they are read and put in order.

Most questions are read packed: person, time and mark share one number of 64 bits, and sorting the numbers sorts the
events. The store keeps events by anchor and time, so they nearly are sorted, which numpy's stable sort makes use of:
20 million in a tenth of a second. Only at one instant does that order say nothing; where it matters, the events of the
instant are read again with their positions. Where the key is a text, or the numbers do not fit, all is read plainly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from zuji.analyse.reading import Reading
from zuji.analyse.seen import has_key
from zuji.analyse.settled import Settled
from zuji.store.statement import Statement
from zuji.terms.dates import Span
from zuji.terms.error import BadQuestion

Ints = NDArray[np.int64]
MOST_TEXTS = 200_000
"""Different items or channels in one question. They travel to the engine with the query, as text."""
_FEW_INSTANTS = 50_000
"""Of so many the people and times can be bound in a query; with more ties everybody is read plainly."""
_WORD_BITS = 63
"""One less than a word has, so that it is positive as a signed number too."""

Mark = Callable[[Statement], tuple[str, ...]]
"""Adds the step `marked` to a statement: who, at (ms), position, mark (above 0); gives the names of more columns."""
Differ = Callable[[Ints, Ints], NDArray[np.bool_]]
"""Whether it matters which of two events at one instant came first, by their marks."""


@dataclass(frozen=True, slots=True)
class Journeys:
    """Events in order of person, time, position. `person` numbers the keys; `worth` is empty unless asked for."""

    keys: pa.Array
    person: Ints
    at: Ints
    mark: Ints
    worth: NDArray[np.float64]

    def keys_of(self, persons: Ints) -> tuple[int | str, ...]:
        """The keys of these persons, each once, in order."""
        return tuple(sorted(self.keys.take(pa.array(np.unique(persons))).to_pylist()))


@dataclass(frozen=True, slots=True)
class Texts:
    """The different texts to be marked, in order (by code point), and the greatest key of all people looked at."""

    texts: tuple[str, ...]
    greatest: int

    def number_sql(self, statement: Statement, text: str) -> str:
        """The number of a Nullable(String), UInt64: from 1 on in the order of the texts, 0 for any other."""
        numbers = statement.bind(list(range(1, len(self.texts) + 1)), "Array(UInt64)")
        return f"transform(ifNull({text}, ''), {statement.texts(self.texts)}, {numbers}, toUInt64(0))"

    def number(self, text: str | None) -> int:
        """The number of one text, 0 when it is none of them."""
        return self.texts.index(text) + 1 if text in self.texts else 0


def texts_of(
    settled: Settled[Any], reading: Reading, statement: Statement, source: str, *, what: str, advice: str
) -> Texts:
    """The different texts in the column `text` of a step that also has `who`."""
    by_user = settled.question.count_by == "user"
    query = statement.query(
        f"SELECT text, max({'who' if by_user else '0'}) AS greatest FROM {source} WHERE {has_key(settled)}\n"
        f"GROUP BY text LIMIT {statement.integer(MOST_TEXTS + 3)}"
    )
    found = reading.table(query)
    texts = sorted(text for text in found["text"].to_pylist() if text)
    if len(texts) > MOST_TEXTS:
        raise BadQuestion(f"there are more than {MOST_TEXTS} different {what}. {advice}")
    return Texts(tuple(texts), max(found["greatest"].to_pylist(), default=0))


@dataclass(frozen=True, slots=True)
class _Layout:
    """How person, time since `base` and mark share a word, from its highest bits to its lowest."""

    base: int
    time_bits: int
    mark_bits: int

    def instants(self, words: Ints) -> Ints:
        """Person and time."""
        return words >> self.mark_bits

    def marks(self, words: Ints) -> Ints:
        """The mark."""
        return words & ((1 << self.mark_bits) - 1)

    def word_sql(self, statement: Statement) -> str:
        """The word of an event, over the columns of `marked`."""
        since = f"bitShiftLeft(toUInt64(at - {statement.integer(self.base)}), {self.mark_bits})"
        return f"bitOr(bitShiftLeft(toUInt64(who), {self.time_bits + self.mark_bits}), bitOr({since}, mark))"


def read_journeys(
    settled: Settled[Any], reading: Reading, mark: Mark, *, span: Span, most: int, greatest: int, differ: Differ
) -> Journeys:
    """Everybody's marked events in order. `most` and `greatest` bound the marks and the keys of people.

    `differ` says whether it matters which of two events at one instant came first.
    """
    layout = _Layout(span.from_ms, (span.to_ms - span.from_ms).bit_length(), max(most, 1).bit_length())
    bits = layout.time_bits + layout.mark_bits + greatest.bit_length()
    if settled.question.count_by != "user" or bits > _WORD_BITS:
        return _plain(settled, reading, mark)
    words, worths = _words(settled, reading, mark, layout)
    tied = _tied(words, layout, differ)
    if len(tied) > _FEW_INSTANTS:
        return _plain(settled, reading, mark)
    if len(tied) and not _put_in_order(words, worths, layout, tied, _at(settled, reading, mark, layout, tied)):
        return _plain(settled, reading, mark)
    return _unpacked(words, worths, layout)


def _words(settled: Settled[Any], reading: Reading, mark: Mark, layout: _Layout) -> tuple[Ints, NDArray[np.float64]]:
    """The words of all events, ascending, and what each is worth where that is asked for."""
    statement = Statement(settled)
    further = mark(statement)
    shown = ", ".join((f"{layout.word_sql(statement)} AS word", *further))
    table = reading.table(statement.query(f"SELECT {shown} FROM marked WHERE {has_key(settled)}"))
    words = table["word"].to_numpy().view(np.int64) if table.num_rows else np.empty(0, np.int64)
    if not further or not table.num_rows:
        return np.sort(words, kind="stable"), np.empty(0)
    order = np.argsort(words, kind="stable")
    return words[order], table["worth"].to_numpy()[order]


def _unpacked(words: Ints, worths: NDArray[np.float64], layout: _Layout) -> Journeys:
    """The journeys in these words; their memory is used again, as there may be many."""
    who = words >> (layout.time_bits + layout.mark_bits)
    new = np.ones(len(who), np.bool_)
    np.not_equal(who[1:], who[:-1], out=new[1:])
    keys = pa.array(who[new].view(np.uint64))
    person = np.cumsum(new, out=who)
    person -= 1
    at = layout.instants(words)
    at &= (1 << layout.time_bits) - 1
    at += layout.base
    words &= (1 << layout.mark_bits) - 1
    return Journeys(keys, person, at, words, worths)


def _plain(settled: Settled[Any], reading: Reading, mark: Mark) -> Journeys:
    statement = Statement(settled)
    further = mark(statement)
    shown = ", ".join(("assumeNotNull(who) AS who_key", "at", "position", "mark", *further))
    table = reading.table(statement.query(f"SELECT {shown} FROM marked WHERE {has_key(settled)}"))
    if not table.num_rows:
        none = np.empty(0, np.int64)
        return Journeys(pa.array([], pa.uint64()), none, none, none, np.empty(0))
    coded = table["who_key"].combine_chunks().dictionary_encode()
    person = coded.indices.to_numpy().astype(np.int64)
    at = table["at"].to_numpy()
    order = np.lexsort((table["position"].to_numpy(), at, person))
    worths = table["worth"].to_numpy()[order] if further else np.empty(0)
    marks = table["mark"].to_numpy().astype(np.int64)
    return Journeys(coded.dictionary, person[order], at[order], marks[order], worths)


def _tied(words: Ints, layout: _Layout, differ: Differ) -> Ints:
    """The instants of a person at which the order of events matters, ascending."""
    instants = layout.instants(words)
    places = np.flatnonzero(instants[1:] == instants[:-1])
    marks = layout.marks(words[places]), layout.marks(words[places + 1])
    return np.unique(instants[places[differ(*marks)]])


def _at(settled: Settled[Any], reading: Reading, mark: Mark, layout: _Layout, tied: Ints) -> pa.Table:
    """The events at these instants: word, position, and worth where that is asked for."""
    statement = Statement(settled)
    further = mark(statement)
    shown = ", ".join((f"{layout.word_sql(statement)} AS word", "position", *further))
    people = np.unique(tied >> layout.time_bits).tolist()
    times = (np.unique(tied & ((1 << layout.time_bits) - 1)) + layout.base).tolist()
    query = statement.query(
        f"SELECT {shown} FROM marked\n"
        f"WHERE who IN {statement.bind(people, 'Array(UInt64)')} AND at IN {statement.integers(times)}"
    )
    return reading.table(query)


def _put_in_order(words: Ints, worths: NDArray[np.float64], layout: _Layout, tied: Ints, again: pa.Table) -> bool:
    """Put the events at tied instants in order of position, in place; False where others are there than before."""
    if not again.num_rows:
        return False
    found = again["word"].to_numpy().view(np.int64)
    order = np.lexsort((again["position"].to_numpy(), layout.instants(found)))
    order = order[np.isin(layout.instants(found[order]), tied)]
    every = layout.instants(words)
    first, last = (np.searchsorted(every, tied, side=side) for side in ("left", "right"))
    places = np.repeat(first - np.cumsum(last - first) + (last - first), last - first) + np.arange((last - first).sum())
    if not np.array_equal(every[places], layout.instants(found[order])):
        return False
    words[places] = found[order]
    if len(worths):
        worths[places] = again["worth"].to_numpy()[order]
    return True
