"""Stored events as the API tells them: plain values, personal ones masked where the role asks for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zuji.api.stored_json import told
from zuji.govern.masking import mask_identifier, mask_ip, mask_text
from zuji.terms.event import Flag

Told = TypeVar("Told")
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


class EventAnswer(msgspec.Struct, gc=False):
    """An event as `wire.EventOut` describes it; encoded without checks, since it comes from our own store."""

    position: int
    event_id: str
    type: str
    event: str
    occurred_at: str
    received_at: str
    person: int
    anchor: int
    source: str
    channel: str
    key: str
    identifiers: list[dict[str, str]]
    flags: list[str]
    flag_reason: str
    purposes: list[str]
    amount: str | None
    currency: str
    properties: msgspec.Raw
    context: msgspec.Raw
    columns: dict[str, str]


def events_out(page: pa.Table, people: Sequence[int], *, shown: bool) -> list[EventAnswer]:
    """The events of a page with the person of each. Without `shown`, personal values are masked.

    Column by column, which takes a third of the time that a dictionary per event does.
    """
    if not page.num_rows:
        return []
    identifiers = page["identifiers"].to_pylist()
    parts = {
        "occurred_at": _times(page["occurred_at"]),
        "received_at": _times(page["received_at"]),
        "person": people,
        "identifiers": identifiers if shown else [_masked_identifiers(held) for held in identifiers],
        "flags": _each_once(page["flags"], flags_of),
        "amount": [None if amount is None else str(amount) for amount in page["amount"].to_pylist()],
        "properties": _each_once(page["properties"], partial(told, shown=shown)),
        "context": _each_once(page["context"], partial(told, shown=shown)),
        "columns": _standard_columns(page, shown=shown),
    }
    fields = EventAnswer.__struct_fields__
    return list(map(EventAnswer, *(parts[name] if name in parts else page[name].to_pylist() for name in fields)))


def _times(column: pa.ChunkedArray) -> list[str]:
    """As `wire.iso` writes them."""
    return [text + "Z" for text in np.datetime_as_string(column.to_numpy(), unit="ms").tolist()]


def _each_once(column: pa.ChunkedArray, answer: Callable[[Any], Told]) -> list[Told]:
    """The answer to each value, worked out once per distinct one: clients repeat themselves."""
    answers: dict[Any, Told] = {}
    values = column.to_pylist()
    for value in values:
        if value not in answers:
            answers[value] = answer(value)
    return [answers[value] for value in values]


def _standard_columns(page: pa.Table, *, shown: bool) -> list[dict[str, str]]:
    """The standard columns of each event that are set."""
    told_columns: list[dict[str, str]] = [{} for _ in range(page.num_rows)]
    for name in STANDARD_COLUMNS:
        column = page[name]
        if not pc.max(pc.binary_length(column)).as_py():
            continue
        values = column.to_pylist() if shown else _each_once(column, mask_ip if name == "ip" else mask_text)
        for told_of, value in zip(told_columns, values, strict=True):
            if value:
                told_of[name] = value
    return told_columns


def _masked_identifiers(held: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{"type": one["type"], "value": mask_identifier(one["type"], one["value"])} for one in held]
