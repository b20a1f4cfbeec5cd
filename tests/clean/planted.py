"""Traffic with planted defects, from a seed: what was sent, what is true of it, and what cleaning has to say about it.

A schema names the events and properties, so that the same defects can be planted in another vocabulary. Everything a
row says is right until a defect is planted in it; `expected` is then the word cleaning must give: a reason of the
quarantine, a reason of a flag, the name of a flag, or `duplicate`.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

Item = dict[str, Any]

START = datetime(2026, 11, 20, 0, tzinfo=UTC)
STEP = timedelta(seconds=4)
AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36"
)


@dataclass(frozen=True)
class Schema:
    """How a program names what it sends, and how its prices are spread."""

    view: str = "Product Viewed"
    click: str = "Element Clicked"
    order: str = "Order Completed"
    refund: str = "Order Refunded"
    price: str = "price"
    quantity: str = "quantity"
    total: str = "revenue"
    lines: str = "products"
    order_id: str = "order_id"
    product: str = "product_id"
    dwell: str = "dwell_time"
    dwell_unit_s: float = 1.0
    element: str = "element"
    latitude: str = "latitude"
    longitude: str = "longitude"
    share: str = "scroll_percent"
    age: str = "age"
    birthday: str = "birthday"
    birthday_form: str = "%Y-%m-%d"
    currencies: tuple[str, ...] = ("CNY", "cny", " CNY", "USD")
    price_middle: float = 3.5
    price_spread: float = 0.7


@dataclass
class Row:
    """One message: what is sent, when, what is true (cell by cell), and what was planted in it."""

    kind: str
    item: Any
    at: datetime
    schema: Schema = Schema()
    truth: dict[str, Any] = field(default_factory=dict)
    defect: str = ""
    expected: str = ""
    burst: str = ""

    @property
    def properties(self) -> Item:
        """The properties or traits sent."""
        found: Item = self.item["traits" if self.item["type"] == "identify" else "properties"]
        return found


Plant = Callable[["Maker", Row], None]


class Maker:
    """Makes rows of a schema, one after the other in time."""

    def __init__(self, schema: Schema, seed: int) -> None:
        self.schema = schema
        self.chance = random.Random(seed)
        self.now = START
        self.orders: list[tuple[str, datetime]] = []
        self.clicks: list[Row] = []
        self.people = [(f"user-{number}", self.new_id()) for number in range(4_000)]

    def row(self, kind: str) -> Row:
        """One clean row."""
        self.now += STEP
        user, device = self.chance.choice(self.people)
        path = f"/{self.chance.choice('abcdef')}/{self.chance.randrange(500)}"
        item: Item = {
            "type": "track",
            "messageId": self.new_id(),
            "anonymousId": device,
            "timestamp": written(self.now),
            "sentAt": written(self.now),
            "context": {
                "userAgent": AGENT,
                "ip": f"36.{self.chance.randrange(4, 200)}.7.{self.chance.randrange(256)}",
                "page": {"url": f"https://shop.cn{path}", "path": path},
            },
        }
        if self.chance.random() < 0.5:
            item["userId"] = user
        row = Row(kind, item, self.now, self.schema, {"occurred_at": self.now})
        getattr(self, f"_{kind}")(row)
        return row

    def _page(self, row: Row) -> None:
        row.item |= {"type": "page", "name": "Shelf", "properties": {}}

    def _view(self, row: Row) -> None:
        names, chance = self.schema, self.chance
        price = round(chance.lognormvariate(names.price_middle, names.price_spread), 2)
        product, latitude, longitude = f"p{chance.randrange(900)}", chance.uniform(20, 45), chance.uniform(97, 125)
        row.truth |= {"price": price, "product": product, "latitude": latitude, "longitude": longitude}
        row.item |= {
            "event": names.view,
            "properties": {
                names.product: product,
                names.price: price,
                names.dwell: round(1.5 + chance.lognormvariate(2.5, 0.8), 1) / names.dwell_unit_s,
                names.latitude: latitude,
                names.longitude: longitude,
                names.share: chance.randrange(101),
            },
        }

    def _click(self, row: Row) -> None:
        row.item |= {
            "event": self.schema.click,
            "properties": {self.schema.element: f"button-{self.chance.randrange(40)}"},
        }
        self.clicks.append(row)

    def _order(self, row: Row) -> None:
        names, chance = self.schema, self.chance
        order = f"o{len(self.orders)}-{chance.randrange(10**6)}"
        price, quantity = (
            round(chance.lognormvariate(names.price_middle, names.price_spread), 2),
            chance.randrange(1, 4),
        )
        total = round(price * quantity, 2)
        currency = chance.choice(names.currencies)
        self.orders.append((order, self.now))
        row.truth |= {"amount": total, "currency": currency.strip().upper()}
        line = {names.product: "p1", names.price: price, names.quantity: quantity}
        row.item |= {
            "event": names.order,
            "properties": {
                names.order_id: order, names.total: total, "currency": currency, names.quantity: quantity,
                names.lines: [line],
            },
        }  # fmt: skip

    def _refund(self, row: Row) -> None:
        names = self.schema
        order, _ = self.chance.choice(self.orders)
        row.item |= {"event": names.refund, "properties": {names.order_id: order, names.total: -5.0, "currency": "CNY"}}
        row.truth |= {"amount": -5.0, "currency": "CNY"}

    def _identify(self, row: Row) -> None:
        chance = self.chance
        digits = f"139{chance.randrange(10**8):08d}"
        phone = chance.choice(
            [digits, f"+86 {digits}", f"{digits[:3]}-{digits[3:7]}-{digits[7:]}", f"0086{digits}", int(digits)]
        )
        name = f"person.{chance.randrange(10**7)}@mail{chance.randrange(50)}.cn"
        email = chance.choice([name, name.upper(), f" {name} "])
        born = datetime(1950, 1, 1, tzinfo=UTC) + timedelta(days=chance.randrange(20_000))
        row.truth |= {"phone": f"+86{digits}", "email": name}
        row.item |= {
            "type": "identify",
            "userId": row.item.get("userId") or chance.choice(self.people)[0],
            "traits": {
                "phone": phone, "email": email, self.schema.age: chance.randrange(1, 100),
                self.schema.birthday: born.strftime(self.schema.birthday_form),
            },
        }  # fmt: skip

    def new_id(self) -> str:
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))


@dataclass(frozen=True)
class Defect:
    """A kind of defect: in which rows it is planted, what cleaning has to say, and how it is planted."""

    kind: str
    expected: str
    plant: Plant


def written(at: datetime) -> str:
    """A time as browsers write it."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
