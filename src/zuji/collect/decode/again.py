"""A message out of quarantine, as plain values that a repair changes, and back into a message.

What its decoder could use is changed in the canonical shape. What it could not use is changed as the client sent it and
then read by the protocol's decoder again, under the limits that its source has now.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from zuji.collect.decode import ga4, matomo, mixpanel, posthog, segment, sensors, snowplow, webhook
from zuji.collect.decode.request import BadBody, Decoded, Request
from zuji.terms.message import EMPTY_OBJECT, Message, Protocol, Receipt
from zuji.terms.source import SourceSettings

Object = dict[str, Any]
Decode = Callable[[Request, SourceSettings], Decoded]


class _Again(NamedTuple):
    """How one item of a protocol is read once more: where it goes, wrapped in what, and which field is its id."""

    decode: Decode
    path: Callable[[Object], str]
    wrapped: Callable[[Object], object]
    id_field: str = ""


def _unsigned(request: Request, settings: SourceSettings) -> Decoded:
    """A webhook whose signature was good when it came."""
    mapping = settings.webhook and msgspec.structs.replace(settings.webhook, signature=None)
    return webhook.decode(request, msgspec.structs.replace(settings, webhook=mapping))


def _mixpanel_path(item: Object) -> str:
    """Events, groups and people go to different paths, which an item tells apart by its fields."""
    if "event" in item or "properties" in item:
        return "/track"
    return "/groups" if "$group_key" in item else "/engage"


_AGAIN: dict[str, _Again] = {
    "segment": _Again(segment.decode, lambda _: "/v1/batch", lambda item: {"batch": [item]}, "messageId"),
    "posthog": _Again(posthog.decode, lambda _: "/batch", lambda item: {"batch": [item]}, "uuid"),
    "sensors": _Again(sensors.decode, lambda _: "/sa", lambda item: [item]),
    "webhook": _Again(_unsigned, lambda _: "/v1/webhook", lambda item: item),
    "snowplow": _Again(
        snowplow.decode, lambda _: "/com.snowplowanalytics.snowplow/tp2", lambda i: {"data": [i]}, "eid"
    ),
    "ga4": _Again(ga4.decode, lambda _: "/mp/collect", lambda item: item),
    "matomo": _Again(matomo.decode, lambda _: "/matomo.php", lambda item: {"requests": [item]}),
    "mixpanel": _Again(mixpanel.decode, _mixpanel_path, lambda item: [item]),
}
_encode = msgspec.json.Encoder().encode
_decode_object = msgspec.json.Decoder(dict[str, Any]).decode


def is_undecoded(message: Message, protocol: Protocol) -> bool:
    """Whether the decoder could not use a message, so that what was sent is what a repair has to change."""
    return bool(message.problem) and message.raw is not EMPTY_OBJECT and protocol in _AGAIN


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
    again = _AGAIN[receipt.protocol]
    if again.id_field:  # one that was too long was shortened when it was put away
        changed = changed | {again.id_field: original.message_id}
    body = _encode(again.wrapped(changed))
    request = Request("POST", again.path(changed), {}, {}, body, receipt.received_at)
    messages = again.decode(request, settings).messages
    if len(messages) != 1:
        raise BadBody(400, "not_one_message", f"what was sent is {len(messages)} messages now; it must be one")
    return msgspec.structs.replace(messages[0], message_id=original.message_id)
