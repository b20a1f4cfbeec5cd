"""Stored events by how much hangs on them: what cleaning doubts (`risk`), what is worth most (`value`), and the `rest`.

Within a stratum events are drawn by a hash of their id and a seed: the same seed draws the same events, another one
others, and each is as likely as any other. Robots and what was inferred are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import pyarrow as pa

from zuji.store.events import EventStore
from zuji.store.query import Query
from zuji.store.verdicts import Stratum
from zuji.terms.event import Flag

LEFT_OUT = int(Flag.ROBOT | Flag.INFERRED)
WORTH_MOST = 0.9
"""Worth most is what is worth more than nine tenths of the events of its source that have an amount: so an event lies
in the same stratum whether one source is asked for or all. Currencies are not told apart."""
COLUMNS = ("event_id", "source", "type", "event", "amount", "currency", "flags", "flag_reason", "properties")

_STRATA = f"""WITH chosen AS (
    SELECT workspace, source, event_id, anchor, occurred_at, position, toFloat64(ifNull(amount, 0)) AS worth,
        flag_reason != '' AS is_doubted
    FROM zuji.events
    WHERE workspace = {{workspace:String}} AND bitAnd(flags, {{left_out:UInt32}}) = 0
        AND received_at >= fromUnixTimestamp64Milli({{from_ms:Int64}})
        AND received_at < fromUnixTimestamp64Milli({{to_ms:Int64}})
        AND ({{source:String}} = '' OR source = {{source:String}})
), bound AS (
    SELECT source AS whose, quantileDeterministic({WORTH_MOST})(worth, cityHash64(source, event_id)) AS least
    FROM chosen WHERE worth > 0 GROUP BY source
), judged AS (
    SELECT source, event_id, anchor, occurred_at, position,
        multiIf(is_doubted, 'risk', worth > 0 AND worth > least, 'value', 'rest') AS stratum
    FROM chosen LEFT JOIN bound ON source = whose
)"""
_SIZES = f"{_STRATA} SELECT source, stratum, count() AS events FROM judged GROUP BY source, stratum"
_DRAWN = f"""{_STRATA}
SELECT stratum, anchor, position, toUnixTimestamp64Milli(occurred_at) AS ms FROM judged
ORDER BY cityHash64(source, event_id, {{seed:UInt64}}), position
LIMIT {{most:UInt32}} BY stratum"""
_ROWS = f"""SELECT position, {", ".join(COLUMNS)}, toUnixTimestamp64Milli(occurred_at) AS ms,
    toUnixTimestamp64Milli(received_at) AS came_at
FROM zuji.events
WHERE workspace = {{workspace:String}} AND anchor IN {{anchors:Array(UInt64)}}
    AND occurred_at BETWEEN fromUnixTimestamp64Milli({{first_ms:Int64}})
    AND fromUnixTimestamp64Milli({{last_ms:Int64}})
    AND position IN {{positions:Array(UInt64)}}"""
_FOUND = """SELECT flags, flag_reason, toFloat64(ifNull(amount, 0)) AS worth,
    toUnixTimestamp64Milli(received_at) AS received_at
FROM zuji.events
WHERE workspace = {workspace:String} AND source = {source:String} AND event_id = {event_id:String}
    AND bitAnd(flags, {left_out:UInt32}) = 0
ORDER BY position LIMIT 1"""


class Standing(NamedTuple):
    """What the store says of an event that can be drawn."""

    flags: int
    flag_reason: str
    worth: float
    received_at: int

    def stratum_as(self, told: Stratum) -> Stratum:
        """The stratum of the event. What is worth most of a period only the draw knows: there `told` decides.

        >>> Standing(0, "", 9.0, 0).stratum_as("value"), Standing(0, "negative:price", 9.0, 0).stratum_as("rest")
        ('value', 'risk')
        """
        if self.flag_reason:
            return "risk"
        return "value" if told == "value" and self.worth > 0 else "rest"


@dataclass(frozen=True, slots=True)
class Received:
    """Which events are meant: of a workspace, received from `from_ms` up to `to_ms` (excluded), of a source or all."""

    workspace: str
    from_ms: int
    to_ms: int
    source: str | None = None

    @property
    def params(self) -> dict[str, Any]:
        """The values of the places in the queries."""
        told = {"workspace": self.workspace, "from_ms": self.from_ms, "to_ms": self.to_ms}
        return told | {"source": self.source or "", "left_out": LEFT_OUT}


def sizes(store: EventStore, wanted: Received) -> dict[tuple[str, Stratum], int]:
    """How many events each stratum of each source has."""
    found = store.query(Query(_SIZES, wanted.params))
    return {(row["source"], row["stratum"]): row["events"] for row in found.to_pylist()}


def find(store: EventStore, workspace: str, source: str, event_id: str) -> Standing | None:
    """What is stored of one event; None when there is no such event, or none that is ever drawn."""
    named = {"workspace": workspace, "source": source, "event_id": event_id, "left_out": LEFT_OUT}
    rows = store.query(Query(_FOUND, named)).to_pylist()
    return Standing(**rows[0]) if rows else None


def draw(store: EventStore, wanted: Received, shares: Mapping[str, int], *, seed: int) -> list[dict[str, Any]]:
    """So many events of each stratum, as rows with their stratum, in the order in which they were drawn."""
    params = wanted.params | {"seed": seed, "most": max(shares.values())}
    keys = _within(store.query(Query(_DRAWN, params)), shares)
    if not keys:
        return []
    times = [key["ms"] for key in keys]
    found = store.query(
        Query(
            _ROWS,
            {
                "workspace": wanted.workspace,
                "anchors": sorted({key["anchor"] for key in keys}),
                "positions": [key["position"] for key in keys],
                "first_ms": min(times),
                "last_ms": max(times),
            },
        )
    )
    rows = {row["position"]: row for row in found.to_pylist()}
    return [rows[key["position"]] | {"stratum": key["stratum"]} for key in keys if key["position"] in rows]


def _within(drawn: pa.Table, shares: Mapping[str, int]) -> list[dict[str, Any]]:
    left = dict(shares)
    kept = []
    for key in drawn.to_pylist():
        if left.get(key["stratum"], 0) > 0:
            left[key["stratum"]] -= 1
            kept.append(key)
    return kept
