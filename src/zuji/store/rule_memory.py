"""What the rules of cleaning remember from batch to batch: orders that were seen, usual values, the latest clicks.

A batch changes nothing at once: what it puts is pending, is written in the batch's transaction and becomes what is
remembered when the batch has settled. A batch that is planned again begins with what held before it, so that the rules
decide the same. What is stored survives a kill as the batch itself does; what is not stored starts afresh.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, Literal, NamedTuple, Protocol

import msgspec

from zuji.store.hot import HotStore

Kind = Literal["order", "outlier", "click", "step", "constraint"]
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


class Keeping(NamedTuple):
    """How much of a kind is kept: so many in memory, and in the table for so many days; 0 days is never stored."""

    in_memory: int
    days: int


KEEPING: dict[Kind, Keeping] = {
    "order": Keeping(50_000, 400),  # a refund may come a year after its order
    "outlier": Keeping(4_000, 60),  # 3 KB each in memory
    "click": Keeping(50_000, 0),
    "constraint": Keeping(50_000, 400),  # as an order is
    "step": Keeping(100_000, 90),  # as long as the longest time within which a step may be expected
}
TOUCHED_DAYS = 40
TIDY_EVERY = 2_000  # batches; at the usual pace every few minutes


class Key(NamedTuple):
    """What is remembered, of which kind, in which workspace."""

    kind: Kind
    workspace: str
    name: str


class Note(NamedTuple):
    """What is remembered: any value that MessagePack can hold, and whose source said it when (milliseconds)."""

    value: Any
    source: str
    at: int


class Touch(NamedTuple):
    """Events that a rule did something to within an hour."""

    rule: str
    action: str
    source: str


class Memory(Protocol):
    """What rules need of a memory."""

    def get(self, key: Key) -> Any:
        """What was put last; None when nothing was."""
        ...

    def put(self, key: Key, note: Note, *, stored: bool = True) -> None:
        """Remember from now on. `stored` says whether it is worth writing down this time."""
        ...


class RuleMemory:
    """The memory of one engine. Without a hot state it forgets when the program ends."""

    def __init__(self, hot: HotStore | None = None) -> None:
        self._hot = hot
        self._held: dict[Kind, OrderedDict[Key, Any]] = {kind: OrderedDict() for kind in KEEPING}
        self._pending: dict[Key, Note] = {}
        self._to_store: set[Key] = set()
        self._touched: Counter[tuple[str, Touch]] = Counter()
        self._saves = 0

    def begin(self) -> None:
        """A batch is being planned: what an earlier attempt put does not count."""
        self._pending.clear()
        self._to_store.clear()
        self._touched.clear()

    def get(self, key: Key) -> Any:
        """What was put last; None when nothing was."""
        if (pending := self._pending.get(key)) is not None:
            return pending.value
        held = self._held[key.kind]
        if (found := held.get(key)) is not None:
            held.move_to_end(key)
            return found
        return self._stored(key) if KEEPING[key.kind].days else None

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read much while the block runs: as one transaction, which costs a third of one for each."""
        with self._hot.read() if self._hot is not None else nullcontext():
            yield

    def put(self, key: Key, note: Note, *, stored: bool = True) -> None:
        """Remember from now on. `stored` says whether it is worth writing down this time."""
        self._pending[key] = note
        if stored and KEEPING[key.kind].days:
            self._to_store.add(key)

    def touch(self, workspace: str, touch: Touch) -> None:
        """Count an event that a rule did something to."""
        self._touched[workspace, touch] += 1

    def save(self, connection: sqlite3.Connection, *, now_ms: int) -> None:
        """Write what the batch put, in its transaction."""
        if self._to_store:
            notes = [(key, self._pending[key]) for key in self._to_store]
            rows = [(*key, note.source, msgspec.msgpack.encode(note.value), note.at) for key, note in notes]
            connection.executemany("INSERT OR REPLACE INTO rule_memory (kind, workspace, key, source, value, at)"
                                   " VALUES (?, ?, ?, ?, ?, ?)", rows)  # fmt: skip
        if self._touched:
            hour = now_ms - now_ms % HOUR_MS
            counted = [(workspace, hour, *touch, events) for (workspace, touch), events in self._touched.items()]
            connection.executemany(
                "INSERT INTO rule_touched (workspace, hour, rule, action, source, events) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET events = events + excluded.events",
                counted,
            )
        self._saves += 1
        if self._saves % TIDY_EVERY == 0:
            tidy(connection, now_ms=now_ms)

    def settle(self) -> None:
        """The batch was committed: what it put is remembered, and what has been quiet longest makes room."""
        for key, note in self._pending.items():
            held = self._held[key.kind]
            held[key] = note.value
            held.move_to_end(key)
            if len(held) > KEEPING[key.kind].in_memory:
                held.popitem(last=False)
        self.begin()

    def forget_source(self, connection: sqlite3.Connection, workspace: str, source: str) -> None:
        """Inside the transaction that deletes a source's data: what its events taught is known no more."""
        connection.execute("DELETE FROM rule_memory WHERE workspace = ? AND source = ?", (workspace, source))
        _forget_steps(connection, workspace, source)
        for kind, held in self._held.items():
            self._held[kind] = OrderedDict((key, value) for key, value in held.items() if key.workspace != workspace)

    def _stored(self, key: Key) -> Any:
        if self._hot is None:
            return None
        with self._hot.read() as connection:
            row = connection.execute(
                "SELECT value FROM rule_memory WHERE kind = ? AND workspace = ? AND key = ?", key
            ).fetchone()
        return None if row is None else msgspec.msgpack.decode(row[0])


def _forget_steps(connection: sqlite3.Connection, workspace: str, source: str) -> None:
    """Steps of one person, and what one order is held against, come from several sources: {source: what it said}."""
    rows = connection.execute(
        "SELECT kind, key, value FROM rule_memory WHERE kind IN ('step', 'constraint') AND workspace = ?"
        " AND instr(value, CAST(? AS BLOB))",
        (workspace, source),
    ).fetchall()
    for kind, key, packed in rows:
        value = msgspec.msgpack.decode(packed, type=dict[str, Any])
        value.pop(source, None)
        connection.execute(
            "UPDATE rule_memory SET value = ? WHERE kind = ? AND workspace = ? AND key = ?",
            (msgspec.msgpack.encode(value), kind, workspace, key),
        )


def tidy(connection: sqlite3.Connection, *, now_ms: int) -> None:
    """Delete what is older than its kind is kept."""
    kept = [(kind, now_ms - keeping.days * DAY_MS) for kind, keeping in KEEPING.items() if keeping.days]
    connection.executemany("DELETE FROM rule_memory WHERE kind = ? AND at < ?", kept)
    connection.execute("DELETE FROM rule_touched WHERE hour < ?", (now_ms - TOUCHED_DAYS * DAY_MS,))


def touched_since(connection: sqlite3.Connection, workspace: str, since_ms: int) -> dict[Touch, int]:
    """How many events each rule did something to, by what it did and source, in the hours since then."""
    rows = connection.execute(
        "SELECT rule, action, source, sum(events) FROM rule_touched WHERE workspace = ? AND hour >= ?"
        " GROUP BY rule, action, source ORDER BY rule, action, source",
        (workspace, since_ms - since_ms % HOUR_MS),
    )
    return {Touch(rule, action, source): events for rule, action, source, events in rows}
