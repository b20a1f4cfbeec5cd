"""What every hot state promises, whatever it is made of. A plug passes by subclassing `HotPromises` with its factory.

The hot state is what a batch leaves behind: how far the spool is taken, and everything worked out from what was taken.
Both are one. What is opened is asked only through the modules of `store` that take its transactions.
"""

from __future__ import annotations

import multiprocessing
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from multiprocessing.connection import Connection
from typing import Protocol

import pytest

from zuji.store import given_tags, spool_positions, tag_states, tag_timers, tag_values
from zuji.store.given_tags import GivenRow
from zuji.store.hot import HotTransaction, apart
from zuji.store.tag_values import Name, NewChange, NewValue, TagChange

FILE = ("gateway-1", "0001")
SHOP = "shop"
TAG: Name = ("tag", "events")
PATIENCE_S = 60.0
DAY_MS = 86_400_000


class Hot(Protocol):
    """A hot state that is open."""

    def write(self) -> AbstractContextManager[HotTransaction]: ...

    def read(self) -> AbstractContextManager[HotTransaction]: ...

    def close(self) -> None: ...


class TornAway(Exception):
    """What breaks a transaction in these tests."""


def take_batch(transaction: HotTransaction, number: int, *, person: int = 1) -> None:
    """What a batch leaves: the position, the sequence, a state, the value that came of it, its change, a timer."""
    spool_positions.save_positions(transaction, {FILE: number})
    spool_positions.save_sequence(transaction, number)
    tag_states.save(transaction, [(person, b"%d" % number)])
    tag_values.write_values(transaction, [NewValue(SHOP, person, *TAG, number, number, 1)])
    change = NewChange(
        workspace=SHOP, person=person, kind="tag", key="events", old=number - 1 or None, new=number, cause="event",
        at_ms=number,
    )  # fmt: skip
    tag_values.record(transaction, [change], readable_at_ms=number)
    tag_timers.set_due(transaction, [(person, SHOP, number)])


def left(transaction: HotTransaction, *, person: int = 1) -> tuple[int, int, bytes, object, int]:
    """Position, sequence, state, value, and how many changes there are: what `take_batch` wrote."""
    value = tag_values.values_of(transaction, SHOP, [person]).get(person, {}).get(TAG)
    return (
        spool_positions.load_positions(transaction).get(FILE, 0),
        spool_positions.load_sequence(transaction),
        tag_states.load(transaction, [person]).get(person, b"0"),
        0 if value is None else value.value,
        len(changes(transaction)),
    )


def changes(transaction: HotTransaction) -> list[TagChange]:
    return tag_values.changes_after(transaction, SHOP, 0, 1_000_000)


def after(number: int) -> tuple[int, int, bytes, object, int]:
    """What is there when exactly so many batches were taken."""
    return (number, number, b"%d" % number, number, number)


def take_batches(open_: Callable[[], Hot], first: int, told: Connection) -> None:
    """A process that takes batches until it is killed, telling the number of each that was committed."""
    hot = open_()
    number = first
    while True:
        with hot.write() as transaction:
            take_batch(transaction, number)
        told.send(number)
        number += 1


@contextmanager
def part_of(transaction: HotTransaction) -> Iterator[HotTransaction]:
    """A part of a transaction that can be taken back alone."""
    with apart(transaction):
        yield transaction


def break_off(part: AbstractContextManager[HotTransaction], work: Callable[[HotTransaction], object]) -> None:
    """Do this within a transaction, or a part of one, that then breaks."""
    with part as transaction:
        work(transaction)
        raise TornAway


