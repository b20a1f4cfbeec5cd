"""What 50 live rules cost the stream's machine: processor time an event, and bytes a profile.

    python bench/tag_state.py [--profiles 20000] [--history 200000] [--live 40000] [--per-second 2000] [--batch 500]

The rules are the first 50 of the starter set. A month of a shop's events fills the states; then events come live, and
those are measured, twice: `kept` holds every state in memory and asks about each person of a batch once; `read` reads
and writes the state of every event's profile as bytes and asks the rules after every event, the worst that can come.
The store, the transaction, timers and the link of identities are not in it; `bench/tags.py` measures those.
"""

from __future__ import annotations

import argparse
import gc
import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pyarrow as pa

from zuji.store.schema import EVENT_SCHEMA
from zuji.tag.compiled import Compiled, Evaluated, compile_rules
from zuji.tag.definition import Definition, read_definition
from zuji.tag.event_facts import EventRows
from zuji.tag.graph import in_force, needs
from zuji.tag.person_facts import PersonFacts
from zuji.tag.state import State
from zuji.terms.event import PURPOSES
from zuji.terms.period import DAY_MS, Calendar

STARTER = Path(__file__).parent.parent / "src" / "zuji" / "tag" / "starter"
START_MS = 1_760_000_000_000
RULES = 50
NAMES = ["Product Viewed"] * 12 + ["Page"] * 6 + ["Products Searched"] * 2
NAMES += ["Product Added"] * 2 + ["Checkout Started", "Order Completed"]
KNOWN = PersonFacts({"city": "Shanghai", "birthday": "1990-04-01"}, (("user_id", "u1"),))


def rules() -> list[Definition]:
    """The first 50 live definitions of the starter set, with what they name."""
    written = [(path.stem, one) for path in sorted(STARTER.glob("*.json")) for one in json.loads(path.read_bytes())]
    read = [read_definition("segment" if stem == "segments" else "tag", one, version=1) for stem, one in written]
    chosen: list[Definition] = []
    for one in in_force(read).definitions:
        if one.is_live and len(chosen) < RULES and {*needs(one)} <= {(each.kind, each.key) for each in chosen}:
            chosen.append(one)
    return chosen


def batches(random: Random, *, profiles: int, events: int, batch: int, from_ms: int, step: float) -> Iterator[pa.Table]:
    """A shop's events in order of time, so many milliseconds apart; some profiles come often, most seldom."""
    for start in range(0, events, batch):
        rows = []
        for number in range(start, min(start + batch, events)):
            anchor = 1 + int(profiles * random.random() ** 2)
            rows.append(one_event(random, number, anchor, from_ms + int(number * step)))
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        yield pa.table(columns, schema=pa.schema([EVENT_SCHEMA.field(name) for name in columns]))


def one_event(random: Random, number: int, anchor: int, at: int) -> dict[str, Any]:
    """A row of the event table, the columns that rules look at."""
    name = random.choice(NAMES)
    properties: dict[str, Any] = {"title": "a page of the shop", "referrer": "https://example.com/"}
    if name.startswith(("Product ", "Order", "Checkout")):
        category = random.randint(1, 12)
        properties |= {"product_id": f"p-{random.randint(1, 5_000)}", "category": f"category {category}"}
        properties |= {"brand": f"brand {category}-{random.randint(1, 3)}", "price": random.randint(10, 9_999) / 100}
    texts = {"channel": "web", "device_type": "phone", "os": "iOS", "locale": "zh-CN", "region_code": "310000"}
    fields = dict.fromkeys([one.name for one in EVENT_SCHEMA if one.type == pa.string()], "") | texts
    return fields | {
        "anchor": anchor,
        "occurred_at": at,
        "received_at": at,
        "position": number << 20,
        "event": name,
        "flags": 0,
        "amount": None,
        "properties": msgspec.json.encode(properties, order="sorted").decode(),
        "purposes": list(PURPOSES),
    }


