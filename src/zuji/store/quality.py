"""How good what arrived is, by source and day of receipt: what was looked at, what was wrong, and why.

Written in the transaction of the batch, so the figures stand and fall with the events. The figures of a source go with
its data.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, TypedDict

DAY_MS = 86_400_000
KEPT_DAYS = 400
MOST_CAUSES = 500
"""Of a source in a day. Who writes data into names of events would fill the disk with causes."""
MOST_KINDS = 200
"""Of events whose figures are kept apart, of a source in a day."""
TABLES = ("quality_day", "quality_cause", "quality_event")
OTHERS = "other"
"""The cause under which the rest is counted."""


class Of(NamedTuple):
    """Whose figures: of what a source sent on one day (since 1970, UTC), under one dimension."""

    workspace: str
    source: str
    day: int
    dimension: str


class Cause(NamedTuple):
    """Why something was wrong; `event` and `property` are empty where it is about none."""

    of: Of
    cause: str
    event: str = ""
    property: str = ""


class Found(NamedTuple):
    """How often, and the id of the newest event it was found in."""

    times: int
    example: str


class OfEvent(NamedTuple):
    """Of one kind of event only. Without a name: of all that are one kind too many for their day."""

    of: Of
    event: str


class Figures(NamedTuple):
    """How much was looked at, and how much of it was wrong."""

    checked: int
    wrong: int


NO_FIGURES = Figures(0, 0)


class QualityFigures(NamedTuple):
    """What a batch, or several, showed."""

    checked: Mapping[Of, int]
    wrong: Mapping[Of, int]
    causes: Mapping[Cause, Found]
    of_events: Mapping[OfEvent, Figures] = MappingProxyType({})


class Days(TypedDict):
    """Which figures are asked for: of one source or all (None), of these days, both included."""

    source: str | None
    from_day: int
    to_day: int


class CauseFound(NamedTuple):
    """A cause over several days."""

    source: str
    dimension: str
    cause: str
    event: str
    property: str
    found: int
    last_day: int
    example: str


def add(connection: sqlite3.Connection, figures: QualityFigures) -> None:
    """Add what a batch showed, inside its transaction."""
    keys = sorted(figures.checked.keys() | figures.wrong.keys())
    connection.executemany(
        "INSERT INTO quality_day (workspace, source, day, dimension, checked, wrong) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET checked = checked + excluded.checked, wrong = wrong + excluded.wrong",
        [(*key, figures.checked.get(key, 0), figures.wrong.get(key, 0)) for key in keys],
    )
    _add_events(connection, figures.of_events)
    causes = _bounded(connection, figures.causes)
    connection.executemany(
        "INSERT INTO quality_cause (workspace, source, day, dimension, cause, event, property, found, example)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET found = found + excluded.found, example = excluded.example",
        [(*cause.of, cause.cause, cause.event, cause.property, *found) for cause, found in causes.items()],
    )


def _add_events(connection: sqlite3.Connection, of_events: Mapping[OfEvent, Figures]) -> None:
    """Add what a batch showed of each kind of event. Kinds that are too many for their day count as one."""
    kinds = {day: _known_kinds(connection, *day) for day in {place.of[:3] for place in of_events}}
    rows = []
    for (of, event), figures in sorted(of_events.items()):
        known = kinds[of[:3]]
        if event in known or len(known) < MOST_KINDS:
            known.add(event)
        rows.append((*of[:3], event if event in known else "", of.dimension, *figures))
    connection.executemany(
        "INSERT INTO quality_event (workspace, source, day, event, dimension, checked, wrong)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET checked = checked + excluded.checked, wrong = wrong + excluded.wrong",
        rows,
    )


def _known_kinds(connection: sqlite3.Connection, workspace: str, source: str, day: int) -> set[str]:
    known = connection.execute(
        "SELECT DISTINCT event FROM quality_event WHERE workspace = ? AND source = ? AND day = ?",
        (workspace, source, day),
    )
    return {event for (event,) in known}


def forget_source(connection: sqlite3.Connection, workspace: str, source: str) -> None:
    """The data of a source is deleted: how good it was is nobody's matter any more."""
    for table in TABLES:
        connection.execute(f"DELETE FROM {table} WHERE workspace = ? AND source = ?", (workspace, source))


