"""The Measurement Protocol of Google Analytics 4: `POST /mp/collect`, and `/debug/mp/collect`, which only checks.

Its senders are servers that look at no answer. So `/mp/collect` says 204 as Google does, whatever came; and since
nobody hears of a mistake there, what cannot be used waits in quarantine, whole. Google's own limits (25 events, 130 KB)
are told by the checks alone: more is taken.
"""

from __future__ import annotations

import hashlib
from functools import partial
from typing import NamedTuple

import msgspec

from zuji.collect.decode.answers import json_answer, retry_headers
from zuji.collect.decode.ga4_checks import Complaint, complaints_about
from zuji.collect.decode.ga4_event import Frame, profile_of, traits_of, translate
from zuji.collect.decode.item import BadItem, Dialect, Item, Items, counted, rejected, translate_all
from zuji.collect.decode.json_text import read_json, whole, write_json
from zuji.collect.decode.request import BadBody, Decoded, Outcome, Request, Response
from zuji.terms.message import EMPTY_OBJECT, Message
from zuji.terms.source import SourceSettings

DEBUG_PATH = "/debug/mp/collect"
_HONEST = frozenset({408, 413})
"""What did not arrive whole cannot wait anywhere: that is told even here."""


class _Body(NamedTuple):
    """A readable body: its events, what they share, and what else stands in it."""

    events: Items
    frame: Frame
    beside: Item


def decode(request: Request, limits: SourceSettings) -> Decoded:
    """The events of a request; of a body that cannot be read, the body as one case for quarantine."""
    if request.path == DEBUG_PATH:
        return Decoded.of(())
    try:
        return Decoded.of(_messages(request, limits))
    except RecursionError:
        raise BadBody(400, "nested_too_deeply", "the body is nested too deeply to be kept") from None


def write_key(request: Request) -> str | None:
    """The `api_secret` is the write key."""
    return request.first("api_secret") or request.first("writeKey")


def answer(request: Request, outcome: Outcome) -> Response:
    """204, as Google says; `x-refused` tells those who look that nothing was kept. Without room: 503, honestly."""
    if request.path == DEBUG_PATH and not isinstance(outcome, Decoded | BadBody):
        return json_answer(503, {"validationMessages": []}, *retry_headers(outcome.retry_after_s))
    if request.path == DEBUG_PATH:
        refused = [Complaint("api_secret", outcome.message, "VALUE_INVALID")] if isinstance(outcome, BadBody) else []
        told = [complaint.document for complaint in (*refused, *complaints_about(request.body))]
        return json_answer(200, {"validationMessages": told})
    if isinstance(outcome, Decoded):
        return Response(204)
    if isinstance(outcome, BadBody):
        return Response(outcome.status if outcome.status in _HONEST else 204, (("x-refused", outcome.code),))
    return Response(503, retry_headers(outcome.retry_after_s))


def _messages(request: Request, limits: SourceSettings) -> list[Message]:
    digest = hashlib.blake2b(request.body, digest_size=16).hexdigest()
    try:
        value: object = read_json(request.body)
    except BadBody as problem:
        text = request.body.decode("utf-8", "replace")
        return [rejected(text, BadItem("not_an_object", problem.message), _nameless(digest))]
    try:
        body = _opened(value, request)
    except BadItem as problem:
        return [rejected(value, problem, _nameless(digest))]
    messages = [_message(item, place, body, limits) for place, item in enumerate(body.events.values)]
    return _with_traits(_with_their_bodies(messages, body, limits), body)


def _opened(value: object, request: Request) -> _Body:
    if not isinstance(value, dict):
        raise BadItem("not_an_object", "the body must be an object with `client_id` and `events`")
    events = value.get("events")
    if not isinstance(events, list):
        raise BadItem("wrong_field_type", "`events` must be an array")
    beside = {name: part for name, part in value.items() if name != "events"}
    frame = Frame.of(beside, request)
    if not events:
        if frame.user_properties and (frame.user_id or frame.anonymous_id):
            return _Body(Items([], len(request.body)), frame, beside)
        raise BadItem("no_event_name", "the body brings no event, and no user properties of somebody either")
    return _Body(counted(Items(events, len(request.body))), frame, beside)


def _message(item: object, place: int, body: _Body, limits: SourceSettings) -> Message:
    dialect = Dialect(partial(translate, frame=body.frame, place=place), lambda _: "")
    return translate_all(Items([item], body.events.size), dialect, limits)[0]


def _with_their_bodies(messages: list[Message], body: _Body, limits: SourceSettings) -> list[Message]:
    """A rejected event is kept in its body, without its neighbours: who it is about stands there.

    A body of which much stands beside the events is not repeated for each of them; they are kept alone then.
    """
    if len(write_json(body.beside)) * len(messages) > limits.max_body_bytes:
        return messages
    return [
        msgspec.structs.replace(message, raw=whole({**body.beside, "events": [item]})) if message.problem else message
        for message, item in zip(messages, body.events.values, strict=True)
    ]


def _with_traits(messages: list[Message], body: _Body) -> list[Message]:
    """The user properties are stated once: by the first good event, or on their own when there is none."""
    if (traits := traits_of(body.frame)) is EMPTY_OBJECT:
        return messages
    for place, message in enumerate(messages):
        if not message.problem:
            messages[place] = msgspec.structs.replace(message, traits=traits)
            return messages
    return messages or [profile_of(body.frame, traits)]


def _nameless(digest: str) -> Dialect:
    """For a body that cannot be opened: sent again it is held once."""
    return Dialect(lambda _: Message(), lambda _: f"ga4-{digest}")
