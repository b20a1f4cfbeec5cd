"""The stream's state of each anchor, as bytes: what they mean is known to `run.tagging_states` and `tag` alone.

An anchor without a row has no events that rules look at, once its workspace's backfill has passed it. An empty body
says that the state must be worked out from the events anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

import msgspec

STALE = b""


def load(connection: sqlite3.Connection, anchors: Iterable[int]) -> dict[int, bytes]:
    """The states of these anchors, as far as there are any."""
    rows = connection.execute(
        "SELECT s.anchor, s.body FROM json_each(?) AS wanted CROSS JOIN tag_state AS s ON s.anchor = wanted.value",
        (msgspec.json.encode(list(anchors)).decode(),),
    )
    return dict(rows.fetchall())


def save(connection: sqlite3.Connection, bodies: Iterable[tuple[int, bytes]]) -> None:
    """Write (anchor, state), in the caller's transaction."""
    connection.executemany("INSERT OR REPLACE INTO tag_state VALUES (?, ?)", bodies)


def mark_stale(connection: sqlite3.Connection, anchors: Iterable[int]) -> None:
    """These states must be worked out anew."""
    save(connection, ((anchor, STALE) for anchor in anchors))


def note_erasure(connection: sqlite3.Connection, anchors: Iterable[int]) -> None:
    """Events of these anchors are about to be erased. Written before that happens: afterwards nobody can tell whose."""
    connection.executemany("INSERT OR IGNORE INTO tag_stale VALUES (?)", ((anchor,) for anchor in anchors))


def take_erased(connection: sqlite3.Connection) -> list[int]:
    """The anchors noted, whose states are stale from now on; the notes are taken off."""
    anchors = [anchor for (anchor,) in connection.execute("SELECT anchor FROM tag_stale ORDER BY anchor")]
    mark_stale(connection, anchors)
    connection.execute("DELETE FROM tag_stale")
    return anchors


def forget_workspace(connection: sqlite3.Connection, workspace: str) -> None:
    """No live rules are left here. What is not kept up must not be found again."""
    connection.execute(
        "DELETE FROM tag_state WHERE anchor IN (SELECT n.anchor FROM identity_node AS n"
        " JOIN identity_kind AS k ON k.id = n.kind WHERE k.workspace = ?)",
        (workspace,),
    )
    connection.execute("DELETE FROM tag_due WHERE workspace = ?", (workspace,))
