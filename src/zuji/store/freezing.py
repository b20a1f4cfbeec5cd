"""Frozen parts: hard links to all data files of a moment, made within milliseconds, for backups and migrations."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from clickhouse_connect.driver.client import Client

from zuji.store.connections import read_table
from zuji.terms.error import BadRequest

TABLES = ("events", "profile_now", "owner_slice", "profiles", "tag_now")
BACKUP = "backup"
"""The set kept while a backup is being copied."""
BEFORE_MIGRATION = "before_migration"
"""The set kept from before the last migration."""
_NAME = re.compile(r"[a-z0-9_]{1,64}")


@dataclass(frozen=True, slots=True)
class FrozenPart:
    """One data part of a table, as a folder of immutable files."""

    table: str
    name: str
    folder: Path


def freeze(client: Client, name: str) -> None:
    """Keep the present parts of all tables under this name until `thaw`."""
    _check(name)
    for table in _present(client):
        client.command(f"ALTER TABLE zuji.{table} FREEZE WITH NAME '{name}'")


def thaw(client: Client, name: str) -> None:
    """Let go of the parts frozen under this name, if any."""
    _check(name)
    for table in _present(client):
        client.command(f"ALTER TABLE zuji.{table} UNFREEZE WITH NAME '{name}'")


def frozen_parts(client: Client, root: Path, name: str) -> list[FrozenPart]:
    """The parts kept under this name by the engine whose folder is `root`."""
    found = []
    for table in _present(client):
        kept = root / "shadow" / name / "store" / _table_folder(client, table).relative_to(root.resolve() / "store")
        found += [FrozenPart(table, part.name, part) for part in sorted(kept.glob("*")) if part.is_dir()]
    return found


def rows_of(part: FrozenPart) -> int:
    """How many rows a part holds, by its own count."""
    return int((part.folder / "count.txt").read_text())


def attach(client: Client, table: str, parts: list[Path]) -> None:
    """Move copies of parts into a table. The folders are consumed; each keeps the name it had."""
    if table not in TABLES:
        raise BadRequest(f"no table {table!r} in the event store; there are {', '.join(TABLES)}.")
    if not parts:
        return
    detached = _table_folder(client, table) / "detached"
    detached.mkdir(exist_ok=True)
    for part in parts:
        shutil.move(part, detached / part.name)
    client.command(f"ALTER TABLE zuji.{table} ATTACH PARTITION ALL")


def _present(client: Client) -> list[str]:
    """Those of our tables that this store has so far: before a migration, the newest are missing."""
    found = read_table(client, "SELECT name FROM system.tables WHERE database = 'zuji'")["name"].to_pylist()
    return [table for table in TABLES if table in found]


def _table_folder(client: Client, table: str) -> Path:
    sql = "SELECT data_paths[1] AS path FROM system.tables WHERE database = 'zuji' AND name = {table:String}"
    return Path(read_table(client, sql, {"table": table})["path"][0].as_py()).resolve()


def _check(name: str) -> None:
    """Names of frozen sets cannot be bound as values, so they are of our own making and plain."""
    if not _NAME.fullmatch(name):
        raise BadRequest(f"a frozen set is named with a-z, 0-9 and _, got {name!r}.")
