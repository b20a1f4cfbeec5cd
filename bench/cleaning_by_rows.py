"""How much faster is cleaning in columns than the same rules row by row?

    python bench/cleaning_by_rows.py --batches 5

The yardstick is what one would write first (`row_cleaner.py`): a function that takes one message and does with it all
that a batch does where no policy was decided, one event after the other; a table is made of what it gives. It is
measured twice: reading every user agent anew, and remembering those it has read. Both get the same events in the same
run, by turns, and the processor time of each is told. Rows, people, what was learnt and how good the events are must be
equal, in the batches that are timed and before them in batches of oddities in which most rules apply.
"""

from __future__ import annotations

import argparse
import gc
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import polars as pl
from oddities import oddities
from row_cleaner import RowCleaner, SetAside
from row_rules import Figure

from clean import NOW_MS, batches
from zuji.clean.batch import Cleaned, Facts, Received, clean_batch
from zuji.clean.learned import MOST_PROPERTIES, LearnedEvent, learn
from zuji.clean.quality_tally import Arrived, tally, usual_properties
from zuji.clean.user_agents import UserAgent, _read, user_agent_of
from zuji.cli.engine_process import YOUNG_OBJECTS
from zuji.run.batch import as_arrow, put_away
from zuji.store.accounting import key_of
from zuji.store.hot import HotStore
from zuji.store.learned_plan import EventKey
from zuji.store.property_names import PropertyNames
from zuji.store.quality import QualityFigures
from zuji.terms.message import decode_messages, encode_messages
from zuji.terms.subject import Subject

UNTIMED = 3
"""Batches that come before those that are timed: two of oddities, and one in which caches are filled."""
NO_ID = np.zeros(2, dtype=np.uint64)


class Done(NamedTuple):
    """What became of a batch."""

    frame: pl.DataFrame
    subjects: list[Subject]
    set_aside: list[tuple[int, str]]


class Columns:
    """The product: a batch at a time, then what is learnt of it and how good it is."""

    def __init__(self, folder: Path) -> None:
        self.facts = Facts(names=PropertyNames(HotStore(folder / "hot.sqlite")))
        self.learnt: dict[EventKey, LearnedEvent] = {}
        self.checked: Counter[Figure] = Counter()
        self.wrong: Counter[Figure] = Counter()

    def clean(self, received: Sequence[Received]) -> Done:
        """One batch."""
        cleaned = clean_batch(received, facts=self.facts, now_ms=NOW_MS)
        self.facts.memory.settle()
        figures = self._figures(received, cleaned)
        for (of, kind), (checked, wrong) in figures.of_events.items():
            figure = (of.workspace, of.source, kind, of.day), of.dimension
            self.checked[figure] += checked
            self.wrong[figure] += wrong
        for one in cleaned.observed:
            self.learnt[one.key], _ = learn(self.learnt.get(one.key), one, NOW_MS)
        return Done(cleaned.frame, cleaned.subjects, [(one.index, one.reason) for one in cleaned.rejections])

    def _figures(self, received: Sequence[Received], cleaned: Cleaned) -> QualityFigures:
        keys = [key_of(one.source.workspace, one.source.id, one.receipt.received_at) for one in received]
        arrived = Arrived(
            accounts={"accepted": Counter(keys), "stored": Counter(keys[index] for index in cleaned.kept)},
            stored=as_arrow(cleaned.frame),
            timed=lambda: [True] * len(cleaned.kept),
            rejected=[put_away(received[one.index], NO_ID, one) for one in cleaned.rejections],
            repeated=(),
            observed=cleaned.observed,
        )
        return tally(arrived, lambda key: usual_properties(self.learnt.get(key)))


class Rows:
    """The yardstick: one message after the other."""

    def __init__(self, read_agent: Callable[[str], UserAgent]) -> None:
        self.cleaner = RowCleaner(read_agent, NOW_MS)

    def clean(self, received: Sequence[Received]) -> Done:
        """One batch."""
        rows: list[dict[str, Any]] = []
        subjects: list[Subject] = []
        set_aside: list[tuple[int, str]] = []
        for index, item in enumerate(received):
            try:
                row, subject = self.cleaner.clean(item)
            except SetAside as why:
                set_aside.append((index, why.reason))
                self.cleaner.rules.tally_set_aside(item, why.reason, why.detail)
            else:
                rows.append(row)
                subjects.append(subject)
        self.cleaner.rules.written()
        columns = {name: [row[name] for row in rows] for name in rows[0]}  # from rows it takes half as long again
        return Done(pl.DataFrame(columns), subjects, set_aside)


