"""The present of the world: the same people go on living, and new ones come, at the pace of the clock.

What happens now is not in the kept truth, which ends with the history; it obeys the same rules, so it merges nobody
wrongly either.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from random import Random

from zuji.demo.history import go_to_store, on_news, spend_time
from zuji.demo.options import DAY_MS
from zuji.demo.parcel import Parcel, parcels
from zuji.demo.people import Person, Robot
from zuji.demo.robots import crawl
from zuji.demo.scribe import Said, Scribe
from zuji.demo.truth import EventRow
from zuji.demo.world import World, newcomer

WARM_UP_MS = 600_000
"""A visit lasts some minutes; starting ten minutes back makes the first second as lively as the others."""
MESSAGES_A_VISIT = 16.0
"""About what one visit brings; the pace is steered by what visits really brought."""


class Unwritten:
    """A book that keeps nothing: the truth of live traffic is not checked."""

    def event(self, row: EventRow) -> None:
        """Nothing is kept."""

    def evidence(self, actor: int, identifiers: tuple[str, ...], *, secret: bool, at: int, event_id: str) -> None:
        """Nothing is kept."""


class Present:
    """Endless traffic of about `rate` messages a second. Ask `due` again and again; it tells what is due by then."""

    def __init__(self, world: World, *, rate: float, now_ms: int) -> None:
        self._world = world
        self._rate = rate
        rng = Random(f"zuji demo present {world.options.seed} {now_ms}")
        self._scribe = Scribe(Unwritten(), rng, drifts_from=0, until=None)
        self._waiting: list[tuple[int, int, Said]] = []
        self._told = now_ms - WARM_UP_MS
        self._number = 10_000_000 + now_ms // 1000 % 10_000_000
        self._visits = self._messages = 0
        self._sequence = 0
        for _ in self._until(now_ms):
            pass

    def due(self, now_ms: int) -> list[Parcel]:
        """What has to be sent by now, packed."""
        return parcels(self._until(now_ms))

    def _until(self, now_ms: int) -> Iterator[Said]:
        """Live on until now; then hand out what is due."""
        while self._told < now_ms:
            each = (self._messages + 50 * MESSAGES_A_VISIT) / (self._visits + 50)
            self._told += max(1, round(self._scribe.rng.expovariate(self._rate / each) * 1000))
            self._start_something(self._told)
        while self._waiting and self._waiting[0][0] <= now_ms:
            yield heapq.heappop(self._waiting)[2]

    def _start_something(self, at: int) -> None:
        world, scribe = self._world, self._scribe
        day = (at - world.options.first_midnight_ms) // DAY_MS
        chance = scribe.rng.random()
        person = self._somebody(day)
        if chance < 0.03:
            crawl(scribe, self._some_robot(), at)
        elif chance < 0.10:
            go_to_store(world, scribe, person, day, at)
        else:
            spend_time(world, scribe, person, day, at)
        on_news(scribe, person, at + 900_000)
        said = scribe.take()
        self._visits += 1
        self._messages += len(said)
        for one in said:
            self._sequence += 1
            heapq.heappush(self._waiting, (one.arrives, self._sequence, one))

    def _somebody(self, day: int) -> Person:
        rng = self._scribe.rng
        if rng.random() < 0.2:
            self._number += 1
            return newcomer(self._world, self._number, day, rng)
        return rng.choice(self._world.people)

    def _some_robot(self) -> Robot:
        return self._scribe.rng.choice([robot for robot in self._world.robots if robot.kind != "speeder"])
