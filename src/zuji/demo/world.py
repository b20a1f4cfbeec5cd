"""The world before anything happens: people, households, devices, robots, all from one seed.

The traps are laid here: a tablet that a whole family logs in on, a terminal in the shop that everybody uses, the
browser of a support agent who signs in as customers, addresses mistyped so that they equal somebody else's.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import numpy as np

from zuji.demo.devices import APP_VERSIONS, BROWSERS, CRAWLERS, HEADLESS, PHONES, TABLET, Make
from zuji.demo.names import CITIES, MAIL_HOSTS, STORES, chinese_name, mobile_number, western_name
from zuji.demo.options import DemoOptions
from zuji.demo.people import Device, DeviceKind, Person, Robot, RobotKind

WRONG_CLOCKS_MS = (-8 * 3_600_000, 8 * 3_600_000, -11 * 60_000, 7 * 60_000, 90_000, -19 * 3_600_000)
"""A zone taken for another, a clock nobody set, a drift: what phones in the field show."""
WRONG_CLOCK_SHARE = 0.03


@dataclass(slots=True)
class World:
    """Everybody and everything. People change while days pass; the cast stays."""

    options: DemoOptions
    people: list[Person]
    households: list[tuple[int, ...]]
    tablets: dict[int, Device]
    kiosks: tuple[Device, ...]
    agents: tuple[Device, ...]
    robots: list[Robot]
    manager_phone: str

    def person(self, number: int) -> Person:
        """People are numbered from 1."""
        return self.people[number - 1]

    def housemates(self, person: Person) -> list[Person]:
        """The others of the household, if there is one."""
        if not person.household:
            return []
        return [self.person(n) for n in self.households[person.household - 1] if n != person.number]


def create_world(options: DemoOptions) -> World:
    """The cast for these options, on the eve of day 0.

    >>> from datetime import UTC, datetime
    >>> world = create_world(DemoOptions(end=datetime(2026, 1, 1, tzinfo=UTC), people=50))
    >>> len(world.people), len({person.phone for person in world.people})
    (50, 50)
    """
    rng = Random(f"zuji demo world {options.seed}")
    phones = _distinct_phones(options.people + 1, rng)
    joined = _joining_days(options)
    people = [_person(n + 1, phones[n], int(joined[n]), rng) for n in range(options.people)]
    households = _households(people, rng)
    shared = 1 + options.people // 2_000
    return World(
        options=options,
        people=people,
        households=households,
        tablets={n + 1: _browser(TABLET, rng, shared="by_a_household") for n in range(len(households))},
        kiosks=tuple(_browser(BROWSERS[0], rng, shared="by_strangers") for _ in STORES),
        agents=tuple(_browser(BROWSERS[0], rng, shared="by_strangers") for _ in range(shared)),
        robots=_robots(options, rng),
        manager_phone=phones[-1],
    )


def newcomer(world: World, number: int, day: int, rng: Random) -> Person:
    """Somebody new after the history: not of the cast, so without a household."""
    taken = {person.phone for person in world.people}
    phone = next(each for each in iter(lambda: mobile_number(rng), "") if each not in taken)
    return _person(number, phone, day, rng)


def _distinct_phones(count: int, rng: Random) -> list[str]:
    numbers: dict[str, None] = {}
    while len(numbers) < count:
        numbers[mobile_number(rng)] = None
    return list(numbers)


def _joining_days(options: DemoOptions) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Four in ten were customers before day 0; the others come evenly, a little more towards the end."""
    generator = np.random.default_rng([options.seed, 1])
    before = -generator.integers(1, 200, options.people)
    later = (options.days * np.sqrt(generator.random(options.people))).astype(np.int64)
    return np.where(generator.random(options.people) < 0.4, before, later)


def _hex(rng: Random, digits: int) -> str:
    return f"{rng.getrandbits(digits * 4):0{digits}x}"


def _uuid(rng: Random) -> str:
    text = _hex(rng, 32)
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:]}"


def _clock_error(rng: Random) -> int:
    return rng.choice(WRONG_CLOCKS_MS) if rng.random() < WRONG_CLOCK_SHARE else 0


def _browser(make: Make, rng: Random, *, shared: str = "by_nobody") -> Device:
    wrong = 0 if shared != "by_nobody" else _clock_error(rng)
    return Device("web", make, _uuid(rng), shared=shared != "by_nobody", clock_error_ms=wrong)


