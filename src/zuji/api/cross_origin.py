"""What an answer says to a browser about being read from a page of another origin."""

from __future__ import annotations

from starlette.responses import Response


def let_read(answer: Response, origin: str, *, headers: str, preflight_s: int) -> None:
    """The head of an answer: readable by this origin, or by none where it is empty.

    `headers`: what it may send along; `preflight_s`: for how long a browser need not ask again.
    """
    answer.headers["Vary"] = "Origin"
    answer.headers["Cache-Control"] = "no-store"
    if origin:
        answer.headers["Access-Control-Allow-Origin"] = origin
        answer.headers["Access-Control-Allow-Methods"] = "POST"
        answer.headers["Access-Control-Allow-Headers"] = headers
        answer.headers["Access-Control-Max-Age"] = str(preflight_s)
        answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
