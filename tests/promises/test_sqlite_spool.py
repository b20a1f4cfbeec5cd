"""The spool on local disk: it keeps every promise of a spool, and some of its own about files and disks."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import resource
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from spool_promises import (
    KILOBYTE,
    RECEIPT,
    SMALL_SEGMENTS,
    SOON_S,
    SpoolPromises,
    becomes_true,
    number_of,
    numbered,
    put,
    read_everything,
)

from zuji.collect.spool import SpoolFailed, SpoolLimits
from zuji.collect.spool_files import SpoolFile, decide_discard, decide_state
from zuji.collect.spool_reader import SqliteSpoolReader
from zuji.collect.spool_writer import SqliteSpoolWriter


class SqlitePlug:
    """Opens the spool of one folder, and closes all of it in the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._opened: list[SqliteSpoolWriter | SqliteSpoolReader] = []

    def writer(self, gateway: str = "gateway-1", limits: SpoolLimits = SMALL_SEGMENTS) -> SqliteSpoolWriter:
        writer = SqliteSpoolWriter(self.folder, gateway, limits=limits)
        self._opened.append(writer)
        return writer

    def reader(self, limits: SpoolLimits = SMALL_SEGMENTS) -> SqliteSpoolReader:
        reader = SqliteSpoolReader(self.folder, limits=limits)
        self._opened.append(reader)
        return reader

    def close(self) -> None:
        for opened in self._opened:
            opened.close()


@pytest.fixture
def plug(tmp_path: Path) -> Iterator[SqlitePlug]:
    plug = SqlitePlug(tmp_path / "spool")
    yield plug
    plug.close()


