"""The data of the question benchmarks: a shop of N events over 60 days, the same for the same seed.

    python bench/analyse_data.py FOLDER [--events 20000000] [--seed 7]

One person per 50 events; a fifth of the people are merged: they have a second anchor that points to the first. Events
come in sessions on one anchor, people are unequally busy, and everything is stored in the order of time, month after
month, as it would have come in.
"""

from __future__ import annotations

import argparse
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from zuji.store.events import EventStore
from zuji.store.outbox import PersonRow
from zuji.store.schema import EVENT_SCHEMA
from zuji.terms.event import PURPOSES

WORKSPACE = "bench"
FIRST_MS = 1_767_225_600_000  # 1 January 2026, 00:00 UTC
DAY_MS = 86_400_000
DAYS = 60
EVENTS_PER_PERSON = 50
EVENTS_PER_SESSION = 8
MERGED = 0.2
ROWS_PER_INSERT = 500_000
NAMES = ("view", "search", "add_to_cart", "favourite", "checkout", "purchase", "share", "sign_in")
WEIGHTS = (0.52, 0.14, 0.12, 0.08, 0.05, 0.03, 0.03, 0.03)
DEVICES = ("mobile", "desktop", "tablet")
BROWSERS = ("Chrome", "Safari", "WeChat", "Edge", "Firefox")
CHANNELS = ("web", "app", "mini_program", "store")
SOURCES = ("", "baidu", "douyin", "wechat", "newsletter", "xiaohongshu")
CATEGORIES = tuple(f"category {number:02}" for number in range(20))
PRODUCTS = 5_000

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Shop:
    """What a data set is made of."""

    events: int
    seed: int = 7

    @property
    def people(self) -> int:
        """How many people there are."""
        return self.events // EVENTS_PER_PERSON

    @property
    def merged(self) -> int:
        """How many of them have a second anchor."""
        return int(self.people * MERGED)


def owners(shop: Shop) -> list[PersonRow]:
    """Who owns the second anchors: number people + 1 to people + merged, pointing to a fifth of the people."""
    rng = np.random.default_rng(shop.seed)
    first = rng.choice(shop.people, shop.merged, replace=False) + 1
    return [
        PersonRow(WORKSPACE, shop.people + 1 + number, int(person), 1) for number, person in enumerate(first.tolist())
    ]


def tables(shop: Shop) -> Iterator[pa.Table]:
    """All events in order of time, in pieces."""
    rng = np.random.default_rng(shop.seed + 1)
    anchor, at = _when(shop, rng)
    for start in range(0, shop.events, ROWS_PER_INSERT):
        end = min(start + ROWS_PER_INSERT, shop.events)
        yield _table(rng, anchor[start:end], at[start:end], start)


