"""The questions that lists of events need: how many, which, whose. Every value is bound.

A person's events are those of the anchors the person owns; an anchor that changed hands counts only within its
stretches of time. Lists are newest first, by (occurred_at, position), which no two events share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from zuji.store.events import EventStore
from zuji.store.query import Query
from zuji.store.schema import EVENT_COLUMNS
from zuji.terms.error import BadRequest

MOST_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Owned:
    """An anchor, and from when (included) to when (excluded) it belonged to somebody; None: without end."""

    anchor: int
    from_ms: int | None = None
    to_ms: int | None = None


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events. What is None or 0 does not restrict; `owned` empty means that nothing matches.

    Times are milliseconds since 1970, `to_ms` excluded. `flags_any`: at least one of these flags; `flags_none`: none.
    """

    workspace: str
    owned: Sequence[Owned] | None = None
    type: str | None = None
    event: str | None = None
    message_id: str | None = None
    source: str | None = None
    from_ms: int | None = None
    to_ms: int | None = None
    flags_any: int = 0
    flags_none: int = 0


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """The last event of a page; the next page begins behind it."""

    occurred_at: int
    position: int


def count_events(store: EventStore, wanted: EventFilter) -> int:
    """How many events match, exactly."""
    conditions, params = _where(wanted)
    found = store.query(Query(f"SELECT count() AS n FROM zuji.events WHERE {conditions}", params))
    return int(found["n"][0].as_py())


def list_events(
    store: EventStore,
    wanted: EventFilter,
    *,
    limit: int,
    after: Cursor | None = None,
    columns: Sequence[str] = EVENT_COLUMNS,
) -> pa.Table:
    """The newest `limit` events that match, newest first; those behind `after` when it is given.

    Somebody's events, and an event asked for by its id, lie in few granules: they are read in one step. All others in
    two, the keys of the page from the narrow columns, for which the engine may choose the projection by event, then the
    rows of those keys. Each column costs: name those you show. `occurred_at` and `position` always come.
    """
    if unknown := [name for name in columns if name not in EVENT_COLUMNS]:
        raise BadRequest(f"events have no column {unknown[0]!r}. There are: {', '.join(EVENT_COLUMNS)}.")
    limit = min(limit, MOST_ROWS)
    shown = [name for name in EVENT_COLUMNS if name in {*columns, "occurred_at", "position"}]
    if wanted.owned is not None or wanted.message_id is not None:
        return store.query(_page(", ".join(shown), wanted, limit, after))
    keys = store.query(_page("anchor, toUnixTimestamp64Milli(occurred_at) AS ms, position", wanted, limit, after))
    return store.query(_rows_of(wanted.workspace, keys, shown))


def cursor_of(page: pa.Table) -> Cursor | None:
    """Where the page after this one begins, or None when this one is empty."""
    if not page.num_rows:
        return None
    last = page.slice(page.num_rows - 1)
    return Cursor(last["occurred_at"].cast(pa.int64())[0].as_py(), last["position"][0].as_py())


def count_by_event(store: EventStore, wanted: EventFilter, *, limit: int = 1000) -> dict[str, int]:
    """How many events match, per name of the event, the most frequent first."""
    conditions, params = _where(wanted)
    sql = (
        f"SELECT event, count() AS n FROM zuji.events WHERE {conditions} "
        "GROUP BY event ORDER BY n DESC, event LIMIT {limit:UInt32}"
    )
    found = store.query(Query(sql, {**params, "limit": min(limit, MOST_ROWS)}))
    return dict(zip(found["event"].to_pylist(), found["n"].to_pylist(), strict=True))


def _page(selected: str, wanted: EventFilter, limit: int, after: Cursor | None) -> Query:
    """These expressions of the newest events that match."""
    conditions, params = _where(wanted)
    if after is not None:
        conditions += (
            " AND (occurred_at, position) < (fromUnixTimestamp64Milli({after_ms:Int64}), {after_position:UInt64})"
            " AND occurred_at <= fromUnixTimestamp64Milli({after_ms:Int64})"
        )
        params |= {"after_ms": after.occurred_at, "after_position": after.position}
    sql = (
        f"SELECT {selected} FROM zuji.events WHERE {conditions} "
        "ORDER BY occurred_at DESC, position DESC LIMIT {limit:UInt32}"
    )
    return Query(sql, params | {"limit": limit})