def keep(compiled: Compiled, table: pa.Table, states: dict[int, State], values: dict[int, Evaluated]) -> int:
    """A batch over states in memory; gives how many people were asked about."""
    rows = EventRows(table)
    reached: dict[int, int] = {}
    t = rows[len(rows) - 1].at
    for event in rows:
        effect = compiled.effect_of(event)
        states[event.anchor] = compiled.add_effect(states.get(event.anchor), event, effect, t)
        reached[event.anchor] = reached.get(event.anchor, 0) | effect.reach
    for anchor, reach in reached.items():
        values[anchor] = ask(compiled, [states[anchor]], t, values.get(anchor), reach)
    return len(reached)


def read(compiled: Compiled, table: pa.Table, written: dict[int, bytes], values: dict[int, Evaluated]) -> None:
    """A batch over states that are read, written and asked after every event."""
    rows = EventRows(table)
    t = rows[len(rows) - 1].at
    for event in rows:
        before, effect = written.get(event.anchor), compiled.effect_of(event)
        state = compiled.add_effect(None if before is None else compiled.decode(before), event, effect, t)
        written[event.anchor] = compiled.encode(state)
        values[event.anchor] = ask(compiled, [state], t, values.get(event.anchor), effect.reach)


def ask(compiled: Compiled, states: list[State], t: int, before: Evaluated | None, reach: int) -> Evaluated:
    """The values of a person after some events."""
    figures = compiled.figures(states, t)
    if before is None:
        return compiled.evaluate(figures, KNOWN)
    return compiled.revise(before, figures, KNOWN, reach)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    defaults = {"profiles": 20_000, "history": 200_000, "live": 40_000, "per-second": 2_000, "batch": 500, "seed": 7}
    for name, default in defaults.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args()
    definitions = rules()
    compiled = compile_rules(in_force(definitions), Calendar(ZoneInfo("Asia/Shanghai")))
    random, states, known = Random(asked.seed), dict[int, State](), dict[int, Evaluated]()
    shape = {"profiles": asked.profiles, "batch": asked.batch}
    month = 30 * DAY_MS
    for table in batches(random, **shape, events=asked.history, from_ms=START_MS, step=month / asked.history):
        keep(compiled, table, states, known)
    sizes = [len(compiled.encode(one)) for one in states.values()]
    for anchor, state in states.items():
        known[anchor] = compiled.evaluate(compiled.figures([state], START_MS + month), KNOWN)
    written, known_too = {anchor: compiled.encode(one) for anchor, one in states.items()}, dict(known)
    gc.freeze()  # as the engine does: what is there for long is not looked through again and again
    gc.set_threshold(200_000, 20, 100)
    counted: Counter[str] = Counter()
    step = 1_000 / asked.per_second
    for table in batches(random, **shape, events=asked.live, from_ms=START_MS + month, step=step):
        started = time.process_time_ns()
        counted["people"] += keep(compiled, table, states, known)
        middle = time.process_time_ns()
        read(compiled, table, written, known_too)
        counted["kept"] += middle - started
        counted["read"] += time.process_time_ns() - middle
    report(len(definitions), asked.live, counted, sizes)


def report(definitions: int, events: int, counted: Counter[str], sizes: list[int]) -> None:
    """The figures, on paper."""
    sizes.sort()
    print(f"{definitions} rules, {events:,} live events, {counted['people']:,} times somebody asked about")
    for name in ("kept", "read"):
        each = counted[name] / events / 1_000
        print(f"  {name}: {each:.1f} µs of processor an event, {1e6 / each:,.0f} events/s")
    print(
        f"  {len(sizes):,} profiles: {sum(sizes) / len(sizes):,.0f} bytes on average, half up to {median(sizes):,.0f}, "
        f"99 % up to {sizes[int(len(sizes) * 0.99)]:,}, the largest {sizes[-1]:,}"
    )


if __name__ == "__main__":
    main()
