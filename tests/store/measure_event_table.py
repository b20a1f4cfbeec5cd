"""What the event table costs, with and without its projection: python tests/store/measure_event_table.py FOLDER ROWS.

Not a test: it loads synthetic rows twice and prints one line per figure. The numbers of a run, with the machine they
were taken on, are in docs/decisions/0002-event-table.md.
"""

from __future__ import annotations

import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from event_rows import DAY_MS, START_MS

from zuji.store import event_migrations
from zuji.store.event_queries import EventFilter, Owned, count_events, list_events
from zuji.store.events import EventStore
from zuji.store.query import Query
from zuji.store.schema import EVENT_SCHEMA

PIECE = 100_000
NAMES = np.array(["page", "view", "add", "purchase", "signup", "search", "click", "login", "wish", "coupon"])


def synthetic(count: int, first: int, *, days: int, seed: int) -> pa.Table:
    """Events of 400 anchors per thousand rows over so many days, shaped like a shop's."""
    chance = np.random.default_rng(seed)
    at = START_MS + chance.integers(0, days * DAY_MS, count)
    number = np.arange(first, first + count, dtype=np.uint64)
    item = pl.Series(number % 5000)
    text = pl.DataFrame({"item": item, "n": number})
    columns: dict[str, Any] = {name: pl.repeat("", count, eager=True) for name in EVENT_SCHEMA.names}
    columns |= {
        "workspace": pl.repeat("default", count, eager=True),
        "anchor": chance.integers(1, 40_000, count).astype(np.uint64),
        "occurred_at": pl.Series(at).cast(pl.Datetime("ms", "UTC")),
        "received_at": pl.Series(at).cast(pl.Datetime("ms", "UTC")),
        "position": number,
        "event_id": pl.Series(number).hash(seed).cast(pl.String) + "-" + pl.Series(number).cast(pl.String),
        "type": pl.repeat("track", count, eager=True),
        "event": NAMES[chance.integers(0, len(NAMES), count)],
        "url": text.select(pl.format("https://shop.example.cn/p/{}?from=list", "item")).to_series(),
        "url_path": text.select(pl.format("/p/{}", "item")).to_series(),
        "amount": pl.Series(number % 500).cast(pl.Decimal(18, 6)),
        "flags": np.zeros(count, np.uint32),
        "properties": '{"price":' + text["n"].cast(pl.String) + '.5,"sku":"P' + item.cast(pl.String) + '"}',
        "context": pl.repeat("{}", count, eager=True),
    }
    for name in ("source", "channel", "os", "browser", "device_type", "region_code"):
        columns[name] = np.array(["a", "b", "c", "d"])[chance.integers(0, 4, count)]
    who = [[{"type": "anonymous_id", "value": f"a{n % 40_000}"}] for n in range(count)]
    people = pa.array(who, EVENT_SCHEMA.field("identifiers").type)
    purposes = pa.array([["analytics", "marketing"]] * count, EVENT_SCHEMA.field("purposes").type)
    plain = pl.DataFrame({name: column for name, column in columns.items() if name not in ("identifiers", "purposes")})
    arrays = {name: plain[name].to_arrow() for name in plain.columns} | {"identifiers": people, "purposes": purposes}
    return pa.table(arrays).select(EVENT_SCHEMA.names).cast(EVENT_SCHEMA)


def milliseconds(do: Callable[[], Any], *, times: int = 7) -> float:
    """The median time of a call."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        do()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def resident_mb() -> int:
    """Memory of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 // 2**20


