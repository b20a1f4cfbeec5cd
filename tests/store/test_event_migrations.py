"""Migrations of the event store run once each, in order, and only forward."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from event_rows import plain_events

from zuji.store import event_migrations
from zuji.store.event_migrations import statements
from zuji.store.events import EventStore
from zuji.store.failure import Refused
from zuji.store.freezing import BEFORE_MIGRATION, frozen_parts
from zuji.store.query import Query


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the migrations as they are, to which a test may add."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    for file in event_migrations.MIGRATIONS.glob("*.sql"):
        (folder / file.name).write_text(file.read_text())
    monkeypatch.setattr(event_migrations, "MIGRATIONS", folder)
    return folder


def test_a_new_store_has_seen_every_migration_and_sees_none_twice(files: Path, tmp_path: Path) -> None:
    (files / "0900_add.sql").write_text("ALTER TABLE zuji.events ADD COLUMN extra String DEFAULT 'x';\n")
    for _ in range(2):
        with closing(EventStore.open(tmp_path / "events")) as store:
            assert store.migrations() == sorted(file.stem for file in files.glob("*.sql"))


def test_a_later_migration_changes_a_filled_store_after_its_parts_were_kept(files: Path, tmp_path: Path) -> None:
    with closing(EventStore.open(tmp_path / "events")) as store:
        store.insert(plain_events(5))
    (files / "0900_add.sql").write_text(
        "-- A comment; with a semicolon.\nALTER TABLE zuji.events ADD COLUMN IF NOT EXISTS extra String DEFAULT 'x';\n"
    )
    with closing(EventStore.open(tmp_path / "events")) as store:
        found = store.query(Query("SELECT DISTINCT extra FROM zuji.events"))
        assert found["extra"].to_pylist() == ["x"]
        assert store.folder is not None
        with store.connections.controlling() as client:
            kept = frozen_parts(client, store.folder, BEFORE_MIGRATION)
        assert [part.table for part in kept] == ["events"]


def test_a_migration_that_fails_is_tried_again_at_the_next_start(files: Path, tmp_path: Path) -> None:
    broken = files / "0900_broken.sql"
    broken.write_text("CREATE TABLE IF NOT EXISTS zuji.first (a UInt8) ENGINE = Memory;\nSELEKT;\n")
    with pytest.raises(Refused, match="SELEKT"):
        EventStore.open(tmp_path / "events")
    broken.write_text("CREATE TABLE IF NOT EXISTS zuji.first (a UInt8) ENGINE = Memory;\n")
    with closing(EventStore.open(tmp_path / "events")) as store:
        assert "0900_broken" in store.migrations()


def test_a_file_falls_into_its_statements_without_its_comments() -> None:
    text = "-- about; this\nCREATE TABLE a\n(\n    b String -- in line\n);\n\n-- next\nSELECT ';';\n"
    assert list(statements(text)) == ["CREATE TABLE a\n(\n    b String -- in line\n)", "SELECT ';'"]
