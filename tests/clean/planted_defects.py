"""The kinds of defects that cleaning notices by its defaults and three parameters, and traffic that is full of them."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from planted import AGENT, Defect, Maker, Plant, Row, Schema, written

CRAWLER = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
HEADLESS = AGENT.replace("Chrome/", "HeadlessChrome/")
DATA_CENTRE = "198.51.100."
TRAP = "/do-not-follow"
BURST = 120


def _set(place: str, value: Any) -> Plant:
    """A field of the item gets this value; None takes it away."""

    def plant(maker: Maker, row: Row) -> None:
        row.item[place] = value
        if value is None:
            del row.item[place]

    return plant


def _property(name: str, make: Callable[[Any, random.Random], Any]) -> Plant:
    """A property (by the schema's name for it) gets a value made of the true one."""

    def plant(maker: Maker, row: Row) -> None:
        written = getattr(maker.schema, name)
        row.properties[written] = make(row.properties[written], maker.chance)

    return plant


def _context(name: str, make: Callable[[random.Random], Any]) -> Plant:
    def plant(maker: Maker, row: Row) -> None:
        row.item["context"][name] = make(maker.chance)

    return plant


def _moved(own: timedelta | None, sent: timedelta | None) -> Plant:
    """Event and sending are moved in time; None: not told at all."""

    def plant(maker: Maker, row: Row) -> None:
        for name, by in (("timestamp", own), ("sentAt", sent)):
            del row.item[name]
            if by is not None:
                row.item[name] = written(row.at + by)

    return plant


def _nobody(maker: Maker, row: Row) -> None:
    row.item.pop("userId", None)
    del row.item["anonymousId"]


def _not_an_object(maker: Maker, row: Row) -> None:
    row.item = "undefined"


def _endless_id(maker: Maker, row: Row) -> None:
    row.item["messageId"] *= 3


def _blocked_user(maker: Maker, row: Row) -> None:
    row.item["userId"] = maker.chance.choice(["null", "undefined", "NaN", "[object Object]", "unknown"])


def _trap(maker: Maker, row: Row) -> None:
    row.item["context"]["page"] = {"url": f"https://shop.cn{TRAP}?a=1", "path": TRAP}


def _swap(maker: Maker, row: Row) -> None:
    one, other = maker.schema.latitude, maker.schema.longitude
    row.properties[one], row.properties[other] = row.properties[other], row.properties[one]


def _negative_line(maker: Maker, row: Row) -> None:
    row.properties[maker.schema.lines][0][maker.schema.quantity] = -2


def _click_again(maker: Maker, row: Row) -> None:
    before = next(click for click in reversed(maker.clicks) if not click.defect)
    row.item = copy.deepcopy(before.item)
    row.item |= {"messageId": maker.new_id(), "timestamp": written(row.at), "sentAt": written(row.at)}
    row.expected = row.expected if row.at - before.at < timedelta(seconds=60) else ""


def _same_order(maker: Maker, row: Row) -> None:
    maker.orders.pop()  # its own, which is never sent
    row.properties[maker.schema.order_id] = maker.chance.choice(maker.orders)[0]


def _unknown_order(maker: Maker, row: Row) -> None:
    row.properties[maker.schema.order_id] = f"never-{maker.chance.randrange(10**9)}"


def _early_refund(maker: Maker, row: Row) -> None:
    order, at = maker.chance.choice(maker.orders)
    row.properties[maker.schema.order_id] = order
    row.item["timestamp"] = written(at - timedelta(minutes=10))
    row.item["sentAt"] = None
    row.truth["occurred_at"] = at - timedelta(minutes=10)


def _wrong_clock(maker: Maker, row: Row) -> None:
    by = timedelta(hours=maker.chance.choice([-30, -3, 5]))
    row.item |= {"timestamp": written(row.at + by), "sentAt": written(row.at + by)}


def _late(maker: Maker, row: Row) -> None:
    row.truth["occurred_at"] = row.at - timedelta(days=3)
    row.item |= {"timestamp": written(row.at - timedelta(days=3)), "sentAt": None}


DAYS = timedelta(days=1)
DEFECTS: dict[str, Defect] = {
    "an item that is no object": Defect("page", "not_an_object", _not_an_object),
    "a misspelt type": Defect("view", "unknown_type", _set("type", "trak")),
    "an object for a name": Defect("view", "wrong_field_type", _set("event", {"name": "view"})),
    "a list for a context": Defect("view", "wrong_field_type", _set("context", [1])),
    "nobody": Defect("click", "no_identifier", _nobody),
    "no name": Defect("view", "no_event_name", _set("event", "  ")),
    "an endless id": Defect("click", "bad_message_id", _endless_id),
    "too big": Defect("page", "event_too_big", _set("properties", {"dump": "x" * 40_000})),
    "days ahead": Defect("view", "future_time", _moved(3 * DAYS, None)),
    "1970": Defect("view", "too_old", _moved(-20_000 * DAYS, None)),
    "a clock that is wrong": Defect("view", "TIME_CORRECTED", _wrong_clock),
    "a clock that jumped": Defect("click", "TIME_CLAMPED", _moved(timedelta(hours=2), timedelta(0))),
    "no time": Defect("click", "TIME_GUESSED", _moved(None, timedelta(0))),
    "sent days later": Defect("view", "LATE", _late),
    "sent twice": Defect("view", "duplicate", lambda maker, row: None),
    "a user called null": Defect("view", "blocked:user_id", _blocked_user),
    "everybody's phone": Defect("identify", "blocked:phone", lambda _, row: row.properties.update(phone="13800138000")),
    "an example's e-mail": Defect(
        "identify", "blocked:email", lambda _, row: row.properties.update(email="a@example.com")
    ),
    "a crawler": Defect("page", "robot:", _context("userAgent", lambda chance: CRAWLER)),
    "a headless browser": Defect("view", "robot:", _context("userAgent", lambda chance: HEADLESS)),
    "a data centre": Defect(
        "page", "robot:network", _context("ip", lambda chance: f"{DATA_CENTRE}{chance.randrange(256)}")
    ),
    "a honeypot": Defect("page", "robot:honeypot", _trap),
    "a glance": Defect("view", "view:short", _property("dwell", lambda value, chance: value * 0.2 / max(value, 1.0))),
    "the same click": Defect("click", "click:repeated", _click_again),
    "a negative price": Defect("view", "negative:{price}", _property("price", lambda value, chance: -value)),
    "a negative quantity": Defect("order", "negative:{quantity}", _property("quantity", lambda value, chance: -value)),
    "a negative total": Defect("order", "negative:{total}", _property("total", lambda value, chance: -value)),
    "a negative line": Defect("order", "negative:", _negative_line),
    "an age of 200": Defect("identify", "impossible:{age}", _property("age", lambda value, chance: value + 200)),
    "a text as age": Defect("identify", "impossible:{age}", _property("age", lambda value, chance: f"-{value}")),
    "a place off the globe": Defect(
        "view", "impossible:{latitude}", _property("latitude", lambda value, chance: value + 300)
    ),
    "a longitude off the globe": Defect(
        "view", "impossible:{longitude}", _property("longitude", lambda value, chance: -value - 90)
    ),
    "a place swapped": Defect("view", "swapped:", _swap),
    "more than all": Defect("view", "impossible:{share}", _property("share", lambda value, chance: value + 101)),
    "a birth to come": Defect(
        "identify", "impossible:{birthday}", _property("birthday", lambda value, chance: "2090" + value[4:])
    ),
    "the 31st of February": Defect(
        "identify", "impossible:{birthday}", _property("birthday", lambda value, chance: "1990-02-31")
    ),
    "no such currency": Defect("order", "currency:unknown", lambda maker, row: row.properties.update(currency="XQZ")),
    "an order twice": Defect("order", "order:repeated", _same_order),
    "a refund of nothing": Defect("refund", "refund:no_order", _unknown_order),
    "a refund too early": Defect("refund", "refund:before_order", _early_refund),
    "a price times thousand": Defect(
        "view", "outlier:{price}", _property("price", lambda value, chance: round(value * 1000, 2))
    ),
}
"""What is planted. A burst of pages (`robot:rate`) is planted apart, being many rows."""

KINDS = ("page", "view", "view", "view", "click", "order", "refund", "identify")


def planted(schema: Schema, *, seed: int, rows: int, of_each: int) -> list[Row]:
    """So many rows with so many defects of each kind among them, none in the first tenth: usual values come first."""
    maker = Maker(schema, seed)
    made = [maker.row("order") for _ in range(20)]
    places = sorted(maker.chance.sample(range(rows // 10, rows), of_each * len(DEFECTS)))
    names = [name for name in DEFECTS for _ in range(of_each)]
    maker.chance.shuffle(names)
    due = dict(zip(places, names, strict=True))
    for number in range(rows):
        if number in due:
            made += _spoilt(maker, due[number])
        else:
            made.append(maker.row(maker.chance.choice(KINDS)))
        if number in (rows // 3, rows // 2):
            made += _burst(maker, f"burst at {number}")
    return made


def _spoilt(maker: Maker, name: str) -> list[Row]:
    defect = DEFECTS[name]
    row = maker.row(defect.kind)
    if defect.expected == "duplicate":
        again = copy.deepcopy(row)
        again.defect, again.expected = name, defect.expected
        return [row, again]
    row.defect, row.expected = name, defect.expected.format(**vars(maker.schema))
    defect.plant(maker, row)
    return [row]


def _burst(maker: Maker, name: str) -> list[Row]:
    """A machine turning ten pages a second."""
    first = maker.row("page")
    rows = []
    for number in range(BURST):
        row = copy.deepcopy(first)
        row.at = first.at + timedelta(milliseconds=100 * number)
        row.item |= {"messageId": maker.new_id(), "timestamp": written(row.at), "sentAt": written(row.at)}
        row.truth["occurred_at"] = row.at
        row.defect, row.expected, row.burst = "pages in a flood", "robot:rate", name
        rows.append(row)
    return rows
