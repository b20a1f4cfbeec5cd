"""A batch in which most rules of cleaning apply: what `cleaning_by_rows.py` compares before it takes the time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from zuji.clean.batch import Received
from zuji.terms.message import Message, Receipt
from zuji.terms.source import Source

SECOND, DAY = 1_000, 86_400_000
ROBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile/15E148 Safari"


def oddities(now_ms: int) -> list[list[Received]]:
    """Two batches of messages that are odd in one way each: what is far from usual comes when that has been learnt."""
    source = Source("odd", "default", "web")
    receipt = Receipt("default", "odd", "public", "segment", now_ms, _text(now_ms), "203.0.113.7", PHONE, True)
    makers = (_told_wrongly, _about_people, _judged, _surroundings, _flood)
    first = [message for make in makers for message in make(now_ms)]
    return [
        [
            Received(
                (batch << 20) | index, receipt, msgspec.structs.replace(one, message_id=f"{batch}-{index}"), source
            )
            for index, one in enumerate(messages)
        ]
        for batch, messages in enumerate((first, list(_far(now_ms))))
    ]


def _message(now_ms: int, event: str = "Product Viewed", **given: Any) -> Message:
    """A message that is usual but for what is given; JSON parts as values."""
    usual: dict[str, Any] = {
        "type": "track",
        "event": event,
        "anonymous_id": "a-1",
        "timestamp": _text(now_ms - SECOND),
    }
    parts = {
        name: msgspec.Raw(msgspec.json.encode(given[name]))
        for name in ("context", "properties", "traits", "traits_once", "traits_add", "traits_append")
        if name in given
    }
    return Message(**usual | given | parts)


def _text(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _told_wrongly(now: int) -> Iterator[Message]:
    """What cannot be read, and times."""
    yield _message(now, problem="event_too_big", detail="6 MB")
    yield _message(now, type="nonsense")
    yield _message(now, event=" ")
    yield _message(now, context=[1])
    yield _message(now, context=None)
    yield _message(now, properties="text")
    yield _message(now, context={"page": {"url": 5, "title": ["x"]}, "locale": 7, "os": "iOS"})
    yield _message(now, timestamp=None)
    yield _message(now, timestamp="soon")
    yield _message(now, timestamp=now - 5_000)
    yield _message(now, timestamp="2026-11-20 08:00:00")
    yield _message(now, timestamp=_text(now + 3 * DAY), sent_at=None)
    yield _message(now, timestamp=_text(now - 40 * DAY))
    yield _message(now, timestamp="1971-01-01T00:00:00.000Z")
    yield _message(now, anonymous_id="")


def _about_people(now: int) -> Iterator[Message]:
    """Identifiers, traits and statements."""
    traits = {"email": "Li@Shop.cn", "age": 130, "birthday": "1850-01-01", "phone": "13912345678"}
    yield _message(now, type="identify", event="", user_id="u-1", traits=traits, context={"traits": {"city": "杭州"}})
    yield _message(now, type="group", event="", group_id="g-1", anonymous_id="", traits={"name": "茶"})
    yield _message(now, type="alias", event="", user_id="u-2", previous_id="a-2")
    yield _message(now, type="profile", event="", user_id="u-3", traits_add={"visits": 1}, traits_once={"first": 2})
    yield _message(now, type="profile", event="", user_id="u-3", traits_append={"tags": "x"}, traits_unset=("a",))
    yield _message(now, type="unbind", event="Left", user_id="u-4", identifiers=(("phone", "13912345678"),))
    yield _message(now, user_id="null", anonymous_id="00000000-0000-0000-0000-000000000000")
    yield _message(now, user_id=" u-5 ", identifiers=(("email", "no mail"), ("national_id_hash", "ab")))
    yield _message(now, type="identify", event="", user_id="u-6", traits={"phone": "13800138000"})
    yield _message(now, context={"device": {"id": "d-1", "advertisingId": "0000-0000", "type": "iOS", "model": "X"}})


def _judged(now: int) -> Iterator[Message]:
    """What rules speak of."""
    for properties in (
        {"price": -3, "quantity": 2}, {"price": "¥1,299.00"}, {"total": "12.5", "price": 3},
        {"lat": 120.1, "lng": 30.2}, {"lat": 95, "lng": 190}, {"percent": 150}, {"duration": 0.2}, {"duration_ms": 20},
        {"value": -5, "currency": "CNY"},
        {"currency": "xqq", "price": 1}, {"birthday": "2090-01-01"}, {"products": [{"price": 5}, {"quantity": -1}]},
        {"price": True, "sku": 7, "category_id": 2.0}, {"$purposes": ["analytics"]},
    ):  # fmt: skip
        yield _message(now, properties=properties)
    yield _message(now, event="Order Refunded", properties={"price": -3})
    for event, at in (("Order Completed", now - DAY), ("Order Completed", now), ("Order Refunded", now - 2 * DAY)):
        yield _message(now, event=event, timestamp=_text(at), properties={"order_id": "o-1", "total": 10})
    for _ in range(3):
        yield _message(now, event="Buy Clicked", properties={"element": "button#buy;body"})
    for _ in range(45):
        yield _message(now, type="page", event="", anonymous_id="fast", context={"page": {"path": "/x"}})
    yield _message(now, anonymous_id="fast")
    for number in range(400):
        yield _message(now, event="Rated", properties={"stars": 3 + number % 3})


def _far(now: int) -> Iterator[Message]:
    """Numbers far from usual, and an event that lacks what its kind usually has."""
    yield _message(now, event="Rated", properties={"stars": 9_000})
    yield _message(now, event="Rated", properties={"stars": -70})
    yield _message(now, event="Rated")


def _surroundings(now: int) -> Iterator[Message]:
    """Pages, devices, consent, numbers of pages, chains of elements."""
    for url in ("https://Shop.cn:443/茶?utm_source=x&utm_term=", "http://shop.cn:81", "http://[", "/here", "x" * 2_000):
        yield _message(now, context={"page": {"url": url, "path": "/p", "referrer": "$direct"}})
    yield _message(
        now, context={"page": {"referrer": "https://www.baidu.com/s"}, "campaign": {"name": "n", "source": "s"}}
    )
    yield _message(now, type="page", event="", properties={"title": "Tea", "url": "https://a.cn/b", "utm_medium": "m"})
    yield _message(
        now, type="screen", event="Home", context={"app": {"name": "tea", "version": 2}, "ip": "198.51.100.4"}
    )
    yield _message(now, context={"userAgent": ROBOT})
    yield _message(now, context={"os": {"name": "HarmonyOS"}, "browser": {"name": "B", "version": "1"}, "groupId": "g"})
    yield _message(now, context={"library": {"name": "analytics-node", "version": "1"}}, library="own")
    yield _message(now, context={"consent": {"categoryPreferences": {"analytics": True, "marketing": False}}})
    yield _message(now, context={"purposes": []})
    yield _message(now, context={"sequence": {"page": "p-1", "n": 3}})
    yield _message(now, properties={"$elements_chain": 'button.btn:attr__id="buy"text="Buy";body:'})
    yield _message(now, properties={"名": "ü", "b": {"z": 1, "a": [1.5, None, True]}, "a": 10**15})


def _flood(now: int) -> Iterator[Message]:
    """More new names of properties than a source may bring in a day."""
    for number in range(30):
        yield _message(now, event="Data", properties={f"name {number} {each}": each for each in range(100)})
