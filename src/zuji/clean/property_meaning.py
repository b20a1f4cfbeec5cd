"""What the name of a property promises about its numbers: a price is not negative, a latitude at most ninety degrees.

Names are compared without capitals, underscores and a leading dollar, so `unitPrice` and `unit_price` mean the same.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

_NOT_NEGATIVE = frozenset(
    {
        "price", "unitprice", "originalprice", "saleprice", "listprice", "quantity", "qty", "total", "ordertotal",
        "orderamount", "totalamount", "payamount", "revenue", "subtotal", "amount", "shipping", "tax",
        "itemcount", "价格", "单价", "数量", "金额", "总价", "订单金额", "支付金额",
    }
)  # fmt: skip
_RANGES: dict[str, tuple[str, float, float]] = {
    "age": ("impossible_age", 0, 120),
    "年龄": ("impossible_age", 0, 120),
    **dict.fromkeys(("lat", "latitude", "纬度"), ("impossible_place", -90.0, 90.0)),
    **dict.fromkeys(("lng", "lon", "longitude", "经度"), ("impossible_place", -180.0, 180.0)),
    **dict.fromkeys(_NOT_NEGATIVE, ("negative_number", 0.0, math.inf)),
}
_SHARES = ("percent", "percentage", "pct", "百分比")
_LENGTHS = frozenset(
    {
        "duration", "dwell", "dwelltime", "staytime", "stayduration", "timeonpage", "viewduration", "viewtime",
        "eventduration", "pageduration", "停留时长", "浏览时长", "停留时间",
    }
)  # fmt: skip
_BIRTHDAYS = frozenset({"birthday", "birthdate", "dateofbirth", "dob", "birth", "生日", "出生日期"})
_NO_MEASURE_ENDS = (
    "id", "ids", "code", "no", "number", "phone", "mobile", "zip", "year", "date", "time", "timestamp", "at",
    "version", "index", "position", "rank", "lat", "latitude", "lng", "lon", "longitude", "port",
)  # fmt: skip
_PLACE_PARTNERS = {
    "lat": ("lng", "lon", "longitude"), "latitude": ("longitude", "lng", "lon"), "纬度": ("经度",),
}  # fmt: skip


class Promise(NamedTuple):
    """The rule that a property's numbers must keep, and its bounds."""

    rule: str
    low: float
    high: float


@lru_cache(maxsize=8_192)
def plain(name: str) -> str:
    """A name without what spellings differ in."""
    return name.lower().replace("_", "").replace("-", "").replace(" ", "").lstrip("$")


@lru_cache(maxsize=8_192)
def promise_of(name: str) -> Promise | None:
    """What the numbers of a property of this name must keep.

    >>> promise_of("unitPrice"), promise_of("scroll_percent"), promise_of("colour")
    (Promise(rule='negative_number', low=0.0, high=inf), Promise(rule='impossible_share', low=0.0, high=100.0), None)
    """
    bare = plain(name)
    found = _RANGES.get(bare)
    if found is not None:
        return Promise(*found)
    return Promise("impossible_share", 0.0, 100.0) if bare.endswith(_SHARES) else None


@lru_cache(maxsize=8_192)
def promise_beside_currency(name: str) -> Promise | None:
    """The same of names that mean a sum only in an event that names its currency: `value` may be anything else."""
    return Promise("negative_number", 0.0, math.inf) if plain(name) == "value" else None


@lru_cache(maxsize=8_192)
def milliseconds_in(name: str) -> float | None:
    """Of a property that tells how long a look lasted, how many milliseconds one of its units has.

    >>> milliseconds_in("dwell_time"), milliseconds_in("duration_ms"), milliseconds_in("price")
    (1000.0, 1.0, None)
    """
    bare = plain(name)
    for ending, factor in (("milliseconds", 1.0), ("millis", 1.0), ("ms", 1.0), ("seconds", 1000.0), ("sec", 1000.0)):
        if bare.endswith(ending) and (bare.removesuffix(ending) in _LENGTHS):
            return factor
    return 1000.0 if bare in _LENGTHS else None


@lru_cache(maxsize=8_192)
def is_birthday(name: str) -> bool:
    """Whether a property holds a day of birth."""
    return plain(name) in _BIRTHDAYS


@lru_cache(maxsize=8_192)
def is_measure(name: str) -> bool:
    """Whether a number under this name measures something, rather than to name, number or date it.

    >>> is_measure("price"), is_measure("order_id"), is_measure("orderNo")
    (True, False, False)
    """
    return not plain(name).endswith(_NO_MEASURE_ENDS) and not is_birthday(name) and name != "$original"


@lru_cache(maxsize=8_192)
def partners_of(name: str) -> tuple[str, ...]:
    """Of a latitude, what the longitude beside it may be called; without capitals. Else nothing."""
    return _PLACE_PARTNERS.get(plain(name), ())


@lru_cache(maxsize=16_384)
def takes_back(event: str) -> bool:
    """Whether an event returns money or goods, so that negative numbers are usual in it."""
    bare = plain(event)
    return any(word in bare for word in ("refund", "return", "cancel", "chargeback", "adjust", "退款", "退货", "取消"))


@lru_cache(maxsize=16_384)
def is_view(kind: str) -> bool:
    """Whether an event of this kind is a look at something."""
    bare = plain(kind)
    return bare in ("page", "screen") or any(
        word in bare for word in ("view", "pageleave", "screen", "browse", "read", "浏览", "停留", "曝光", "查看")
    )


@lru_cache(maxsize=16_384)
def is_click(event: str) -> bool:
    """Whether an event of this name is a click.

    >>> is_click("Element Clicked"), is_click("$AppClick"), is_click("Product Viewed")
    (True, True, False)
    """
    bare = plain(event)
    return bare.endswith(("click", "clicked", "tap", "tapped", "点击")) or bare.startswith(("click", "tap", "点击"))
