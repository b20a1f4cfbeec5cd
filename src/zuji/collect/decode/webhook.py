"""Webhooks: whatever a shop, a payment service or a form posts, read by the mapping of its source.

    POST|GET /v1/webhook?writeKey=...        POST|GET /v1/webhook/<write key>

What the mapping cannot read waits in quarantine, whole; the sender is told 200 all the same, because it could only
send the same again. A wrong signature is refused.
"""

from __future__ import annotations

import hashlib
from functools import partial

import msgspec

from zuji.collect.decode import segment
from zuji.collect.decode.answers import error_answer, json_answer, retry_headers
from zuji.collect.decode.item import BadItem, Dialect, Items, rejected, translate_all
from zuji.collect.decode.json_text import whole, write_json
from zuji.collect.decode.request import BadBody, Decoded, Outcome, Request, Response
from zuji.collect.decode.webhook_body import KEY_PARAMETER, document_of
from zuji.collect.decode.webhook_mapping import Payload, id_of, message_of
from zuji.collect.decode.webhook_signature import check_signature
from zuji.terms.json_path import parse_path
from zuji.terms.message import Message
from zuji.terms.source import SourceSettings
from zuji.terms.webhook import UNMAPPED, WebhookMapping

PATH = "/v1/webhook"
MAX_EVENTS = 1_000
"""Of one body. A mapping may put parts of the whole body into each event, so more would blow it up a thousandfold."""

_SUCCESS = json_answer(200, {"success": True})


def decode(request: Request, limits: SourceSettings) -> Decoded:
    """The events of a webhook. Raises BadBody 401 when it is not signed as its source demands."""
    mapping = limits.webhook or UNMAPPED
    if mapping.signature is not None:
        check_signature(request, mapping.signature, limits.webhook_secret)
    document = document_of(request)
    if not document:
        return Decoded.of(())  # somebody asks whether the address is there, or there was nothing to tell
    content_id = _content_id(request, mapping)
    try:
        return Decoded.of(messages_of(Payload(request, document, mapping, content_id, limits)))
    except RecursionError:
        raise BadBody(400, "nested_too_deeply", "the body is nested too deeply to be kept") from None


def write_key(request: Request) -> str | None:
    """The key of the address beats headers: those carry what the sender uses for its own purposes."""
    in_path = request.path.removeprefix(PATH).strip("/")
    return in_path or request.first(KEY_PARAMETER) or segment.write_key(request)


def answer(request: Request, outcome: Outcome) -> Response:
    """Every sender of webhooks tries again after anything but a 2xx; when, Retry-After says."""
    if isinstance(outcome, Decoded):
        return _SUCCESS
    if isinstance(outcome, BadBody):
        return error_answer(outcome)
    said = {"code": outcome.kind, "message": outcome.message}
    return json_answer(429 if outcome.kind == "too_many" else 503, said, *retry_headers(outcome.retry_after_s))


def messages_of(payload: Payload) -> list[Message]:
    """Every event of a body, in order; a bad one as a message that tells its problem. Inputs read theirs so too."""
    items = _spread(payload.document, payload.mapping)
    if isinstance(items, BadItem):
        return [rejected(payload.document, items, _dialect(payload, 0))]
    if len(items) > MAX_EVENTS:
        raise BadBody(413, "too_many_events", f"at most {MAX_EVENTS} events in one body, got {len(items)}")
    messages = [_message(item, place, payload) for place, item in enumerate(items)]
    return _with_their_bodies(messages, items, payload) if payload.mapping.items else messages


def _message(item: object, place: int, payload: Payload) -> Message:
    """One event, good or bad. What is no object has no id of its own to be found; sent again, it is still the same."""
    [message] = translate_all(Items([item], len(payload.request.body)), _dialect(payload, place), payload.limits)
    if isinstance(item, dict):
        return message
    return msgspec.structs.replace(message, message_id=f"{payload.content_id}-{place}")


def _dialect(payload: Payload, place: int) -> Dialect:
    return Dialect(partial(message_of, payload=payload, place=place), partial(id_of, payload=payload, place=place))


def _spread(document: object, mapping: WebhookMapping) -> list[object] | BadItem:
    """The parts of a body that are one event each: what `items` names, else the members of an array, else the body."""
    if not mapping.items:
        return document if isinstance(document, list) else [document]
    found = parse_path(mapping.items).read(document)
    if isinstance(found, list):
        return found
    if isinstance(found, dict):
        return [found]
    return BadItem("wrong_field_type", f"`items`: there is no list at {mapping.items}")


def _with_their_bodies(messages: list[Message], items: list[object], payload: Payload) -> list[Message]:
    """An item that was rejected is kept in its body, without its neighbours: so it can be mended and sent again.

    A body of which much stands beside the items is not repeated for each of them; they are kept alone then.
    """
    place = parse_path(payload.mapping.items)
    beside = len(write_json(place.with_value(payload.document, [])))
    if beside * len(items) > payload.limits.max_body_bytes:
        return messages
    return [
        msgspec.structs.replace(message, raw=whole(place.with_value(payload.document, [item])))
        if message.problem
        else message
        for message, item in zip(messages, items, strict=True)
    ]


def _content_id(request: Request, mapping: WebhookMapping) -> str:
    """The id of what is said: the same when it is sent again, however late and with whatever new signature.

    Of a signed webhook only the body counts, because only the body is signed: a recorded one that comes by another
    address is still the same.
    """
    told = hashlib.blake2b(request.body, digest_size=16)
    if mapping.signature is None:
        told.update(
            write_json(sorted((name, *values) for name, values in request.query.items() if name != KEY_PARAMETER))
        )
    return f"webhook-{told.hexdigest()}"
