"""What every decoder promises about any request whatever: a decision, never an accident."""

from __future__ import annotations

import importlib
import json

from zuji.collect.decode.ids import MAX_MESSAGE_ID
from zuji.collect.decode.request import BadBody, Decoded, Overload, ProtocolModule, Request
from zuji.terms.message import Message, decode_messages, encode_messages
from zuji.terms.rejection import REASONS
from zuji.terms.source import SourceSettings
from zuji.terms.webhook import WebhookMapping

MAPPING = WebhookMapping(
    type="$.type",
    event="@.event",
    event_names={"charge.succeeded": "Order Completed"},
    message_id="@.messageId",
    timestamp="@.timestamp",
    user_id="@.userId",
    anonymous_id="@.anonymousId",
    group_id="@.groupId",
    identifiers={"email": "@.properties.email", "phone": "$.phone"},
    properties={"sku": "@.properties.lines[0].sku", "all": "@.properties", "whole": "$", "topic": "header:x-topic"},
    traits={"traits": "@.traits", "first": "$[0]"},
)
"""Reads of the payloads of webhooks whatever can be read."""
LIMITS = SourceSettings(webhook=MAPPING)
_FREE_FORM = ("context", "properties", "traits", "traits_once", "traits_add", "traits_append")


def protocol_module(name: str) -> ProtocolModule:
    """The decoder module of a protocol."""
    module: ProtocolModule = importlib.import_module(f"zuji.collect.decode.{name}")  # type: ignore[assignment]
    return module


def keep_promises(protocol: ProtocolModule, request: Request) -> str:
    """Put the request through everything the gateway would do with it. Returns what became of it."""
    key = protocol.write_key(request)
    assert key is None or isinstance(key, str)
    outcome = decide(protocol, request)
    if isinstance(outcome, BadBody):
        assert 400 <= outcome.status < 500
        assert outcome.code
        assert outcome.message
    else:
        check_decoded(outcome)
    for told in (outcome, Overload("too_many", 1, "later")):
        answer = protocol.answer(request, told)
        assert 200 <= answer.status <= 503
    if isinstance(outcome, BadBody):
        return f"refused: {outcome.code}"
    return "set aside" if any(message.problem for message in outcome.messages) else "kept"


def decide(protocol: ProtocolModule, request: Request) -> Decoded | BadBody:
    """What the decoder makes of it. Any exception but BadBody passes through, and fails whoever asked."""
    try:
        return protocol.decode(request, LIMITS)
    except BadBody as refusal:
        return refusal


def check_decoded(decoded: Decoded) -> None:
    """What is written down can be read again, and the engine will find it whole."""
    again = decode_messages(decoded.body)
    assert _as_written(encode_messages(again)) == _as_written(decoded.body)
    assert [message.message_id for message in again] == [message.message_id for message in decoded.messages]
    for message in decoded.messages:
        check_message(message)


def check_message(message: Message) -> None:
    assert 1 <= len(message.message_id) <= MAX_MESSAGE_ID
    if message.problem:
        assert message.problem in REASONS
        assert bytes(message.raw)
        return
    assert message.type
    assert message.event
    for name in _FREE_FORM:
        assert isinstance(_as_written(bytes(getattr(message, name))), dict)


def _as_written(text: bytes) -> object:
    """The JSON, its numbers as texts: Segment's free-form parts are kept as sent, numbers beyond all bounds too."""
    return json.loads(text, parse_int=str, parse_float=str)
