"""Snowplow trackers, protocol 2: `POST /com.snowplowanalytics.snowplow/tp2`, and `GET /i` as an image.

An event's application id is the write key, because trackers have no other place for one. Who keeps real application
ids puts the key into the address of the collector (`?writeKey=`).
"""

from __future__ import annotations

from typing import Any

import msgspec

from zuji.collect.decode.answers import PIXEL, error_answer, json_answer, retry_headers
from zuji.collect.decode.item import Dialect, Items, counted, translate_all
from zuji.collect.decode.json_text import read_json
from zuji.collect.decode.request import BadBody, Decoded, Outcome, Request, Response
from zuji.collect.decode.snowplow_event import id_of, translate
from zuji.terms.source import SourceSettings

PIXEL_PATH = "/i"
KEY_PARAMETER = "writeKey"

_OK = Response(200, (("content-type", "text/plain; charset=utf-8"),), b"ok")


class _Keyed(msgspec.Struct, gc=False):
    aid: Any = None


class _Envelope(_Keyed, gc=False):
    data: list[_Keyed] = msgspec.field(default_factory=list)


_decode_keys = msgspec.json.Decoder(_Envelope).decode


def decode(request: Request, limits: SourceSettings) -> Decoded:
    """The events of a request. Each says itself when it was sent."""
    key = request.first(KEY_PARAMETER)
    return Decoded.of(translate_all(_items(request), Dialect(lambda item: translate(item, key=key), id_of), limits))


def write_key(request: Request) -> str | None:
    """The key of the address, else the one application id that all events name."""
    if key := request.first(KEY_PARAMETER):
        return key
    if not request.body:
        return request.first("aid")
    keys = _application_ids(request.body)
    return next(iter(keys)) if len(keys) == 1 else None


def answer(request: Request, outcome: Outcome) -> Response:
    """Trackers keep what was not answered with 2xx and send it again later, after a 429 too."""
    if isinstance(outcome, Decoded):
        return PIXEL if request.method == "GET" else _OK
    if isinstance(outcome, BadBody):
        return error_answer(outcome)
    said = {"code": outcome.kind, "message": outcome.message}
    return json_answer(429 if outcome.kind == "too_many" else 503, said, *retry_headers(outcome.retry_after_s))


def _items(request: Request) -> Items:
    """The events: of the body, or the one in the parameters of the address."""
    body = request.body.strip()
    if not body:
        event = {name: values[0] for name, values in request.query.items() if name != KEY_PARAMETER and values}
        return counted(Items([event] if event else [], 0))
    value = read_json(body)
    if not isinstance(value, dict):
        raise BadBody(400, "not_an_object", 'the body must be {"schema": ..., "data": [...]}')
    if "data" not in value:
        return Items([value], len(body))
    data = value["data"]
    if not isinstance(data, list):
        raise BadBody(400, "not_a_batch", "`data` must be an array of events")
    return counted(Items(data, len(body)))


def _application_ids(body: bytes) -> set[str]:
    """What the events name as their application. Where one event is odd the fast reader fails; then all are read."""
    try:
        envelope = _decode_keys(body)
        found = [envelope.aid, *(event.aid for event in envelope.data)]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        found = [item.get("aid") for item in _events_of(body) if isinstance(item, dict)]
    return {aid for aid in found if isinstance(aid, str) and aid}


def _events_of(body: bytes) -> list[object]:
    try:
        value = read_json(body)
    except BadBody:
        return []
    data = value.get("data") if isinstance(value, dict) else None
    return data if isinstance(data, list) else []
