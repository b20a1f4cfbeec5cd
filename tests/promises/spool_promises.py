"""What every spool promises, whatever it is made of. A plug passes by subclassing `SpoolPromises` with its factory."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Protocol

import pytest

from zuji.collect.spool import SpoolFailed, SpoolFull, SpoolLimits, SpoolReader, SpoolRow, SpoolWriter
from zuji.terms.message import Receipt

RECEIPT = Receipt(
    "default", "shop", "public", "segment", 1_700_000_000_000, "2026-01-05T08:00:00Z", "10.0.0.7", "足迹/1"
)
KILOBYTE = 1024
SMALL_SEGMENTS = SpoolLimits(segment_bytes=4 * KILOBYTE, min_free_bytes=0, keep_taken_bytes=0)
SOON_S = 5.0
"""Generous, since the machine may be busy; every wait below ends as soon as what it waits for is there."""


class SpoolPlug(Protocol):
    """How the promises open the plug under test. Everything opened belongs to one and the same spool."""

    def writer(self, gateway: str = "gateway-1", limits: SpoolLimits = SMALL_SEGMENTS) -> SpoolWriter: ...

    def reader(self, limits: SpoolLimits = SMALL_SEGMENTS) -> SpoolReader: ...


def put(writer: SpoolWriter, *bodies: bytes) -> None:
    """Append one after the other, each acknowledged before the next."""

    async def append_all() -> None:
        for body in bodies:
            await writer.append(RECEIPT, body, 1)

    asyncio.run(append_all())


def numbered(numbers: Sequence[int], *, size: int = KILOBYTE) -> list[bytes]:
    """Bodies that tell their number and cannot be compressed."""
    return [b"%d|" % number + hashlib.shake_128(b"%d" % number).digest(size) for number in numbers]


def number_of(row: SpoolRow) -> int:
    return int(row.body.partition(b"|")[0])


def read_everything(reader: SpoolReader, after: dict[tuple[str, str], int], *, at_once: int = 7) -> list[SpoolRow]:
    """Read on from a position to the end, moving the position along."""
    everything: list[SpoolRow] = []
    while rows := reader.read(after, max_messages=at_once):
        everything += rows
        after.update({(row.gateway, row.file): row.row for row in rows})
    return everything


def becomes_true(question: object) -> bool:
    """Ask until yes, for as long as `SOON_S`."""
    deadline = time.monotonic() + SOON_S
    while not (answer := bool(question())) and time.monotonic() < deadline:  # type: ignore[operator]
        time.sleep(0.01)
    return answer


def put_until_refused(writer: SpoolWriter, numbers: Iterator[int]) -> list[int]:
    """Append until the spool is full; gives the numbers that were acknowledged."""
    acknowledged = []
    for number in numbers:
        try:
            put(writer, *numbered([number]))
        except SpoolFull:
            return acknowledged
        acknowledged.append(number)
    raise AssertionError("the spool never became full")


class SpoolPromises:
    """The promises. A subclass gives the fixture `plug`, a `SpoolPlug` on an empty spool."""

    def test_what_was_acknowledged_is_read_back_whole(self, plug: SpoolPlug) -> None:
        writer, reader = plug.writer(), plug.reader()
        asyncio.run(writer.append(RECEIPT, b'[{"event":"\xe4\xb8\x8b\xe5\x8d\x95"},{}]', 2))
        (row,) = reader.read({}, max_messages=100)
        assert (row.gateway, row.row, row.count) == ("gateway-1", 1, 2)
        assert (row.receipt, row.body) == (RECEIPT, b'[{"event":"\xe4\xb8\x8b\xe5\x8d\x95"},{}]')

    def test_an_empty_spool_has_nothing_to_read_and_no_ends(self, plug: SpoolPlug) -> None:
        reader = plug.reader()
        assert reader.read({}, max_messages=10) == []
        assert reader.ends() == {}

    def test_the_order_of_acknowledgement_is_kept_across_files(self, plug: SpoolPlug) -> None:
        writer, reader = plug.writer(), plug.reader()
        put(writer, *numbered(range(30)))
        rows = read_everything(reader, {})
        assert [number_of(row) for row in rows] == list(range(30))
        assert len({row.file for row in rows}) > 3

    def test_rows_of_a_file_count_from_one_without_gaps(self, plug: SpoolPlug) -> None:
        writer, reader = plug.writer(), plug.reader()
        put(writer, *numbered(range(12)))
        by_file: dict[str, list[int]] = {}
        for row in read_everything(reader, {}):
            by_file.setdefault(row.file, []).append(row.row)
        assert list(by_file) == sorted(by_file)
        assert all(rows == list(range(1, len(rows) + 1)) for rows in by_file.values())

    def test_many_requests_at_once_are_each_written_once(self, plug: SpoolPlug) -> None:
        writer, reader = plug.writer(), plug.reader()

        async def flood() -> None:
            await asyncio.gather(*(writer.append(RECEIPT, body, 1) for body in numbered(range(200), size=64)))

        asyncio.run(flood())
        assert sorted(map(number_of, read_everything(reader, {}))) == list(range(200))

    def test_a_replay_reads_the_same_rows_again_from_any_position(self, plug: SpoolPlug) -> None:
        writer, reader = plug.writer(), plug.reader()
        put(writer, *numbered(range(15)))
        first = read_everything(reader, {})
        assert read_everything(reader, {}) == first
        middle = {(row.gateway, row.file): row.row for row in first[:8]}
        assert read_everything(reader, middle) == first[8:]

    def test_a_read_gives_at_most_the_messages_asked_for_but_at_least_one_row(self, plug: SpoolPlug) -> None:
        writer, reader = plug.writer(), plug.reader()

        async def append_all() -> None:
            for count in (3, 3, 3, 50):
                await writer.append(RECEIPT, b"[]", count)

        asyncio.run(append_all())
        assert [row.count for row in reader.read({}, max_messages=8)] == [3, 3]
        third = {(row.gateway, row.file): row.row for row in reader.read({}, max_messages=9)}
        assert [row.count for row in reader.read(third, max_messages=8)] == [50]

    def test_every_gateway_is_read_and_none_starves(self, plug: SpoolPlug) -> None:
        one, two, reader = plug.writer("gateway-1"), plug.writer("gateway-2"), plug.reader()
        put(one, *numbered(range(20)))
        put(two, *numbered(range(100, 103)))
        seen = {row.gateway for _ in range(2) for row in reader.read({}, max_messages=2)}
        assert seen == {"gateway-1", "gateway-2"}
        rows = read_everything(reader, {})
        assert [number_of(row) for row in rows if row.gateway == "gateway-1"] == list(range(20))
        assert [number_of(row) for row in rows if row.gateway == "gateway-2"] == [100, 101, 102]

    def test_the_ends_are_the_last_rows_of_all_files(self, plug: SpoolPlug) -> None:
        writer, reader = plug.writer(), plug.reader()
        put(writer, *numbered(range(11)))
        expected: dict[tuple[str, str], int] = {}
        read_everything(reader, expected)
        assert reader.ends() == expected

    def test_an_acknowledged_row_is_visible_at_once(self, plug: SpoolPlug) -> None:
        writer, reader = plug.writer(), plug.reader()
        after: dict[tuple[str, str], int] = {}
        for number in range(25):
            put(writer, *numbered([number]))
            assert [number_of(row) for row in read_everything(reader, after)] == [number]
        assert len(after) > 3

    def test_a_wait_ends_when_something_is_written(self, plug: SpoolPlug) -> None:
        writer, reader = plug.writer(), plug.reader()
        put(writer, b"first")
        reader.read({}, max_messages=10)
        begun = time.monotonic()
        threading.Timer(0.1, put, (writer, b"second")).start()
        reader.wait(60)
        assert 0.05 < time.monotonic() - begun < SOON_S
        assert len(reader.read({}, max_messages=10)) == 2

    def test_a_wait_ends_at_once_when_something_was_written_since_the_last_read(self, plug: SpoolPlug) -> None:
        writer, reader = plug.writer(), plug.reader()
        reader.read({}, max_messages=10)
        put(writer, b"between reading and waiting")
        begun = time.monotonic()
        reader.wait(60)
        assert time.monotonic() - begun < SOON_S

    def test_a_wait_ends_after_its_time_when_nothing_happens(self, plug: SpoolPlug) -> None:
        reader = plug.reader()
        reader.read({}, max_messages=10)
        begun = time.monotonic()
        reader.wait(0.15)
        assert 0.14 < time.monotonic() - begun < SOON_S

    def test_a_writer_started_again_goes_on_after_the_last_row(self, plug: SpoolPlug) -> None:
        reader = plug.reader()
        after: dict[tuple[str, str], int] = {}
        numbers = []
        for number in range(9):
            writer = plug.writer()
            put(writer, *numbered([number]))
            writer.close()
            numbers += [number_of(row) for row in read_everything(reader, after)]
        assert numbers == list(range(9))
        assert [number_of(row) for row in read_everything(reader, {})] == list(range(9))

    def test_a_second_writer_under_the_same_name_is_refused(self, plug: SpoolPlug) -> None:
        writer = plug.writer()
        with pytest.raises(SpoolFailed, match="another process writes"):
            plug.writer()
        writer.close()
        put(plug.writer(), b"after the first has closed")

    def test_a_closed_writer_acknowledges_nothing(self, plug: SpoolPlug) -> None:
        writer, reader = plug.writer(), plug.reader()
        writer.close()
        with pytest.raises(SpoolFailed, match="closed"):
            put(writer, b"late")
        assert reader.read({}, max_messages=10) == []

    def test_closing_answers_whoever_is_waiting(self, plug: SpoolPlug) -> None:
        writer, reader = plug.writer(), plug.reader()

        async def close_in_the_middle() -> list[BaseException | None]:
            waiting = [asyncio.ensure_future(writer.append(RECEIPT, body, 1)) for body in numbered(range(50))]
            await asyncio.sleep(0)
            await asyncio.to_thread(writer.close)
            return await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), SOON_S)

        answers = asyncio.run(close_in_the_middle())
        assert {type(answer) for answer in answers} <= {type(None), SpoolFailed}
        written = sorted(map(number_of, read_everything(reader, {})))
        assert written == [number for number, answer in enumerate(answers) if answer is None]

    def test_a_client_that_goes_away_disturbs_nobody(self, plug: SpoolPlug) -> None:
        writer, reader = plug.writer(), plug.reader()

        async def one_leaves() -> None:
            leaving, *staying = (asyncio.ensure_future(writer.append(RECEIPT, b, 1)) for b in numbered(range(10)))
            await asyncio.sleep(0)
            leaving.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await leaving
            await asyncio.gather(*staying)

        asyncio.run(one_leaves())
        assert set(map(number_of, read_everything(reader, {}))) >= set(range(1, 10))

    def test_what_was_not_taken_is_never_deleted(self, plug: SpoolPlug) -> None:
        writer, reader = plug.writer(), plug.reader()
        put(writer, *numbered(range(20)))
        everything = read_everything(reader, {})
        assert reader.discard({}) == []
        half = {(row.gateway, row.file): row.row for row in everything[:10]}
        gone = reader.discard(half)
        assert gone
        left = [number_of(row) for row in read_everything(reader, dict(half))]
        assert left == list(range(10, 20))

    def test_a_half_taken_file_stays_whole(self, plug: SpoolPlug) -> None:
        writer, reader = plug.writer(), plug.reader()
        put(writer, *numbered(range(20)))
        first = read_everything(reader, {})[0]
        assert reader.discard({(first.gateway, first.file): first.row}) == []
        assert number_of(reader.read({}, max_messages=1)[0]) == 0

    def test_taken_files_are_kept_for_replay_up_to_the_bound_the_oldest_going_first(self, plug: SpoolPlug) -> None:
        roomy = SpoolLimits(segment_bytes=4 * KILOBYTE, min_free_bytes=0, keep_taken_bytes=1024 * KILOBYTE)
        writer, reader = plug.writer(limits=roomy), plug.reader(roomy)
        put(writer, *numbered(range(40)))
        after: dict[tuple[str, str], int] = {}
        files = list(dict.fromkeys((row.gateway, row.file) for row in read_everything(reader, after)))
        assert reader.discard(after) == []
        tight = SpoolLimits(segment_bytes=4 * KILOBYTE, min_free_bytes=0, keep_taken_bytes=64 * KILOBYTE)
        gone = plug.reader(tight).discard(after)
        assert gone == files[: len(gone)]
        assert 0 < len(gone) < len(files) - 1
        assert number_of(reader.read({}, max_messages=1)[0]) > 0

    def test_replay_yields_to_new_requests(self, plug: SpoolPlug) -> None:
        bounded = SpoolLimits(
            segment_bytes=4 * KILOBYTE, max_bytes=512 * KILOBYTE, min_free_bytes=0, keep_taken_bytes=10**12
        )
        writer, reader = plug.writer(limits=bounded), plug.reader(bounded)
        put(writer, *numbered(range(30)))
        after: dict[tuple[str, str], int] = {}
        read_everything(reader, after)
        assert reader.discard(after) == []
        put_until_refused(writer, iter(range(30, 2000)))
        gone = reader.discard(after)
        assert gone
        assert set(gone) < set(after)

    def test_a_full_spool_refuses_and_has_room_again_once_the_engine_has_taken(self, plug: SpoolPlug) -> None:
        bounded = SpoolLimits(
            segment_bytes=8 * KILOBYTE, max_bytes=256 * KILOBYTE, min_free_bytes=0, keep_taken_bytes=0
        )
        writer, reader = plug.writer(limits=bounded), plug.reader(bounded)
        acknowledged = put_until_refused(writer, iter(range(1000)))
        assert writer.state().full
        assert "wait for the engine" in writer.state().reason
        after: dict[tuple[str, str], int] = {}
        assert [number_of(row) for row in read_everything(reader, after)] == acknowledged
        reader.discard(after)
        assert becomes_true(lambda: not writer.state().full)
        put(writer, *numbered([5000]))
        assert [number_of(row) for row in read_everything(reader, after)] == [5000]

    def test_the_alarm_sounds_before_the_spool_is_full(self, plug: SpoolPlug) -> None:
        bounded = SpoolLimits(max_bytes=4096 * KILOBYTE, min_free_bytes=0, alarm_at=0.5)
        writer = plug.writer(limits=bounded)
        assert not writer.state().alarm
        for number in range(1000):
            put(writer, *numbered([number], size=16 * KILOBYTE))
            if writer.state().alarm:
                break
        assert writer.state().alarm
        assert not writer.state().full
        assert writer.state().reason

    def test_a_disk_with_too_little_space_refuses_and_says_so(self, plug: SpoolPlug) -> None:
        writer = plug.writer(limits=SpoolLimits(min_free_bytes=2**62))
        with pytest.raises(SpoolFull, match="free on the disk"):
            put(writer, b"no room")
        assert writer.state().alarm

    def test_a_full_spool_and_a_failed_one_say_that_trying_again_helps(self) -> None:
        assert (SpoolFull.retry, SpoolFailed.retry) == (True, True)
        assert (SpoolFull.code, SpoolFailed.code) == ("spool_full", "spool_failed")
