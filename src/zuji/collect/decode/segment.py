"""The Segment HTTP API, which RudderStack speaks too: one message, or a batch of them.

The hot path of the whole product. A body is cut into raw items first, which is cheap and gives each item's size;
then each item is decoded by itself, so that a bad one spoils nothing. Free-form parts stay raw.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

import msgspec

from zuji.collect.decode.answers import PIXEL, error_answer, json_answer, retry_headers
from zuji.collect.decode.ids import MAX_MESSAGE_ID, id_text, new_message_id, shortened_id
from zuji.collect.decode.pixel import message_of_query
from zuji.collect.decode.request import BadBody, Decoded, Outcome, Request, Response
from zuji.terms.message import EMPTY_OBJECT, Message, Scalar
from zuji.terms.rejection import Reason
from zuji.terms.source import SourceSettings

TYPES = frozenset({"track", "identify", "page", "screen", "group", "alias"})
MAX_ITEMS = 1 << 17
"""More than that many useful messages do not fit a body of 5 MB; items like `1,1,1` would be blown up a hundredfold."""

_TYPE_OF_PATH = {f"/v1/{name}": kind for kind in TYPES for name in (kind, kind[0])}
_PIXEL_PATHS = {"/pixel/v1/track": "track", "/pixel/v1/page": "page"}
_TYPE_OF_PATH.update(_PIXEL_PATHS)
_IMPORT_PATH = "/v1/import"

_SUCCESS = json_answer(200, {"success": True})
_NULL = msgspec.Raw(b"null")
_BRACE, _NULL_BEGINS = b"{n"


class _Item(msgspec.Struct, rename="camel", gc=False):
    """One message as Segment and RudderStack clients write it. `null` means absent; unknown fields are let go."""

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
    properties: msgspec.Raw = EMPTY_OBJECT
    traits: msgspec.Raw = EMPTY_OBJECT


class _TypedItem(_Item, rename="camel", gc=False):
    """A message of a batch, which names its type itself."""

    type: str | None = None


class _Envelope(msgspec.Struct, rename="camel", gc=False):
    """The body of a batch. `context` is merged under each message's own."""

    batch: list[msgspec.Raw] | None = None
    sent_at: msgspec.Raw = _NULL
    context: msgspec.Raw = EMPTY_OBJECT


class _Keyed(msgspec.Struct, rename="camel", gc=False):
    write_key: Any = None


class _Library(msgspec.Struct, frozen=True, gc=False):
    name: str = ""
    version: str = ""


_NO_LIBRARY = _Library()


class _Context(msgspec.Struct, gc=False):
    library: _Library = _NO_LIBRARY