def tidy(connection: sqlite3.Connection, workspace: str, source: str, *, day: int) -> None:
    """Delete what of a source is older than it is kept."""
    for table in TABLES:
        connection.execute(
            f"DELETE FROM {table} WHERE workspace = ? AND source = ? AND day < ?", (workspace, source, day - KEPT_DAYS)
        )


def per_day(
    connection: sqlite3.Connection, workspace: str, *, source: str | None, from_day: int, to_day: int
) -> list[tuple[Of, int, int]]:
    """(whose, checked, wrong) of the days from `from_day` up to `to_day`, both included; newest first."""
    rows = connection.execute(
        "SELECT source, day, dimension, checked, wrong FROM quality_day WHERE workspace = :workspace"
        " AND (:source IS NULL OR source = :source) AND day BETWEEN :from_day AND :to_day"
        " ORDER BY day DESC, source, dimension",
        {"workspace": workspace, "source": source, "from_day": from_day, "to_day": to_day},
    )
    return [(Of(workspace, name, day, dimension), checked, wrong) for name, day, dimension, checked, wrong in rows]


def per_event(
    connection: sqlite3.Connection, workspace: str, *, source: str | None, from_day: int, to_day: int, limit: int
) -> list[tuple[str, str, str, int, int]]:
    """(source, event, dimension, checked, wrong) over those days, of the events of which most was looked at."""
    rows = connection.execute(
        "WITH chosen AS (SELECT * FROM quality_event WHERE workspace = :workspace"
        " AND (:source IS NULL OR source = :source) AND day BETWEEN :from_day AND :to_day),"
        " most AS (SELECT source, event, sum(checked) AS looked_at FROM chosen GROUP BY source, event"
        " ORDER BY looked_at DESC, source, event LIMIT :limit)"
        " SELECT source, event, dimension, sum(checked), sum(wrong) FROM chosen JOIN most USING (source, event)"
        " GROUP BY source, event, dimension ORDER BY looked_at DESC, source, event, dimension",
        {"workspace": workspace, "source": source, "from_day": from_day, "to_day": to_day, "limit": limit},
    )
    return rows.fetchall()


def causes(
    connection: sqlite3.Connection, workspace: str, *, source: str | None, from_day: int, to_day: int, limit: int
) -> list[CauseFound]:
    """The worst offenders of those days, the most frequent first; the example is of the newest day."""
    rows = connection.execute(
        # SQLite takes the bare column `example` from the row that holds the one maximum.
        "SELECT source, dimension, cause, event, property, sum(found) AS times, max(day), example"
        " FROM quality_cause WHERE workspace = :workspace AND (:source IS NULL OR source = :source)"
        " AND day BETWEEN :from_day AND :to_day GROUP BY source, dimension, cause, event, property"
        " ORDER BY times DESC, source, dimension, cause, event, property LIMIT :limit",
        {"workspace": workspace, "source": source, "from_day": from_day, "to_day": to_day, "limit": limit},
    )
    return [CauseFound(*row) for row in rows]


def _bounded(connection: sqlite3.Connection, causes: Mapping[Cause, Found]) -> Mapping[Cause, Found]:
    """The same with those that are one too many for their day as one cause without a name."""
    days = Counter(cause.of[:3] for cause in causes)
    room = {day: MOST_CAUSES - _known_causes(connection, *day) for day in days}
    if all(new <= room[day] for day, new in days.items()):
        return causes
    kept: dict[Cause, Found] = {}
    for cause, found in sorted(causes.items()):
        day = cause.of[:3]
        named = cause
        if not _is_known(connection, cause):
            room[day] -= 1
            named = cause if room[day] >= 0 else Cause(cause.of, OTHERS)
        before = kept.get(named)
        kept[named] = Found(found.times + before.times, found.example) if before else found
    return kept


def _known_causes(connection: sqlite3.Connection, workspace: str, source: str, day: int) -> int:
    counted = connection.execute(
        "SELECT count(*) FROM quality_cause WHERE workspace = ? AND source = ? AND day = ?", (workspace, source, day)
    )
    return int(counted.fetchone()[0])


def _is_known(connection: sqlite3.Connection, cause: Cause) -> bool:
    known = connection.execute(
        "SELECT 1 FROM quality_cause WHERE (workspace, source, day, dimension, cause, event, property)"
        " = (?, ?, ?, ?, ?, ?, ?)",
        (*cause.of, *cause[1:]),
    )
    return known.fetchone() is not None
