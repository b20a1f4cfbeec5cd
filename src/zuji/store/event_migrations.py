"""The event store's own declaration, applied file by file, forward only.

A statement ends with a semicolon at the end of its line. A file may be applied again from its start after a crash in
the middle, so each statement must be harmless when it was done already (IF NOT EXISTS).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from clickhouse_connect.driver.client import Client

from zuji.store.connections import read_table
from zuji.store.freezing import BACKUP, BEFORE_MIGRATION, freeze, thaw

MIGRATIONS = Path(__file__).parent / "migrations" / "events"


def migrate(client: Client, *, up_to: str | None = None) -> list[str]:
    """Apply what this store has not seen, in the order of the file names (through `up_to`). Gives the names applied.

    Before a store that holds something is changed, its parts are frozen (hard links, no copy) beside it; the next
    migration or erasure lets go of them.
    """
    client.command("CREATE DATABASE IF NOT EXISTS zuji")
    client.command(
        "CREATE TABLE IF NOT EXISTS zuji.schema_migration"
        " (name String, applied_at DateTime64(3, 'UTC') DEFAULT now64(3))"
        " ENGINE = MergeTree ORDER BY name SETTINGS fsync_after_insert = 1, fsync_part_directory = 1"
    )
    done = set(applied(client))
    pending = [file for file in sorted(MIGRATIONS.glob("*.sql")) if file.stem not in done]
    pending = [file for file in pending if up_to is None or file.stem <= up_to]
    if done:
        thaw(client, BACKUP)  # left by a kill during a backup
    if done and pending:
        thaw(client, BEFORE_MIGRATION)
        freeze(client, BEFORE_MIGRATION)
    for file in pending:
        for statement in statements(file.read_text()):
            client.command(statement)
        client.command("INSERT INTO zuji.schema_migration (name) SELECT {name:String}", parameters={"name": file.stem})
    return [file.stem for file in pending]


def is_prepared(client: Client) -> bool:
    """Whether this store was ever made ready, however long ago."""
    found = read_table(client, "SELECT count() AS n FROM system.tables WHERE database = 'zuji' AND name = 'events'")
    return bool(found["n"][0].as_py())


def applied(client: Client) -> list[str]:
    """The names of the migrations this store has seen."""
    return sorted(read_table(client, "SELECT DISTINCT name FROM zuji.schema_migration")["name"].to_pylist())


def statements(text: str) -> Iterator[str]:
    """The statements of a migration file without its comment lines."""
    code = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("--"))
    for statement in code.split(";\n"):
        if statement.strip().rstrip(";"):
            yield statement.strip().rstrip(";")
