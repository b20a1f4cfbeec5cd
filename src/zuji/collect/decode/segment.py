"""The Segment HTTP API, which RudderStack speaks too: one message, or a batch of them.

A body is cut into raw items first, which is cheap and gives each item's size; then each item is read by itself
(`segment_message`), so that a bad one spoils nothing.
"""

from __future__ import annotations

import binascii
from typing import Any

import msgspec

from zuji.collect.decode.answers import PIXEL, error_answer, json_answer, retry_headers
from zuji.collect.decode.pixel import message_of_query
from zuji.collect.decode.request import BadBody, Decoded, Outcome, Request, Response
from zuji.collect.decode.segment_message import (
    TYPES,
    LoneItem,
    Shared,
    Unusable,
    as_problem,
    parts_of,
    read_item,
    settle,
)
from zuji.terms.message import EMPTY_OBJECT, Message, Scalar
from zuji.terms.source import SourceSettings

MAX_ITEMS = 1 << 17
"""More than that many useful messages do not fit a body of 5 MB; items like `1,1,1` would be blown up a hundredfold."""

_TYPE_OF_PATH = {f"/v1/{name}": kind for kind in TYPES for name in (kind, kind[0])}
_PIXEL_PATHS = {"/pixel/v1/track": "track", "/pixel/v1/page": "page"}
_TYPE_OF_PATH.update(_PIXEL_PATHS)
_IMPORT_PATH = "/v1/import"

_SUCCESS = json_answer(200, {"success": True})
_NULL = msgspec.Raw(b"null")


class _Envelope(msgspec.Struct, rename="camel", gc=False):
    """The body of a batch. `context` and `integrations` are merged under each message's own."""

    batch: list[msgspec.Raw] | None = None
    sent_at: msgspec.Raw = _NULL
    context: msgspec.Raw = EMPTY_OBJECT
    integrations: msgspec.Raw = EMPTY_OBJECT


class _Keyed(msgspec.Struct, rename="camel", gc=False):
    write_key: Any = None


_decode_envelope = msgspec.json.Decoder(_Envelope).decode
_decode_keyed = msgspec.json.Decoder(_Keyed).decode
_decode_lone = msgspec.json.Decoder(LoneItem).decode
_scalar_decoder: msgspec.json.Decoder[Scalar] = msgspec.json.Decoder(Scalar)
_decode_raw = msgspec.json.Decoder(msgspec.Raw).decode


def decode(request: Request, limits: SourceSettings) -> Decoded:
    """The messages of a request. For `/v1/<type>` the path names the type, whatever the message says."""
    sent_at: Scalar = request.headers.get("sentat")
    if (path_type := _TYPE_OF_PATH.get(request.path)) is not None:
        body = message_of_query(request.query) if request.path in _PIXEL_PATHS else _readable(request.body)
        return Decoded.of([_decode_alone(body, path_type, limits)], sent_at)
    envelope = _open_envelope(_readable(request.body))
    shared, most = _shared(envelope), limits.max_event_bytes
    items = [read_item(raw, shared, most) for raw in envelope.batch or ()]
    if request.path == _IMPORT_PATH:
        # History keeps its own times: a sentAt copied from the first sending would move it to today.
        return Decoded.of([msgspec.structs.replace(item, sent_at=None) for item in items])
    return Decoded.of(items, _lenient_scalar(envelope.sent_at) or sent_at)


def write_key(request: Request) -> str | None:
    """The key, from the strongest place to the weakest.

    A header beats the body because jitsu sends `"writeKey":"***"` in the body beside the true key in X-Write-Key.
    """
    headers = request.headers
    return (
        headers.get("x-write-key")
        or _authorized_key(headers.get("authorization", ""))
        or request.first("writeKey")
        or _key_in_body(request.body)
    )


