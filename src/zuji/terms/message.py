"""What a client said, in one shape whatever protocol it spoke: the Segment message, canonical for us.

A decoder in `collect` turns a request into messages; the spool keeps them as JSON; the engine reads them back with
`decode_messages`. Free-form parts (`context`, `properties`, `traits`) stay raw JSON until somebody needs a field of
them, which keeps the gateway fast.
"""

from __future__ import annotations

from typing import Literal

import msgspec

MessageType = Literal["track", "identify", "page", "screen", "group", "alias", "profile", "unbind", "decision"]
"""`profile` = a trait update without identify; `unbind` = identifiers leave a profile; `decision` = an operator's."""

Protocol = Literal[
    "segment", "sensors", "posthog", "webhook", "snowplow", "ga4", "matomo", "mixpanel", "input", "decision"
]
"""`input` = what an input of the operator brought, which no client posted."""
KeyKind = Literal["public", "secret", "operator"]

EMPTY_OBJECT = msgspec.Raw(b"{}")
Scalar = str | int | float | None


class Message(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel", gc=False):
    """One thing a client said. Names and meanings are Segment's; other protocols are translated to it.

    `timestamp` and `sent_at` are as the client gave them (ISO text, or a number of milliseconds since 1970).
    `identifiers` are further (type, value) pairs, such as 神策 identities or a PostHog distinct id.
    `anonymous_identifiers` are the pairs of the side that was anonymous (`$anon_distinct_id`, `original_id`, ...).
    A message that its decoder had to reject carries `problem` (a reason of `terms.rejection`), `detail` and `raw`.
    """

    type: str = ""
    message_id: str = ""
    event: str = ""
    user_id: str = ""
    anonymous_id: str = ""
    previous_id: str = ""
    group_id: str = ""
    identifiers: tuple[tuple[str, str], ...] = ()
    anonymous_identifiers: tuple[tuple[str, str], ...] = ()
    timestamp: Scalar = None
    sent_at: Scalar = None
    context: msgspec.Raw = EMPTY_OBJECT
    properties: msgspec.Raw = EMPTY_OBJECT
    traits: msgspec.Raw = EMPTY_OBJECT
    traits_once: msgspec.Raw = EMPTY_OBJECT
    traits_add: msgspec.Raw = EMPTY_OBJECT
    traits_append: msgspec.Raw = EMPTY_OBJECT
    traits_unset: tuple[str, ...] = ()
    delete_traits: bool = False
    force_merge: bool = False
    library: str = ""
    library_version: str = ""
    problem: str = ""
    detail: str = ""
    raw: msgspec.Raw = EMPTY_OBJECT


class Receipt(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What the gateway knew about the request that brought some messages. Stored beside them in the spool.

    `received_at` is milliseconds since 1970 by the server's clock. `sent_at` is the batch's, as sent, or None: it wins
    over the messages' own. `ip` is the client's address (empty when unknown), `user_agent` the request header.
    `from_browser` says that the request carried an Origin or came by beacon or pixel, so its address is the person's.
    """

    workspace: str
    source: str
    key: KeyKind
    protocol: Protocol
    received_at: int
    sent_at: Scalar = None
    ip: str = ""
    user_agent: str = ""
    from_browser: bool = False


_messages_decoder = msgspec.json.Decoder(tuple[Message, ...])
_messages_encoder = msgspec.json.Encoder()
_receipt_decoder = msgspec.msgpack.Decoder(Receipt)
_receipt_encoder = msgspec.msgpack.Encoder()


def encode_messages(messages: list[Message] | tuple[Message, ...]) -> bytes:
    """The messages of one request as a JSON array."""
    return _messages_encoder.encode(messages)


def decode_messages(body: bytes) -> tuple[Message, ...]:
    """The inverse of `encode_messages`. Raises msgspec.DecodeError when the bytes are damaged."""
    return _messages_decoder.decode(body)


def encode_receipt(receipt: Receipt) -> bytes:
    """The receipt as MessagePack."""
    return _receipt_encoder.encode(receipt)


def decode_receipt(data: bytes) -> Receipt:
    """The inverse of `encode_receipt`."""
    return _receipt_decoder.decode(data)
