"""Random small worlds: few instants and few values, so that ties, repeats and edges meet all the time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from analyse.reference.values import local_moment
from analyse.reference.world import INFERRED, LATE, PURPOSES, ROBOT, Event, Profile, World

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
PLACES = [
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Asia/Tehran", date(2021, 3, 22)),
    ("Asia/Tehran", date(2021, 9, 22)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Asia/Kathmandu", date(2026, 2, 28)),
    ("Asia/Shanghai", date(2026, 1, 1)),
    ("Asia/Shanghai", date(2026, 3, 31)),
    ("UTC", date(2024, 2, 29)),
]
"""Zones, and a day on which their clocks change, or that is hard for calendars."""
STEPS = [0, 1, SECOND, 59_999, MINUTE, 30 * MINUTE - 1, 30 * MINUTE, 30 * MINUTE + 1, HOUR, 90 * MINUTE]
SPANS = [[0], [0, 0, 0, 1, 1, 2], [0, 0, 1, 2, 3, 6, 7, 8], [0, 0, 0, 1, 7, 14, 29, 30, 31], [0, 1, 31, 60, 91, 365]]
"""How many days lie between the events of one world and its hard day."""
EVENTS = ["A", "A", "A", "B", "B", "C", "D", "E", "下单", "浏览商品"]
TYPES = ["track", "track", "track", "page", "screen"]
PROPERTIES: dict[str, list[Any]] = {
    "plan": ["free", "pro", "Pro", "", None, "other", "[0, 5)", "北京", "a'b\\c", "false", False, True],
    "n": [None, "", 0, 0, False, "5", 5, 5.0, 5.25, -3, "4.50", "1e3", 1000, 7, 10, "x5", "1e999", [1, "a"], {"k": 1}],
    "price": [1, 2, 2.5, 2.5, 10, "3", "1.25", None, "free", -4, 0],
    "cart": [{"total": 7}, {"total": "7"}, {"total": None}, {"items": {"count": 2}}, [1], "cart", None],
    "cart.total": [9, None],
    "$screen_name": ["home", "首页", ""],
    "browser": ["Own", None, ""],
    "when": ["2026-03-08", "2026-03-08T02:30", "2026-03-08 02:30:15.250", "2026-11-01T05:30:00Z", "soon", 5],
    "x": [0, 0.25, 0.5, 1, 1.5, "0.1", None],
    "y": [0, 0.25, 0.5, 1, -1, None],
    "depth": [0, 10, 25, 50, 99, 100, 101, "40", None],
}
FIELDS: dict[str, list[str]] = {
    "url_path": ["/", "/a", "/a/", "/b/1", "/b/2", "/首页", ""],
    "browser": ["Chrome", "Firefox", ""],
    "channel": ["web", "app", ""],
    "source": ["web", "till"],
    "element": ["#buy", "#buy", ".nav a", ""],
    "utm_source": ["baidu", "direct", "(direct)", "wechat", "mail", ""],
    "category": ["shoes", "hats", ""],
}
AMOUNTS = [Decimal("19.99"), Decimal("0.1"), Decimal("5"), Decimal("0"), Decimal("-2.5"), Decimal("100"), None]
TRAITS: dict[str, list[Any]] = {
    "city": ["北京", "上海", "", None],
    "vip": [True, False, "true", None],
    "age": [18, 18.0, "30", 41, None],
    "plan": ["free", "pro"],
}


@dataclass(frozen=True)
class Scene:
    """What all events of one world have in common."""

    midnight: int
    currencies: list[str]
    owners: dict[int, list[tuple[int, int]]]
    pool: list[int]


def random_world(rng: Random) -> World:
    """Up to sixty events of up to eight people around a hard day. Whose an event is depends on its anchor and time."""
    zone, day = rng.choice(PLACES)
    midnight = local_moment(day, 0, 0, 0, ZoneInfo(zone))
    days = rng.choice(SPANS)
    pool = [midnight + random_offset(rng, days) for _ in range(rng.randint(1, 25))]
    people = range(1, rng.randint(1, 8) + 1)
    owners = {anchor: random_owners(rng, list(people), pool) for anchor in range(1, rng.randint(1, 12) + 1)}
    currencies = rng.choice([["CNY"], ["CNY"], ["CNY"], ["CNY", ""], ["CNY", "USD"]])
    scene = Scene(midnight, currencies, owners, pool)
    events: list[Event] = []
    for position in rng.sample(range(1, 500), rng.choice([0, 1, 4, 10, 20, 30, 40, 50, 60, 60])):
        if events and rng.random() < 0.15:
            events.append(replace(rng.choice(events), position=position, event_id=f"e{position}"))
        else:
            events.append(random_event(rng, scene, position))
    profiles = {person: random_profile(rng, person) for person in people if rng.random() < 0.9}
    return World(tuple(events), profiles, zone)


def random_offset(rng: Random, around: list[int]) -> int:
    """How long before or after the hard midnight: often at an edge of an hour, a pause or a day."""
    days = rng.choice(around) * rng.choice([-1, 1])
    hours = rng.choice([0, 0, 1, 2, 3, 12, 23])
    return days * DAY + hours * HOUR + rng.choice(STEPS) * rng.choice([-1, 1, 1])


def random_owners(rng: Random, people: list[int], pool: list[int]) -> list[tuple[int, int]]:
    """Whose an anchor is: (from when, whom), the first from ever. Most keep their owner."""
    changes = sorted(rng.sample(sorted(set(pool)), min(len(set(pool)), rng.choice([0, 0, 0, 1, 2]))))
    return [(-(2**53), rng.choice(people)), *((at, rng.choice(people)) for at in changes)]


def random_event(rng: Random, scene: Scene, position: int) -> Event:
    """One event; every fourth has properties of no meaning, some are robots' or for other purposes."""
    at = rng.choice(scene.pool)
    anchor = rng.choice([0, *scene.owners]) if rng.random() < 0.5 else rng.choice([*scene.owners])
    person = [whom for start, whom in scene.owners[anchor] if start <= at][-1] if anchor else 0
    amount = rng.choice(AMOUNTS) if rng.random() < 0.6 else None
    fields: dict[str, str | Decimal | None] = {
        name: rng.choice(values) for name, values in FIELDS.items() if rng.random() < 0.7
    }
    if amount is not None:
        fields |= {"amount": amount, "currency": rng.choice(scene.currencies)}
    return Event(
        position=position,
        event_id=f"e{position}",
        anchor=anchor,
        person=person,
        at=at,
        event=rng.choice(EVENTS),
        type=rng.choice(TYPES),
        properties={name: rng.choice(values) for name, values in PROPERTIES.items() if rng.random() < 0.5},
        fields=fields,
        flags=rng.choice([0] * 12 + [ROBOT, INFERRED, LATE, ROBOT | LATE]),
        purposes=rng.choice([PURPOSES] * 9 + [("service", "risk")]),
    )


def random_profile(rng: Random, person: int) -> Profile:
    traits = {name: rng.choice(values) for name, values in TRAITS.items() if rng.random() < 0.7}
    return Profile(person, traits, rng.random() < 0.5, (("user_id", f"u{person}"),))