@contextlib.contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """A disk that is full for everybody in this process who wants a file to grow past `size`."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


class TestSqliteSpool(SpoolPromises):
    """Every promise of a spool."""


def test_a_full_disk_acknowledges_nothing_and_heals_by_itself(plug: SqlitePlug) -> None:
    writer, reader = plug.writer(limits=SpoolLimits(min_free_bytes=0)), plug.reader()
    put(writer, *numbered(range(3)))
    acknowledged = [0, 1, 2]
    with no_file_larger_than(256 * KILOBYTE), contextlib.suppress(SpoolFailed):
        for number in itertools.count(3):
            put(writer, *numbered([number]))
            acknowledged.append(number)
    assert writer.state().failing
    assert [number_of(row) for row in read_everything(reader, {})] == acknowledged
    assert becomes_true(lambda: not writer.state().failing)
    put(writer, *numbered([9000]))
    rows = read_everything(reader, {})
    assert [number_of(row) for row in rows] == [*acknowledged, 9000]
    assert rows[-1].file > rows[-2].file  # nothing is ever added to a file that failed


def test_a_failing_disk_is_told_in_the_state_until_it_works_again(plug: SqlitePlug) -> None:
    writer = plug.writer()
    with no_file_larger_than(0):
        with pytest.raises(SpoolFailed):
            put(writer, b"lost cause")
        assert writer.state().failing
        assert writer.state().alarm
        assert "Check the disk" in writer.state().reason
    assert becomes_true(lambda: not writer.state().failing)
    assert not writer.state().alarm


def test_a_group_fails_as_a_whole_when_the_disk_does(plug: SqlitePlug) -> None:
    writer, reader = plug.writer(limits=SpoolLimits(min_free_bytes=0)), plug.reader()
    put(writer, b"0|")

    async def flood() -> list[BaseException | None]:
        bodies = numbered(range(1, 40), size=32 * KILOBYTE)
        return await asyncio.gather(*(writer.append(RECEIPT, b, 1) for b in bodies), return_exceptions=True)

    with no_file_larger_than(128 * KILOBYTE):
        answers = asyncio.run(flood())
    assert any(isinstance(answer, SpoolFailed) for answer in answers)
    kept = [0] + [number for number, answer in enumerate(answers, start=1) if answer is None]
    assert sorted(number_of(row) for row in read_everything(reader, {})) == kept


def test_a_damaged_newest_file_does_not_stop_a_new_writer(plug: SqlitePlug) -> None:
    first = plug.writer()
    put(first, b"0|")
    first.close()
    (plug.folder / "gateway-1" / "0000000001.sqlite").write_bytes(b"this was a database once" * 1000)
    put(plug.writer(), b"1|")
    names = sorted(path.name for path in (plug.folder / "gateway-1").glob("*.sqlite"))
    assert names == ["0000000001.sqlite", "0000000002.sqlite"]


def test_a_file_that_vanishes_between_two_reads_reads_as_empty(plug: SqlitePlug) -> None:
    writer, reader, other = plug.writer(), plug.reader(), plug.reader()
    put(writer, *numbered(range(20)))
    after: dict[tuple[str, str], int] = {}
    read_everything(reader, after)
    gone = other.discard(after)
    assert gone
    left = [number_of(row) for row in read_everything(reader, {})]
    assert left == sorted(left)
    assert set(reader.ends()).isdisjoint(gone)


def test_no_file_of_a_deleted_segment_stays_behind(plug: SqlitePlug) -> None:
    writer, reader = plug.writer(), plug.reader()
    put(writer, *numbered(range(20)))
    after: dict[tuple[str, str], int] = {}
    read_everything(reader, after)
    gone = {file for _, file in reader.discard(after)}
    left = {path.name for path in (plug.folder / "gateway-1").iterdir()}
    assert not [name for name in left if any(name.startswith(file) for file in gone)]


def test_a_writer_nudges_whoever_listens(plug: SqlitePlug) -> None:
    writer = plug.writer()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(os.path.relpath(plug.folder / "nudge.sock"))
        listener.settimeout(SOON_S)
        put(writer, b"news")
        assert listener.recv(64)


def test_the_poll_notices_when_no_nudge_can_arrive(plug: SqlitePlug, tmp_path: Path) -> None:
    deep = SqlitePlug(tmp_path / ("long" * 40) / "spool")
    with pytest.raises(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as nudge:
        nudge.bind(str(deep.folder / "nudge.sock"))
    try:
        deep_promise = TestSqliteSpool()
        deep_promise.test_a_wait_ends_when_something_is_written(deep)
    finally:
        deep.close()


def test_a_body_is_compressed_on_the_disk(plug: SqlitePlug) -> None:
    writer, reader = plug.writer(limits=SpoolLimits(min_free_bytes=0)), plug.reader()
    body = b"0|" + b'{"event":"Product Viewed"},' * 40_000
    put(writer, body)
    assert reader.read({}, max_messages=1)[0].body == body
    assert writer.state().bytes < len(body) / 10


LIMITS = SpoolLimits(max_bytes=1000, min_free_bytes=100, keep_taken_bytes=300, alarm_at=0.8)


@pytest.mark.parametrize(
    ("untaken", "free", "alarm", "full", "named"),
    [
        (0, 10_000, False, False, ""),
        (799, 10_000, False, False, ""),
        (800, 10_000, True, False, "wait for the engine"),
        (1000, 10_000, True, True, "wait for the engine"),
        (0, 125, False, False, ""),
        (0, 124, True, False, "free on the disk"),
        (0, 99, True, True, "free on the disk"),
        (1000, 0, True, True, "wait for the engine"),
    ],
)
def test_the_state_follows_from_what_waits_and_what_is_free(
    untaken: int, free: int, alarm: bool, full: bool, named: str
) -> None:
    state = decide_state(total=untaken, untaken=untaken, free=free, limits=LIMITS)
    assert (state.alarm, state.full) == (alarm, full)
    assert named in state.reason
    assert bool(state.reason) == alarm


def a_file(number: int, *, size: int = 100) -> SpoolFile:
    return SpoolFile("gateway-1", f"{number}", size, modified_ns=number, closed=True)


@pytest.mark.parametrize(
    ("taken", "untaken", "free", "gone"),
    [
        (3, 0, 10_000, 0),
        (5, 0, 10_000, 2),
        (3, 8, 10_000, 1),
        (3, 12, 10_000, 3),
        (3, 0, 50, 1),
        (3, 0, 0, 1),
        (3, 0, 100, 0),
    ],
)
def test_what_is_kept_for_replay_shrinks_with_the_room_left(taken: int, untaken: int, free: int, gone: int) -> None:
    files = [a_file(number) for number in range(taken + untaken)]
    names = [file.name for file in files[:taken]]
    assert decide_discard(files, names, free=free, limits=LIMITS) == names[:gone]


def test_an_untaken_file_stays_however_full_the_disk_is() -> None:
    files = [a_file(number) for number in range(50)]
    assert decide_discard(files, [], free=0, limits=LIMITS) == []
