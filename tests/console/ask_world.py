"""A small shop's month for the tests of Ask: the same people and deeds at every run, with something for each kind."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

PEOPLE = 60
DAYS = 24
CHANNELS = ("ads", "mail", "search", "direct")
CITIES = ("杭州", "上海", "Chengdu")
PAGES = ("/", "/tea", "/tea/longjing", "/cups", "/cart")
HOSTILE_CITY = '<img src=x onerror="window.broken=1">'


def shop_events(now: datetime, *, seed: int = 7) -> list[dict[str, Any]]:
    """Everything that happened in the days before now, as Segment messages; every day ends before `now` does."""
    chance = random.Random(seed)
    events: list[dict[str, Any]] = []
    for number in range(PEOPLE):
        since = chance.randrange(1, DAYS)
        for day in range(since, 0, -1):
            if day == since or chance.random() < 0.35:
                begins = now - timedelta(days=day, minutes=chance.randrange(600))
                events += _visit(f"ask-{number}", begins, chance)
    return [{**event, "messageId": f"ask-{place}"} for place, event in enumerate(events)]


def _visit(user: str, begins: datetime, chance: random.Random) -> list[dict[str, Any]]:
    """One visit: pages, a click, perhaps a purchase; a minute or some between them."""
    city = HOSTILE_CITY if user == "ask-3" else CITIES[int(user.split("-")[1]) % len(CITIES)]
    deeds: list[tuple[str, dict[str, Any]]] = [("Campaign Clicked", {"channel": chance.choice(CHANNELS)})]
    deeds += [("Page Viewed", {"url": f"https://shop.example{page}"}) for page in chance.sample(PAGES, 3)]
    deeds.append(("Button Clicked", {"element": "button#buy", "$x": chance.random(), "$y": chance.random()}))
    deeds.append(("Page Scrolled", {"$scroll_depth": chance.randrange(0, 101, 10)}))
    price = chance.choice((20, 35, 80))
    if chance.random() < 0.6:
        deeds.append(("Product Added", {"sku": f"tea-{price}", "price": price}))
        if chance.random() < 0.5:
            deeds.append(("Order Completed", {"total": price, "currency": "CNY"}))
    at = begins
    events = []
    for name, properties in deeds:
        at += timedelta(seconds=chance.randrange(20, 400))
        events.append(
            {
                "type": "track",
                "event": name,
                "userId": user,
                "timestamp": at.isoformat(),
                "properties": {**properties, "city": city},
            }
        )
    return events