class HotPromises:
    """Subclass and give a fixture `plug`: what opens one and the same hot state, as often as it is called."""

    def test_a_batch_is_there_whole_once_its_transaction_ends(self, plug: Callable[[], Hot]) -> None:
        hot = plug()
        with hot.read() as transaction:
            assert left(transaction) == after(0)
        with hot.write() as transaction:
            take_batch(transaction, 1)
        with hot.read() as transaction:
            assert left(transaction) == after(1)

    def test_of_a_batch_that_breaks_nothing_is_there(self, plug: Callable[[], Hot]) -> None:
        hot = plug()
        with hot.write() as transaction:
            take_batch(transaction, 1)
        with pytest.raises(TornAway):
            break_off(hot.write(), lambda transaction: take_batch(transaction, 2))
        with hot.read() as transaction:
            assert left(transaction) == after(1)
        with hot.write() as transaction:
            take_batch(transaction, 2)
        with hot.read() as transaction:
            assert left(transaction) == after(2)

    def test_part_of_a_batch_can_be_taken_back_alone(self, plug: Callable[[], Hot]) -> None:
        hot = plug()
        with hot.write() as transaction:
            take_batch(transaction, 1)
            with pytest.raises(TornAway):
                break_off(part_of(transaction), lambda part: take_batch(part, 2, person=2))
            assert left(transaction) == after(1)
        with hot.read() as transaction:
            assert left(transaction) == after(1)
            assert tag_states.load(transaction, [2]) == {}

    def test_a_reader_sees_one_moment_and_no_half_of_a_batch(self, plug: Callable[[], Hot]) -> None:
        hot = plug()
        torn: list[object] = []
        stop = threading.Event()

        def watch() -> None:
            while not stop.is_set():
                with hot.read() as transaction:
                    seen = left(transaction)
                    again = left(transaction)
                if seen != after(seen[0]) or again != seen:
                    torn.append((seen, again))

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            for number in range(1, 60):
                with hot.write() as transaction:
                    take_batch(transaction, number)
        finally:
            stop.set()
            watcher.join()
        assert torn == []
        with hot.read() as transaction:
            assert left(transaction) == after(59)

    def test_writers_wait_for_one_another_and_none_is_lost(self, plug: Callable[[], Hot]) -> None:
        hot = plug()

        def count() -> None:
            for _ in range(25):
                with hot.write() as transaction:
                    take_batch(transaction, spool_positions.load_sequence(transaction) + 1)

        writers = [threading.Thread(target=count) for _ in range(3)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        with hot.read() as transaction:
            assert left(transaction) == after(75)

    def test_a_restart_goes_on_where_the_last_batch_ended(self, plug: Callable[[], Hot]) -> None:
        for number in range(1, 4):
            hot = plug()
            with hot.read() as transaction:
                assert left(transaction) == after(number - 1)
            with hot.write() as transaction:
                take_batch(transaction, number)
            hot.close()
        hot = plug()
        with hot.read() as transaction:
            assert [one.new for one in changes(transaction)] == [1, 2, 3]

    def test_numbers_of_changes_grow_and_none_is_given_twice(self, plug: Callable[[], Hot]) -> None:
        hot = plug()
        numbers: list[int] = []
        for number in range(1, 6):
            with pytest.raises(TornAway):
                break_off(hot.write(), partial(take_batch, number=number))
            with hot.write() as transaction:
                take_batch(transaction, number)
            hot.close()
            hot = plug()
            with hot.read() as transaction:
                numbers.append(tag_values.newest_change(transaction))
        assert numbers == sorted(set(numbers))
        with hot.read() as transaction:
            assert [one.number for one in changes(transaction)] == numbers

    def test_who_is_due_is_taken_once_and_is_due_again_when_that_breaks(self, plug: Callable[[], Hot]) -> None:
        hot = plug()
        with hot.write() as transaction:
            tag_timers.set_due(transaction, [(1, SHOP, 10), (2, SHOP, 20), (1, SHOP, 15), (3, SHOP, 30)])
        with pytest.raises(TornAway):
            break_off(hot.write(), lambda transaction: tag_timers.take_due(transaction, 20, 10))
        with hot.write() as transaction:
            assert tag_timers.take_due(transaction, 20, 10) == [(SHOP, 1), (SHOP, 2)]
            assert tag_timers.take_due(transaction, 20, 10) == []
        with hot.read() as transaction:
            assert tag_timers.due_of(transaction, [1, 2, 3]) == {3: 30}

    def test_words_that_others_gave_are_kept_the_newest_of_each_identifier_and_end(
        self, plug: Callable[[], Hot]
    ) -> None:
        def word(anchor: int, value: object, until_ms: int | None = None) -> GivenRow:
            return GivenRow(
                workspace=SHOP, key="grade", anchor=anchor, value=value, at_ms=1, until_ms=until_ms, who="ann"
            )

        hot = plug()
        with hot.write() as transaction:
            given_tags.give(transaction, [word(1, "gold"), word(2, "gold", 50), word(1, "silver"), word(3, None)])
        hot.close()
        hot = plug()
        with hot.read() as transaction:
            found = sorted(given_tags.of_anchors(transaction, SHOP, [1, 2, 3]), key=lambda row: row.number)
            assert [(row.anchor, row.value) for row in found] == [(2, "gold"), (1, "silver"), (3, None)]
            assert given_tags.of_anchors(transaction, "another", [1, 2, 3]) == []
            assert [row.anchor for row in given_tags.ended(transaction, 49, 10)] == []
            assert [row.anchor for row in given_tags.ended(transaction, 50, 10)] == [2]
        with hot.write() as transaction:
            given_tags.set_validity(transaction, SHOP, "grade", 1)
        with hot.read() as transaction:
            assert {row.until_ms for row in given_tags.of_anchors(transaction, SHOP, [1, 2, 3])} == {1 + DAY_MS}

    def test_a_kill_at_any_instant_leaves_position_and_state_at_the_same_batch(self, plug: Callable[[], Hot]) -> None:
        spawn = multiprocessing.get_context("spawn")
        taken = 0
        for attempt in range(3):
            ours, theirs = spawn.Pipe(duplex=False)
            process = spawn.Process(target=take_batches, args=(plug, taken + 1, theirs))
            process.start()
            assert ours.poll(PATIENCE_S), "the process that takes batches did not begin"
            time.sleep(random.Random(attempt).uniform(0.0, 0.1))
            process.kill()
            process.join()
            theirs.close()
            told = taken
            try:
                while ours.poll():
                    told = ours.recv()
            except (EOFError, OSError):
                pass  # the last word was cut short
            hot = plug()
            with hot.read() as transaction:
                position = left(transaction)[0]
                assert left(transaction) == after(position)
                assert position in (told, told + 1)
            hot.close()
            taken = position
        assert taken > 0
