"""What was bought or clicked: amount, currency, product, category, element."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

from zuji.clean.context import as_text
from zuji.clean.sheet import Sheet
from zuji.clean.traits import Object

COMMERCE_COLUMNS = ("amount", "currency", "product_id", "category", "element")

AMOUNTS = ("revenue", "total", "value", "amount")
"""Where an amount stands, the surest first; without any of them it is `price` times `quantity` (1 if not told)."""
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
_NOTHING: tuple[int | None, str, str, str, str] = (None, "", "", "", "")


class Telling(NamedTuple):
    """Which names of a shape tell something, the surest first."""

    amounts: tuple[str, ...]
    priced: bool
    currency: bool
    products: tuple[str, ...]
    categories: tuple[str, ...]
    elements: tuple[str, ...]


def read_commerce(sheet: Sheet) -> None:
    """Fill the columns of what an event was about. The amount goes on in millionths."""
    telling = [telling_of(shape) for shape in sheet.distinct_shapes]
    rows: list[tuple[int | None, str, str, str, str]] = []
    for code, properties in zip(sheet.shape_codes, sheet.properties, strict=True):
        names = telling[code]
        rows.append(_NOTHING if names is None else _about(properties, names))
    sheet.fill(COMMERCE_COLUMNS, rows)


def telling_of(shape: Iterable[str]) -> Telling | None:
    """What to look at in properties of these names; None when nothing of it concerns commerce.

    >>> telling_of(["sku", "total", "name"]).amounts, telling_of(["name"])
    (('total',), None)
    """
    names = frozenset(shape)
    found = Telling(
        _present(AMOUNTS, names),
        "price" in names,
        "currency" in names,
        _present(PRODUCTS, names),
        _present(CATEGORIES, names),
        _present(ELEMENTS, names),
    )
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
    """Prices repeat."""
    try:
        found = Decimal(str(value).strip())
    except (InvalidOperation, ValueError):
        return None
    return found if found.is_finite() and found.adjusted() < 12 else None


@lru_cache(maxsize=8_192)
def _product(price: Decimal, quantity: Decimal | None) -> int | None:
    return _fitting(price if quantity is None else price * quantity)


def _fitting(amount: Decimal) -> int | None:
    if abs(amount) >= LARGEST:
        return None
    millionths = int(amount.quantize(_STEP).scaleb(6))
    return millionths if abs(millionths) < _LARGEST_INT * _MILLION else None


def _about(properties: Object, names: Telling) -> tuple[int | None, str, str, str, str]:
    currency = (as_text(properties["currency"]) or "").strip().upper()[:16] if names.currency else ""
    return (
        millionths_of(properties, names),
        currency,
        _first(properties, names.products),
        _first(properties, names.categories),
        _first(properties, names.elements).partition(";")[0][:_ELEMENT_LENGTH] if names.elements else "",
    )


def _first(properties: Object, names: tuple[str, ...]) -> str:
    for name in names:
        value = properties[name]
        if text := value if type(value) is str else as_text(value):
            return text
    return ""


def _present(names: tuple[str, ...], shape: frozenset[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name in shape)