def load(store: EventStore, rows: int) -> None:
    """Load the rows and wait until merging has ended."""
    busy = time.process_time()
    pieces = [synthetic(PIECE, 2**30 + n * PIECE, days=60, seed=n) for n in range(4)]
    made = time.process_time() - busy
    began = time.perf_counter()
    for n in range(rows // PIECE):
        positions = np.arange(2**30 + n * PIECE, 2**30 + (n + 1) * PIECE, dtype=np.uint64)
        piece = pieces[n % 4]
        store.insert(piece.set_column(piece.schema.get_field_index("position"), "position", pa.array(positions)))
    print(f"  load {rows:,} rows: {rows / (time.perf_counter() - began):,.0f} rows/s")
    running = Query("SELECT count() AS n FROM system.merges")
    while store.query(running)["n"][0].as_py():
        time.sleep(0.5)
    busy = time.process_time() - busy - made
    stats = store.stats()
    print(f"  with merging {busy / rows * 1e6:.1f} µs of processor per row")
    print(f"  {stats.bytes_on_disk / rows:.0f} bytes per row in {stats.parts} parts")


def ask(store: EventStore, rows: int) -> None:
    """The questions that the design was chosen for."""
    first, last = 2**30 + rows - 3000, 2**30 + rows - 1
    some = store.query(Query("SELECT event_id FROM zuji.events LIMIT 1"))["event_id"][0].as_py()
    day = {"from_ms": START_MS + 10 * DAY_MS, "to_ms": START_MS + 11 * DAY_MS}
    w = "default"
    questions: dict[str, Callable[[], Any]] = {
        "the 3,000 newest positions": lambda: store.positions_present(first, last),
        "3,000 old positions": lambda: store.positions_present(2**30 + 5000, 2**30 + 8000),
        "one event id": lambda: count_events(store, EventFilter(w, message_id=some)),
        "one anchor": lambda: count_events(store, EventFilter(w, owned=[Owned(777)])),
        "5,000 anchors": lambda: count_events(store, EventFilter(w, owned=[Owned(n) for n in range(1, 5001)])),
        "one event name on one day": lambda: count_events(store, EventFilter(w, event="purchase", **day)),
        "one event name, all time": lambda: count_events(store, EventFilter(w, event="purchase")),
        "people per day of one event": lambda: store.query(
            Query(
                "SELECT toDate(occurred_at) AS day, uniqExact(anchor) FROM zuji.events"
                " WHERE workspace = {w:String} AND event = {e:String} GROUP BY day ORDER BY day",
                {"w": w, "e": "purchase"},
            )
        ),
        "the newest 100 of one anchor": lambda: list_events(store, EventFilter(w, owned=[Owned(777)]), limit=100),
        "the newest 100 of one event name": lambda: list_events(store, EventFilter(w, event="purchase"), limit=100),
        "the newest 100": lambda: list_events(store, EventFilter(w), limit=100),
    }
    for name, question in questions.items():
        print(f"  {name}: {milliseconds(question):.1f} ms")


def insert_small(store: EventStore, rows: int) -> None:
    """Inserts of the sizes the storing loop makes."""
    at = 2**30 + rows
    for size in (500, 5000, 20_000):
        tables = [synthetic(size, at + n * size, days=1, seed=n) for n in range(7)]
        at += 7 * size
        left = iter(tables)
        print(f"  insert of {size:,} rows: {milliseconds(lambda left=left: store.insert(next(left))):.1f} ms")


def main(folder: Path, rows: int) -> None:
    """Both variants, one after the other in one process."""
    declared = event_migrations.MIGRATIONS
    for variant in ("with projection", "without projection"):
        with tempfile.TemporaryDirectory(dir=folder) as place:
            migrations = Path(place) / "migrations"
            shutil.copytree(declared, migrations)
            if variant == "without projection":
                first = migrations / "0001_events.sql"
                text = re.sub(r",\s*PROJECTION by_event\s*\(.*?\n    \)\n", "\n", first.read_text(), flags=re.S)
                assert text != first.read_text()
                first.write_text(text)
            event_migrations.MIGRATIONS = migrations
            print(variant)
            with closing(EventStore.open(Path(place) / "events")) as store:
                print(f"  empty: {resident_mb()} MB resident")
                load(store, rows)
                ask(store, rows)
                insert_small(store, rows)
                print(f"  at the end: {resident_mb()} MB resident")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
