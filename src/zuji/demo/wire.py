"""How clients write things down: the Segment message, the 神策 message, the PostHog event.

Shapes as the unmodified SDKs send them, without the fields that nobody reads.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from zuji.demo.people import Device, Person

SITE = "https://shop.zuji-demo.cn"
WEB_LIBRARY = {"name": "analytics.js", "version": "npm:next-1.84.3"}
SERVER_LIBRARY = {"name": "analytics-python", "version": "2.4.0"}


def iso(at: int) -> str:
    """Milliseconds since 1970 as SDKs write a time.

    >>> iso(1_767_225_600_123)
    '2026-01-01T00:00:00.123Z'
    """
    return f"{_minute(at // 60_000)}{at % 60_000 // 1000:02d}.{at % 1000:03d}Z"


@lru_cache(maxsize=8_192)
def _minute(minutes: int) -> str:
    """Formatting a date is dear, and a day has few minutes."""
    return datetime.fromtimestamp(minutes * 60, UTC).strftime("%Y-%m-%dT%H:%M:")


def segment_message(
    kind: str, event: str, message_id: str, at: int, *, anonymous_id: str, user_id: str, context: dict[str, Any],
    properties: dict[str, Any] | None = None, traits: dict[str, Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A message as every Segment client writes it; absent ids travel as null, as the Python clients do."""
    message: dict[str, Any] = {
        "type": kind,
        "messageId": message_id,
        "timestamp": iso(at),
        "anonymousId": anonymous_id or None,
        "userId": user_id or None,
        "context": context,
    }
    if kind == "track":
        message["event"] = event
    elif event != kind:
        message["name"] = event
    if properties is not None:
        message["properties"] = properties
    if traits is not None:
        message["traits"] = traits
    return message


def web_context(person: Person, device: Device, campaign: dict[str, str] | None) -> dict[str, Any]:
    """What a browser SDK adds; the page comes with each message."""
    context: dict[str, Any] = {
        "userAgent": device.make.user_agent,
        "locale": "en-US" if person.language == "en" else "zh-CN",
        "timezone": "Asia/Shanghai",
        "library": WEB_LIBRARY,
        "ip": address_of(person.number),
    }
    if campaign:
        context["campaign"] = campaign
    return context


def app_context(person: Person, device: Device) -> dict[str, Any]:
    """What a mobile SDK adds. Systems that hide the advertising id send one of zeros."""
    make = device.make
    zeros = "00000000-0000-0000-0000-000000000000"
    hardware = {"id": device.device_id, "manufacturer": make.manufacturer, "model": make.model, "type": make.os.lower()}
    if make.os == "iOS":
        hardware["advertisingId"] = zeros
    return {
        "app": {"name": "足迹商城 Zuji Shop", "version": device.app_version, "namespace": "cn.zuji-demo.shop"},
        "device": hardware,
        "os": {"name": make.os, "version": make.os_version},
        "locale": "en-US" if person.language == "en" else "zh-CN",
        "library": {"name": f"analytics-{'ios' if make.os == 'iOS' else 'android'}", "version": "4.1.8"},
        "ip": address_of(person.number),
    }


def page_context(path: str, title: str, referrer: str, search: str = "") -> dict[str, str]:
    """`context.page` of a browser message."""
    return {"path": path, "referrer": referrer, "search": search, "title": title, "url": f"{SITE}{path}{search}"}


def address_of(number: int) -> str:
    """An address out of the range kept for tests between networks (198.18.0.0/15), so that it is nobody's."""
    return f"198.{18 + number // 65_536 % 2}.{number // 256 % 256}.{number % 256}"


def sensors_message(
    kind: str, event: str, at: int, track_id: int, person: Person, device: Device, *, user_id: str,
    properties: dict[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """A message of the 神策 mini-program SDK, with the identities that WeChat gives it."""
    identities = {"$identity_mp_openid": person.openid, "$identity_mp_unionid": person.unionid}
    if user_id:
        identities["$identity_login_id"] = user_id
    message: dict[str, Any] = {
        "identities": identities,
        "distinct_id": user_id or device.anonymous_id,
        "anonymous_id": device.anonymous_id,
        "type": kind,
        "time": at,
        "_track_id": track_id,
        "lib": {"$lib": "MiniProgram", "$lib_method": "code", "$lib_version": "3.20.10"},
        "properties": properties,
    }
    if user_id:
        message["login_id"] = user_id
    if kind == "track_signup":
        message["original_id"] = device.anonymous_id
    if event:
        message["event"] = event
    return message


def sensors_event(openid: str, at: int) -> str:
    """What a 神策 event is called in the truth: its clients give no ids, so by who did it and when."""
    return f"mini-{openid}-{at}"


def posthog_event(event: str, event_id: str, at: int, distinct_id: str, properties: dict[str, Any]) -> dict[str, Any]:
    """An event of posthog-js on the shop's blog."""
    return {
        "uuid": event_id,
        "event": event,
        "distinct_id": distinct_id,
        "timestamp": iso(at),
        "properties": {"$lib": "web", "$lib_version": "1.449.2", **properties},
    }