def _device(kind: DeviceKind, rng: Random) -> Device:
    if kind == "web":
        return _browser(rng.choice(BROWSERS), rng)
    make = rng.choice(PHONES)
    if kind == "mini_program":
        return Device(kind, make, _uuid(rng))
    version = rng.choice(APP_VERSIONS)
    return Device(kind, make, _uuid(rng), _hex(rng, 16), version, clock_error_ms=_clock_error(rng))


def _devices(rng: Random) -> tuple[Device, ...]:
    """Most have one or two ways to the shop; nobody online has none."""
    kinds: list[DeviceKind] = []
    if rng.random() < 0.65:
        kinds += ["web", "web"] if rng.random() < 0.25 else ["web"]
    if rng.random() < 0.35:
        kinds.append("app")
    if rng.random() < 0.40:
        kinds.append("mini_program")
    return tuple(_device(kind, rng) for kind in kinds or ["web"])


def _person(number: int, phone: str, joined: int, rng: Random) -> Person:
    western = rng.random() < 0.12
    name, letters = western_name(rng) if western else chinese_name(rng)
    email = f"{letters}{number}@{rng.choice(MAIL_HOSTS)}"
    person = Person(
        number=number,
        name=name,
        letters=letters,
        language="en" if western else "zh",
        city=rng.choices(CITIES, [city.weight for city in CITIES])[0],
        birth_year=rng.randrange(1955, 2006),
        joined=joined,
        eagerness=min(0.85, 0.04 + rng.expovariate(4.5)),
        intent=rng.betavariate(2, 4),
        loves=(rng.choice(_CATEGORY_NAMES), rng.choice(_CATEGORY_NAMES)),
        devices=_devices(rng),
        user_id=f"u{number:06d}{_hex(rng, 4)}",
        phone=phone,
        email=email,
        openid=f"o{_hex(rng, 26)}",
        unionid=f"un{_hex(rng, 25)}",
        will_register=rng.random() < 0.55,
        gives_phone=rng.random() < 0.7,
        gives_email=rng.random() < 0.6,
        visits_store=rng.randrange(1, 4) if rng.random() < 0.3 else 0,
    )
    _habits(person, rng)
    return person


_CATEGORY_NAMES = ("tea", "kitchen", "home", "digital", "outdoor", "care", "kids", "stationery")


def _habits(person: Person, rng: Random) -> None:
    """A slip of the keyboard, a blog reader, and what people who joined long ago already are."""
    if rng.random() < 0.04:
        person.mistyped_email = person.email.replace(".cn", ".con").replace(".com", ".cmo")
    if rng.random() < 0.08:
        person.blog_id = _uuid(rng)
    if person.joined < 0 and person.visits_store and rng.random() < 0.6:
        person.card = card_number(person)
    if person.joined < 0 and person.will_register and rng.random() < 0.6:
        person.registered = person.joined


def card_number(person: Person) -> str:
    """The number printed on the member card this person gets."""
    return f"ZJ{8_000_000 + person.number * 7:08d}"


def _households(people: list[Person], rng: Random) -> list[tuple[int, ...]]:
    """One in ten lives with others who share a tablet. They all have accounts, which is what makes it a trap."""
    members = [person for person in people if person.will_register and rng.random() < 0.2]
    households: list[tuple[int, ...]] = []
    while len(members) >= 2:
        size = min(len(members), rng.choice((2, 2, 3, 4)))
        home, members = members[:size], members[size:]
        households.append(tuple(person.number for person in home))
        for person in home:
            person.household = len(households)
            person.city = home[0].city
            person.visits_store = max(person.visits_store, rng.randrange(4))
    return households


def _robots(options: DemoOptions, rng: Random) -> list[Robot]:
    shares: tuple[tuple[RobotKind, float, int], ...] = (
        ("crawler", 0.008, 8),
        ("headless", 0.003, 4),
        ("speeder", 0.002, 3),
    )
    kinds = [kind for kind, share, least in shares for _ in range(max(least, round(options.people * share)))]
    return [_robot(number, kind, options, rng) for number, kind in enumerate(kinds, start=1)]


def _robot(number: int, kind: RobotKind, options: DemoOptions, rng: Random) -> Robot:
    agents = {"crawler": CRAWLERS, "headless": HEADLESS, "speeder": tuple(make.user_agent for make in BROWSERS[:3])}
    visits = 1 if kind == "speeder" else rng.randrange(2, 9)
    days = tuple(sorted({rng.randrange(options.days) for _ in range(visits)}))
    return Robot(number, kind, rng.choice(agents[kind]), _uuid(rng), days)
