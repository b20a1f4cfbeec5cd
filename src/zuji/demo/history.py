"""The past of the world, day by day: who comes, where, and in what order it reaches the gateway.

A day is lived in memory, then sent; what arrives late waits for its day. So a large world needs no more memory than
its people and one day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import numpy as np

from zuji.demo import office
from zuji.demo.behaviour import WEEKDAYS, moment_of_day, shop
from zuji.demo.catalogue import CAMPAIGNS
from zuji.demo.faults import DRIFT_STARTS, offline_ms
from zuji.demo.options import DAY_MS, SHOP_ZONE_MS, DemoOptions
from zuji.demo.parcel import Parcel, parcels
from zuji.demo.people import Device, Person
from zuji.demo.robots import crawl
from zuji.demo.scribe import Said, Scribe
from zuji.demo.till import buy_in_store
from zuji.demo.truth import Truth, TruthBook
from zuji.demo.visit import MiniVisit, SegmentVisit
from zuji.demo.world import World, create_world

SALE_DAYS = (0.55, 0.58)
"""The shop's birthday, as parts of the history: twice the visitors."""
HUB_CUSTOMERS = 65
"""Customers with a card who get the manager's number at the till within ten days: more than the 50 at which a value
has to be taken for nobody's. With fewer card holders the manager keeps the number."""


