"""What it costs to work out tags for everybody at once: a million people, 20 million events, a fifth of them merged.

    python bench/batch_tags.py FOLDER [--people 1000000] [--events 20000000] [--tags batch|all|own] [--naive]

A shop's events are stored first (once: `FOLDER` is kept). Then the loop that works out batch tags does so as it does in
the engine, with its memory and its one thread: at first, when all values are new; an hour later, with an hour's events;
and again at once, when nothing changed. `batch` are the three of the starter set that are batch (two of them
statistics), `all` is the whole set as if no stream kept any, `own` are rules over past days and counts ever, such as
shops write themselves, whose values only those touched can change. `--naive` adds the yardstick: every rule in a query
of its own over everybody. Bar: all batch tags of a million people in 10 minutes.
"""

from __future__ import annotations

import argparse
import json
import resource
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from zuji.analyse.ask import Asker
from zuji.run.batch_tags import BatchTags
from zuji.run.batch_writing import BatchWriting
from zuji.run.telling import Telling
from zuji.run.unhurried import unhurried
from zuji.store import tag_live
from zuji.store.events import EventStore
from zuji.store.hot import HotStore
from zuji.store.outbox import PersonRow
from zuji.store.people_lists import PeopleLists
from zuji.store.query import Query
from zuji.store.schema import EVENT_SCHEMA
from zuji.store.tag_live import LiveRow
from zuji.tag.definition import Definition, Published, read_definition
from zuji.tag.graph import in_force
from zuji.tag.history import Asked, definitions_query
from zuji.terms.event import PURPOSES
from zuji.terms.period import DAY_MS, HOUR_MS, Calendar

STARTER = Path(__file__).parent.parent / "src" / "zuji" / "tag" / "starter"
START_MS = 1_762_000_000_000
DAYS = 180
END_MS = START_MS + DAYS * DAY_MS
MERGED = 0.2
AT_ONCE = 500_000
NAMES = ("Product Viewed", "Product Added", "Checkout Started", "Order Completed", "Page")
WEIGHTS = (0.67, 0.17, 0.05, 0.06, 0.05)
ZONE = "Asia/Shanghai"
OWN: dict[str, dict[str, Any]] = {
    "orders_ever": {"value": {"measure": "count", "event": "Order Completed"}},
    "carts_30_days": {"value": {"measure": "count", "event": "Product Added",
                                "window": {"last": {"amount": 30, "unit": "day"}}}},
    "views_24_hours": {"value": {"measure": "count", "event": "Product Viewed",
                                 "window": {"last": {"amount": 24, "unit": "hour"}}}},
    "asleep": {"when": {"measure": "since_last", "event": None, "unit": "day", "op": "gte", "value": 30}},
}  # fmt: skip


def starter(chosen: str) -> list[tuple[str, dict[str, Any]]]:
    """(kind, document) of what is worked out."""
    if chosen == "own":
        named = {"family": "value_tier", "freshness": "batch"}
        return [("tag", {"key": key, "name": {"en": key, "zh": key}, "rule": rule, **named})
                for key, rule in OWN.items()]  # fmt: skip
    written = [
        ("segment" if path.stem == "segments" else "tag", one)
        for path in sorted(STARTER.glob("*.json"))
        for one in json.loads(path.read_bytes())
    ]
    if chosen == "all":
        return [(kind, one | {"freshness": "batch"}) for kind, one in written]
    return [(kind, one) for kind, one in written if one.get("freshness") == "batch"]


def owners(people: int) -> list[PersonRow]:
    """A fifth of the people have a second anchor, numbered behind all the first ones."""
    merged = int(people * MERGED)
    first = np.random.default_rng(5).choice(people, merged, replace=False) + 1
    return [PersonRow("default", people + 1 + place, int(whose), 1) for place, whose in enumerate(first.tolist())]


