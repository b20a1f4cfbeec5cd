"""What was bought or clicked: amount, currency, product, category, element."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from functools import lru_cache

from zuji.clean.context import as_text
from zuji.clean.sheet import Sheet
from zuji.clean.traits import Object

COMMERCE_COLUMNS = ("amount", "currency", "product_id", "category", "element")

AMOUNTS = ("revenue", "total", "value", "amount")
"""Where an amount stands, the surest first; without any of them it is `price` times `quantity` (1 if not told)."""
PRODUCTS = ("product_id", "productId", "sku", "item_id", "goods_id")
CATEGORIES = ("category", "category_id", "category_name")
ELEMENTS = ("element", "$element_selector", "$element_path", "$element_id", "$elements_chain")
INTERESTING = frozenset({*AMOUNTS, "price", "currency", *PRODUCTS, *CATEGORIES, *ELEMENTS})

LARGEST = Decimal(10) ** 12  # the column holds 18 digits, six of them behind the point
_STEP = Decimal("0.000001")
_ELEMENT_LENGTH = 256
_NUMBERS = frozenset({int, float, str})  # but not bool
_LONGEST_NUMBER = 40
_NOTHING: tuple[Decimal | None, str, str, str, str] = (None, "", "", "", "")


def read_commerce(sheet: Sheet) -> None:
    """Fill the columns of what an event was about."""
    rows = [_NOTHING if INTERESTING.isdisjoint(properties) else _about(properties) for properties in sheet.properties]
    sheet.fill(COMMERCE_COLUMNS, rows)


def amount_of(properties: Object) -> Decimal | None:
    """The amount, exactly as the decimal that was written.

    >>> amount_of({"revenue": 19.9, "price": 5}), amount_of({"price": "0.1", "quantity": 3}), amount_of({"total": "?"})
    (Decimal('19.900000'), Decimal('0.300000'), None)
    """
    for name in AMOUNTS:
        if name in properties and (found := decimal_of(properties[name])) is not None:
            return _fitting(found)
    if "price" not in properties or (price := decimal_of(properties["price"])) is None:
        return None
    return _product(price, decimal_of(properties.get("quantity")))


def decimal_of(value: object) -> Decimal | None:
    """A number, or a text that is one. The shortest decimal of a float is what the client wrote."""
    if type(value) not in _NUMBERS or (type(value) is str and len(value) > _LONGEST_NUMBER):
        return None
    return _decimal(value)


@lru_cache(maxsize=8_192, typed=True)
def _decimal(value: object) -> Decimal | None:
    """Prices repeat."""
    try:
        found = Decimal(str(value).strip())
    except (InvalidOperation, ValueError):
        return None
    return found if found.is_finite() and found.adjusted() < 12 else None


@lru_cache(maxsize=8_192)
def _product(price: Decimal, quantity: Decimal | None) -> Decimal | None:
    return _fitting(price if quantity is None else price * quantity)


def _fitting(amount: Decimal) -> Decimal | None:
    return amount.quantize(_STEP) if abs(amount) < LARGEST else None


def _about(properties: Object) -> tuple[Decimal | None, str, str, str, str]:
    currency = as_text(properties.get("currency")) or ""
    return (
        amount_of(properties),
        currency.strip().upper()[:16],
        _first(properties, PRODUCTS),
        _first(properties, CATEGORIES),
        _first(properties, ELEMENTS).partition(";")[0][:_ELEMENT_LENGTH],
    )


def _first(properties: Object, names: tuple[str, ...]) -> str:
    for name in names:
        if name in properties:
            value = properties[name]
            if text := value if type(value) is str else as_text(value):
                return text
    return ""
