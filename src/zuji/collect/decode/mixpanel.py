"""Mixpanel: `/track`, `/engage`, `/groups` and `/import`, as its clients in pages and on servers speak.

Most of its clients never send anything again, so whatever can be kept is taken at once, and overload is always a 503:
the client for the browser waits after it.
"""

from __future__ import annotations

from functools import partial

from zuji.collect.decode.answers import json_answer, retry_headers
from zuji.collect.decode.item import Dialect, first_problem, translate_all
from zuji.collect.decode.mixpanel_body import find_key, is_form, is_told, open_items
from zuji.collect.decode.mixpanel_event import Frame, id_of, translate_event
from zuji.collect.decode.mixpanel_update import translate_update, update_id
from zuji.collect.decode.request import BadBody, Decoded, Outcome, Request, Response
from zuji.terms.source import SourceSettings

IMPORT_PATH = "/import"
_UPDATES = frozenset({"/engage", "/groups"})
_LARGEST_BODY = SourceSettings().max_body_bytes
"""The key is looked for before the source, and so its limit, is known."""


def decode(request: Request, limits: SourceSettings) -> Decoded:
    """The messages of a request: events, or updates of people and groups, as the path says."""
    items = open_items(request, limits.max_body_bytes)
    frame = Frame(limits.distinct_id_is_user_id, is_told(request, "ip", "1"))
    if request.path in _UPDATES:
        dialect = Dialect(partial(translate_update, path=request.path, frame=frame), update_id)
    else:
        dialect = Dialect(partial(translate_event, frame=frame), id_of)
    return Decoded.of(translate_all(items, dialect, limits))


def write_key(request: Request) -> str | None:
    """The token of the project, wherever it stands."""
    return find_key(request, _LARGEST_BODY)


def answer(request: Request, outcome: Outcome) -> Response:
    """`1` or `0` for who did not ask for words; words for who did; a count for an import that is no form."""
    if isinstance(outcome, Decoded):
        if is_told(request, "verbose", "1"):
            return json_answer(200, {"status": 1, "error": None})
        if request.path == IMPORT_PATH and not is_form(request):
            return _imported(outcome)
        return _bare(200, "1")
    status = outcome.status if isinstance(outcome, BadBody) else 503
    code = outcome.code if isinstance(outcome, BadBody) else outcome.kind
    headers = () if isinstance(outcome, BadBody) else retry_headers(outcome.retry_after_s)
    if is_told(request, "verbose", "1") or request.path == IMPORT_PATH:
        told = {"status": 0, "error": outcome.message, "code": code, "message": outcome.message}
        return json_answer(status, told, *headers)
    return _bare(status, "0", *headers)


def _imported(outcome: Decoded) -> Response:
    """How many records were good; the others are not lost, so nobody has to send them again."""
    bad = [message for message in outcome.messages if message.problem]
    told = {"code": 200, "status": "OK", "num_records_imported": outcome.count - len(bad)}
    if (first := first_problem(bad)) is not None:
        told |= {"num_records_quarantined": len(bad), "first_problem": f"{first.problem}: {first.detail}"}
    return json_answer(200, told)


def _bare(status: int, text: str, *headers: tuple[str, str]) -> Response:
    return Response(status, (("content-type", "text/plain; charset=utf-8"), *headers), text.encode())