class _Unusable(Exception):
    """One message cannot be used; its neighbours can."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason: Reason = reason
        self.detail = detail


_decode_envelope = msgspec.json.Decoder(_Envelope).decode
_decode_keyed = msgspec.json.Decoder(_Keyed).decode
_decode_single = msgspec.json.Decoder(_Item).decode
_decode_typed = msgspec.json.Decoder(_TypedItem).decode
_decode_library = msgspec.json.Decoder(_Context).decode
_scalar_decoder: msgspec.json.Decoder[Scalar] = msgspec.json.Decoder(Scalar)
_decode_parts = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_anything = msgspec.json.Decoder().decode
_decode_raw = msgspec.json.Decoder(msgspec.Raw).decode
_encode = msgspec.json.Encoder().encode

Parts = dict[str, msgspec.Raw]


def decode(request: Request, limits: SourceSettings) -> Decoded:
    """The messages of a request. For `/v1/<type>` the path names the type, whatever the message says."""
    sent_at: Scalar = request.headers.get("sentat")
    if (path_type := _TYPE_OF_PATH.get(request.path)) is not None:
        body = message_of_query(request.query) if request.path in _PIXEL_PATHS else _readable(request.body)
        return Decoded.of([_decode_alone(body, path_type, limits)], sent_at)
    envelope = _open_envelope(_readable(request.body))
    shared = _shared_context(envelope.context)
    messages = [_decode_item(raw, shared, limits.max_event_bytes) for raw in envelope.batch or ()]
    if request.path == _IMPORT_PATH:
        # History keeps its own times: a sentAt copied from the first sending would move it to today.
        return Decoded.of([msgspec.structs.replace(message, sent_at=None) for message in messages])
    return Decoded.of(messages, _lenient_scalar(envelope.sent_at) or sent_at)


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


def _decode_alone(body: bytes, path_type: str, limits: SourceSettings) -> Message:
    """The one message of `/v1/<type>`. Too big is told at once here: there are no neighbours to save."""
    if len(body) > limits.max_event_bytes:
        message = f"a message of this source may have {limits.max_event_bytes} bytes, this one has {len(body)}"
        raise BadBody(400, "event_too_big", message)
    if not body.strip():
        raise BadBody(400, "empty_body", "the body is empty; send one JSON object")
    if body.lstrip()[:1] != b"{":
        raise BadBody(400, "not_an_object", "the body is not a JSON object")
    try:
        return _to_message(_decode_single(body), path_type, None)
    except msgspec.ValidationError as error:
        _check_json(body)
        return _problem(body, "wrong_field_type", str(error))
    except (msgspec.DecodeError, RecursionError) as error:
        raise _invalid_json(error) from None
    except _Unusable as error:
        return _problem(body, error.reason, error.detail)


def _check_json(body: bytes) -> None:
    """Decoding stops at the first field of a wrong type; what follows may be no JSON, and would spoil what is kept."""
    try:
        _decode_raw(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise _invalid_json(error) from None


def _decode_item(raw: msgspec.Raw, shared: Parts | None, max_bytes: int) -> Message:
    """One message of a batch: good, or with its problem."""
    try:
        if len(raw) > max_bytes:
            raise _Unusable("event_too_big", f"{len(raw)} bytes, this source allows {max_bytes}")
        item = _decode_typed(raw)
        kind = item.type
        return _to_message(item, kind if kind in TYPES else _known_type(kind), shared)
    except _Unusable as error:
        return _problem(bytes(raw), error.reason, error.detail)
    except (msgspec.DecodeError, RecursionError) as error:
        reason: Reason = "wrong_field_type" if bytes(raw).lstrip()[:1] == b"{" else "not_an_object"
        return _problem(bytes(raw), reason, str(error))


def _to_message(item: _Item, kind: str, shared: Parts | None) -> Message:
    """Check what makes a message usable, and bring it into our shape."""
    user_id, anonymous_id = id_text(item.user_id), id_text(item.anonymous_id)
    if not user_id and not anonymous_id:
        raise _Unusable("no_identifier", "neither userId nor anonymousId")
    event = item.event or item.name or ""
    if not event:
        if kind == "track":
            raise _Unusable("no_event_name", "a track message needs `event`")
        event = kind
    message_id = id_text(item.message_id) or new_message_id()
    if len(message_id) > MAX_MESSAGE_ID:
        raise _Unusable("bad_message_id", f"{len(message_id)} characters, {MAX_MESSAGE_ID} are allowed")
    context, library = _context_of(item.context, shared)
    properties, traits, previous_id, group_id = item.properties, item.traits, item.previous_id, item.group_id
    return Message(
        type=kind,
        message_id=message_id,
        event=event,
        user_id=user_id,
        anonymous_id=anonymous_id,
        previous_id="" if previous_id is None else id_text(previous_id),
        group_id="" if group_id is None else id_text(group_id),
        timestamp=item.timestamp if item.original_timestamp is None else item.original_timestamp,
        sent_at=item.sent_at,
        context=context,
        properties=properties if properties is EMPTY_OBJECT else _object(properties, "properties"),
        traits=traits if traits is EMPTY_OBJECT else _object(traits, "traits"),
        library=library.name,
        library_version=library.version,
    )


def _known_type(name: str | None) -> str:
    """The type under another spelling; some clients begin it with a capital."""
    if name is not None and (kind := name.lower()) in TYPES:
        return kind
    raise _Unusable("unknown_type", f"type is {name!r:.100}, known are {', '.join(sorted(TYPES))}")


def _object(raw: msgspec.Raw, field: str) -> msgspec.Raw:
    """A free-form part of a message: an object, or nothing."""
    begin = memoryview(raw)[0]
    if begin == _BRACE:
        return raw
    if begin == _NULL_BEGINS:
        return EMPTY_OBJECT
    raise _Unusable("wrong_field_type", f"`{field}` is not an object")


def _context_of(raw: msgspec.Raw, shared: Parts | None) -> tuple[msgspec.Raw, _Library]:
    """The context, over the batch's, and the client's name and version in it.

    Whatever else stands in the place of the library is not worth a rejection. Where it can be read, the context has
    been found to be an object by that.
    """
    if shared is not None:
        raw = _merge(shared, _object(raw, "context"))
    if raw is EMPTY_OBJECT:
        return raw, _NO_LIBRARY
    try:
        return raw, _decode_library(raw).library
    except (msgspec.DecodeError, RecursionError):
        return _object(raw, "context"), _NO_LIBRARY


def _shared_context(raw: msgspec.Raw) -> Parts | None:
    """The batch's context, if it has one to give."""
    if raw is EMPTY_OBJECT:
        return None
    try:
        return _decode_parts(raw) or None
    except msgspec.DecodeError:
        return None


def _merge(shared: Parts, own: msgspec.Raw) -> msgspec.Raw:
    """The batch's context under the message's own, part by part."""
    return msgspec.Raw(_encode(shared | _decode_parts(own)))


def _problem(raw: bytes, reason: Reason, detail: str) -> Message:
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


def _readable_text(value: object) -> str:
    return id_text(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


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
        return base64.b64decode(value.strip()).decode().partition(":")[0]
    except (binascii.Error, ValueError):
        return None


def _key_in_body(body: bytes) -> str | None:
    try:
        key = _decode_keyed(body).write_key
    except (msgspec.DecodeError, RecursionError):
        return None
    return key if isinstance(key, str) else None
