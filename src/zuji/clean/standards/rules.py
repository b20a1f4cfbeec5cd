"""How the values of one field are standardised: a rule per kind of value, each a document that knows its function.

What a rule makes of a value: the value to stand in its place, values for other fields, and a note when it could make
nothing of it. A value in its standard form already comes out as it went in.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import Meta

from zuji.clean.regions.find import Remembering
from zuji.clean.regions.found import Found
from zuji.clean.standards.catalogue import Catalogue
from zuji.clean.standards.contacts import email_of, phone_of
from zuji.clean.standards.ids import IdKind, id_of
from zuji.clean.standards.money import DecimalMark, money_of
from zuji.clean.standards.persons import person_of
from zuji.clean.standards.quantity import UNITS, quantity_in
from zuji.terms.document import Document, Name
from zuji.terms.value import text_of

FieldPath = Annotated[str, Meta(pattern=r"^(properties|traits)\..+$", max_length=300)]
Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}$")]
MOST_CANDIDATES = 8
"""Of an ambiguous name so many candidates are noted with the event; the API tells all."""


MOST_REMEMBERED = 65_536
"""Answers of one policy: some 20 MB when full."""


class World(NamedTuple):
    """What rules look things up in."""

    regions: Remembering
    catalogues: Mapping[str, Catalogue]


class Standard(NamedTuple):
    """What came of a value. `value` is None when nothing shall stand in its place."""

    value: Any = None
    beside: Mapping[str, Any] = {}
    note: str = ""


UNREADABLE = Standard(note="unreadable")


class FieldRule(Document, frozen=True, kw_only=True, tag_field="as"):
    """A field, named by where it stands: `properties.price`, `traits.phone`."""

    field: FieldPath

    def standard(self, text: str, world: World) -> Standard:
        """What becomes of a value, given as text."""
        raise NotImplementedError

    def written(self, number: str) -> str:
        """A number of JSON as a text that `standard` reads as that number."""
        return number

    @property
    def is_personal(self) -> bool:
        """Whether the standard form tells as much of a person as the value."""
        return True

    def refuse_nonsense(self, catalogues: Mapping[str, Any]) -> None:
        """Raise ValueError for what makes no sense."""


class PhoneRule(FieldRule, frozen=True, kw_only=True, tag="phone"):
    """Phone numbers become E.164; those without a country are of `region`."""

    region: Annotated[str, Meta(pattern=r"^[A-Z]{2}$")] = "CN"

    def standard(self, text: str, world: World) -> Standard:
        """The number."""
        return _or_unreadable(phone_of(text, self.region))


class EmailRule(FieldRule, frozen=True, kw_only=True, tag="email"):
    """E-mail addresses become small and bare."""

    def standard(self, text: str, world: World) -> Standard:
        """The address."""
        return _or_unreadable(email_of(text))


class PersonRule(FieldRule, frozen=True, kw_only=True, tag="person"):
    """Names of persons lose titles and odd blanks."""

    def standard(self, text: str, world: World) -> Standard:
        """The name."""
        return _or_unreadable(person_of(text))


class IdRule(FieldRule, frozen=True, kw_only=True, tag="id"):
    """Ids of devices and of users of WeChat."""

    kind: IdKind

    def standard(self, text: str, world: World) -> Standard:
        """The id."""
        return _or_unreadable(id_of(text, self.kind))


class AmountRule(FieldRule, frozen=True, kw_only=True, tag="amount"):
    """Amounts of money become numbers, their currency a field beside them. `decimal_mark`: what is written before
    fractions; `currency`: of amounts that name none.
    """

    decimal_mark: DecimalMark = "point"
    currency: Currency | Literal[""] = ""

    def standard(self, text: str, world: World) -> Standard:
        """The number, and the currency."""
        found = money_of(text, self.decimal_mark, self.currency)
        if found is None:
            return UNREADABLE
        return Standard(_number(found.amount), {"currency": found.currency} if found.currency else {})

    def written(self, number: str) -> str:
        """JSON writes a point, whatever people write."""
        return _with_mark(number, self.decimal_mark)

    @property
    def is_personal(self) -> bool:
        """A price tells of nobody."""
        return False


class QuantityRule(FieldRule, frozen=True, kw_only=True, tag="quantity"):
    """Quantities become numbers of `unit`, which a field `<name>_unit` names. `given_in`: of numbers without a unit."""

    unit: str
    given_in: str = ""
    decimal_mark: DecimalMark = "point"

    def standard(self, text: str, world: World) -> Standard:
        """The number, and the unit."""
        found = quantity_in(text, self.unit, self.decimal_mark, self.given_in)
        name = self.field.partition(".")[2]
        return UNREADABLE if found is None else Standard(_number(found), {f"{name}_unit": self.unit})

    def written(self, number: str) -> str:
        """JSON writes a point, whatever people write."""
        return _with_mark(number, self.decimal_mark)

    @property
    def is_personal(self) -> bool:
        """A weight tells of nobody by itself."""
        return False

    def refuse_nonsense(self, catalogues: Mapping[str, Any]) -> None:
        """Units must be known, and of one kind."""
        for unit in filter(None, (self.unit, self.given_in)):
            if unit not in UNITS:
                raise ValueError(f"the unit {unit!r:.40} of {self.field} is unknown; there are {', '.join(UNITS)}")
        if self.given_in and UNITS[self.given_in][0] != UNITS[self.unit][0]:
            raise ValueError(f"{self.given_in} of {self.field} cannot be turned into {self.unit}")


class RegionRule(FieldRule, frozen=True, kw_only=True, tag="region"):
    """Whatever tells a region brings `country`, `region_code`, `province`, `city` and `district`. `by` says how."""

    by: Literal["text", "code", "phone", "postcode"] = "text"

    def standard(self, text: str, world: World) -> Standard:
        """The region, which stands beside the value and not in its place."""
        found = self._found(text, world.regions)
        if found.standing == "unknown":
            return Standard(note="unknown_region")
        note = "" if found.standing == "found" else f"ambiguous_region={'|'.join(found.candidates[:MOST_CANDIDATES])}"
        if not found.code:
            return Standard(note=note)
        place = world.regions.table.place(found.code)
        return Standard(None, {name: value for name, value in msgspec.structs.asdict(place).items() if value}, note)

    @property
    def is_personal(self) -> bool:
        """A district tells of nobody by itself."""
        return False

    def _found(self, text: str, regions: Remembering) -> Found:
        ask = {"text": regions.region, "code": regions.code, "phone": regions.phone, "postcode": regions.postcode}
        return ask[self.by](text)


class CatalogueRule(FieldRule, frozen=True, kw_only=True, tag="catalogue"):
    """Names become those of a catalogue; `id_to` is the property that gets the id, such as `product_id`."""

    catalogue: Name
    id_to: Name | None = None

    def standard(self, text: str, world: World) -> Standard:
        """The name and the id."""
        entry = world.catalogues[self.catalogue].find(text)
        if entry is None:
            return Standard(note="not_in_catalogue")
        return Standard(entry.name, {self.id_to: entry.id} if self.id_to and entry.id else {})

    @property
    def is_personal(self) -> bool:
        """A product tells of nobody."""
        return False

    def refuse_nonsense(self, catalogues: Mapping[str, Any]) -> None:
        """The catalogue must be there."""
        if self.catalogue not in catalogues:
            known = ", ".join(catalogues) or "none"
            raise ValueError(f"there is no catalogue {self.catalogue!r:.80} for {self.field}; there are: {known}")


class Answers:
    """What the rules of one policy made of texts, remembered as long as the table of regions is the same: prices,
    cities and people's numbers come again and again.
    """

    def __init__(self) -> None:
        self._regions: Remembering | None = None
        self._made: dict[tuple[int, str], Standard] = {}

    def of(self, rule: FieldRule, text: str, world: World) -> Standard:
        """What a rule makes of a text. A rule is known by its place in memory: its policy holds it as long as this."""
        key = (id(rule), text)
        if world.regions is self._regions and (made := self._made.get(key)) is not None:
            return made
        if world.regions is not self._regions or len(self._made) >= MOST_REMEMBERED:
            self._made.clear()
            self._regions = world.regions
        made = self._made[key] = rule.standard(text, world)
        return made


Rule = PhoneRule | EmailRule | PersonRule | IdRule | AmountRule | QuantityRule | RegionRule | CatalogueRule


def readable_text(value: Any) -> str | None:
    """The text of a value that rules can read: of texts and numbers."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return text_of(value)


def _or_unreadable(value: str) -> Standard:
    return Standard(value) if value else UNREADABLE


def _with_mark(number: str, mark: DecimalMark) -> str:
    return number.replace(".", ",") if mark == "comma" else number


def _number(exact: Decimal) -> int | float:
    """As JSON has it: the shortest float of a decimal of up to 15 digits is that decimal."""
    return int(exact) if exact == exact.to_integral_value() else float(exact)