def _when(shop: Shop, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Anchor and time of every event, in order of time."""
    sessions = shop.events // EVENTS_PER_SESSION
    busy = rng.lognormal(0, 1, shop.people + shop.merged)
    anchor = rng.choice(busy.size, sessions, p=busy / busy.sum()) + 1
    day = rng.integers(0, DAYS, sessions) * DAY_MS
    hour = (rng.beta(3, 2, sessions) * DAY_MS).astype(np.int64)
    length = rng.geometric(1 / EVENTS_PER_SESSION, sessions)
    order = np.repeat(np.arange(sessions), length)[: shop.events]
    missing = shop.events - order.size
    order = np.concatenate([order, rng.integers(0, sessions, max(0, missing))])
    pause = rng.exponential(40_000, shop.events).astype(np.int64)
    firsts = np.concatenate([[True], order[1:] != order[:-1]])
    run = np.cumsum(pause)
    since = run - np.maximum.accumulate(np.where(firsts, run, 0))
    at = FIRST_MS + day[order] + hour[order] + since
    sorting = np.argsort(at, kind="stable")
    return anchor[order][sorting].astype(np.int64), at[sorting]


def _table(rng: np.random.Generator, anchor: Ints, at: Ints, start: int) -> pa.Table:
    size = anchor.size
    name = rng.choice(len(NAMES), size, p=WEIGHTS)
    product = (rng.zipf(1.3, size) % PRODUCTS).astype(np.int64)
    price = np.round(np.exp(rng.normal(4, 1, size)), 2)
    bought = name == NAMES.index("purchase")
    columns: dict[str, pa.Array] = {
        "workspace": pa.array([WORKSPACE]).take(pa.array(np.zeros(size, np.int32))),
        "anchor": pa.array(anchor.astype(np.uint64)),
        "occurred_at": pa.array(at).cast(pa.timestamp("ms", tz="UTC")),
        "received_at": pa.array(at + 500).cast(pa.timestamp("ms", tz="UTC")),
        "position": pa.array(np.arange(start, start + size, dtype=np.uint64)),
        "event_id": pa.array([f"{number:016x}" for number in rng.integers(0, 2**62, size).tolist()]),
        "type": _chosen(("track",), np.zeros(size, np.int64)),
        "event": _chosen(NAMES, name),
        "source": _chosen(("shop",), np.zeros(size, np.int64)),
        "channel": _chosen(CHANNELS, anchor % 4),
        "key": _chosen(("public",), np.zeros(size, np.int64)),
        "device_type": _chosen(DEVICES, anchor % 3),
        "browser": _chosen(BROWSERS, anchor % 5),
        "os": _chosen(("Android", "iOS", "Windows"), anchor % 3),
        "utm_source": _chosen(SOURCES, (anchor + at // (7 * DAY_MS)) % 6),
        "url_host": _chosen(("shop.example",), np.zeros(size, np.int64)),
        "url_path": _chosen([f"/product/{number}" for number in range(PRODUCTS)], product),
        "product_id": _chosen([f"p{number}" for number in range(PRODUCTS)], product),
        "category": _chosen(CATEGORIES, product % 20),
        "amount": pa.array(price, mask=~bought).cast(pa.decimal128(18, 6), safe=False),
        "currency": _chosen(("", "CNY"), bought.astype(np.int64)),
        "properties": pa.array(
            [
                f'{{"list":"{"home" if row % 3 else "search"}","price":{amount}}}'
                for row, amount in enumerate(price.tolist())
            ]
        ),
        "context": _chosen(("{}",), np.zeros(size, np.int64)),
        "flags": pa.array(np.where(rng.random(size) < 0.01, 2, 0).astype(np.uint32)),
        "purposes": pa.ListArray.from_arrays(
            pa.array(np.arange(0, 5 * size + 1, 5, dtype=np.int32)), pa.array(list(PURPOSES) * size)
        ),
    }
    return pa.table([columns.get(field.name, _empty(field, size)) for field in EVENT_SCHEMA], schema=EVENT_SCHEMA)


def _chosen(texts: Any, number: Ints) -> pa.Array:
    """Texts by number."""
    return pa.array(list(texts)).take(pa.array(number))


def _empty(field: pa.Field, size: int) -> pa.Array:
    if pa.types.is_list(field.type):
        offsets = pa.array(np.zeros(size + 1, np.int32))
        return pa.ListArray.from_arrays(offsets, pa.array([], field.type.value_type)).cast(field.type)
    return pa.array([""]).take(pa.array(np.zeros(size, np.int32)))


def fill(store: EventStore, shop: Shop) -> None:
    """Store the whole data set."""
    store.insert_people(owners(shop))
    for table in tables(shop):
        store.insert(table)


def opened(folder: Path, shop: Shop) -> EventStore:
    """The store with this data set: filled, unless it was filled before."""
    done = folder / f"filled-{shop.events}-{shop.seed}"
    if not done.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        store = EventStore.open(folder / "events")
        fill(store, shop)
        store.close()
        done.touch()
    return EventStore.open(folder / "events")


def main() -> None:
    """Fill a folder, and say how long it took."""
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    reader.add_argument("folder", type=Path)
    reader.add_argument("--events", type=int, default=20_000_000)
    reader.add_argument("--seed", type=int, default=7)
    given = reader.parse_args()
    began = time.perf_counter()
    store = opened(given.folder, Shop(given.events, given.seed))
    print(f"{store.stats()} in {time.perf_counter() - began:.0f} s")
    store.close()


if __name__ == "__main__":
    main()
