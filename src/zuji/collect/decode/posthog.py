"""PostHog's capture API, the part that brings events: `/batch`, `/e`, `/i/v0/e`, `/capture`, and the v1 endpoint."""

from __future__ import annotations

from functools import partial

from zuji.collect.decode.answers import json_answer, retry_headers
from zuji.collect.decode.item import Dialect, first_problem, translate_all
from zuji.collect.decode.posthog_body import KEY_NAMES, key_at_the_front, keys_of_events, open_body
from zuji.collect.decode.posthog_documents import document as document
from zuji.collect.decode.posthog_event import Frame, id_of, translate
from zuji.collect.decode.request import BadBody, Decoded, Outcome, Request, Response
from zuji.terms.message import Message
from zuji.terms.source import SourceSettings

V1_PATH = "/i/v1/analytics/events"

_LARGEST_BODY = SourceSettings().max_body_bytes
"""The key is looked for before the source, and so its limit, is known."""


def decode(request: Request, limits: SourceSettings) -> Decoded:
    """The messages of a request. One event alone that cannot be used is refused; in a batch it is only set aside."""
    envelope = open_body(request, limits.max_body_bytes)
    frame = Frame(
        sent_at=envelope.sent_at,
        received_at=request.received_at,
        identified_is_user=limits.distinct_id_is_user_id,
        library=_sdk_of(request.headers.get("posthog-sdk-info", "")),
    )
    messages = translate_all(envelope.items, Dialect(partial(translate, frame=frame), id_of), limits)
    if envelope.alone and (bad := first_problem(messages)) is not None:
        raise BadBody(400, bad.problem, bad.detail)
    return Decoded.of(messages, envelope.sent_at)


def write_key(request: Request) -> str | None:
    """The one key that a request names, wherever that is; None when it names none, or several."""
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and bearer.strip():
        return bearer.strip()
    if request.path == V1_PATH:
        return None
    if (key := key_at_the_front(request.body)) is not None:
        return key
    try:
        envelope = open_body(request, _LARGEST_BODY)
    except BadBody:
        return _key_in_query(request)
    keys = envelope.keys or frozenset(filter(None, [_key_in_query(request)])) or keys_of_events(envelope.items)
    return next(iter(keys)) if len(keys) == 1 else None


def answer(request: Request, outcome: Outcome) -> Response:
    """As PostHog answers. Overload is always a 503: its browser client drops the events on a 429."""
    if isinstance(outcome, Decoded):
        return json_answer(200, _results(outcome) if request.path == V1_PATH else {"status": 1})
    if isinstance(outcome, BadBody):
        return _error(outcome.status, outcome.code, outcome.message)
    return _error(503, outcome.kind, outcome.message, *retry_headers(outcome.retry_after_s))


def _key_in_query(request: Request) -> str | None:
    return next((key for name in KEY_NAMES if (key := request.first(name))), None)


def _sdk_of(header: str) -> tuple[str, str]:
    """The v1 endpoint moves the client's name and version to a header: `posthog-python/7.91.1`."""
    name, _, version = header.strip()[:100].partition("/")
    return name, version


def _results(decoded: Decoded) -> dict[str, dict[str, dict[str, str]]]:
    """The v1 endpoint answers for each event: the client drops, or reports, what was not taken."""
    return {"results": {message.message_id: _result(message) for message in decoded.messages}}


def _result(message: Message) -> dict[str, str]:
    if message.problem:
        return {"result": "drop", "details": f"{message.problem}: {message.detail}"}
    return {"result": "ok"}


def _error(status: int, code: str, message: str, *headers: tuple[str, str]) -> Response:
    """`detail` is what the Python client shows, `error` what it shows of the v1 endpoint."""
    words = {"type": "validation_error", "code": code, "message": message, "detail": message, "error": message}
    return json_answer(status, words, *headers)
