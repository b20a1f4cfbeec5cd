"""Matomo's HTTP tracking API: `/matomo.php` and `/piwik.php`, one request as a query or a form, or many in bulk.

The write key is the `token_auth`, or the site's id, which is all that a page has; or stands in the address.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl

from zuji.collect.decode.answers import PIXEL, error_answer, json_answer, retry_headers
from zuji.collect.decode.item import Dialect, Item, Items, counted, translate_all
from zuji.collect.decode.json_text import read_json
from zuji.collect.decode.matomo_request import id_of, translate
from zuji.collect.decode.request import BadBody, Decoded, Outcome, Request, Response
from zuji.collect.decode.wrapping import MAX_ESCAPES
from zuji.terms.source import SourceSettings

MAX_PARAMETERS = 1_000
"""Of one request: a thousand custom dimensions is the most that Matomo knows."""
_SECRETS = ("token_auth", "writeKey")


class _Opened(NamedTuple):
    """The requests in a body, and the token that stands beside them."""

    values: list[object]
    token: str = ""


def decode(request: Request, limits: SourceSettings) -> Decoded:
    """The events of a request."""
    values = [_without_secrets(value) for value in _open(request).values]
    items = counted(Items(values, len(request.body)))
    dialect = Dialect(lambda item: translate(item, received_at=request.received_at), id_of)
    return Decoded.of(translate_all(items, dialect, limits))


def write_key(request: Request) -> str | None:
    """The key from the surest place to the weakest; None when several sites or tokens are named."""
    if key := request.first("writeKey") or request.first("token_auth"):
        return key
    try:
        opened = _open(request)
    except BadBody:
        return None
    if opened.token:
        return opened.token
    for name in ("token_auth", "idsite"):
        named = {str(value[name]) for value in opened.values if isinstance(value, dict) and value.get(name)}
        if named:
            return named.pop() if len(named) == 1 else None
    return None


def answer(request: Request, outcome: Outcome) -> Response:
    """An image, nothing for who wants none, and a count for bulk. These clients send nothing twice: 503 says it."""
    if _is_bulk(request.body):
        return _bulk_answer(outcome)
    if isinstance(outcome, Decoded):
        return Response(204) if request.first("send_image") == "0" or b"send_image=0" in request.body else PIXEL
    if isinstance(outcome, BadBody):
        return error_answer(outcome)
    return json_answer(503, {"code": outcome.kind, "message": outcome.message}, *retry_headers(outcome.retry_after_s))


def _bulk_answer(outcome: Outcome) -> Response:
    if isinstance(outcome, Decoded):
        bad = [place for place, message in enumerate(outcome.messages) if message.problem]
        told = {"status": "success", "tracked": outcome.count - len(bad), "invalid": len(bad), "invalid_indices": bad}
        return json_answer(200, told)
    if isinstance(outcome, BadBody):
        failed = {"status": "error", "tracked": 0, "code": outcome.code, "message": outcome.message}
        return json_answer(outcome.status, failed)
    failed = {"status": "error", "tracked": 0, "code": outcome.kind, "message": outcome.message}
    return json_answer(503, failed, *retry_headers(outcome.retry_after_s))


def _is_bulk(body: bytes) -> bool:
    return body.lstrip()[:1] == b"{"


def _open(request: Request) -> _Opened:
    """Every request in a request: those of a bulk body, or the parameters of the address over those of the body."""
    if not _is_bulk(request.body):
        told = {name: values[0] for name, values in request.query.items() if values}
        item = {**_parameters(request.body.decode("utf-8", "replace")), **told}
        return _Opened([item] if item else [])
    value = read_json(request.body)
    requests = value.get("requests") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(requests, list):
        raise BadBody(400, "not_a_batch", 'the body must be {"requests": ["?idsite=...", ...]}')
    token = value.get("token_auth")
    opened = [_parameters(one) if isinstance(one, str) else one for one in counted(Items(requests, 0)).values]
    return _Opened(opened, token if isinstance(token, str) else "")


def _parameters(query: str) -> Item:
    """The parameters of one request, the first of each name; `?` before them or not."""
    if query.count("%") > MAX_ESCAPES:
        raise BadBody(413, "too_many_escapes", f"a request may hold {MAX_ESCAPES} escapes")
    try:
        pairs = parse_qsl(query.strip().lstrip("?"), keep_blank_values=True, errors="replace",
                          max_num_fields=MAX_PARAMETERS)  # fmt: skip
    except ValueError:
        raise BadBody(413, "too_many_fields", f"a request may have {MAX_PARAMETERS} parameters") from None
    found: Item = {}
    for name, value in pairs:
        found.setdefault(name, value)
    return found


def _without_secrets(value: object) -> object:
    """A key has no place among what is kept."""
    if not isinstance(value, Mapping):
        return value
    return {name: part for name, part in value.items() if name not in _SECRETS}