def answer(request: Request, outcome: Outcome) -> Response:
    """As Segment answers; a pixel is always an image, whatever became of it."""
    if request.path in _PIXEL_PATHS:
        return PIXEL
    if isinstance(outcome, Decoded):
        return _SUCCESS
    if isinstance(outcome, BadBody):
        return error_answer(outcome)
    headers = retry_headers(outcome.retry_after_s)
    said = {"code": outcome.kind, "message": outcome.message}
    if outcome.kind == "too_many":
        return json_answer(429, said, *headers, ("x-ratelimit-reset", headers[0][1]))
    return json_answer(503, said, *headers)


def _readable(body: bytes) -> bytes:
    """The body as valid UTF-8. A text cut in the middle of a character is no reason to lose its neighbours."""
    if body.isascii():
        return body
    try:
        body.decode()
    except UnicodeDecodeError:
        return body.decode(errors="replace").encode()
    return body


def _open_envelope(body: bytes) -> _Envelope:
    """The batch, cut into raw items."""
    if not body.strip():
        raise BadBody(400, "empty_body", 'the body is empty; send {"batch": [...]}')
    try:
        envelope = _decode_envelope(body)
    except msgspec.ValidationError as error:
        raise BadBody(400, "not_a_batch", f'expected {{"batch": [...]}}: {error}') from None
    except (msgspec.DecodeError, RecursionError) as error:
        raise _invalid_json(error) from None
    if not envelope.batch:
        raise BadBody(400, "empty_batch", 'there is no message in the batch; send {"batch": [...]}')
    if len(envelope.batch) > MAX_ITEMS:
        raise BadBody(413, "too_many_messages", f"a batch may hold {MAX_ITEMS} messages, got {len(envelope.batch)}")
    return envelope


def _invalid_json(error: Exception) -> BadBody:
    return BadBody(400, "invalid_json", f"the body is not valid JSON: {error}")


def _decode_alone(body: bytes, path_type: str, limits: SourceSettings) -> LoneItem | Message:
    """The one message of `/v1/<type>`. Too big is told at once here: there are no neighbours to save."""
    if len(body) > limits.max_event_bytes:
        message = f"a message of this source may have {limits.max_event_bytes} bytes, this one has {len(body)}"
        raise BadBody(400, "event_too_big", message)
    if not body.strip():
        raise BadBody(400, "empty_body", "the body is empty; send one JSON object")
    if body.lstrip()[:1] != b"{":
        raise BadBody(400, "not_an_object", "the body is not a JSON object")
    try:
        item = _decode_lone(body)
        item.type = path_type
        settle(item, path_type, None)
    except msgspec.ValidationError as error:
        _check_json(body)
        return as_problem(body, "wrong_field_type", str(error))
    except (msgspec.DecodeError, RecursionError) as error:
        raise _invalid_json(error) from None
    except Unusable as error:
        return as_problem(body, error.reason, error.detail)
    return item


def _check_json(body: bytes) -> None:
    """Decoding stops at the first field of a wrong type; what follows may be no JSON, and would spoil what is kept."""
    try:
        _decode_raw(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise _invalid_json(error) from None


def _shared(envelope: _Envelope) -> Shared | None:
    """What the batch says for all its messages, if anything."""
    shared = Shared(parts_of(envelope.context), parts_of(envelope.integrations))
    return shared if shared.context or shared.integrations else None


def _lenient_scalar(raw: msgspec.Raw) -> Scalar:
    """A batch's sentAt; one of a wrong type is as good as none, and no reason to refuse the batch."""
    try:
        return _scalar_decoder.decode(raw)
    except msgspec.DecodeError:
        return None


def _authorized_key(header: str) -> str | None:
    """The user name of Basic, or the token of Bearer."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() != "basic":
        return None
    try:
        return binascii.a2b_base64(value.strip()).decode().partition(":")[0]
    except (binascii.Error, ValueError):
        return None


def _key_in_body(body: bytes) -> str | None:
    try:
        key = _decode_keyed(body).write_key
    except (msgspec.DecodeError, RecursionError):
        return None
    return key if isinstance(key, str) else None
