"""Rejected events, kept whole with the reason until somebody repairs and replays them. A table of the hot state."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from zuji.store import quarantine_groups
from zuji.store.quarantine_groups import DAY_MS, DayKey, Fate
from zuji.terms.cause import cause_of
from zuji.terms.message import Message, Receipt, decode_messages, decode_receipt, encode_messages, encode_receipt
from zuji.terms.rejection import Reason

Hashes = npt.NDArray[np.uint64]
_COLUMNS = "id, workspace, source, message_id, reason, detail, received_at, position, protocol, cause, receipt, message"
_DAY_KEY = f"workspace, source, received_at / {DAY_MS}, reason"


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
    protocol: str
    cause: str
    """The detail without its own numbers and ids."""
    receipt: Receipt
    message: Message


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Which events are meant; None is any."""

    source: str | None = None
    reason: str | None = None
    protocol: str | None = None
    cause: str | None = None


ANY = Chosen()
_IS_CHOSEN = (
    "workspace = :workspace AND (:source IS NULL OR source = :source) AND (:reason IS NULL OR reason = :reason)"
    " AND (:protocol IS NULL OR protocol = :protocol) AND (:cause IS NULL OR cause = :cause)"
)


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
    """Put rejected events away. One that is here already stays as it came and takes the new reason."""
    if not rejected:
        return
    _count_reasons(connection, rejected)
    connection.executemany(
        "INSERT INTO quarantine (workspace, source, id_hash, message_id, reason, detail, received_at, position,"
        " protocol, cause, receipt, message) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id_hash)"
        " DO UPDATE SET reason = excluded.reason, detail = excluded.detail, cause = excluded.cause",
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
                event.receipt.protocol,
                cause_of(event.detail),
                encode_receipt(event.receipt),
                encode_messages([event.message]),
            )
            for event in rejected
        ],
    )


def _count_reasons(connection: sqlite3.Connection, rejected: Sequence[NewlyRejected]) -> None:
    """Count them under their reasons; who takes a new one is no longer counted under the one before."""
    reasons: Counter[DayKey] = Counter(
        (event.receipt.workspace, event.receipt.source, event.receipt.received_at // DAY_MS, event.reason)
        for event in rejected
    )
    for event in rejected:
        before = connection.execute(f"SELECT {_DAY_KEY} FROM quarantine WHERE id_hash = ?", (event.id_hash,)).fetchone()
        if before:
            reasons[before] -= 1
    quarantine_groups.add(connection, "quarantined", reasons)


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
    connection: sqlite3.Connection, workspace: str, chosen: Chosen = ANY, *, before: int | None = None, limit: int
) -> list[Quarantined]:
    """The newest rejected events first; `before` is the id where the previous page ended."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM quarantine WHERE {_IS_CHOSEN} AND (:before IS NULL OR id < :before)"
        " ORDER BY id DESC LIMIT :limit",
        _bound(workspace, chosen) | {"before": before, "limit": limit},
    )
    return [_read(row) for row in rows]


def counts(connection: sqlite3.Connection, workspace: str) -> dict[str, int]:
    """How many wait for each reason."""
    rows = connection.execute(
        "SELECT reason, count(*) FROM quarantine WHERE workspace = ? GROUP BY reason", (workspace,)
    )
    return dict(rows.fetchall())


def choose(
    connection: sqlite3.Connection, workspace: str, chosen: Chosen, *, after: int, limit: int
) -> list[Quarantined]:
    """The chosen events in the order of their ids, from behind `after` on."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM quarantine WHERE {_IS_CHOSEN} AND id > :after ORDER BY id LIMIT :limit",
        _bound(workspace, chosen) | {"after": after, "limit": limit},
    )
    return [_read(row) for row in rows]


def remove(connection: sqlite3.Connection, workspace: str, ids: Sequence[int], fate: Fate) -> None:
    """Take out events that were replayed or given up."""
    gone: list[DayKey] = []
    for id_ in ids:
        gone += connection.execute(
            f"DELETE FROM quarantine WHERE workspace = ? AND id = ? RETURNING {_DAY_KEY}", (workspace, id_)
        ).fetchall()
    quarantine_groups.count(connection, fate, gone)


def remove_source(connection: sqlite3.Connection, workspace: str, source: str) -> None:
    """Take out everything a source brought."""
    _take_out(connection, "workspace = ? AND source = ?", (workspace, source), "discarded")


def count_before(connection: sqlite3.Connection, workspace: str, *, before_ms: int) -> int:
    """How many were received before a moment."""
    counted = connection.execute(
        "SELECT count(*) FROM quarantine WHERE workspace = ? AND received_at < ?", (workspace, before_ms)
    )
    return int(counted.fetchone()[0])


def expire(connection: sqlite3.Connection, workspace: str, *, before_ms: int) -> int:
    """Take out what was received before a moment. Gives how many that were; the figures of their days stay."""
    return _take_out(connection, "workspace = ? AND received_at < ?", (workspace, before_ms), "expired")


def workspaces(connection: sqlite3.Connection) -> list[str]:
    """Whose events wait here."""
    return [name for (name,) in connection.execute("SELECT DISTINCT workspace FROM quarantine")]


def _take_out(connection: sqlite3.Connection, which: str, values: tuple[object, ...], fate: Fate) -> int:
    keys = connection.execute(f"DELETE FROM quarantine WHERE {which} RETURNING {_DAY_KEY}", values).fetchall()
    quarantine_groups.count(connection, fate, keys)
    return len(keys)


def _bound(workspace: str, chosen: Chosen) -> dict[str, object]:
    return {"workspace": workspace, **vars(chosen)}


def _read(row: tuple[Any, ...]) -> Quarantined:
    id_, workspace, source, message_id, reason, detail, received_at, position, protocol, cause, receipt, message = row
    return Quarantined(
        id_,
        workspace,
        source,
        message_id,
        reason,
        detail,
        received_at,
        position,
        protocol,
        cause,
        decode_receipt(receipt),
        decode_messages(message)[0],
    )
