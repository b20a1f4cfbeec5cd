"""A message out of quarantine, as plain values that a repair changes, and back into a message.

What its decoder could use is changed in the canonical shape. What it could not use is changed as the client sent it and
then read by the protocol's decoder again, under the limits that its source has now.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from zuji.collect.decode import posthog, segment, sensors
from zuji.collect.decode.request import BadBody, Decoded, Request
from zuji.terms.message import EMPTY_OBJECT, Message, Protocol, Receipt
from zuji.terms.source import SourceSettings

Object = dict[str, Any]
Decode = Callable[[Request, SourceSettings], Decoded]

_DECODERS: dict[str, tuple[str, Decode]] = {
    "segment": ("/v1/batch", segment.decode),
    "posthog": ("/batch", posthog.decode),
    "sensors": ("/sa", sensors.decode),
}
_ID_FIELDS = {"segment": "messageId", "posthog": "uuid"}
_encode = msgspec.json.Encoder().encode
_decode_object = msgspec.json.Decoder(dict[str, Any]).decode


def is_undecoded(message: Message, protocol: Protocol) -> bool:
    """Whether the decoder could not use a message, so that what was sent is what a repair has to change."""
    return bool(message.problem) and message.raw is not EMPTY_OBJECT and protocol in _DECODERS


def as_object(message: Message, protocol: Protocol) -> Object:
    """What a repair changes. BadBody when what was sent is no JSON object."""
    source = message.raw if is_undecoded(message, protocol) else _encode(message)
    try:
        return _decode_object(source)
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadBody(400, "not_an_object", f"what was sent cannot be read: {error}") from None


def as_message(changed: Object, original: Message, receipt: Receipt, settings: SourceSettings) -> Message:
    """The message that the changed values are; it keeps the id of the original. Its decoder may find a new problem.

    Raises BadBody when the values are no message at all.
    """
    if is_undecoded(original, receipt.protocol):
        return _decoded(changed, original, receipt, settings)
    try:
        message = msgspec.json.decode(_encode(changed), type=Message)
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadBody(400, "wrong_field_type", str(error)) from None
    return msgspec.structs.replace(message, message_id=original.message_id, problem="", detail="")


def _decoded(changed: Object, original: Message, receipt: Receipt, settings: SourceSettings) -> Message:
    protocol = receipt.protocol
    path, decode = _DECODERS[protocol]
    if protocol in _ID_FIELDS:  # one that was too long was shortened when it was put away
        changed = changed | {_ID_FIELDS[protocol]: original.message_id}
    items: Any = [changed] if protocol == "sensors" else {"batch": [changed]}
    [message] = decode(Request("POST", path, {}, {}, _encode(items), receipt.received_at), settings).messages
    return msgspec.structs.replace(message, message_id=original.message_id)
