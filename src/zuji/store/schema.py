"""The columns of our tables, as Arrow types: what writers fill and readers get back.

The event store's own declaration is `migrations/events/*.sql`; a test compares the two.
"""

from __future__ import annotations

import pyarrow as pa

_time = pa.timestamp("ms", tz="UTC")
_identifiers = pa.list_(pa.struct([pa.field("type", pa.string()), pa.field("value", pa.string())]))

EVENT_SCHEMA = pa.schema(
    [
        ("workspace", pa.string()),
        ("anchor", pa.uint64()),
        ("occurred_at", _time),
        ("position", pa.uint64()),
        ("event_id", pa.string()),
        ("type", pa.string()),
        ("event", pa.string()),
        ("received_at", _time),
        ("source", pa.string()),
        ("channel", pa.string()),
        ("key", pa.string()),
        ("identifiers", _identifiers),
        ("group_id", pa.string()),
        ("url", pa.string()),
        ("url_host", pa.string()),
        ("url_path", pa.string()),
        ("page_title", pa.string()),
        ("referrer", pa.string()),
        ("referrer_host", pa.string()),
        ("utm_source", pa.string()),
        ("utm_medium", pa.string()),
        ("utm_campaign", pa.string()),
        ("utm_term", pa.string()),
        ("utm_content", pa.string()),
        ("device_type", pa.string()),
        ("device_model", pa.string()),
        ("os", pa.string()),
        ("os_version", pa.string()),
        ("browser", pa.string()),
        ("browser_version", pa.string()),
        ("app_name", pa.string()),
        ("app_version", pa.string()),
        ("library", pa.string()),
        ("library_version", pa.string()),
        ("locale", pa.string()),
        ("user_agent", pa.string()),
        ("region_code", pa.string()),
        ("ip", pa.string()),
        ("amount", pa.decimal128(18, 6)),
        ("currency", pa.string()),
        ("product_id", pa.string()),
        ("category", pa.string()),
        ("element", pa.string()),
        ("text_ref", pa.string()),
        ("properties", pa.string()),
        ("context", pa.string()),
        ("flags", pa.uint32()),
        ("flag_reason", pa.string()),
        ("purposes", pa.list_(pa.string())),
    ]
)
"""One row per event. `anchor` is filled after identity is resolved, every other column by cleaning."""

EVENT_COLUMNS: tuple[str, ...] = tuple(EVENT_SCHEMA.names)

PEOPLE_SCHEMA = pa.schema(
    [("workspace", pa.string()), ("anchor", pa.uint64()), ("person", pa.uint64()), ("version", pa.uint64())]
)
"""Rows of `profile_now`: the newest version of an anchor wins."""

SLICE_SCHEMA = pa.schema(
    [
        ("workspace", pa.string()),
        ("anchor", pa.uint64()),
        ("from_ms", pa.int64()),
        ("to_ms", pa.int64()),
        ("person", pa.uint64()),
        ("version", pa.uint64()),
    ]
)
"""Rows of `owner_slice`: the stretches of one anchor come together, with one version."""