def _rows_of(workspace: str, keys: pa.Table, columns: list[str]) -> Query:
    """These columns of these events, found by the order of the table: workspace, anchor, time; the position decides."""
    times = keys["ms"].to_pylist()
    sql = (
        f"SELECT {', '.join(columns)} FROM zuji.events"
        " WHERE workspace = {workspace:String} AND anchor IN {anchors:Array(UInt64)}"
        " AND occurred_at BETWEEN fromUnixTimestamp64Milli({first_ms:Int64})"
        " AND fromUnixTimestamp64Milli({last_ms:Int64}) AND position IN {positions:Array(UInt64)}"
        " ORDER BY occurred_at DESC, position DESC"
    )
    params = {
        "workspace": workspace,
        "anchors": sorted(set(keys["anchor"].to_pylist())),
        "positions": keys["position"].to_pylist(),
        "first_ms": times[-1] if times else 0,
        "last_ms": times[0] if times else 0,
    }
    return Query(sql, params)


_EQUAL = {"type": "type", "event": "event", "message_id": "event_id", "source": "source"}
_CONDITIONS = {
    "from_ms": "occurred_at >= fromUnixTimestamp64Milli({from_ms:Int64})",
    "to_ms": "occurred_at < fromUnixTimestamp64Milli({to_ms:Int64})",
    "flags_any": "bitAnd(flags, {flags_any:UInt32}) != 0",
    "flags_none": "bitAnd(flags, {flags_none:UInt32}) = 0",
} | {name: f"{column} = {{{name}:String}}" for name, column in _EQUAL.items()}


def _where(wanted: EventFilter) -> tuple[str, dict[str, Any]]:
    """The conditions as SQL with named places, and the values of the places."""
    conditions = ["workspace = {workspace:String}"]
    params: dict[str, Any] = {"workspace": wanted.workspace}
    for name, condition in _CONDITIONS.items():
        value = getattr(wanted, name)
        if value is not None and (value != 0 or not name.startswith("flags")):
            conditions.append(condition)
            params[name] = value
    if wanted.owned is not None:
        condition, values = _owned(wanted.owned)
        conditions.append(condition)
        params |= values
    return " AND ".join(conditions), params


_WITHIN_STRETCHES = """position IN (
    SELECT position
    FROM zuji.events
    INNER JOIN (
        SELECT stretch.1 AS owned_anchor, stretch.2 AS owned_from, stretch.3 AS owned_to
        FROM (
            SELECT arrayJoin(
                arrayZip({part_anchors:Array(UInt64)}, {part_from:Array(Int64)}, {part_to:Array(Int64)})
            ) AS stretch
        )
    ) AS stretches ON anchor = owned_anchor
    WHERE workspace = {workspace:String} AND anchor IN {part_anchors:Array(UInt64)}
        AND toUnixTimestamp64Milli(occurred_at) >= owned_from AND toUnixTimestamp64Milli(occurred_at) < owned_to
)"""
"""An array of stretches compared with each row would cost rows times stretches; a join costs their sum."""


def _owned(owned: Sequence[Owned]) -> tuple[str, dict[str, Any]]:
    """Whole anchors are found by the order of the table; for those with stretches the time of each event counts too."""
    whole = sorted({one.anchor for one in owned if one.from_ms is None and one.to_ms is None})
    parts = [one for one in owned if one.from_ms is not None or one.to_ms is not None]
    if not parts:
        return "anchor IN {anchors:Array(UInt64)}", {"anchors": whole}
    condition = (
        "anchor IN {every_anchor:Array(UInt64)} AND (anchor IN {anchors:Array(UInt64)} OR " + _WITHIN_STRETCHES + ")"
    )
    return condition, {
        "every_anchor": sorted({one.anchor for one in owned}),
        "anchors": whole,
        "part_anchors": [one.anchor for one in parts],
        "part_from": [-(2**62) if one.from_ms is None else one.from_ms for one in parts],
        "part_to": [2**62 if one.to_ms is None else one.to_ms for one in parts],
    }
