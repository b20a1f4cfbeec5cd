"""What the events of anchors said about consent: a row an anchor and source, whose body is known to `govern` alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

import msgspec

Told = tuple[int, str, str]
"""(anchor, workspace, source)."""


def load(connection: sqlite3.Connection, anchors: Iterable[int]) -> dict[Told, bytes]:
    """What is kept of these anchors, which is nothing of most."""
    rows = connection.execute(
        "SELECT c.anchor, c.workspace, c.source, c.body FROM json_each(?) AS wanted"
        " CROSS JOIN consent_now AS c ON c.anchor = wanted.value",
        (msgspec.json.encode(list(anchors)).decode(),),
    )
    return {(anchor, workspace, source): body for anchor, workspace, source, body in rows}


def is_empty(connection: sqlite3.Connection) -> bool:
    """Whether no event ever carried other purposes than all."""
    return connection.execute("SELECT 1 FROM consent_now LIMIT 1").fetchone() is None


def save(connection: sqlite3.Connection, bodies: Iterable[tuple[Told, bytes]]) -> None:
    """Keep these, in the transaction of the batch that changed them."""
    connection.executemany(
        "INSERT OR REPLACE INTO consent_now (anchor, workspace, source, body) VALUES (?, ?, ?, ?)",
        [(*told, body) for told, body in bodies],
    )


def forget_source(connection: sqlite3.Connection, workspace: str, source: str) -> None:
    """The data of a source is deleted: it said nothing."""
    connection.execute("DELETE FROM consent_now WHERE workspace = ? AND source = ?", (workspace, source))
