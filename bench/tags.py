"""Live tags: what 50 rules cost the stream, and how long after its receipt an event's tag can be read.

    python bench/tags.py                    all of it (some minutes; wants an idle machine)
    python bench/tags.py throughput         events/s with 50 rules beside the same without, people as many as --people
    python bench/tags.py latency            receipt to readable tag at 2,000 events/s, p50, p95, p99
    python bench/tags.py lone               a lone event on an idle engine
    python bench/tags.py backfill           publishing on history: people/s, and how long ingest waits meanwhile
    python bench/tags.py beside             the tags of a second: live, as a query every second, and as a query each
                                            (processor time; what is counted over all time is asserted equal)

The engine runs in this process over a folder of its own, as in `zuji serve`; events come from another process that
writes the spool as a gateway does. Throughput is told by processor time too, because machines are shared.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import multiprocessing
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src")]

import msgspec  # noqa: E402

from zuji.collect.spool_reader import SqliteSpoolReader  # noqa: E402
from zuji.collect.spool_writer import SqliteSpoolWriter  # noqa: E402
from zuji.run.engine import Engine, build_engine  # noqa: E402
from zuji.store import tag_live, tag_values  # noqa: E402
from zuji.store.events import EventStore  # noqa: E402
from zuji.store.hot import HotStore  # noqa: E402
from zuji.store.query import Query  # noqa: E402
from zuji.tag.definition import decision_body, read_definition  # noqa: E402
from zuji.tag.graph import in_force  # noqa: E402
from zuji.tag.history import Asked, definitions_query, rule_query  # noqa: E402
from zuji.terms.message import Message, Receipt, encode_messages  # noqa: E402
from zuji.terms.period import Calendar  # noqa: E402
from zuji.terms.source import Source, SourceSettings  # noqa: E402

EVENTS = ("Product Viewed", "Product List Viewed", "Product Added", "Cart Viewed", "Order Completed")
CATEGORIES = ("phone", "laptop", "camera", "shoes", "coat", "book", "toy", "food")
RULES = 50
DAY_MS = 86_400_000
SOURCE = Source("web", "default", "web", "web", settings=SourceSettings())

Rule = dict[str, Any]


def now_ms() -> int:
    """The clock of the bench."""
    return time.time_ns() // 1_000_000


def fifty_rules() -> dict[str, Rule]:
    """What a shop might say: counts, sums, preferences, recency, sequences, traits, over windows of all kinds."""
    hour, day, month = ({"last": {"amount": n, "unit": u}} for n, u in ((60, "minute"), (24, "hour"), (30, "day")))
    rules: dict[str, Rule] = {}
    for name in EVENTS:
        short = name.lower().replace(" ", "_")
        for label, window in (("hour", hour), ("day", day), ("month", month), ("ever", None)):
            measure = {"measure": "count", "event": name} | ({"window": window} if window else {})
            rules[f"many_{short}_{label}"] = {"when": {**measure, "op": "gte", "value": 3}}
        rules[f"recent_{short}"] = {
            "when": {"measure": "since_last", "event": name, "unit": "day", "op": "lte", "value": 7}
        }
        rules[f"category_{short}"] = {
            "value": {"measure": "top", "event": name, "property": "category", "window": month, "at_least": 2}
        }
        rules[f"spent_{short}"] = {
            "when": {"measure": "sum", "event": name, "property": "price", "window": month, "op": "gt", "value": 500}
        }
    for category in CATEGORIES:
        where = [{"property": "category", "op": "equals", "value": category}]
        measure = {"measure": "count", "event": "Product Viewed", "where": where, "window": day}
        rules[f"wants_{category}"] = {"when": {**measure, "op": "gte", "value": 2}}
    abandoned = {"event": "Product Added"}
    within = {"amount": 1, "unit": "hour"}
    rules["abandoned"] = {
        "when": {"sequence": [abandoned], "without": {"event": "Order Completed"}, "within": within, "window": day}
    }
    rules["looked_then_bought"] = {
        "when": {"sequence": [{"event": "Product Viewed"}, {"event": "Order Completed"}], "within": within}
    }
    rules["seen_ever"] = {"when": {"measure": "count", "op": "gte", "value": 1}}
    rules["seen_today"] = {"when": {"measure": "count", "window": {"this": "day"}, "op": "gte", "value": 1}}
    rules["stage"] = {
        "cases": [
            {"value": "new", "when": {"measure": "count", "event": "Order Completed", "op": "equals", "value": 0}},
            {"value": "loyal", "when": {"tag": "many_order_completed_ever", "op": "is_set"}},
        ],
        "otherwise": "customer",
    }
    return dict(list(rules.items())[:RULES])


class Load:
    """Seeded events of a shop, as requests of so many."""

    def __init__(self, *, people: int, seed: int, days: float) -> None:
        self._seed = seed
        self._random = Random(seed)
        self._people = people
        self._days = days
        self._number = 0

    def request(self, events: int) -> list[Message]:
        """The next events."""
        return [self._event() for _ in range(events)]

    def _event(self) -> Message:
        random = self._random
        self._number += 1
        name = random.choices(EVENTS, (50, 25, 14, 7, 4))[0]
        properties = {"category": random.choice(CATEGORIES), "price": random.randint(1, 300)}
        return Message(
            type="track", event=name, message_id=f"{self._seed}-{self._number}",
            anonymous_id=f"d-{random.randrange(self._people)}",
            timestamp=now_ms() - int(random.random() * self._days * DAY_MS),
            properties=msgspec.Raw(msgspec.json.encode(properties)),
        )  # fmt: skip


def fill_spool(folder: Path, *, events: int, people: int, seed: int = 1, days: float = 30) -> None:
    """Write events as a gateway would have, before the engine starts."""

    async def write() -> None:
        spool = SqliteSpoolWriter(folder / "spool", f"gateway-{seed}")
        load = Load(people=people, seed=seed, days=days)
        for _ in range(events // 100):
            messages = load.request(100)
            receipt = Receipt("default", "web", "public", "segment", now_ms())
            await spool.append(receipt, encode_messages(messages), len(messages))
        spool.close()

    asyncio.run(write())


def send(folder: str, rate: int, seconds: float, people: int) -> None:
    """In a process of its own: so many events a second, ten a request."""

    async def write() -> None:
        spool = SqliteSpoolWriter(Path(folder) / "spool", "gateway-100")
        load = Load(people=people, seed=100, days=0)
        started = time.monotonic()
        for number in range(int(rate * seconds / 10)):
            ahead = started + number * 10 / rate - time.monotonic()
            if ahead > 0:
                await asyncio.sleep(ahead)
            messages = load.request(10)
            receipt = Receipt("default", "web", "public", "segment", now_ms())
            await spool.append(receipt, encode_messages(messages), 10)
        spool.close()

    asyncio.run(write())


@contextmanager
def engine_over(folder: Path) -> Iterator[Engine]:
    """An engine over a folder, running."""
    folder.mkdir(parents=True, exist_ok=True)
    engine = build_engine(
        data=folder,
        hot=HotStore(folder / "hot.sqlite"),
        events=EventStore.open(folder / "events"),
        reader=SqliteSpoolReader(folder / "spool"),
        source_of=lambda workspace, source: SOURCE,
        now_ms=now_ms,
        slow_down=lambda crowded: None,
    )
    gc.freeze()  # as the process of the engine does
    gc.set_threshold(200_000, 20, 100)
    engine.start()
    try:
        yield engine
    finally:
        engine.stop()


def publish_all(folder: Path, rules: dict[str, Rule]) -> None:
    """Decisions into the spool that publish these, in order."""

    async def write() -> None:
        spool = SqliteSpoolWriter(folder / "spool", "decisions")
        for key, rule in rules.items():
            body = decision_body(read_definition("tag", document(key, rule), version=1), by="bench")
            message = Message(
                type="decision", event="publish", message_id=f"publish-{key}",
                properties=msgspec.Raw(msgspec.json.encode(body)),
            )  # fmt: skip
            receipt = Receipt("default", "", "operator", "decision", now_ms())
            await spool.append(receipt, encode_messages([message]), 1)
        spool.close()

    asyncio.run(write())


def document(key: str, rule: Rule) -> dict[str, Any]:
    """A tag of this rule as it is written."""
    return {"key": key, "name": {"en": key, "zh": key}, "family": "demand_intent", "rule": rule}


def settled(engine: Engine) -> None:
    """Until everything sent is taken and everybody was looked at with the newest rules."""
    assert engine.wait_fresh(600)
    while True:
        with engine.hot.read() as connection:
            if all(one.finished_ms is not None for one in tag_live.backfills(connection)):
                return
        time.sleep(0.05)


def throughput(scratch: Path, events: int, people: int) -> dict[str, Any]:
    """The same events taken in without rules and with 50, by people who all had events before."""
    figures: dict[str, Any] = {"events": events, "people": people}
    fill_spool(scratch / "before", events=2 * people, people=people)
    fill_spool(scratch / "spooled", events=events, people=people, seed=2, days=0)
    for label, rules in (("without", {}), ("with_50", fifty_rules())):
        folder = scratch / label
        with engine_over(folder) as engine:
            publish_all(folder, rules)
            settled(engine)
        for part in ("before", "spooled"):
            shutil.copytree(scratch / part / "spool", folder / "spool", dirs_exist_ok=True)
            if part == "before":
                with engine_over(folder) as engine:
                    assert engine.progress.wait_taken(engine.reader.ends(), 3_600)
        with engine_over(folder) as engine:
            wall, processor = time.perf_counter(), time.process_time()
            assert engine.progress.wait_taken(engine.reader.ends(), 3_600)
            took = time.perf_counter() - wall
            figures[f"{label}_events_per_s"] = round(events / took)
            figures[f"{label}_cpu_us_per_event"] = round((time.process_time() - processor) / events * 1e6, 1)
            figures[f"{label}_state_bytes_per_person"] = _state_bytes(engine)
        shutil.rmtree(folder)
    return figures


def _state_bytes(engine: Engine) -> float:
    with engine.hot.read() as connection:
        row = connection.execute("SELECT coalesce(avg(length(body)), 0) FROM tag_state").fetchone()
    return round(row[0], 1)


def latency(scratch: Path, rate: int, seconds: float, people: int) -> dict[str, Any]:
    """Receipt to readable tag under an even load."""
    folder = scratch / "latency"
    fill_spool(folder, events=people, people=people)
    with engine_over(folder) as engine:
        publish_all(folder, fifty_rules())
        settled(engine)
        sender = multiprocessing.get_context("spawn").Process(target=send, args=(str(folder), rate, seconds, people))
        processor = time.process_time()
        sender.start()
        sender.join()
        assert engine.wait_fresh(60)
        measured = msgspec.to_builtins(engine.tagger.latency.figures(now_ms()))
        busy = (time.process_time() - processor) / seconds
    shutil.rmtree(folder)
    return {"events_per_s": rate, **measured, "cores_busy": round(busy, 2)}


def lone(scratch: Path, people: int, times: int = 30) -> dict[str, Any]:
    """One event now and then on an idle engine: from handing it to the spool until its tag is read."""
    folder = scratch / "lone"
    fill_spool(folder, events=people, people=people)
    waits: list[float] = []
    with engine_over(folder) as engine:
        publish_all(folder, {**fifty_rules(), "last_sku": {
            "value": {"measure": "last", "event": "Lone", "property": "n"}}})  # fmt: skip
        settled(engine)
        spool = SqliteSpoolWriter(folder / "spool", "gateway-3")
        for number in range(times):
            time.sleep(0.6)
            properties = msgspec.Raw(msgspec.json.encode({"n": str(number)}))
            message = Message(type="track", event="Lone", message_id=f"lone-{number}", anonymous_id="d-1",
                              timestamp=now_ms(), properties=properties)  # fmt: skip
            receipt = Receipt("default", "web", "public", "segment", now_ms())
            started = time.perf_counter()
            asyncio.run(spool.append(receipt, encode_messages([message]), 1))
            while _last_sku(engine) != str(number):
                time.sleep(0.0005)
            waits.append((time.perf_counter() - started) * 1_000)
        spool.close()
    shutil.rmtree(folder)
    waits.sort()
    return {"times": times, "p50_ms": round(waits[times // 2], 1), "p95_ms": round(waits[int(times * 0.95)], 1),
            "longest_ms": round(waits[-1], 1)}  # fmt: skip


def _last_sku(engine: Engine) -> Any:
    with engine.hot.read() as connection:
        found = [value for _, value in tag_values.holders(connection, "default", "tag", "last_sku")]
    return found[0] if found else None


def backfill(scratch: Path, events: int, people: int) -> dict[str, Any]:
    """50 rules published over a history."""
    folder = scratch / "backfill"
    fill_spool(folder, events=events, people=people)
    with engine_over(folder) as engine:
        assert engine.wait_fresh(3_600)
        started, processor = time.perf_counter(), time.process_time()
        publish_all(folder, fifty_rules())
        settled(engine)
        took = time.perf_counter() - started
        used = time.process_time() - processor
    shutil.rmtree(folder)
    return {"people": people, "events": events, "seconds": round(took, 1), "people_per_s": round(people / took),
            "cpu_us_per_event": round(used / events * 1e6, 1)}  # fmt: skip


def beside(scratch: Path, events: int, people: int, rate: int) -> dict[str, Any]:
    """What the tags of a second take: with `rate` events live, and asked of everybody as queries every second."""
    folder, rules, took = scratch / "beside", fifty_rules(), {}
    fill_spool(folder, events=events, people=people)
    with engine_over(folder) as engine:
        assert engine.wait_fresh(3_600)
    for seed, label in ((2, "without"), (3, "with")):
        if label == "with":
            with engine_over(folder) as engine:
                publish_all(folder, rules)
                settled(engine)
        fill_spool(folder, events=10 * rate, people=people, seed=seed, days=0)
        with engine_over(folder) as engine:
            took[label] = _processor(partial(engine.progress.wait_taken, engine.reader.ends(), 3_600)) / 10
    with engine_over(folder) as engine:
        assert engine.wait_fresh(600)
        published = in_force(read_definition("tag", document(key, rule), version=1) for key, rule in rules.items())
        asked = Asked("default", engine.events.person_of_event(), Calendar(ZoneInfo("UTC")), now_ms(), published)
        whole = _processor(lambda: engine.events.query(definitions_query(published.definitions, asked)))
        alone = {one.key: rule_query(one.rule, asked) for one in published.definitions if one.rule is not None}
        each = _processor(lambda: [engine.events.query(query) for query in alone.values()])
        _assert_equal(engine, {key: query for key, query in alone.items() if key.endswith("_ever")})
    shutil.rmtree(folder)
    live = took["with"] - took["without"]
    return {"people": people, "events": events, "events_per_s": rate, "live_cpu_s": round(live, 2),
            "query_cpu_s": round(whole, 2), "naive_cpu_s": round(each, 2), "below_query": round(1 - live / whole, 2),
            "below_naive": round(1 - live / each, 2)}  # fmt: skip


def _processor(do: Callable[[], Any]) -> float:
    began = time.process_time()
    do()
    return time.process_time() - began


def _assert_equal(engine: Engine, queries: dict[str, Query]) -> None:
    """Of rules without a window, which say the same at whatever moment the stream looked last."""
    for key, query in queries.items():
        found = engine.events.query(query)
        with engine.hot.read() as connection:
            held = dict(tag_values.holders(connection, "default", "tag", key))
        assert held == dict(zip(found["person"].to_pylist(), found["value"].to_pylist(), strict=True)), key


def main() -> None:
    """Run what was asked for and print a line of JSON for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", default=["throughput", "latency", "lone", "backfill", "beside"])
    parser.add_argument("--events", type=int, default=400_000)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--rate", type=int, default=2_000)
    parser.add_argument("--seconds", type=float, default=60)
    asked = parser.parse_args()
    measurements: dict[str, Callable[[Path], dict[str, Any]]] = {
        "throughput": lambda scratch: throughput(scratch, asked.events, asked.people),
        "latency": lambda scratch: latency(scratch, asked.rate, asked.seconds, asked.people),
        "lone": lambda scratch: lone(scratch, asked.people),
        "backfill": lambda scratch: backfill(scratch, asked.events, asked.people),
        "beside": lambda scratch: beside(scratch, asked.events, asked.people, asked.rate),
    }
    for name in asked.what:
        with tempfile.TemporaryDirectory(prefix="zuji-bench-tags-") as scratch:
            print(json.dumps({"measured": name, **measurements[name](Path(scratch))}), flush=True)


if __name__ == "__main__":
    main()
