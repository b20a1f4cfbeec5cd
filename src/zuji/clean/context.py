"""What clients say about the surroundings of an event: page, device, app, campaign, library.

Decoded straight into typed fields, which is twice as fast as into dictionaries and checks the types on the way. A
context in which some field has another type than usual is read again with patience: a number becomes its text, what
makes no sense is left out. The context as sent is stored in any case.
"""

from __future__ import annotations

from typing import Any

import msgspec

from zuji.terms.message import EMPTY_OBJECT

Text = str | None


class Page(msgspec.Struct, frozen=True, gc=False):
    """`context.page`."""

    url: Text = None
    path: Text = None
    title: Text = None
    referrer: Text = None


class Campaign(msgspec.Struct, frozen=True, gc=False):
    """`context.campaign`: the utm fields without their prefix; `name` is utm_campaign."""

    source: Text = None
    medium: Text = None
    name: Text = None
    term: Text = None
    content: Text = None


class Versioned(msgspec.Struct, frozen=True, gc=False):
    """`context.os`, `context.app`, `context.library`, `context.browser`."""

    name: Text = None
    version: Text = None


class Device(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """`context.device`."""

    id: Text = None
    advertising_id: Text = None
    type: Text = None
    model: Text = None


class Consent(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """`context.consent`: category -> allowed."""

    category_preferences: dict[str, bool] | None = None


class Sequence(msgspec.Struct, frozen=True, gc=False):
    """`context.sequence`: the how-manieth message of its page this is, from 1 on."""

    page: Text = None
    n: int | None = None


class Context(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """The parts of a context that have columns of their own."""

    page: Page | None = None
    campaign: Campaign | None = None
    os: Versioned | None = None
    app: Versioned | None = None
    library: Versioned | None = None
    browser: Versioned | None = None
    device: Device | None = None
    consent: Consent | None = None
    sequence: Sequence | None = None
    purposes: tuple[str, ...] | None = None
    traits: msgspec.Raw = EMPTY_OBJECT
    user_agent: Text = None
    locale: Text = None
    ip: Text = None
    group_id: Text = None
    direct: bool | None = None


NO_CONTEXT = Context()
_decode = msgspec.json.Decoder(Context | None).decode
_decode_parts = msgspec.json.Decoder(dict[str, Any] | None).decode


def context_of(text: bytes | str) -> Context | None:
    """A context from its JSON; None when it is no object at all.

    >>> context_of('{"os": {"name": "iOS", "version": 18}, "page": "here"}').os
    Versioned(name='iOS', version='18')
    """
    try:
        return _decode(text) or NO_CONTEXT
    except (msgspec.DecodeError, RecursionError):
        return _patiently(text)


def _patiently(text: bytes | str) -> Context | None:
    try:
        parts = _decode_parts(text) or {}
    except (msgspec.DecodeError, RecursionError):
        return None
    tried = ((name, candidate) for name, value in parts.items() for candidate in (_softened(name, value), value))
    usable = {name: candidate for name, candidate in tried if _fits({name: candidate})}
    return _decode(msgspec.json.encode(usable)) or NO_CONTEXT


def _softened(name: str, value: object) -> object:
    """A value of a wrong type, as near to the right one as it gets: numbers as text, objects without what is odd."""
    if not isinstance(value, dict):
        return as_text(value)
    texts = {field: as_text(inner) for field, inner in value.items()}
    return {field: inner for field, inner in texts.items() if _fits({name: {field: inner}})}


def _fits(part: dict[str, Any]) -> bool:
    try:
        msgspec.convert(part, _Checked)
    except msgspec.ValidationError:
        return False
    return True


class _Checked(Context, frozen=True, rename="camel", gc=False):
    """A context of which only the types are asked: its traits may be anything."""

    traits: Any = None


def as_text(value: object) -> str | None:
    """Text as it is, numbers in their shortest form, nothing else.

    >>> as_text(5.0), as_text("x"), as_text(True), as_text([1])
    ('5', 'x', None, None)
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
