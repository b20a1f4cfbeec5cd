"""What goes wrong between people and the gateway. Every choice made here ends up in the truth."""

from __future__ import annotations

from random import Random
from typing import Any

HOUR_MS = 3_600_000
REPEAT_SHARE = 0.015
SPOILT_SHARE = 0.003
OFFLINE_SHARE = 0.03
UNDEFINED_SHARE = 0.01
DRIFT_STARTS = 0.7
"""From this part of the history on, a new release of the site and the app sends prices as text and renames things."""

PLACEHOLDER_PHONE = "13800138000"
"""What cashiers type when a customer keeps the number: the most famous telephone number of China."""


def repeats(rng: Random) -> tuple[int, ...]:
    """How long after the first sending the client sends the same message again, if its answer got lost.

    At once with the next flush, after a back-off, or hours later when the app is opened again.
    """
    if rng.random() >= REPEAT_SHARE:
        return ()
    kind = rng.random()
    if kind < 0.3:
        return (0,)
    if kind < 0.6:
        return (rng.randrange(1_000, 60_000),)
    if kind < 0.9:
        return (rng.randrange(1, 12) * HOUR_MS,)
    return (rng.randrange(500, 5_000), rng.randrange(1, 12) * HOUR_MS)


def offline_ms(rng: Random) -> int:
    """How long a phone keeps what was done before it is online again; mostly not at all."""
    return rng.randrange(2, 80) * HOUR_MS if rng.random() < OFFLINE_SHARE else 0


def spoil(message: dict[str, Any], message_id: str, at: int, rng: Random) -> tuple[Any, str]:
    """A broken relative of a Segment message with an id of its own, and the reason it must be set aside for.

    It comes in addition to the good message, so nothing true is lost by refusing it.
    """
    broken = {**message, "messageId": message_id}
    kind = rng.randrange(7)
    if kind == 0:
        broken["userId"] = broken["anonymousId"] = None
        return broken, "no_identifier"
    if kind == 1:
        return {**broken, "type": "track", "event": "", "name": None}, "no_event_name"
    if kind == 2:
        return {**broken, "timestamp": at + (rng.randrange(900, 1_500) * 24 * HOUR_MS)}, "future_time"
    if kind == 3:
        return {**broken, "timestamp": "1970-01-01T00:00:00.000Z"}, "too_old"
    if kind == 4:
        return {**broken, "userId": {"id": broken.get("userId")}}, "wrong_field_type"
    if kind == 5:
        return {**broken, "type": "trak"}, "unknown_type"
    return f"{message.get('type')}:{message_id}", "not_an_object"


def drifted(event: str, properties: dict[str, Any], *, channel: str) -> tuple[str, dict[str, Any]] | None:
    """The event as the new release sends it, or None where the release changed nothing.

    The site turns prices into text and adds a property; the app renames an event and a property.
    """
    if channel == "web" and "price" in properties:
        return event, {**properties, "price": f"{properties['price']:.2f}", "ab_bucket": "B"}
    if channel == "web" and event == "Order Completed":
        return event, {**properties, "revenue": f"{properties['revenue']:.2f}", "total": f"{properties['total']:.2f}"}
    if channel == "app" and event == "Product Viewed":
        renamed = {("productId" if name == "product_id" else name): value for name, value in properties.items()}
        return "product_detail_view", renamed
    return None
