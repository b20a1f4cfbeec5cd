"""How fast events get their people, beside the fastest thing that could call itself identity resolution.

    python bench/identity.py [--people 20000] [--events 400000] [--batch 4000] [--seed 7] [--strangers 0]

The yardstick is a union-find over plain dictionaries in one process: no rules, no time, no evidence, no disk, and it
forgets everything at its end. The engine does the same events with all rules, and every batch is committed to SQLite
with its evidence. 5 % of the events bring a new identifier that links (each is soon seen alone and together for the
first time as well), 1 % are a log-in on somebody else's device. `--strangers 5000000` fills the state with
that many identifiers before, one in ten of them linked: memory must not grow with them.
"""

from __future__ import annotations

import argparse
import gc
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from random import Random

from zuji.identify.resolver import Resolver
from zuji.store.hot import HotStore
from zuji.terms.identifier import Identifier
from zuji.terms.source import Source, SourceSettings
from zuji.terms.subject import Rule, Subject

START_MS = 1_760_000_000_000
SHOP = Source("web", "shop", "web", settings=SourceSettings(new_people_per_hour=1_000_000_000))


class Crowd:
    """People with their devices, who visit, log in, get new devices and now and then use each other's."""

    def __init__(self, people: int, random: Random) -> None:
        self._random = random
        self._users = [Identifier("user_id", f"u-{number:08}") for number in range(people)]
        self._devices = [[self._device()] for _ in range(people)]
        self._at = START_MS
        self._number = 0

    def _device(self) -> Identifier:
        return Identifier("anonymous_id", f"{self._random.getrandbits(128):032x}")

    def introduce(self) -> Iterator[Subject]:
        """Everybody logs in, and comes back once logged in and once not."""
        for user, devices in zip(self._users, self._devices, strict=True):
            yield self._said("identify", user, devices[0])
            yield self._said("together", user, devices[0])
            yield self._said("sighting", devices[0], None)

    def strangers(self, count: int) -> Iterator[Subject]:
        """Passers-by, one in ten of whom logs in."""
        for number in range(count):
            device = self._device()
            if number % 10:
                yield self._said("sighting", device, None)
            else:
                yield self._said("identify", Identifier("user_id", f"s-{number}"), device)

    def live(self, events: int) -> Iterator[Subject]:
        """What the figures are taken on."""
        random, count = self._random, len(self._users)
        for _ in range(events):
            who = int(count * random.random() ** 2)  # a tenth of the people bring a third of the events
            user, devices = self._users[who], self._devices[who]
            chance = random.random()
            if chance < 0.05:
                devices.append(self._device())
                yield self._said("identify", user, devices[-1])
            elif chance < 0.06:
                yield self._said("identify", user, self._devices[random.randrange(count)][0])
            elif chance < 0.5:
                yield self._said("together", user, devices[-1])
            else:
                yield self._said("sighting", devices[-1], None)

    def _said(self, rule: Rule, one: Identifier, other: Identifier | None) -> Subject:
        self._at += self._random.randrange(1, 40)
        self._number += 1
        known = (one,) if other is None or rule == "identify" else (one, other)
        anonymous = (other,) if other is not None and rule == "identify" else ()
        event = f"{self._number:08x}-5c1e-4a7b-9d3f-0123456789ab"
        return Subject("shop", "web", "public", self._at, event, rule, known, anonymous, rule == "identify")


class UnionFind:
    """The yardstick."""

    def __init__(self) -> None:
        self._parent: dict[tuple[str, str], tuple[str, str]] = {}

    def take(self, subjects: Sequence[Subject]) -> None:
        for subject in subjects:
            root = None
            for one in subject.identifiers:
                found = self._find((one.type, one.value))
                if root is None:
                    root = found
                elif found != root:
                    self._parent[found] = root

    def _find(self, node: tuple[str, str]) -> tuple[str, str]:
        parent = self._parent
        root = node
        while (above := parent.setdefault(root, root)) != root:
            root = above
        while node != root:
            parent[node], node = root, parent[node]
        return root


class Engine:
    """The real thing, committing every batch."""

    def __init__(self, folder: Path) -> None:
        self.hot = HotStore(folder / "hot.sqlite")
        self._resolver = Resolver(self.hot, lambda workspace, source: SHOP)
        self._position = 0

    def take(self, subjects: Sequence[Subject]) -> None:
        positions = range(self._position, self._position + len(subjects))
        self._position += len(subjects)
        linked = self._resolver.link(subjects, positions, START_MS)
        with self.hot.write() as connection:
            linked.save(connection)
        self._resolver.settle(linked)


def timed(take: Callable[[Sequence[Subject]], None], subjects: Sequence[Subject], batch: int) -> tuple[float, float]:
    """Events per second of wall clock and of processor time: the machine may have other things to do."""
    wall, used = time.perf_counter(), time.process_time()
    for start in range(0, len(subjects), batch):
        take(subjects[start : start + batch])
    return len(subjects) / (time.perf_counter() - wall), len(subjects) / (time.process_time() - used)


def fill(engine: Engine, subjects: Iterator[Subject], batch: int) -> None:
    """Take them all, without keeping them."""
    started, count = time.perf_counter(), 0
    while some := list(islice(subjects, batch)):
        engine.take(some)
        count += len(some)
    print(f"{count} events of strangers at {count / (time.perf_counter() - started):,.0f} events/s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--events", type=int, default=400_000)
    parser.add_argument("--batch", type=int, default=4_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--strangers", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=None, help="where the data folder is made (default: temporary)")
    options = parser.parse_args()
    crowd = Crowd(options.people, Random(options.seed))
    newcomers, life = list(crowd.introduce()), list(crowd.live(options.events))
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)  # as in the process of the engine, for the yardstick as well
    yardstick = UnionFind()
    yardstick.take(newcomers)
    _, plain = timed(yardstick.take, life, options.batch)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        engine = Engine(Path(folder))
        if options.strangers:
            fill(engine, crowd.strangers(options.strangers), options.batch)
        first, _ = timed(engine.take, newcomers, options.batch)
        wall, used = timed(engine.take, life, options.batch)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        size = sum(file.stat().st_size for file in Path(folder).glob("hot.sqlite*"))
    print(f"{options.people} people, {options.events} events, batches of {options.batch}, seed {options.seed}")
    print(f"union-find over dictionaries   {plain:>10,.0f} events/s of processor time")
    print(f"zuji, newcomers                {first:>10,.0f} events/s")
    print(f"zuji, known people             {wall:>10,.0f} events/s, {used:,.0f} of processor time")
    print(f"ratio to the yardstick         {used / plain:>10.2f}")
    print(f"memory                         {grown / 1024:>10.0f} MB more; on disk {size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
