"""Ids as clients send them: texts, mostly, but also numbers; and the id a message gets when it brings none."""

from __future__ import annotations

import hashlib
import uuid

from zuji.terms.message import Scalar

MAX_MESSAGE_ID = 100
"""Segment's bound. The longest seen in the wild has 73 characters (analytics-node's `node-<md5>-<uuid>`)."""


def id_text(value: Scalar) -> str:
    """An id as text, numbers in their shortest form; nothing and blanks are the empty text.

    >>> id_text(5.0), id_text(12), id_text(None), id_text("  "), id_text(" a ")
    ('5', '12', '', '', ' a ')
    """
    if isinstance(value, str):
        return value if value and not value.isspace() else ""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)


def new_message_id() -> str:
    """For a message without an id, before it is written down: so that it is the same message ever after."""
    return str(uuid.uuid4())


def shortened_id(text: str) -> str:
    """A stand-in for an id that is too long to be kept: the same one for the same id.

    >>> shortened_id("x" * 101)[:14]
    'sha256:c675a2e'
    """
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
