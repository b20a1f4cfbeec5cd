"""The refusal of a whole request, with what HTTP, programs and people need to know."""

from __future__ import annotations

from zuji.terms.error import BadRequest


class BadBody(BadRequest):
    """The request as a whole is refused: `status` for HTTP, a stable `code`, and a `message` for people."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
