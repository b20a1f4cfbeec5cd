"""Traffic of a trade under the policies that it has published, with the kinds of defects that policies are for."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec
from planted import AGENT, START, Item, Row, written
from planted_outcome import Cells, Reader
from planted_trades import ADDRESSES, AMBIGUOUS, NOWHERE, Trade

STEP = timedelta(seconds=20)
KINDS = ("step", "order", "order", "profile", "view")


class TradeMaker:
    """Makes rows of a trade, one after the other in time. Who orders has chosen something before."""

    def __init__(self, trade: Trade, seed: int) -> None:
        self.trade = trade
        self.chance = random.Random(seed)
        self.now = START
        self.orders = 0
        self.have_chosen: list[str] = []

    def row(self, kind: str, who: str = "") -> Row:
        """One clean row."""
        self.now += STEP
        item: Item = {
            "type": "track",
            "messageId": self.new_id(),
            "anonymousId": who or self.new_id(),
            "timestamp": written(self.now),
            "sentAt": written(self.now),
            "context": {"userAgent": AGENT},
        }
        row = Row(kind, item, self.now, truth={"occurred_at": self.now})
        getattr(self, f"_{kind}")(row)
        return row

    def _step(self, row: Row) -> None:
        trade = self.trade
        name, id_, _ = self.chance.choice(trade.catalogue)
        row.truth |= {"event": trade.step, trade.product: name, trade.product_id: id_}
        row.item |= {"event": trade.step, "properties": {trade.product: name, trade.product_id: id_}}

    def _order(self, row: Row) -> None:
        trade, chance = self.trade, self.chance
        if self.have_chosen:
            row.item["anonymousId"] = chance.choice(self.have_chosen)
        self.orders += 1
        name, id_, _ = chance.choice(trade.catalogue)
        address, (code, city) = chance.choice(list(ADDRESSES.items()))
        total = chance.randrange(1_000, 900_000) / 100
        weight = chance.randrange(2, 400) / 10
        said = {
            trade.order_id: f"{trade.id_begin}{self.orders}", trade.total: total, "currency": trade.currency,
            trade.weight: weight, trade.product: name, trade.product_id: id_, trade.rating: chance.randrange(1, 6),
            trade.channel: chance.choice(trade.channels), trade.gift: chance.random() < 0.1,
        }  # fmt: skip
        row.truth |= {"event": trade.order, **said, "amount": total, "region_code": code, "city": city}
        row.item |= {"event": trade.order, "properties": {**said, trade.address: address}}

    def _profile(self, row: Row) -> None:
        trade, chance = self.trade, self.chance
        digits = "".join(chance.choices("123456789", k=trade.mobile_digits))
        traits = {
            "phone": f"{trade.country}{trade.mobile.lstrip('0')}{digits}",
            "email": f"someone.{chance.randrange(10**6)}@post{chance.randrange(40)}.de",
            trade.person: chance.choice(trade.people),
            trade.advertising: self._advertising_id(),
        }
        row.truth |= traits
        row.item |= {"type": "identify", "userId": f"u-{chance.randrange(10**9)}", "traits": traits}

    def _view(self, row: Row) -> None:
        trade = self.trade
        row.truth["event"] = trade.view
        row.item |= {"event": trade.view, "properties": {trade.dwell: 2 + self.chance.randrange(60)}}

    def _advertising_id(self) -> str:
        written_id = self.new_id()
        return written_id.upper() if self.trade.advertising_kind == "idfa" else written_id

    def new_id(self) -> str:
        """A UUID of this seed."""
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))

    def sum_text(self, amount: float) -> str:
        """A sum with groups of thousands, as the country writes it."""
        text = f"{amount:,.2f}"
        return text if self.trade.decimal_mark == "point" else text.translate(str.maketrans(",.", ".,"))

    def number_text(self, number: float) -> str:
        """A number without groups, as the country writes it."""
        text = f"{number:.10f}".rstrip("0").rstrip(".")
        return text if self.trade.decimal_mark == "point" else text.replace(".", ",")


Plant = Callable[[TradeMaker, Row], None]


@dataclass(frozen=True)
class Decision:
    """A kind of defect: in which rows it is planted, what cleaning has to say, and how it is planted.

    `expected` has the words of the trade where it has braces.
    """

    kind: str
    expected: str
    plant: Plant


def _cell(name: str, make: Callable[[TradeMaker, Any], Any]) -> Plant:
    """What the trade calls by this name is sent as something made of the truth."""

    def plant(maker: TradeMaker, row: Row) -> None:
        called = getattr(maker.trade, name, name)
        row.properties[called] = make(maker, row.properties[called])

    return plant


def _without(name: str) -> Plant:
    def plant(maker: TradeMaker, row: Row) -> None:
        del row.properties[getattr(maker.trade, name)]

    return plant


def _alias(number: int) -> Plant:
    def plant(maker: TradeMaker, row: Row) -> None:
        row.item["event"] = maker.trade.aliases[number]

    return plant


def _phone(write: Callable[[str], str]) -> Plant:
    """The number without its country, as people write it."""

    def plant(maker: TradeMaker, row: Row) -> None:
        trade = maker.trade
        national = trade.mobile + row.truth["phone"][-trade.mobile_digits :]
        row.properties["phone"] = write(national)

    return plant


def _open_place(maker: TradeMaker, row: Row) -> None:
    row.properties[maker.trade.address] = AMBIGUOUS
    row.truth |= {"region_code": "", "city": None}


def _no_place(maker: TradeMaker, row: Row) -> None:
    row.properties[maker.trade.address] = NOWHERE
    row.truth |= {"region_code": "", "city": None}


def _short_city(maker: TradeMaker, row: Row) -> None:
    row.properties["city"] = row.truth["city"].removesuffix("市")


def _other_product(maker: TradeMaker, row: Row) -> None:
    trade = maker.trade
    others = {name: other for name, _, other in trade.catalogue}
    row.properties[trade.product] = others[row.truth[trade.product]].upper()
    del row.properties[trade.product_id]


def _in_small_unit(maker: TradeMaker, row: Row) -> None:
    unit, kilograms = maker.trade.small_unit
    name = maker.trade.weight
    row.properties[name] = f"{maker.number_text(row.truth[name] / kilograms)} {unit}"


def _from_nowhere(maker: TradeMaker, row: Row) -> None:
    row.item["anonymousId"] = maker.new_id()


def _wide(text: str) -> str:
    """Full-width characters, as Chinese keyboards write them."""
    return "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in text)


def _money(maker: TradeMaker, amount: float, sign: int) -> str:
    return maker.trade.signs[sign].format(maker.sum_text(amount))


def _thousands(maker: TradeMaker, amount: float) -> str:
    word, many = maker.trade.times
    return f"{maker.number_text(amount / many)}{word}"


DECISIONS: dict[str, Decision] = {
    "another name of the event": Decision("order", "renamed:", _alias(0)),
    "a name in another language": Decision("order", "renamed:", _alias(1)),
    "a sum with a sign": Decision(
        "order", "standardised:properties.{total}", _cell("total", lambda m, v: _money(m, v, 0))
    ),
    "a currency behind the sum": Decision(
        "order", "standardised:properties.{total}", _cell("total", lambda m, v: _money(m, v, 1))
    ),
    "a sum in full-width digits": Decision(
        "order", "standardised:properties.{total}", _cell("total", lambda m, v: _wide(m.sum_text(v)))
    ),
    "a sum in thousands": Decision("order", "standardised:properties.{total}", _cell("total", _thousands)),
    "a sum that is a word": Decision("order", "unreadable:{total}", _cell("total", lambda m, v: "as agreed")),
    "a weight in grams": Decision(
        "order", "standardised:properties.{weight}", _cell("weight", lambda m, v: f"{m.number_text(v * 1000)}g")
    ),
    "a weight in another unit": Decision("order", "standardised:properties.{weight}", _in_small_unit),
    "a weight with its unit": Decision(
        "order", "standardised:properties.{weight}", _cell("weight", lambda m, v: f"{m.number_text(v)} KG")
    ),
    "a length for a weight": Decision(
        "order", "unreadable:{weight}", _cell("weight", lambda m, v: f"{m.number_text(v)} {m.trade.foreign_unit}")
    ),
    "a phone without its country": Decision("profile", "standardised:traits.phone", _phone(lambda digits: digits)),
    "a phone in groups": Decision(
        "profile", "standardised:traits.phone", _phone(lambda digits: f"{digits[:3]} {digits[3:7]}-{digits[7:]}")
    ),
    "a phone in full-width digits": Decision("profile", "standardised:traits.phone", _phone(_wide)),
    "a phone that is none": Decision("profile", "unreadable:phone", _phone(lambda digits: digits[:5])),
    "an e-mail in capitals": Decision(
        "profile", "standardised:traits.email", _cell("email", lambda m, v: f" {v.upper()} ")
    ),
    "an e-mail in brackets": Decision(
        "profile", "standardised:traits.email", _cell("email", lambda m, v: f"Some One <mailto:{v}>")
    ),
    "an e-mail in full width": Decision(
        "profile", "standardised:traits.email", _cell("email", lambda m, v: v.replace("@", "＠"))
    ),
    "an e-mail that is none": Decision("profile", "unreadable:email", _cell("email", lambda m, v: "none, sorry")),
    "a person with a title": Decision(
        "profile",
        "standardised:traits.{person}",
        _cell("person", lambda m, v: m.chance.choice(m.trade.titles[:2]).format(v)),
    ),
    "a person between blanks": Decision(
        "profile", "standardised:traits.{person}", _cell("person", lambda m, v: m.trade.titles[2].format(v))
    ),
    "an advertising id in the wrong case": Decision(
        "profile", "standardised:traits.{advertising}", _cell("advertising", lambda m, v: v.swapcase().replace("-", ""))
    ),
    "an advertising id of nobody": Decision(
        "profile", "unreadable:{advertising}", _cell("advertising", lambda m, v: str(uuid.UUID(int=0)))
    ),
    "another name of the product": Decision("order", "standardised:properties.{product}", _other_product),
    "a product that is not sold": Decision(
        "order", "not_in_catalogue:{product}", _cell("product", lambda m, v: "a thing of the past")
    ),
    "a region that several bear": Decision("order", "ambiguous_region:{address}", _open_place),
    "a region that is none": Decision("order", "unknown_region:{address}", _no_place),
    "a city without its rank": Decision("order", "standardised:properties.city", _short_city),
    "a channel that is missing": Decision("order", "plan:missing:{channel}", _without("channel")),
    "a channel that is not planned": Decision("order", "plan:enum:{channel}", _cell("channel", lambda m, v: "pigeon")),
    "a text for a truth value": Decision("order", "plan:type:{gift}", _cell("gift", lambda m, v: "yes" if v else "no")),
    "an order number of another form": Decision(
        "order", "plan:pattern:{order_id}", _cell("order_id", lambda m, v: f"#{v}")
    ),
    "a step without its product": Decision("step", "against_plan", _without("product")),
    "a property nobody planned": Decision("step", "against_plan", lambda m, row: row.properties.update(debug=True)),
    "a rating beyond the scale": Decision("order", "range:{rating}", _cell("rating", lambda m, v: v + 5)),
    "a sum below nothing": Decision("order", "negative:{total}", _cell("total", lambda m, v: -v)),
    "a glance set aside": Decision("view", "against_rule", _cell("dwell", lambda m, v: 0.3)),
    "an order out of nothing": Decision("order", "inferred:{order}", _from_nowhere),
}
"""What is planted, beside what `planted_defects` plants without any policy but `rules`."""


def planted_trade(trade: Trade, *, seed: int, rows: int, of_each: int) -> list[Row]:
    """So many rows with so many defects of each kind among them, after some people have chosen what they will order."""
    maker = TradeMaker(trade, seed)
    made: list[Row] = []
    places = sorted(maker.chance.sample(range(rows // 20, rows), of_each * len(DECISIONS)))
    names = [name for name in DECISIONS for _ in range(of_each)]
    maker.chance.shuffle(names)
    due = dict(zip(places, names, strict=True))
    for number in range(rows):
        name = due.get(number, "")
        row = maker.row(_kind_of(name, maker))
        if name:
            row.defect, row.expected = name, DECISIONS[name].expected.format(**vars(trade))
            DECISIONS[name].plant(maker, row)
        elif row.kind == "step":
            maker.have_chosen.append(row.item["anonymousId"])
        made.append(row)
    return made


def _kind_of(defect: str, maker: TradeMaker) -> str:
    if defect:
        return DECISIONS[defect].kind
    return maker.chance.choice(KINDS) if maker.have_chosen else "step"


def reader_of(trade: Trade) -> Reader:
    """How to read what was sent and what is stored in the words of the trade."""

    def sent(row: Row) -> Cells:
        said = row.properties
        return {
            **said,
            "occurred_at": row.truth["occurred_at"],
            "event": row.item.get("event"),
            "amount": said.get(trade.total),
            "region_code": said.get("region_code", ""),
        }

    def stored(row: Row, cells: Cells) -> Cells:
        properties = msgspec.json.decode(cells["properties"])
        amount = cells["amount"]
        return {
            **properties,
            "occurred_at": cells["occurred_at"],
            "event": cells["event"],
            "amount": None if amount is None else float(amount),
            "region_code": cells["region_code"],
        }

    return Reader(sent, stored)
