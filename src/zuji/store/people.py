"""Whose an event is, as the event store can work it out for millions of events at once.

Questions about behaviour ask for a `PersonOfEvent` and put its `sql` wherever they need the person:

>>> whose = store.person_of_event()                                          # doctest: +SKIP
>>> sql = f"SELECT {whose.sql} AS person, count() AS n FROM zuji.events WHERE workspace = {{workspace:String}} ..."
>>> store.query(Query(sql, {"workspace": "default", **whose.params}))        # doctest: +SKIP

The person of (anchor, occurred_at) is 0 for anchor 0; what the newest stretches in `owner_slice` say, where an anchor
has any; else the newest person in `profile_now`; else the anchor itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class PersonOfEvent:
    """The SQL that says whose an event is.

    Ask for a new one for every question: it holds the people of one moment, and is good for a few minutes.
    """

    sql: str
    """An expression over the columns `anchor` and `occurred_at` of type UInt64; 0 is nobody."""
    version: int
    """The identity version: grows with every change of who is who. An answer names it."""
    params: Mapping[str, Any] = field(default_factory=dict)
    """The values bound in `sql`; their names begin with `people_`."""
