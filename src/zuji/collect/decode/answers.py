"""Answers that several protocols share.

Error bodies are JSON with both `code` and `message`: rudder-sdk-python reads `code`, and with any other JSON body it
takes a refused key for a failing server and sends everything five times.
"""

from __future__ import annotations

import msgspec

from zuji.collect.decode.request import BadBody, Response

JSON_TYPE = ("content-type", "application/json")
MAX_RETRY_AFTER_S = 300
"""Clients cap Retry-After there."""

PIXEL_GIF = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"  # 1 x 1, transparent
)
PIXEL = Response(200, (("content-type", "image/gif"), ("cache-control", "no-store")), PIXEL_GIF)


def json_answer(status: int, value: object, *headers: tuple[str, str]) -> Response:
    """A JSON body with its content type.

    >>> json_answer(200, {"success": True}).body
    b'{"success":true}'
    """
    return Response(status, (JSON_TYPE, *headers), msgspec.json.encode(value))


def error_answer(error: BadBody) -> Response:
    """A refusal as JSON: its code, and what to do about it."""
    return json_answer(error.status, {"code": error.code, "message": error.message})


def retry_headers(retry_after_s: int) -> tuple[tuple[str, str], ...]:
    """Retry-After as every client can read it: whole seconds, from 1 to 300."""
    return (("retry-after", str(min(max(retry_after_s, 1), MAX_RETRY_AFTER_S))),)
