"""The epoch of each source: part of its id hashes, raised when its data is deleted, which frees all its ids."""

from __future__ import annotations

import sqlite3


def load(connection: sqlite3.Connection) -> dict[tuple[str, str], int]:
    """(workspace, source) -> epoch, for the sources that are past their first."""
    rows = connection.execute("SELECT workspace, source, epoch FROM source_epoch")
    return {(workspace, source): epoch for workspace, source, epoch in rows}


def raise_epoch(connection: sqlite3.Connection, workspace: str, source: str) -> None:
    """Begin a new epoch: ids seen before count as never seen."""
    connection.execute(
        "INSERT INTO source_epoch VALUES (?, ?, 1)"
        " ON CONFLICT (workspace, source) DO UPDATE SET epoch = source_epoch.epoch + 1",
        (workspace, source),
    )
