"""How long does cleaning take per event? Typical Segment events of 500 bytes, as many at once as the engine takes.

    python bench/clean.py --batches 10

Prints µs of processor time an event for the whole and for each step, and beside them a yardstick of the same run:
decoding the same events' JSON into dictionaries, which nobody can do without.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from zuji.clean.batch import Facts, Received, clean_batch
from zuji.clean.deduplicate import deduplicate, id_hash
from zuji.clean.observed import observe
from zuji.clean.rows import as_frame
from zuji.clean.sheet import Sheet
from zuji.clean.steps import STEPS
from zuji.store.hot import HotStore
from zuji.store.property_names import PropertyNames
from zuji.terms.message import Message, Receipt
from zuji.terms.source import Source

BATCH = 4_000
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)
AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36"


def batches(count: int, seed: int) -> list[list[Received]]:
    """Page views and shop events of some thousands of people."""
    chance = random.Random(seed)
    people = [(str(uuid.UUID(int=chance.getrandbits(128))), f"user-{number}") for number in range(5_000)]
    source = Source("web", "default", "web")
    receipt = Receipt("default", "web", "public", "segment", NOW_MS, NOW.isoformat(), "203.0.113.7", "", True)
    return [
        [
            Received((batch << 20) | index, receipt, event(chance, people, batch, index), source)
            for index in range(BATCH)
        ]
        for batch in range(count)
    ]


def event(chance: random.Random, people: list[tuple[str, str]], batch: int, index: int) -> Message:
    """One event."""
    anonymous_id, user_id = chance.choice(people)
    product = chance.randrange(2_000)
    url = f"https://shop.example/product/{product}?utm_source=search&utm_medium=cpc"
    context = {
        "page": {"path": f"/product/{product}", "referrer": "https://www.baidu.com/", "title": "龙井 Tea", "url": url},
        "userAgent": AGENT.format(chance.randrange(100, 142)),
        "locale": "zh-CN",
        "library": {"name": "analytics.js", "version": "next-1.84.3"},
    }
    properties = {"product_id": f"p{product}", "category": "tea", "price": 19.99, "quantity": 2, "currency": "CNY"}
    return Message(
        type="track" if index % 3 else "page",
        message_id=f"ajs-next-{batch}-{index}",
        event="Product Viewed",
        user_id=user_id if index % 2 else "",
        anonymous_id=anonymous_id,
        timestamp=as_browsers_write(NOW - timedelta(milliseconds=chance.randrange(5_000))),
        context=msgspec.Raw(msgspec.json.encode(context)),
        properties=msgspec.Raw(msgspec.json.encode(properties)),
    )


def as_browsers_write(moment: datetime) -> str:
    """A time as JavaScript writes it."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--batches", type=int, default=10)
    count = parser.parse_args().batches
    with tempfile.TemporaryDirectory() as folder:
        facts = Facts(names=PropertyNames(HotStore(Path(folder) / "hot.sqlite")))
        clean_batch(batches(1, 0)[0], facts=facts, now_ms=NOW_MS)
        work = batches(count, 1)
        events = count * BATCH
        start = time.process_time()
        for received in work:
            hashes = id_hash("default", "web", 0, [item.message.message_id for item in received])
            deduplicate(hashes, hashes[:, 0] == 0)
        between = time.process_time()
        for received in work:
            clean_batch(received, facts=facts, now_ms=NOW_MS)
        whole = time.process_time() - between
        print(f"hash and deduplicate {(between - start) / events * 1e6:.2f} µs an event")
        print(f"clean_batch {whole / events * 1e6:.2f} µs an event, {events / whole:,.0f} events/s")
        by_step(batches(count, 2), facts, events)
        yardstick(work, events)


def by_step(work: list[list[Received]], facts: Facts, events: int) -> None:
    """The same, step by step."""
    spent: dict[str, float] = {}
    for received in work:
        sheet = Sheet(received, facts=facts, now_ms=NOW_MS)
        for step in (*STEPS, observe, as_frame):
            start = time.process_time()
            step(sheet)
            spent[step.__name__] = spent.get(step.__name__, 0) + time.process_time() - start
    for name, seconds in spent.items():
        print(f"  {name:22s} {seconds / events * 1e6:.2f}")


def yardstick(work: list[list[Received]], events: int) -> None:
    """Only decoding the JSON."""
    start = time.process_time()
    for received in work:
        for item in received:
            msgspec.json.decode(item.message.context)
            msgspec.json.decode(item.message.properties)
    print(f"yardstick, JSON into dictionaries: {(time.process_time() - start) / events * 1e6:.2f} µs an event")


if __name__ == "__main__":
    main()
