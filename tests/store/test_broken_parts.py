"""A part whose files were cut short is set aside, and what it was merged from takes its place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from event_rows import event_row, event_table

from zuji.store.connections import read_table
from zuji.store.events import EventStore
from zuji.store.failure import StoreBusy
from zuji.store.query import Query
from zuji.store.tide import EVER

POSITIONS = Query("SELECT position FROM zuji.events ORDER BY position")


def positions(events: EventStore) -> list[int]:
    found: list[int] = events.query(POSITIONS)["position"].to_pylist()
    return found


def insert_and_merge(events: EventStore) -> Path:
    """Ten inserts merged into one part; gives its folder."""
    for number in range(10):
        events.insert(event_table([event_row(number, user_agent="cut short")]))
    with events.connections.controlling() as client:
        for statement in ("OPTIMIZE TABLE zuji.events FINAL", "SYSTEM DROP MARK CACHE"):
            client.command(statement)
        found = read_table(client, "SELECT path FROM system.parts WHERE table = 'events' AND active AND rows = 10")
    return Path(found["path"][0].as_py())


def cut_short(part: Path) -> None:
    for file in part.glob("*mrk*"):
        os.truncate(file, 0)


def test_what_a_broken_part_was_merged_from_takes_its_place(events: EventStore) -> None:
    cut_short(insert_and_merge(events))
    with pytest.raises(StoreBusy, match="opened anew"):
        positions(events)
    assert positions(events) == list(range(10))
    assert events.broken.failure is None
    events.insert(event_table([event_row(10)]))
    assert positions(events) == list(range(11))


def test_after_the_disk_failed_what_was_merged_meanwhile_is_looked_at(events: EventStore) -> None:
    cut_short(insert_and_merge(events))
    with pytest.raises(StoreBusy), events.broken.writing():
        raise StoreBusy("no space left on the disk")
    assert positions(events) == list(range(10))


def test_events_that_are_in_no_other_part_are_an_alarm(events: EventStore) -> None:
    part = insert_and_merge(events)
    mark = events.tide.mark()
    with events.connections.controlling() as client:
        for name in read_table(client, "SELECT name FROM system.parts WHERE table = 'events' AND NOT active")["name"]:
            for file in (part.parent / name.as_py()).iterdir():
                file.unlink() if file.is_file() else None
    cut_short(part)
    with pytest.raises(StoreBusy, match="opened anew"):
        positions(events)
    assert positions(events) == []
    assert "10 events were in parts" in (events.broken.failure or "")
    assert events.tide.earliest_since("default", mark) == EVER
    assert events.tide.earliest_since("default", events.tide.mark()) is None


def test_erasing_leaves_nothing_of_what_was_set_aside(events: EventStore, tmp_path: Path) -> None:
    cut_short(insert_and_merge(events))
    with pytest.raises(StoreBusy):
        positions(events)
    events.delete_source("default", "web")
    assert positions(events) == []
    assert not list((tmp_path / "events").rglob("detached/*"))
