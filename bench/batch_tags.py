"""What it costs to work out tags for everybody at once, and to find what many segments have in common.

    python bench/batch_tags.py [--people 1000000] [--events 20000000] [--rules all|batch] [--folder PATH]

A shop's events are stored first (once, where `--folder` names a place that is kept). `batch` asks only for what the
starter set calls batch, statistics among them; `all` asks for every rule of the set, as if no stream kept any. Bars:
all batch tags of a million people with 20 million events in 10 minutes; the overlap of 20 segments of a million people
in 300 ms.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from zuji.analyse.ask import Asker, Asking
from zuji.run.batch_tags import UNHURRIED, parts_for
from zuji.store.events import EventStore
from zuji.store.query import Limits, Query
from zuji.store.schema import EVENT_SCHEMA
from zuji.tag.definition import Definition, Published, read_definition
from zuji.tag.graph import in_force
from zuji.tag.history import Asked, Part, definitions_query
from zuji.tag.overlap import PeopleSet, overlap
from zuji.terms.event import PURPOSES
from zuji.terms.period import DAY_MS, Calendar

STARTER = Path(__file__).parent.parent / "src" / "zuji" / "tag" / "starter"
START_MS = 1_762_000_000_000
DAYS = 180
AT_ONCE = 500_000
NAMES = ["Product Viewed"] * 12 + ["Product Added"] * 3 + ["Checkout Started", "Order Completed", "Page"]


def starter() -> Published:
    """Everything in the starter set."""
    written = [(path.stem, one) for path in sorted(STARTER.glob("*.json")) for one in json.loads(path.read_bytes())]
    return in_force(
        read_definition("segment" if stem == "segments" else "tag", one, version=1) for stem, one in written
    )


def events(people: int, count: int) -> Iterator[pa.Table]:
    """A shop's events, spread over people and half a year."""
    random = np.random.default_rng(3)
    for start in range(0, count, AT_ONCE):
        rows = min(AT_ONCE, count - start)
        at = pa.array(np.sort(START_MS + random.integers(0, DAYS * DAY_MS, rows)), pa.timestamp("ms", "UTC"))
        known: dict[str, Any] = {
            "workspace": ["default"] * rows,
            "anchor": random.integers(1, people + 1, rows).astype(np.uint64),
            "occurred_at": at,
            "received_at": at,
            "position": np.arange(start + 1, start + rows + 1, dtype=np.uint64),
            "event": random.choice(NAMES, rows).tolist(),
            "type": ["track"] * rows,
            "channel": random.choice(["web", "app"], rows).tolist(),
            "properties": properties(random, rows),
            "context": ["{}"] * rows,
            "flags": np.zeros(rows, dtype=np.uint32),
            "amount": pa.nulls(rows, EVENT_SCHEMA.field("amount").type),
            "identifiers": pa.array([[]] * rows, EVENT_SCHEMA.field("identifiers").type),
            "purposes": pa.array([list(PURPOSES)] * rows, EVENT_SCHEMA.field("purposes").type),
        }
        columns = [pa.array(known.get(one.name, [""] * rows), one.type) for one in EVENT_SCHEMA]
        yield pa.table(columns, schema=EVENT_SCHEMA)


def properties(random: np.random.Generator, rows: int) -> list[str]:
    """What was looked at."""
    categories = random.choice(["phones", "shoes", "books", "food", "toys", "audio"], rows).tolist()
    brands = random.choice(["acme", "zen", "mi"], rows).tolist()
    prices = np.round(random.gamma(2, 40, rows), 2).tolist()
    products = random.integers(0, 5_000, rows).tolist()
    return [
        f'{{"brand":"{brand}","category":"{category}","price":{price},"product_id":"p{product}"}}'
        for brand, category, price, product in zip(brands, categories, prices, products, strict=True)
    ]


def worked_out(store: EventStore, published: Published, chosen: list[Definition], people: int) -> int:
    """Every rule for everybody, in parts. Gives how many values there are."""
    now_ms, zone = START_MS + DAYS * DAY_MS, ZoneInfo("Asia/Shanghai")
    parts, found = parts_for(people, len(chosen)), 0
    for number in range(parts):
        part = Part(number, parts) if parts > 1 else None
        asked = Asked("default", store.person_of_event(), Calendar(zone), now_ms, published, part=part)
        query = definitions_query(chosen, asked)
        table = store.query(Query(query.sql + UNHURRIED, query.params))
        found += sum(table.num_rows - table[name].null_count for name in table.schema.names if name != "person")
    print(f"{len(chosen)} rules in {parts} parts: {found:,} values", end=", ")
    return found


def statistics(store: EventStore, chosen: list[Definition]) -> None:
    """Every statistic for everybody."""
    asker = Asker(store, now_ms=lambda: START_MS + DAYS * DAY_MS)
    for one in chosen:
        if one.statistic is not None:
            values = asker.everybody(one.statistic.kind, one.statistic.question, one.statistic.gives, Asking())
            print(f"{one.key}: {len(values):,} values", end=", ")


def overlaps() -> None:
    """Twenty segments of a million people among four million."""
    random = np.random.default_rng(1)
    million = (random.choice(4_000_000, 1_000_000, replace=False).astype(np.uint64) for _ in range(20))
    sets = [PeopleSet(one) for one in million]
    began = time.perf_counter()
    overlap(sets)
    print(f"overlap of 20 segments of a million people: {(time.perf_counter() - began) * 1000:.0f} ms")


def main() -> None:
    """Fill, work out, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=20_000_000)
    parser.add_argument("--rules", choices=["all", "batch"], default="batch")
    parser.add_argument("--folder", type=Path)
    wanted = parser.parse_args()
    overlaps()
    folder = wanted.folder or Path(tempfile.mkdtemp(prefix="zuji-batch-tags-"))
    is_new = not folder.exists() or not any(folder.iterdir())
    store = EventStore.open(folder, limits=Limits(memory_bytes=2 * 1024**3, seconds=900))
    if is_new:
        for table in events(wanted.people, wanted.events):
            store.insert(table)
    published = starter()
    chosen = [one for one in published.definitions if wanted.rules == "all" or one.freshness == "batch"]
    began, cpu = time.perf_counter(), time.process_time()
    worked_out(store, published, [one for one in chosen if one.rule is not None], wanted.people)
    statistics(store, chosen)
    print(f"in {time.perf_counter() - began:.1f} s, {time.process_time() - cpu:.1f} s of processor time")
    store.close()


if __name__ == "__main__":
    main()
