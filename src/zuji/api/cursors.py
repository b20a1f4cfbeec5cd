"""Cursors of pages of events: opaque to callers, two numbers to us."""

from __future__ import annotations

from zuji.store.event_queries import Cursor
from zuji.terms.error import BadRequest


def write_cursor(cursor: Cursor | None) -> str | None:
    """The cursor as a text.

    >>> write_cursor(Cursor(1763683200000, 7340032))
    '1763683200000-7340032'
    """
    return None if cursor is None else f"{cursor.occurred_at}-{cursor.position}"


def read_cursor(text: str | None) -> Cursor | None:
    """The inverse. Raises BadRequest for anything that no page gave out."""
    if text is None:
        return None
    at, _, position = text.rpartition("-")
    if not (_is_number(at.removeprefix("-")) and _is_number(position)):
        raise BadRequest("this is no cursor of ours; pass on `next` of the page before as it is.")
    return Cursor(int(at), int(position))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 18
