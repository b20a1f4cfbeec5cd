"""Constraints between events of one order or person: decided as events come in, from a bounded memory.

A memory and not a question to the store, for three causes: the reason stands on the event itself, a crash or another
division into batches decides the same (what is remembered is written with its batch), and the cost is one look-up an
event, whatever the size of the store. The price is that events are judged by what came in before them: who loads
history loads payments before refunds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np

from zuji.clean.commerce import decimal_of
from zuji.clean.constraint_document import Across, Follows, NotAbove
from zuji.clean.context import as_text
from zuji.clean.sheet import Sheet
from zuji.store.rule_memory import Key, Note

HOUR_MS = 3_600_000
TOLERANCE_MS = 5 * 60_000
"""Clocks differ: a step that is dated so little after what follows it was before it."""
LONGEST_KEY = 200
MOST_TIMES = 8
"""Of the events that others follow, the earliest and so many less one of the latest are remembered of each key."""


class _Event(NamedTuple):
    """One event that a constraint speaks of; `is_bound`: it may break it, the others are what it is held against."""

    row: int
    is_bound: bool
    key: Key
    at: int


def broken_across(sheet: Sheet, workspace: str, name: str, constraint: NotAbove | Follows) -> list[int]:
    """The rows that break a constraint, judged one after the other in the order received."""
    if isinstance(constraint, NotAbove):
        events = list(_spoken_of(sheet, workspace, name, constraint, constraint.of))
        with sheet.facts.memory.reading():
            return [event.row for event in events if _exceeds(sheet, constraint, event)]
    events = list(_spoken_of(sheet, workspace, name, constraint, constraint.after))
    since = Key("constraint", workspace, name)
    with sheet.facts.memory.reading():
        return [event.row for event in events if _comes_alone(sheet, constraint, event, since)]


def rows_of(sheet: Sheet, workspace: str, events: Collection[str], sources: Collection[str] = ()) -> list[int]:
    """The rows that stand of these events and sources (none named: all), in the order received."""
    sorts, own = sheet.sorts
    bound = [
        sort.kind in events and sort.source.workspace == workspace and (not sources or sort.source.id in sources)
        for sort in sorts
    ]
    if not any(bound):
        return []
    return [row for row in np.flatnonzero(np.array(bound)[own]).tolist() if not sheet.is_rejected(row)]


def _spoken_of(
    sheet: Sheet, workspace: str, name: str, constraint: Across, others: Collection[str]
) -> Iterator[_Event]:
    bound = set(rows_of(sheet, workspace, constraint.events, constraint.sources))
    for row in sorted(bound.union(rows_of(sheet, workspace, others))):
        if value := _key_of(sheet, row, constraint.by):
            # Hashed: personal fields are protected only behind this step.
            said = f"{name}\n{value}".encode(errors="surrogatepass")
            key = Key("constraint", workspace, blake2b(said, digest_size=16).hexdigest())
            yield _Event(row, row in bound, key, int(sheet.occurred_at[row]))


def _key_of(sheet: Sheet, row: int, by: str | None) -> str:
    """What ties an event to others; empty: nothing does. Of a person it is the strongest identifier on the event."""
    if by is not None:
        value = as_text(sheet.properties[row].get(by)) or ""
        return value if len(value) <= LONGEST_KEY else ""
    identifiers = sheet.known[row] or sheet.anonymous[row]
    return f"{identifiers[0].type}:{identifiers[0].value}" if identifiers else ""


def _exceeds(sheet: Sheet, constraint: NotAbove, event: _Event) -> bool:
    """Whether the amounts of a key are too much with this one. Some write refunds as negative: the size counts."""
    name = constraint.amount if event.is_bound else constraint.of_amount
    amount = decimal_of(sheet.properties[event.row].get(name))
    if amount is None:
        return False
    said, came = dict(sheet.facts.memory.get(event.key) or {}), sheet.rows[event.row]
    limit, spent, counted = said.get(came.source.id, ("", "", []))
    if came.message.message_id not in counted:  # what comes back out of quarantine counts once
        if event.is_bound:
            spent = str(Decimal(spent or 0) + abs(amount))
        else:
            limit = str(Decimal(limit or 0) + abs(amount))
        said[came.source.id] = [limit, spent, [*counted, came.message.message_id][-MOST_TIMES:]]
        _remember(sheet, event.key, said)
    limits = [Decimal(one[0]) for one in said.values() if one[0]]
    if not event.is_bound or not limits:
        return False
    return sum(Decimal(one[1] or 0) for one in said.values()) > sum(limits) + Decimal(str(constraint.tolerance))


def _comes_alone(sheet: Sheet, constraint: Follows, event: _Event, since: Key) -> bool:
    """Whether nothing came before an event, or too long before it."""
    memory = sheet.facts.memory
    said: dict[str, list[int]] = dict(memory.get(event.key) or {})
    first: dict[str, int] = dict(memory.get(since) or {})
    if not event.is_bound:
        source = sheet.rows[event.row].source.id
        ordered = sorted({*said.get(source, ()), event.at})
        said[source] = ordered if len(ordered) <= MOST_TIMES else ordered[:1] + ordered[1 - MOST_TIMES :]
        _remember(sheet, event.key, said)
        if event.at < first.get(source, event.at + 1):
            _remember(sheet, since, first | {source: event.at})
        return False
    times = sorted(at for of_source in said.values() for at in of_source)
    if not times:
        return bool(first) and event.at - min(first.values()) >= constraint.after_days * 24 * HOUR_MS
    before = [at for at in times if at <= event.at + TOLERANCE_MS]
    if not before or constraint.within_hours is None:
        return not before
    return event.at - before[-1] > constraint.within_hours * HOUR_MS


def _remember(sheet: Sheet, key: Key, value: Any) -> None:
    """A value tells sources apart by itself, {source: what it said}: so the deletion of one forgets its part alone."""
    sheet.facts.memory.put(key, Note(value, "", sheet.now_ms))
