"""What was lost on the way, from the numbers that clients give their messages; written with the batch that brings them.

A page numbers what it sends from 1 on. Of every page is kept how far its numbers go and which of them are missing; of
every source and day only the sums, which stay when the pages are forgotten.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import NamedTuple

MINUTE_MS = 60_000
OPEN_MS = 10 * MINUTE_MS
"""So long after its last sign a page may bring what is missing: our script waits five minutes at most to retry."""
Gap = tuple[int, int]
"""The first and the last number that are missing."""


class NumberedPage(NamedTuple):
    """A page as its client named it; another source may have one of the same name."""

    workspace: str
    source: str
    page: str


class Arrived(NamedTuple):
    """What arrived of a page. `missing`: how many numbers below the highest did not; `gaps`: those that still may."""

    day: int
    highest: int = 0
    missing: int = 0
    gaps: tuple[Gap, ...] = ()

    @property
    def received(self) -> int:
        """How many different numbers arrived."""
        return self.highest - self.missing


class SourceDay(NamedTuple):
    """The pages of a source that were first heard of on a day; days are counted since 1970."""

    workspace: str
    source: str
    day: int


class Loss(NamedTuple):
    """Sums over pages. `sent`: as many as the highest numbers tell; `open`: missing of pages that still speak."""

    pages: int = 0
    sent: int = 0
    received: int = 0
    open: int = 0

    @property
    def lost(self) -> int:
        """What is missing of pages that have fallen silent."""
        return max(0, self.sent - self.received - self.open)

    @property
    def share(self) -> float | None:
        """Lost of sent, from 0 to 1; None when nothing was numbered."""
        return round(self.lost / self.sent, 6) if self.sent else None

    def with_(self, other: Loss) -> Loss:
        """Both together."""
        return Loss(*(one + more for one, more in zip(self, other, strict=True)))


_PAGE = "SELECT day, highest, missing, gaps FROM page_sequence WHERE workspace = ? AND source = ? AND page = ?"


def find(connection: sqlite3.Connection, page: NumberedPage) -> Arrived | None:
    """What arrived of a page before; None when nothing did, or it is forgotten."""
    row = connection.execute(_PAGE, page).fetchone()
    if row is None:
        return None
    day, highest, missing, gaps = row
    return Arrived(day, highest, missing, _gaps_of(gaps) if gaps else ())


def save(connection: sqlite3.Connection, pages: Mapping[NumberedPage, Arrived], now_ms: int) -> None:
    """Write what arrived of pages until now."""
    minute = now_ms // MINUTE_MS
    connection.executemany(
        "INSERT INTO page_sequence VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET highest = excluded.highest, missing = excluded.missing, gaps = excluded.gaps,"
        " last_minute = excluded.last_minute",
        [
            (*page, one.day, one.highest, one.missing, _text_of(one.gaps) if one.gaps else "", minute)
            for page, one in pages.items()
        ],
    )


def add(connection: sqlite3.Connection, more: Mapping[SourceDay, Loss]) -> None:
    """Add to the sums what a batch changed."""
    connection.executemany(
        "INSERT INTO loss_day VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET pages = pages + excluded.pages,"
        " sent = sent + excluded.sent, received = received + excluded.received",
        [(*key, one.pages, one.sent, one.received) for key, one in more.items()],
    )


def load(
    connection: sqlite3.Connection, *, from_day: int, open_since_ms: int, workspace: str | None = None
) -> dict[SourceDay, Loss]:
    """The sums since a day. A page of which something arrived since `open_since_ms` may still bring what is missing."""
    still = {
        SourceDay(*row[:3]): row[3]
        for row in connection.execute(
            "SELECT workspace, source, day, sum(missing) FROM page_sequence WHERE last_minute >= ? AND missing > 0"
            " AND (? IS NULL OR workspace = ?) GROUP BY workspace, source, day",
            (open_since_ms // MINUTE_MS, workspace, workspace),
        )
    }
    rows = connection.execute(
        "SELECT workspace, source, day, pages, sent, received FROM loss_day"
        " WHERE day >= ? AND (? IS NULL OR workspace = ?) ORDER BY workspace, source, day",
        (from_day, workspace, workspace),
    )
    found: dict[SourceDay, Loss] = {}
    for of_workspace, source, day, pages, sent, received in rows:
        key = SourceDay(of_workspace, source, day)
        found[key] = Loss(pages, sent, received, still.get(key, 0))
    return found


def forgotten_until_ms(connection: sqlite3.Connection) -> int:
    """Pages that fell silent before this moment may be forgotten: nobody knows which of their numbers arrived."""
    (minute,) = connection.execute("SELECT until_minute FROM page_sequence_forgotten").fetchone()
    return int(minute) * MINUTE_MS


def forget(connection: sqlite3.Connection, *, before_ms: int, most_kept: int, at_once: int) -> int:
    """Forget the pages that have been silent longest: all from before a moment, and what is more than is kept.

    At most `at_once` of them, so that no batch waits for it. Gives how many went.
    """
    (held,) = connection.execute("SELECT count(*) FROM page_sequence").fetchone()
    old = connection.execute(
        "SELECT workspace, source, page, last_minute FROM page_sequence ORDER BY last_minute LIMIT ?", (at_once,)
    ).fetchall()
    too_many = max(0, held - most_kept)
    gone = [row for number, row in enumerate(old) if number < too_many or row[3] < before_ms // MINUTE_MS]
    if gone:
        connection.executemany(
            "DELETE FROM page_sequence WHERE workspace = ? AND source = ? AND page = ?", [row[:3] for row in gone]
        )
        connection.execute("UPDATE page_sequence_forgotten SET until_minute = max(until_minute, ?)", (gone[-1][3] + 1,))
    return len(gone)


def forget_source(connection: sqlite3.Connection, workspace: str, source: str) -> None:
    """The data of a source is deleted: nothing was sent by it, and nothing lost. Open pages go on from there."""
    connection.execute(
        "UPDATE page_sequence SET missing = 0, gaps = '' WHERE workspace = ? AND source = ?", (workspace, source)
    )
    connection.execute("DELETE FROM loss_day WHERE workspace = ? AND source = ?", (workspace, source))


def _gaps_of(text: str) -> tuple[Gap, ...]:
    pairs: Iterable[list[str]] = (one.split("-") for one in text.split(",") if one)
    return tuple((int(first), int(last)) for first, last in pairs)


def _text_of(gaps: tuple[Gap, ...]) -> str:
    return ",".join(f"{first}-{last}" for first, last in gaps)
