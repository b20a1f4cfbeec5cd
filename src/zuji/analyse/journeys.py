"""What each person did, in order, as columns: read once from the store, then walked by numpy.

Paths and attribution both look at a person's events in the order in which they happened. A kind says which events and
gives each a mark (a whole number above 0: the item, the channel); here they are read and put in order.

Most questions are read packed: person, time and mark share one number of 64 bits, and sorting the numbers sorts the
events. Only at one instant does that order say nothing; where it matters, the events of the instant are read again
with their positions. Where the key is a text, or the numbers do not fit, all is read plainly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from zuji.analyse.reading import Reading
from zuji.analyse.seen import has_key
from zuji.analyse.settled import Settled
from zuji.analyse.threads import in_order, parts_of, side_by_side
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
_NO_ROOM = 2**64 - 1
"""The word of an event whose person's number has no room; as a signed number it is negative."""

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
class Bounds:
    """What is known of all events before they are read: their times, the greatest mark, about the greatest person."""

    span: Span
    most: int
    greatest: int
    pause_ms: int = 0
    """The times of two people are further apart than this."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How person, time since `base` and mark share a word, from its highest bits to its lowest."""

    base: int
    time_bits: int
    mark_bits: int
    fits: bool

    @classmethod
    def of(cls, bounds: Bounds) -> Layout:
        """The layout with room for all times and marks; whether people then fit is another matter."""
        longest = bounds.span.to_ms - bounds.span.from_ms + bounds.pause_ms
        times, marks = longest.bit_length(), max(bounds.most, 1).bit_length()
        return cls(bounds.span.from_ms, times, marks, times + marks + bounds.greatest.bit_length() <= _WORD_BITS)

    def instants(self, words: Ints) -> Ints:
        """Person and time."""
        return words >> self.mark_bits

    def marks(self, words: Ints) -> Ints:
        """The mark."""
        return words & ((1 << self.mark_bits) - 1)

    def word_sql(self, statement: Statement) -> str:
        """The word of an event, over the columns of `marked`."""
        low = self.time_bits + self.mark_bits
        since = f"bitShiftLeft(toUInt64(at - {statement.integer(self.base)}), {self.mark_bits})"
        word = f"bitOr(bitShiftLeft(toUInt64(who), {low}), bitOr({since}, mark))"
        return f"if(who < {2 ** (_WORD_BITS - low)}, {word}, toUInt64({_NO_ROOM}))"


def read_journeys(settled: Settled[Any], reading: Reading, mark: Mark, *, bounds: Bounds, differ: Differ) -> Journeys:
    """Everybody's marked events in order. `differ` says whether it matters which of two at one instant came first."""
    layout = Layout.of(bounds)
    if settled.question.count_by != "user" or not layout.fits:
        return read_plainly(settled, reading, mark)
    words, worths = _words(settled, reading, mark, layout)
    if not _tied_in_order(settled, reading, mark, layout, differ, words, worths):
        return read_plainly(settled, reading, mark)
    return _unpacked(words, worths, layout)


def ordered_words(settled: Settled[Any], reading: Reading, mark: Mark, layout: Layout, differ: Differ) -> Ints | None:
    """The words of everybody's marked events in order; None where they do not fit."""
    if settled.question.count_by != "user" or not layout.fits:
        return None
    words, worths = _words(settled, reading, mark, layout)
    return words if _tied_in_order(settled, reading, mark, layout, differ, words, worths) else None


def _words(settled: Settled[Any], reading: Reading, mark: Mark, layout: Layout) -> tuple[Ints, NDArray[np.float64]]:
    """The words of all events, ascending, and what each is worth where that is asked for."""
    statement = Statement(settled)
    further = mark(statement)
    shown = ", ".join((f"{layout.word_sql(statement)} AS word", *further))
    table = reading.table(statement.query(f"SELECT {shown} FROM marked WHERE {has_key(settled)}"))
    words = table["word"].to_numpy().view(np.int64) if table.num_rows else np.empty(0, np.int64)
    if not further or not table.num_rows:
        return in_order(words), np.empty(0)
    # The store keeps events by anchor and time: they nearly are in order, which a stable sort makes use of.
    order = np.argsort(words, kind="stable")
    words, worths = words[order], table["worth"].to_numpy()[order]
    # Those alike but for their worth come in no order; with one, sums are rounded the same way every time.
    alike = words[1:] == words[:-1]
    places = np.flatnonzero(np.append(False, alike) | np.append(alike, False))
    worths[places] = worths[places][np.lexsort((worths[places], words[places]))]
    return words, worths


def _unpacked(words: Ints, worths: NDArray[np.float64], layout: Layout) -> Journeys:
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


def read_plainly(settled: Settled[Any], reading: Reading, mark: Mark) -> Journeys:
    """The same from columns side by side, whatever the key."""
    statement = Statement(settled)
    further = mark(statement)
    shown = ", ".join(("assumeNotNull(who) AS who_key", "at", "position", "mark", *further))
    table = reading.table(statement.query(f"SELECT {shown} FROM marked WHERE {has_key(settled)}"))
    if not table.num_rows:
        none = np.empty(0, np.int64)
        return Journeys(pa.array([], pa.uint64()), none, none, none, np.empty(0))
    coded = table["who_key"].combine_chunks().dictionary_encode()
    # By their keys, not as they came: so sums are rounded the same way every time.
    ranked = pc.sort_indices(coded.dictionary)
    person = np.argsort(ranked.to_numpy())[coded.indices.to_numpy()]
    at = table["at"].to_numpy()
    order = np.lexsort((table["position"].to_numpy(), at, person))
    worths = table["worth"].to_numpy()[order] if further else np.empty(0)
    marks = table["mark"].to_numpy().astype(np.int64)
    return Journeys(coded.dictionary.take(ranked), person[order], at[order], marks[order], worths)


def _tied_in_order(
    settled: Settled[Any],
    reading: Reading,
    mark: Mark,
    layout: Layout,
    differ: Differ,
    words: Ints,
    worths: NDArray[np.float64],
) -> bool:
    """Put events at one instant in order; False where that is not to be had from words."""
    if len(words) and words[0] < 0:
        return False
    tied = _tied(words, layout, differ)
    if len(tied) > _FEW_INSTANTS:
        return False
    return not len(tied) or _put_in_order(words, worths, layout, tied, _at(settled, reading, mark, layout, tied))


def _tied(words: Ints, layout: Layout, differ: Differ) -> Ints:
    """The instants of a person at which the order of events matters, ascending."""
    places = np.concatenate([np.empty(0, np.int64), *side_by_side(partial(_ties, words, layout), parts_of(words))])
    marks = layout.marks(words[places]), layout.marks(words[places + 1])
    return np.unique(layout.instants(words[places[differ(*marks)]]))


def _ties(words: Ints, layout: Layout, part: slice) -> Ints:
    """The places in a part of the words after which the instant stays the same."""
    some = words[part.start : part.stop + 1]
    # Below its marks two words of one instant are the same, so they differ by less than a mark can.
    near = np.flatnonzero(some[1:] - some[:-1] < 1 << layout.mark_bits) + part.start
    tied: Ints = near[layout.instants(words[near]) == layout.instants(words[near + 1])]
    return tied


def _at(settled: Settled[Any], reading: Reading, mark: Mark, layout: Layout, tied: Ints) -> pa.Table:
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


def _put_in_order(words: Ints, worths: NDArray[np.float64], layout: Layout, tied: Ints, again: pa.Table) -> bool:
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
