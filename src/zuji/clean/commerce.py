"""What was bought or clicked: amount, currency, product, category, element."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from zuji.clean.context import as_text
from zuji.clean.sheet import Sheet
from zuji.clean.standards.money import money_of
from zuji.clean.traits import Object

AMOUNTS = (
    "revenue", "total", "value", "amount",
    "实付金额", "支付金额", "订单金额", "订单总额", "总金额", "总额", "总价", "金额",
)  # fmt: skip
"""Where an amount stands, the surest first: what was paid before what was ordered, a whole before what may be a part.
Without any of them it is `price` times `quantity` (1 if not told)."""
PRODUCTS = ("product_id", "productId", "sku", "item_id", "goods_id")
CATEGORIES = ("category", "category_id", "category_name")
ELEMENTS = ("element", "$element_selector", "$element_path", "$element_id", "$elements_chain")
LARGEST = Decimal(10) ** 12  # the column holds 18 digits, six of them behind the point
_STEP = Decimal("0.000001")
_ELEMENT_LENGTH = 256
_NUMBERS = frozenset({int, float, str})  # but not bool
_LONGEST_NUMBER = 40
_MILLION = 1_000_000
_SURE = 10**9
"""Floats below this have at least six digits behind the point, so a float of millionths is told apart surely."""
_LARGEST_INT = 10**12
_USUAL = frozenset({int, float})
_FEW = 1_000  # times a sure price in millionths, this fits 64 bits and the column
_ONLY_TEXT = frozenset({str})


class Telling(NamedTuple):
    """Which names of a shape tell an amount, the surest first; and whether there is a price."""

    amounts: tuple[str, ...]
    priced: bool


def read_commerce(sheet: Sheet) -> None:
    """Fill the columns of what an event was about. The amount goes on in millionths."""
    names = frozenset().union(*sheet.distinct_shapes)
    properties = sheet.properties
    elements = _firsts(properties, _present(ELEMENTS, names))
    sheet.columns["amount"] = _amounts(sheet)
    sheet.columns["currency"] = _currencies(_firsts(properties, _present(("currency",), names)))
    sheet.columns["product_id"] = _firsts(properties, _present(PRODUCTS, names))
    sheet.columns["category"] = _firsts(properties, _present(CATEGORIES, names))
    sheet.columns["element"] = [element.partition(";")[0][:_ELEMENT_LENGTH] for element in elements]


def telling_of(shape: Iterable[str]) -> Telling | None:
    """What to look at in properties of these names; None when nothing of it is about money.

    >>> telling_of(["sku", "total", "name"]).amounts, telling_of(["name"])
    (('total',), None)
    """
    names = frozenset(shape)
    found = Telling(_present(AMOUNTS, names), "price" in names)
    return found if any(found) else None


def millionths_of(properties: Object, names: Telling) -> int | None:
    """The amount in millionths, exactly as the decimal that was written.

    >>> properties = {"price": "0.1", "quantity": 3}
    >>> millionths_of(properties, telling_of(properties))
    300000
    """
    for name in names.amounts:
        value = properties[name]
        if (short := _short_millionths(value)) is not None:
            return short
        if (found := decimal_of(value)) is not None:
            return _fitting(found)
    if not names.priced:
        return None
    price, quantity = properties["price"], properties.get("quantity", 1)
    if type(quantity) is int and -_LARGEST_INT < quantity < _LARGEST_INT:
        millionths = _short_millionths(price)
        if millionths is not None:
            amount = millionths * quantity
            return amount if abs(amount) < _LARGEST_INT * _MILLION else None
    exact = decimal_of(price)
    return None if exact is None else _product(exact, decimal_of(quantity))


def decimal_of(value: object) -> Decimal | None:
    """A number, or a text that is one. The shortest decimal of a float is what the client wrote."""
    if type(value) not in _NUMBERS or (type(value) is str and len(value) > _LONGEST_NUMBER):
        return None
    return _decimal(value)


def _short_millionths(value: object) -> int | None:
    """A number with at most six digits behind the point, in millionths; None says to look closer.

    Two decimals of at most 15 digits are never the same float, so a float that is its millionths divided by a million
    was written as just that decimal. It is five times as fast as by way of `Decimal`.
    """
    if type(value) is int:
        return value * _MILLION if -_SURE < value < _SURE else None
    if type(value) is not float or not -_SURE < value < _SURE:
        return None
    millionths = round(value * _MILLION)
    return millionths if millionths / _MILLION == value else None


@lru_cache(maxsize=8_192, typed=True)
def _decimal(value: object) -> Decimal | None:
    """Prices repeat. A text that is no plain number may be one with a sign of its currency or groups of thousands."""
    try:
        found = Decimal(str(value).strip())
    except (InvalidOperation, ValueError):
        money = money_of(str(value))
        if money is None:
            return None
        found = money.amount
    return found if found.is_finite() and found.adjusted() < 12 else None


@lru_cache(maxsize=8_192)
def _product(price: Decimal, quantity: Decimal | None) -> int | None:
    return _fitting(price if quantity is None else price * quantity)


def _fitting(amount: Decimal) -> int | None:
    if abs(amount) >= LARGEST:
        return None
    millionths = int(amount.quantize(_STEP).scaleb(6))
    return millionths if abs(millionths) < _LARGEST_INT * _MILLION else None


def _amounts(sheet: Sheet) -> list[int | None]:
    """The amounts of all rows: together where they are usual numbers, the others one by one."""
    telling = [telling_of(shape) for shape in sheet.distinct_shapes]
    if not any(telling):
        return [None] * len(sheet.rows)
    products, sure = _usual_products(sheet, telling)
    amounts: list[int | None] = products.tolist()
    for number in np.flatnonzero(~sure).tolist():
        names = telling[sheet.shape_codes[number]]
        amounts[number] = None if names is None else millionths_of(sheet.properties[number], names)
    return amounts


def _usual_products(
    sheet: Sheet, telling: Sequence[Telling | None]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """The surest amount, or price times quantity, in millionths, and of which rows that is surely it: as
    `millionths_of`, column by column.
    """
    rows, codes = sheet.properties, sheet.shape_codes
    surest = [names.amounts[0] if names is not None and names.amounts else "" for names in telling]
    if any(surest):
        prices: list[Any] = [row.get(surest[code] or "price") for row, code in zip(rows, codes, strict=True)]
        counts = [1 if surest[code] else row.get("quantity", 1) for row, code in zip(rows, codes, strict=True)]
    else:
        prices = [row.get("price") for row in rows]
        counts = [row.get("quantity", 1) for row in rows]
    values = np.array([price if type(price) in _USUAL and -_SURE < price < _SURE else np.nan for price in prices])
    quantities = np.array([each if type(each) is int and -_FEW < each < _FEW else 0 for each in counts], dtype=np.int64)
    sure = (np.abs(values) < _SURE) & (quantities != 0)
    values = np.where(sure, values, 0.0)
    millionths = np.rint(values * _MILLION)
    sure &= millionths / _MILLION == values
    return millionths.astype(np.int64) * quantities, sure


def _firsts(rows: Sequence[Object], names: tuple[str, ...]) -> list[str]:
    """Of each row the first of these properties that is a text or a number, as text."""
    if not names:
        return [""] * len(rows)
    if len(names) == 1:
        values = [row.get(names[0], "") for row in rows]
        if set(map(type, values)) <= _ONLY_TEXT:
            return values
    return [_first(row, names) for row in rows]


def _first(properties: Object, names: tuple[str, ...]) -> str:
    for name in names:
        if text := as_text(properties.get(name)):
            return text
    return ""


def _currencies(texts: list[str]) -> list[str]:
    codes = {text: text.strip().upper()[:16] for text in set(texts)}
    return [codes[text] for text in texts]


def _present(names: tuple[str, ...], shape: frozenset[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name in shape)
