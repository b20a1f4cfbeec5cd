"""A backup made in the middle of traffic is one moment of everything, and comes back whole or not at all."""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from event_rows import DAY_MS, START_MS, event_row, event_table

from zuji.store import outbox, spool_positions
from zuji.store.backup import backup
from zuji.store.events import EventStore
from zuji.store.hot import HotStore
from zuji.store.metadata import Metadata
from zuji.store.outbox import PeopleRows, PersonRow
from zuji.store.query import Query
from zuji.store.restore import restore
from zuji.store.snapshots import snapshot
from zuji.terms.error import BadRequest, Busy

BATCH = 20


@dataclass
class House:
    """A data folder at work: batches are planned in the hot state and stored from the outbox, as the engine does."""

    data: Path
    hot: HotStore
    events: EventStore
    spool: sqlite3.Connection
    stop: threading.Event = field(default_factory=threading.Event)
    batches: int = 0

    def one_batch(self) -> None:
        """Plan a batch of events over three months in one transaction, store it, take it out of the outbox."""
        first = self.batches * BATCH
        rows = [event_row(first + n, at=START_MS + (n % 3) * 31 * DAY_MS) for n in range(BATCH)]
        people = PeopleRows((PersonRow("default", self.batches, 1, self.batches + 1),))
        with self.hot.write() as connection:
            planned = outbox.put(connection, events=event_table(rows), people=people, planned_at=1)
            spool_positions.save_sequence(connection, self.batches + 1)
            spool_positions.save_positions(connection, {("g1", "0001.sqlite"): self.batches + 1})
        self.batches += 1
        self.spool.execute("INSERT INTO request VALUES (?)", (self.batches,))
        self.events.insert(planned.events)
        self.events.insert_people(planned.people.people)
        with self.hot.write() as connection:
            outbox.remove(connection, [planned.id])

    def work(self) -> None:
        """Batch after batch until told to stop."""
        while not self.stop.is_set():
            self.one_batch()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A data folder with a little of everything in it."""
    data = tmp_path / "data"
    (data / "spool" / "g1").mkdir(parents=True)
    (data / "seen").mkdir()
    (data / "seen" / "run-1.ids").write_bytes(b"sorted ids")
    (data / "zuji.toml").write_text("port = 1\n")
    with closing(Metadata.open(data / "meta.sqlite")) as metadata:
        metadata.create_workspace(id="default", name="it's", timezone="UTC", created_at=1)
    spool = sqlite3.connect(data / "spool" / "g1" / "0001.sqlite", isolation_level=None, check_same_thread=False)
    spool.execute("PRAGMA journal_mode=WAL")
    spool.execute("CREATE TABLE request (id INTEGER PRIMARY KEY)")
    hot = HotStore(data / "hot.sqlite")
    with hot.write() as connection:
        connection.execute("INSERT INTO seen_run (file, ids) VALUES ('run-1.ids', 1)")
    opened = House(data, hot, EventStore.open(data / "events"), spool)
    yield opened
    opened.events.close()
    hot.close()
    spool.close()


def test_a_backup_in_the_middle_of_traffic_restores_every_committed_batch_exactly_once(
    house: House, tmp_path: Path
) -> None:
    for _ in range(3):
        house.one_batch()
    worker = threading.Thread(target=house.work)
    worker.start()
    summary = backup(house.data, tmp_path / "backup", pause=house.hot.write(), events=house.events)
    at_end = house.batches
    house.stop.set()
    worker.join()
    house.events.close()

    assert restore(tmp_path / "backup", tmp_path / "restored") == summary
    with (
        closing(HotStore(tmp_path / "restored" / "hot.sqlite")) as hot,
        closing(EventStore.open(tmp_path / "restored" / "events")) as events,
        hot.read() as connection,
    ):
        assert summary.outbox_batches == len(outbox.waiting(connection))
        for left in outbox.waiting(connection):
            events.insert_missing(left.events)
        planned = spool_positions.load_sequence(connection)
        assert 3 <= planned == summary.sequence <= at_end
        stored = events.query(Query("SELECT position FROM zuji.events ORDER BY position"))["position"].to_pylist()
        assert stored[: planned * BATCH] == list(range(planned * BATCH))
        assert len(stored) == planned * BATCH


def test_the_spool_comes_back_at_least_up_to_what_the_hot_state_took(house: House, tmp_path: Path) -> None:
    for _ in range(4):
        house.one_batch()
    backup(house.data, tmp_path / "backup", pause=nullcontext(), events=house.events)
    house.one_batch()
    house.events.close()
    restore(tmp_path / "backup", tmp_path / "restored")
    with closing(sqlite3.connect(tmp_path / "restored" / "spool" / "g1" / "0001.sqlite")) as spool:
        assert spool.execute("SELECT count(*) FROM request").fetchone() == (4,)


def test_metadata_settings_and_seen_ids_come_back_byte_by_byte(house: House, tmp_path: Path) -> None:
    house.one_batch()
    backup(house.data, tmp_path / "backup", pause=nullcontext(), events=house.events, now_ms=77)
    house.events.close()
    assert restore(tmp_path / "backup", tmp_path / "restored").created_at == 77
    restored = tmp_path / "restored"
    assert (restored / "seen" / "run-1.ids").read_bytes() == b"sorted ids"
    assert (restored / "zuji.toml").read_text() == "port = 1\n"
    with closing(Metadata.open(restored / "meta.sqlite")) as metadata:
        assert [one.name for one in metadata.list_workspaces()] == ["it's"]
    with closing(EventStore.open(restored / "events")) as events:
        assert events.query(Query("SELECT person FROM zuji.profile_now"))["person"].to_pylist() == [1]


def test_a_restored_store_takes_further_events(house: House, tmp_path: Path) -> None:
    house.one_batch()
    backup(house.data, tmp_path / "backup", pause=nullcontext(), events=house.events)
    house.events.close()
    restore(tmp_path / "backup", tmp_path / "restored")
    with closing(EventStore.open(tmp_path / "restored" / "events")) as events:
        events.insert(event_table([event_row(10**6)]))
        assert events.stats().rows == BATCH + 1


def test_a_folder_at_rest_is_backed_up_without_a_running_store(house: House, tmp_path: Path) -> None:
    house.one_batch()
    house.events.close()
    house.hot.close()
    house.spool.close()
    summary = backup(house.data, tmp_path / "backup", pause=nullcontext())
    assert (summary.events, summary.spool_files) == (BATCH, 1)
    assert restore(tmp_path / "backup", tmp_path / "restored") == summary


def test_a_folder_whose_events_are_missing_is_not_backed_up_as_if_there_were_none(house: House, tmp_path: Path) -> None:
    house.one_batch()
    house.events.close()
    shutil.rmtree(house.data / "events")
    (house.data / "events").mkdir()  # where its disk was mounted
    with pytest.raises(Busy, match="events were stored before"):
        backup(house.data, tmp_path / "backup", pause=nullcontext())


def test_nothing_stays_behind_in_the_data_folder(house: House, tmp_path: Path) -> None:
    house.one_batch()
    backup(house.data, tmp_path / "backup", pause=nullcontext(), events=house.events)
    assert not [path for path in (house.data / "events" / "shadow").rglob("*") if path.suffix == ".bin"]
    assert not list((house.data / "backups").iterdir())
    assert not list(tmp_path.glob("*.unfinished"))


@pytest.mark.parametrize("victim", ["data/hot.sqlite", "data/seen/run-1.ids", "events"])
def test_a_damaged_file_stops_the_restore_and_leaves_nothing(house: House, tmp_path: Path, victim: str) -> None:
    house.one_batch()
    backup(house.data, tmp_path / "backup", pause=nullcontext(), events=house.events)
    house.events.close()
    place = tmp_path / "backup" / victim
    file = place if place.is_file() else sorted(place.rglob("*.bin"))[0]
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    with pytest.raises(BadRequest, match="damaged"):
        restore(tmp_path / "backup", tmp_path / "restored")
    assert not (tmp_path / "restored").exists()
    assert not list(tmp_path.glob("*.restoring"))


def test_a_missing_file_stops_the_restore(house: House, tmp_path: Path) -> None:
    backup(house.data, tmp_path / "backup", pause=nullcontext(), events=house.events)
    house.events.close()
    (tmp_path / "backup" / "data" / "meta.sqlite").unlink()
    with pytest.raises(BadRequest, match=r"meta\.sqlite is missing"):
        restore(tmp_path / "backup", tmp_path / "restored")


def test_a_manifest_cannot_write_outside_the_new_folder(house: House, tmp_path: Path) -> None:
    backup(house.data, tmp_path / "backup", pause=nullcontext(), events=house.events)
    house.events.close()
    manifest = json.loads((tmp_path / "backup" / "manifest.json").read_text())
    manifest["files"]["data/../../escaped"] = manifest["files"]["data/zuji.toml"]
    (tmp_path / "backup" / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BadRequest, match="outside"):
        restore(tmp_path / "backup", tmp_path / "restored")


def test_a_folder_that_holds_something_is_not_restored_into(house: House, tmp_path: Path) -> None:
    backup(house.data, tmp_path / "backup", pause=nullcontext(), events=house.events)
    with pytest.raises(BadRequest, match="not empty"):
        restore(tmp_path / "backup", house.data)


def test_an_existing_target_is_never_overwritten(house: House, tmp_path: Path) -> None:
    (tmp_path / "backup").mkdir()
    with pytest.raises(BadRequest, match="exists already"):
        backup(house.data, tmp_path / "backup", pause=nullcontext(), events=house.events)


def test_a_folder_without_manifest_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="no finished backup"):
        restore(tmp_path, tmp_path / "restored")


def test_a_named_file_of_seen_ids_that_is_missing_fails_the_backup(house: House, tmp_path: Path) -> None:
    (house.data / "seen" / "run-1.ids").unlink()
    with pytest.raises(Busy, match=r"run-1\.ids"):
        backup(house.data, tmp_path / "backup", pause=nullcontext(), events=house.events)
    assert not (tmp_path / "backup").exists()


def test_a_snapshot_shows_its_moment_whatever_is_written_or_deleted_later(tmp_path: Path) -> None:
    file = tmp_path / "a.sqlite"
    with closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("CREATE TABLE t (n INTEGER)")
        writer.execute("INSERT INTO t VALUES (1)")
        with snapshot(file) as taken:
            writer.execute("INSERT INTO t VALUES (2)")
            file.unlink()
            taken.copy_to(tmp_path / "copy.sqlite")
    with closing(sqlite3.connect(tmp_path / "copy.sqlite")) as copy:
        assert copy.execute("SELECT n FROM t").fetchall() == [(1,)]
