"""One Segment message: from the client's JSON to ours, with as little work as there can be.

The hot path of the whole product. Our canonical message has Segment's names, so what a client wrote is checked,
straightened in place and written out again; no second value is made of it. Free-form parts stay raw throughout. Only
the fields named here are ever read: a client cannot say what only a decoder may (`forceMerge`, `problem`, ...).
"""

from __future__ import annotations

from typing import Any

import msgspec

from zuji.collect.decode.ids import MAX_MESSAGE_ID, id_text, new_message_id, shortened_id
from zuji.terms.message import EMPTY_OBJECT, Message, Scalar
from zuji.terms.rejection import Reason

TYPES = frozenset({"track", "identify", "page", "screen", "group", "alias"})

_BRACE, _NULL_BEGINS = b"{n"


class Item(msgspec.Struct, rename="camel", omit_defaults=True, gc=False):
    """A message as Segment and RudderStack clients write it; once it is settled, also as the spool keeps it.

    `null` means absent; unknown fields are let go.
    """

    message_id: Scalar = None
    event: str | None = None
    name: str | None = None
    user_id: Scalar = None
    anonymous_id: Scalar = None
    previous_id: Scalar = None
    group_id: Scalar = None
    timestamp: Scalar = None
    original_timestamp: Scalar = None
    sent_at: Scalar = None
    context: msgspec.Raw = EMPTY_OBJECT
    integrations: msgspec.Raw = EMPTY_OBJECT
    properties: msgspec.Raw = EMPTY_OBJECT
    traits: msgspec.Raw = EMPTY_OBJECT


class TypedItem(Item, rename="camel", omit_defaults=True, gc=False):
    """A message of a batch, which names its type itself."""

    type: str | None = None


class LoneItem(Item, rename="camel", omit_defaults=True, gc=False):
    """A message whose path names its type; what it says itself does not matter."""

    type: Any = None


class Shared(msgspec.Struct, frozen=True, gc=False):
    """What a batch says for all of its messages; each message's own lies above it, part by part."""

    context: dict[str, msgspec.Raw] = {}
    integrations: dict[str, msgspec.Raw] = {}


