"""What arrived of each collection point, by source: written in the transaction of the batch that brought it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Set
from typing import NamedTuple


class Spot(NamedTuple):
    """A collection point, as one source brings it. `matcher`: how it is recognised; other ways are counted apart."""

    workspace: str
    point: str
    matcher: str
    source: str


class Seen(NamedTuple):
    """How many events were captured there, and when the earliest and the latest of them happened."""

    events: int
    first_at: int
    last_at: int

    def with_(self, other: Seen) -> Seen:
        """Both together, in whichever order they came."""
        return Seen(self.events + other.events, min(self.first_at, other.first_at), max(self.last_at, other.last_at))


def add(connection: sqlite3.Connection, seen: Mapping[Spot, Seen]) -> None:
    """Add what a batch brought."""
    connection.executemany(
        "INSERT INTO collection_point (workspace, point, matcher, source, events, first_at, last_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET events = events + excluded.events,"
        " first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at)",
        [(*spot, *found) for spot, found in seen.items()],
    )


def load(connection: sqlite3.Connection, workspace: str) -> dict[Spot, Seen]:
    """Everything that arrived at the points of a workspace."""
    rows = connection.execute(
        "SELECT point, matcher, source, events, first_at, last_at FROM collection_point WHERE workspace = ?",
        (workspace,),
    )
    return {Spot(workspace, *row[:3]): Seen(*row[3:]) for row in rows}


def workspaces(connection: sqlite3.Connection) -> list[str]:
    """Those that ever declared a point at which something arrived."""
    return [row[0] for row in connection.execute("SELECT DISTINCT workspace FROM collection_point ORDER BY workspace")]


def forget_source(connection: sqlite3.Connection, workspace: str, source: str) -> None:
    """The data of a source is deleted: nothing was captured by it."""
    connection.execute("DELETE FROM collection_point WHERE workspace = ? AND source = ?", (workspace, source))


def keep_only(connection: sqlite3.Connection, workspace: str, declared: Set[tuple[str, str]]) -> None:
    """Forget the points that are not declared any more, or are recognised in another way: (point, matcher)."""
    for spot in load(connection, workspace):
        if (spot.point, spot.matcher) not in declared:
            connection.execute(
                "DELETE FROM collection_point WHERE workspace = ? AND point = ? AND matcher = ? AND source = ?", spot
            )
