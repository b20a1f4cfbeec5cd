"""Amounts of money as people and programs write them, read exactly: `¥1,299.00`, `1.299,00 €`, `3万`."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

DecimalMark = Literal["point", "comma"]
LONGEST = 60

_SYMBOLS = {
    "人民币": "CNY", "rmb": "CNY", "cny": "CNY", "cn¥": "CNY", "¥": "CNY", "元": "CNY", "圆": "CNY",
    "块": "CNY", "块钱": "CNY", "us$": "USD", "usd": "USD", "$": "USD", "美元": "USD", "美金": "USD",
    "hk$": "HKD", "hkd": "HKD", "港币": "HKD", "港元": "HKD", "nt$": "TWD", "twd": "TWD", "新台币": "TWD",
    "台币": "TWD", "€": "EUR", "eur": "EUR", "欧元": "EUR", "£": "GBP", "gbp": "GBP", "英镑": "GBP",
    "jpy": "JPY", "日元": "JPY", "円": "JPY", "₩": "KRW", "krw": "KRW", "韩元": "KRW", "mop": "MOP",
    "sgd": "SGD", "s$": "SGD", "a$": "AUD", "aud": "AUD", "₽": "RUB", "rub": "RUB", "₹": "INR", "inr": "INR",
    "฿": "THB", "thb": "THB",
}  # fmt: skip
_SHARED_BY_YEN = "¥"
_TIMES = {"": 1, "千": 10**3, "k": 10**3, "万": 10**4, "m": 10**6, "百万": 10**6, "亿": 10**8}
_SIGNS = "|".join(sorted(map(re.escape, _SYMBOLS), key=len, reverse=True))
_MONEY = re.compile(
    rf"(?P<minus>[-−(]?)\s*(?P<before>{_SIGNS})?\s*(?P<minus2>[-−]?)\s*(?P<number>\d[\d.,' ]*)\s*"
    rf"(?P<times>百万|[千万亿km]?)\s*(?P<after>{_SIGNS})?(?P<end>整|\))?"
)
_POINT = re.compile(r"\d{1,3}(?:[,' ]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_COMMA = re.compile(r"\d{1,3}(?:[.' ]\d{3})+(?:,\d+)?|\d+(?:,\d+)?")


class Money(NamedTuple):
    """An exact amount; the currency is empty when nothing tells it."""

    amount: Decimal
    currency: str


@lru_cache(maxsize=8_192)
def money_of(text: str, decimal_mark: DecimalMark = "point", currency: str = "") -> Money | None:
    """The amount that a text states, None when it states none or leaves open which. `currency` is taken where the text
    has none; a bare ¥ is yen where yen is usual.

    >>> money_of("¥1,299.00"), money_of("1.299,5 €", "comma")
    (Money(amount=Decimal('1299.00'), currency='CNY'), Money(amount=Decimal('1299.5'), currency='EUR'))
    >>> money_of("3万").amount, money_of("1,2")
    (Decimal('30000'), None)
    """
    if len(text) > LONGEST:
        return None
    found = _MONEY.fullmatch(unicodedata.normalize("NFKC", text).strip().lower())
    number = None if found is None else number_of(found["number"], decimal_mark)
    if found is None or number is None or (found["minus"] == "(") != (found["end"] == ")"):
        return None
    named = found["before"] or found["after"] or ""
    told = _SYMBOLS.get(named, currency)
    if found["before"] and found["after"] and _SYMBOLS[found["after"]] != told:
        return None
    if named == _SHARED_BY_YEN and currency == "JPY":
        told = currency
    is_negative = bool(found["minus"] or found["minus2"])
    amount = number * _TIMES[found["times"]]
    return Money(-amount if is_negative else amount, told)


def number_of(text: str, decimal_mark: DecimalMark = "point") -> Decimal | None:
    """A decimal with or without groups of thousands; None when the groups do not fit the decimal mark."""
    written = text.strip()
    if decimal_mark == "comma":
        if not _COMMA.fullmatch(written):
            return None
        written = written.replace(".", "").replace(",", ".")
    elif not _POINT.fullmatch(written):
        return None
    return Decimal(re.sub(r"[,' ]", "", written))
