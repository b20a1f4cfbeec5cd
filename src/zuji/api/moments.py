"""Moments in query parameters: ISO 8601 (without a zone: UTC) or milliseconds since 1970."""

from __future__ import annotations

from datetime import UTC, datetime

from zuji.terms.error import BadRequest


def milliseconds(text: str | None, *, name: str) -> int | None:
    """The moment as milliseconds since 1970; None stays None.

    >>> milliseconds("2025-11-21", name="from"), milliseconds("1763683200000", name="from")
    (1763683200000, 1763683200000)
    """
    if text is None:
        return None
    digits = text.removeprefix("-")
    if digits.isascii() and digits.isdecimal() and 9 < len(digits) < 16:
        return int(text)
    try:
        # A plus sign in a query that was not escaped arrives as a space.
        moment = datetime.fromisoformat(
            text.strip().replace(" ", "+") if text.count(" ") == 1 and "T" in text else text
        )
    except ValueError as mistake:
        raise BadRequest(
            f"{name} must be a time such as 2026-11-21, 2026-11-21T08:30:00Z or milliseconds since 1970."
        ) from mistake
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
