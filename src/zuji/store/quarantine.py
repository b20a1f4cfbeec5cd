"""Rejected events, kept whole with the reason until somebody repairs and replays them. A table of the hot state."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zuji.terms.message import Message, Receipt, decode_messages, decode_receipt, encode_messages, encode_receipt
from zuji.terms.rejection import Reason

Hashes = npt.NDArray[np.uint64]
_COLUMNS = "id, workspace, source, message_id, reason, detail, received_at, position, receipt, message"


@dataclass(frozen=True)
class Quarantined:
    """One rejected event as it waits."""

    id: int
    workspace: str
    source: str
    message_id: str
    reason: str
    detail: str
    received_at: int
    position: int
    receipt: Receipt
    message: Message


@dataclass(frozen=True)
class NewlyRejected:
    """One event to be put away, with the 16 bytes of its id hash."""

    id_hash: bytes
    reason: Reason
    detail: str
    position: int
    receipt: Receipt
    message: Message


def put(connection: sqlite3.Connection, rejected: Sequence[NewlyRejected]) -> None:
    """Put rejected events away. One that is here already keeps its place and takes the new reason."""
    connection.executemany(
        "INSERT INTO quarantine (workspace, source, id_hash, message_id, reason, detail, received_at, position,"
        " receipt, message) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id_hash)"
        " DO UPDATE SET reason = excluded.reason, detail = excluded.detail, message = excluded.message",
        [
            (
                event.receipt.workspace,
                event.receipt.source,
                event.id_hash,
                event.message.message_id[:100],
                event.reason,
                event.detail,
                event.receipt.received_at,
                event.position,
                encode_receipt(event.receipt),
                encode_messages([event.message]),
            )
            for event in rejected
        ],
    )


def known(connection: sqlite3.Connection, hashes: Hashes) -> npt.NDArray[np.bool_]:
    """Which of these ids (n × 2 words) are held in quarantine now."""
    mask = np.zeros(len(hashes), dtype=np.bool_)
    if connection.execute("SELECT 1 FROM quarantine LIMIT 1").fetchone() is None:
        return mask
    keys = [row.tobytes() for row in hashes]
    for start in range(0, len(keys), 500):
        part = keys[start : start + 500]
        marks = ",".join("?" * len(part))
        found = {
            row[0] for row in connection.execute(f"SELECT id_hash FROM quarantine WHERE id_hash IN ({marks})", part)
        }
        if found:
            for offset, key in enumerate(part):
                mask[start + offset] = key in found
    return mask


def get(connection: sqlite3.Connection, workspace: str, id_: int) -> Quarantined | None:
    """One rejected event, or None when it is not (or no longer) here."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM quarantine WHERE workspace = ? AND id = ?",
        (workspace, id_),
    ).fetchone()
    return _read(row) if row else None


def page(
    connection: sqlite3.Connection,
    workspace: str,
    *,
    reason: str | None,
    source: str | None,
    before: int | None,
    limit: int,
) -> list[Quarantined]:
    """The newest rejected events first; `before` is the id where the previous page ended."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM quarantine WHERE workspace = :workspace AND (:reason IS NULL OR reason = :reason)"
        " AND (:source IS NULL OR source = :source) AND (:before IS NULL OR id < :before)"
        " ORDER BY id DESC LIMIT :limit",
        {"workspace": workspace, "reason": reason, "source": source, "before": before, "limit": limit},
    )
    return [_read(row) for row in rows]


def counts(connection: sqlite3.Connection, workspace: str) -> dict[str, int]:
    """How many wait for each reason."""
    rows = connection.execute(
        "SELECT reason, count(*) FROM quarantine WHERE workspace = ? GROUP BY reason", (workspace,)
    )
    return dict(rows.fetchall())


def remove(connection: sqlite3.Connection, ids: Sequence[int]) -> None:
    """Take out events that were replayed or given up."""
    connection.executemany("DELETE FROM quarantine WHERE id = ?", [(id_,) for id_ in ids])


def remove_source(connection: sqlite3.Connection, workspace: str, source: str) -> None:
    """Take out everything a source brought."""
    connection.execute("DELETE FROM quarantine WHERE workspace = ? AND source = ?", (workspace, source))


def _read(row: tuple[int, str, str, str, str, str, int, int, bytes, bytes]) -> Quarantined:
    return Quarantined(*row[:8], decode_receipt(row[8]), decode_messages(row[9])[0])
