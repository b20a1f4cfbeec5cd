"""Finished rows of the event table for the yardstick of raw inserts: as wide as what the load makes of an event."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from zuji.store.schema import EVENT_SCHEMA

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
TEXTS: dict[str, str] = {
    "workspace": "default",
    "type": "track",
    "event": "Product Viewed",
    "source": "3f0c1d9a5b7e4f0f9d2a7c6b5e4d3c2b",
    "channel": "web",
    "key": "public",
    "url": "https://shop.zuji-demo.cn/product/p117",
    "url_host": "shop.zuji-demo.cn",
    "url_path": "/product/p117",
    "page_title": "Zuji Shop",
    "device_type": "desktop",
    "os": "Windows",
    "browser": "Chrome",
    "library": "analytics.js",
    "locale": "zh-CN",
    "user_agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36",
    "currency": "CNY",
    "product_id": "p117",
    "properties": '{"currency":"CNY","name":"龙井 Longjing green tea","price":128.5,"product_id":"p117","quantity":1}',
    "context": '{"locale":"zh-CN","page":{"path":"/product/p117","title":"Zuji Shop"}}',
}


def finished_rows(count: int, *, first: int) -> pa.Table:
    """`count` rows with positions from `first` on."""
    columns: dict[str, Any] = {}
    for field in EVENT_SCHEMA:
        columns[field.name] = pa.array([_value(field, first + row) for row in range(count)], field.type)
    return pa.table(columns, schema=EVENT_SCHEMA)


def _value(field: pa.Field, number: int) -> object:
    if field.name == "position":
        return number << 20
    if field.name == "anchor":
        return 1 + number * 2_654_435_761 % 100_000
    if field.name == "event_id":
        return f"{number:012x}-{number % 100:03d}"
    if field.name == "identifiers":
        return [{"type": "anonymous_id", "value": f"a{number % 100_000:08d}"}]
    if field.name == "purposes":
        return ["analytics", "marketing", "personalisation", "risk", "service"]
    if pa.types.is_timestamp(field.type):
        return NOW
    if pa.types.is_integer(field.type):
        return 0
    if pa.types.is_decimal(field.type):
        return None
    return TEXTS.get(field.name, "")
