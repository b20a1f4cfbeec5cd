"""What became of an operator's decision, kept so that whoever made it can be answered, also after a restart."""

from __future__ import annotations

import sqlite3
from typing import Any

import msgspec


def save(connection: sqlite3.Connection, message_id: str, outcome: dict[str, Any]) -> None:
    """Remember an outcome inside the transaction that brought it about."""
    connection.execute(
        "INSERT OR REPLACE INTO decision_outcome VALUES (?, ?)", (message_id, msgspec.json.encode(outcome))
    )


def get(connection: sqlite3.Connection, message_id: str) -> dict[str, Any] | None:
    """The outcome, or None while the decision is still waiting its turn."""
    row = connection.execute("SELECT outcome FROM decision_outcome WHERE message_id = ?", (message_id,)).fetchone()
    return msgspec.json.decode(row[0], type=dict[str, Any]) if row else None
