"""One item of a batch, field by field: what it has, what is wrong with it, and how it is handed on when it is bad."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import msgspec

from zuji.collect.decode.ids import MAX_MESSAGE_ID, id_text, new_message_id, shortened_id
from zuji.collect.decode.json_text import MAX_DEPTH, too_deep, whole, write_json
from zuji.collect.refusal import BadBody
from zuji.terms.error import BadRequest
from zuji.terms.message import EMPTY_OBJECT, Message, Scalar
from zuji.terms.rejection import Reason
from zuji.terms.source import SourceSettings

Item = dict[str, object]


class Items(NamedTuple):
    """The items of a request, and the bytes of JSON they were read from."""

    values: list[object]
    size: int


class Dialect(NamedTuple):
    """How a protocol reads one item: `id_of` never fails, so that a rejected item keeps its id too (empty = none)."""

    translate: Callable[[Item], Message]
    id_of: Callable[[Item], str]


MAX_ITEMS = 50_000
"""More useful items than that do not fit a body of 5 MB; `[1,1,1,...]` would be blown up a hundredfold in memory."""

_DETAIL_LENGTH = 500


class BadItem(BadRequest):
    """One item cannot be used; its neighbours can."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason: Reason = reason
        self.detail = detail


def text(item: Item, name: str) -> str:
    """A field that holds a name or an id. Numbers become text in their shortest form; null is absent.

    >>> text({"distinct_id": 5.0}, "distinct_id"), text({}, "distinct_id")
    ('5', '')
    """
    return text_of(item.get(name), name)


def text_of(value: object, name: str) -> str:
    """The same of a value in hand; `name` is what it is called when it is wrong."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise BadItem("wrong_field_type", f"`{name}` must be a text, got {_kind(value)}")
    return id_text(value)


def time(item: Item, name: str) -> Scalar:
    """A field that holds a time: text or number, as sent."""
    value = item.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int | float | None):
        raise BadItem("wrong_field_type", f"`{name}` must be a time, got {_kind(value)}")
    return value


def parts(item: Item, name: str) -> Item:
    """A field that holds an object; null is absent.

    >>> parts({"properties": None}, "properties")
    {}
    """
    value = item.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadItem("wrong_field_type", f"`{name}` must be an object, got {_kind(value)}")
    return value


def written(value: Item) -> msgspec.Raw:
    """A free-form part of a message, as JSON; nothing is the shared empty object.

    >>> bytes(written({"a": 1})), written({}) is EMPTY_OBJECT
    (b'{"a":1}', True)
    """
    if not value:
        return EMPTY_OBJECT
    text = write_json(value)
    if too_deep(value, text):
        raise BadItem("wrong_field_type", f"nested deeper than {MAX_DEPTH} levels")
    return msgspec.Raw(text)


def checked_id(message_id: str) -> str:
    """A message id as the client chose it, or a new one when it chose none."""
    if len(message_id) > MAX_MESSAGE_ID:
        raise BadItem("bad_message_id", f"{len(message_id)} characters, {MAX_MESSAGE_ID} are allowed")
    return message_id or new_message_id()


def counted(items: Items) -> Items:
    """The same items, if they are neither none nor too many to look at one by one."""
    if not items.values:
        raise BadBody(400, "empty_batch", "there is no event in the body")
    if len(items.values) > MAX_ITEMS:
        raise BadBody(413, "too_many_events", f"at most {MAX_ITEMS} events in one request, got {len(items.values)}")
    return items


def translate_all(items: Items, dialect: Dialect, limits: SourceSettings) -> list[Message]:
    """Every item as a message, in order; a bad one as a message that tells its problem.

    Items are measured only when the whole body could hide one that is too big.
    """
    most_bytes = limits.max_event_bytes if items.size > limits.max_event_bytes else None
    try:
        return [_translate_one(item, dialect, most_bytes) for item in items.values]
    except RecursionError:
        # Just shallow enough to be read, too deep to be written: nothing that a client sends.
        raise BadBody(400, "nested_too_deeply", f"an event may be nested {MAX_DEPTH} levels deep") from None


def first_problem(messages: Iterable[Message]) -> Message | None:
    """The first message that its decoder had to reject, if any."""
    return next((message for message in messages if message.problem), None)


def _translate_one(item: object, dialect: Dialect, most_bytes: int | None) -> Message:
    try:
        if not isinstance(item, dict):
            raise BadItem("not_an_object", f"an event must be an object, got {_kind(item)}")
        if most_bytes is not None and (size := len(write_json(item))) > most_bytes:
            raise BadItem("event_too_big", f"{size} bytes, this source allows {most_bytes}")
        return dialect.translate(item)
    except BadItem as problem:
        return rejected(item, problem, dialect)


def rejected(item: object, problem: BadItem, dialect: Dialect) -> Message:
    """The item as a case for quarantine: whole, with what can be read of its id and name."""
    fields: Item = item if isinstance(item, dict) else {}
    message_id = (dialect.id_of(fields) if fields else "") or new_message_id()
    return Message(
        message_id=message_id if len(message_id) <= MAX_MESSAGE_ID else shortened_id(message_id),
        event=name[:MAX_MESSAGE_ID] if isinstance(name := fields.get("event"), str) else "",
        problem=problem.reason,
        detail=problem.detail[:_DETAIL_LENGTH],
        raw=whole(item),
    )


def _kind(value: object) -> str:
    """What JSON calls the type of a value."""
    names: dict[type, str] = {bool: "a boolean", dict: "an object", list: "an array", str: "a text", type(None): "null"}
    return names.get(type(value), "a number")
