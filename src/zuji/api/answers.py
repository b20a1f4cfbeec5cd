"""How every error leaves: one JSON shape {"code", "message"}, with the status that fits its kind, decided once."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from zuji.terms.error import BadRequest, Busy, Conflict, NotAllowed, NotFound, ZujiError

log = logging.getLogger(__name__)

STATUS_OF: tuple[tuple[type[ZujiError], int], ...] = (
    (BadRequest, 422),
    (NotAllowed, 403),
    (NotFound, 404),
    (Conflict, 409),
    (Busy, 503),
    (ZujiError, 500),
)
"""First match wins, so that the whole family stands last."""

RETRY_AFTER_S = 2
LONGEST_MESSAGE = 600
_CODE_OF_STATUS = {401: "no_valid_token", 404: "not_found", 405: "method_not_allowed", 413: "body_too_big"}


def problem(status: int, code: str, message: str) -> JSONResponse:
    """The one shape of an error. A message that quotes something endless is cut."""
    said = message if len(message) <= LONGEST_MESSAGE else message[:LONGEST_MESSAGE] + " …"
    return JSONResponse({"code": code, "message": said}, status)


def status_of(error: ZujiError) -> int:
    """The HTTP status of an error of ours."""
    return next(status for kind, status in STATUS_OF if isinstance(error, kind))


def add_error_handlers(app: FastAPI) -> None:
    """Make every error of this app leave in the one shape."""
    app.add_exception_handler(ZujiError, _of_ours)
    app.add_exception_handler(RequestValidationError, _of_validation)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(Exception, _of_a_bug)


def _of_ours(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ZujiError)  # noqa: S101 - registered for this type only
    answer = problem(status_of(error), error.code, str(error))
    if error.retry:
        answer.headers["Retry-After"] = str(RETRY_AFTER_S)
    return answer


def _of_validation(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    return problem(422, "bad_request", "; ".join(_said(mistake) for mistake in error.errors()[:5]))


def _said(mistake: dict[str, Any]) -> str:
    """One mistake as a sentence: where, what. The value itself is left out: it may be personal, or huge."""
    place = ".".join(str(part) for part in mistake["loc"])
    return f"{place}: {mistake['msg']}"


def _of_http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101
    code = _CODE_OF_STATUS.get(error.status_code, "error")
    answer = problem(error.status_code, code, f"{HTTPStatus(error.status_code).phrase}: {error.detail}")
    answer.headers.update(error.headers or {})
    return answer


def _of_a_bug(request: Request, error: Exception) -> JSONResponse:
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return problem(500, "internal_error", "Something broke inside zuji; the log of the engine says what.")
