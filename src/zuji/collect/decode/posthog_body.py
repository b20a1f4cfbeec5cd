"""How PostHog clients wrap their events, and where they put the project's key.

A body is JSON, gzipped JSON without a header that says so, or a form whose `data` is base64. Inside is a batch, a
single event, or a bare array of events. The key is `api_key` or `token`: of the body, of each event, of each event's
properties, of the form, of the query, or a bearer token.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from zuji.collect.decode.item import Item, Items, counted
from zuji.collect.decode.json_text import read_json
from zuji.collect.decode.request import Request
from zuji.collect.decode.wrapping import from_base64, read_form
from zuji.collect.inflate import gunzip, looks_gzipped
from zuji.collect.refusal import BadBody
from zuji.terms.message import Scalar

KEY_NAMES = ("api_key", "token")
_JSON_BEGINNINGS = (b"{", b"[")


class _Front(msgspec.Struct):
    api_key: Any = None
    token: Any = None


_decode_front = msgspec.json.Decoder(_Front).decode


class Envelope(NamedTuple):
    """An opened body: its events, whether the client meant one event alone, when it was sent, and the keys it names."""

    items: Items
    alone: bool
    sent_at: Scalar
    keys: frozenset[str]


def open_body(request: Request, cap: int) -> Envelope:
    """The events of a request with what belongs to all of them. Raises BadBody when there is nothing to read."""
    plain, keys = _unwrapped(request, cap)
    value = read_json(plain)
    size = len(plain)
    if isinstance(value, list):
        return Envelope(counted(Items(value, size)), False, _sent_at({}, request), keys)
    if not isinstance(value, dict):
        raise BadBody(400, "not_an_object", "the body must be an event, a batch of events, or an array of them")
    sent_at = _sent_at(value, request)
    keys |= keys_of(value)
    if "batch" not in value:
        return Envelope(Items([value], size), True, sent_at, keys)
    batch = value["batch"]
    if not isinstance(batch, list):
        raise BadBody(400, "not_a_batch", "`batch` must be an array of events")
    return Envelope(counted(Items(batch, size)), False, sent_at, keys)


def key_at_the_front(body: bytes) -> str | None:
    """The key of a plain JSON body that names one, without reading its events.

    >>> key_at_the_front(b'{"batch": [{"event": "e"}], "api_key": "k"}')
    'k'
    """
    if looks_gzipped(body):
        return None
    try:
        front = _decode_front(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    keys = {key for key in (front.api_key, front.token) if isinstance(key, str) and key}
    return keys.pop() if len(keys) == 1 else None


def keys_of(item: Item) -> frozenset[str]:
    """The keys an object names itself.

    >>> sorted(keys_of({"api_key": "a", "token": "b", "event": "e"}))
    ['a', 'b']
    """
    return frozenset(key for name in KEY_NAMES if isinstance(key := item.get(name), str) and key)


def keys_of_events(items: Items) -> frozenset[str]:
    """The keys that events name one by one, in themselves or in their properties."""
    found: set[str] = set()
    for item in items.values:
        if isinstance(item, dict):
            properties = item.get("properties")
            found |= keys_of(item)
            found |= keys_of(properties) if isinstance(properties, dict) else frozenset()
    return frozenset(found)


def _unwrapped(request: Request, cap: int) -> tuple[bytes, frozenset[str]]:
    """The JSON of the body or, without one, of the query; and the keys that stand beside it."""
    body = request.body.strip()
    if looks_gzipped(body):
        body = gunzip(body, cap).strip()
    if body.startswith(_JSON_BEGINNINGS):
        return body, frozenset()
    if b"data=" in body[:4096]:
        form = read_form(body)
        keys = frozenset(key.decode("utf-8", "replace") for name in KEY_NAMES for key in form.get(name, ()) if key)
        wrapped = form["data"][0] if "data" in form else b""
    else:
        keys = frozenset()
        wrapped = body or (request.first("data") or "").encode("utf-8", "replace")
    return _unwrap(wrapped, cap), keys


def _unwrap(wrapped: bytes, cap: int) -> bytes:
    """`data` is base64 of JSON, base64 of gzipped JSON, or plain JSON in a form."""
    data = wrapped.strip()
    if not data:
        raise BadBody(400, "empty_body", 'the body is empty; send {"api_key": ..., "batch": [...]}')
    if data.startswith(_JSON_BEGINNINGS):
        return data
    plain = from_base64(data)
    return gunzip(plain, cap) if looks_gzipped(plain) else plain


def _sent_at(body: Item, request: Request) -> Scalar:
    """When the client sent it, by its own clock: the newest statement there is.

    The v1 endpoint repeats `created_at` on every attempt but stamps each attempt in a header; old browser clients
    say it in the query.
    """
    for value in (
        body.get("sent_at"),
        request.headers.get("posthog-request-timestamp"),
        request.first("_"),
        body.get("created_at"),
    ):
        if isinstance(value, str | int | float) and not isinstance(value, bool) and value != "":
            return value
    return None
