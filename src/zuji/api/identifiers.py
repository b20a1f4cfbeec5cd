"""Identifiers in paths and queries: TYPE:VALUE, where the value may hold anything, colons and slashes included."""

from __future__ import annotations

from zuji.terms.error import BadRequest
from zuji.terms.identifier import Identifier

PROFILE = "profile"
"""Not a type of identifier: `profile:17` names a profile by its id."""


def parse_identifier(text: str) -> Identifier:
    """The (type, value) pair.

    >>> parse_identifier("device_id:AA:BB")
    Identifier(type='device_id', value='AA:BB')
    """
    kind, colon, value = text.partition(":")
    if not colon or not kind.strip() or not value.strip():
        raise BadRequest(f"{text[:100]!r} is no identifier. Write TYPE:VALUE, such as user_id:u-1042 or profile:17.")
    return Identifier(kind.strip(), value)
