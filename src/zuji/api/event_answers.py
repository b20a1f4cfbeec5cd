"""Stored events as the API tells them: plain values, personal ones masked where the role asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pyarrow as pa

from zuji.api.wire import iso
from zuji.govern.masking import mask_identifier, mask_ip, mask_text, mask_value
from zuji.terms.event import Flag

STANDARD_COLUMNS = (
    "group_id", "url", "url_host", "url_path", "page_title", "referrer", "referrer_host", "utm_source", "utm_medium",
    "utm_campaign", "utm_term", "utm_content", "device_type", "device_model", "os", "os_version", "browser",
    "browser_version", "app_name", "app_version", "library", "library_version", "locale", "user_agent", "region_code",
    "ip", "product_id", "category", "element", "text_ref",
)  # fmt: skip
"""Told under `columns`, where they are set."""

FLAG_NAMES = tuple((int(flag), str(flag.name).lower()) for flag in Flag)


def flags_of(number: int) -> list[str]:
    """The names of the flags that are set.

    >>> flags_of(6)
    ['robot', 'late']
    """
    return [name for bit, name in FLAG_NAMES if number & bit]


def events_out(page: pa.Table, people: Sequence[int], *, shown: bool) -> list[dict[str, Any]]:
    """The events of a page with the person of each. Without `shown`, personal values are masked."""
    times = {name: page[name].cast(pa.int64()).to_pylist() for name in ("occurred_at", "received_at")}
    rows = page.drop_columns(list(times)).to_pylist()
    told = []
    for index, row in enumerate(rows):
        event = _event_out(row, people[index])
        event |= {name: iso(values[index]) for name, values in times.items()}
        told.append(event if shown else masked(event))
    return told


def _event_out(row: dict[str, Any], person: int) -> dict[str, Any]:
    return {
        "position": row["position"],
        "event_id": row["event_id"],
        "type": row["type"],
        "event": row["event"],
        "person": person,
        "anchor": row["anchor"],
        "source": row["source"],
        "channel": row["channel"],
        "key": row["key"],
        "identifiers": [{"type": one["type"], "value": one["value"]} for one in row["identifiers"]],
        "flags": flags_of(row["flags"]),
        "flag_reason": row["flag_reason"],
        "purposes": row["purposes"],
        "amount": None if row["amount"] is None else str(row["amount"]),
        "currency": row["currency"],
        "properties": _json(row["properties"]),
        "context": _json(row["context"]),
        "columns": {name: row[name] for name in STANDARD_COLUMNS if row[name]},
    }


def masked(event: dict[str, Any]) -> dict[str, Any]:
    """The same event for a role that may not read personal values."""
    columns = {name: mask_text(value) for name, value in event["columns"].items()}
    if "ip" in columns:
        columns["ip"] = mask_ip(event["columns"]["ip"])
    identifiers = [
        {"type": one["type"], "value": mask_identifier(one["type"], one["value"])} for one in event["identifiers"]
    ]
    return event | {
        "identifiers": identifiers,
        "columns": columns,
        "properties": mask_value(event["properties"]),
        "context": mask_value(event["context"]),
    }


def _json(text: str) -> Any:
    return msgspec.json.decode(text) if text else {}
