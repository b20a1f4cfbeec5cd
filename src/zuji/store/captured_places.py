"""The places at which events were captured, counted: the most frequent of them."""

from __future__ import annotations

import pyarrow as pa

from zuji.store.events import EventStore
from zuji.store.query import Query
from zuji.terms.event import Flag

MOST_PLACES = 20_000
_NOBODY = int(Flag.INFERRED | Flag.ROBOT)


def captured_places(store: EventStore, workspace: str, *, from_ms: int) -> pa.Table:
    """Per place: how many events of people happened there since then, and when the latest of them (`last_at`)."""
    sql = """
    SELECT source, channel, type, event, url_host, url_path, element,
        count() AS events, toUnixTimestamp64Milli(max(occurred_at)) AS last_at
    FROM zuji.events
    WHERE workspace = {workspace:String} AND occurred_at >= fromUnixTimestamp64Milli({from_ms:Int64})
        AND bitAnd(flags, {nobody:UInt32}) = 0 AND (url_path != '' OR element != '' OR type = 'screen')
    GROUP BY source, channel, type, event, url_host, url_path, element
    ORDER BY events DESC, source, type, event, url_host, url_path, element
    LIMIT {limit:UInt32}
    """
    params = {"workspace": workspace, "from_ms": from_ms, "nobody": _NOBODY, "limit": MOST_PLACES}
    return store.query(Query(sql, params))