class History:
    """Iterate it once to live through the past; afterwards `close()` gives the truth, and `world` is as it stands then.

    With a folder the truth is kept there.
    """

    def __init__(self, options: DemoOptions, folder: Path | None = None) -> None:
        self.options = options
        self.world = create_world(options)
        self.book = TruthBook(options, folder)
        drifts_from = options.first_midnight_ms + int(options.days * DRIFT_STARTS) * DAY_MS
        rng = Random(f"zuji demo history {options.seed}")
        self.scribe = Scribe(self.book, rng, drifts_from=drifts_from, until=options.end_ms - 5_000)
        self.day = 0
        self._calendar = Calendar(self.world)

    def __iter__(self) -> Iterator[Parcel]:
        waiting: dict[int, list[Said]] = defaultdict(list)
        first = self.options.first_midnight_ms
        for day in range(self.options.days):
            self.day = day
            live_one_day(self.world, self.scribe, self._calendar, day)
            for said in self.scribe.take():
                waiting[max(day, (said.arrives - first) // DAY_MS)].append(said)
            yield from parcels(waiting.pop(day, []))
            self.book.turn_page()
        yield from parcels(said for day in sorted(waiting) for said in waiting[day])

    def close(self) -> Truth:
        """The truth of all that was said."""
        return self.book.close()


def generate(options: DemoOptions, folder: Path | None = None) -> History:
    """The requests that tell the whole history (iterate it), and then its truth (`close()`)."""
    return History(options, folder)


class Calendar:
    """Who comes on a day, drawn for everybody at once."""

    def __init__(self, world: World) -> None:
        people = world.people
        self._options = world.options
        self._joined = np.array([person.joined for person in people])
        self._eagerness = np.array([person.eagerness for person in people])
        self._store = np.array([person.visits_store / 45 for person in people])
        self._hub = self._hub_days()
        self._served: list[Person] = []

    def online(self, day: int) -> list[int]:
        """The numbers of the people who visit online. Fresh customers come often, then less and less."""
        age = day - self._joined
        fading = 0.25 + 0.75 * np.exp(-np.maximum(age, 0) / 25)
        chance = np.where(age == 0, 1.0, self._eagerness * fading * self._bustle(day))
        return self._drawn(day, 2, np.where(age >= 0, chance, 0.0))

    def in_store(self, day: int) -> list[int]:
        """The numbers of the people who come to a shop."""
        return self._drawn(day, 3, np.where(day >= self._joined, self._store * self._bustle(day), 0.0))

    def hub_customers(self, world: World, day: int) -> list[Person]:
        """Who is served today by the cashier that types the manager's number for everybody."""
        if day not in self._hub:
            return []
        if day == self._hub[0]:
            holders = [person for person in world.people if person.card]
            self._served = holders[:HUB_CUSTOMERS] if len(holders) >= HUB_CUSTOMERS else []
        share = -(-HUB_CUSTOMERS // len(self._hub))
        turn = self._hub.index(day)
        return self._served[turn * share : (turn + 1) * share]

    def _hub_days(self) -> range:
        start = self._options.days // 2
        return range(start, start + 10) if self._options.days >= start + 11 else range(0)

    def _bustle(self, day: int) -> float:
        """Weekends and the sale are busy."""
        monday_first = datetime.fromtimestamp((self._options.midnight(day) + SHOP_ZONE_MS) / 1000, UTC).weekday()
        sale = SALE_DAYS[0] * self._options.days <= day <= SALE_DAYS[1] * self._options.days
        return WEEKDAYS[monday_first] * (2.0 if sale else 1.0)

    def _drawn(self, day: int, purpose: int, chance: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[int]:
        draws = np.random.default_rng([self._options.seed, purpose, day]).random(len(chance))
        return [int(n) + 1 for n in np.flatnonzero(draws < chance)]


def live_one_day(world: World, scribe: Scribe, calendar: Calendar, day: int) -> None:
    """Everything that happens on one day of the shop."""
    midnight, rng = world.options.midnight(day), scribe.rng
    for person in world.people:
        if person.joined < day:
            on_news(scribe, person, midnight + 2 * 3_600_000 + rng.randrange(7_200_000))
    for number in calendar.online(day):
        spend_time(world, scribe, world.person(number), day, moment_of_day(midnight, rng))
    for number in calendar.in_store(day):
        go_to_store(world, scribe, world.person(number), day, _opening_hours(midnight, rng))
    for person in calendar.hub_customers(world, day):
        buy_in_store(scribe, world, person, _opening_hours(midnight, rng), manager_phone=True)
    for robot in world.robots:
        if day in robot.days:
            crawl(scribe, robot, midnight + rng.randrange(DAY_MS - 3_600_000))


def spend_time(world: World, scribe: Scribe, person: Person, day: int, at: int) -> None:
    """One online visit, and what comes after it: a chat, the blog."""
    rng = scribe.rng
    device = choose_device(world, person, rng)
    shop(visit_on(scribe, person, device, at), world, day)
    if rng.random() < 0.03 and (person.registered is not None or not device.shared):
        office.chat(scribe, person, device, at + rng.randrange(600_000, 5_000_000))
    if person.blog_id and rng.random() < 0.3:
        office.read_blog(scribe, person, at + rng.randrange(600_000, 5_000_000))
    if person.registered is not None and rng.random() < 0.004:
        office.act_for(scribe, person, rng.choice(world.agents), at + rng.randrange(600_000, 5_000_000))


def go_to_store(world: World, scribe: Scribe, person: Person, day: int, at: int) -> None:
    """A purchase at the till; who has had an account since yesterday may use the terminal before."""
    rng = scribe.rng
    if person.registered is not None and person.registered < day and rng.random() < 0.2:
        office.act_for(scribe, person, rng.choice(world.kiosks), at)
    buy_in_store(scribe, world, person, at + 400_000)


def choose_device(world: World, person: Person, rng: Random) -> Device:
    """Mostly the own things; at home sometimes the family's tablet."""
    if person.household and rng.random() < 0.25:
        return world.tablets[person.household]
    return rng.choice(person.devices)


def visit_on(scribe: Scribe, person: Person, device: Device, at: int) -> SegmentVisit | MiniVisit:
    """A visit by that device: phones may be offline, browsers come along a campaign."""
    rng = scribe.rng
    if device.kind == "mini_program":
        return MiniVisit(scribe, person, device, at, delay_ms=offline_ms(rng))
    if device.kind == "app":
        return SegmentVisit(scribe, person, device, at, delay_ms=offline_ms(rng))
    if rng.random() < 0.25:
        line = rng.choice(CAMPAIGNS)
        campaign = {"source": line.source, "medium": line.medium, "name": line.name}
        return SegmentVisit(scribe, person, device, at, campaign=campaign, referrer=line.referrer)
    return SegmentVisit(scribe, person, device, at)


def _opening_hours(midnight: int, rng: Random) -> int:
    return midnight + 10 * 3_600_000 + rng.randrange(11 * 3_600_000)


def on_news(scribe: Scribe, person: Person, at: int) -> None:
    """A row in the office's customer file when somebody has registered or got a card since the last one."""
    state = (person.registered is not None, person.card)
    if person.on_file != state and (person.registered is not None or person.card):
        office.file_row(scribe, person, at)
        person.on_file = state
