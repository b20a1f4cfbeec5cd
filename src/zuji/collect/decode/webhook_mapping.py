"""One event of a webhook as a message, field by field as the mapping of its source says."""

from __future__ import annotations

from typing import cast

import msgspec

from zuji.collect.decode.ids import MAX_MESSAGE_ID, id_text, shortened_id
from zuji.collect.decode.item import BadItem, Item, text_of, time, written
from zuji.collect.decode.request import Request
from zuji.terms.json_path import JsonPath
from zuji.terms.message import Message, MessageType
from zuji.terms.source import SourceSettings
from zuji.terms.webhook import WEBHOOK_TYPES, FromRequest, WebhookMapping, reading_of

_ABOUT_AN_EVENT = frozenset({"track", "page", "screen"})
"""Of these a payload without further mapping is the properties; of the others nothing is guessed to be a trait."""


class Payload(msgspec.Struct, frozen=True):
    """What is the same for all events of a body. `content_id`: for those that have no id of their own."""

    request: Request
    document: object
    mapping: WebhookMapping
    content_id: str
    limits: SourceSettings


def message_of(item: Item, *, payload: Payload, place: int) -> Message:
    """The message of one item. Raises BadItem for what makes it unusable."""
    mapping = payload.mapping
    kind = _type_of(item, payload)
    user_id, anonymous_id, previous_id, group_id = (
        _id(item, payload, name) for name in ("user_id", "anonymous_id", "previous_id", "group_id")
    )
    identifiers = tuple(
        (name, value)
        for name, expression in mapping.identifiers.items()
        if (value := text_of(_read(expression, item, payload), f"identifiers.{name}"))
    )
    if not (user_id or anonymous_id or identifiers or (kind == "group" and group_id)):
        raise BadItem("no_identifier", "the mapping finds nobody in the payload")
    properties = _fields(mapping.properties, item, payload)
    if not mapping.properties and kind in _ABOUT_AN_EVENT:
        properties = item
    return Message(
        type=kind,
        message_id=_message_id(item, payload, place),
        event=_event_of(kind, item, payload),
        user_id=user_id,
        anonymous_id=anonymous_id,
        previous_id=previous_id,
        group_id=group_id,
        identifiers=identifiers,
        timestamp=time({"timestamp": _read(mapping.timestamp, item, payload)}, "timestamp") or None,
        properties=_kept(properties, payload),
        traits=_kept(_fields(mapping.traits, item, payload), payload),
    )


def id_of(item: Item, *, payload: Payload, place: int) -> str:
    """The id of an item that was rejected: whatever can be read, else what its content gives."""
    try:
        return _message_id(item, payload, place)
    except BadItem:
        return f"{payload.content_id}-{place}"


def _read(expression: str, item: Item, payload: Payload) -> object:
    """The value that an expression means for one item."""
    reading = reading_of(expression)
    if isinstance(reading, JsonPath):
        return reading.read(payload.document if reading.root == "$" else item)
    if isinstance(reading, FromRequest):
        request = payload.request
        return request.headers.get(reading.name) if reading.place == "header" else request.first(reading.name)
    return reading.text


def _id(item: Item, payload: Payload, name: str) -> str:
    return text_of(_read(getattr(payload.mapping, name), item, payload), name)


def _fields(fields: dict[str, str], item: Item, payload: Payload) -> Item:
    """The values of a free-form part; what the payload does not have is left out."""
    values = ((name, _read(expression, item, payload)) for name, expression in fields.items())
    return {name: value for name, value in values if value is not None}


def _kept(values: Item, payload: Payload) -> msgspec.Raw:
    """A free-form part, no larger than an event may be: a mapping can repeat one value under many names."""
    text = written(values)
    if (size := memoryview(text).nbytes) > payload.limits.max_event_bytes:
        raise BadItem("event_too_big", f"{size} bytes, this source allows {payload.limits.max_event_bytes}")
    return text


def _type_of(item: Item, payload: Payload) -> MessageType:
    found = text_of(_read(payload.mapping.type, item, payload), "type") or "track"
    if found not in WEBHOOK_TYPES:
        raise BadItem("unknown_type", f"type is {found[:100]!r}, a webhook may bring {', '.join(WEBHOOK_TYPES)}")
    return cast(MessageType, found)


def _event_of(kind: str, item: Item, payload: Payload) -> str:
    """The event's name as it is called elsewhere. Only a track needs one."""
    name = text_of(_read(payload.mapping.event, item, payload), "event")
    if not name and kind == "track":
        raise BadItem("no_event_name", "the mapping finds no name of the event in the payload")
    return payload.mapping.event_names.get(name, name) or kind


def _message_id(item: Item, payload: Payload, place: int) -> str:
    """The sender's id of the event, or one made of the content.

    An id that stands beside the items, not in each, is the same for all of them; the place tells them apart.
    """
    expression = payload.mapping.message_id
    value = _read(expression, item, payload)
    found = id_text(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
    if not found:
        return f"{payload.content_id}-{place}"
    if item is not payload.document and not expression.startswith("@"):
        found = f"{found}-{place}"
    return found if len(found) <= MAX_MESSAGE_ID else shortened_id(found)