def in_order(work: Sequence[Sequence[Received]]) -> list[list[Received]]:
    """The same batches in one order of positions, as the engine gives them."""
    return [
        [msgspec.structs.replace(item, position=(batch << 20) | index) for index, item in enumerate(received)]
        for batch, received in enumerate(work, 1)
    ]


def assert_same(columns: Done, rows: Done) -> None:
    """Everything that is stored, set aside or said of people."""
    assert columns.set_aside == rows.set_aside, (columns.set_aside, rows.set_aside)
    assert len(columns.frame) == len(rows.frame)
    assert set(columns.frame.columns) == set(rows.frame.columns)
    for name in columns.frame.columns:
        for number, (one, other) in enumerate(zip(_values(columns, name), _values(rows, name), strict=True)):
            assert one == other, (name, columns.frame["event_id"][number], one, other)
    assert columns.subjects == rows.subjects


def _values(done: Done, name: str) -> list[Any]:
    column = done.frame[name]
    if column.dtype == pl.Datetime:
        return column.cast(pl.Int64).to_list()
    values = column.to_list()
    if name == "flag_reason":  # rules are asked in another order
        return [sorted(value.split(",")) for value in values]
    if name == "purposes":  # null says "all": consent fills it in
        return [tuple(value) for value in values]
    return values


def assert_same_figures(columns: Columns, rows: Rows) -> None:
    """What was learnt of each kind of event, and how good the events are."""
    rules = rows.cleaner.rules
    for key, learnt in columns.learnt.items():
        events, same = {name: one.events for name, one in learnt.properties.items()}, rules.learnt[key]
        assert (learnt.events, len(events)) == (same.events, len(same.properties)), key
        assert events == same.properties or len(events) == MOST_PROPERTIES, key  # of too many, which is chance
    for ours, theirs in ((columns.checked, rules.checked), (columns.wrong, rules.wrong)):
        assert ours == theirs, (ours - theirs, theirs - ours)


def timed(cleaner: Columns | Rows, received: Sequence[Received], before: float) -> tuple[Done, float]:
    """What became of a batch, and the processor time including that of those before.

    Each gets messages that were read just now, as in the engine, and the garbage of the others is collected first:
    what one of them holds must not cost another one time.
    """
    body = encode_messages([item.message for item in received])
    messages = zip(received, decode_messages(body), strict=True)
    read = [msgspec.structs.replace(item, message=message) for item, message in messages]
    gc.collect()
    gc.freeze()
    start = time.process_time()
    done = cleaner.clean(read)
    return done, before + time.process_time() - start


def main() -> None:
    """Run both by turns and print."""
    gc.set_threshold(YOUNG_OBJECTS, 20, 100)  # as the engine has it
    parser = argparse.ArgumentParser()
    parser.add_argument("--batches", type=int, default=5)
    work = batches(parser.parse_args().batches, 1)
    by_rows = {"rows": Rows(_read.__wrapped__), "rows, remembering agents": Rows(user_agent_of)}
    spent = dict.fromkeys(("columns", *by_rows), 0.0)
    with tempfile.TemporaryDirectory() as folder:
        columns = Columns(Path(folder))
        work = in_order([*oddities(NOW_MS), *batches(1, 0), *work])
        for received in work[:UNTIMED]:
            done = columns.clean(received)
            for cleaner in by_rows.values():
                assert_same(done, cleaner.clean(received))
        for received in work[UNTIMED:]:
            done, spent["columns"] = timed(columns, received, spent["columns"])
            for name, cleaner in by_rows.items():
                same, spent[name] = timed(cleaner, received, spent[name])
                assert_same(done, same)
        for cleaner in by_rows.values():
            assert_same_figures(columns, cleaner)
    events = sum(map(len, work[UNTIMED:]))
    for name, seconds in spent.items():
        print(
            f"by {name:24s} {seconds / events * 1e6:7.2f} µs of processor time an event,"
            f" {seconds / spent['columns']:5.1f} times the columns"
        )


if __name__ == "__main__":
    main()
