"""What each person did, in order, as columns: read once from the store, then walked by numpy.

Paths and attribution both look at a person's events in the order in which they happened. A kind says which events and
gives each a mark (a whole number above 0: the item, the channel); here they are read and put in order.

Most questions are read packed: person, time and mark share one number of 64 bits, and sorting the numbers sorts the
events. The store keeps events by anchor and time, so they nearly are sorted, which numpy's stable sort makes use of:
20 million in a tenth of a second. Only at one instant does that order say nothing. People for whom it matters are read
again plainly, with the positions; so is everybody where the key is a text or the numbers do not fit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
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
_FEW_PEOPLE = 50_000
"""So many keys can be bound in a query; more people with ties, and everybody is read plainly."""
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


def read_journeys(
    settled: Settled[Any], reading: Reading, mark: Mark, *, span: Span, most: int, greatest: int, differ: Differ
) -> Journeys:
    """Everybody's marked events in order. `most` and `greatest` bound the marks and the keys of people.

    `differ` says whether it matters which of two events at one instant came first.
    """
    time_bits, mark_bits = (span.to_ms - span.from_ms).bit_length(), max(most, 1).bit_length()
    if settled.question.count_by != "user" or time_bits + mark_bits + greatest.bit_length() > _WORD_BITS:
        return _plain(settled, reading, mark)
    packed = _packed(settled, reading, mark, span.from_ms, time_bits, mark_bits)
    tied = _tied(packed, differ)
    if not len(tied):
        return packed
    if len(tied) > _FEW_PEOPLE:
        return _plain(settled, reading, mark)
    again = _plain(settled, reading, mark, only=packed.keys.take(pa.array(tied)).to_pylist())
    return _together(packed, tied, again)


def _packed(settled: Settled[Any], reading: Reading, mark: Mark, base: int, time_bits: int, mark_bits: int) -> Journeys:
    statement = Statement(settled)
    further = mark(statement)
    since = f"bitShiftLeft(toUInt64(at - {statement.integer(base)}), {mark_bits})"
    word = f"bitOr(bitShiftLeft(toUInt64(who), {time_bits + mark_bits}), bitOr({since}, mark))"
    shown = ", ".join((f"{word} AS word", *further))
    table = reading.table(statement.query(f"SELECT {shown} FROM marked WHERE {has_key(settled)}"))
    words = table["word"].to_numpy().view(np.int64) if table.num_rows else np.empty(0, np.int64)
    worths = np.empty(0)
    if further and table.num_rows:
        order = np.argsort(words, kind="stable")
        words, worths = words[order], table["worth"].to_numpy()[order]
    else:
        words = np.sort(words, kind="stable")
    del table  # as large as the words: what follows needs the room
    who = words >> (time_bits + mark_bits)
    new = np.ones(len(who), np.bool_)
    np.not_equal(who[1:], who[:-1], out=new[1:])
    keys = pa.array(who[new].view(np.uint64))
    person = np.cumsum(new, out=who)
    person -= 1
    at = words >> mark_bits
    at &= (1 << time_bits) - 1
    at += base
    words &= (1 << mark_bits) - 1
    return Journeys(keys, person, at, words, worths)


def _plain(settled: Settled[Any], reading: Reading, mark: Mark, *, only: list[int] | None = None) -> Journeys:
    statement = Statement(settled)
    further = mark(statement)
    shown = ", ".join(("assumeNotNull(who) AS who_key", "at", "position", "mark", *further))
    among = f" AND who IN {statement.bind(only, 'Array(UInt64)')}" if only is not None else ""
    table = reading.table(statement.query(f"SELECT {shown} FROM marked WHERE {has_key(settled)}{among}"))
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


def _tied(journeys: Journeys, differ: Differ) -> Ints:
    """The persons with events at one instant whose order matters."""
    person, at, mark = journeys.person, journeys.at, journeys.mark
    places = np.flatnonzero(at[1:] == at[:-1])
    places = places[person[places] == person[places + 1]]
    return np.unique(person[places[differ(mark[places], mark[places + 1])]])


def _together(packed: Journeys, tied: Ints, again: Journeys) -> Journeys:
    """The packed journeys, those of the tied people replaced by the ones read again."""
    is_tied = np.zeros(len(packed.keys), np.bool_)
    is_tied[tied] = True
    stays = ~is_tied[packed.person]
    joined = partial(_joined, stays)
    moved = again.person + len(packed.keys)
    return Journeys(
        pa.concat_arrays([packed.keys, again.keys.cast(packed.keys.type)]),
        joined(packed.person, moved),
        joined(packed.at, again.at),
        joined(packed.mark, again.mark),
        joined(packed.worth, again.worth) if len(packed.worth) else packed.worth,
    )


def _joined(stays: NDArray[np.bool_], first: NDArray[Any], second: NDArray[Any]) -> NDArray[Any]:
    return np.concatenate([first[stays], second])