def events(people: int, count: int, *, first_ms: int, end_ms: int, position: int = 0) -> Iterator[pa.Table]:
    """A shop's events in the order of time, spread over everybody."""
    random = np.random.default_rng(position + 3)
    described = pa.array(properties(random, 100_000))
    steps = np.linspace(first_ms, end_ms, count // AT_ONCE + 2).astype(np.int64)
    for piece, start in enumerate(range(0, count, AT_ONCE)):
        rows = min(AT_ONCE, count - start)
        at = np.sort(random.integers(steps[piece], steps[piece + 1], rows))
        yield _table(random, people + int(people * MERGED), at, start + position, described)


def _table(random: np.random.Generator, anchors: int, at: Any, first: int, described: pa.Array) -> pa.Table:
    rows = len(at)
    name = random.choice(len(NAMES), rows, p=WEIGHTS)
    ordered = name == NAMES.index("Order Completed")
    amounts = pa.array(np.round(random.gamma(2, 90, rows), 2), mask=~ordered)
    at = pa.array(at).cast(pa.timestamp("ms", "UTC"))
    known: dict[str, pa.Array] = {
        "workspace": _all("default", rows),
        "anchor": pa.array(random.integers(1, anchors + 1, rows).astype(np.uint64)),
        "occurred_at": at,
        "received_at": at,
        "position": pa.array(np.arange(first + 1, first + rows + 1, dtype=np.uint64)),
        "event": pa.array(NAMES).take(pa.array(name)),
        "type": _all("track", rows),
        "channel": pa.array(["web", "app"]).take(pa.array(random.integers(0, 2, rows))),
        "device_type": pa.array(["mobile", "desktop"]).take(pa.array(random.integers(0, 2, rows))),
        "properties": described.take(pa.array(random.integers(0, len(described), rows))),
        "context": _all("{}", rows),
        "flags": pa.array(np.zeros(rows, dtype=np.uint32)),
        "amount": amounts.cast(pa.decimal128(18, 6), safe=False),
        "currency": pa.array(["", "CNY"]).take(pa.array(ordered.astype(np.int64))),
        "purposes": pa.ListArray.from_arrays(
            pa.array(np.arange(0, len(PURPOSES) * rows + 1, len(PURPOSES), dtype=np.int32)),
            pa.array(list(PURPOSES) * rows),
        ),
    }
    return pa.table([known.get(one.name, _empty(one, rows)) for one in EVENT_SCHEMA], schema=EVENT_SCHEMA)


def _all(text: str, rows: int) -> pa.Array:
    return pa.array([text]).take(pa.array(np.zeros(rows, np.int32)))


def _empty(field: pa.Field, rows: int) -> pa.Array:
    if pa.types.is_list(field.type):
        offsets = pa.array(np.zeros(rows + 1, np.int32))
        return pa.ListArray.from_arrays(offsets, pa.array([], field.type.value_type)).cast(field.type)
    return _all("", rows)


def properties(random: np.random.Generator, count: int) -> list[str]:
    """What was looked at."""
    categories = random.choice(["phones", "shoes", "books", "food", "toys", "audio"], count).tolist()
    brands = random.choice(["acme", "zen", "mi"], count).tolist()
    prices = np.round(random.gamma(2, 40, count), 2).tolist()
    products = random.integers(0, 5_000, count).tolist()
    return [
        f'{{"brand":"{brand}","category":"{category}","price":{price},"product_id":"p{product}"}}'
        for brand, category, price, product in zip(brands, categories, prices, products, strict=True)
    ]


def filled(folder: Path, people: int, count: int) -> EventStore:
    """The store with these events: filled, unless it was filled before."""
    done = folder / f"filled-{people}-{count}"
    store = EventStore.open(folder / "events")
    if not done.exists():
        store.insert_people(owners(people))
        for table in events(people, count, first_ms=START_MS, end_ms=END_MS):
            store.insert(table)
        done.touch()
    return store


def took(what: str, do: Callable[[], Any]) -> None:
    """Do it, and print what it gave and took."""
    wall, cpu = time.perf_counter(), time.process_time()
    given = do()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{what}: {given:,} values, {wall:.1f} s, {cpu:.1f} s of processor time, {most} MB at most", flush=True)


def naive(store: EventStore, published: Published, now_ms: int) -> int:
    """The yardstick: every rule in a query of its own over everybody."""
    found = 0
    for one in published.definitions:
        if one.statistic is None:
            asked = Asked("default", store.person_of_event(), Calendar(ZoneInfo(ZONE)), now_ms, published)
            query = definitions_query([one], asked)
            table = store.query(unhurried(Query(query.sql, query.params)))
            found += table.num_rows - table["v0"].null_count
    return found


def published_in(hot: HotStore, chosen: str) -> Published:
    """Publish what is worked out."""
    definitions: list[Definition] = []
    with hot.write() as connection:
        for kind, document in starter(chosen):
            tag_live.publish(connection, LiveRow("default", kind, document["key"], 1, document))  # type: ignore[arg-type]
            definitions.append(read_definition(kind, document, version=1))  # type: ignore[arg-type]
    return in_force(definitions)


def main() -> None:
    """Fill, work out, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=20_000_000)
    parser.add_argument("--tags", choices=["batch", "all", "own"], default="batch")
    parser.add_argument("--naive", action="store_true")
    wanted = parser.parse_args()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    store = filled(wanted.folder, wanted.people, wanted.events)
    print(f"{store.stats().rows:,} events stored in {time.perf_counter() - began:.0f} s", flush=True)
    for left in wanted.folder.glob("hot.sqlite*"):
        left.unlink()
    hot, clock = HotStore(wanted.folder / "hot.sqlite"), [END_MS]
    lists = PeopleLists.open(wanted.folder / "metadata.sqlite")
    batch = BatchTags(
        hot=hot, events=store, lists=lists, asker=Asker(store, now_ms=lambda: clock[0]),
        writing=BatchWriting(hot=hot, telling=Telling(), batch_lock=threading.Lock(), now_ms=lambda: clock[0]),
        timezone_of=lambda workspace: ZONE, now_ms=lambda: clock[0],
    )  # fmt: skip
    published = published_in(hot, wanted.tags)
    took("all values new", batch.work_off)
    hour = wanted.events // (DAYS * 24)
    for number in (1, 2):
        until = clock[0] + HOUR_MS
        for table in events(wanted.people, hour, first_ms=clock[0], end_ms=until, position=time.time_ns()):
            store.insert(table)
        clock[0] = until
        took(f"after {number} h, with {hour:,} events more", batch.work_off)
    if wanted.naive:
        took("yardstick: a query for each rule", lambda: naive(store, published, clock[0]))
    lists.close()
    hot.close()
    store.close()


if __name__ == "__main__":
    main()