class Unusable(Exception):
    """One message cannot be used; its neighbours can."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason: Reason = reason
        self.detail = detail


_decode_typed = msgspec.json.Decoder(TypedItem).decode
_decode_parts = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_anything = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode


def read_item(raw: msgspec.Raw, shared: Shared | None, max_bytes: int) -> TypedItem | Message:
    """One message of a batch: good, or with its problem."""
    try:
        if len(raw) > max_bytes:
            raise Unusable("event_too_big", f"{len(raw)} bytes, this source allows {max_bytes}")
        item = _decode_typed(raw)
        kind = item.type
        if kind not in TYPES:
            kind = item.type = _known_type(kind)
        settle(item, kind, shared)
    except Unusable as error:
        return as_problem(bytes(raw), error.reason, error.detail)
    except (msgspec.DecodeError, RecursionError) as error:
        reason: Reason = "wrong_field_type" if bytes(raw).lstrip()[:1] == b"{" else "not_an_object"
        return as_problem(bytes(raw), reason, str(error))
    return item


def settle(item: Item, kind: str, shared: Shared | None) -> None:
    """Check what makes a message usable, and bring it into our shape. What is usual already is only looked at."""
    _settle_ids(item)
    if item.user_id is None and item.anonymous_id is None:
        raise Unusable("no_identifier", "neither userId nor anonymousId")
    if not item.event or item.name is not None:
        item.event, item.name = item.event or item.name, None
        if not item.event:
            if kind == "track":
                raise Unusable("no_event_name", "a track message needs `event`")
            item.event = kind
    if item.original_timestamp is not None:
        item.timestamp, item.original_timestamp = item.original_timestamp, None
    if item.properties is not EMPTY_OBJECT:
        item.properties = _object(item.properties, "properties")
    if item.traits is not EMPTY_OBJECT:
        item.traits = _object(item.traits, "traits")
    if item.context is not EMPTY_OBJECT:
        item.context = _object(item.context, "context")
    if shared is not None or item.integrations is not EMPTY_OBJECT:
        item.context = _surroundings(item, shared or _NOTHING_SHARED)
        item.integrations = EMPTY_OBJECT


def as_problem(raw: bytes, reason: Reason, detail: str) -> Message:
    """The message as a case for quarantine: whole, with what can be read of its name and id."""
    try:
        seen = _decode_anything(raw)
    except (msgspec.DecodeError, RecursionError):
        seen = None
    fields = seen if isinstance(seen, dict) else {}
    message_id = _readable_text(fields.get("messageId")) or new_message_id()
    return Message(
        type=_readable_text(fields.get("type"))[:MAX_MESSAGE_ID],
        message_id=message_id if len(message_id) <= MAX_MESSAGE_ID else shortened_id(message_id),
        event=_readable_text(fields.get("event"))[:MAX_MESSAGE_ID],
        user_id=_readable_text(fields.get("userId"))[:MAX_MESSAGE_ID],
        anonymous_id=_readable_text(fields.get("anonymousId"))[:MAX_MESSAGE_ID],
        problem=reason,
        detail=detail[:500],
        raw=msgspec.Raw(raw),
    )


def parts_of(raw: msgspec.Raw) -> dict[str, msgspec.Raw]:
    """The members of a JSON object, unread; none when it is no object."""
    if raw is EMPTY_OBJECT:
        return {}
    try:
        return _decode_parts(raw)
    except msgspec.DecodeError:
        return {}


_NOTHING_SHARED = Shared()


def _settle_ids(item: Item) -> None:
    """Ids as texts, blanks as absent. Nearly all of them are good texts already, so the test stands before the call."""
    known = item.user_id
    if known is not None and (not isinstance(known, str) or not known or known.isspace()):
        item.user_id = id_text(known) or None
    known = item.anonymous_id
    if known is not None and (not isinstance(known, str) or not known or known.isspace()):
        item.anonymous_id = id_text(known) or None
    if item.previous_id is not None:
        item.previous_id = id_text(item.previous_id) or None
    if item.group_id is not None:
        item.group_id = id_text(item.group_id) or None
    message_id = item.message_id
    if not isinstance(message_id, str) or not message_id or message_id.isspace():
        message_id = item.message_id = id_text(message_id) or new_message_id()
    if len(message_id) > MAX_MESSAGE_ID:
        raise Unusable("bad_message_id", f"{len(message_id)} characters, {MAX_MESSAGE_ID} are allowed")


def _known_type(name: str | None) -> str:
    """The type under another spelling; some clients begin it with a capital."""
    if name is not None and (kind := name.lower()) in TYPES:
        return kind
    raise Unusable("unknown_type", f"type is {name!r:.100}, known are {', '.join(sorted(TYPES))}")


def _object(raw: msgspec.Raw, field: str) -> msgspec.Raw:
    """A free-form part of a message: an object, or nothing."""
    begin = memoryview(raw)[0]
    if begin == _BRACE:
        return raw
    if begin == _NULL_BEGINS:
        return EMPTY_OBJECT
    raise Unusable("wrong_field_type", f"`{field}` is not an object")


def _surroundings(item: Item, shared: Shared) -> msgspec.Raw:
    """The message's context over the batch's, and in it the integrations, which say who else was to get the event.

    They are kept because a client's word about its data is worth keeping; what is no object of them is let go. A
    context that has a member of that name keeps its own.
    """
    integrations = shared.integrations | parts_of(item.integrations)
    added = shared.context | ({"integrations": msgspec.Raw(_encode(integrations))} if integrations else {})
    return msgspec.Raw(_encode(added | parts_of(item.context))) if added else item.context


def _readable_text(value: object) -> str:
    return id_text(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
